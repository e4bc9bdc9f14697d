/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a scenario, with what stands behind the last "--set " as a setting: refused with a
 * message and a place, or sound in all its parts. Texts that may open files other than the
 * recording, which is not loaded, are left out. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include <neap.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise)
{
    if (!promise)
        abort();
}

/* The recording's name is one; samples and price lists would be more. */
static bool may_open_files(const char *text, size_t size)
{
    int files = 0;
    for (size_t i = 0; i + 4 <= size; i++) {
        files += memcmp(text + i, "file", 4) == 0;
        if (memcmp(text + i, "zone", 4) == 0)
            return true;
    }
    return files > 1;
}

static void look_at(const struct neap_scenario *scenario)
{
    struct neap_autoscaler *scaler = NULL;
    size_t profiles = neap_scenario_profiles(scenario);
    require(profiles > 0 && neap_scenario_files(scenario) > 0);
    require(strlen(neap_scenario_file(scenario, 0).sha256) == 64);
    for (size_t i = 0; i < profiles; i++) {
        const struct neap_profile *profile = neap_scenario_profile(scenario, i);
        require(profile != NULL && neap_profile_name(profile)[0] != '\0');
        require(neap_distribution_mean(neap_profile_cpu_demand(profile, 0)) > 0);
    }
    const struct neap_container_options *container = neap_scenario_container(scenario);
    require(container->vcpu > container->idle_cpu_cores && container->workers >= 1);
    require(neap_scenario_autoscaler(scenario, &scaler, NULL) == NEAP_OK); /* it was tried before */
    require(neap_autoscaler_min(scaler) <= neap_autoscaler_max(scaler));
    neap_autoscaler_free(scaler);
}

/* Where the last "--set " begins; size when there is none. */
static size_t setting_at(const char *text, size_t size)
{
    for (size_t i = size; i-- > 0;)
        if (i + 6 <= size && memcmp(text + i, "--set ", 6) == 0)
            return i;
    return size;
}

static void try_text(const char *text, size_t size, const char *const *settings, size_t count)
{
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    enum neap_status status =
        neap_scenario_decode(&scenario, "fuzz.ini", text, size, settings, count, NULL, &error);
    if (status == NEAP_OK) {
        look_at(scenario);
    } else {
        require(scenario == NULL && status == error.status && status != NEAP_BUG);
        require(error.message[0] != '\0' && error.source[0] != '\0');
        require(strlen(error.message) < NEAP_MESSAGE_SIZE && error.line >= 0 && error.column >= 0);
    }
    neap_scenario_free(scenario);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    gsl_set_error_handler_off();
    if (may_open_files(text, size))
        return 0;
    size_t length = setting_at(text, size);
    char *setting = length < size ? strndup(text + length + 6, size - length - 6) : NULL;
    const char *settings[] = {setting};
    try_text(text, length, settings, setting != NULL);
    free(setting);
    return 0;
}
