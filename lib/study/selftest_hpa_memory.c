/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a proposed size to an allowed one: stabilisation windows, policies, limits, and the
 * controller's memory of events. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "study/selftest_hpa.h"

static const int64_t now_ns = INT64_C(1000000000000000000);

void neapi_hpa_bench_init(struct neapi_hpa_bench *bench)
{
    memset(bench, 0, sizeof *bench);
    neapi_hpa_rules_init(&bench->hpa.rules);
    bench->hpa.log = (struct neapi_hpa_log){.entries = bench->log, .capacity = NEAPI_HPA_ENTRIES};
    bench->hpa.up = (struct neapi_hpa_events){bench->up, 0, NEAPI_HPA_ENTRIES};
    bench->hpa.down = (struct neapi_hpa_events){bench->down, 0, NEAPI_HPA_ENTRIES};
}

void neapi_hpa_bench_remember(struct neapi_hpa_bench *bench, const struct neapi_row *row,
                              int64_t time_ns)
{
    const char *values = neapi_row_text(row, "rec_values"),
               *ages = neapi_row_text(row, "rec_age_s");
    struct neapi_hpa_log *log = &bench->hpa.log;
    log->count = neapi_cell_count(values);
    for (size_t i = 0; i < log->count && i < log->capacity; i++)
        log->entries[i] = (struct neapi_hpa_recommendation){time_ns - neapi_cell_ns(ages, i, 0),
                                                            neapi_cell_integer(values, i, -1)};
}

static void read_events(struct neapi_hpa_events *events, const char *changes, const char *ages)
{
    events->count = neapi_cell_count(changes);
    for (size_t i = 0; i < events->count && i < events->capacity; i++)
        events->entries[i] = (struct neapi_hpa_event){now_ns - neapi_cell_ns(ages, i, 0),
                                                      neapi_cell_integer(changes, i, 0), false};
}

void neapi_hpa_bench_policies(struct neapi_hpa_direction *direction, const char *policies,
                              const char *select)
{
    char item[64];
    for (size_t i = 0; neapi_cell_item(policies, i, item, sizeof item); i++) {
        char *value = strchr(item, ':'), *period = strrchr(item, ':');
        if (value == NULL || period == value || i == NEAPI_HPA_POLICIES)
            break;
        *period = '\0';
        direction->policies[i] = (struct neapi_hpa_policy){neapi_cell_integer(value + 1, 0, -1),
                                                           strncmp(item, "Percent", 7) == 0,
                                                           neapi_cell_ns(period + 1, 0, -1)};
        direction->policies_count = i + 1;
    }
    if (strcmp(select, "Min") == 0)
        direction->select = NEAPI_HPA_SELECT_MIN;
    else if (strcmp(select, "Disabled") == 0)
        direction->select = NEAPI_HPA_SELECT_DISABLED;
}

/* The condition's reason as the controller writes it. */
static const char *limit_word(enum neap_reason reason)
{
    static const struct {
        enum neap_reason reason;
        const char *word;
    } words[] = {{NEAP_REASON_METRIC, "DesiredWithinRange"},
                 {NEAP_REASON_AT_MIN, "TooFewReplicas"},
                 {NEAP_REASON_AT_MAX, "TooManyReplicas"},
                 {NEAP_REASON_UP_LIMIT, "ScaleUpLimit"},
                 {NEAP_REASON_DOWN_LIMIT, "ScaleDownLimit"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].reason == reason)
            return words[i].word;
    return "";
}

static enum neapi_outcome check_limit(const struct neapi_row *row, int64_t got,
                                      enum neap_reason reason, char *why, size_t size)
{
    if (!neapi_expect("replicas", got, neapi_row_integer(row, "exp_replicas", -1), why, size))
        return NEAPI_FAILED;
    const char *wanted = neapi_row_text(row, "exp_reason");
    if (*wanted == '\0' || strcmp(limit_word(reason), wanted) == 0)
        return NEAPI_PASSED;
    neapi_print(why, size, "reason is %s, expected %s", limit_word(reason), wanted);
    return NEAPI_FAILED;
}

enum neapi_outcome neapi_check_hpa_normalize(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_hpa_rules rules;
    enum neap_reason reason;
    neapi_hpa_rules_init(&rules);
    rules.min = neapi_row_integer(row, "min", -1);
    rules.max = neapi_row_integer(row, "max", -1);
    rules.up_factor = neapi_row_double(row, "scale_up_factor", 0);
    rules.up_least = neapi_row_double(row, "scale_up_minimum", 0);
    int64_t got = neapi_hpa_limit(&rules, neapi_row_integer(row, "current", -1),
                                  neapi_row_integer(row, "desired", -1), &reason);
    return check_limit(row, got, reason, why, size);
}

enum neapi_outcome neapi_check_hpa_stabilize(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_hpa_bench bench;
    neapi_hpa_bench_init(&bench);
    neapi_hpa_bench_remember(&bench, row, now_ns);
    bench.hpa.rules.down.window_ns = neapi_cell_ns(neapi_row_text(row, "window_s"), 0, 0);
    int64_t got = neapi_hpa_stabilize(&bench.hpa, neapi_row_integer(row, "desired", -1), now_ns);
    bool same =
        neapi_expect("stabilised", got, neapi_row_integer(row, "exp_stabilized", -1), why, size) &&
        neapi_expect("entries", (int64_t)bench.hpa.log.count,
                     neapi_row_integer(row, "exp_log_len", -1), why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

enum neapi_outcome neapi_check_hpa_behavior_stabilize(const struct neapi_row *row, char *why,
                                                      size_t size)
{
    struct neapi_hpa_bench bench;
    neapi_hpa_bench_init(&bench);
    neapi_hpa_bench_remember(&bench, row, now_ns);
    bench.hpa.rules.up.window_ns = neapi_cell_ns(neapi_row_text(row, "up_window_s"), 0, 0);
    bench.hpa.rules.down.window_ns = neapi_cell_ns(neapi_row_text(row, "down_window_s"), 0, 0);
    int64_t got = neapi_hpa_stabilize_behavior(&bench.hpa, neapi_row_integer(row, "current", -1),
                                               neapi_row_integer(row, "desired", -1), now_ns);
    if (!neapi_expect("stabilised", got, neapi_row_integer(row, "exp_replicas", -1), why, size))
        return NEAPI_FAILED;
    const char *after = neapi_row_text(row, "exp_recommendations");
    if (*after == '\0')
        return NEAPI_PASSED;
    bool same = neapi_expect("entries", (int64_t)bench.hpa.log.count,
                             (int64_t)neapi_cell_count(after), why, size);
    for (size_t i = 0; same && i < bench.hpa.log.count; i++)
        same = neapi_expect("entry", bench.log[i].replicas, neapi_cell_integer(after, i, -1), why,
                            size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

enum neapi_outcome neapi_check_hpa_behavior(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_hpa_bench bench;
    neapi_hpa_bench_init(&bench);
    struct neapi_hpa *hpa = &bench.hpa;
    hpa->rules.min = neapi_row_integer(row, "min", 0);
    hpa->rules.max = neapi_row_integer(row, "max", INT32_MAX);
    neapi_hpa_bench_policies(&hpa->rules.up, neapi_row_text(row, "up_policies"),
                             neapi_row_text(row, "up_select"));
    neapi_hpa_bench_policies(&hpa->rules.down, neapi_row_text(row, "down_policies"),
                             neapi_row_text(row, "down_select"));
    read_events(&hpa->up, neapi_row_text(row, "up_event_change"),
                neapi_row_text(row, "up_event_age_s"));
    read_events(&hpa->down, neapi_row_text(row, "down_event_change"),
                neapi_row_text(row, "down_event_age_s"));
    int64_t current = neapi_row_integer(row, "current", -1), got;
    enum neap_reason reason = NEAP_REASON_METRIC;
    if (neapi_row_is(row, "fn", "up_limit"))
        got = neapi_hpa_up_limit(hpa, current, now_ns);
    else if (neapi_row_is(row, "fn", "down_limit"))
        got = neapi_hpa_down_limit(hpa, current, now_ns);
    else
        got = neapi_hpa_limit_behavior(hpa, current, neapi_row_integer(row, "desired", -1), now_ns,
                                       &reason);
    return check_limit(row, got, reason, why, size);
}

enum neapi_outcome neapi_check_hpa_scale_events(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_hpa_bench bench;
    neapi_hpa_bench_init(&bench);
    struct neapi_hpa *hpa = &bench.hpa;
    bool up = neapi_row_is(row, "direction", "up");
    struct neapi_hpa_events *events = up ? &hpa->up : &hpa->down;
    hpa->rules.behavior = !neapi_row_is(row, "policies", "none");
    if (hpa->rules.behavior)
        neapi_hpa_bench_policies(up ? &hpa->rules.up : &hpa->rules.down,
                                 neapi_row_text(row, "policies"), "Max");
    read_events(events, neapi_row_text(row, "prev_change"), neapi_row_text(row, "prev_age_s"));
    int64_t probe_ns = neapi_cell_ns(neapi_row_text(row, "probe_period_s"), 0, 0);
    if (!neapi_expect("change in period", neapi_hpa_change_within(hpa, events, probe_ns, now_ns),
                      neapi_row_integer(row, "exp_change_in_period", -1), why, size))
        return NEAPI_FAILED;
    int64_t change = neapi_row_integer(row, "replica_change", 0);
    neapi_hpa_record(hpa, 100, up ? 100 + change : 100 - change, now_ns);
    const char *changes = neapi_row_text(row, "exp_change");
    const char *outdated = neapi_row_text(row, "exp_outdated");
    bool same = neapi_expect("events", (int64_t)events->count, (int64_t)neapi_cell_count(changes),
                             why, size);
    for (size_t i = 0; same && i < events->count; i++)
        same = neapi_expect("change", events->entries[i].change, neapi_cell_integer(changes, i, -1),
                            why, size) &&
               neapi_expect("outdated", events->entries[i].outdated,
                            neapi_cell_integer(outdated, i, -1), why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}
