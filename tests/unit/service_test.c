/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The queueing formulas: published exact values, limits, and properties. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include <neap/service.h>

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void assert_near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want) || fabs(got - want) <= 1e-12))
        fail_msg("expected %.15g, got %.15g", want, got);
}

/* --- Erlang ------------------------------------------------------------------------------------- */

static void test_erlang_c_has_exact_values(void **state)
{
    static const double rows[][3] = {
        {3, 2.7, 0.817061021171},       {3, 2.91, 0.943851563308},
        {5, 4.5, 0.762493220733},       {10, 9, 0.668731524108},
        {50, 48.5, 0.764151966823},     {100, 90, 0.216940480906},
        {100, 97, 0.676711231634},      {256, 179.2, 4.15376487882e-08},
        {256, 248.32, 0.521177406983},  {1000, 900, 0.000592669966379},
        {1000, 970, 0.24282333618},     {10000, 9000, 2.09161979442e-25},
        {10000, 9700, 0.00134717274506}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        assert_near(neap_erlang_c(rows[i][0], rows[i][1]) / rows[i][2], 1, 1e-11);
}

static void test_erlang_b_has_exact_values(void **state)
{
    static const double rows[][3] = {{5, 8.0, 0.479008303122},
                                     {100, 120.0, 0.196269989455},
                                     {2.5, 1.5, 0.209057547144},
                                     {100.5, 95.2, 0.0472798080638},
                                     {1000.25, 985.0, 0.0161720207178},
                                     {1000, 984.3131176009939, 0.0159500916166},
                                     {1000, 968.8732707982631, 0.00910062712701},
                                     {1000, 938.7228319217745, 0.00182213752965}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        assert_near(neap_erlang_b(rows[i][0], rows[i][1]), rows[i][2], 1e-11);
}

static void test_erlang_edges_are_numbers(void **state)
{
    (void)state;
    assert_near(neap_erlang_b(0, 3), 1, 0);
    assert_near(neap_erlang_b(4, 0), 0, 0);
    assert_near(neap_erlang_b(4, (double)INFINITY), 1, 0);
    assert_near(neap_erlang_c(4, 0), 0, 0);
    assert_near(neap_erlang_c(4, 4), 1, 0);
    assert_near(neap_erlang_c(4, 9), 1, 0);
    assert_near(neap_erlang_c(4e6, 1), 0, 0);
    assert_near(neap_erlang_b(1e-3, 1e-300), 0.5011, 1e-3); /* a^c / Gamma(c+1), a > 0 */
    assert_true(isnan(neap_erlang_b(-1, 1)));
    assert_true(isnan(neap_erlang_c((double)NAN, 1)));
    static const double servers[] = {0.001, 0.5, 1, 1.5, 17.3, 511.9, 512.5, 4e3, 1e5, 4e6};
    for (size_t i = 0; i < ROWS(servers); i++)
        for (double idle = 1; idle > 1e-12; idle /= 3) {
            double c = neap_erlang_c(servers[i], servers[i] * (1 - idle));
            assert_true(c >= 0 && c <= 1);
        }
}

/* C is known to rise by at most about a factor for a step in c: no jump at whole numbers, nor where
 * the sum gives way to the integral. */
static void test_erlang_c_is_continuous_in_servers(void **state)
{
    static const double at[] = {1, 2, 3, 10, 100, 512, 513, 1000};
    (void)state;
    for (size_t i = 0; i < ROWS(at); i++) {
        double below = neap_erlang_c(at[i] * (1 - 1e-11), at[i] * 0.95);
        double above = neap_erlang_c(at[i] * (1 + 1e-11), at[i] * 0.95);
        assert_near(below, above, 1e-8);
        assert_true(below > above);
    }
    for (double c = 0.25; c < 40; c += 0.25) /* smooth: second differences stay small */
        assert_true(fabs(neap_erlang_c(c, c * 0.8) - 2 * neap_erlang_c(c + 0.25, (c + 0.25) * 0.8) +
                         neap_erlang_c(c + 0.5, (c + 0.5) * 0.8)) < 0.02);
}

static void test_erlang_c_rises_with_load_and_falls_with_size(void **state)
{
    (void)state;
    for (double c = 0.5; c < 3000; c *= 1.9)
        for (double rho = 0.05; rho < 0.999; rho += 0.05) {
            double here = neap_erlang_c(c, c * rho);
            assert_true(neap_erlang_c(c, c * (rho + 0.01)) >= here);
            assert_true(neap_erlang_c(2 * c, 2 * c * rho) <= here);
        }
}

static void test_erlang_one_server_waits_when_busy(void **state)
{
    (void)state;
    for (double rho = 0.1; rho < 1; rho += 0.1)
        assert_near(neap_erlang_c(1, rho), rho, 1e-14);
}

/* --- waits -------------------------------------------------------------------------------------- */

static void test_gig_is_exact_for_mmc(void **state)
{
    (void)state;
    for (double c = 0.5; c < 500; c *= 1.7) {
        struct neap_wait wait = neap_wait_gig(c, 0.8, 0.1, 1, 1, 6);
        assert_near(wait.probability, neap_erlang_c(c, 0.8 * c), 1e-14);
        assert_near(wait.mean_s, 0.1 / (c * 0.2), 1e-12);
        assert_near(wait.scv, 1, 1e-12);
    }
}

/* The mean of M/G/1 is exact in Whitt's formula, and so is the scv of the wait. */
static void test_gig_is_exact_for_mg1_moments(void **state)
{
    static const struct neap_law laws[] = {{NEAP_LAW_DETERMINISTIC, 1, 0},
                                           {NEAP_LAW_GAMMA, 1, 0.5},
                                           {NEAP_LAW_HYPEREXPONENTIAL, 1, 4},
                                           {NEAP_LAW_LOGNORMAL, 1, 2}};
    (void)state;
    for (size_t i = 0; i < ROWS(laws); i++) {
        struct neap_mg1 exact = neap_mg1_moments(&laws[i], 0.9);
        struct neap_wait wait =
            neap_wait_gig(1, 0.9, 1, 1, neap_law_scv(&laws[i]), neap_law_moment(&laws[i], 3));
        double mean = wait.probability * wait.mean_s;
        double second = wait.probability * wait.mean_s * wait.mean_s * (1 + wait.scv);
        assert_near(mean, exact.wait_mean_s, 0.05);
        assert_near(wait.scv, (exact.wait_variance_s2 / pow(exact.wait_mean_s, 2) + 1) * 0.9 - 1,
                    1e-9);
        assert_near(second - mean * mean, exact.wait_variance_s2, 0.1);
    }
}

static void test_gig_at_its_edges(void **state)
{
    struct neap_wait wait = neap_wait_gig(4, 1, 1, 1, 1, 6);
    (void)state;
    assert_near(wait.probability, 1, 0);
    assert_true(isinf(wait.mean_s));
    assert_true(isinf(neap_wait_quantile(&wait, 0.5)));
    wait = neap_wait_gig(4, 0, 1, 1, 1, 6);
    assert_near(wait.probability * wait.mean_s, 0, 0);
    wait = neap_wait_gig(4, 0.9, 1, 0, 0, 1); /* clockwork */
    assert_near(wait.probability, 0, 0);
    assert_near(neap_wait_quantile(&wait, 0.999), 0, 0);
    wait = neap_wait_gig(1e6, 0.3, 1, 3, 2, 15);
    assert_near(wait.probability * wait.mean_s, 0, 0);
    assert_true(isfinite(wait.mean_s));
    assert_true(isnan(neap_wait_gig(0, 0.5, 1, 1, 1, 6).probability));
}

static void test_gig_mean_rises_with_load_and_variability(void **state)
{
    (void)state;
    for (double c = 1; c < 300; c *= 3)
        for (double rho = 0.1; rho < 0.98; rho += 0.05)
            for (double scv = 0; scv < 5; scv += 0.5) {
                struct neap_wait a = neap_wait_gig(c, rho, 1, 1, scv, 1 + 5 * scv);
                struct neap_wait b = neap_wait_gig(c, rho + 0.01, 1, 1, scv, 1 + 5 * scv);
                struct neap_wait d = neap_wait_gig(c, rho, 1, 1, scv + 0.5, 3.5 + 5 * scv);
                assert_true(b.probability * b.mean_s >= a.probability * a.mean_s);
                assert_true(d.probability * d.mean_s >= a.probability * a.mean_s);
            }
}

/* P(W > 0) glides from one rule to the next without a jump. */
static void test_gig_probability_is_continuous_in_servers(void **state)
{
    static const double at[] = {1, 2, 17, 64, 65, 128};
    (void)state;
    for (size_t i = 0; i < ROWS(at); i++)
        for (double scv = 0; scv < 4; scv += 0.7) {
            double below = neap_wait_gig(at[i] - 1e-9, 0.9, 1, scv, 1, 6).probability;
            double above = neap_wait_gig(at[i] + 1e-9, 0.9, 1, scv, 1, 6).probability;
            assert_near(below, above, 1e-7);
        }
}

static void test_gim_has_exact_values(void **state)
{
    static const struct {
        struct neap_law gap;
        int servers;
        double rho, want;
    } rows[] = {{{NEAP_LAW_DETERMINISTIC, 1, 0}, 1, 0.5, 0.20318786998},
                {{NEAP_LAW_EXPONENTIAL, 1, 0}, 1, 0.95, 0.95},
                {{NEAP_LAW_GAMMA, 1, 0.25}, 1, 0.5, 0.301931086878},
                {{NEAP_LAW_UNIFORM, 1, 0}, 1, 0.8, 0.715971855115},
                {{NEAP_LAW_HYPEREXPONENTIAL, 1, 5}, 1, 0.95, 0.982738474371},
                {{NEAP_LAW_DETERMINISTIC, 1, 0}, 4, 0.85, 0.525686330092},
                {{NEAP_LAW_GAMMA, 1, 1.0 / 3}, 2, 0.7, 0.447950728124},
                {{NEAP_LAW_GAMMA, 1, 0.125}, 8, 0.9, 0.587301741046},
                {{NEAP_LAW_HYPEREXPONENTIAL, 1, 4}, 4, 0.85, 0.835609468718}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct neap_wait wait =
            neap_wait_gim(&rows[i].gap, rows[i].servers, rows[i].rho * rows[i].servers, NULL);
        assert_near(wait.probability, rows[i].want, 1e-10);
    }
}

/* Poisson arrivals: sigma is rho, and terms of the sum where both parts of its ratio vanish. */
static void test_gim_with_poisson_arrivals_is_mmc(void **state)
{
    struct neap_law gap = {NEAP_LAW_EXPONENTIAL, 1, 0};
    double sigma;
    (void)state;
    for (int c = 1; c <= 200; c += c / 2 + 1)
        for (double rho = 0.25; rho < 0.99; rho += 0.25) {
            struct neap_wait wait = neap_wait_gim(&gap, c, rho * c, &sigma);
            assert_near(sigma, rho, 1e-12);
            assert_near(wait.probability, neap_erlang_c(c, rho * c), 1e-8);
        }
    assert_true(isnan(neap_wait_gim(&gap, 2, 2, NULL).probability));
    gap.kind = NEAP_LAW_HYPEREXPONENTIAL;
    gap.scv = 0.5;
    assert_true(isnan(neap_wait_gim(&gap, 2, 1, NULL).probability));
}

static void test_mdc_has_exact_values(void **state)
{
    static const double rows[][4] = {{1, 0.7, 1.166666667, 6.48549943},
                                     {1, 0.8, 2, 10.3558868},
                                     {1, 0.9, 4.5, 21.8982373},
                                     {2, 0.5, 0.1767410571, 1.56391776},
                                     {2, 0.7, 0.4936104625, 3.13508093},
                                     {2, 0.8, 0.9032838794, 5.06955119},
                                     {4, 0.5, 0.04965173878, 0.710808401},
                                     {4, 0.8, 0.3860949308, 2.45458441},
                                     {4, 0.95, 2.244684278, 11.0990781},
                                     {8, 0.7, 0.06268003925, 0.68561849}};
    static const double p99 = 0.99;
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        int c = (int)rows[i][0];
        struct neap_wait wait = neap_wait_mdc(c, rows[i][1], 1);
        double at;
        assert_near(wait.probability * wait.mean_s, rows[i][2], 1e-9);
        assert_int_equal(neap_mdc_wait_quantiles(&at, c, rows[i][1], 1, &p99, 1, NULL), NEAP_OK);
        assert_near(at, rows[i][3], 3e-9);
    }
}

/* The scv of the wait from the walk's cumulants, against the law from the queue lengths. */
static void test_mdc_scv_agrees_with_its_law(void **state)
{
    enum { STEPS = 2000 };
    double probability[STEPS], at[STEPS], first = 0, second = 0;
    struct neap_wait wait = neap_wait_mdc(3, 0.9, 2);
    (void)state;
    for (int i = 0; i < STEPS; i++)
        probability[i] = (i + 0.5) / STEPS;
    assert_int_equal(neap_mdc_wait_quantiles(at, 3, 0.9, 2, probability, STEPS, NULL), NEAP_OK);
    for (int i = 0; i < STEPS; i++) {
        first += at[i] / STEPS;
        second += at[i] * at[i] / STEPS;
    }
    assert_near(first, wait.probability * wait.mean_s, 2e-3);
    assert_near(second / (first * first), (1 + wait.scv) / wait.probability, 5e-3);
}

static void test_mg1_has_exact_values(void **state)
{
    static const double rows[][4] = {
        {0.25, 0.6, 0.9375, 4.82441495}, {0.25, 0.8, 2.5, 9.51894867},
        {0.25, 0.9, 5.625, 18.8858226},  {1, 0.3, 0.42857143, 4.27139105},
        {1, 0.6, 1.5, 7.79225849},       {1, 0.8, 4, 15.5352728},
        {1, 0.9, 9, 30.6175167}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct neap_law service = {NEAP_LAW_LOGNORMAL, 1, rows[i][0]};
        double at;
        assert_near(neap_mg1_moments(&service, rows[i][1]).wait_mean_s, rows[i][2], 1e-8);
        assert_int_equal(neap_mg1_response_quantile(&at, &service, rows[i][1], 0.95, NULL),
                         NEAP_OK);
        assert_near(at, rows[i][3], 1e-7);
    }
}

/* A constant service time by M/D/c's own method below 0.95, by inversion above. */
static void test_mg1_constant_service_has_no_seam(void **state)
{
    struct neap_law service = {NEAP_LAW_DETERMINISTIC, 1, 0};
    double below, above;
    (void)state;
    assert_int_equal(neap_mg1_wait_quantile(&below, &service, 0.95 - 1e-9, 0.95, NULL), NEAP_OK);
    assert_int_equal(neap_mg1_wait_quantile(&above, &service, 0.95 + 1e-9, 0.95, NULL), NEAP_OK);
    assert_near(below, above, 1e-6);
}

static void test_mmc_response_has_exact_values(void **state)
{
    static const double rows[][4] = {{1, 0.3, 4.2796175336, 6.5788145514},
                                     {1, 0.7, 9.9857742452, 15.350567287},
                                     {4, 0.7, 3.7524958381, 5.4925574964},
                                     {8, 0.3, 2.9965009663, 4.6059388796},
                                     {16, 0.7, 3.0292878031, 4.6387260453}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        double c = rows[i][0], a = c * rows[i][1];
        assert_near(neap_mmc_response_quantile(c, a, 1, 0.95), rows[i][2], 1e-10);
        assert_near(neap_mmc_response_quantile(c, a, 2, 0.99), 2 * rows[i][3], 1e-10);
    }
}

/* The quadrature over service times against the closed form, exponential service. */
static void test_response_quadrature_matches_mmc(void **state)
{
    double share[NEAP_RESPONSE_NODES], weight[NEAP_RESPONSE_NODES], service[NEAP_RESPONSE_NODES];
    double total = 0;
    (void)state;
    neap_response_nodes(share, weight);
    for (int i = 0; i < NEAP_RESPONSE_NODES; i++) {
        assert_true(share[i] > 0 && share[i] < 1 && (i == 0 || share[i] > share[i - 1]));
        service[i] = -log1p(-share[i]);
        total += weight[i];
    }
    assert_near(total, 1, 1e-12);
    for (double c = 1; c < 40; c *= 3) {
        struct neap_wait wait = neap_wait_gig(c, 0.85, 1, 1, 1, 6);
        for (double p = 0.5; p < 0.995; p += 0.0499)
            assert_near(neap_response_quantile(&wait, service, weight, p),
                        neap_mmc_response_quantile(c, 0.85 * c, 1, p), 7e-3);
    }
}

/* A constant service time only shifts the wait. */
static void test_response_of_constant_service_is_a_shift(void **state)
{
    double share[NEAP_RESPONSE_NODES], weight[NEAP_RESPONSE_NODES], service[NEAP_RESPONSE_NODES];
    struct neap_wait wait = neap_wait_gig(2, 0.8, 1, 1, 0, 1);
    (void)state;
    neap_response_nodes(share, weight);
    for (int i = 0; i < NEAP_RESPONSE_NODES; i++)
        service[i] = 1;
    assert_near(neap_response_tail(&wait, service, weight, 0.999), 1, 1e-12);
    for (double p = 0.5; p < 0.999; p += 0.083)
        assert_near(neap_response_quantile(&wait, service, weight, p),
                    1 + neap_wait_quantile(&wait, p), 1e-7);
}

static void test_wait_tail_and_quantile_are_inverse(void **state)
{
    struct neap_wait wait = {0.6, 0.3, 1.7};
    (void)state;
    assert_near(neap_wait_tail(&wait, -1), 1, 0);
    assert_near(neap_wait_tail(&wait, 0), 0.6, 1e-14);
    assert_near(neap_wait_quantile(&wait, 0.4), 0, 0);
    for (double p = 0.45; p < 1; p += 0.05)
        assert_near(neap_wait_tail(&wait, neap_wait_quantile(&wait, p)), 1 - p, 1e-10);
    assert_true(isnan(neap_wait_quantile(&wait, 1)));
}

/* --- loss --------------------------------------------------------------------------------------- */

static void test_loss_has_exact_values(void **state)
{
    static const double rows[][4] = {{0.5, 1, 1, 1.0 / 3},
                                     {1, 1, 10, 0.0909090909091},
                                     {1.5, 1, 10, 0.337232080138},
                                     {2, 2, 2, 0.4},
                                     {3, 4, 8, 0.0458384858838}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        assert_near(neap_loss_mmck(rows[i][0], 1, (int)rows[i][1], (int)rows[i][2]).refused_share,
                    rows[i][3], 1e-11);
}

static void test_loss_obeys_its_laws(void **state)
{
    static const double rates[] = {1e-6, 0.5, 7.9, 8, 8.1, 40, 1e6};
    (void)state;
    for (size_t i = 0; i < ROWS(rates); i++)
        for (int places = 8; places < 5000; places *= 4) {
            struct neap_loss loss = neap_loss_mmck(rates[i], 1, 8, places);
            assert_near(loss.accepted_rate, rates[i] * (1 - loss.refused_share), 1e-6);
            assert_near(loss.accepted_rate * loss.response_mean_s, loss.in_system, 1e-11);
            assert_near(loss.utilisation * 8, loss.in_system - loss.in_queue, 1e-9);
            assert_true(loss.refused_share >= 0 && loss.refused_share <= 1);
        }
    struct neap_loss b = neap_loss_mmck(95, 1, 100, 100), c = neap_loss_mmck(7, 1, 8, 4096);
    assert_near(b.refused_share, neap_erlang_b(100, 95), 1e-12);
    assert_near(c.wait_probability, neap_erlang_c(8, 7), 1e-12);
    assert_true(isnan(neap_loss_mmck(1, 1, 2, 1).in_system));
}

/* --- sharing ------------------------------------------------------------------------------------ */

static void test_sharing_has_exact_values(void **state)
{
    static const double rows[][4] = {{1, 0.3, 1.428571429, 7.919652645},
                                     {1, 0.95, 20, 161.3840936},
                                     {2, 0.8, 2.777777778, 19.17256142},
                                     {4, 0.8, 1.74554059, 10.56536251},
                                     {8, 0.5, 1.014760999, 4.686409769}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        double at;
        assert_near(neap_sharing_slowdown(rows[i][0], rows[i][1]), rows[i][2], 1e-9);
        assert_int_equal(neap_sharing_quantile(&at, (int)rows[i][0], rows[i][1], 1, 0.99, NULL),
                         NEAP_OK);
        assert_near(at, rows[i][3], 1e-8);
    }
}

static void test_sharing_of_one_core_has_a_known_variance(void **state)
{
    (void)state;
    for (double rho = 0.1; rho < 0.95; rho += 0.1) {
        double got, want = (2 + rho) / ((2 - rho) * (1 - rho) * (1 - rho));
        assert_int_equal(neap_sharing_variance(&got, 1, rho, 3, NULL), NEAP_OK);
        assert_near(got, 9 * want, 1e-10);
    }
}

/* Fractions of a core: half a core is one server at half speed; whole numbers are met from both
 * sides. */
static void test_sharing_takes_fractions_of_a_core(void **state)
{
    (void)state;
    assert_near(neap_sharing_slowdown(0.5, 0.6), 1 / (0.5 * 0.4), 1e-12);
    for (int v = 1; v < 8; v++) {
        double at = neap_sharing_slowdown(v, 0.8);
        assert_near(neap_sharing_slowdown(v - 1e-9, 0.8), at, 1e-7);
        assert_near(neap_sharing_slowdown(v + 1e-9, 0.8), at, 1e-7);
        assert_true(neap_sharing_slowdown(v + 0.5, 0.8) < at);
    }
    assert_true(isinf(neap_sharing_slowdown(2, 1)));
}

/* --- infinite servers, ideal scaler ----------------------------------------------------------- */

static void test_infinite_has_exact_values(void **state)
{
    static const struct {
        struct neap_law service;
        double mean, amplitude, period, t, want;
    } rows[] = {{{NEAP_LAW_EXPONENTIAL, 1, 0}, 100, 60, 24, 9, 150.09982626},
                {{NEAP_LAW_DETERMINISTIC, 1, 0}, 30, 30, 10, 3.75, 56.2926663416},
                {{NEAP_LAW_GAMMA, 1, 0.5}, 100, 60, 24, 9, 149.107100532},
                {{NEAP_LAW_HYPEREXPONENTIAL, 1, 4}, 30, 30, 10, 3.75, 47.3426778707},
                {{NEAP_LAW_LOGNORMAL, 1, 1}, 100, 60, 24, 9, 149.141048895}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        assert_near(neap_infinite_sinusoid(&rows[i].service, rows[i].mean, rows[i].amplitude,
                                           rows[i].period, rows[i].t)
                        .in_system,
                    rows[i].want, 1e-11);
}

/* Direct integration over the lognormal law, half a million points: the transform's turned path is
 * right for heavy tails too. */
static void test_infinite_lognormal_matches_direct_integration(void **state)
{
    struct neap_law service = {NEAP_LAW_LOGNORMAL, 5, 4};
    double d = sqrt(log1p(4)), m = log(5) - d * d / 2, g = 2 * acos(-1) / 60;
    double sine = 0, versine = 0, h = 1e-4;
    (void)state;
    for (double z = -11; z < 11; z += h) {
        double x = g * exp(m + d * z), weight = exp(-z * z / 2);
        sine += sin(x) * weight;
        versine += 2 * sin(x / 2) * sin(x / 2) * weight;
    }
    double scale = 200 * h / sqrt(2 * acos(-1)) / g;
    struct neap_infinite got = neap_infinite_sinusoid(&service, 1000, 200, 60, 0);
    assert_near(got.amplitude, scale * hypot(sine, versine), 1e-11);
    assert_near(got.in_system, 5000 - scale * versine, 1e-11);
}

static void test_ideal_scaler_counts_whole_containers(void **state)
{
    (void)state;
    assert_near(neap_ideal_containers_mean(300, 0, 17, 2), 18, 0);
    assert_near(neap_ideal_containers_mean(300, 0, 30, 2), 10, 0); /* exactly full */
    assert_near(neap_ideal_containers_mean(10, 10, 10, 0), 1.5, 1e-14);
    assert_near(neap_ideal_containers_mean(1, 1, 100, 3), 3, 0);
    double sum = 0;
    enum { POINTS = 200000 };
    for (int i = 0; i < POINTS; i++)
        sum += fmax(2, ceil((100 + 60 * sin(2 * acos(-1) * (i + 0.5) / POINTS)) / 7.3));
    assert_near(neap_ideal_containers_mean(100, 60, 7.3, 2), sum / POINTS, 1e-5);
    assert_true(isnan(neap_ideal_containers_mean(1, 2, 1, 1)));
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erlang_c_has_exact_values),
        cmocka_unit_test(test_erlang_b_has_exact_values),
        cmocka_unit_test(test_erlang_edges_are_numbers),
        cmocka_unit_test(test_erlang_c_is_continuous_in_servers),
        cmocka_unit_test(test_erlang_c_rises_with_load_and_falls_with_size),
        cmocka_unit_test(test_erlang_one_server_waits_when_busy),
        cmocka_unit_test(test_gig_is_exact_for_mmc),
        cmocka_unit_test(test_gig_is_exact_for_mg1_moments),
        cmocka_unit_test(test_gig_at_its_edges),
        cmocka_unit_test(test_gig_mean_rises_with_load_and_variability),
        cmocka_unit_test(test_gig_probability_is_continuous_in_servers),
        cmocka_unit_test(test_gim_has_exact_values),
        cmocka_unit_test(test_gim_with_poisson_arrivals_is_mmc),
        cmocka_unit_test(test_mdc_has_exact_values),
        cmocka_unit_test(test_mdc_scv_agrees_with_its_law),
        cmocka_unit_test(test_mg1_has_exact_values),
        cmocka_unit_test(test_mg1_constant_service_has_no_seam),
        cmocka_unit_test(test_mmc_response_has_exact_values),
        cmocka_unit_test(test_response_quadrature_matches_mmc),
        cmocka_unit_test(test_response_of_constant_service_is_a_shift),
        cmocka_unit_test(test_wait_tail_and_quantile_are_inverse),
        cmocka_unit_test(test_loss_has_exact_values),
        cmocka_unit_test(test_loss_obeys_its_laws),
        cmocka_unit_test(test_sharing_has_exact_values),
        cmocka_unit_test(test_sharing_of_one_core_has_a_known_variance),
        cmocka_unit_test(test_sharing_takes_fractions_of_a_core),
        cmocka_unit_test(test_infinite_has_exact_values),
        cmocka_unit_test(test_infinite_lognormal_matches_direct_integration),
        cmocka_unit_test(test_ideal_scaler_counts_whole_containers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
