/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * AWS: states of alarms, the arithmetic of steps, and the alarms, rounding and voting of target
 * tracking. */
#include <math.h>
#include <string.h>

#include "autoscaler/step_scaling_impl.h"
#include "autoscaler/target_tracking_impl.h"
#include "base/text.h"
#include "study/selftest_aws.h"

enum { POINTS = 64, VOTES = 8 };

static enum neapi_outcome verdict(bool same)
{
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

static enum neapi_outcome unknown(const char *what, const char *word, char *why, size_t size)
{
    neapi_print(why, size, "found %s \"%.60s\", which neap does not know", what, word);
    return NEAPI_FAILED;
}

/* Place in a list that ends with NULL, -1 when it is not there. */
static int place(const char *const *words, const char *word)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

/* --- aws_cloudwatch_alarm ----------------------------------------------------------------------------- */

static const char *const states[] = {"OK", "ALARM", "INSUFFICIENT_DATA", NULL};
static const char *const treatments[] = {"missing", "ignore", "breaching", "notBreaching", NULL};

/* 0 fine, 1 breaching, NaN missing; false at anything else. */
static bool push_points(struct neapi_aws_series *series, const char *points)
{
    size_t count = neapi_cell_count(points);
    for (size_t i = 0; i < count; i++) {
        char item[4] = "";
        neapi_cell_item(points, i, item, sizeof item);
        if (strlen(item) != 1 || strchr("0X-", item[0]) == NULL)
            return false;
        neapi_aws_series_push(series, item[0] == '-' ? (double)NAN : item[0] == 'X' ? 1 : 0);
    }
    return count <= series->capacity;
}

enum neapi_outcome neapi_check_aws_alarm(const struct neapi_row *row, char *why, size_t size)
{
    const char *points = neapi_row_text(row, "datapoints");
    double value[POINTS];
    struct neapi_aws_series series = {.value = value, .capacity = POINTS};
    int missing = place(treatments, neapi_row_text(row, "treat_missing"));
    int before = place(states, neapi_row_text(row, "previous_state"));
    int expected = place(states, neapi_row_text(row, "expected"));
    if (!push_points(&series, points))
        return unknown("points", points, why, size);
    if (missing < 0 || before < 0 || expected < 0)
        return unknown("treatment or state beside", points, why, size);
    struct neapi_aws_alarm alarm = {
        .threshold = 0.5,
        .above = true,
        .points = (size_t)neapi_row_integer(row, "m_datapoints_to_alarm", 0),
        .periods = (size_t)neapi_row_integer(row, "n_evaluation_periods", 0),
        .range = series.count,
        .missing = (enum neapi_aws_missing)missing,
        .state = (enum neapi_aws_state)before};
    neapi_aws_alarm_evaluate(&alarm, &series);
    if ((int)alarm.state == expected)
        return NEAPI_PASSED;
    neapi_print(why, size, "state is %s, expected %s", states[alarm.state], states[expected]);
    return NEAPI_FAILED;
}

/* --- aws_step_scaling --------------------------------------------------------------------------------- */

static const char *const types[] = {"ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity",
                                    NULL};

/* The size by the steps of the row, or by its one adjustment. */
static bool stepped(const struct neapi_row *row, struct neapi_step_policy *policy, int64_t *got,
                    char *why, size_t size)
{
    struct neap_error error = {0};
    int64_t capacity = neapi_row_integer(row, "capacity", 0);
    if (!neapi_row_is(row, "fn", "step")) {
        *got = neapi_step_adjust(policy, capacity, neapi_row_integer(row, "raw_adjustment", 0));
        return true;
    }
    if (neapi_steps_parse(policy, "steps", neapi_row_text(row, "steps"), &error) != NEAP_OK) {
        neapi_text_copy(why, size, error.message);
        return false;
    }
    *got = capacity;
    if (neapi_step_size(policy, capacity, neapi_row_double(row, "metric", 0),
                        neapi_row_double(row, "threshold", 0), got))
        return true;
    neapi_text_copy(why, size, "the metric is in none of the steps");
    return false;
}

/* A second step, a minute after one that added that many, by way of what a policy does then. */
static int64_t added_more(const struct neapi_step_policy *policy, int64_t adjustment,
                          int64_t before)
{
    const int64_t minute_ns = INT64_C(60000000000);
    struct neapi_aws_limits limits = {
        .max = INT32_MAX, .out_cooldown_ns = 5 * minute_ns, .in_cooldown_ns = 5 * minute_ns};
    struct neapi_aws_activity activity = {0};
    struct neap_reading reading = {.now_ns = minute_ns, .replicas = 10 + before};
    enum neap_reason reason = NEAP_REASON_METRIC;
    neapi_aws_record(&limits, &activity, 10, reading.replicas, 0);
    int64_t base = neapi_aws_base(&limits, &activity, &reading);
    struct neapi_aws_move move = neapi_aws_move(
        &limits, &activity, &reading, neapi_step_adjust(policy, reading.replicas, adjustment),
        neapi_step_adjust(policy, base, adjustment), &reason);
    return move.after - reading.replicas;
}

enum neapi_outcome neapi_check_aws_step(const struct neapi_row *row, char *why, size_t size)
{
    int64_t expected = neapi_row_integer(row, "expected", INT64_MIN), got;
    if (neapi_row_is(row, "fn", "round"))
        return verdict(neapi_expect("change",
                                    neapi_step_round(neapi_row_double(row, "raw_adjustment", 0)),
                                    expected, why, size));
    const char *word = neapi_row_text(row, "adjustment_type");
    int type = place(types, word);
    if (type < 0)
        return unknown("adjustment type", word, why, size);
    struct neapi_step_policy policy = {.type = (enum neapi_step_type)type,
                                       .magnitude =
                                           neapi_row_integer(row, "min_adjustment_magnitude", 0)};
    if (neapi_row_is(row, "fn", "cooldown"))
        got = added_more(&policy, neapi_row_integer(row, "raw_adjustment", 0),
                         neapi_row_integer(row, "prior_adjustment_in_cooldown", 0));
    else if (!neapi_row_is(row, "fn", "adjust") && !neapi_row_is(row, "fn", "step"))
        return unknown("fn", neapi_row_text(row, "fn"), why, size);
    else if (!stepped(row, &policy, &got, why, size))
        return NEAPI_FAILED;
    return verdict(neapi_expect("capacity", got, expected, why, size));
}

/* --- aws_target_tracking ------------------------------------------------------------------------------ */

static bool same_threshold(const char *what, double got, double want, char *why, size_t size)
{
    if (got == want)
        return true;
    neapi_print(why, size, "%s is %.17g, expected %.17g", what, got, want);
    return false;
}

static enum neapi_outcome check_alarms(const struct neapi_row *row, char *why, size_t size)
{
    double low_share, target = neapi_row_double(row, "target", (double)NAN);
    struct neapi_aws_settings defaults = neapi_tracking_defaults(&low_share);
    struct neapi_tracking_policy policy =
        neapi_tracking_policy_make(NEAPI_AWS_CPU, target, low_share, &defaults);
    return verdict(same_threshold("upper threshold", policy.high.threshold,
                                  neapi_row_double(row, "exp_high_threshold", 0), why, size) &&
                   same_threshold("lower threshold", policy.low.threshold,
                                  neapi_row_double(row, "exp_low_threshold", 0), why, size) &&
                   neapi_expect("points above", (int64_t)policy.high.points,
                                neapi_row_integer(row, "exp_high_m", -1), why, size) &&
                   neapi_expect("of", (int64_t)policy.high.periods,
                                neapi_row_integer(row, "exp_high_m", -1), why, size) &&
                   neapi_expect("points below", (int64_t)policy.low.points,
                                neapi_row_integer(row, "exp_low_m", -1), why, size) &&
                   neapi_expect("of", (int64_t)policy.low.periods,
                                neapi_row_integer(row, "exp_low_m", -1), why, size) &&
                   neapi_expect("period in s", (int64_t)defaults.period_s,
                                neapi_row_integer(row, "exp_period_s", -1), why, size));
}

/* The sizes that policies ask for, all in one direction; the table gives none, and both hold. */
static bool check_vote(const struct neapi_row *row, enum neapi_tracking_direction direction,
                       char *why, size_t size)
{
    const char *list = neapi_row_text(row, "policy_capacities");
    size_t count = neapi_cell_count(list);
    struct neapi_tracking_vote votes[VOTES] = {0};
    for (size_t i = 0; i < count && i < VOTES; i++)
        votes[i] = (struct neapi_tracking_vote){.direction = direction,
                                                .replicas = neapi_cell_integer(list, i, -1)};
    return neapi_expect("policies, all of 1 to 8", count >= 1 && count <= VOTES, 1, why, size) &&
           neapi_expect("capacity", neapi_tracking_combine(votes, count).replicas,
                        neapi_row_integer(row, "expected", -1), why, size);
}

enum neapi_outcome neapi_check_aws_tracking(const struct neapi_row *row, char *why, size_t size)
{
    if (neapi_row_is(row, "fn", "alarms"))
        return check_alarms(row, why, size);
    if (neapi_row_is(row, "fn", "round")) {
        double change = neapi_row_double(row, "fractional_change", (double)NAN);
        return verdict(neapi_expect("change", (int64_t)neapi_tracking_round(change),
                                    neapi_row_integer(row, "expected", INT64_MIN), why, size));
    }
    if (!neapi_row_is(row, "fn", "combine"))
        return unknown("fn", neapi_row_text(row, "fn"), why, size);
    return verdict(check_vote(row, NEAPI_TRACKING_OUT, why, size) &&
                   check_vote(row, NEAPI_TRACKING_IN, why, size));
}
