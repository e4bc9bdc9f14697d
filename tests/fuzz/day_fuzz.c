/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as a curve over the day, as holidays, and as each word of synthetic traffic: refused
 * with a reason, or something sound. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <neap/calendar.h>
#include <neap/recording.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise)
{
    if (!promise)
        abort();
}

static void try_curve(const char *text)
{
    struct neap_day_curve curve = {.count = 0};
    struct neap_error error = {0};
    if (neap_day_curve_parse(&curve, text, NEAP_SHARE, 0.25, 0.75, &error) != NEAP_OK) {
        require(error.message[0] != '\0' && curve.count == 0);
        return;
    }
    require(curve.count > 0 && curve.count <= NEAP_DAY_CURVE_POINTS_MOST);
    for (int64_t minute = -1500; minute < 1500; minute += 7) {
        double value = neap_day_curve_at(&curve, minute * 60000000000, NULL);
        require(value >= 0.25 - 1e-12 && value <= 0.75 + 1e-12);
    }
}

static void try_holidays(const char *text)
{
    struct neap_holidays *holidays = NULL;
    struct neap_error error = {0};
    if (neap_holidays_new(&holidays, text, &error) != NEAP_OK) {
        require(error.message[0] != '\0' && holidays == NULL);
        return;
    }
    size_t found = 0;
    for (int64_t day = 0; day < 1461; day++)
        found += neap_holidays_has(holidays, day * 86400000000000, NULL);
    require(found <= 4 * neap_holidays_count(holidays));
    neap_holidays_free(holidays);
}

/* The text in the place of the key that the first byte chooses. */
static void try_synth(const char *text)
{
    const struct neap_parameter *table = neap_synth_parameters();
    struct neap_synth_options options;
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    size_t rows = 0;
    while (table[rows].name != NULL)
        rows++;
    neap_synth_options_init(&options);
    options.step_s = 3600;
    if (text[0] == '\0' ||
        neap_parameter_set(&table[(unsigned char)text[0] % rows], &options, text + 1, &error))
        return;
    if (options.step_s < 60 || options.days > 400 || options.end[0] != '\0')
        return; /* sound, and too long to wait for */
    if (neap_recording_synth(&recording, &options, NULL, NULL, &error) != NEAP_OK) {
        require(error.status == NEAP_BAD_SCENARIO && strncmp(error.message, "synth.", 6) == 0);
        return;
    }
    for (size_t i = 0; i < neap_recording_count(recording); i++) {
        double requests = neap_recording_requests(recording)[i];
        require(requests >= 0 && requests == floor(requests));
    }
    neap_recording_free(recording);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[NEAP_TEXT_SIZE];
    size_t length = size < sizeof text ? size : sizeof text - 1;
    if (length > 0)
        memcpy(text, data, length);
    text[length] = '\0';
    try_curve(text);
    try_holidays(text);
    try_synth(text);
    return 0;
}
