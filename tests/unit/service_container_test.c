/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Containers and balancers: the approximations against the exact chains, limits, properties, and
 * what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include <neap/service.h>

#include "service/even.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void assert_near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want) || fabs(got - want) <= 1e-12))
        fail_msg("expected %.15g, got %.15g", want, got);
}

static struct neap_fes_result equivalent(int workers, double vcpu, double cpu_s, double wait_s,
                                         double rate, double scv, double queue)
{
    struct neap_fes *fes;
    assert_int_equal(neap_fes_new(&fes, workers, vcpu, cpu_s, wait_s, NULL), NEAP_OK);
    struct neap_fes_result result = neap_fes_evaluate(fes, rate, scv, queue);
    neap_fes_free(fes);
    return result;
}

static struct neap_fes_result exact(int workers, double vcpu, double cpu_s, double wait_s,
                                    double rate, double queue)
{
    struct neap_fes_result result;
    assert_int_equal(neap_container_chain(&result, workers, vcpu, cpu_s, wait_s, rate, queue, NULL),
                     NEAP_OK);
    return result;
}

static double hypo_scv(double cpu_s, double wait_s)
{
    return (cpu_s * cpu_s + wait_s * wait_s) / ((cpu_s + wait_s) * (cpu_s + wait_s));
}

/* --- capacity ------------------------------------------------------------------------------------ */

/* The closed network's throughput straight from its definition. */
static double slow_capacity(int workers, double vcpu, double cpu_s, double wait_s)
{
    double all = 0, cores = 0;
    for (int k = 0; k <= workers; k++) {
        double weight = (workers - k) * log(wait_s) - lgamma(workers - k + 1);
        for (int i = 1; i <= k; i++)
            weight += log(cpu_s / fmin(i, vcpu));
        weight = exp(weight - workers * log(cpu_s + wait_s) + lgamma(workers + 1));
        all += weight;
        cores += weight * fmin(k, vcpu);
    }
    return cores / all / cpu_s;
}

static void test_capacity_follows_its_definition(void **state)
{
    static const double vcpu[] = {0.25, 0.5, 1, 1.7, 2, 3.25, 7, 8.5, 40, 64};
    (void)state;
    for (size_t i = 0; i < ROWS(vcpu); i++)
        for (int w = 1; w < 150; w += w / 3 + 1)
            for (double wait = 0.001; wait < 2; wait *= 7)
                assert_near(neap_container_capacity(w, vcpu[i], 0.04, wait),
                            slow_capacity(w, vcpu[i], 0.04, wait), 1e-10);
}

static void test_capacity_has_its_limits(void **state)
{
    (void)state;
    assert_near(neap_container_capacity(3, 4, 0.04, 0.06), 30, 1e-13);
    assert_near(neap_container_capacity(7, 2, 0.05, 0), 40, 1e-13);
    assert_near(neap_container_capacity(1, 0.5, 0.05, 0.1), 1 / 0.2, 1e-13);
    assert_near(neap_container_capacity(4096, 64, 0.04, 0.06), 1600, 1e-9);
    assert_near(neap_container_capacity(4096, 0.001, 1e-4, 10), 10, 1e-9);
    assert_near(neap_container_capacity(4096, 4000, 0.04, 0.06), 40960, 1e-9);
    assert_true(isnan(neap_container_capacity(4097, 1, 1, 1)));
    assert_true(isnan(neap_container_capacity(1, 0, 1, 1)));
    for (int w = 1; w < 300; w++) {
        double x = neap_container_capacity(w, 4, 0.04, 0.1);
        assert_true(x <= 100 * (1 + 1e-12) && x <= w / 0.14 * (1 + 1e-12));
        assert_true(neap_container_capacity(w + 1, 4, 0.04, 0.1) >= x * (1 - 1e-12));
    }
}

/* --- equivalent server --------------------------------------------------------------------------- */

static void test_equivalent_has_exact_values(void **state)
{
    static const double rows[][6] = {{1, 1, 0.04, 0.06, 8.0, 0.404},
                                     {2, 1, 0.02, 0.18, 9.108911, 1.199704074},
                                     {8, 1, 0.04, 0.06, 12.498227, 0.1399888619},
                                     {5, 2, 0.02, 0.18, 19.940001, 0.3009718107},
                                     {16, 2, 0.04, 0.06, 45.999985, 0.3204160997}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        assert_near(
            exact((int)rows[i][0], rows[i][1], rows[i][2], rows[i][3], rows[i][4], (double)INFINITY)
                .t_mean,
            rows[i][5], 1e-9);
}

/* Corrected, the mean response is within 8.5 % of the chain's in the published cases; of these one has
 * 10 % (many workers on one core, hardly any CPU, near saturation). Exact for one worker. */
static void test_equivalent_is_within_its_band_of_the_chain(void **state)
{
    double square = 0;
    int count = 0;
    (void)state;
    for (int w = 1; w <= 16; w *= 2)
        for (double vcpu = 1; vcpu <= 4; vcpu *= 2)
            for (double share = 0.1; share < 1; share += 0.3)
                for (double load = 0.3; load < 0.96; load += 0.16) {
                    double cpu = 0.1 * share, wait = 0.1 - cpu;
                    double rate = load * neap_container_capacity(w, vcpu, cpu, wait);
                    double got =
                        equivalent(w, vcpu, cpu, wait, rate, hypo_scv(cpu, wait), (double)INFINITY)
                            .t_mean;
                    double want = exact(w, vcpu, cpu, wait, rate, (double)INFINITY).t_mean;
                    assert_near(got, want, w == 1 ? 1e-9 : 0.105);
                    square += pow(got / want - 1, 2);
                    count++;
                }
    assert_true(sqrt(square / count) < 0.02);
}

static void test_equivalent_without_wait_is_mmc(void **state)
{
    (void)state;
    for (int w = 2; w < 40; w += 7) {
        struct neap_fes_result got = equivalent(w, 2, 0.05, 0, 33, 1, (double)INFINITY);
        double want = 0.05 * neap_sharing_slowdown(2, 33 * 0.05 / 2);
        assert_near(got.t_mean, want, 1e-12);
        assert_near(got.wq_mean + 0.05 * got.cpu_stretch, want, 1e-12);
        struct neap_fes_result chain = exact(w, 2, 0.05, 0, 33, (double)INFINITY);
        assert_near(chain.t_mean, want, 1e-12);
    }
}

/* As many cores as workers: no contention, M/M/w when the holding time is exponential enough. */
static void test_equivalent_without_contention_is_mmc(void **state)
{
    struct neap_fes_result got = equivalent(4, 4, 0.06, 0.04, 35, 1, (double)INFINITY);
    (void)state;
    assert_near(got.p_wait, neap_erlang_c(4, 3.5), 1e-12);
    assert_near(got.cpu_stretch, 1, 1e-12);
    assert_near(got.wq_mean, neap_erlang_c(4, 3.5) / (40 - 35), 1e-12);
}

static void test_equivalent_at_its_edges(void **state)
{
    struct neap_fes_result got = equivalent(4, 0.5, 0.05, 0.1, 0, 2, (double)INFINITY);
    (void)state;
    assert_near(got.t_mean, 0.2, 1e-6);
    assert_near(got.cpu_stretch, 2, 1e-6);
    got = equivalent(4, 1, 0.05, 0.1, 1e4, 2, (double)INFINITY);
    assert_true(isinf(got.t_mean) && isinf(got.wq_mean));
    assert_near(got.p_wait, 1, 0);
    assert_true(got.cpu_stretch >= 1);
    got = equivalent(4, 1, 0.05, 0.1, 1e4, 2, 100);
    assert_true(isfinite(got.t_mean));
    assert_near(1e4 * (1 - got.p_block), neap_container_capacity(4, 1, 0.05, 0.1), 1e-6);
    got = equivalent(4, 1, 0.05, 0.1, 10, 2, 0);
    assert_near(got.p_wait, 0, 0);
    assert_near(got.lq, 0, 0);
    assert_true(got.p_block > 0);
    got = equivalent(4096, 64, 0.04, 0.06, 1599, 1.5, (double)INFINITY);
    assert_true(isfinite(got.t_mean) && got.t_mean > 0.1);
    assert_true(isnan(equivalent(4, 1, 0.05, 0.1, -1, 1, 1).t_mean));
}

/* A queue of any length: the closed forms for long ones meet the sums for short ones, and Little's
 * law holds on both sides of capacity. */
static void test_equivalent_has_no_seam_in_the_queue(void **state)
{
    static const double loads[] = {0.5, 0.9999,    1 - 1e-7, 1 - 1e-10,
                                   1,   1 + 1e-10, 1 + 1e-7, 1.0001};
    double capacity = neap_container_capacity(8, 2, 0.04, 0.06);
    (void)state;
    for (size_t i = 0; i < ROWS(loads); i++) {
        double rate = loads[i] * capacity;
        for (double scv = 0.4; scv < 3; scv += 0.6) {
            struct neap_fes_result a = equivalent(8, 2, 0.04, 0.06, rate, scv, 1e5);
            struct neap_fes_result b = equivalent(8, 2, 0.04, 0.06, rate, scv, 1e5 + 1);
            assert_near(a.lq, b.lq, 2e-5);
            assert_near(a.t_mean, b.t_mean, 2e-5);
            assert_near(a.lq, rate * (1 - a.p_block) * a.wq_mean, 1e-9);
        }
    }
}

/* Overload: capacity is what comes through, and the response is that of a full queue. */
static void test_equivalent_in_overload_is_near_the_chain(void **state)
{
    (void)state;
    for (double load = 1.05; load < 20; load *= 1.7) {
        double capacity = neap_container_capacity(9, 4, 0.03, 0.1);
        struct neap_fes_result got =
            equivalent(9, 4, 0.03, 0.1, load * capacity, hypo_scv(0.03, 0.1), 64);
        struct neap_fes_result want = exact(9, 4, 0.03, 0.1, load * capacity, 64);
        assert_near(got.t_mean, want.t_mean, 0.01);
        assert_near(1 - got.p_block, 1 - want.p_block, 0.01);
    }
}

static void test_equivalent_rises_with_load(void **state)
{
    double last = 0, capacity = neap_container_capacity(6, 1.5, 0.03, 0.07);
    (void)state;
    for (double load = 0.01; load < 1; load += 0.01) {
        struct neap_fes_result got =
            equivalent(6, 1.5, 0.03, 0.07, load * capacity, 2, (double)INFINITY);
        assert_true(got.t_mean > last);
        assert_true(got.p_wait >= 0 && got.p_wait <= 1);
        last = got.t_mean;
    }
}

/* Exponential demand: more workers on the same cores never make requests slower. */
static void test_chain_with_more_workers_is_not_slower(void **state)
{
    double last = (double)INFINITY;
    (void)state;
    for (int w = 4; w < 24; w++) {
        double now = exact(w, 2, 0.04, 0.06, 30, (double)INFINITY).t_mean;
        assert_true(now <= last * (1 + 1e-12));
        last = now;
    }
}

static void test_chain_obeys_the_utilisation_law(void **state)
{
    static const double queues[] = {0, 1, 7, 40};
    (void)state;
    for (size_t i = 0; i < ROWS(queues); i++) {
        struct neap_fes_result got = exact(6, 2, 0.04, 0.06, 55, queues[i]);
        double accepted = 55 * (1 - got.p_block);
        assert_near(got.t_mean, got.wq_mean + 0.04 * got.cpu_stretch + 0.06, 1e-10);
        assert_near(got.lq, accepted * got.wq_mean, 1e-12);
        assert_true(accepted < neap_container_capacity(6, 2, 0.04, 0.06));
    }
    struct neap_fes_result endless = exact(6, 2, 0.04, 0.06, 42, (double)INFINITY);
    struct neap_fes_result longest = exact(6, 2, 0.04, 0.06, 42, 1500);
    assert_near(endless.t_mean, longest.t_mean, 1e-9);
    assert_near(endless.p_wait, longest.p_wait, 1e-9);
}

/* --- balancers ----------------------------------------------------------------------------------- */

static double balanced(enum neap_balancer_type type, int containers, int workers, double rho)
{
    double wait;
    assert_int_equal(neap_balancer_wait(&wait, type, containers, workers, rho, 0, NULL), NEAP_OK);
    return wait;
}

static void test_balancers_have_exact_values(void **state)
{
    (void)state;
    assert_near(balanced(NEAP_BALANCER_ROUND_ROBIN, 2, 1, 0.5), 0.6180339887, 1e-9);
    assert_near(balanced(NEAP_BALANCER_ROUND_ROBIN, 3, 1, 0.7), 1.357727349, 1e-9);
    assert_near(balanced(NEAP_BALANCER_TWO_CHOICES, 4, 1, 0.7), 0.7983579748, 1e-9);
    assert_near(balanced(NEAP_BALANCER_TWO_CHOICES, 3, 1, 0.8), 1.509999789, 1e-9);
    assert_near(balanced(NEAP_BALANCER_ROUND_ROBIN, 3, 1, 0.95), 12.44779718, 1e-9);
    assert_near(balanced(NEAP_BALANCER_RANDOM, 10, 4, 0.9), 1.969, 1e-3);
    assert_near(balanced(NEAP_BALANCER_CENTRAL, 10, 4, 0.9), 0.103, 1e-2);
}

static void test_balancers_rank_as_they_must(void **state)
{
    (void)state;
    for (int n = 2; n <= 4; n++)
        for (double rho = 0.3; rho < 0.8; rho += 0.2) {
            double central = balanced(NEAP_BALANCER_CENTRAL, n, 1, rho);
            double least = balanced(NEAP_BALANCER_LEAST_OUTSTANDING, n, 1, rho);
            double two = balanced(NEAP_BALANCER_TWO_CHOICES, n, 1, rho);
            double robin = balanced(NEAP_BALANCER_ROUND_ROBIN, n, 1, rho);
            double random = balanced(NEAP_BALANCER_RANDOM, n, 1, rho);
            assert_true(central < least && least <= two * (1 + 1e-9));
            assert_true(two < robin && robin < random);
        }
    /* of two containers, two choices see both */
    assert_near(balanced(NEAP_BALANCER_TWO_CHOICES, 2, 2, 0.8),
                balanced(NEAP_BALANCER_LEAST_OUTSTANDING, 2, 2, 0.8), 1e-8);
    for (int type = NEAP_BALANCER_RANDOM; type <= NEAP_BALANCER_CENTRAL; type++)
        assert_near(balanced((enum neap_balancer_type)type, 1, 4, 0.8),
                    balanced(NEAP_BALANCER_RANDOM, 1, 4, 0.8), 1e-9);
}

/* The measured share of the way from random to central, in the ranges it was measured in. */
static void test_theta_lies_in_its_measured_ranges(void **state)
{
    static const double rows[][5] = {
        /* rho, least outstanding from .. to, two choices at infinity */
        {0.5, 0.86, 0.92, 0.73, 0.01},
        {0.7, 0.89, 0.92, 0.74, 0.01},
        {0.9, 0.95, 0.98, 0.82, 0.01},
        {0.95, 0.96, 0.98, 0.87, 0.01}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        double rho = rows[i][0], least = neap_balancer_theta(NEAP_BALANCER_LEAST_OUTSTANDING, rho);
        assert_true(least >= rows[i][1] && least <= rows[i][2]);
        double random = rho / (1 - rho), mean_field = neap_choices_response(rho, 2) - 1;
        double two = 1 - mean_field / random; /* infinitely many: the central queue has no wait */
        assert_near(neap_balancer_theta(NEAP_BALANCER_TWO_CHOICES, rho), two, 0.02);
        assert_near(two, rows[i][3], 0.02);
    }
    assert_near(neap_balancer_theta(NEAP_BALANCER_CENTRAL, 0.3), 1, 0);
    assert_near(neap_balancer_theta(NEAP_BALANCER_RANDOM, 0.3), 0, 0);
    assert_near(neap_balancer_theta(NEAP_BALANCER_ROUND_ROBIN, 0.3), 0, 0);
    for (double rho = 0; rho < 1.2; rho += 0.01)
        for (int type = NEAP_BALANCER_LEAST_OUTSTANDING; type <= NEAP_BALANCER_TWO_CHOICES;
             type++) {
            double here = neap_balancer_theta((enum neap_balancer_type)type, rho);
            double next = neap_balancer_theta((enum neap_balancer_type)type, rho + 0.001);
            assert_true(here >= 0.7 && here <= 1 && next >= here && next - here < 0.01);
        }
}

/* --- refusals ------------------------------------------------------------------------------------ */

static void assert_refused(enum neap_status status, const struct neap_error *error,
                           const char *word)
{
    assert_int_equal(status, NEAP_BAD_ARGUMENT);
    assert_int_equal(error->status, NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error->message, word));
    assert_non_null(strstr(error->message, "expected"));
}

static void test_arguments_out_of_range_are_refused(void **state)
{
    struct neap_error e = {0};
    struct neap_fes *fes = NULL;
    struct neap_fes_result result = {.t_mean = -7};
    struct neap_law bad = {NEAP_LAW_HYPEREXPONENTIAL, 1, 0.5}, good = {NEAP_LAW_GAMMA, 1, 2};
    double x = -7, p = 1;
    (void)state;
    assert_refused(neap_fes_new(&fes, 0, 1, 1, 1, &e), &e, "0 workers");
    assert_refused(neap_container_chain(&result, 129, 1, 1, 1, 1, 1, &e), &e, "129 workers");
    assert_refused(neap_container_chain(&result, 4, 1, 1, 1, 5, (double)INFINITY, &e), &e,
                   "5 arrivals/s");
    assert_refused(neap_container_chain(&result, 100, 1, 1, 1, 5, 1e6, &e), &e, "states");
    assert_refused(neap_balancer_wait(&x, NEAP_BALANCER_RANDOM, 2, 1, 1, 0, &e), &e,
                   "utilisation 1");
    assert_refused(neap_balancer_wait(&x, NEAP_BALANCER_TWO_CHOICES, 8, 1, 0.99, 0, &e), &e,
                   "states");
    assert_refused(neap_mdc_wait_quantiles(&x, 2, 0.9999, 1, (const double[]){0.5}, 1, &e), &e,
                   "too near 1");
    assert_refused(neap_mdc_wait_quantiles(&x, 2, 0.5, 1, &p, 1, &e), &e, "probability 1");
    assert_refused(neap_mg1_wait_quantile(&x, &bad, 0.5, 0.5, &e), &e, "scv 0.5");
    assert_refused(neap_mg1_wait_quantile(&x, &good, 1, 0.5, &e), &e, "utilisation 1");
    assert_refused(neap_mg1_response_quantile(&x, &good, 0.5, 1, &e), &e, "probability 1");
    assert_refused(neap_sharing_variance(&x, 0, 0.5, 1, &e), &e, "0 cores");
    assert_refused(neap_sharing_quantile(&x, 2, 0.5, 1, 0, &e), &e, "probability 0");
    assert_null(fes);
    assert_near(x, -7, 0); /* untouched */
    assert_near(result.t_mean, -7, 0);
}

/* --- requests spread evenly ------------------------------------------------------------------------- */

/* One container is the plain flow-equivalent server, and a fleet whose workers never contend is
 * M/M/c: both exact. */
static void test_an_even_fleet_has_its_limits(void **state)
{
    static const double load[] = {0.2, 0.6, 0.9, 0.99};
    struct neap_fes *fes = NULL, *free_cores = NULL;
    (void)state;
    assert_int_equal(neap_fes_new(&fes, 6, 1.5, 0.04, 0.06, NULL), NEAP_OK);
    assert_int_equal(neap_fes_new(&free_cores, 3, 3, 0.04, 0.06, NULL), NEAP_OK);
    for (size_t i = 0; i < sizeof load / sizeof load[0]; i++) {
        double rate = load[i] * neap_container_capacity(6, 1.5, 0.04, 0.06);
        struct neap_fes_result one = neap_fes_evaluate(fes, rate, 1, (double)INFINITY);
        struct neapi_even even = neapi_even_evaluate(fes, 6, 1, load[i]);
        assert_true(fabs(even.full_probability - one.p_wait) < 1e-9);
        assert_true(fabs(even.held_s - (one.t_mean - one.wq_mean)) < 1e-9);
        even = neapi_even_evaluate(free_cores, 3, 7, load[i]);
        assert_true(fabs(even.full_probability - neap_erlang_c(21, 21 * load[i])) < 1e-9);
        assert_true(fabs(even.held_s - 0.1) < 1e-9);
    }
    neap_fes_free(fes);
    neap_fes_free(free_cores);
}

/* The more containers share, the less a request is stretched and the fewer wait. */
static void test_a_larger_even_fleet_is_better(void **state)
{
    struct neap_fes *fes = NULL;
    double stretch_s = 1e9, full = 1;
    (void)state;
    assert_int_equal(neap_fes_new(&fes, 4, 1, 0.04, 0.06, NULL), NEAP_OK);
    for (double n = 1; n <= 600; n = ceil(n * 1.7)) {
        struct neapi_even even = neapi_even_evaluate(fes, 4, n, 0.8);
        assert_true(even.held_s <= stretch_s + 1e-12 && even.held_s >= 0.1);
        assert_true(even.full_probability <= full + 1e-12);
        stretch_s = even.held_s;
        full = even.full_probability;
    }
    neap_fes_free(fes);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capacity_follows_its_definition),
        cmocka_unit_test(test_capacity_has_its_limits),
        cmocka_unit_test(test_equivalent_has_exact_values),
        cmocka_unit_test(test_equivalent_is_within_its_band_of_the_chain),
        cmocka_unit_test(test_equivalent_without_wait_is_mmc),
        cmocka_unit_test(test_equivalent_without_contention_is_mmc),
        cmocka_unit_test(test_equivalent_at_its_edges),
        cmocka_unit_test(test_equivalent_has_no_seam_in_the_queue),
        cmocka_unit_test(test_equivalent_in_overload_is_near_the_chain),
        cmocka_unit_test(test_equivalent_rises_with_load),
        cmocka_unit_test(test_chain_with_more_workers_is_not_slower),
        cmocka_unit_test(test_chain_obeys_the_utilisation_law),
        cmocka_unit_test(test_an_even_fleet_has_its_limits),
        cmocka_unit_test(test_a_larger_even_fleet_is_better),
        cmocka_unit_test(test_balancers_have_exact_values),
        cmocka_unit_test(test_balancers_rank_as_they_must),
        cmocka_unit_test(test_theta_lies_in_its_measured_ranges),
        cmocka_unit_test(test_arguments_out_of_range_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
