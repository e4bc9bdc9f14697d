/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pools watched at moments, and infinitely many servers under a rate that rises and falls. */
#include "study/selftest_moments.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/text.h"

const struct neapi_transient neapi_transients[] = {{"oracle_mtginf.csv", neapi_run_infinite},
                                                   {"oracle_mtmc_ode.csv", neapi_run_staffing},
                                                   {NULL, NULL}};

/* --- watching ------------------------------------------------------------------------------------------ */

bool neapi_watch_init(struct neapi_watch *watch, const struct neapi_plan *plan, size_t moments)
{
    struct neap_error error = {0};
    *watch = (struct neapi_watch){.why = ""};
    watch->source = neapi_allocate(1, sizeof *watch->source);
    watch->moment = neapi_allocate(moments, sizeof *watch->moment);
    if (watch->source == NULL || watch->moment == NULL) {
        neapi_print(watch->why, sizeof watch->why, "no memory for a run");
        return false;
    }
    if (neap_pool_new(&watch->pool, &plan->pool, &error) == NEAP_OK)
        return true;
    neapi_print(watch->why, sizeof watch->why, "%s", error.message);
    return false;
}

void neapi_watch_clear(struct neapi_watch *watch)
{
    neap_pool_free(watch->pool);
    free(watch->source);
    free(watch->moment);
}

void neapi_watch_pass(const struct neapi_watch *watch, int64_t to_ns)
{
    struct neap_requests requests;
    neap_pool_begin(watch->pool, to_ns);
    while ((requests = neapi_source_next(watch->source, to_ns)).count > 0)
        neap_pool_add(watch->pool, &requests);
    neap_pool_end(watch->pool);
}

bool neapi_watch_look(struct neapi_watch *watch, size_t moment, size_t batch)
{
    struct neap_pool_totals totals = neap_pool_totals(watch->pool);
    struct neapi_moment *m = &watch->moment[moment];
    double present = (double)totals.present, waiting = (double)totals.waiting;
    m->x[NEAPI_HELD_PRESENT][batch] += present;
    m->x[NEAPI_HELD_WAITING][batch] += waiting;
    m->x[NEAPI_HELD_BUSY][batch] += present - waiting;
    m->x[NEAPI_HELD_SPREAD][batch] += pow(present - m->expected[NEAPI_HELD_PRESENT], 2);
    m->x[NEAPI_HELD_DELAYED][batch] += present >= m->servers;
    m->x[NEAPI_HELD_FULL][batch] += present >= m->room;
    m->y[batch]++;
    return neapi_books_balance(watch->pool, &watch->source->given, watch->why, sizeof watch->why);
}

/* What hardly ever varies has no interval: idle servers, requests that wait, yes or no. */
static bool seen_enough(const struct neapi_moment *m, enum neapi_held held, double looks)
{
    static const double ENOUGH = 150;
    double expected = m->expected[held];
    if (held == NEAPI_HELD_BUSY)
        return !(looks * fabs(m->servers - expected) < ENOUGH);
    if (held == NEAPI_HELD_PRESENT || held == NEAPI_HELD_SPREAD)
        return true;
    double share =
        held == NEAPI_HELD_WAITING ? fmin(expected, 1) / 4 : fmin(expected, 1 - expected);
    return looks * share >= ENOUGH;
}

static void judge(const struct neapi_moment *m, const char *kernel, struct neapi_verdict *verdict)
{
    static const char *const column[NEAPI_HELD] = {"mean_n", "mean_queue", "mean_busy",
                                                   "var_n",  "p_delay",    "p_full"};
    double looks = 0;
    for (size_t b = 0; b < NEAPI_BATCHES; b++)
        looks += m->y[b];
    for (int held = 0; held < NEAPI_HELD; held++) {
        double sum = 0, expected = m->expected[held];
        if (!isfinite(expected) || !seen_enough(m, (enum neapi_held)held, looks))
            continue;
        for (size_t b = 0; b < NEAPI_BATCHES; b++)
            sum += m->x[held][b];
        struct neapi_score score = {
            neapi_batches_score(m->x[held], m->y, NEAPI_BATCHES, expected, 0), column[held],
            kernel};
        neapi_verdict_score(verdict, &score, expected, sum / looks);
    }
}

void neapi_watch_judge(const struct neapi_watch *watch, const char *kernel, size_t moments,
                       struct neapi_verdict verdict[])
{
    for (size_t i = 0; i < moments; i++)
        judge(&watch->moment[i], kernel, &verdict[i]);
}

/* --- infinitely many servers ---------------------------------------------------------------------------- */

/* Before the first look, in mean service times; a sinusoid much slower than that is looked at in
 * windows of that length. */
static const double SETTLED = 100;

struct infinite {
    struct neapi_watch watch;
    const struct neapi_rows *rows;
    const struct neapi_simulation *simulation;
    struct neapi_traffic traffic;
    uint64_t replication;
    double mean_s;
};

static double number(const struct infinite *run, size_t i, const char *column)
{
    struct neapi_row row = {.table = run->rows->table, .index = run->rows->first + i};
    return neapi_row_value(&row, column);
}

static bool plan_infinite(struct infinite *run, struct neapi_plan *plan)
{
    struct neapi_row row = {.table = run->rows->table, .index = run->rows->first};
    double rate = number(run, 0, "lambda_bar"), swing = number(run, 0, "amplitude");
    run->mean_s = number(run, 0, "mean_service");
    double most = (rate + swing) * run->mean_s;
    bool by_events = row.index / run->rows->count % 2 == 1;
    neapi_plan_init(plan, 1, (int)(most + 12 * sqrt(most) + 50), NEAP_BALANCER_RANDOM, by_events);
    run->traffic = (struct neapi_traffic){.arrivals = NEAPI_SINUSOID,
                                          .rate = rate,
                                          .amplitude_rate = swing,
                                          .period_s = number(run, 0, "period")};
    return neapi_law_named(&run->traffic.cpu, neapi_row_text(&row, "dist"), number(run, 0, "par"),
                           run->mean_s);
}

static void begin(struct infinite *run, double start_s, uint64_t replication)
{
    run->traffic.start_s = start_s;
    neapi_source_init(run->watch.source, &run->traffic, run->simulation->seed, replication, 0);
    run->watch.source->slower = run->simulation->slower;
    neap_pool_reset(run->watch.pool, 0);
    neap_pool_join(run->watch.pool, 0, 1, 0, 0);
}

/* One long run through many periods: those of a batch follow each other. */
static const char *through_periods(struct infinite *run)
{
    double period_s = run->traffic.period_s;
    double periods = floor(run->simulation->requests / (run->traffic.rate * period_s));
    size_t each = (size_t)(periods / NEAPI_BATCHES), done = 0;
    if (each < 1)
        return "changes too slowly";
    begin(run, 0, run->replication);
    double before = ceil(SETTLED * run->mean_s / period_s);
    for (size_t batch = 0; batch < NEAPI_BATCHES; batch++)
        for (size_t i = 0; i < each; i++, done++)
            for (size_t m = 0; m < run->rows->count; m++) {
                double at_s = (before + (double)done) * period_s + number(run, m, "t");
                neapi_watch_pass(&run->watch, llround(at_s * 1e9));
                if (!neapi_watch_look(&run->watch, m, batch))
                    return NULL;
            }
    return NULL;
}

/* Many short runs that end at the moment. */
static const char *in_windows(struct infinite *run)
{
    double window_s = SETTLED * run->mean_s;
    double each = run->simulation->requests /
                  (window_s * run->traffic.rate * (double)run->rows->count * NEAPI_BATCHES);
    if (each < 2)
        return "changes too slowly";
    for (size_t i = 0; i < (size_t)each * NEAPI_BATCHES; i++)
        for (size_t m = 0; m < run->rows->count; m++) {
            begin(run, number(run, m, "t") - window_s, run->replication + i * run->rows->count + m);
            neapi_watch_pass(&run->watch, llround(window_s * 1e9));
            if (!neapi_watch_look(&run->watch, m, i % NEAPI_BATCHES))
                return NULL;
        }
    return NULL;
}

static void judge_infinite(const struct infinite *run, const struct neapi_plan *plan,
                           const char *reason, struct neapi_verdict verdict[])
{
    for (size_t i = 0; i < run->rows->count && reason != NULL; i++)
        neapi_verdict_skip(&verdict[i], reason);
    for (size_t i = 0; i < run->rows->count && run->watch.why[0] != '\0'; i++)
        neapi_verdict_fail(&verdict[i], run->watch.why);
    if (reason == NULL && run->watch.why[0] == '\0')
        neapi_watch_judge(&run->watch, plan->kernel, run->rows->count, verdict);
}

void neapi_run_infinite(const struct neapi_rows *rows, const struct neapi_simulation *simulation,
                        uint64_t replication, struct neapi_verdict verdict[])
{
    struct infinite run = {.rows = rows, .simulation = simulation, .replication = replication};
    struct neapi_plan plan;
    const char *reason = plan_infinite(&run, &plan) ? NULL : "is of an unknown law";
    if (reason == NULL && neapi_watch_init(&run.watch, &plan, rows->count)) {
        for (size_t i = 0; i < rows->count; i++) {
            struct neapi_moment *moment = &run.watch.moment[i];
            for (int held = 0; held < NEAPI_HELD; held++)
                moment->expected[held] = (double)NAN;
            moment->expected[NEAPI_HELD_PRESENT] = number(&run, i, "m_t");
            moment->expected[NEAPI_HELD_SPREAD] = number(&run, i, "m_t"); /* it is Poisson */
            moment->servers = moment->room = (double)INFINITY;
        }
        reason = run.traffic.period_s > 10 * SETTLED * run.mean_s ? in_windows(&run)
                                                                  : through_periods(&run);
    }
    judge_infinite(&run, &plan, reason, verdict);
    neapi_watch_clear(&run.watch);
}
