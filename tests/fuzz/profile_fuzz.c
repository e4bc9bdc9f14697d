/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as a distribution: it is refused with a message, or what it makes can be asked
 * anything. Texts that name a file are left out: they would open whatever the fuzzer thinks of. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include <neap/profile.h>

static void require(int condition)
{
    if (!condition)
        abort();
}

static void ask(const struct neap_distribution *d)
{
    char text[NEAP_TEXT_SIZE];
    static const double p[] = {1e-300, 1e-9, 0.01, 0.5, 0.99, 1 - 0x1p-53};
    double last = 0;
    require(neap_distribution_mean(d) >= 0 && neap_distribution_mean(d) < HUGE_VAL);
    require(neap_distribution_scv(d) >= -1e-9 && neap_distribution_third_ratio(d) < HUGE_VAL);
    for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
        double x = neap_distribution_quantile(d, p[i]);
        require(x >= last && x < HUGE_VAL);
        double below = neap_distribution_cdf(d, x), above = neap_distribution_tail(d, x);
        require(below >= 0 && above >= 0 && fabs(below + above - 1) < 1e-6);
        last = x;
    }
    require(neap_distribution_describe(d, text, sizeof text) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[1024], name[NEAP_TEXT_SIZE];
    struct neap_distribution *d = NULL;
    struct neap_error error = {0};
    gsl_set_error_handler_off();
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (neap_profile_samples_file(text, 0, name))
        return 0;
    enum neap_status status = neap_profile_read_distribution(&d, text, NULL, &error);
    if (status == NEAP_OK)
        ask(d);
    else
        require(d == NULL && error.status == status && error.message[0] != '\0');
    neap_distribution_free(d);
    return 0;
}
