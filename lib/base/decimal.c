/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exact decimals for money: a whole coefficient of up to 256 bits and a scale. Scales are kept as
 * they come (1.50 stays 1.50); zeros at the end go only where a result would not fit otherwise.
 *
 * Intermediate results are held in 768 bits: the largest is a dividend of 256 bits times 10^120,
 * which is 655. GMP's mpn functions work on arrays that we own and never allocate for these sizes. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <gmp.h>

#include "base/fail.h"
#include "base/text.h"

_Static_assert(GMP_NAIL_BITS == 0 && (GMP_LIMB_BITS == 64 || GMP_LIMB_BITS == 32),
               "neap needs a GMP with limbs of 32 or 64 bits and no nails");

enum {
    PER_64 = 64 / GMP_LIMB_BITS,
    WIDE_LIMBS = 12 * PER_64,
    SCALE_MOST = 60,
    PARSED_DIGITS = 70,
    COEFFICIENT_DIGITS = 78 /* of 2^256 */
};

/* A natural number; size counts the limbs up to the highest that is not 0. */
struct wide {
    mp_limb_t limb[WIDE_LIMBS];
    mp_size_t size;
};

static void trim(struct wide *wide)
{
    while (wide->size > 0 && wide->limb[wide->size - 1] == 0)
        wide->size--;
}

static struct wide load(const struct neap_decimal *value)
{
    struct wide wide = {.size = NEAP_DECIMAL_LIMBS * PER_64};
    for (int i = 0; i < NEAP_DECIMAL_LIMBS; i++)
        for (int part = 0; part < PER_64; part++)
            wide.limb[i * PER_64 + part] = (mp_limb_t)(value->limb[i] >> (32 * part));
    trim(&wide);
    return wide;
}

/* False when wide has more than 256 bits. */
static bool store(struct neap_decimal *value, const struct wide *wide, int scale, bool negative)
{
    if (wide->size > NEAP_DECIMAL_LIMBS * PER_64)
        return false;
    *value = (struct neap_decimal){.scale = (int16_t)scale, .negative = negative && wide->size > 0};
    for (mp_size_t i = 0; i < wide->size; i++)
        value->limb[i / PER_64] |= (uint64_t)wide->limb[i] << (32 * (i % PER_64));
    return true;
}

static void multiply_small(struct wide *wide, mp_limb_t factor)
{
    mp_limb_t carry = wide->size == 0 ? 0 : mpn_mul_1(wide->limb, wide->limb, wide->size, factor);
    if (carry != 0)
        wide->limb[wide->size++] = carry;
}

static void times_ten_to(struct wide *wide, int power)
{
    for (; power >= 9; power -= 9)
        multiply_small(wide, 1000000000);
    for (; power > 0; power--)
        multiply_small(wide, 10);
}

static int compare(const struct wide *a, const struct wide *b)
{
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    return a->size == 0 ? 0 : mpn_cmp(a->limb, b->limb, a->size);
}

static void add(struct wide *sum, const struct wide *other)
{
    const struct wide *large = sum->size >= other->size ? sum : other;
    const struct wide *small = large == sum ? other : sum;
    mp_size_t size = large->size;
    if (small->size == 0) {
        *sum = *large;
        return;
    }
    mp_limb_t carry = mpn_add(sum->limb, large->limb, size, small->limb, small->size);
    sum->size = size;
    if (carry != 0)
        sum->limb[sum->size++] = carry;
}

/* large -= small, where large is not the smaller. */
static void subtract(struct wide *large, const struct wide *small)
{
    if (small->size > 0)
        mpn_sub(large->limb, large->limb, large->size, small->limb, small->size);
    trim(large);
}

/* dividend / divisor, rounded half up; divisor is not 0. */
static struct wide divide(const struct wide *dividend, const struct wide *divisor)
{
    struct wide quotient = {.size = 0}, rest = *dividend;
    if (dividend->size >= divisor->size) {
        quotient.size = dividend->size - divisor->size + 1;
        mpn_tdiv_qr(quotient.limb, rest.limb, 0, dividend->limb, dividend->size, divisor->limb,
                    divisor->size);
        rest.size = divisor->size;
        trim(&quotient);
        trim(&rest);
    }
    multiply_small(&rest, 2);
    if (compare(&rest, divisor) >= 0)
        add(&quotient, &(struct wide){.limb = {1}, .size = 1});
    return quotient;
}

static struct wide power_of_ten(int power)
{
    struct wide wide = {.limb = {1}, .size = 1};
    times_ten_to(&wide, power);
    return wide;
}

/* Takes a zero off the end; false when there is none. */
static bool drop_zero(struct wide *wide)
{
    struct wide shorter = *wide;
    if (wide->size == 0 || mpn_divrem_1(shorter.limb, 0, wide->limb, wide->size, 10) != 0)
        return false;
    trim(&shorter);
    *wide = shorter;
    return true;
}

static enum neap_status finish(struct neap_decimal *result, struct wide *wide, int scale,
                               bool negative, struct neap_error *error)
{
    if (wide->size == 0 && scale > SCALE_MOST)
        scale = SCALE_MOST;
    while ((scale > SCALE_MOST || wide->size > NEAP_DECIMAL_LIMBS * PER_64) && scale > 0 &&
           drop_zero(wide))
        scale--;
    if (scale <= SCALE_MOST && store(result, wide, scale, negative))
        return NEAP_OK;
    return neapi_fail(error, NEAP_BAD_ARGUMENT,
                      "an exact decimal result needs more than %d digits behind the point or 77 in "
                      "all: use rates with fewer digits, or smaller quantities",
                      SCALE_MOST);
}

/* --- texts ---------------------------------------------------------------------------------------- */

static enum neap_status refuse(const char *text, struct neap_error *error)
{
    return neapi_fail(error, NEAP_BAD_ARGUMENT,
                      "found \"%.80s\", expected a decimal number such as 0.04048, of at most %d "
                      "digits, %d of them behind the point",
                      text, PARSED_DIGITS, SCALE_MOST);
}

struct digits {
    unsigned char value[PARSED_DIGITS];
    int count; /* without zeros in front */
    int behind_point;
    bool any;
};

/* Reads "12.50" and returns what follows it, NULL when there are too many digits. */
static const char *read_digits(struct digits *digits, const char *at)
{
    bool point = false;
    for (; (*at >= '0' && *at <= '9') || (*at == '.' && !point); at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        digits->any = true;
        digits->behind_point += point;
        if (digits->count == 0 && *at == '0')
            continue;
        if (digits->count == PARSED_DIGITS)
            return NULL;
        digits->value[digits->count++] = (unsigned char)(*at - '0');
    }
    return at;
}

/* Reads "e-7"; false when it is malformed or beyond what any result could hold. */
static bool read_exponent(int *exponent, const char *at)
{
    *exponent = 0;
    if (*at == '\0')
        return true;
    if (*at != 'e' && *at != 'E')
        return false;
    at++;
    bool negative = *at == '-';
    at += *at == '-' || *at == '+';
    size_t length = strspn(at, "0123456789");
    if (length == 0 || length > 4 || at[length] != '\0')
        return false;
    for (; *at != '\0'; at++)
        *exponent = *exponent * 10 + (*at - '0');
    *exponent = negative ? -*exponent : *exponent;
    return true;
}

enum neap_status neap_decimal_parse(struct neap_decimal *value, const char *text,
                                    struct neap_error *error)
{
    struct digits digits = {.count = 0};
    int exponent;
    bool negative = text[0] == '-';
    const char *rest = read_digits(&digits, text + (text[0] == '-' || text[0] == '+'));
    if (rest == NULL || !digits.any || !read_exponent(&exponent, rest))
        return refuse(text, error);
    if (digits.count == 0)
        exponent = exponent > 0 ? 0 : exponent;
    int scale = digits.behind_point - exponent;
    int zeros = scale < 0 ? -scale : 0; /* 12e3 is 12000 */
    if (scale > SCALE_MOST || digits.count + zeros > PARSED_DIGITS)
        return refuse(text, error);
    struct wide wide = {.size = 0};
    if (digits.count > 0)
        wide.size = mpn_set_str(wide.limb, digits.value, (size_t)digits.count, 10);
    times_ten_to(&wide, zeros);
    store(value, &wide, scale < 0 ? 0 : scale, negative);
    return NEAP_OK;
}

int neap_decimal_format(const struct neap_decimal *value, int digits, char *text, size_t size)
{
    unsigned char coefficient[COEFFICIENT_DIGITS + 4];
    char shown[COEFFICIENT_DIGITS + 2 * SCALE_MOST + 8];
    if (digits < 0)
        digits = value->scale;
    if (digits > SCALE_MOST)
        digits = SCALE_MOST;
    struct neap_decimal rounded = neap_decimal_round(value, digits);
    struct wide wide = load(&rounded);
    int count = wide.size == 0 ? 0 : (int)mpn_get_str(coefficient, 10, wide.limb, wide.size);
    int before = count - rounded.scale; /* digits before the point, may be negative */
    int length = 0;
    if (rounded.negative)
        shown[length++] = '-';
    if (before <= 0)
        shown[length++] = '0';
    for (int i = before < 0 ? before : 0; i < before + digits; i++) {
        if (i == before)
            shown[length++] = '.';
        shown[length++] = i < 0 || i >= count ? '0' : (char)('0' + coefficient[i]);
    }
    shown[length] = '\0';
    return neapi_print(text, size, "%s", shown);
}

double neap_decimal_to_double(const struct neap_decimal *value)
{
    char text[COEFFICIENT_DIGITS + 2 * SCALE_MOST + 8];
    double nearest = 0;
    int length = neap_decimal_format(value, -1, text, sizeof text);
    return neapi_number_parse(&nearest, text, (size_t)length) ? nearest : 0;
}

/* --- arithmetic ----------------------------------------------------------------------------------- */

struct neap_decimal neap_decimal_from_integer(int64_t value)
{
    struct neap_decimal decimal = {.negative = value < 0};
    decimal.limb[0] = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    return decimal;
}

/* Brings both to the larger scale, which is returned. */
static int align(struct wide *a, int a_scale, struct wide *b, int b_scale)
{
    int scale = a_scale > b_scale ? a_scale : b_scale;
    times_ten_to(a, scale - a_scale);
    times_ten_to(b, scale - b_scale);
    return scale;
}

static enum neap_status add_signed(struct neap_decimal *sum, const struct neap_decimal *a,
                                   const struct neap_decimal *b, bool b_negative,
                                   struct neap_error *error)
{
    struct wide left = load(a), right = load(b);
    int scale = align(&left, a->scale, &right, b->scale);
    bool negative = a->negative != 0;
    if (negative == b_negative) {
        add(&left, &right);
    } else if (compare(&left, &right) >= 0) {
        subtract(&left, &right);
    } else {
        subtract(&right, &left);
        left = right;
        negative = b_negative;
    }
    return finish(sum, &left, scale, negative, error);
}

enum neap_status neap_decimal_add(struct neap_decimal *sum, const struct neap_decimal *a,
                                  const struct neap_decimal *b, struct neap_error *error)
{
    return add_signed(sum, a, b, b->negative != 0, error);
}

enum neap_status neap_decimal_subtract(struct neap_decimal *difference,
                                       const struct neap_decimal *a, const struct neap_decimal *b,
                                       struct neap_error *error)
{
    return add_signed(difference, a, b, b->negative == 0, error);
}

enum neap_status neap_decimal_multiply(struct neap_decimal *product, const struct neap_decimal *a,
                                       const struct neap_decimal *b, struct neap_error *error)
{
    struct wide left = load(a), right = load(b), wide = {.size = 0};
    if (left.size > 0 && right.size > 0) {
        bool swap = left.size < right.size; /* mpn_mul wants the longer one first */
        const struct wide *large = swap ? &right : &left, *small = swap ? &left : &right;
        mpn_mul(wide.limb, large->limb, large->size, small->limb, small->size);
        wide.size = left.size + right.size;
        trim(&wide);
    }
    return finish(product, &wide, a->scale + b->scale, a->negative != b->negative, error);
}

enum neap_status neap_decimal_divide(struct neap_decimal *quotient, const struct neap_decimal *a,
                                     const struct neap_decimal *b, int digits,
                                     struct neap_error *error)
{
    struct wide dividend = load(a), divisor = load(b);
    if (divisor.size == 0)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "division by zero in an exact decimal");
    if (digits < 0 || digits > SCALE_MOST)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found %d digits for a quotient, expected 0 to %d", digits, SCALE_MOST);
    int power = digits + b->scale - a->scale;
    times_ten_to(&dividend, power);
    times_ten_to(&divisor, -power);
    struct wide wide = divide(&dividend, &divisor);
    return finish(quotient, &wide, digits, a->negative != b->negative, error);
}

struct neap_decimal neap_decimal_round(const struct neap_decimal *value, int digits)
{
    struct neap_decimal rounded = *value;
    if (digits < 0)
        digits = 0;
    if (digits >= value->scale)
        return rounded;
    struct wide wide = load(value);
    struct wide divisor = power_of_ten(value->scale - digits);
    wide = divide(&wide, &divisor);
    store(&rounded, &wide, digits, value->negative != 0);
    return rounded;
}

int neap_decimal_compare(const struct neap_decimal *a, const struct neap_decimal *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    struct wide left = load(a), right = load(b);
    align(&left, a->scale, &right, b->scale);
    int order = compare(&left, &right);
    order = (order > 0) - (order < 0);
    return a->negative ? -order : order;
}
