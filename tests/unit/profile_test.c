/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Profiles: the texts that describe a distribution, files of samples, and upgrades. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include <neap/profile.h>

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

/* --- texts */

static struct neap_distribution *read_text(const char *text)
{
    struct neap_distribution *d = NULL;
    struct neap_error error = {0};
    if (neap_profile_read_distribution(&d, text, NULL, &error) != NEAP_OK)
        print_error("\"%s\": %s\n", text, error.message);
    assert_non_null(d);
    return d;
}

static void texts_with_a_mean_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum neap_family family;
        double mean, scv;
    } rows[] = {
        {"mean=40ms cv=1.2", NEAP_FAMILY_LOGNORMAL, 0.04, 1.44},
        {"cv=1.2\tmean=40ms", NEAP_FAMILY_LOGNORMAL, 0.04, 1.44},
        {"  mean=40ms   cv=1.2 dist=gamma ", NEAP_FAMILY_GAMMA, 0.04, 1.44},
        {"dist=weibull mean=0.04s cv=1.2", NEAP_FAMILY_WEIBULL, 0.04, 1.44},
        {"mean=40ms dist=exponential", NEAP_FAMILY_EXPONENTIAL, 0.04, 1},
        {"mean=40ms cv=1 dist=exponential", NEAP_FAMILY_EXPONENTIAL, 0.04, 1},
        {"mean=40ms dist=constant", NEAP_FAMILY_CONSTANT, 0.04, 0},
        {"mean=40ms cv=0", NEAP_FAMILY_CONSTANT, 0.04, 0},
        {"40ms", NEAP_FAMILY_CONSTANT, 0.04, 0},
        {"0", NEAP_FAMILY_CONSTANT, 0, 0},
        {"0s", NEAP_FAMILY_CONSTANT, 0, 0},
        {"none", NEAP_FAMILY_CONSTANT, 0, 0},
        {"\"40ms\"", NEAP_FAMILY_CONSTANT, 0.04, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct neap_distribution *d = read_text(rows[i].text);
        assert_int_equal(neap_distribution_family(d), rows[i].family);
        near(neap_distribution_mean(d), rows[i].mean, 0);
        near(neap_distribution_scv(d), rows[i].scv, 1e-15);
        neap_distribution_free(d);
    }
}

static void texts_with_percentiles_are_read(void **state)
{
    (void)state;
    struct neap_distribution *d = read_text("p99.9=1.4s p50=18ms p95=60ms");
    assert_int_equal(neap_distribution_family(d), NEAP_FAMILY_QUANTILES);
    near(neap_distribution_quantile(d, 0.5), 0.018, 1e-13);
    near(neap_distribution_quantile(d, 0.95), 0.06, 1e-13);
    near(neap_distribution_quantile(d, 0.999), 1.4, 1e-12);
    neap_distribution_free(d);

    d = read_text("p50=18ms p95=60ms");
    assert_int_equal(neap_distribution_family(d), NEAP_FAMILY_LOGNORMAL);
    near(neap_distribution_quantile(d, 0.95), 0.06, 1e-13);
    neap_distribution_free(d);

    d = read_text("p50=18ms p90=20ms p95=20ms"); /* ties merge: two points are left */
    assert_int_equal(neap_distribution_family(d), NEAP_FAMILY_LOGNORMAL);
    neap_distribution_free(d);

    d = read_text("p50=20ms p95=20ms");
    assert_int_equal(neap_distribution_family(d), NEAP_FAMILY_CONSTANT);
    neap_distribution_free(d);
}

static void bad_texts_say_what_to_do(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } rows[] = {
        {"", "found nothing, expected \"mean=40ms cv=1.2\""},
        {"   ", "found nothing"},
        {"40", "found \"40\", expected a duration with its unit"},
        {"-40ms", "found \"-40ms\", expected no negative time"},
        {"fast", "found \"fast\", expected \"mean=40ms cv=1.2\""},
        {"40ms 50ms", "found \"50ms\" after another bare value"},
        {"mean=40 cv=1", "mean=: found \"40\", expected a duration with its unit"},
        {"mean=-40ms cv=1", "mean=: found \"-40ms\", expected no negative time"},
        {"mean=0ms cv=1", "mean=: found 0, expected more: write \"none\""},
        {"mean= cv=1", "mean=: found \"\", expected a duration"},
        {"mean=40ms", "mean= without cv=: add the standard deviation divided by the mean"},
        {"mean=40ms mean=50ms cv=1", "mean= is given twice"},
        {"mean=40ms cv=1 cv=1", "cv= is given twice"},
        {"mean=40ms cv=x", "cv=: found \"x\", expected a number"},
        {"mean=40ms cv=120%", "cv=: found \"120%\", expected a number"},
        {"mean=40ms cv=-1", "cv -1 is outside its range, expected 0 or 0.001 .. 50"},
        {"mean=40ms cv=99", "cv 99 is outside its range"},
        {"mean=40ms cv=2 dist=exponential", "its cv is 1, leave it out"},
        {"mean=40ms cv=1 dist=constant", "its cv is 0"},
        {"mean=40ms cv=1 dist=lognorm", "dist=: found \"lognorm\", expected one of"},
        {"mean=40ms cv=1 dist=lognorm", "did you mean lognormal?"},
        {"mean=40ms cv=1 dist=gamma dist=gamma", "dist= is given twice"},
        {"mean=40ms sd=1", "found \"sd=\", expected mean=, cv=, dist="},
        {"maen=40ms cv=1", "did you mean mean=?"},
        {"cv=1", "cv= goes with mean= only"},
        {"dist=gamma 40ms", "dist= goes with mean= only"},
        {"40ms cv=1", "cv= goes with mean= only"},
        {"mean=40ms p50=20ms p95=80ms", "mean= and percentiles exclude each other"},
        {"40ms mean=40ms cv=1", "a constant and mean= exclude each other"},
        {"p50=18ms file=x.csv", "percentiles and file= exclude each other"},
        {"p50=18ms", "p50 alone does not tell the spread"},
        {"p50=18ms p95=10ms", "p95 is 10ms, less than p50, 18ms: percentiles never fall"},
        {"p95=10ms p50=18ms", "p95 is 10ms, less than p50, 18ms"},
        {"p50=18ms p50=19ms", "p50= is given twice"},
        {"p50=18ms p50.0=19ms", "p50.0= is given twice"},
        {"p50=18 p95=60ms", "p50=: found \"18\", expected a duration with its unit"},
        {"p50=0ms p95=60ms", "p50=: found \"0ms\", expected a time above 0"},
        {"p0=1ms p95=60ms", "p0=: expected a percentile between p0 and p100"},
        {"p50=1ms p100=60ms", "p100=: expected a percentile between"},
        {"p5x=1ms p95=60ms", "p5x=: expected a percentile between"},
        {"p-5=1ms p95=60ms", "p-5=: expected a percentile between"},
        {"p50=1ms p99=2ms p99.9=100s", "rise so steeply"},
        {"p50=18ms p95=60ms cv=1", "cv= goes with mean= only"},
        {"unit=ms 40ms", "unit= goes with file= only"},
        {"file=x.csv unit=m", "unit=: found \"m\", expected s, ms, us or ns"},
        {"file=", "file=: found no name"},
        {"file=\"x.csv", "a quote is not closed"},
        {"file=a file=b", "file= is given twice"},
        {"file=a unit=ms unit=ms", "unit= is given twice"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct neap_distribution *d = NULL;
        struct neap_error error = {0};
        assert_int_equal(neap_profile_read_distribution(&d, rows[i].text, NULL, &error),
                         NEAP_BAD_SCENARIO);
        assert_int_equal(error.status, NEAP_BAD_SCENARIO);
        assert_null(d);
        assert_has(error.message, rows[i].part);
        assert_int_equal(neap_profile_read_distribution(&d, rows[i].text, NULL, NULL),
                         NEAP_BAD_SCENARIO);
    }
}

static void overlong_texts_are_refused(void **state)
{
    (void)state;
    struct neap_distribution *d = NULL;
    struct neap_error error;
    char text[4000] = "";
    memset(text, 'x', 1000);
    assert_int_equal(neap_profile_read_distribution(&d, text, NULL, &error), NEAP_BAD_SCENARIO);
    assert_has(error.message, "found a word of more than 255 bytes");
    char *end = text;
    for (int i = 1; i <= 70; i++)
        end += sprintf(end, "p%d=%dms ", i, i);
    assert_int_equal(neap_profile_read_distribution(&d, text, NULL, &error), NEAP_BAD_SCENARIO);
    assert_has(error.message, "found more than 64 percentiles");
}

/* --- files of samples */

struct folder {
    char path[64];
    char file[128];
};

static void write_file(struct folder *folder, const char *name, const char *content)
{
    strcpy(folder->path, "/tmp/neap_profile_XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->file, sizeof folder->file, "%s/%s", folder->path, name);
    FILE *file = fopen(folder->file, "w");
    assert_non_null(file);
    fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

static void remove_file(const struct folder *folder)
{
    unlink(folder->file);
    rmdir(folder->path);
}

static void samples_are_read_in_every_unit(void **state)
{
    (void)state;
    static const struct {
        const char *content, *text;
        double median;
    } rows[] = {
        {"seconds\n0.1\n0.3\n0.2\n", "file=s.csv", 0.2},
        {"value_s\n0.1\n0.3\n0.2\n", "file=s.csv", 0.2},
        {"value_ms\n100\n300\n200\n", "file=s.csv", 0.2},
        {"cpu_us\n100\n300\n200\n", "file=s.csv", 2e-4},
        {"took_ns\r\n100\r\n300\r\n200\r\n", "file=s.csv", 2e-7},
        {"milliseconds\n100\n300\n200\n", "file=s.csv", 0.2},
        {"latency\n100\n300\n200\n", "file=s.csv unit=ms", 0.2},
        {"value_ms\n100\n300\n200\n", "unit=ms file=s.csv", 0.2},
        {"100\n300\n200\n", "file=s.csv unit=ms", 0.2},
        {"200\n200\n200\n", "file=s.csv unit=ms", 0.2},
        {"value_ms\n 100\n300 \n\n200", "file=\"s.csv\"", 0.2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        struct neap_distribution *d = NULL;
        struct neap_error error = {0};
        write_file(&folder, "s.csv", rows[i].content);
        if (neap_profile_read_distribution(&d, rows[i].text, folder.path, &error) != NEAP_OK)
            print_error("row %zu: %s\n", i, error.message);
        assert_non_null(d);
        near(neap_distribution_quantile(d, 0.5), rows[i].median, 0);
        neap_distribution_free(d);
        remove_file(&folder);
    }
}

static void bad_samples_are_refused_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *content, *text, *part;
        enum neap_status status;
        long line;
    } rows[] = {
        {"latency\n1\n", "file=s.csv", "the column \"latency\" does not say its unit: add unit=ms",
         NEAP_BAD_SCENARIO, 1},
        {"1\n2\n", "file=s.csv", "does not say its unit", NEAP_BAD_SCENARIO, 1},
        {"value_s\n1\n", "file=s.csv unit=ms", "states another unit than unit= does",
         NEAP_BAD_SCENARIO, 1},
        {"value_ms\n1\nx\n", "file=s.csv", "found \"x\", expected a number >= 0", NEAP_BAD_DATA, 3},
        {"value_ms\n1\n\n-4\n", "file=s.csv", "found \"-4\", expected a number >= 0", NEAP_BAD_DATA,
         4},
        {"value_ms\nnan\n", "file=s.csv", "found \"nan\"", NEAP_BAD_DATA, 2},
        {"value_ms\n", "file=s.csv", "found a header only", NEAP_BAD_DATA, 1},
        {"-1\n2\n", "file=s.csv unit=s", "found \"-1\"", NEAP_BAD_DATA, 1},
        {"time,value_ms\n1,2\n", "file=s.csv", "found 2 columns, expected one", NEAP_BAD_DATA, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        struct neap_distribution *d = NULL;
        struct neap_error error = {0};
        write_file(&folder, "s.csv", rows[i].content);
        assert_int_equal(neap_profile_read_distribution(&d, rows[i].text, folder.path, &error),
                         rows[i].status);
        assert_null(d);
        assert_has(error.message, rows[i].part);
        assert_int_equal(error.line, rows[i].line);
        assert_string_equal(error.source, folder.file);
        remove_file(&folder);
    }
}

static void a_missing_file_is_no_input(void **state)
{
    (void)state;
    struct neap_distribution *d = NULL;
    struct neap_error error = {0};
    assert_int_equal(neap_profile_read_distribution(&d, "file=/nowhere/s.csv", "/tmp", &error),
                     NEAP_NO_INPUT);
    assert_null(d);
}

static void the_file_that_a_text_names_is_found(void **state)
{
    (void)state;
    char name[NEAP_TEXT_SIZE] = "as before";
    assert_false(neap_profile_samples_file("mean=40ms cv=1", 0, name));
    assert_false(neap_profile_samples_file("file=", 0, name));
    assert_string_equal(name, "as before");
    assert_true(neap_profile_samples_file("unit=ms file=\"my samples.csv\"", 0, name));
    assert_string_equal(name, "my samples.csv");
}

/* --- profiles */

static struct neap_profile_options options(const char *from, const char *cpu_demand,
                                           const char *wait, const char *cpu_speedup)
{
    struct neap_profile_options made;
    neap_profile_options_init(&made);
    strcpy(made.from, from);
    strcpy(made.cpu_demand, cpu_demand);
    strcpy(made.wait, wait);
    strcpy(made.cpu_speedup, cpu_speedup);
    return made;
}

static struct neap_profile *make(const char *name, const struct neap_profile_options *options,
                                 const struct neap_profile *from)
{
    struct neap_profile *made = NULL;
    struct neap_error error = {0};
    if (neap_profile_new(&made, name, options, from, NULL, &error) != NEAP_OK)
        print_error("%s\n", error.message);
    assert_non_null(made);
    return made;
}

static struct neap_profile *make_old(void)
{
    struct neap_profile_options o =
        options("", "mean=40ms cv=1.2", "p50=18ms p95=60ms p99=140ms", "");
    strcpy(o.label, "Python 3.9");
    return make("old", &o, NULL);
}

static void a_profile_is_what_its_options_say(void **state)
{
    (void)state;
    struct neap_profile *old = make_old();
    size_t number = 9;
    assert_string_equal(neap_profile_name(old), "old");
    assert_string_equal(neap_profile_label(old), "Python 3.9");
    assert_string_equal(neap_profile_from(old), "");
    assert_int_equal(neap_profile_upgrade(old), NEAP_UPGRADE_NONE);
    near(neap_profile_cpu_speedup(old), 1, 0);
    assert_int_equal(neap_profile_classes(old), 1);
    assert_string_equal(neap_profile_class_name(old, 0), "all");
    assert_true(neap_profile_find_class(old, "all", &number));
    assert_int_equal(number, 0);
    assert_false(neap_profile_find_class(old, "search", &number));
    near(neap_distribution_mean(neap_profile_cpu_demand(old, 0)), 0.04, 0);
    near(neap_distribution_quantile(neap_profile_wait(old, 0), 0.95), 0.06, 1e-13);
    assert_string_equal(neap_profile_cpu_demand_text(old, 0), "lognormal, mean 40 ms, cv 1.2");
    assert_has(neap_profile_wait_text(old, 0), "percentiles p50 18 ms, p95 60 ms, p99 140 ms, ");
    assert_null(neap_profile_cpu_demand(old, 1));
    assert_null(neap_profile_wait(old, 1));
    assert_string_equal(neap_profile_class_name(old, 1), "");
    assert_string_equal(neap_profile_wait_text(old, 1), "");
    assert_string_equal(neap_profile_cpu_demand_text(old, 1), "");
    neap_profile_free(old);
    neap_profile_free(NULL);
}

static void the_least_is_a_cpu_demand(void **state)
{
    (void)state;
    struct neap_profile_options o = options("", "p50=18ms p95=60ms", "", "");
    struct neap_profile *p = make("p-1_x", &o, NULL);
    assert_string_equal(neap_profile_label(p), "p-1_x");
    near(neap_distribution_mean(neap_profile_wait(p, 0)), 0, 0);
    assert_string_equal(neap_profile_wait_text(p, 0), "none");
    assert_string_equal(neap_profile_cpu_demand_text(p, 0),
                        "lognormal, mean 23.53 ms, cv 0.8419 (p50=18ms p95=60ms)");
    neap_profile_free(p);
}

static void an_upgrade_divides_cpu_demand_only(void **state)
{
    (void)state;
    struct neap_profile *old = make_old();
    struct neap_profile_options o = options("old", "", "", "1.25");
    struct neap_profile *new = make("new", &o, old);
    assert_int_equal(neap_profile_upgrade(new), NEAP_UPGRADE_CPU_SCALE);
    assert_string_equal(neap_upgrade_model_name(neap_profile_upgrade(new)), "cpu_scale");
    assert_string_equal(neap_profile_from(new), "old");
    near(neap_profile_cpu_speedup(new), 1.25, 0);
    for (double u = 0.005; u < 1; u += 0.01) {
        near(neap_distribution_quantile(neap_profile_cpu_demand(new, 0), u),
             neap_distribution_quantile(neap_profile_cpu_demand(old, 0), u) / 1.25, 1e-15);
        near(neap_distribution_quantile(neap_profile_wait(new, 0), u),
             neap_distribution_quantile(neap_profile_wait(old, 0), u), 0);
    }
    assert_string_equal(neap_profile_cpu_demand_text(new, 0),
                        "lognormal, mean 32 ms, cv 1.2 (old / 1.25)");
    assert_has(neap_profile_wait_text(new, 0), " (as old)");
    neap_profile_free(old);
    near(neap_distribution_mean(neap_profile_cpu_demand(new, 0)), 0.032, 1e-15);
    neap_profile_free(new);
}

static void a_speedup_of_one_changes_no_bit(void **state)
{
    (void)state;
    static const char *const speedups[] = {"1", "1.0", ""};
    struct neap_profile *old = make_old();
    for (size_t i = 0; i < 3; i++) {
        struct neap_profile_options o = options("old", "", "", speedups[i]);
        strcpy(o.wait_speedup, speedups[i]);
        struct neap_profile *new = make("new", &o, old);
        assert_int_equal(neap_profile_upgrade(new),
                         i < 2 ? NEAP_UPGRADE_SCALE_BOTH : NEAP_UPGRADE_NONE);
        const struct neap_distribution *a[] = {neap_profile_cpu_demand(old, 0),
                                               neap_profile_wait(old, 0)};
        const struct neap_distribution *b[] = {neap_profile_cpu_demand(new, 0),
                                               neap_profile_wait(new, 0)};
        for (int k = 0; k < 2; k++) {
            assert_true(neap_distribution_mean(a[k]) == neap_distribution_mean(b[k]));
            assert_true(neap_distribution_moment(a[k], 3) == neap_distribution_moment(b[k], 3));
            for (double u = 0.001; u < 1; u += 0.003)
                assert_true(neap_distribution_quantile(a[k], u) ==
                            neap_distribution_quantile(b[k], u));
        }
        neap_profile_free(new);
    }
    neap_profile_free(old);
}

static void upgrades_can_be_chained(void **state)
{
    (void)state;
    struct neap_profile *old = make_old();
    struct neap_profile_options o = options("old", "", "", "1.1");
    struct neap_profile *middle = make("django", &o, old);
    o = options("django", "", "", "1.2");
    strcpy(o.wait_speedup, "2");
    struct neap_profile *new = make("python", &o, middle);
    neap_profile_free(middle);
    near(neap_distribution_mean(neap_profile_cpu_demand(new, 0)), 0.04 / 1.1 / 1.2, 1e-15);
    near(neap_distribution_mean(neap_profile_wait(new, 0)),
         neap_distribution_mean(neap_profile_wait(old, 0)) / 2, 1e-15);
    assert_has(neap_profile_cpu_demand_text(new, 0), "(django / 1.2)");
    assert_int_equal(neap_profile_upgrade(new), NEAP_UPGRADE_SCALE_BOTH);
    near(neap_profile_wait_speedup(new), 2, 0);
    neap_profile_free(new);
    neap_profile_free(old);
}

static void measured_parts_replace_those_of_the_old(void **state)
{
    (void)state;
    struct neap_profile *old = make_old();
    struct neap_profile_options o = options("old", "mean=30ms cv=1", "", "");
    struct neap_profile *new = make("new", &o, old);
    assert_int_equal(neap_profile_upgrade(new), NEAP_UPGRADE_MEASURED);
    near(neap_distribution_mean(neap_profile_cpu_demand(new, 0)), 0.03, 0);
    near(neap_distribution_mean(neap_profile_wait(new, 0)),
         neap_distribution_mean(neap_profile_wait(old, 0)), 0);
    neap_profile_free(new);
    o = options("old", "", "none", "1.25");
    new = make("new", &o, old);
    near(neap_distribution_mean(neap_profile_cpu_demand(new, 0)), 0.032, 1e-15);
    near(neap_distribution_mean(neap_profile_wait(new, 0)), 0, 0);
    assert_string_equal(neap_profile_wait_text(new, 0), "none");
    neap_profile_free(new);
    neap_profile_free(old);
}

static void bad_profiles_name_the_key_at_fault(void **state)
{
    (void)state;
    static const struct {
        const char *from, *cpu_demand, *wait, *cpu_speedup, *wait_speedup, *latency, *part;
    } rows[] = {
        {"", "", "", "", "", "", "cpu_demand: missing: give the CPU time of one request"},
        {"", "40", "", "", "", "", "cpu_demand: found \"40\", expected a duration"},
        {"", "0", "", "", "", "", "cpu_demand: found \"0\", expected more than no CPU time"},
        {"", "40ms", "1", "", "", "", "wait: found \"1\", expected a duration"},
        {"", "40ms", "", "1.25", "", "", "cpu_speedup: found \"1.25\" without from"},
        {"", "40ms", "", "", "2", "", "wait_speedup: found \"2\" without from"},
        {"old", "40ms", "", "1.25", "", "", "cpu_speedup: found \"1.25\" beside cpu_demand"},
        {"old", "", "40ms", "", "2", "", "wait_speedup: found \"2\" beside wait"},
        {"old", "", "", "1.40..1.08", "", "", "whose first number is the larger one"},
        {"old", "", "", "1.08..", "", "", "cpu_speedup: found \"\", expected a number such as"},
        {"old", "", "", "1.08..fast", "", "", "cpu_speedup: found \"fast\", expected a number"},
        {"old", "", "", "0..1.4", "", "", "cpu_speedup: found \"0..1.4\", expected a factor"},
        {"old", "", "", "1.1 1.2 x", "", "", "cpu_speedup: found \"x\", expected a number"},
        {"old", "", "", "  ", "", "", "cpu_speedup: found \"\", expected a number"},
        {"old", "", "", "mean=2s cv=1", "", "", "expected no more than file=speedups.csv"},
        {"old", "", "", "file=s.csv unit=ms", "", "", "expected no more than file=speedups.csv"},
        {"", "40ms or", "", "", "", "", "cpu_demand: found nothing, expected"},
        {"", "40ms or 40", "", "", "", "", "cpu_demand: found \"40\", expected a duration"},
        {"old", "", "", "25%", "", "", "cpu_speedup: found \"25%\", expected a number such as"},
        {"old", "", "", "0", "", "", "cpu_speedup: found \"0\", expected a factor from 0.01"},
        {"old", "", "", "-1", "", "", "cpu_speedup: found \"-1\", expected a factor from 0.01"},
        {"old", "", "", "", "1000", "", "wait_speedup: found \"1000\", expected a factor"},
        {"old", "", "", "1.1", "", "p50=85ms p95=310ms", "latency: neap finds how much CPU"},
        {"", "40ms", "", "", "", "p50=85ms p95=310ms", "latency: it is for profiles whose CPU"},
        {"new", "", "", "", "", "", "from: \"new\" is this profile itself"},
    };
    struct neap_profile *old = make_old();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct neap_profile *made = NULL;
        struct neap_error error = {0};
        struct neap_profile_options o =
            options(rows[i].from, rows[i].cpu_demand, rows[i].wait, rows[i].cpu_speedup);
        strcpy(o.wait_speedup, rows[i].wait_speedup);
        strcpy(o.latency, rows[i].latency);
        const struct neap_profile *from = rows[i].from[0] != '\0' ? old : NULL;
        assert_int_equal(neap_profile_new(&made, "new", &o, from, NULL, &error), NEAP_BAD_SCENARIO);
        assert_null(made);
        assert_has(error.message, rows[i].part);
        assert_int_equal(neap_profile_new(&made, "new", &o, from, NULL, NULL), NEAP_BAD_SCENARIO);
    }
    neap_profile_free(old);
}

static void a_profile_handed_over_must_be_the_one_named(void **state)
{
    (void)state;
    struct neap_profile *old = make_old(), *made = NULL;
    struct neap_profile_options other = options("older", "", "", ""),
                                none = options("", "40ms", "", "");
    struct neap_error error;
    assert_int_equal(neap_profile_new(&made, "new", &other, old, NULL, &error), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_profile_new(&made, "new", &other, NULL, NULL, &error), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_profile_new(&made, "new", &none, old, NULL, &error), NEAP_BAD_ARGUMENT);
    assert_null(made);
    neap_profile_free(old);
}

static void latency_is_for_another_call(void **state)
{
    (void)state;
    struct neap_profile_options o = options("", "", "", "");
    struct neap_profile *made = NULL;
    struct neap_error error = {0};
    strcpy(o.latency, "p50=85ms p95=310ms");
    assert_int_equal(neap_profile_new(&made, "new", &o, NULL, NULL, &error), NEAP_BAD_ARGUMENT);
    assert_has(error.message, "latency: what it tells of CPU depends on the container: call");
    assert_null(made);
    o = options("", "40ms", "", "");
    strcpy(o.cpu_share, "50%");
    assert_int_equal(neap_profile_new(&made, "new", &o, NULL, NULL, &error), NEAP_BAD_SCENARIO);
    assert_has(error.message, "cpu_share: it goes with latency only");
}

static void names_are_plain(void **state)
{
    (void)state;
    static const char *const names[] = {"", "New", "a.b", "a b", "\xc3\xa9"};
    struct neap_profile_options o = options("", "40ms", "", "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct neap_profile *made = NULL;
        struct neap_error error;
        assert_int_equal(neap_profile_new(&made, names[i], &o, NULL, NULL, &error),
                         NEAP_BAD_SCENARIO);
        assert_has(error.message, "as a profile's name, expected a-z, 0-9, _ and - only");
        assert_null(made);
    }
}

static void a_bad_file_keeps_its_place_and_gets_the_key(void **state)
{
    (void)state;
    struct folder folder;
    struct neap_profile *made = NULL;
    struct neap_error error = {0};
    struct neap_profile_options o = options("", "file=s.csv", "", "");
    write_file(&folder, "s.csv", "value_ms\n1\nx\n");
    assert_int_equal(neap_profile_new(&made, "new", &o, NULL, folder.path, &error), NEAP_BAD_DATA);
    assert_string_equal(error.message, "cpu_demand: found \"x\", expected a number >= 0");
    assert_int_equal(error.line, 3);
    remove_file(&folder);
    write_file(&folder, "s.csv", "value_ms\n10\n30\n");
    made = NULL;
    assert_int_equal(neap_profile_new(&made, "new", &o, NULL, folder.path, &error), NEAP_OK);
    assert_string_equal(neap_profile_cpu_demand_text(made, 0),
                        "samples (2), mean 20 ms, cv 0.5 (file=s.csv)");
    neap_profile_free(made);
    remove_file(&folder);
}

static void every_option_is_a_parameter(void **state)
{
    (void)state;
    static const char *const names[] = {"label",        "from",      "cpu_demand",
                                        "wait",         "latency",   "cpu_speedup",
                                        "wait_speedup", "cpu_share", "latency_load"};
    const struct neap_parameter *table = neap_profile_parameters();
    struct neap_profile_options o;
    memset(&o, 'x', sizeof o);
    neap_profile_options_init(&o);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct neap_parameter *row = neap_parameter_find(table, names[i]);
        assert_non_null(row);
        assert_int_equal(row->unit, NEAP_TEXT);
        assert_true(((const char *)&o)[row->offset] == '\0');
        assert_int_equal(neap_parameter_set(row, &o, "value", NULL), NEAP_OK);
    }
    assert_string_equal(o.label, "value");
    assert_string_equal(o.wait_speedup, "value");
    assert_null(table[sizeof names / sizeof *names].name);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_with_a_mean_are_read),
        cmocka_unit_test(texts_with_percentiles_are_read),
        cmocka_unit_test(bad_texts_say_what_to_do),
        cmocka_unit_test(overlong_texts_are_refused),
        cmocka_unit_test(samples_are_read_in_every_unit),
        cmocka_unit_test(bad_samples_are_refused_with_their_place),
        cmocka_unit_test(a_missing_file_is_no_input),
        cmocka_unit_test(the_file_that_a_text_names_is_found),
        cmocka_unit_test(a_profile_is_what_its_options_say),
        cmocka_unit_test(the_least_is_a_cpu_demand),
        cmocka_unit_test(an_upgrade_divides_cpu_demand_only),
        cmocka_unit_test(a_speedup_of_one_changes_no_bit),
        cmocka_unit_test(upgrades_can_be_chained),
        cmocka_unit_test(measured_parts_replace_those_of_the_old),
        cmocka_unit_test(bad_profiles_name_the_key_at_fault),
        cmocka_unit_test(a_profile_handed_over_must_be_the_one_named),
        cmocka_unit_test(latency_is_for_another_call),
        cmocka_unit_test(names_are_plain),
        cmocka_unit_test(a_bad_file_keeps_its_place_and_gets_the_key),
        cmocka_unit_test(every_option_is_a_parameter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
