/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conformance of the room `service` to the tables of exact queueing results. Columns that only say
 * how far a table trusts itself (xcheck, trunc_mass, method ...) are not compared. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/service.h>

#include "base/text.h"
#include "study/selftest.h"

static const double EXACT = 1e-9, PERCENTILE = 1e-7, CHAIN = 1e-7;

/* One row under test: the first miss is kept in why. */
struct trial {
    const struct neapi_row *row;
    char *why;
    size_t size;
    bool failed;
};

static struct trial begin(const struct neapi_row *row, char *why, size_t size)
{
    return (struct trial){row, why, size, false};
}

static enum neapi_outcome outcome(const struct trial *trial)
{
    return trial->failed ? NEAPI_FAILED : NEAPI_PASSED;
}

static void fail(struct trial *trial, const char *column, const char *what)
{
    if (!trial->failed)
        neapi_print(trial->why, trial->size, "%s: %s", column, what);
    trial->failed = true;
}

static double input(struct trial *trial, const char *column)
{
    double value = (double)NAN;
    if (!neapi_row_number(trial->row, column, &value))
        fail(trial, column, "expected a number to start from");
    return value;
}

static bool named(const struct trial *trial, const char *column, const char *text)
{
    return strcmp(neapi_row_text(trial->row, column), text) == 0;
}

/* An empty cell expects nothing. */
static void expect(struct trial *trial, const char *column, double got, double tolerance)
{
    double want;
    char what[128];
    if (trial->failed || named(trial, column, ""))
        return;
    if (!neapi_row_number(trial->row, column, &want)) {
        fail(trial, column, "expected a number to compare with");
    } else if (!neapi_close(got, want, tolerance)) {
        neapi_print(what, sizeof what, "expected %.15g, got %.15g (tolerance %g)", want, got,
                    tolerance);
        fail(trial, column, what);
    }
}

static void expect_done(struct trial *trial, enum neap_status status,
                        const struct neap_error *error)
{
    if (status != NEAP_OK)
        fail(trial, "row", error->message);
}

/* The law in the columns dist and par. */
static struct neap_law read_law(struct trial *trial, double mean)
{
    static const struct {
        const char *name;
        enum neap_law_kind kind;
    } kinds[] = {{"D", NEAP_LAW_DETERMINISTIC}, {"M", NEAP_LAW_EXPONENTIAL},
                 {"E", NEAP_LAW_GAMMA},         {"G", NEAP_LAW_GAMMA},
                 {"U", NEAP_LAW_UNIFORM},       {"H2", NEAP_LAW_HYPEREXPONENTIAL},
                 {"LN", NEAP_LAW_LOGNORMAL}};
    double par = input(trial, "par");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (named(trial, "dist", kinds[i].name))
            return (struct neap_law){kinds[i].kind, mean,
                                     named(trial, "dist", "E") ? 1 / par : par};
    fail(trial, "dist", "expected D, M, E, G, U, H2 or LN");
    return (struct neap_law){NEAP_LAW_EXPONENTIAL, mean, 1};
}

/* --- tables ------------------------------------------------------------------------------------- */

static void expect_erlang_times(struct trial *trial, double c, double a)
{
    static const struct {
        const char *column;
        double probability;
        bool response;
    } quantiles[] = {{"wq_p95", 0.95, false}, {"wq_p99", 0.99, false}, {"t_p50", 0.5, true},
                     {"t_p90", 0.9, true},    {"t_p95", 0.95, true},   {"t_p99", 0.99, true},
                     {"t_p999", 0.999, true}};
    struct neap_wait wait = neap_wait_gig(c, a / c, 1, 1, 1, 6);
    expect(trial, "wq_mean", wait.probability * wait.mean_s, EXACT);
    expect(trial, "lq", a * wait.probability * wait.mean_s, EXACT);
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        double p = quantiles[i].probability;
        double got = quantiles[i].response ? neap_mmc_response_quantile(c, a, 1, p)
                                           : neap_wait_quantile(&wait, p);
        expect(trial, quantiles[i].column, got, PERCENTILE);
    }
}

static enum neapi_outcome check_erlang(const struct neapi_row *row, char *why, size_t size)
{
    struct trial trial = begin(row, why, size);
    double c = input(&trial, "c"), a = input(&trial, "a");
    expect(&trial, "erlang_b", neap_erlang_b(c, a), EXACT);
    expect(&trial, "erlang_c", neap_erlang_c(c, a), EXACT);
    if (a < c)
        expect_erlang_times(&trial, c, a);
    return outcome(&trial);
}

static enum neapi_outcome check_loss(const struct neapi_row *row, char *why, size_t size)
{
    struct trial trial = begin(row, why, size);
    double rate = input(&trial, "lambda"), service = input(&trial, "mu");
    int c = (int)input(&trial, "c"), places = (int)input(&trial, "K");
    struct neap_loss loss = neap_loss_mmck(rate, service, c, places);
    expect(&trial, "p0", loss.empty_share, EXACT);
    expect(&trial, "p_block", loss.refused_share, EXACT);
    expect(&trial, "throughput", loss.accepted_rate, EXACT);
    expect(&trial, "mean_in_system", loss.in_system, EXACT);
    expect(&trial, "lq", loss.in_queue, EXACT);
    expect(&trial, "utilization", loss.utilisation, EXACT);
    expect(&trial, "p_delay_accepted", loss.wait_probability, EXACT);
    expect(&trial, "wq_mean_accepted", loss.wait_mean_s, EXACT);
    expect(&trial, "t_mean_accepted", loss.response_mean_s, EXACT);
    expect(&trial, "wq_p95_accepted", neap_loss_wait_quantile(rate, service, c, places, 0.95),
           PERCENTILE);
    expect(&trial, "wq_p99_accepted", neap_loss_wait_quantile(rate, service, c, places, 0.99),
           PERCENTILE);
    return outcome(&trial);
}

static enum neapi_outcome check_gimc(const struct neapi_row *row, char *why, size_t size)
{
    struct trial trial = begin(row, why, size);
    double rate = input(&trial, "lambda"), service = input(&trial, "mu"), c = input(&trial, "c");
    struct neap_law gap = read_law(&trial, 1 / rate);
    double sigma;
    struct neap_wait wait = neap_wait_gim(&gap, (int)c, 1 / service, &sigma);
    double mean = wait.probability * wait.mean_s;
    expect(&trial, "rho", rate / (c * service), EXACT);
    expect(&trial, "ca2", neap_law_scv(&gap), EXACT);
    expect(&trial, "sigma", sigma, EXACT);
    expect(&trial, "p_wait", wait.probability, EXACT);
    expect(&trial, "wq_mean", mean, EXACT);
    expect(&trial, "t_mean", mean + 1 / service, EXACT);
    expect(&trial, "wq_p95", neap_wait_quantile(&wait, 0.95), PERCENTILE);
    expect(&trial, "wq_p99", neap_wait_quantile(&wait, 0.99), PERCENTILE);
    return outcome(&trial);
}

static enum neapi_outcome check_mdc(const struct neapi_row *row, char *why, size_t size)
{
    static const double probability[3] = {0.9, 0.95, 0.99};
    struct trial trial = begin(row, why, size);
    struct neap_error error = {0};
    int c = (int)input(&trial, "c");
    double rho = input(&trial, "rho"), rate = input(&trial, "lambda"), at[3] = {0};
    struct neap_wait wait = neap_wait_mdc(c, rho, 1);
    double mean = wait.probability * wait.mean_s;
    expect(&trial, "p_wait", wait.probability, EXACT);
    expect(&trial, "wq_mean", mean, EXACT);
    expect(&trial, "lq", rate * mean, EXACT);
    expect_done(&trial, neap_mdc_wait_quantiles(at, c, rho, 1, probability, 3, &error), &error);
    expect(&trial, "wq_p90", at[0], PERCENTILE);
    expect(&trial, "wq_p95", at[1], PERCENTILE);
    expect(&trial, "wq_p99", at[2], PERCENTILE);
    expect(&trial, "t_p95", at[1] + 1, PERCENTILE);
    expect(&trial, "t_p99", at[2] + 1, PERCENTILE);
    return outcome(&trial);
}

static void expect_mg1_times(struct trial *trial, const struct neap_law *service, double rho)
{
    static const struct {
        const char *wait, *response;
        double probability;
    } quantiles[] = {{NULL, "t_p50", 0.5},
                     {"wq_p90", "t_p90", 0.9},
                     {"wq_p95", "t_p95", 0.95},
                     {"wq_p99", "t_p99", 0.99}};
    double tolerance = service->kind == NEAP_LAW_LOGNORMAL ? 1e-6 : PERCENTILE;
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        struct neap_error error = {0};
        double p = quantiles[i].probability, at = 0;
        expect_done(trial, neap_mg1_response_quantile(&at, service, rho, p, &error), &error);
        expect(trial, quantiles[i].response, at, tolerance);
        if (quantiles[i].wait == NULL)
            continue;
        expect_done(trial, neap_mg1_wait_quantile(&at, service, rho, p, &error), &error);
        expect(trial, quantiles[i].wait, at, tolerance);
    }
}

static enum neapi_outcome check_mg1(const struct neapi_row *row, char *why, size_t size)
{
    struct trial trial = begin(row, why, size);
    double rho = input(&trial, "rho");
    struct neap_law service = read_law(&trial, 1);
    struct neap_mg1 mg1 = neap_mg1_moments(&service, rho);
    expect(&trial, "cs2", neap_law_scv(&service), EXACT);
    expect(&trial, "es2", neap_law_moment(&service, 2), EXACT);
    expect(&trial, "es3", neap_law_moment(&service, 3), EXACT);
    expect(&trial, "wq_mean", mg1.wait_mean_s, EXACT);
    expect(&trial, "wq_var", mg1.wait_variance_s2, EXACT);
    expect(&trial, "t_mean", mg1.response_mean_s, EXACT);
    expect(&trial, "t_var", mg1.response_variance_s2, EXACT);
    expect(&trial, "lq", mg1.in_queue, EXACT);
    expect_mg1_times(&trial, &service, rho);
    return outcome(&trial);
}

static enum neapi_outcome check_sharing(const struct neapi_row *row, char *why, size_t size)
{
    static const struct {
        const char *column;
        double probability;
    } quantiles[] = {
        {"t_p50_exp", 0.5}, {"t_p90_exp", 0.9}, {"t_p95_exp", 0.95}, {"t_p99_exp", 0.99}};
    struct trial trial = begin(row, why, size);
    struct neap_error error = {0};
    int vcpu = (int)input(&trial, "V");
    double rho = input(&trial, "rho"), slowdown = neap_sharing_slowdown(vcpu, rho), at = 0;
    expect(&trial, "lambda", rho * vcpu, EXACT);
    expect(&trial, "p_delay", neap_erlang_c(vcpu, vcpu * rho), EXACT);
    expect(&trial, "t_mean_any_dist", slowdown, EXACT);
    expect(&trial, "slowdown", slowdown, EXACT);
    expect(&trial, "t_cond_x_half", slowdown / 2, EXACT);
    expect(&trial, "t_cond_x_2", slowdown * 2, EXACT);
    expect(&trial, "t_condvar_x1_exp", neap_sharing_conditional_variance(rho, 1, 1), PERCENTILE);
    expect_done(&trial, neap_sharing_variance(&at, vcpu, rho, 1, &error), &error);
    expect(&trial, "t_var_exp", at, PERCENTILE);
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        expect_done(&trial,
                    neap_sharing_quantile(&at, vcpu, rho, 1, quantiles[i].probability, &error),
                    &error);
        expect(&trial, quantiles[i].column, at, PERCENTILE);
    }
    return outcome(&trial);
}

struct container_row {
    int workers;
    double vcpu, cpu, wait, rate, queue;
};

static void expect_equivalent(struct trial *trial, const struct container_row *c, double block)
{
    struct neap_error error = {0};
    struct neap_fes *fes = NULL;
    enum neap_status status = neap_fes_new(&fes, c->workers, c->vcpu, c->cpu, c->wait, &error);
    expect_done(trial, status, &error);
    if (status != NEAP_OK)
        return;
    double scv = (c->cpu * c->cpu + c->wait * c->wait) / pow(c->cpu + c->wait, 2);
    struct neap_fes_result plain = neap_fes_evaluate(fes, c->rate, 1, c->queue);
    struct neap_fes_result corrected = neap_fes_evaluate(fes, c->rate, scv, c->queue);
    /* The columns divide this method's requests by the rate accepted: as the exact chain has it for
     * the plain method, as the share of full states has it for the corrected one. */
    expect(trial, "t_mean_fes", plain.t_mean * (1 - plain.p_block) / (1 - block), EXACT);
    expect(trial, "t_mean_fes2",
           corrected.t_mean * (1 - corrected.p_block) / (1 - corrected.p_full), EXACT);
    neap_fes_free(fes);
}

static enum neapi_outcome check_container(const struct neapi_row *row, char *why, size_t size)
{
    struct trial trial = begin(row, why, size);
    struct neap_error error = {0};
    struct container_row c = {(int)input(&trial, "w"),   input(&trial, "V"),
                              input(&trial, "cpu_mean"), input(&trial, "io_mean"),
                              input(&trial, "lambda"),   input(&trial, "Q")};
    struct neap_fes_result exact = {0};
    expect(&trial, "capacity_saturated", neap_container_capacity(c.workers, c.vcpu, c.cpu, c.wait),
           EXACT);
    expect_done(
        &trial,
        neap_container_chain(&exact, c.workers, c.vcpu, c.cpu, c.wait, c.rate, c.queue, &error),
        &error);
    double cores = c.rate * (1 - exact.p_block) * c.cpu;
    expect(&trial, "cpu_cores_used", cores, CHAIN);
    expect(&trial, "cpu_util", cores / c.vcpu, CHAIN);
    expect(&trial, "p_block", exact.p_block, CHAIN);
    expect(&trial, "p_wait_worker", exact.p_wait, CHAIN);
    expect(&trial, "lq", exact.lq, CHAIN);
    expect(&trial, "wq_mean", exact.wq_mean, CHAIN);
    expect(&trial, "t_mean", exact.t_mean, CHAIN);
    expect(&trial, "cpu_phase_mean", exact.cpu_stretch * c.cpu, CHAIN);
    expect_equivalent(&trial, &c, exact.p_block);
    return outcome(&trial);
}

static bool read_balancer(struct trial *trial, enum neap_balancer_type *type)
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
        if (named(trial, "policy", names[i].name)) {
            *type = names[i].type;
            return true;
        }
    fail(trial, "policy", "expected central, random, round_robin, least_outstanding or p2c");
    return false;
}

/* Where the table's own chain is cut, which its values show: "CTMC truncated at 60/queue". */
static int cut_of(const struct neapi_row *row)
{
    static const char chain[] = "CTMC truncated at ";
    const char *method = neapi_row_text(row, "method");
    if (strncmp(method, chain, sizeof chain - 1) != 0)
        return 0;
    return (int)strtol(method + sizeof chain - 1, NULL, 10);
}

static enum neapi_outcome check_balancer(const struct neapi_row *row, char *why, size_t size)
{
    static const char endless[] = "p2c_meanfield_d";
    struct trial trial = begin(row, why, size);
    struct neap_error error = {0};
    enum neap_balancer_type type;
    const char *policy = neapi_row_text(row, "policy");
    double rho = input(&trial, "rho"), wait = (double)NAN;
    int cut = cut_of(row);
    if (strncmp(policy, endless, sizeof endless - 1) == 0)
        wait = neap_choices_response(rho, policy[sizeof endless - 1] - '0') - 1;
    else if (read_balancer(&trial, &type))
        expect_done(&trial,
                    neap_balancer_wait(&wait, type, (int)input(&trial, "N"),
                                       (int)input(&trial, "w"), rho, cut, &error),
                    &error);
    expect(&trial, "wq_mean", wait, cut > 0 ? CHAIN : EXACT);
    expect(&trial, "t_mean", wait + 1, cut > 0 ? CHAIN : EXACT);
    return outcome(&trial);
}

static enum neapi_outcome check_infinite(const struct neapi_row *row, char *why, size_t size)
{
    struct trial trial = begin(row, why, size);
    struct neap_law service = read_law(&trial, input(&trial, "mean_service"));
    struct neap_infinite got =
        neap_infinite_sinusoid(&service, input(&trial, "lambda_bar"), input(&trial, "amplitude"),
                               input(&trial, "period"), input(&trial, "t"));
    expect(&trial, "m_t", got.in_system, EXACT);
    expect(&trial, "offered_amplitude", got.amplitude, EXACT);
    expect(&trial, "lag", got.lag_s, EXACT);
    return outcome(&trial);
}

static enum neapi_outcome check_ideal(const struct neapi_row *row, char *why, size_t size)
{
    struct trial trial = begin(row, why, size);
    double rate = input(&trial, "lambda_bar"), amplitude = input(&trial, "amplitude");
    double room = input(&trial, "target_util") * input(&trial, "V") - input(&trial, "base_cores");
    double demand = input(&trial, "cpu_per_req"), least = input(&trial, "min");
    double faster = demand * input(&trial, "cpu_scale_new"), hours = 30 * 24;
    double before = neap_ideal_containers_mean(rate, amplitude, room / demand, least);
    double after = neap_ideal_containers_mean(rate, amplitude, room / faster, least);
    expect(&trial, "mean_containers_old", before, EXACT);
    expect(&trial, "mean_containers_new", after, EXACT);
    expect(&trial, "container_hours_30d_old", before * hours, EXACT);
    expect(&trial, "container_hours_30d_new", after * hours, EXACT);
    expect(&trial, "cost_30d_old", before * hours * input(&trial, "price_per_container_hour"),
           EXACT);
    expect(&trial, "saving_fraction", 1 - after / before, EXACT);
    return outcome(&trial);
}

const struct neapi_conformance neapi_conformance_service[] = {
    {"oracle_erlang.csv", check_erlang},
    {"oracle_mmck_loss.csv", check_loss},
    {"oracle_gimc.csv", check_gimc},
    {"oracle_mdc.csv", check_mdc},
    {"oracle_mg1.csv", check_mg1},
    {"oracle_mgc_ps.csv", check_sharing},
    {"oracle_container.csv", check_container},
    {"oracle_lb_policy.csv", check_balancer},
    {"oracle_mtginf.csv", check_infinite},
    {"oracle_ideal_hours.csv", check_ideal},
    {NULL, NULL}};
