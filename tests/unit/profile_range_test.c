/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Profiles with request classes, and profiles that are ranges. */
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

/* Keys and values in pairs, "cpu_demand.search", "40ms", up to NULL. */
struct section {
    struct neap_profile_options options;
    struct neap_profile_class_options class[8];
};

static void set(struct section *section, const char *key, const char *value)
{
    const char *dot = strchr(key, '.');
    if (dot == NULL) {
        const struct neap_parameter *row = neap_parameter_find(neap_profile_parameters(), key);
        assert_int_equal(neap_parameter_set(row, &section->options, value, NULL), NEAP_OK);
        return;
    }
    char name[32];
    size_t i = 0, count = section->options.classes;
    snprintf(name, sizeof name, "%.*s", (int)(dot - key), key);
    while (i < count && strcmp(section->class[i].name, dot + 1) != 0)
        i++;
    if (i == count) {
        neap_parameters_init(neap_profile_class_parameters(), &section->class[i]);
        section->class[i].name = dot + 1;
        section->options.classes++;
    }
    const struct neap_parameter *row = neap_parameter_find(neap_profile_class_parameters(), name);
    assert_int_equal(neap_parameter_set(row, &section->class[i], value, NULL), NEAP_OK);
}

static void read_section(struct section *section, const char *const *pairs)
{
    memset(section, 0, sizeof *section);
    neap_profile_options_init(&section->options);
    section->options.class_options = section->class;
    for (; *pairs != NULL; pairs += 2)
        set(section, pairs[0], pairs[1]);
}

static struct neap_profile *make_in(const char *directory, const char *name,
                                    const struct neap_profile *from, const char *const *pairs)
{
    struct section section;
    struct neap_profile *made = NULL;
    struct neap_error error = {0};
    read_section(&section, pairs);
    if (from != NULL)
        set(&section, "from", neap_profile_name(from));
    if (neap_profile_new(&made, name, &section.options, from, directory, &error) != NEAP_OK)
        print_error("%s: %s\n", name, error.message);
    assert_non_null(made);
    return made;
}

#define MAKE(name, from, ...) make_in(NULL, name, from, (const char *const[]){__VA_ARGS__, NULL})

static void refused(const struct neap_profile *from, const char *part, const char *const *pairs)
{
    struct section section;
    struct neap_profile *made = NULL;
    struct neap_error error = {0};
    read_section(&section, pairs);
    if (from != NULL)
        set(&section, "from", neap_profile_name(from));
    assert_int_equal(neap_profile_new(&made, "new", &section.options, from, NULL, &error),
                     NEAP_BAD_SCENARIO);
    assert_null(made);
    assert_has(error.message, part);
}

#define REFUSED(from, part, ...) refused(from, part, (const char *const[]){__VA_ARGS__, NULL})

static double cpu_mean(const struct neap_profile *profile, const char *class_name)
{
    size_t number = neap_profile_class_for(profile, class_name);
    return neap_distribution_mean(neap_profile_cpu_demand(profile, number));
}

static double wait_mean(const struct neap_profile *profile, const char *class_name)
{
    size_t number = neap_profile_class_for(profile, class_name);
    return neap_distribution_mean(neap_profile_wait(profile, number));
}

/* --- classes */

static void a_class_stands_before_all(void **state)
{
    (void)state;
    struct neap_profile *p = MAKE("old", NULL, "cpu_demand", "40ms", "wait", "10ms",
                                  "cpu_demand.search", "95ms", "wait.item", "50ms");
    assert_int_equal(neap_profile_classes(p), 3);
    assert_string_equal(neap_profile_class_name(p, 0), "all");
    assert_string_equal(neap_profile_class_name(p, 1), "search");
    assert_string_equal(neap_profile_class_name(p, 2), "item");
    assert_int_equal(neap_profile_class_for(p, "search"), 1);
    assert_int_equal(neap_profile_class_for(p, "other"), 0);
    near(cpu_mean(p, "search"), 0.095, 1e-15);
    near(wait_mean(p, "search"), 0.01, 1e-15);
    near(cpu_mean(p, "item"), 0.04, 1e-15);
    near(wait_mean(p, "item"), 0.05, 1e-15);
    near(cpu_mean(p, "feed"), 0.04, 1e-15);
    assert_false(neap_profile_is_range(p));
    neap_profile_free(p);
}

static void classes_alone_will_do(void **state)
{
    (void)state;
    struct neap_profile *p =
        MAKE("old", NULL, "wait", "10ms", "cpu_demand.search", "95ms", "cpu_demand.item", "20ms");
    assert_null(neap_profile_cpu_demand(p, 0));
    assert_true(neap_profile_class_for(p, "other") == SIZE_MAX);
    assert_true(neap_profile_class_for(p, "all") == SIZE_MAX);
    near(cpu_mean(p, "item"), 0.02, 1e-15);
    near(wait_mean(p, "item"), 0.01, 1e-15);
    struct neap_profile *new = MAKE("new", p, "cpu_speedup", "1.25");
    assert_true(neap_profile_class_for(new, "other") == SIZE_MAX);
    near(cpu_mean(new, "search"), 0.095 / 1.25, 1e-15);
    neap_profile_free(new);
    neap_profile_free(p);
    REFUSED(NULL, "cpu_demand.search: missing: give the CPU time", "wait.search", "10ms");
    REFUSED(NULL, "cpu_demand.item: missing", "cpu_demand.search", "10ms", "wait.item", "1ms");
}

static void an_upgrade_keeps_the_classes(void **state)
{
    (void)state;
    struct neap_profile *old = MAKE("old", NULL, "cpu_demand", "40ms", "wait", "10ms",
                                    "cpu_demand.search", "100ms", "wait.search", "60ms");
    struct neap_profile *new = MAKE("new", old, "cpu_speedup", "1.25", "cpu_speedup.search", "2",
                                    "wait_speedup.item", "2", "cpu_demand.fresh", "5ms");
    assert_int_equal(neap_profile_classes(new), 4);
    near(cpu_mean(new, "other"), 0.032, 1e-15);
    near(cpu_mean(new, "search"), 0.05, 1e-15);
    near(wait_mean(new, "search"), 0.06, 1e-15);
    near(cpu_mean(new, "item"), 0.032, 1e-15);
    near(wait_mean(new, "item"), 0.005, 1e-15);
    near(cpu_mean(new, "fresh"), 0.005, 1e-15);
    near(wait_mean(new, "fresh"), 0.01, 1e-15);
    struct neap_profile *newer = MAKE("newer", new, "cpu_speedup", "2");
    near(cpu_mean(newer, "search"), 0.025, 1e-15);
    near(cpu_mean(newer, "fresh"), 0.0025, 1e-15);
    near(cpu_mean(newer, "other"), 0.016, 1e-15);
    neap_profile_free(newer);
    neap_profile_free(new);
    neap_profile_free(old);
}

static void a_new_value_for_all_leaves_old_classes(void **state)
{
    (void)state;
    struct neap_profile *old =
        MAKE("old", NULL, "cpu_demand", "40ms", "cpu_demand.search", "100ms", "wait.item", "60ms");
    struct neap_profile *new = MAKE("new", old, "cpu_demand", "30ms");
    near(cpu_mean(new, "search"), 0.1, 1e-15); /* its own, and as it was */
    near(cpu_mean(new, "item"), 0.03, 1e-15);  /* had that of all, and has it */
    near(wait_mean(new, "item"), 0.06, 1e-15);
    neap_profile_free(new);
    neap_profile_free(old);
}

static void messages_name_the_class(void **state)
{
    (void)state;
    struct neap_profile *old = MAKE("old", NULL, "cpu_demand", "40ms");
    REFUSED(NULL, "cpu_demand.search: found \"40\", expected a duration", "cpu_demand", "40ms",
            "cpu_demand.search", "40");
    REFUSED(NULL, "cpu_demand.search: found \"0ms\", expected more than no CPU time", "cpu_demand",
            "40ms", "cpu_demand.search", "0ms");
    REFUSED(NULL, "wait.search: found \"x\"", "cpu_demand.search", "40ms", "wait.search", "x");
    REFUSED(NULL, "cpu_speedup.search: found \"2\" without from", "cpu_demand", "4ms",
            "cpu_speedup.search", "2");
    REFUSED(old, "cpu_speedup.search: found \"2\" beside cpu_demand", "cpu_demand.search", "4ms",
            "cpu_speedup.search", "2");
    REFUSED(old, "wait_speedup.search: found \"2%\"", "wait_speedup.search", "2%");
    REFUSED(old, "latency.search: it is for profiles whose CPU", "cpu_demand.search", "4ms",
            "latency.search", "2ms");
    REFUSED(NULL, "cpu_demand.all: no class is called all: write \"cpu_demand\"", "cpu_demand.all",
            "4ms");
    REFUSED(NULL, "wait.a b: found \"a b\" as a class's name", "cpu_demand", "4ms", "wait.a b",
            "4ms");
    neap_profile_free(old);
}

/* --- ranges */

static void cases_are(const struct neap_profile *profile, double low, double middle, double high)
{
    assert_true(neap_profile_is_range(profile));
    assert_ptr_equal(neap_profile_case(profile, NEAP_CASE_MIDDLE), profile);
    near(cpu_mean(neap_profile_case(profile, NEAP_CASE_LOW), "all"), low, 1e-14);
    near(cpu_mean(profile, "all"), middle, 1e-14);
    near(cpu_mean(neap_profile_case(profile, NEAP_CASE_HIGH), "all"), high, 1e-14);
}

static void a_range_has_three_cases(void **state)
{
    (void)state;
    struct neap_profile *old = MAKE("old", NULL, "cpu_demand", "40ms", "wait", "7ms");
    struct neap_profile *new = MAKE("new", old, "cpu_speedup", "1.08..1.40");
    double middle = sqrt(1.08 * 1.4);
    cases_are(new, 0.04 / 1.08, 0.04 / middle, 0.04 / 1.4);
    near(neap_profile_cpu_speedup(new), middle, 1e-15);
    near(neap_profile_cpu_speedup(neap_profile_case(new, NEAP_CASE_LOW)), 1.08, 0);
    near(wait_mean(neap_profile_case(new, NEAP_CASE_HIGH), "all"), 0.007, 0);
    assert_string_equal(neap_profile_range_text(new),
                        "CPU speed-up between 1.08 and 1.4, as given; middle 1.23");
    assert_int_equal(neap_profile_upgrade(neap_profile_case(new, NEAP_CASE_HIGH)),
                     NEAP_UPGRADE_CPU_SCALE);
    assert_string_equal(neap_profile_name(neap_profile_case(new, NEAP_CASE_LOW)), "new");
    neap_profile_free(new);
    new = MAKE("new", old, "cpu_speedup", "1.25", "wait_speedup", "0.9..2");
    cases_are(new, 0.032, 0.032, 0.032);
    near(wait_mean(neap_profile_case(new, NEAP_CASE_LOW), "all"), 0.007 / 0.9, 1e-15);
    assert_string_equal(neap_profile_range_text(new),
                        "wait speed-up between 0.9 and 2, as given; middle 1.34");
    neap_profile_free(new);
    neap_profile_free(old);
}

static void what_is_no_range_is_its_own_case(void **state)
{
    (void)state;
    struct neap_profile *old = MAKE("old", NULL, "cpu_demand", "40ms");
    static const char *const single[] = {"1.25", "1.25..1.25", "1.25 1.25", " 1.25"};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        struct neap_profile *new = MAKE("new", old, "cpu_speedup", single[i]);
        assert_false(neap_profile_is_range(new));
        for (int c = 0; c < NEAP_CASES; c++)
            assert_ptr_equal(neap_profile_case(new, (enum neap_case)c), new);
        assert_string_equal(neap_profile_range_text(new), "");
        assert_string_equal(neap_profile_assumption(new), "");
        assert_string_equal(neap_profile_measurement(new), "");
        near(neap_profile_cpu_speedup(new), 1.25, 1e-15);
        neap_profile_free(new);
    }
    neap_profile_free(old);
}

static void lists_have_ends_or_percentiles(void **state)
{
    (void)state;
    struct neap_profile *old = MAKE("old", NULL, "cpu_demand", "1s");
    struct neap_profile *few = MAKE("new", old, "cpu_speedup", "1.4 1.1  1.25");
    double middle = cbrt(1.1 * 1.25 * 1.4);
    cases_are(few, 1 / 1.1, 1 / middle, 1 / 1.4);
    assert_string_equal(neap_profile_range_text(few),
                        "CPU speed-up between 1.1 and 1.4, the least and the most of 3 values in a "
                        "list; middle 1.24");
    neap_profile_free(few);
    struct neap_profile *many = MAKE("new", old, "cpu_speedup", "10 1 2 3 4 5 6 7 8 9 11");
    cases_are(many, 1 / 2.0, exp(-lgamma(12) / 11), 1 / 10.0); /* type 7: places 1 and 9 of 0..10 */
    assert_has(neap_profile_range_text(many),
               "the 10th and 90th percentile of 11 values in a list");
    neap_profile_free(many);
    neap_profile_free(old);
}

struct folder {
    char path[64], file[96];
};

static void write_file(struct folder *folder, const char *name, const char *text)
{
    strcpy(folder->path, "/tmp/neap_profile_XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->file, sizeof folder->file, "%s/%s", folder->path, name);
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

static void files_of_speedups_are_read(void **state)
{
    (void)state;
    static const char *const texts[] = {"1.1\n1.4\n", "speedup\n1.4\n 1.1 \n", "factor\n1.1\n1.4\n",
                                        "benchmark,speedup,n\nmako,1.4,1\njson,1.1,2\n"};
    struct neap_profile *old = MAKE("old", NULL, "cpu_demand", "1s");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct folder folder;
        write_file(&folder, "my speedups.csv", texts[i]);
        const char *const pairs[] = {"cpu_speedup", "file=\"my speedups.csv\"", NULL};
        struct neap_profile *new = make_in(folder.path, "new", old, pairs);
        cases_are(new, 1 / 1.1, 1 / sqrt(1.1 * 1.4), 1 / 1.4);
        assert_has(neap_profile_range_text(new), "of 2 values in my speedups.csv; middle 1.24");
        neap_profile_free(new);
        remove_file(&folder);
    }
    neap_profile_free(old);
}

static void bad_files_of_speedups_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
        long line;
    } rows[] = {
        {"speedup\n1.1\nfast\n", "found \"fast\", expected a factor from 0.01 to 100", 3},
        {"speedup\n0\n", "found \"0\", expected a factor", 2},
        {"speedup\n1.1 1.2\n", "found \"1.1 1.2\", expected a factor", 2},
        {"speedup\n", "found a header only", 1},
        {"a,b\n1,2\n", "found 2 columns, expected one, or one named speedup", 1},
    };
    struct neap_profile *old = MAKE("old", NULL, "cpu_demand", "1s"), *made = NULL;
    struct section section;
    read_section(&section, (const char *const[]){"from", "old", "cpu_speedup", "file=s.csv", NULL});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        struct neap_error error = {0};
        write_file(&folder, "s.csv", rows[i].text);
        assert_int_equal(neap_profile_new(&made, "new", &section.options, old, folder.path, &error),
                         NEAP_BAD_DATA);
        assert_has(error.message, "cpu_speedup: ");
        assert_has(error.message, rows[i].part);
        assert_int_equal(error.line, rows[i].line);
        remove_file(&folder);
        assert_int_equal(neap_profile_new(&made, "new", &section.options, old, folder.path, &error),
                         NEAP_NO_INPUT);
    }
    assert_null(made);
    neap_profile_free(old);
}

static void files_that_texts_name_are_found(void **state)
{
    (void)state;
    char name[NEAP_TEXT_SIZE];
    const char *two = "file=a.csv unit=ms or p50=1ms p95=2ms or file=\"b or c.csv\"";
    assert_true(neap_profile_samples_file("file=speedups.csv", 0, name));
    assert_string_equal(name, "speedups.csv");
    assert_true(neap_profile_samples_file(two, 0, name));
    assert_string_equal(name, "a.csv");
    assert_true(neap_profile_samples_file(two, 1, name));
    assert_string_equal(name, "b or c.csv");
    assert_false(neap_profile_samples_file(two, 2, name));
    assert_false(neap_profile_samples_file("1.08..1.40", 0, name));
}

static void several_distributions_are_cases(void **state)
{
    (void)state;
    struct neap_profile *old =
        MAKE("old", NULL, "cpu_demand", "mean=40ms cv=1 or mean=50ms cv=1 or mean=43ms cv=1",
             "wait", "p50=8ms p95=20ms");
    cases_are(old, 0.05, 0.043, 0.04);
    assert_string_equal(neap_profile_range_text(old),
                        "CPU demand with a mean between 40ms and 50ms, one of 3 distributions; "
                        "middle 43ms");
    struct neap_profile *new = MAKE("new", old, "cpu_speedup", "1.25");
    cases_are(new, 0.04, 0.0344, 0.032);
    assert_has(neap_profile_range_text(new),
               "old: CPU demand with a mean between 40ms and 50ms, one of 3");
    assert_has(neap_profile_cpu_demand_text(neap_profile_case(new, NEAP_CASE_LOW), 0),
               "mean 40 ms, cv 1 (old / 1.25)");
    struct neap_profile *both = MAKE("both", old, "cpu_speedup", "1.25..2");
    cases_are(both, 0.04, 0.043 / sqrt(2.5), 0.02);
    neap_profile_free(both);
    struct neap_profile *anew = MAKE("anew", old, "cpu_demand", "30ms", "wait", "none");
    assert_false(neap_profile_is_range(anew)); /* nothing is left of what varied */
    neap_profile_free(anew);
    neap_profile_free(new);
    neap_profile_free(old);
    old = MAKE("old", NULL, "cpu_demand", "40ms", "wait", "none or 10ms");
    near(wait_mean(neap_profile_case(old, NEAP_CASE_LOW), "all"), 0.01, 0);
    near(wait_mean(neap_profile_case(old, NEAP_CASE_HIGH), "all"), 0, 0);
    neap_profile_free(old);
}

static void classes_can_be_ranges(void **state)
{
    (void)state;
    struct neap_profile *old =
        MAKE("old", NULL, "cpu_demand", "40ms", "cpu_demand.search", "100ms");
    struct neap_profile *new =
        MAKE("new", old, "cpu_speedup", "1.25", "cpu_speedup.search", "1..4");
    const struct neap_profile *low = neap_profile_case(new, NEAP_CASE_LOW);
    near(cpu_mean(low, "search"), 0.1, 1e-15);
    near(cpu_mean(low, "other"), 0.032, 1e-15);
    near(cpu_mean(new, "search"), 0.05, 1e-15);
    near(cpu_mean(neap_profile_case(new, NEAP_CASE_HIGH), "search"), 0.025, 1e-15);
    assert_string_equal(neap_profile_range_text(new),
                        "CPU speed-up of search between 1 and 4, as given; middle 2");
    neap_profile_free(new);
    neap_profile_free(old);
}

static void the_parameters_of_a_class_are_those_of_all(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct neap_parameter *row = neap_profile_class_parameters(); row->name != NULL;
         row++, count++)
        assert_non_null(neap_parameter_find(neap_profile_parameters(), row->name));
    assert_int_equal(count, 5);
    assert_string_equal(neap_case_name(NEAP_CASE_LOW), "low");
    assert_string_equal(neap_case_name(NEAP_CASE_HIGH), "high");
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_stands_before_all),
        cmocka_unit_test(classes_alone_will_do),
        cmocka_unit_test(an_upgrade_keeps_the_classes),
        cmocka_unit_test(a_new_value_for_all_leaves_old_classes),
        cmocka_unit_test(messages_name_the_class),
        cmocka_unit_test(a_range_has_three_cases),
        cmocka_unit_test(what_is_no_range_is_its_own_case),
        cmocka_unit_test(lists_have_ends_or_percentiles),
        cmocka_unit_test(files_of_speedups_are_read),
        cmocka_unit_test(bad_files_of_speedups_are_refused),
        cmocka_unit_test(files_that_texts_name_are_found),
        cmocka_unit_test(several_distributions_are_cases),
        cmocka_unit_test(classes_can_be_ranges),
        cmocka_unit_test(the_parameters_of_a_class_are_those_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
