/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the request engine is held against published tables: requests by known laws, plans, scores, and
 * that a small bias is found. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <neap.h>

#include "study/selftest_chain.h"
#include "study/selftest_plan.h"

static struct neapi_source source; /* it points into itself */

static void assert_near(double got, double want, double most)
{
    if (!(fabs(got - want) <= most))
        fail_msg("expected %.9g, got %.9g", want, got);
}

/* --- requests ----------------------------------------------------------------------------------------- */

static void test_laws_have_their_moments(void **state)
{
    static const struct {
        const char *name;
        double par, scv;
    } laws[] = {{"D", 0, 0},       {"M", 1, 1},     {"E", 2, 0.5}, {"E", 8, 0.125},
                {"U", 0, 1. / 3.}, {"G", 0.4, 0.4}, {"H2", 4, 4},  {"LN", 0.25, 0.25}};
    enum { COUNT = 400 * NEAPI_SOURCE_MOST };
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++) {
        struct neapi_traffic traffic = {.gap = {NEAP_LAW_EXPONENTIAL, 1, 1}};
        double sum = 0, square = 0;
        assert_true(neapi_law_named(&traffic.cpu, laws[i].name, laws[i].par, 0.02));
        assert_near(neap_law_scv(&traffic.cpu), laws[i].scv, 1e-12);
        neapi_source_init(&source, &traffic, 1, i, 0);
        for (size_t n = 0; n < COUNT; n += NEAPI_SOURCE_MOST) {
            struct neap_requests requests = neapi_source_next(&source, INT64_MAX);
            assert_int_equal(requests.count, NEAPI_SOURCE_MOST);
            for (size_t j = 0; j < requests.count; j++) {
                double cpu = (double)requests.needs->cpu_ns[j] / 0.02e9;
                sum += cpu / COUNT;
                square += cpu * cpu / COUNT;
            }
        }
        assert_near(sum, 1, 5 * sqrt(laws[i].scv / COUNT) + 1e-9);
        assert_near(square - sum * sum, laws[i].scv, 0.05 * laws[i].scv + 1e-9);
        assert_int_equal(source.given.count, COUNT);
    }
    struct neap_law law;
    assert_false(neapi_law_named(&law, "X", 1, 1));
}

static void test_a_sinusoid_has_its_rate(void **state)
{
    struct neapi_traffic traffic = {.arrivals = NEAPI_SINUSOID,
                                    .rate = 1000,
                                    .amplitude_rate = 800,
                                    .period_s = 100,
                                    .cpu = {NEAP_LAW_DETERMINISTIC, 1, 0}};
    int64_t half[2] = {0, 0};
    (void)state;
    neapi_source_init(&source, &traffic, 2, 0, 0);
    for (int64_t period = 0; period < 4; period++)
        for (int i = 0; i < 2; i++) {
            int64_t to_ns = (2 * period + i + 1) * INT64_C(50000000000);
            struct neap_requests requests;
            while ((requests = neapi_source_next(&source, to_ns)).count > 0)
                half[i] += (int64_t)requests.count;
        }
    double extra = 2 * 800 / acos(-1); /* mean of the half sine */
    assert_near((double)half[0], 200 * (1000 + extra), 5 * sqrt(200 * (1000 + extra)));
    assert_near((double)half[1], 200 * (1000 - extra), 5 * sqrt(200 * (1000 - extra)));
}

/* --- scores ------------------------------------------------------------------------------------------- */

static void test_scores_are_standard_normal(void **state)
{
    enum { RUNS = 4000 };
    struct neap_stream stream;
    double x[8], y[8], square = 0;
    int far = 0;
    (void)state;
    neap_stream_init(&stream, 3, 0, 0);
    for (uint64_t run = 0; run < RUNS; run++) {
        for (uint64_t b = 0; b < 8; b++) {
            y[b] = 10;
            x[b] = 50 + neap_stream_normal(&stream, 8 * run + b);
        }
        double z = neapi_batches_score(x, y, 8, 5, 0);
        square += z * z / RUNS;
        far += fabs(z) > 2.5758;
    }
    assert_near(square, 1, 0.1);
    assert_near(far, 0.01 * RUNS, 20);
    /* eight batches alone would say z = 30: but the table is not known that well */
    for (size_t b = 0; b < 8; b++)
        x[b] = 51 + 0.1 * (double)(b % 2);
    assert_true(neapi_batches_score(x, y, 8, 5, 0) > 6);
    assert_near(neapi_batches_score(x, y, 8, 5, 0.1), 1.05, 0.02);
    for (size_t b = 0; b < 8; b++)
        x[b] = 50;
    assert_true(isnan(neapi_batches_score(x, y, 8, 5, 0)));
}

/* --- plans --------------------------------------------------------------------------------------------- */

static struct neapi_plan single_server(double rate, bool by_events)
{
    struct neapi_plan plan;
    neapi_plan_init(&plan, 1, 1, NEAP_BALANCER_RANDOM, by_events);
    neapi_plan_poisson(&plan, rate);
    neapi_plan_settle(&plan, 1, rate);
    neapi_plan_want(&plan, "mean", NEAPI_RESPONSE, 1 / (1 - rate));
    neapi_plan_want(&plan, "present", NEAPI_PRESENT, rate / (1 - rate));
    neapi_plan_want(&plan, "cores", NEAPI_CORES, rate);
    neapi_plan_want(&plan, "refused", NEAPI_REFUSED, 1e-9);
    return plan;
}

static void test_a_slower_service_is_found(void **state)
{
    struct neapi_simulation simulation = {.requests = 200000, .seed = 1, .slower = 1};
    struct neapi_plan plan = single_server(0.5, false);
    struct neapi_scores scores;
    char why[NEAPI_WHY_SIZE] = "";
    (void)state;
    assert_null(neapi_plan_unresolved(&plan, simulation.requests));
    assert_int_equal(plan.wanted_count, 3); /* one in 1e9 does not happen */
    if (!neapi_plan_run(&plan, &simulation, 1, &scores, why, sizeof why))
        fail_msg("%s", why);
    for (int i = 0; i < 3; i++)
        assert_true(fabs(scores.z[i]) < 4.5);
    simulation.slower = 1.03;
    assert_true(neapi_plan_run(&plan, &simulation, 1, &scores, why, sizeof why));
    assert_true(scores.z[0] > 4.5 && scores.z[2] > 4.5);
    assert_near(scores.got[2], 0.515, 0.01);
}

static void test_what_cannot_be_resolved_is_told(void **state)
{
    struct neapi_plan plan = single_server(0.999, false);
    (void)state;
    assert_string_equal(neapi_plan_unresolved(&plan, 1e6), "changes too slowly");
    assert_null(neapi_plan_unresolved(&plan, 1e11));
    plan = single_server(0.01, false);
    plan.rarest = 1e-4;
    assert_string_equal(neapi_plan_unresolved(&plan, 1e6), "waits too rarely");
    plan = single_server(0.5, false);
    plan.wanted[0] = plan.wanted[3];
    plan.wanted_count = 1;
    assert_string_equal(neapi_plan_unresolved(&plan, 1e6), "happens too rarely");
}

static void test_books_are_checked(void **state)
{
    struct neapi_plan plan = single_server(0.5, false);
    struct neap_pool *pool = NULL;
    struct neapi_given given = {1, 1000000000};
    char why[NEAPI_WHY_SIZE] = "";
    (void)state;
    assert_int_equal(neap_pool_new(&pool, &plan.pool, NULL), NEAP_OK);
    assert_false(neapi_books_balance(pool, &given, why, sizeof why));
    assert_non_null(strstr(why, "1 given, 0 offered"));
    given.count = 0;
    assert_true(neapi_books_balance(pool, &given, why, sizeof why));
    neap_pool_free(pool);
}

/* --- staff --------------------------------------------------------------------------------------------- */

static void test_the_chain_is_exact(void **state)
{
    struct neapi_traffic traffic = {.arrivals = NEAPI_STEPS, .step_rate = {3}, .steps = 1};
    struct neapi_chain *chain = neapi_chain_new(&traffic, 1, 5, 4);
    (void)state;
    assert_non_null(chain);
    /* two of the five leave: of the four busy ones 4 x 2 / 5 on average, and nobody waits */
    neapi_chain_staff(chain, 3);
    struct neapi_chain_means means = neapi_chain_means(chain);
    assert_near(means.present, 4, 1e-12);
    assert_near(means.waiting, 0, 1e-12);
    assert_near(means.busy, 4, 1e-12);
    neapi_chain_staff(chain, 5);
    neapi_chain_pass(chain, 60); /* M/M/5, as old as it gets */
    means = neapi_chain_means(chain);
    double waiting = neap_erlang_c(5, 3) * 3 / 2;
    assert_near(means.waiting, waiting, 1e-6);
    assert_near(means.present, waiting + 3, 1e-6);
    neapi_chain_free(chain);
}

/* --- all of it ------------------------------------------------------------------------------------------ */

static void test_the_shipped_tables_hold_by_simulation(void **state)
{
    const char *data = getenv("NEAP_DATA");
    struct neap_study_options options = {.requests = 20000};
    struct neap_document *document = NULL;
    struct neap_selftest_counts counts = {0, 0, 0}, formulas = {0, 0, 0};
    struct neap_error error = {0};
    char directory[4096];
    (void)state;
    snprintf(directory, sizeof directory, "%s/tables", data == NULL ? "data" : data);
    if (neap_selftest(&document, &formulas, directory, NULL, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    neap_document_free(document);
    if (neap_selftest(&document, &counts, directory, &options, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    assert_int_equal(counts.failed, 0);
    assert_true(counts.passed > formulas.passed + 40);
    neap_document_free(document);
}

static bool stop(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return false;
}

static void test_a_self_test_can_be_stopped(void **state)
{
    const char *data = getenv("NEAP_DATA");
    struct neap_progress progress = {stop, NULL};
    struct neap_study_options options = {.requests = 1e6, .progress = &progress};
    struct neap_document *document = NULL;
    struct neap_selftest_counts counts = {0, 0, 0};
    char directory[4096];
    (void)state;
    snprintf(directory, sizeof directory, "%s/tables", data == NULL ? "data" : data);
    assert_int_equal(neap_selftest(&document, &counts, directory, &options, NULL), NEAP_STOPPED);
    assert_null(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_laws_have_their_moments),
        cmocka_unit_test(test_a_sinusoid_has_its_rate),
        cmocka_unit_test(test_scores_are_standard_normal),
        cmocka_unit_test(test_a_slower_service_is_found),
        cmocka_unit_test(test_what_cannot_be_resolved_is_told),
        cmocka_unit_test(test_books_are_checked),
        cmocka_unit_test(test_the_chain_is_exact),
        cmocka_unit_test(test_the_shipped_tables_hold_by_simulation),
        cmocka_unit_test(test_a_self_test_can_be_stopped),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
