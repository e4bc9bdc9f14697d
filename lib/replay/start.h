/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One start: its attempts, and the CPU that they use.
 *
 *   placed   image pulled        failed           ready
 *     |- pull -|-- attempt 0 --|.. delay ..|-- attempt 1 --|
 *              |** CPU burst **|           |** CPU burst *****|
 *
 * All is known when a container is asked for: nothing here happens by itself. */
#ifndef NEAP_REPLAY_START_H
#define NEAP_REPLAY_START_H

#include <neap/random.h>
#include <neap/service.h>

/* What starts of one service have in common. */
struct neapi_start_rules {
    const struct neap_startup *startup; /* borrowed */
    double cpu_s;                       /* core-seconds of one attempt that becomes ready */
    double cpu_most_cores;
    int64_t burst_ns; /* how long they take; 0: from the image on until ready */
    bool seen;        /* by the policies */
    double failing_share;
    int64_t delay_ns; /* before the second attempt; twice as long before each further one */
    struct neap_stream failures;
};

struct neapi_start {
    int64_t pulled_ns;  /* the image is there: the first attempt begins */
    int64_t attempt_ns; /* how long each takes */
    int64_t failures;   /* attempts before the one that becomes ready */
};

void neapi_start_rules_init(struct neapi_start_rules *rules,
                            const struct neap_container_options *container,
                            const struct neap_startup *startup, uint64_t seed,
                            uint64_t replication);

/* Of count starts, the first one being that number since the begin, after attempt failures before:
 * how many fail again. A share of many, a matter of chance for one. */
int64_t neapi_start_fails(const struct neapi_start_rules *rules, uint64_t number, int64_t failures,
                          int64_t count);
/* When its first attempt begins and how long each takes, from uniforms by stage. */
struct neapi_start neapi_start_draw(const struct neapi_start_rules *rules,
                                    const double uniform[NEAP_STARTUP_STAGES], int64_t now_ns,
                                    int64_t failures, int64_t *starting_ns);

int64_t neapi_start_ready_ns(const struct neapi_start_rules *rules,
                             const struct neapi_start *start);
/* When the last burst is over. */
int64_t neapi_start_quiet_ns(const struct neapi_start_rules *rules,
                             const struct neapi_start *start);
/* Core-seconds that it uses within [from, to). */
double neapi_start_cpu_s(const struct neapi_start_rules *rules, const struct neapi_start *start,
                         int64_t from_ns, int64_t to_ns);
/* Attempts that end in failure within [from, to). */
int64_t neapi_start_failures(const struct neapi_start_rules *rules, const struct neapi_start *start,
                             int64_t from_ns, int64_t to_ns);
/* How long after it is ready a burst may go on. */
int64_t neapi_start_longest_ns(const struct neapi_start_rules *rules);

#endif
