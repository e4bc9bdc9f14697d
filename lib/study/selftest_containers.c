/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulated rows about containers: shared cores, workers that are held through a wait, balancers. */
#include <math.h>
#include <string.h>

#include "study/selftest_plan.h"

enum { MANY_WORKERS = 2048 };

/* Variant 0: exponential demand. Variant 1: of another law, which leaves the mean as it is. */
static const char *plan_sharing(const struct neapi_row *row, int variant, struct neapi_plan *plan)
{
    static const struct neap_law other[] = {{NEAP_LAW_HYPEREXPONENTIAL, 1, 4},
                                            {NEAP_LAW_DETERMINISTIC, 1, 0},
                                            {NEAP_LAW_LOGNORMAL, 1, 2}};
    double cores = neapi_row_value(row, "V"), rho = neapi_row_value(row, "rho");
    double rate = neapi_row_value(row, "lambda"), t = neapi_row_value(row, "t_mean_any_dist");
    if (variant > 1)
        return "";
    neapi_plan_init(plan, 1, MANY_WORKERS, NEAP_BALANCER_RANDOM, true);
    plan->pool.cores = plan->pool.burst_cores = cores;
    neapi_plan_poisson(plan, rate);
    neapi_plan_settle(plan, cores, rho);
    neapi_plan_want(plan, "t_mean_any_dist", NEAPI_RESPONSE, t);
    neapi_plan_want(plan, "t_mean_any_dist", NEAPI_PRESENT, rate * t);
    neapi_plan_want(plan, "rho", NEAPI_CORES, rate);
    if (variant == 1) {
        plan->traffic.cpu = other[row->index % 3];
        neapi_plan_settle(plan, cores, rho);
        return NULL;
    }
    neapi_plan_want(plan, "t_var_exp", NEAPI_RESPONSE_SQUARE,
                    neapi_row_value(row, "t_var_exp") + t * t);
    neapi_plan_want_within(plan, row, "t_p50_exp", 0.5, 0);
    neapi_plan_want_within(plan, row, "t_p90_exp", 0.9, 0);
    neapi_plan_want_within(plan, row, "t_p95_exp", 0.95, 0);
    neapi_plan_want_within(plan, row, "t_p99_exp", 0.99, 0);
    return NULL;
}

static const char *plan_container(const struct neapi_row *row, int variant, struct neapi_plan *plan)
{
    double cores = neapi_row_value(row, "V"), rate = neapi_row_value(row, "lambda");
    double t = neapi_row_value(row, "t_mean"), refused = neapi_row_value(row, "p_block");
    double full = neapi_row_value(row, "capacity_saturated"), rho = rate / full;
    int workers = (int)neapi_row_value(row, "w");
    double queue = neapi_row_value(row, "Q");
    bool simple = workers == 1; /* they do not compete: two kernels can */
    if (variant > (simple ? 1 : 0))
        return "";
    neapi_plan_init(plan, 1, workers, NEAP_BALANCER_RANDOM, !simple || variant == 1);
    plan->pool.cores = plan->pool.burst_cores = cores;
    if (!isinf(queue))
        plan->pool.queue_limit = queue;
    plan->traffic.cpu.mean_s = neapi_row_value(row, "cpu_mean");
    plan->traffic.wait =
        (struct neap_law){NEAP_LAW_EXPONENTIAL, neapi_row_value(row, "io_mean"), 1};
    neapi_plan_poisson(plan, rate);
    neapi_plan_settle(plan, workers, fmin(rho, 1 / rho));
    neapi_plan_want(plan, "t_mean", NEAPI_RESPONSE, t);
    neapi_plan_want(plan, "t_mean", NEAPI_PRESENT, rate * (1 - refused) * t);
    neapi_plan_want(plan, "lq", NEAPI_WAITING, neapi_row_value(row, "lq"));
    neapi_plan_want(plan, "cpu_cores_used", NEAPI_CORES, neapi_row_value(row, "cpu_cores_used"));
    if (refused > 0)
        neapi_plan_want(plan, "p_block", NEAPI_REFUSED, refused);
    return NULL;
}

static bool balancer_named(const char *name, enum neap_balancer_type *type)
{
    static const struct {
        const char *name;
        enum neap_balancer_type type;
    } names[] = {{"central", NEAP_BALANCER_CENTRAL},
                 {"random", NEAP_BALANCER_RANDOM},
                 {"round_robin", NEAP_BALANCER_ROUND_ROBIN},
                 {"least_outstanding", NEAP_BALANCER_LEAST_OUTSTANDING},
                 {"p2c", NEAP_BALANCER_TWO_CHOICES}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i].name) == 0) {
            *type = names[i].type;
            return true;
        }
    return false;
}

static const char *plan_balancer(const struct neapi_row *row, int variant, struct neapi_plan *plan)
{
    double containers = neapi_row_value(row, "N"), rho = neapi_row_value(row, "rho");
    double wait = neapi_row_value(row, "wq_mean");
    int workers = (int)neapi_row_value(row, "w");
    enum neap_balancer_type type;
    if (isinf(containers))
        return "containers without number";
    if (!balancer_named(neapi_row_text(row, "policy"), &type))
        return "is of an unknown policy";
    bool by_events = variant == 1 || type == NEAP_BALANCER_LEAST_OUTSTANDING;
    if (variant > (row->index % 3 == 0 && type != NEAP_BALANCER_LEAST_OUTSTANDING))
        return "";
    neapi_plan_init(plan, (size_t)containers, workers, type, by_events);
    double servers = containers * workers, rate = rho * servers;
    neapi_plan_poisson(plan, rate);
    neapi_plan_settle(plan, servers, rho);
    if (type == NEAP_BALANCER_RANDOM || type == NEAP_BALANCER_ROUND_ROBIN)
        plan->relaxation *= fmax(1, containers / 3); /* each has its own; many average out */
    plan->rarest = wait;
    neapi_plan_want(plan, "t_mean", NEAPI_RESPONSE, 1 + wait);
    neapi_plan_want(plan, "t_mean", NEAPI_PRESENT, rate * (1 + wait));
    neapi_plan_want(plan, "wq_mean", NEAPI_WAITING, rate * wait);
    neapi_plan_want(plan, "rho", NEAPI_CORES, rate);
    return NULL;
}

const struct neapi_simulated neapi_simulated_containers[] = {
    {"oracle_mgc_ps.csv", plan_sharing},
    {"oracle_container.csv", plan_container},
    {"oracle_lb_policy.csv", plan_balancer},
    {NULL, NULL}};
