/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Times, lengths and rates as somebody says them who was just woken up. */
#include <math.h>

#include <neap/calendar.h>

#include "base/text.h"
#include "study/explain.h"

void neapi_explain_time(char *text, size_t size, const struct neapi_scene *scene, int64_t time_ns)
{
    const struct neap_zone *zone = neap_scenario_zone(scene->scenario);
    struct neap_civil c = neap_civil_from_time(time_ns, zone);
    int32_t offset_s = neap_zone_offset_s(zone, time_ns);
    int minutes = (int)(offset_s < 0 ? -offset_s : offset_s) / 60;
    char offset[16] = "Z";
    if (offset_s != 0)
        neapi_print(offset, sizeof offset, "%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60,
                    minutes % 60);
    neapi_print(text, size, "%04d-%02d-%02dT%02d:%02d:%02d%s", c.year, c.month, c.day, c.hour,
                c.minute, c.second, offset);
}

void neapi_explain_clock(char *text, size_t size, const struct neapi_scene *scene, int64_t time_ns)
{
    const struct neap_zone *zone = neap_scenario_zone(scene->scenario);
    struct neap_civil c = neap_civil_from_time(time_ns, zone);
    char date[16] = "";
    if (neap_days_between(scene->at_ns, time_ns, zone) != 0)
        neapi_print(date, sizeof date, "%04d-%02d-%02d ", c.year, c.month, c.day);
    neapi_print(text, size, "%s%02d:%02d:%02d", date, c.hour, c.minute, c.second);
}

void neapi_explain_length(char *text, size_t size, double seconds)
{
    long long whole = llround(seconds);
    if (seconds < 9.95 && fabs(seconds - (double)whole) > 0.05)
        neapi_print(text, size, "%.1f s", seconds);
    else if (whole < 120)
        neapi_print(text, size, "%lld s", whole);
    else if (whole < 7200)
        neapi_print(text, size, "%lld min %lld s", whole / 60, whole % 60);
    else if (whole < 172800)
        neapi_print(text, size, "%lld h %lld min", whole / 3600, whole % 3600 / 60);
    else
        neapi_print(text, size, "%lld days %lld h", whole / 86400, whole % 86400 / 3600);
}

void neapi_explain_latency(char *text, size_t size, double seconds)
{
    if (isnan(seconds))
        neapi_print(text, size, "none");
    else if (seconds < 0.9995)
        neapi_print(text, size, "%.3g ms", seconds * 1000);
    else if (seconds < 999.5)
        neapi_print(text, size, "%.3g s", seconds);
    else
        neapi_print(text, size, "%.0f s", seconds);
}

void neapi_explain_rate(char *text, size_t size, double rate)
{
    neapi_print(text, size, rate < 999.95 ? "%.4g/s" : "%.0f/s", rate);
}
