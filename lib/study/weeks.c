/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/weeks.h"

#include <math.h>
#include <stdlib.h>

#include <neap/calendar.h>

#include "base/array.h"
#include "base/fail.h"

/* What is compared from week to week. Each is a number of the week, and its change against the week
 * before in percent. */
struct measure {
    const char *name, *unit, *change; /* change: what the change of it is called */
    int decimals;
    double (*value)(const struct neapi_week *week);
};

static double requests(const struct neapi_week *w)
{
    return w->requests;
}
static double p95_ms(const struct neapi_week *w)
{
    return 1000 * w->p95_s;
}
static double cpu_hours(const struct neapi_week *w)
{
    return w->cpu_hours;
}
static double container_hours(const struct neapi_week *w)
{
    return w->container_hours;
}
static double cpu_ms_per_request(const struct neapi_week *w)
{
    return w->cpu_ms_per_request;
}
static double container_hours_per_million(const struct neapi_week *w)
{
    return w->container_hours_per_million;
}

static const struct measure measures[] = {
    {"requests", "", "traffic", 0, requests},
    {"p95_ms", "ms", "p95", 1, p95_ms},
    {"cpu_hours", "h", "cpu", 1, cpu_hours},
    {"container_hours", "h", "containers", 1, container_hours},
    {"cpu_ms_per_request", "ms", "cpu_per_request", 3, cpu_ms_per_request},
    {"container_hours_per_million", "h", "containers_per_request", 2, container_hours_per_million}};
enum { MEASURES = sizeof measures / sizeof measures[0] };

/* --- making them ---------------------------------------------------------------------------------- */

/* Counts the deployments in it, and keeps the last one's label. */
static void find_deployed(struct neapi_week *week, const struct neap_scenario *scenario,
                          int64_t end_ns)
{
    for (size_t i = 0; i < neap_scenario_deployments(scenario); i++) {
        struct neap_deployment at = neap_scenario_deployment(scenario, i);
        if (at.at_ns < week->start_ns || at.at_ns >= end_ns)
            continue;
        week->deployed = neap_profile_label(at.profile);
        week->deployments++;
    }
}

static bool holiday_in(const struct neap_scenario *scenario, int64_t start_ns, int64_t end_ns)
{
    const struct neap_zone *zone = neap_scenario_zone(scenario);
    for (int64_t day_ns = start_ns; day_ns < end_ns;
         day_ns = neap_period_next(NEAP_DAY, day_ns, zone))
        if (neap_holidays_has(neap_scenario_holidays(scenario), day_ns, zone))
            return true;
    return false;
}

/* Boundaries are on the recording's grid, which may miss the hour that a change of clocks moves. */
static bool is_whole(const struct neap_scenario *scenario, int64_t start_ns, int64_t end_ns)
{
    int64_t day_ns = 86400 * INT64_C(1000000000);
    int64_t step_ns = neap_recording_step_ns(neap_scenario_recording(scenario));
    int64_t wanted_ns = neapi_civil_days_later(start_ns, 7, neap_scenario_zone(scenario));
    return 2 * llabs(end_ns - wanted_ns) <= (step_ns < day_ns ? step_ns : day_ns);
}

static struct neapi_week make_week(const struct neap_scenario *scenario,
                                   const struct neapi_periods *periods, size_t index,
                                   const struct neap_timeline_interval *row)
{
    int64_t start_ns = periods->start_ns[index], end_ns = periods->start_ns[index + 1];
    double hours = (double)(end_ns - start_ns) / 3.6e12;
    struct neapi_week week = {.start_ns = start_ns,
                              .whole = is_whole(scenario, start_ns, end_ns),
                              .holiday = holiday_in(scenario, start_ns, end_ns),
                              .days = hours / 24,
                              .requests = row->requests,
                              .p95_s = row->latency_s[1],
                              .cpu_hours = row->cpu_cores * hours,
                              .container_hours =
                                  (row->ready + row->starting + row->draining) * hours};
    bool any = week.requests > 0;
    find_deployed(&week, scenario, end_ns);
    week.cpu_ms_per_request = any ? week.cpu_hours * 3.6e6 / week.requests : (double)NAN;
    week.container_hours_per_million =
        any ? week.container_hours * 1e6 / week.requests : (double)NAN;
    return week;
}

enum neap_status neapi_weeks_make(struct neapi_weeks *weeks, const struct neap_scenario *scenario,
                                  const struct neapi_periods *periods,
                                  const struct neap_timeline_interval *row,
                                  struct neap_error *error)
{
    struct neapi_week *week = neapi_allocate(periods->count, sizeof *week);
    if (week == NULL)
        return neapi_no_memory(error, "weeks");
    for (size_t i = 0; i < periods->count; i++)
        week[i] = make_week(scenario, periods, i, &row[i]);
    *weeks = (struct neapi_weeks){week, periods->count};
    return NEAP_OK;
}

void neapi_weeks_clear(struct neapi_weeks *weeks)
{
    free(weeks->week);
    *weeks = (struct neapi_weeks){NULL, 0};
}

/* Share by which it changed against the week before; NaN when one of the two is cut. */
static double change(const struct neapi_weeks *weeks, size_t index, const struct measure *measure)
{
    if (index == 0 || !weeks->week[index].whole || !weeks->week[index - 1].whole)
        return (double)NAN;
    double before = measure->value(&weeks->week[index - 1]);
    return before > 0 ? measure->value(&weeks->week[index]) / before - 1 : (double)NAN;
}

struct neapi_crossing neapi_weeks_across(const struct neapi_weeks *weeks, int64_t deployed_ns,
                                         int64_t slack_ns)
{
    struct neapi_crossing found = {NULL, NULL};
    for (size_t i = 0; i < weeks->count; i++) {
        const struct neapi_week *week = &weeks->week[i];
        int64_t end_ns = i + 1 < weeks->count ? week[1].start_ns : INT64_MAX;
        if (week->whole && end_ns <= deployed_ns)
            found.before = week;
        if (week->whole && week->start_ns >= deployed_ns - slack_ns && found.after == NULL)
            found.after = week;
    }
    return found;
}

/* --- showing them --------------------------------------------------------------------------------- */

void neapi_weeks_describe(struct neap_document *document, const struct neapi_weeks *weeks)
{
    struct neap_node *array = neap_node_array(neap_document_root(document), "weeks");
    for (size_t i = 0; i < weeks->count; i++) {
        const struct neapi_week *week = &weeks->week[i];
        char start[NEAP_TIME_SIZE];
        struct neap_node *node = neap_node_object(array, NULL);
        neap_time_format(start, sizeof start, week->start_ns);
        neap_node_text(node, "start", start);
        neap_node_number(node, "days", week->days, NEAPI_DIGITS);
        neap_node_boolean(node, "whole", week->whole);
        neap_node_boolean(node, "holiday", week->holiday);
        neap_node_text(node, "deployed", week->deployed);
        for (int k = 0; k < MEASURES; k++)
            neap_node_number(node, measures[k].name, measures[k].value(week), NEAPI_DIGITS);
        struct neap_node *against = neap_node_object(node, "change_share");
        for (int k = 0; k < MEASURES; k++)
            neap_node_number(against, measures[k].change, change(weeks, i, &measures[k]),
                             NEAPI_DIGITS);
    }
}

static enum neap_status add_columns(struct neap_table *table, struct neap_error *error)
{
    NEAPI_TRY(neap_table_add_column(table, "week_of", NULL, NEAP_COLUMN_TIME, 0, error));
    for (int k = 0; k < MEASURES; k++) {
        char name[64];
        snprintf(name, sizeof name, "change_%s_percent", measures[k].change);
        NEAPI_TRY(neap_table_add_column(table, measures[k].name, measures[k].unit,
                                        NEAP_COLUMN_NUMBER, measures[k].decimals, error));
        NEAPI_TRY(neap_table_add_column(table, name, "%", NEAP_COLUMN_NUMBER, 1, error));
    }
    return neap_table_add_column(table, "what", NULL, NEAP_COLUMN_TEXT, 0, error);
}

/* "Python 3.11 deployed, the last of 2, holiday, part of a week" */
static const char *what_of(char *text, size_t size, const struct neapi_week *week)
{
    size_t used = 0;
    text[0] = '\0';
    if (week->deployed != NULL)
        used += (size_t)snprintf(text, size, "%s deployed", week->deployed);
    if (week->deployments > 1)
        used += (size_t)snprintf(text + used, size - used, ", the last of %zu", week->deployments);
    if (week->holiday)
        used += (size_t)snprintf(text + used, size - used, "%sholiday", used > 0 ? ", " : "");
    if (!week->whole)
        snprintf(text + used, size - used, "%spart of a week", used > 0 ? ", " : "");
    return text;
}

static enum neap_status fill_table(struct neap_table *table, const struct neapi_weeks *weeks,
                                   struct neap_error *error)
{
    NEAPI_TRY(add_columns(table, error));
    for (size_t i = 0; i < weeks->count; i++) {
        char what[NEAP_TEXT_SIZE + 64];
        size_t column = 0;
        NEAPI_TRY(neap_table_add_row(table, error));
        NEAPI_TRY(neap_table_set_time(table, column++, weeks->week[i].start_ns, error));
        for (int k = 0; k < MEASURES; k++) {
            NEAPI_TRY(
                neap_table_set_number(table, column++, measures[k].value(&weeks->week[i]), error));
            NEAPI_TRY(neap_table_set_number(table, column++, 100 * change(weeks, i, &measures[k]),
                                            error));
        }
        NEAPI_TRY(
            neap_table_set_text(table, column, what_of(what, sizeof what, &weeks->week[i]), error));
    }
    return NEAP_OK;
}

void neapi_weeks_show(struct neap_document *document, const struct neapi_weeks *weeks)
{
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = fill_table(table, weeks, &error);
    neap_document_fail(document, status, &error);
    neap_document_add_named_table(document, "weeks", "Each week against the week before", table, 0);
}
