/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * States of a CloudWatch alarm. Real points come first, however old, as far as the alarm looks back;
 * only when they are fewer than it asks for does it matter what missing ones are taken for. Taken
 * for missing, an alarm is still raised by breaching points alone once the oldest of them is as old
 * as the points that must breach: further points could not clear it any more.
 *
 * Source: Amazon CloudWatch user guide, how alarms evaluate missing data. */
#include <math.h>

#include "autoscaler/aws_impl.h"

/* The real points of a range, the newest N at most. */
struct seen {
    size_t real, breaching;
    size_t oldest_age; /* of a breaching one, in periods; the newest point is 1 period old */
};

static bool breaches(const struct neapi_aws_alarm *alarm, double value)
{
    return alarm->above ? value > alarm->threshold : value < alarm->threshold;
}

static struct seen look(const struct neapi_aws_alarm *alarm, const struct neapi_aws_series *series)
{
    struct seen seen = {0, 0, 0};
    for (size_t age = 0; age < alarm->range && seen.real < alarm->periods; age++) {
        double value = neapi_aws_series_at(series, age);
        if (isnan(value))
            continue;
        seen.real++;
        if (!breaches(alarm, value))
            continue;
        seen.breaching++;
        seen.oldest_age = age + 1;
    }
    return seen;
}

static enum neapi_aws_state unfilled(const struct neapi_aws_alarm *alarm, const struct seen *seen)
{
    bool ignore = alarm->missing == NEAPI_AWS_IGNORE;
    enum neapi_aws_state unknown = ignore ? alarm->state : NEAPI_AWS_INSUFFICIENT_DATA;
    if (seen->real == 0)
        return unknown;
    if (seen->breaching >= alarm->points)
        return NEAPI_AWS_ALARM;
    if (seen->breaching < seen->real)
        return NEAPI_AWS_OK;
    return !ignore && seen->oldest_age >= alarm->points ? NEAPI_AWS_ALARM : unknown;
}

static enum neapi_aws_state next_state(const struct neapi_aws_alarm *alarm, const struct seen *seen)
{
    size_t breaching = seen->breaching, lacking = alarm->periods - seen->real;
    if (alarm->missing == NEAPI_AWS_BREACHING)
        breaching += lacking;
    else if (alarm->missing != NEAPI_AWS_NOT_BREACHING && lacking > 0)
        return unfilled(alarm, seen);
    return breaching >= alarm->points ? NEAPI_AWS_ALARM : NEAPI_AWS_OK;
}

void neapi_aws_alarm_evaluate(struct neapi_aws_alarm *alarm, const struct neapi_aws_series *series)
{
    struct seen seen = look(alarm, series);
    alarm->state = next_state(alarm, &seen);
    alarm->breaching = seen.breaching;
}

void neapi_aws_alarm_reset(struct neapi_aws_alarm *alarm)
{
    alarm->state = NEAPI_AWS_INSUFFICIENT_DATA;
    alarm->breaching = 0;
}

static enum neap_alarm_state told_state(enum neapi_aws_state state)
{
    if (state == NEAPI_AWS_OK)
        return NEAP_ALARM_OK;
    return state == NEAPI_AWS_ALARM ? NEAP_ALARM_RAISED : NEAP_ALARM_UNKNOWN;
}

void neapi_aws_alarm_tell(const struct neapi_aws_alarm *alarm, enum neapi_aws_metric metric,
                          struct neap_decision *decision)
{
    if (decision->alarms_count == NEAP_DECISION_ALARMS)
        return;
    decision->alarms[decision->alarms_count++] =
        (struct neap_decision_alarm){.signal = neapi_aws_signal(metric),
                                     .state = told_state(alarm->state),
                                     .above = alarm->above,
                                     .threshold = neapi_aws_reported(metric, alarm->threshold),
                                     .points = (int)alarm->points,
                                     .periods = (int)alarm->periods,
                                     .breaching = (int)alarm->breaching};
}

double neapi_aws_alarm_value(const struct neapi_aws_alarm *alarm,
                             const struct neapi_aws_series *series, enum neapi_aws_value which)
{
    double sum = 0;
    size_t found = 0;
    for (size_t age = 0; age < alarm->range && found < alarm->periods; age++) {
        double value = neapi_aws_series_at(series, age);
        if (isnan(value))
            continue;
        if (which == NEAPI_AWS_NEWEST)
            return value;
        sum += value;
        found++;
    }
    return found > 0 ? sum / (double)found : (double)NAN;
}
