/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulated rows about one queue: M/M/c, with an end, GI/M/c, M/D/c, M/G/1, GI/G/c. */
#include <math.h>
#include <string.h>

#include "study/selftest_plan.h"

/* Means that follow from the mean wait and arrivals of that rate. */
static void want_means(struct neapi_plan *plan, double wait_s)
{
    const struct neap_law *gap = &plan->traffic.gap;
    double rate = plan->rate, load = rate * plan->service_s;
    neapi_plan_want(plan, "wq_mean", NEAPI_RESPONSE, wait_s + plan->service_s);
    neapi_plan_want(plan, "rho", NEAPI_CORES, load);
    plan->rarest = wait_s / plan->service_s / sqrt(fmax(neap_law_scv(&plan->traffic.cpu), 0.01));
    if (gap->kind == NEAP_LAW_DETERMINISTIC)
        return; /* it would be looked at in step with arrivals */
    neapi_plan_want(plan, "lq", NEAPI_WAITING, rate * wait_s);
    neapi_plan_want(plan, "lq", NEAPI_PRESENT, rate * wait_s + load);
}

static const char *plan_erlang(const struct neapi_row *row, int variant, struct neapi_plan *plan)
{
    double c = neapi_row_value(row, "c"), a = neapi_row_value(row, "a"),
           wait = neapi_row_value(row, "wq_mean");
    if (c != floor(c))
        return "servers are whole";
    if (!(a < c))
        return "has no steady state";
    if (c > 1000)
        return "waits too rarely";
    if (!neapi_plan_servers(plan, row, variant, (int)c, (double)INFINITY))
        return "";
    neapi_plan_poisson(plan, a);
    neapi_plan_settle(plan, c, a / c);
    want_means(plan, wait);
    neapi_plan_want_within(plan, row, "t_p50", 0.5, 0);
    neapi_plan_want_within(plan, row, "t_p90", 0.9, 0);
    neapi_plan_want_within(plan, row, "t_p95", 0.95, 0);
    neapi_plan_want_within(plan, row, "t_p99", 0.99, 0);
    neapi_plan_want_within(plan, row, "t_p999", 0.999, 0);
    return NULL;
}

static const char *plan_loss(const struct neapi_row *row, int variant, struct neapi_plan *plan)
{
    double c = neapi_row_value(row, "c"), places = neapi_row_value(row, "K") - c,
           rate = neapi_row_value(row, "lambda");
    double mu = neapi_row_value(row, "mu"), rho = rate / (c * mu), size = neapi_row_value(row, "K");
    if (!neapi_plan_servers(plan, row, variant, (int)c, places))
        return "";
    plan->traffic.cpu.mean_s = 1 / mu;
    neapi_plan_poisson(plan, rate);
    neapi_plan_settle(plan, c, fmin(rho, 1 / rho));
    plan->relaxation = fmin(plan->relaxation, fmax(c, size * size));
    neapi_plan_want(plan, "p_block", NEAPI_REFUSED, neapi_row_value(row, "p_block"));
    neapi_plan_want(plan, "t_mean_accepted", NEAPI_RESPONSE,
                    neapi_row_value(row, "t_mean_accepted"));
    neapi_plan_want(plan, "mean_in_system", NEAPI_PRESENT, neapi_row_value(row, "mean_in_system"));
    if (places > 0)
        neapi_plan_want(plan, "lq", NEAPI_WAITING, neapi_row_value(row, "lq"));
    neapi_plan_want(plan, "utilization", NEAPI_CORES, c * neapi_row_value(row, "utilization"));
    return NULL;
}

static const char *plan_gimc(const struct neapi_row *row, int variant, struct neapi_plan *plan)
{
    double c = neapi_row_value(row, "c"), rate = neapi_row_value(row, "lambda"),
           mu = neapi_row_value(row, "mu");
    if (!neapi_plan_servers(plan, row, variant, (int)c, (double)INFINITY))
        return "";
    plan->traffic.cpu.mean_s = 1 / mu;
    if (!neapi_law_named(&plan->traffic.gap, neapi_row_text(row, "dist"),
                         neapi_row_value(row, "par"), 1 / rate))
        return "is of an unknown law";
    neapi_plan_settle(plan, c, rate / (c * mu));
    want_means(plan, neapi_row_value(row, "wq_mean"));
    return NULL;
}

static const char *plan_mdc(const struct neapi_row *row, int variant, struct neapi_plan *plan)
{
    double c = neapi_row_value(row, "c");
    if (!neapi_plan_servers(plan, row, variant, (int)c, (double)INFINITY))
        return "";
    plan->traffic.cpu = (struct neap_law){NEAP_LAW_DETERMINISTIC, 1, 0};
    neapi_plan_poisson(plan, neapi_row_value(row, "lambda"));
    neapi_plan_settle(plan, c, neapi_row_value(row, "rho"));
    want_means(plan, neapi_row_value(row, "wq_mean"));
    /* all who do not wait take the same time: no percentile is to be expected there */
    neapi_plan_want_within(plan, row, "t_p95", 0.95, 1);
    neapi_plan_want_within(plan, row, "t_p99", 0.99, 1);
    return NULL;
}

static const char *plan_mg1(const struct neapi_row *row, int variant, struct neapi_plan *plan)
{
    double t = neapi_row_value(row, "t_mean"), par = neapi_row_value(row, "par");
    if (!neapi_plan_servers(plan, row, variant, 1, (double)INFINITY))
        return "";
    if (!neapi_law_named(&plan->traffic.cpu, neapi_row_text(row, "dist"), par, 1))
        return "is of an unknown law";
    neapi_plan_poisson(plan, neapi_row_value(row, "rho"));
    neapi_plan_settle(plan, 1, neapi_row_value(row, "rho"));
    want_means(plan, neapi_row_value(row, "wq_mean"));
    if (neap_law_scv(&plan->traffic.cpu) <= 1 && plan->traffic.cpu.kind != NEAP_LAW_LOGNORMAL)
        neapi_plan_want(plan, "t_var", NEAPI_RESPONSE_SQUARE,
                        neapi_row_value(row, "t_var") + t * t);
    neapi_plan_want_within(plan, row, "t_p50", 0.5,
                           plan->traffic.cpu.kind == NEAP_LAW_DETERMINISTIC);
    neapi_plan_want_within(plan, row, "t_p90", 0.9, 0);
    neapi_plan_want_within(plan, row, "t_p95", 0.95, 0);
    neapi_plan_want_within(plan, row, "t_p99", 0.99, 0);
    return NULL;
}

/* The table's half-widths are of 99 % intervals. */
static void doubt_last(struct neapi_plan *plan, const struct neapi_row *row, const char *column)
{
    if (plan->wanted_count > 0)
        plan->wanted[plan->wanted_count - 1].doubt =
            neapi_row_value(row, column) / 2.5758293035489004;
}

static const char *plan_ggc(const struct neapi_row *row, int variant, struct neapi_plan *plan)
{
    double c = neapi_row_value(row, "c"), rho = neapi_row_value(row, "rho");
    if (!neapi_plan_servers(plan, row, variant, (int)c, (double)INFINITY))
        return "";
    if (!neapi_law_named(&plan->traffic.gap, neapi_row_text(row, "arr"),
                         neapi_row_value(row, "arr_par"), 1 / (c * rho)) ||
        !neapi_law_named(&plan->traffic.cpu, neapi_row_text(row, "svc"),
                         neapi_row_value(row, "svc_par"), 1))
        return "is of an unknown law";
    neapi_plan_settle(plan, c, rho);
    double scv = neap_law_scv(&plan->traffic.cpu);
    plan->rarest = scv > 0 ? neapi_row_value(row, "wq_mean") / sqrt(scv) : (double)INFINITY;
    neapi_plan_want(plan, "wq_mean", NEAPI_RESPONSE, 1 + neapi_row_value(row, "wq_mean"));
    doubt_last(plan, row, "wq_mean_ci99");
    neapi_plan_want(plan, "rho", NEAPI_CORES, c * rho);
    bool fixed = plan->traffic.cpu.kind == NEAP_LAW_DETERMINISTIC;
    static const struct {
        const char *column, *doubt;
        double probability;
    } at[] = {
        {"t_p50", "t_p50_ci99", 0.5}, {"t_p95", "t_p95_ci99", 0.95}, {"t_p99", "t_p99_ci99", 0.99}};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        size_t before = plan->wanted_count;
        neapi_plan_want_within(plan, row, at[i].column, at[i].probability, fixed);
        if (plan->wanted_count > before)
            doubt_last(plan, row, at[i].doubt);
    }
    return NULL;
}

const struct neapi_simulated neapi_simulated_queues[] = {{"oracle_erlang.csv", plan_erlang},
                                                         {"oracle_mmck_loss.csv", plan_loss},
                                                         {"oracle_gimc.csv", plan_gimc},
                                                         {"oracle_mdc.csv", plan_mdc},
                                                         {"oracle_mg1.csv", plan_mg1},
                                                         {"oracle_ggc_sim.csv", plan_ggc},
                                                         {NULL, NULL}};
