/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The approximations of GI/G/c against long simulations (oracle_ggc_sim.csv): how far off they may be
 * is part of what they promise. The table is not shipped; without it the tests are skipped. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>

#include <neap/service.h>

enum { FIELDS = 24, ROWS_MOST = 64 };

/* A figure of the table with the half-width of its 99 % interval. */
struct figure {
    double value, error;
};

struct row {
    char id[16];
    struct neap_law arrival, service;
    bool poisson;
    double servers, rho;
    struct figure wait, probability, wait_quantile[3], response[3]; /* p90 p95 p99; p50 p95 p99 */
};

struct table {
    size_t count;
    struct row row[ROWS_MOST];
};

static struct neap_law read_law(const char *kind, double par)
{
    struct neap_law law = {NEAP_LAW_EXPONENTIAL, 1, par};
    if (strcmp(kind, "D") == 0) {
        law.kind = NEAP_LAW_DETERMINISTIC;
    } else if (strcmp(kind, "E") == 0) {
        law.kind = NEAP_LAW_GAMMA;
        law.scv = 1 / par;
    } else if (strcmp(kind, "H2") == 0) {
        law.kind = NEAP_LAW_HYPEREXPONENTIAL;
    } else if (strcmp(kind, "LN") == 0) {
        law.kind = NEAP_LAW_LOGNORMAL;
    }
    return law;
}

static struct figure read_figure(char *const field[FIELDS], int at)
{
    return (struct figure){strtod(field[at], NULL), strtod(field[at + 1], NULL)};
}

static void read_row(struct row *row, char *line)
{
    char *field[FIELDS] = {NULL}, *rest = NULL;
    int count = 0;
    for (char *cell = strtok_r(line, ",\n", &rest); cell != NULL && count < FIELDS;
         cell = strtok_r(NULL, ",\n", &rest))
        field[count++] = cell;
    assert_int_equal(count, FIELDS);
    snprintf(row->id, sizeof row->id, "%s", field[0]);
    row->arrival = read_law(field[1], strtod(field[2], NULL));
    row->service = read_law(field[3], strtod(field[4], NULL));
    row->poisson = strcmp(field[1], "M") == 0;
    row->servers = strtod(field[5], NULL);
    row->rho = strtod(field[6], NULL);
    row->wait = read_figure(field, 8);
    row->probability = read_figure(field, 10);
    for (int i = 0; i < 3; i++) {
        row->wait_quantile[i] = read_figure(field, 12 + 2 * i);
        row->response[i] = read_figure(field, 18 + 2 * i);
    }
}

static int setup(void **state)
{
    char path[1024], line[1024];
    const char *top = getenv("top_srcdir");
    snprintf(path, sizeof path, "%s/../shared/tables/oracle/oracle_ggc_sim.csv",
             top != NULL ? top : ".");
    FILE *file = fopen(path, "r");
    *state = NULL;
    if (file == NULL)
        return 0;
    struct table *table = calloc(1, sizeof *table);
    bool header = table == NULL || fgets(line, sizeof line, file) == NULL;
    while (!header && table->count < ROWS_MOST && fgets(line, sizeof line, file) != NULL)
        read_row(&table->row[table->count++], line);
    fclose(file);
    *state = table;
    return table == NULL;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static const struct table *the_table(void **state)
{
    if (*state == NULL)
        skip();
    return *state;
}

static void assert_band(const struct row *row, const char *what, double got, struct figure want,
                        double low, double high)
{
    double from = want.value * (1 + low) - want.error, to = want.value * (1 + high) + want.error;
    if (!(got >= from && got <= to))
        fail_msg("%s %s: %g is outside %g .. %g", row->id, what, got, from, to);
}

static struct neap_wait wait_of(const struct row *row)
{
    return neap_wait_gig(row->servers, row->rho, 1, neap_law_scv(&row->arrival),
                         neap_law_scv(&row->service), neap_law_moment(&row->service, 3));
}

/* --- service times at the quadrature's points ------------------------------------------------------ */

static double two_phase_quantile(const struct neap_law *law, double share)
{
    double p = (1 + sqrt((law->scv - 1) / (law->scv + 1))) / 2, low = 0, high = 1000;
    for (int i = 0; i < 200; i++) {
        double t = (low + high) / 2;
        double tail = p * exp(-2 * p * t) + (1 - p) * exp(-2 * (1 - p) * t);
        if (tail > 1 - share)
            low = t;
        else
            high = t;
    }
    return low;
}

static double service_quantile(const struct neap_law *law, double share)
{
    double variance = log1p(law->scv);
    switch (law->kind) {
    case NEAP_LAW_DETERMINISTIC:
        return 1;
    case NEAP_LAW_GAMMA:
        return gsl_cdf_gamma_Pinv(share, 1 / law->scv, law->scv);
    case NEAP_LAW_LOGNORMAL:
        return gsl_cdf_lognormal_Pinv(share, -variance / 2, sqrt(variance));
    case NEAP_LAW_HYPEREXPONENTIAL:
        return two_phase_quantile(law, share);
    case NEAP_LAW_EXPONENTIAL:
    case NEAP_LAW_UNIFORM:
        break;
    }
    return -log1p(-share);
}

static void responses(double response[3], const struct row *row, const struct neap_wait *wait)
{
    static const double probability[3] = {0.5, 0.95, 0.99};
    double share[NEAP_RESPONSE_NODES], weight[NEAP_RESPONSE_NODES], service[NEAP_RESPONSE_NODES];
    neap_response_nodes(share, weight);
    for (int i = 0; i < NEAP_RESPONSE_NODES; i++)
        service[i] = service_quantile(&row->service, share[i]);
    for (int i = 0; i < 3; i++)
        response[i] = neap_response_quantile(wait, service, weight, probability[i]);
}

/* --- bands ---------------------------------------------------------------------------------------- */

static void test_table_is_complete(void **state)
{
    const struct table *table = the_table(state);
    assert_int_equal(table->count, 29);
    for (size_t i = 0; i < table->count; i++)
        assert_true(table->row[i].response[2].value > table->row[i].wait_quantile[2].value);
}

static void test_mean_wait_is_within_its_band(void **state)
{
    const struct table *table = the_table(state);
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = &table->row[i];
        struct neap_wait wait = wait_of(row);
        double got = wait.probability * wait.mean_s;
        if (row->poisson && row->rho >= 0.9) /* where waits matter */
            assert_band(row, "mean wait", got, row->wait, -0.16, 0.165);
        else if (row->poisson)
            assert_band(row, "mean wait", got, row->wait, -0.29, 0.29);
        else
            assert_band(row, "mean wait", got, row->wait, -0.15, 0.26);
    }
}

static void test_wait_probability_is_within_its_band(void **state)
{
    const struct table *table = the_table(state);
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = &table->row[i];
        double band = row->poisson ? 0.07 : 0.03;
        assert_band(row, "P(wait)", wait_of(row).probability, row->probability, -band, band);
    }
}

/* The law of the wait by itself: given the simulated mean and P(wait). */
static void test_gamma_law_of_the_wait_is_within_its_band(void **state)
{
    static const char *const name[3] = {"response p50", "response p95", "response p99"};
    static const double band[3] = {0.105, 0.07, 0.07};
    const struct table *table = the_table(state);
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = &table->row[i];
        struct neap_wait wait = wait_of(row);
        double got[3];
        if (!row->poisson)
            continue;
        wait.probability = row->probability.value;
        wait.mean_s = row->wait.value / row->probability.value;
        responses(got, row, &wait);
        for (int k = 0; k < 3; k++)
            assert_band(row, name[k], got[k], row->response[k], -band[k], band[k]);
    }
}

/* All approximations together. */
static void test_response_is_within_its_band(void **state)
{
    static const char *const name[3] = {"response p50", "response p95", "response p99"};
    static const double poisson[3] = {0.14, 0.08, 0.08}, general[3] = {0.19, 0.11, 0.14};
    const struct table *table = the_table(state);
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = &table->row[i];
        struct neap_wait wait = wait_of(row);
        double got[3];
        responses(got, row, &wait);
        for (int k = 0; k < 3; k++) {
            double band = row->poisson ? poisson[k] : row->servers >= 4 ? general[k] : 0.28;
            assert_band(row, name[k], got[k], row->response[k], -band, band);
        }
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_complete),
        cmocka_unit_test(test_mean_wait_is_within_its_band),
        cmocka_unit_test(test_wait_probability_is_within_its_band),
        cmocka_unit_test(test_gamma_law_of_the_wait_is_within_its_band),
        cmocka_unit_test(test_response_is_within_its_band)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
