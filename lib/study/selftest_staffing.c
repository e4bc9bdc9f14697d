/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulated rows about M_t/M/c whose servers come and go. Servers are containers of one worker behind
 * a central queue; those that leave are drawn at random and finish what they hold.
 *
 * The published rows let a server leave as soon as any of them is done (mode exhaust), or put its work
 * back (preempt). Containers do neither: once some have left, rows of the first kind are held against
 * an exact chain for containers, which has to agree with the table before; those of the second are
 * left out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "study/selftest_chain.h"
#include "study/selftest_moments.h"

enum { CHANGES_MOST = 8, ITEM_SIZE = 32, CONTAINERS_MOST = 1024 };
static const double CHAIN_NEAR = 1e-6, CUT_S = 1e6;

struct change {
    double at_s;
    size_t servers;
};

struct staffing {
    struct neapi_watch watch;
    const struct neapi_rows *rows;
    const struct neapi_simulation *simulation;
    struct neapi_traffic traffic;
    struct change change[CHANGES_MOST]; /* the first at time 0 */
    size_t changes, present;
    double service_rate, room, first_leave_s; /* infinite: none leaves */
    bool exhaust;
};

static struct neapi_row row_of(const struct staffing *run, size_t i)
{
    return (struct neapi_row){.table = run->rows->table, .index = run->rows->first + i};
}

static double number(const struct staffing *run, size_t i, const char *column)
{
    struct neapi_row row = row_of(run, i);
    return neapi_row_value(&row, column);
}

/* --- reading --------------------------------------------------------------------------------------------- */

static bool item(const char *list, size_t index, double *value)
{
    char text[ITEM_SIZE];
    return neapi_cell_item(list, index, text, sizeof text) &&
           neapi_number_parse(value, text, strlen(text));
}

/* "3:130" */
static bool pair(const char *list, size_t index, double *first, double *second)
{
    char text[ITEM_SIZE], *colon;
    if (!neapi_cell_item(list, index, text, sizeof text) || (colon = strchr(text, ':')) == NULL)
        return false;
    return neapi_number_parse(first, text, (size_t)(colon - text)) &&
           neapi_number_parse(second, colon + 1, strlen(colon + 1));
}

static bool read_rate(struct neapi_traffic *traffic, const char *kind, const char *list)
{
    if (strcmp(kind, "sin") == 0) {
        traffic->arrivals = NEAPI_SINUSOID;
        return item(list, 0, &traffic->rate) && item(list, 1, &traffic->amplitude_rate) &&
               item(list, 2, &traffic->period_s);
    }
    traffic->arrivals = NEAPI_STEPS;
    if (strcmp(kind, "const") == 0) {
        traffic->steps = 1;
        return item(list, 0, &traffic->step_rate[0]);
    }
    for (size_t i = 0; i < neapi_cell_count(list); i++, traffic->steps++)
        if (i == NEAPI_STEPS_MOST || !pair(list, i, &traffic->step_s[i], &traffic->step_rate[i]))
            return false;
    return traffic->steps > 0;
}

static bool read_changes(struct staffing *run, const char *list)
{
    run->first_leave_s = (double)INFINITY;
    for (size_t i = 0; i < neapi_cell_count(list); i++) {
        double servers;
        if (i == CHANGES_MOST || !pair(list, i, &run->change[i].at_s, &servers) ||
            !(servers >= 1 && servers <= CONTAINERS_MOST / 2))
            return false;
        run->change[i].servers = (size_t)servers;
        if (i > 0 && run->change[i].servers < run->change[i - 1].servers &&
            isinf(run->first_leave_s))
            run->first_leave_s = run->change[i].at_s;
        run->changes++;
    }
    return run->changes > 0;
}

static bool read_case(struct staffing *run)
{
    struct neapi_row row = row_of(run, 0);
    run->service_rate = number(run, 0, "mu");
    run->present = (size_t)number(run, 0, "n0");
    run->room = number(run, 0, "capacity_K");
    run->exhaust = neapi_row_is(&row, "mode", "exhaust");
    run->traffic.cpu = (struct neap_law){NEAP_LAW_EXPONENTIAL, 1 / run->service_rate, 1};
    return read_rate(&run->traffic, neapi_row_text(&row, "lambda_kind"),
                     neapi_row_text(&row, "lambda_params")) &&
           read_changes(run, neapi_row_text(&row, "staffing")) &&
           run->present <= run->change[0].servers;
}

/* --- what is expected -------------------------------------------------------------------------------------- */

static void expect(struct neapi_moment *moment, const struct staffing *run, size_t i)
{
    static const char *const column[NEAPI_HELD] = {"mean_n", "mean_queue", "mean_busy",
                                                   "var_n",  "p_delay",    "p_full"};
    for (int held = 0; held < NEAPI_HELD; held++)
        moment->expected[held] = number(run, i, column[held]);
    moment->servers = number(run, i, "c_left");
    moment->room = run->room;
    if (number(run, i, "t") <= run->first_leave_s)
        return;
    for (int held = 0; held < NEAPI_HELD; held++)
        moment->expected[held] = (double)NAN;
}

static void expect_of_chain(struct staffing *run, size_t i, const struct neapi_chain *chain)
{
    struct neapi_chain_means means = neapi_chain_means(chain);
    struct neapi_moment *moment = &run->watch.moment[i];
    if (number(run, i, "t") > run->first_leave_s) {
        moment->expected[NEAPI_HELD_PRESENT] = means.present;
        moment->expected[NEAPI_HELD_WAITING] = means.waiting;
        moment->expected[NEAPI_HELD_BUSY] = means.busy;
    } else if (fabs(means.present - moment->expected[NEAPI_HELD_PRESENT]) > CHAIN_NEAR ||
               fabs(means.waiting - moment->expected[NEAPI_HELD_WAITING]) > CHAIN_NEAR) {
        neapi_print(run->watch.why, sizeof run->watch.why,
                    "the chain has mean_n %.9g and mean_queue %.9g at %g s, expected %.9g and %.9g",
                    means.present, means.waiting, number(run, i, "t"),
                    moment->expected[NEAPI_HELD_PRESENT], moment->expected[NEAPI_HELD_WAITING]);
    }
}

/* Visits rows and changes in order of time; a row at the time of a change is before it. */
static bool expect_by_chain(struct staffing *run)
{
    struct neapi_chain *chain =
        neapi_chain_new(&run->traffic, run->service_rate, run->change[0].servers, run->present);
    size_t next = 1;
    if (chain == NULL) {
        neapi_print(run->watch.why, sizeof run->watch.why, "no memory for a chain");
        return false;
    }
    for (size_t i = 0; i < run->rows->count; i++) {
        double t_s = number(run, i, "t");
        for (; next < run->changes && run->change[next].at_s < t_s; next++) {
            neapi_chain_pass(chain, run->change[next].at_s);
            neapi_chain_staff(chain, run->change[next].servers);
        }
        neapi_chain_pass(chain, t_s);
        expect_of_chain(run, i, chain);
    }
    neapi_chain_free(chain);
    return run->watch.why[0] == '\0';
}

/* --- runs --------------------------------------------------------------------------------------------------- */

static int64_t ns(double t_s)
{
    return llround(t_s * 1e9);
}

/* Those that leave are drawn among all: whether they are busy makes no difference. */
static void staff(struct staffing *run, const struct neap_stream *stream, size_t *draws,
                  const struct change *change)
{
    size_t servers = change[-1].servers;
    neapi_watch_pass(&run->watch, ns(change->at_s));
    if (change->servers > servers)
        neap_pool_join(run->watch.pool, servers, change->servers - servers, 0, ns(change->at_s));
    for (; servers > change->servers; servers--) {
        double place = neap_stream_uniform(stream, (*draws)++) * (double)servers;
        neap_pool_leave(run->watch.pool, (size_t)place, 1, ns(change->at_s + CUT_S));
    }
}

static void begin(struct staffing *run, uint64_t replication)
{
    neapi_source_init(run->watch.source, &run->traffic, run->simulation->seed, replication, 0);
    run->watch.source->slower = run->simulation->slower;
    neap_pool_reset(run->watch.pool, 0);
    neap_pool_join(run->watch.pool, 0, run->change[0].servers, 0, 0);
}

static bool replicate(struct staffing *run, uint64_t replication, size_t batch)
{
    enum { LEAVING = 100 }; /* number of a stream that no source has */
    struct neap_stream stream;
    size_t next = 1, draws = 0;
    neap_stream_init(&stream, run->simulation->seed, replication, LEAVING);
    begin(run, replication);
    neap_pool_begin(run->watch.pool, 1);
    struct neap_requests first = neapi_source_crowd(run->watch.source, 0, run->present);
    neap_pool_add(run->watch.pool, &first);
    neap_pool_end(run->watch.pool);
    for (size_t i = 0; i < run->rows->count; i++) {
        double t_s = number(run, i, "t");
        for (; next < run->changes && run->change[next].at_s < t_s; next++)
            staff(run, &stream, &draws, &run->change[next]);
        neapi_watch_pass(&run->watch, ns(t_s));
        if (!neapi_watch_look(&run->watch, i, batch))
            return false;
    }
    return true;
}

/* Requests of one replication. */
static double length_of(const struct staffing *run)
{
    double end_s = number(run, run->rows->count - 1, "t"), sum = 0;
    for (double t_s = 0.5; t_s < end_s; t_s++)
        sum += neapi_traffic_rate(&run->traffic, t_s);
    return sum;
}

static void judge_staffing(struct staffing *run, const struct neapi_plan *plan,
                           struct neapi_verdict verdict[])
{
    for (size_t i = 0; i < run->rows->count; i++) {
        if (number(run, i, "t") > run->first_leave_s && !run->exhaust)
            neapi_verdict_skip(&verdict[i], "containers do not put work back");
        if (run->watch.why[0] != '\0')
            neapi_verdict_fail(&verdict[i], run->watch.why);
    }
    if (run->watch.why[0] == '\0')
        neapi_watch_judge(&run->watch, plan->kernel, run->rows->count, verdict);
}

static void run_replications(struct staffing *run, size_t each, bool by_events,
                             uint64_t replication, struct neapi_verdict verdict[])
{
    struct neapi_plan plan;
    neapi_plan_init(&plan, CONTAINERS_MOST, 1, NEAP_BALANCER_CENTRAL, by_events);
    if (!isinf(run->room)) /* containers have the queue's places together */
        plan.pool.queue_limit =
            (run->room - (double)run->change[0].servers + 0.5) / (double)run->change[0].servers;
    if (neapi_watch_init(&run->watch, &plan, run->rows->count)) {
        for (size_t i = 0; i < run->rows->count; i++)
            expect(&run->watch.moment[i], run, i);
        bool good = !run->exhaust || expect_by_chain(run);
        for (size_t i = 0; good && i < each * NEAPI_BATCHES; i++)
            good = replicate(run, replication + i, i % NEAPI_BATCHES);
    }
    judge_staffing(run, &plan, verdict);
    neapi_watch_clear(&run->watch);
}

void neapi_run_staffing(const struct neapi_rows *rows, const struct neapi_simulation *simulation,
                        uint64_t replication, struct neapi_verdict verdict[])
{
    struct staffing run = {.rows = rows, .simulation = simulation};
    if (!read_case(&run)) {
        for (size_t i = 0; i < rows->count; i++)
            neapi_verdict_skip(&verdict[i], "is of an unknown kind");
        return;
    }
    double each = simulation->requests / length_of(&run) / NEAPI_BATCHES;
    for (size_t i = 0; i < rows->count && each < 2; i++)
        neapi_verdict_skip(&verdict[i], "changes too slowly");
    if (each < 2)
        return;
    run_replications(&run, (size_t)each, false, replication, verdict);
    if (run.exhaust) /* the few rows with servers that leave are for the other kernel too */
        run_replications(&run, (size_t)each, true, replication + (UINT64_C(1) << 31), verdict);
}
