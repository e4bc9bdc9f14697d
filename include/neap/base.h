/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base: what every room needs: errors, parameter tables, numbers with a unit, exact decimals,
 * atomic output files, progress. Knows nothing of services or traffic.
 *
 * A program that links neap links GSL too. GSL's default error handler aborts the process, and
 * it is yours, not ours: call gsl_set_error_handler_off() once, first thing in main(). */
#ifndef NEAP_BASE_H
#define NEAP_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#if defined(__GNUC__)
#define NEAP_API                     __attribute__((visibility("default")))
#define NEAP_MUST_CHECK              __attribute__((warn_unused_result))
#define NEAP_PRINTF(text, arguments) __attribute__((format(printf, text, arguments)))
#else
#define NEAP_API
#define NEAP_MUST_CHECK
#define NEAP_PRINTF(text, arguments)
#endif

#ifdef __cplusplus
#define NEAP_BEGIN_DECLS extern "C" {
#define NEAP_END_DECLS   }
#else
#define NEAP_BEGIN_DECLS
#define NEAP_END_DECLS
#endif

NEAP_BEGIN_DECLS

/* "1.2.3", the version of the library that is running. */
NEAP_API const char *neap_version(void);

/* --- errors --------------------------------------------------------------------------------- */

/* One row for each kind of failure that a caller may want to treat differently. */
#define NEAP_STATUS_MAP(X)                             \
    X(NEAP_OK, "success")                              \
    X(NEAP_NO_MEMORY, "out of memory")                 \
    X(NEAP_BAD_ARGUMENT, "argument outside its range") \
    X(NEAP_BAD_SCENARIO, "scenario is malformed")      \
    X(NEAP_BAD_DATA, "input data is malformed")        \
    X(NEAP_NO_INPUT, "no such input")                  \
    X(NEAP_IO, "read or write failed")                 \
    X(NEAP_STOPPED, "stopped on request")              \
    X(NEAP_BUG, "internal error: please report it")

enum neap_status {
#define X(name, text) name,
    NEAP_STATUS_MAP(X)
#undef X
};

enum { NEAP_SOURCE_SIZE = 256, NEAP_MESSAGE_SIZE = 640 };

/* Where and why a call failed. Lives in the caller; filling it never allocates. The message says
 * what was found, what was expected and what to do. */
struct neap_error {
    enum neap_status status;
    char source[NEAP_SOURCE_SIZE]; /* name of the input, "" when none is involved */
    long line;                     /* 1-based, 0 when unknown */
    long column;                   /* 1-based byte in the line, 0 when unknown */
    char message[NEAP_MESSAGE_SIZE];
};

NEAP_API const char *neap_status_text(enum neap_status status);

/* Writes "source:line:column: message" (parts that are unknown left out) into text, at most size
 * bytes with the final NUL; returns the length it needs, as snprintf does. */
NEAP_API int neap_error_format(const struct neap_error *error, char *text, size_t size);

/* --- numbers with a unit --------------------------------------------------------------------- */

/* What kind of value a text is, and the unit it is held in. */
enum neap_unit {
    NEAP_COUNT,   /* whole number >= 0, no unit: "400" */
    NEAP_FACTOR,  /* plain number: "1.25" */
    NEAP_SECONDS, /* "250ms" "15s" "5m" "1h" "7d"; held in s. A bare number is refused */
    NEAP_SHARE,   /* "70%" or "0.7"; held as 0..1. A bare number above 1 is refused */
    NEAP_VCPU,    /* "500m" or "0.5"; held in vCPU */
    NEAP_BYTES,   /* "512Mi" "2GiB" "512MB"; held in bytes. A bare number is refused */
    NEAP_RATE,    /* "120/s" "7200/min"; held in 1/s. A bare number is refused */
    NEAP_CHOICE,  /* one word of a list; held as its index */
    NEAP_TEXT     /* any text */
};

enum { NEAP_TEXT_SIZE = 256 };

/* Reads text as a number of the given unit (NEAP_COUNT .. NEAP_RATE), in the C locale whatever
 * the program's. The whole text must be used up; the result is finite. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_quantity_parse(double *value, const char *text, enum neap_unit unit, struct neap_error *error);

/* Writes value with its unit as neap_quantity_parse() reads it: "15s", "60%", "2GiB". Returns the
 * length, as snprintf does. */
NEAP_API int neap_quantity_format(char *text, size_t size, double value, enum neap_unit unit);

/* --- parameter tables ------------------------------------------------------------------------- */

/* One setting. The same row feeds the scenario's key, --help, the manual, the range check and
 * the tuner. A table is an array that ends with a row whose name is NULL. */
struct neap_parameter {
    const char *name;    /* the key in its section: "scale_down.window" */
    enum neap_unit unit; /* decides the field's type: NEAP_TEXT char[NEAP_TEXT_SIZE], NEAP_CHOICE
                          * int, all others double */
    size_t offset;       /* of the field in the struct that the table describes */
    const char *initial; /* default as text; "" leaves a number NaN, a choice -1, a text empty */
    double low, high;    /* range, both ends allowed; not used for choices and texts */
    const char *choices; /* NEAP_CHOICE only: "random|round_robin|central" */
    const char *meaning; /* one line for people */
};

/* Fills fields with the defaults of its table. */
NEAP_API void neap_parameters_init(const struct neap_parameter *table, void *fields);

/* The row of that name, or NULL. */
NEAP_API const struct neap_parameter *neap_parameter_find(const struct neap_parameter *table,
                                                          const char *name);

/* Reads text into the parameter's field after checking its range. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_parameter_set(const struct neap_parameter *parameter,
                                                             void *fields, const char *text,
                                                             struct neap_error *error);

/* Writes the field's value as neap_parameter_set() would read it; "" when it is not set. */
NEAP_API int neap_parameter_format(const struct neap_parameter *parameter, const void *fields,
                                   char *text, size_t size);

/* The entry of a list "a|b|c" nearest to text, written to suggestion; false when none is near.
 * For error messages: did you mean ... ? */
NEAP_API bool neap_suggest(const char *choices, const char *text, char *suggestion, size_t size);

/* --- exact decimals ---------------------------------------------------------------------------- */

/* A number +-coefficient x 10^-scale, exact: money and its rates never touch binary fractions.
 * A plain value; zero-initialised it is 0. */
enum { NEAP_DECIMAL_LIMBS = 4 };
struct neap_decimal {
    uint64_t limb[NEAP_DECIMAL_LIMBS]; /* coefficient, least significant first */
    int16_t scale;                     /* digits behind the point, 0..60 */
    int16_t negative;                  /* 0 or 1; never 1 for zero */
};

/* Reads "12", "-0.04048" or "1.5e-7" exactly; at most 60 digits behind the point, 70 in all. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_decimal_parse(struct neap_decimal *value, const char *text, struct neap_error *error);
/* Writes value rounded half away from zero to that many digits behind the point, -1 for all of
 * them. Returns the length, as snprintf does. */
NEAP_API int neap_decimal_format(const struct neap_decimal *value, int digits, char *text,
                                 size_t size);
NEAP_API struct neap_decimal neap_decimal_from_integer(int64_t value);
/* Results that do not fit (256 bits, 60 digits behind the point) are NEAP_BAD_ARGUMENT. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_decimal_add(struct neap_decimal *sum,
                                                           const struct neap_decimal *a,
                                                           const struct neap_decimal *b,
                                                           struct neap_error *error);
NEAP_API NEAP_MUST_CHECK enum neap_status neap_decimal_subtract(struct neap_decimal *difference,
                                                                const struct neap_decimal *a,
                                                                const struct neap_decimal *b,
                                                                struct neap_error *error);
NEAP_API NEAP_MUST_CHECK enum neap_status neap_decimal_multiply(struct neap_decimal *product,
                                                                const struct neap_decimal *a,
                                                                const struct neap_decimal *b,
                                                                struct neap_error *error);
/* a / b, rounded half away from zero to that many digits behind the point (0..60). */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_decimal_divide(struct neap_decimal *quotient,
                                                              const struct neap_decimal *a,
                                                              const struct neap_decimal *b,
                                                              int digits, struct neap_error *error);
/* value rounded half away from zero to that many digits behind the point. */
NEAP_API struct neap_decimal neap_decimal_round(const struct neap_decimal *value, int digits);
/* -1, 0 or 1. */
NEAP_API int neap_decimal_compare(const struct neap_decimal *a, const struct neap_decimal *b);
/* The nearest double: for charts and shares, never for money. */
NEAP_API double neap_decimal_to_double(const struct neap_decimal *value);

/* --- output files -------------------------------------------------------------------------------- */

/* A file that appears whole or not at all: written under a temporary name beside its own, renamed
 * by commit. A link stays one, and its target is replaced; what is no file (a pipe, a device) is
 * written as it is. */
struct neap_output;

NEAP_API NEAP_MUST_CHECK enum neap_status
neap_output_open(struct neap_output **output, const char *path, struct neap_error *error);
/* Where to write; owned by the output. */
NEAP_API FILE *neap_output_stream(struct neap_output *output);
/* Flushes, closes and renames; frees output whether it succeeds or not. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_output_commit(struct neap_output *output,
                                                             struct neap_error *error);
/* Throws the temporary file away and frees output; NULL is fine. */
NEAP_API void neap_output_discard(struct neap_output *output);

/* --- progress ------------------------------------------------------------------------------------ */

/* Called now and then by long calls, by one thread at a time. Returning false asks the call to stop (NEAP_STOPPED). */
struct neap_progress {
    bool (*report)(void *context, uint64_t done, uint64_t total);
    void *context;
};

NEAP_END_DECLS

#endif
