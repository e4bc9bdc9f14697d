/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The attempts of one start. A kubelet starts a failed container again on the same node, where its
 * image is already, after a delay that doubles from failure to failure up to five minutes. */
#include <math.h>

#include "replay/start.h"
#include "replay/streams.h"

enum { FAILURES_MOST = 63 };
static const int64_t LONGEST_DELAY_NS = INT64_C(300000000000);

void neapi_start_rules_init(struct neapi_start_rules *rules,
                            const struct neap_container_options *container,
                            const struct neap_startup *startup, uint64_t seed, uint64_t replication)
{
    *rules = (struct neapi_start_rules){.startup = startup,
                                        .cpu_s = container->startup_cpu_s,
                                        .cpu_most_cores = neap_container_cpu_usable(container),
                                        .seen = container->startup_cpu_seen == 1,
                                        .failing_share = container->startup_failures_share,
                                        .delay_ns = llround(container->startup_retry_s * 1e9)};
    if (!isnan(container->startup_cpu_time_s))
        rules->burst_ns = llround(container->startup_cpu_time_s * 1e9);
    neap_stream_init(&rules->failures, seed, replication, NEAPI_STREAM_FAILURE);
}

int64_t neapi_start_fails(const struct neapi_start_rules *rules, uint64_t number, int64_t failures,
                          int64_t count)
{
    if (rules->failing_share == 0 || failures >= FAILURES_MOST)
        return 0;
    double uniform =
        neap_stream_uniform(&rules->failures, number * (FAILURES_MOST + 1) + (uint64_t)failures);
    int64_t failing = (int64_t)floor((double)count * rules->failing_share + uniform);
    return failing < count ? failing : count;
}

struct neapi_start neapi_start_draw(const struct neapi_start_rules *rules,
                                    const double uniform[NEAP_STARTUP_STAGES], int64_t now_ns,
                                    int64_t failures, int64_t *starting_ns)
{
    double pending_s, starting_s;
    neap_startup_draw(rules->startup, uniform, &pending_s, &starting_s);
    int64_t pull_ns = llround(neap_startup_pull_s(rules->startup, uniform) * 1e9);
    *starting_ns = now_ns + llround(pending_s * 1e9);
    return (struct neapi_start){*starting_ns + pull_ns, llround(starting_s * 1e9) - pull_ns,
                                failures};
}

/* --- attempts ----------------------------------------------------------------------------------- */

static int64_t delay_after(const struct neapi_start_rules *rules, int64_t failure)
{
    int64_t delay_ns = rules->delay_ns;
    for (int64_t i = 0; i < failure && delay_ns < LONGEST_DELAY_NS; i++)
        delay_ns = 2 * delay_ns < LONGEST_DELAY_NS ? 2 * delay_ns : LONGEST_DELAY_NS;
    return delay_ns;
}

static int64_t last_attempt_ns(const struct neapi_start_rules *rules,
                               const struct neapi_start *start)
{
    int64_t begin_ns = start->pulled_ns;
    for (int64_t i = 0; i < start->failures; i++)
        begin_ns += start->attempt_ns + delay_after(rules, i);
    return begin_ns;
}

int64_t neapi_start_ready_ns(const struct neapi_start_rules *rules, const struct neapi_start *start)
{
    return last_attempt_ns(rules, start) + start->attempt_ns;
}

int64_t neapi_start_failures(const struct neapi_start_rules *rules, const struct neapi_start *start,
                             int64_t from_ns, int64_t to_ns)
{
    int64_t fails_ns = start->pulled_ns, count = 0;
    for (int64_t i = 0; i < start->failures && fails_ns < to_ns; i++) {
        fails_ns += start->attempt_ns;
        count += fails_ns >= from_ns && fails_ns < to_ns;
        fails_ns += delay_after(rules, i);
    }
    return count;
}

/* --- the burst ---------------------------------------------------------------------------------- */

/* At most all of the container's cores are used: then it takes longer. */
static int64_t burst_ns(const struct neapi_start_rules *rules, int64_t attempt_ns)
{
    int64_t wanted_ns = rules->burst_ns > 0 ? rules->burst_ns : attempt_ns;
    int64_t least_ns = (int64_t)ceil(rules->cpu_s / rules->cpu_most_cores * 1e9);
    return wanted_ns > least_ns ? wanted_ns : least_ns;
}

int64_t neapi_start_longest_ns(const struct neapi_start_rules *rules)
{
    return rules->cpu_s > 0 ? burst_ns(rules, 0) : 0;
}

int64_t neapi_start_quiet_ns(const struct neapi_start_rules *rules, const struct neapi_start *start)
{
    if (rules->cpu_s == 0)
        return INT64_MIN;
    return last_attempt_ns(rules, start) + burst_ns(rules, start->attempt_ns);
}

static int64_t overlap_ns(int64_t a_ns, int64_t a_end_ns, int64_t b_ns, int64_t b_end_ns)
{
    int64_t begin_ns = a_ns > b_ns ? a_ns : b_ns;
    int64_t end_ns = a_end_ns < b_end_ns ? a_end_ns : b_end_ns;
    return end_ns > begin_ns ? end_ns - begin_ns : 0;
}

/* Of an attempt that fails only what comes before its end. */
double neapi_start_cpu_s(const struct neapi_start_rules *rules, const struct neapi_start *start,
                         int64_t from_ns, int64_t to_ns)
{
    int64_t length_ns = burst_ns(rules, start->attempt_ns), busy_ns = 0;
    int64_t failed_ns = length_ns < start->attempt_ns ? length_ns : start->attempt_ns;
    int64_t begin_ns = start->pulled_ns;
    for (int64_t i = 0; i < start->failures && begin_ns < to_ns; i++) {
        busy_ns += overlap_ns(begin_ns, begin_ns + failed_ns, from_ns, to_ns);
        begin_ns += start->attempt_ns + delay_after(rules, i);
    }
    busy_ns += overlap_ns(begin_ns, begin_ns + length_ns, from_ns, to_ns);
    return length_ns > 0 ? rules->cpu_s * ((double)busy_ns / (double)length_ns) : 0;
}
