/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a scenario: refused with a message, or sound in all its parts. A scenario that
 * names a file is left out: it would open whatever the fuzzer thinks of. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include <neap.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool names_a_file(const char *text, size_t size)
{
    for (size_t i = 0; i + 5 <= size; i++)
        if (memcmp(text + i, "file=", 5) == 0 || memcmp(text + i, "zone", 4) == 0)
            return true;
    return false;
}

static void look_at(const struct neap_scenario *scenario)
{
    struct neap_autoscaler *scaler = NULL;
    if (neap_scenario_profiles(scenario) == 0 || neap_scenario_files(scenario) == 0)
        abort();
    if (neap_scenario_autoscaler(scenario, &scaler, NULL) != NEAP_OK)
        abort(); /* it was tried when the scenario was read */
    neap_autoscaler_free(scaler);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    const char *text = (const char *)data;
    gsl_set_error_handler_off();
    if (names_a_file(text, size))
        return 0;
    if (neap_scenario_decode(&scenario, "fuzz.ini", text, size, NULL, 0, NULL, &error) == NEAP_OK)
        look_at(scenario);
    else if (error.message[0] == '\0')
        abort();
    neap_scenario_free(scenario);
    return 0;
}
