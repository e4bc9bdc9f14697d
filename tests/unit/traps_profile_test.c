/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Profiles from latency, and what goes wrong by default when latency, percentiles, buckets and
 * threads are taken at face value. Tests named trap_NN are the traps of the project's list. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include <neap/service.h>
#include <neap/table.h>

#include "service/forward.h"

static void near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want)))
        print_error("got %.17g, want %.17g\n", got, want);
    assert_true(fabs(got - want) <= relative * fabs(want));
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        print_error("\"%s\" lacks \"%s\"\n", text, part);
    assert_non_null(strstr(text, part));
}

static struct neap_container_options container_of(double workers, double vcpu)
{
    struct neap_container_options container;
    neap_container_options_init(&container);
    container.workers = workers;
    container.vcpu = vcpu;
    return container;
}

static struct neap_profile *make(const char *name, const struct neap_profile *from,
                                 const struct neap_profile_options *options,
                                 const struct neap_container_options *container,
                                 enum neap_balancer_type balancer)
{
    struct neap_profile *made = NULL;
    struct neap_error error = {0};
    struct neap_profile_options o = *options;
    if (from != NULL)
        strcpy(o.from, neap_profile_name(from));
    enum neap_status status =
        o.latency[0] != '\0'
            ? neap_profile_from_latency(&made, name, &o, from, container, balancer, NULL, &error)
            : neap_profile_new(&made, name, &o, from, NULL, &error);
    if (status != NEAP_OK)
        print_error("%s: %s\n", name, error.message);
    assert_non_null(made);
    return made;
}

static struct neap_profile_options with_latency(const char *latency, const char *cpu_share,
                                                const char *load)
{
    struct neap_profile_options o;
    neap_profile_options_init(&o);
    strcpy(o.latency, latency);
    strcpy(o.cpu_share, cpu_share);
    strcpy(o.latency_load, load);
    return o;
}

static struct neap_profile *measured(const char *cpu_demand, const char *wait)
{
    struct neap_profile_options o;
    neap_profile_options_init(&o);
    strcpy(o.cpu_demand, cpu_demand);
    strcpy(o.wait, wait);
    return make("old", NULL, &o, NULL, NEAP_BALANCER_RANDOM);
}

static double cpu_mean(const struct neap_profile *profile, enum neap_case number)
{
    return neap_distribution_mean(neap_profile_cpu_demand(neap_profile_case(profile, number), 0));
}

static double wait_mean(const struct neap_profile *profile, enum neap_case number)
{
    return neap_distribution_mean(neap_profile_wait(neap_profile_case(profile, number), 0));
}

static void assert_between(double got, double low, double high)
{
    if (!(got >= low && got <= high))
        print_error("got %.10g, want %.10g to %.10g\n", got, low, high);
    assert_true(got >= low && got <= high);
}

/* --- one latency against another ------------------------------------------------------------------ */

static void trap_01_p95_cut_is_not_a_cpu_cut(void **state)
{
    (void)state;
    static const struct {
        double servers, load, factor;
    } rows[] = {{1, 0.3, 0.851}, {1, 0.7, 0.930}, {1, 0.9, 0.976}, {4, 0.5, 0.822},
                {4, 0.7, 0.884}, {4, 0.9, 0.972}, {8, 0.7, 0.833}, {8, 0.9, 0.959}};
    struct neap_profile *old = measured("mean=1s dist=exponential", "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char latency[64], load[16];
        double c = rows[i].servers;
        struct neap_container_options container = container_of(c, c);
        double p95 = neap_mmc_response_quantile(c, c * rows[i].load, 1, 0.95);
        snprintf(latency, sizeof latency, "p95=%.12gs", 0.8 * p95);
        snprintf(load, sizeof load, "%g%%", 100 * rows[i].load);
        struct neap_profile_options o = with_latency(latency, "", load);
        struct neap_profile *new = make("new", old, &o, &container, NEAP_BALANCER_RANDOM);
        assert_true(neap_profile_is_range(new));
        near(cpu_mean(new, NEAP_CASE_LOW), rows[i].factor, 0.0025); /* with queueing */
        near(cpu_mean(new, NEAP_CASE_HIGH), 0.8, 1e-3);             /* without */
        near(cpu_mean(new, NEAP_CASE_MIDDLE), sqrt(0.8 * rows[i].factor), 0.0025);
        near(1 / neap_profile_cpu_speedup(new), cpu_mean(new, NEAP_CASE_MIDDLE), 1e-12);
        neap_profile_free(new);
    }
    neap_profile_free(old);
}

static void trap_01_holds_behind_a_balancer(void **state)
{
    (void)state;
    struct neap_profile *old = measured("mean=1s dist=exponential", "");
    struct neap_container_options container = container_of(4, 4);
    char latency[64];
    snprintf(latency, sizeof latency, "p95=%.12gs",
             0.8 * neap_mmc_response_quantile(4, 2.8, 1, 0.95));
    struct neap_profile_options o = with_latency(latency, "", "70%");
    struct neap_profile *new = make("new", old, &o, &container, NEAP_BALANCER_LEAST_OUTSTANDING);
    assert_true(cpu_mean(new, NEAP_CASE_LOW) >= 0.884 * 0.99);
    assert_true(cpu_mean(new, NEAP_CASE_HIGH) <= 0.81);
    assert_int_equal(neap_profile_upgrade(new), NEAP_UPGRADE_LATENCY);
    assert_has(neap_profile_range_text(new), "CPU speed-up between ");
    assert_has(neap_profile_assumption(new), "nothing but CPU time changed against old");
    assert_has(neap_profile_assumption(new), "a load of 70 %");
    assert_has(neap_profile_measurement(new), "CPU cores used by all containers / requests per");
    assert_has(neap_profile_measurement(new), "before and after the change");
    neap_profile_free(new);
    neap_profile_free(old);
}

static void the_share_of_cpu_widens_the_saving(void **state)
{
    (void)state;
    struct neap_container_options container = container_of(8, 8);
    /* without queueing and with a fixed wait, s = 1 - (1 - r) / share */
    struct neap_profile *old = measured("60ms", "40ms");
    struct neap_profile_options o = with_latency("p95=80ms", "", "0%");
    struct neap_profile *new = make("new", old, &o, &container, NEAP_BALANCER_RANDOM);
    assert_false(neap_profile_is_range(new));
    near(cpu_mean(new, NEAP_CASE_MIDDLE) / 0.06, 1 - 0.2 / 0.6, 1e-5);
    near(wait_mean(new, NEAP_CASE_MIDDLE), 0.04, 1e-12);
    neap_profile_free(new);
    neap_profile_free(old);
}

static void an_unchanged_latency_changes_nothing(void **state)
{
    (void)state;
    static const char *const latencies[] = {"p50=85ms p95=310ms p99=720ms", "p95=310ms",
                                            "p50=85ms p99=720ms"};
    struct neap_container_options container = container_of(4, 1);
    struct neap_profile_options o = with_latency(latencies[0], "", "");
    struct neap_profile *old = make("old", NULL, &o, &container, NEAP_BALANCER_LEAST_OUTSTANDING);
    for (size_t i = 0; i < sizeof latencies / sizeof *latencies; i++) {
        o = with_latency(latencies[i], "", "");
        struct neap_profile *new =
            make("new", old, &o, &container, NEAP_BALANCER_LEAST_OUTSTANDING);
        for (int c = 0; c < NEAP_CASES; c++)
            assert_true(cpu_mean(new, (enum neap_case)c) == cpu_mean(old, (enum neap_case)c));
        neap_profile_free(new);
    }
    neap_profile_free(old);
}

static void latency_against_latency_is_coherent(void **state)
{
    (void)state;
    struct neap_container_options container = container_of(4, 4);
    struct neap_profile_options o =
        with_latency("p50=85ms p95=310ms p99=720ms", "40%..90%", "50%..75%");
    struct neap_profile *old = make("old", NULL, &o, &container, NEAP_BALANCER_RANDOM);
    o = with_latency("p95=263.5ms", "", ""); /* 15 % less */
    struct neap_profile *new = make("new", old, &o, &container, NEAP_BALANCER_RANDOM);
    double factor[NEAP_CASES];
    for (int c = 0; c < NEAP_CASES; c++) {
        factor[c] = cpu_mean(new, (enum neap_case)c) / cpu_mean(old, (enum neap_case)c);
        near(wait_mean(new, (enum neap_case)c), wait_mean(old, (enum neap_case)c), 1e-12);
    }
    assert_true(factor[NEAP_CASE_LOW] > factor[NEAP_CASE_MIDDLE]);
    assert_true(factor[NEAP_CASE_MIDDLE] > factor[NEAP_CASE_HIGH]);
    assert_between(factor[NEAP_CASE_LOW], 0.85, 0.97); /* with queueing, and nearly all CPU */
    assert_between(factor[NEAP_CASE_HIGH], 0.3, 0.75); /* without, and 40 % CPU */
    neap_profile_free(new);
    neap_profile_free(old);
}

static void refused(const struct neap_profile *from, struct neap_profile_options o,
                    const struct neap_container_options *container, const char *part)
{
    struct neap_profile *made = NULL;
    struct neap_error error = {0};
    if (from != NULL)
        strcpy(o.from, neap_profile_name(from));
    assert_int_equal(neap_profile_from_latency(&made, "new", &o, from, container,
                                               NEAP_BALANCER_RANDOM, NULL, &error),
                     NEAP_BAD_SCENARIO);
    assert_null(made);
    assert_has(error.message, part);
    assert_int_equal(neap_profile_from_latency(&made, "new", &o, from, container,
                                               NEAP_BALANCER_RANDOM, NULL, NULL),
                     NEAP_BAD_SCENARIO);
}

static void what_cpu_cannot_explain_is_refused(void **state)
{
    (void)state;
    struct neap_container_options container = container_of(8, 8);
    struct neap_profile *old = measured("15ms", "85ms");
    refused(old, with_latency("p95=80ms", "", "0%"), &container,
            "latency: found \"p95=80ms\", which is below what CPU alone can do: only 15 % of the "
            "time of \"old\" without queueing is CPU");
    refused(old, with_latency("p95=80s", "", "0%"), &container,
            "which 20 times the CPU demand of \"old\" would not explain: check its unit");
    struct neap_profile_options o = with_latency("p95=80ms", "", "0%");
    strcpy(o.wait, "60ms"); /* then it is the wait that fell */
    struct neap_profile *new = make("new", old, &o, &container, NEAP_BALANCER_RANDOM);
    near(cpu_mean(new, NEAP_CASE_MIDDLE), 0.02, 1e-5);
    neap_profile_free(new);
    neap_profile_free(old);
}

static void bad_latency_keys_are_refused(void **state)
{
    (void)state;
    struct neap_container_options container = container_of(4, 1);
    static const char *const two = "p50=85ms p95=310ms";
    static const struct {
        const char *latency, *cpu_share, *load, *part;
    } rows[] = {
        {"p95=310ms", "", "", "latency: p95 alone does not tell the spread: add a second"},
        {"p50=85", "", "", "latency: p50=: found \"85\", expected a duration with its unit"},
        {"85ms", "", "", "latency: found \"85ms\", expected percentiles that differ"},
        {"none", "", "", "latency: found \"none\", expected percentiles that differ"},
        {two, "140%", "", "cpu_share: found \"140%\""},
        {two, "0%..90%", "", "cpu_share: found \"0%..90%\", expected 5% to 100%"},
        {two, "90%..40%", "", "cpu_share: found \"90%..40%\", whose first number is the larger"},
        {two, "40%..", "", "cpu_share: found \"\""},
        {two, "most", "", "cpu_share: found \"most\""},
        {two, "", "50%..100%", "latency_load: found \"50%..100%\", expected 0% to 95%"},
        {two, "", "busy", "latency_load: found \"busy\""},
        {"p50=85ms p95=100ms", "100%", "90%", "which no service time gives in this container"},
    };
    struct neap_container_options single = container_of(1, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refused(NULL, with_latency(rows[i].latency, rows[i].cpu_share, rows[i].load),
                i + 1 < sizeof rows / sizeof *rows ? &container : &single, rows[i].part);
    struct neap_profile_options o = with_latency(two, "", "");
    strcpy(o.wait, "20ms");
    refused(NULL, o, &container, "wait: latency already holds it");
    struct neap_profile *old = measured("15ms", "85ms");
    refused(old, with_latency("p95=80ms", "50%", ""), &container,
            "cpu_share: the CPU demand and the wait of \"old\" already say it");
    neap_profile_free(old);
    o = with_latency(two, "", "");
    old = make("old", NULL, &o, &container, NEAP_BALANCER_RANDOM);
    refused(old, with_latency("p95=80ms", "", "50%"), &container,
            "latency_load: latencies are compared at the same traffic");
    neap_profile_free(old);
}

/* --- one latency by itself --------------------------------------------------------------------------- */

static const char *top(void)
{
    return getenv("top_srcdir") != NULL ? getenv("top_srcdir") : ".";
}

static double cell(const struct neap_table *table, size_t row, const char *column)
{
    size_t index;
    assert_true(neap_table_find_column(table, column, &index));
    return strtod(neap_table_text(table, row, index), NULL);
}

static void trap_02_latency_is_not_service_time(void **state)
{
    (void)state;
    char path[512];
    struct neap_table *table;
    struct neap_error error;
    size_t law, tested = 0;
    snprintf(path, sizeof path, "%s/data/tables/oracle/oracle_mg1.csv", top());
    if (neap_table_read_csv(&table, path, &error) != NEAP_OK)
        skip();
    assert_true(neap_table_find_column(table, "dist", &law));
    struct neap_container_options container = container_of(1, 1);
    for (size_t row = 0; row < neap_table_rows(table); row++) {
        if (strcmp(neap_table_text(table, row, law), "LN") != 0)
            continue;
        static const double p[] = {0.5, 0.9, 0.95, 0.99};
        double t[] = {cell(table, row, "t_p50"), cell(table, row, "t_p90"),
                      cell(table, row, "t_p95"), cell(table, row, "t_p99")};
        double load = cell(table, row, "rho"), scv = cell(table, row, "par"), again[4];
        char latency[128], text[32];
        snprintf(latency, sizeof latency, "p50=%.12gs p90=%.12gs p95=%.12gs p99=%.12gs", t[0], t[1],
                 t[2], t[3]);
        snprintf(text, sizeof text, "%g%%", 100 * load);
        struct neap_profile_options o = with_latency(latency, "100%", text);
        struct neap_profile *made = make("old", NULL, &o, &container, NEAP_BALANCER_RANDOM);
        assert_false(neap_profile_is_range(made)); /* all is known */
        double mean = cpu_mean(made, NEAP_CASE_MIDDLE);
        near(mean, 1, scv < 2 ? 0.005 : 0.02);
        assert_true(mean <
                    0.75 * cell(table, row, "t_mean")); /* far from taking it at face value */
        struct neapi_forward forward;
        neapi_forward_init(&forward, &container, NEAP_BALANCER_RANDOM);
        forward.load = load;
        assert_int_equal(neapi_forward_percentiles(again, &forward,
                                                   neap_profile_cpu_demand(made, 0),
                                                   neap_profile_wait(made, 0), p, 4, NULL),
                         NEAP_OK);
        for (int i = 0; i < 4; i++)
            near(exp(again[i]), t[i], 0.005);
        if (getenv("SHOW") != NULL)
            print_message("scv %g load %g: mean %.4f cv^2 %.3f, off by %.3f %.3f %.3f %.3f\n", scv,
                          load, mean, neap_distribution_scv(neap_profile_cpu_demand(made, 0)),
                          exp(again[0]) / t[0] - 1, exp(again[1]) / t[1] - 1,
                          exp(again[2]) / t[2] - 1, exp(again[3]) / t[3] - 1);
        tested++;
        neap_profile_free(made);
    }
    assert_true(tested >= 9);
    neap_table_free(table);
}

static void a_latency_alone_is_an_interval(void **state)
{
    (void)state;
    struct neap_container_options container = container_of(4, 1);
    struct neap_profile_options o = with_latency("p50=85ms p95=310ms p99=720ms", "", "");
    struct neap_profile *made = make("old", NULL, &o, &container, NEAP_BALANCER_LEAST_OUTSTANDING);
    assert_true(neap_profile_is_range(made));
    assert_int_equal(neap_profile_upgrade(made), NEAP_UPGRADE_NONE);
    for (int c = 0; c < NEAP_CASES; c++) {
        static const double share[NEAP_CASES] = {0.9, 0.6, 0.4};
        double cpu = cpu_mean(made, (enum neap_case)c), wait = wait_mean(made, (enum neap_case)c);
        near(cpu / (cpu + wait), share[c], 1e-9);
        assert_true(cpu + wait < 0.15); /* mean of a lognormal through these: 116 ms */
    }
    assert_has(neap_profile_range_text(made), "CPU demand with a mean between ");
    assert_has(neap_profile_range_text(made), "what the latency leaves open");
    assert_has(neap_profile_assumption(made),
               "a share of 40 % to 90 % of the time without queueing");
    assert_has(neap_profile_assumption(made), "at a load of 0 % to ");
    assert_has(neap_profile_measurement(made), "and give it as cpu_demand");
    assert_has(neap_profile_cpu_demand_text(made, 0),
               " (60 % of latency p50=85ms p95=310ms p99=720ms at a load of ");
    neap_profile_free(made);
}

static void without_queueing_two_percentiles_are_met(void **state)
{
    (void)state;
    struct neap_container_options container = container_of(8, 8);
    struct neap_profile_options o = with_latency("p50=85ms p95=310ms", "100%", "0%");
    struct neap_profile *made = make("old", NULL, &o, &container, NEAP_BALANCER_RANDOM);
    const struct neap_distribution *cpu = neap_profile_cpu_demand(made, 0);
    near(neap_distribution_quantile(cpu, 0.5), 0.085, 1e-3);
    near(neap_distribution_quantile(cpu, 0.95), 0.31, 1e-3);
    assert_true(neap_distribution_mean(neap_profile_wait(made, 0)) == 0);
    neap_profile_free(made);
}

static void a_narrow_latency_rules_high_loads_out(void **state)
{
    (void)state;
    struct neap_container_options container = container_of(1, 1);
    struct neap_profile_options o =
        with_latency("p50=100ms p95=130ms p99=150ms", "100%", "0%..80%");
    struct neap_profile *made = make("old", NULL, &o, &container, NEAP_BALANCER_RANDOM);
    assert_null(strstr(neap_profile_assumption(made), "80 %"));
    assert_has(neap_profile_assumption(made), "a load of 0 % to ");
    assert_between(cpu_mean(made, NEAP_CASE_LOW), 0.09, 0.11);
    neap_profile_free(made);
}

/* --- buckets and percentiles as they come --------------------------------------------------------- */

struct folder {
    char path[64], file[96];
};

static void write_file(struct folder *folder, const char *text)
{
    strcpy(folder->path, "/tmp/neap_profile_XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->file, sizeof folder->file, "%s/b.csv", folder->path);
    FILE *file = fopen(folder->file, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_file(const struct folder *folder)
{
    remove(folder->file);
    rmdir(folder->path);
}

static void trap_22_the_last_bucket_and_resets_are_not_mishandled(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *part;
        long line;
    } rows[] = {
        {"le,count\n0.1,5\n0.2,9\n0.4,10\n", "found no bucket +Inf", 0},
        {"le,count\n0.1,5\n0.2,4\n+Inf,10\n", "found 4 after 5, expected counts of all", 3},
        {"le,count\n0.1,5\n0.2,7\n0.4,7\n+Inf,10\n", "found 30 % of the values above the last", 0},
        {"le,count\n0.1,9\n0.2,9\n+Inf,10\n", "found values in 2 buckets, expected them in 3", 0},
        {"le,count\n0.1,0\n0.2,0\n+Inf,0\n", "found values in 0 buckets", 0},
        {"le,count\n0.1,5\n0.1,7\n+Inf,10\n", "expected rising ones", 3},
        {"le,count\n0.1,5\n+Inf,7\n+Inf,10\n", "expected rising ones", 4},
        {"le,count\n0.1,5\nlong,7\n+Inf,10\n", "le: found \"long\"", 3},
        {"le,count\n0,5\n0.1,7\n+Inf,10\n", "le: found \"0\"", 2},
        {"le,count\n0.1,many\n+Inf,10\n", "count: found \"many\"", 2},
        {"le,count\n", "found no bucket +Inf", 0},
        {"bound,number\n0.1,5\n", "expected the columns le and count", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        struct neap_distribution *made = NULL;
        struct neap_error error = {0};
        write_file(&folder, rows[i].csv);
        assert_int_equal(
            neap_profile_read_distribution(&made, "buckets=b.csv", folder.path, &error),
            NEAP_BAD_DATA);
        remove_file(&folder);
        assert_null(made);
        assert_has(error.message, rows[i].part);
        assert_int_equal(error.line, rows[i].line);
    }
    const double bound[] = {0.1, 0.2, (double)INFINITY}, cumulative[] = {2, 2, 10},
                 none[] = {0, 0, 0};
    near(neap_buckets_quantile(bound, cumulative, 3, 0.99), 0.2,
         0); /* never above a finite bound */
    near(neap_buckets_quantile(bound, cumulative, 3, 0.1), 0.05, 1e-15);
    assert_true(neap_buckets_quantile(bound, cumulative, 3, 0) == 0);
    assert_true(isnan(neap_buckets_quantile(bound, none, 3, 0.5)));
    assert_true(isnan(neap_buckets_quantile(bound, cumulative, 3, 1.5)));
    assert_true(isnan(neap_buckets_quantile(bound, cumulative, 0, 0.5)));
}

static void trap_22_latency_may_come_in_buckets(void **state)
{
    (void)state;
    struct folder folder;
    struct neap_profile *made = NULL;
    struct neap_error error = {0};
    struct neap_container_options container = container_of(8, 8);
    struct neap_profile_options o = with_latency("buckets=b.csv", "100%", "0%");
    write_file(&folder, "le,count\n0.05,100\n0.1,400\n0.2,800\n0.4,930\n0.8,985\n1.6,996\n"
                        "+Inf,1000\n");
    assert_int_equal(neap_profile_from_latency(&made, "old", &o, NULL, &container,
                                               NEAP_BALANCER_RANDOM, folder.path, &error),
                     NEAP_OK);
    remove_file(&folder);
    assert_between(cpu_mean(made, NEAP_CASE_MIDDLE), 0.1182, 0.2286); /* ends of the buckets */
    neap_profile_free(made);
}

static void trap_23_bad_maxima_say_what_to_do(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } rows[] = {
        {"p50=10ms p95=40ms max=20ms", "max= is less than p95: check for a swap"},
        {"p50=10ms p95=40ms n=100", "n= goes with max= only"},
        {"mean=10ms cv=1 max=20ms", "max= goes with percentiles only"},
        {"p50=10ms p95=40ms max=80ms n=1", "n=: found \"1\", expected how many values"},
        {"p50=10ms p95=40ms max=80ms n=many", "n=: found \"many\""},
        {"p50=10ms p95=40ms max=80", "max=: found \"80\", expected a duration"},
        {"p50=10ms p95=40ms max=80ms max=90ms", "max= is given twice"},
        {"buckets=a.csv buckets=b.csv", "buckets= is given twice"},
        {"buckets=", "buckets=: found no name"},
        {"buckets=a.csv file=b.csv", "file= and buckets= exclude each other"},
        {"buckets=a.csv cv=1", "cv= goes with mean= only"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct neap_distribution *made = NULL;
        struct neap_error error = {0};
        assert_int_equal(neap_profile_read_distribution(&made, rows[i].text, NULL, &error),
                         NEAP_BAD_SCENARIO);
        assert_has(error.message, rows[i].part);
    }
    char name[NEAP_TEXT_SIZE];
    assert_true(neap_profile_samples_file("40ms or buckets=b.csv", 0, name));
    assert_string_equal(name, "b.csv");
}

/* --- containers ------------------------------------------------------------------------------------ */

static void trap_20_threads_of_one_process_share_a_core(void **state)
{
    (void)state;
    struct neap_container_options container = container_of(8, 4);
    near(neap_container_cpu_usable(&container), 4, 0);
    container.processes = 1;
    near(neap_container_cpu_usable(&container), 1, 0);
    /* all workers busy: cores used = capacity x CPU demand */
    double rate = neap_container_capacity(8, neap_container_cpu_usable(&container), 0.04, 0.01);
    assert_between(rate * 0.04, 0.9, 1 + 1e-12);
    assert_true(neap_container_capacity(8, 4, 0.04, 0.01) * 0.04 > 3);
    container.processes = 3;
    near(neap_container_cpu_usable(&container), 3, 0);
    container.processes = 8;
    near(neap_container_cpu_usable(&container), 4, 0);
    assert_int_equal(neap_container_check(&container, NULL), NEAP_OK);
    container.processes = 9;
    struct neap_error error;
    assert_int_equal(neap_container_check(&container, &error), NEAP_BAD_SCENARIO);
    assert_has(error.message, "processes: found 9, expected at most workers (8)");
}

static void trap_21_capacity_is_that_of_a_full_container(void **state)
{
    (void)state;
    char path[512];
    struct neap_table *table;
    size_t bound_by_cpu = 0;
    snprintf(path, sizeof path, "%s/data/tables/oracle/oracle_container.csv", top());
    if (neap_table_read_csv(&table, path, NULL) != NEAP_OK)
        skip();
    for (size_t row = 0; row < neap_table_rows(table); row++) {
        double workers = cell(table, row, "w"), cpu = cell(table, row, "cpu_mean"),
               wait = cell(table, row, "io_mean");
        double capacity = neap_container_capacity((int)workers, cell(table, row, "V"), cpu, wait);
        near(capacity, cell(table, row, "capacity_saturated"), 1e-9);
        double at_low_load = workers / (cpu + wait); /* a worker's time in an idle container */
        assert_true(capacity <= at_low_load * (1 + 1e-12));
        bound_by_cpu += capacity < 0.9 * at_low_load;
    }
    assert_true(bound_by_cpu >= 3);
    neap_table_free(table);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trap_01_p95_cut_is_not_a_cpu_cut),
        cmocka_unit_test(trap_01_holds_behind_a_balancer),
        cmocka_unit_test(the_share_of_cpu_widens_the_saving),
        cmocka_unit_test(an_unchanged_latency_changes_nothing),
        cmocka_unit_test(latency_against_latency_is_coherent),
        cmocka_unit_test(what_cpu_cannot_explain_is_refused),
        cmocka_unit_test(bad_latency_keys_are_refused),
        cmocka_unit_test(trap_02_latency_is_not_service_time),
        cmocka_unit_test(a_latency_alone_is_an_interval),
        cmocka_unit_test(without_queueing_two_percentiles_are_met),
        cmocka_unit_test(a_narrow_latency_rules_high_loads_out),
        cmocka_unit_test(trap_22_the_last_bucket_and_resets_are_not_mishandled),
        cmocka_unit_test(trap_22_latency_may_come_in_buckets),
        cmocka_unit_test(trap_23_bad_maxima_say_what_to_do),
        cmocka_unit_test(trap_20_threads_of_one_process_share_a_core),
        cmocka_unit_test(trap_21_capacity_is_that_of_a_full_container),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
