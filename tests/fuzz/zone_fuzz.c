/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a zone file: refused, or a zone whose days follow each other. The same bytes as a
 * time and a pattern. */
#include <stdlib.h>
#include <string.h>

#include <neap/calendar.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct neap_zone *zone, int64_t time_ns)
{
    for (int i = 0; i < 8; i++) {
        int64_t next_ns = neap_period_next((enum neap_period)(i % 3), time_ns, zone);
        struct neap_civil civil = neap_civil_from_time(time_ns, zone);
        int64_t back_ns;
        if (next_ns <= time_ns && next_ns != INT64_MAX)
            abort();
        if (neap_time_from_civil(&back_ns, &civil, zone, NULL) == NEAP_OK && back_ns > time_ns)
            abort(); /* of a time that occurs twice, the first is meant */
        if (next_ns == INT64_MAX)
            return;
        time_ns = next_ns;
    }
}

static void read_texts(const struct neap_zone *zone, const char *text, size_t length)
{
    struct neap_error error;
    int64_t time_ns;
    char pattern[64], shown[NEAP_TIME_SIZE];
    size_t split = length / 2 < sizeof pattern ? length / 2 : sizeof pattern - 1;
    memcpy(pattern, text, split);
    pattern[split] = '\0';
    if (neap_time_parse(&time_ns, text, length, "auto", zone, &error) == NEAP_OK)
        neap_time_format(shown, sizeof shown, time_ns);
    if (neap_time_parse(&time_ns, text + split, length - split, pattern, zone, &error) == NEAP_OK &&
        neap_time_format_check(pattern, &error) != NEAP_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t times_ns[] = {INT64_MIN, -1000000000, 0, 1772445600000000000, INT64_MAX};
    struct neap_zone *zone = NULL;
    struct neap_error error;
    if (neap_zone_decode(&zone, "fuzz", data, size, &error) == NEAP_OK)
        for (size_t i = 0; i < sizeof times_ns / sizeof *times_ns; i++)
            walk(zone, times_ns[i]);
    if (size > 0)
        read_texts(zone, (const char *)data, size);
    neap_zone_free(zone);
    return 0;
}
