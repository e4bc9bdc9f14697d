/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * scenario: from a text to checked settings, and the list of what a result depends on. Broken
 * scenarios have a golden each in tests/golden/broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <neap.h>

#define RECORDING_SHA256 "aa089ed39031b07e3ba1cb7754e21694de4e5f109996134de64fc90a7766d7df"
#define LEAST            "[traffic]\nfile = t.csv\n[profile old]\ncpu_demand = 40ms\n[autoscaler]\nmax = 9\n"

static enum neap_status decode(struct neap_scenario **scenario, const char *text,
                               const char *setting, struct neap_error *error)
{
    const char *settings[] = {setting};
    return neap_scenario_decode(scenario, "test.ini", text, strlen(text), settings,
                                setting == NULL ? 0 : 1, NULL, error);
}

static struct neap_scenario *sound(const char *text, const char *setting)
{
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    char message[1024];
    if (decode(&scenario, text, setting, &error) != NEAP_OK) {
        neap_error_format(&error, message, sizeof message);
        fail_msg("%s", message);
    }
    return scenario;
}

static void refused(const char *text, const char *setting, long line, const char *part)
{
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    if (decode(&scenario, text, setting, &error) == NEAP_OK)
        fail_msg("taken: %s", text);
    assert_null(scenario);
    if (error.line != line || strstr(error.message, part) == NULL)
        fail_msg("line %ld: %s; wanted line %ld: %s", error.line, error.message, line, part);
}

static void test_defaults_fill_what_is_not_said(void **state)
{
    struct neap_scenario *scenario = sound(LEAST, NULL);
    (void)state;
    assert_string_equal(neap_scenario_name(scenario), "service");
    assert_null(neap_scenario_zone(scenario));
    assert_null(neap_scenario_price(scenario));
    assert_null(neap_scenario_recording(scenario)); /* not before load */
    assert_string_equal(neap_scenario_autoscaler_type(scenario), "hpa");
    assert_int_equal(neap_scenario_balancer(scenario), NEAP_BALANCER_LEAST_OUTSTANDING);
    assert_true(neap_scenario_container(scenario)->vcpu == 1);
    assert_true(neap_container_cpu_request(neap_scenario_container(scenario)) == 1);
    assert_true(neap_scenario_run(scenario)->seed == 1);
    assert_true(isnan(neap_scenario_slo(scenario)->p95_s));
    neap_scenario_free(scenario);
    neap_scenario_free(NULL);
}

static void test_profiles_keep_the_order_of_the_file(void **state)
{
    struct neap_scenario *scenario = sound("[profile zebra]\ncpu_demand = 40ms\n"
                                           "[profile apple]\nfrom = zebra\ncpu_speedup = 1.5\n"
                                           "[traffic]\nfile = t.csv\n[autoscaler]\nmax = 9\n",
                                           NULL);
    (void)state;
    assert_int_equal(neap_scenario_profiles(scenario), 2);
    assert_string_equal(neap_profile_name(neap_scenario_profile(scenario, 0)), "zebra");
    assert_string_equal(neap_profile_name(neap_scenario_profile(scenario, 1)), "apple");
    assert_null(neap_scenario_profile(scenario, 2));
    neap_scenario_free(scenario);
}

static void test_a_setting_takes_the_place_of_the_file(void **state)
{
    struct neap_autoscaler *scaler = NULL;
    struct neap_scenario *scenario = sound(LEAST, "autoscaler.max=77");
    (void)state;
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_max(scaler), 77);
    assert_int_equal(neap_scenario_settings(scenario), 1);
    assert_string_equal(neap_scenario_setting(scenario, 0), "autoscaler.max=77");
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
    scenario = sound(LEAST, "profile.old.cpu_demand=mean=80ms cv=1");
    assert_true(neap_distribution_mean(
                    neap_profile_cpu_demand(neap_scenario_profile(scenario, 0), 0)) == 0.08);
    neap_scenario_free(scenario);
    refused(LEAST, "autoscaler.max", 0, "section.key=value");
    refused(LEAST, "autoscaler.mox=3", 0, "did you mean");
    refused(LEAST, "max=3", 0, "section.key=value");
}

static void test_every_autoscaler_is_the_callers_own(void **state)
{
    struct neap_autoscaler *a = NULL, *b = NULL;
    struct neap_scenario *scenario = sound(LEAST, NULL);
    (void)state;
    assert_int_equal(neap_scenario_autoscaler(scenario, &a, NULL), NEAP_OK);
    assert_int_equal(neap_scenario_autoscaler(scenario, &b, NULL), NEAP_OK);
    assert_ptr_not_equal(a, b);
    neap_autoscaler_free(a);
    neap_autoscaler_free(b);
    neap_scenario_free(scenario);
}

/* --- traps of inih ---------------------------------------------------------------------------------- */

static void test_an_indented_line_is_a_key_of_its_own(void **state)
{
    struct neap_scenario *scenario = sound("[traffic]\nfile = t.csv\n   gaps = zero\n"
                                           "[profile old]\ncpu_demand = 40ms\n"
                                           "[autoscaler]\n\tmax = 9\n",
                                           NULL);
    (void)state;
    neap_scenario_free(scenario);
}

static void test_a_long_comment_is_a_comment_to_its_end(void **state)
{
    char text[1024];
    (void)state;
    snprintf(text, sizeof text, "# %0300d nonsense = 1\n; %0400d more = 2\n%s", 0, 0, LEAST);
    neap_scenario_free(sound(text, NULL));
}

static void test_a_long_line_is_told_not_cut(void **state)
{
    char text[1024];
    (void)state;
    snprintf(text, sizeof text, "[service]\nname = %0250d\n%s", 7, LEAST);
    refused(text, NULL, 2, "bytes");
}

static void test_lines_of_other_systems_are_read(void **state)
{
    (void)state;
    neap_scenario_free(sound("\xEF\xBB\xBF[traffic]\r\nfile = t.csv\r\n[profile old]\r\n"
                             "cpu_demand = 40ms ; a comment\r\n[autoscaler]\r\nmax = 9",
                             NULL));
}

static void test_what_inih_would_take_is_refused(void **state)
{
    (void)state;
    refused("[traffic]\nfile: t.csv\n" LEAST, NULL, 2, "key = value");
    refused("[traffic\nfile = t.csv\n", NULL, 1, "bracket");
    refused("[]\nfile = t.csv\n", NULL, 1, "name");
    refused("file = t.csv\n", NULL, 1, "section");
    refused(LEAST "min = 1\nmin = 2\n", NULL, 8, "second time");
    refused(LEAST "[traffic]\nscale = 2\n", NULL, 7, "second time");
    refused(LEAST "target_cpu = 70% # high\n", NULL, 7, ";");
    refused(LEAST "= 3\n", NULL, 7, "key");
    refused(LEAST "[tune]\nlimit.p95 = 1s\n", NULL, 7, "[tune]");
}

/* --- tables ----------------------------------------------------------------------------------------- */

static void check_table(const char *section, const struct neap_parameter *row)
{
    char fields[65536];
    for (; row->name != NULL; row++) {
        struct neap_error error = {0};
        assert_true(strlen(row->meaning) > 5);
        assert_true(row->offset < sizeof fields - NEAP_TEXT_SIZE);
        if (row->initial[0] != '\0' &&
            neap_parameter_set(row, fields, row->initial, &error) != NEAP_OK)
            fail_msg("[%s] %s: %s", section, row->name, error.message);
    }
}

static void test_every_default_lies_in_its_range(void **state)
{
    struct neap_section section;
    size_t count = 0;
    (void)state;
    for (; (section = neap_scenario_section(count)).name != NULL; count++)
        check_table(section.name, section.parameters);
    assert_true(count >= 10);
    for (const struct neap_autoscaler_type *const *type = neap_autoscaler_types(); *type != NULL;
         type++)
        check_table((*type)->name, (*type)->parameters);
}

/* --- what a result depends on ------------------------------------------------------------------------- */

static void test_inputs_are_listed_with_their_hashes(void **state)
{
    char folder[] = "/tmp/neap-scenario-XXXXXX", path[64], recording[64];
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/s.ini", folder);
    snprintf(recording, sizeof recording, "%s/t.csv", folder);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(LEAST, stream);
    fclose(stream);
    stream = fopen(recording, "w");
    assert_non_null(stream);
    fputs("time,requests\n0,1\n60,2\n", stream);
    fclose(stream);
    if (neap_scenario_read(&scenario, path, NULL, 0, NULL, &error) != NEAP_OK ||
        neap_scenario_load(scenario, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    assert_int_equal(neap_scenario_files(scenario), 2);
    assert_string_equal(neap_scenario_file(scenario, 0).path, path);
    assert_string_equal(neap_scenario_file(scenario, 1).path, recording);
    /* printf 'time,requests\n0,1\n60,2\n' | sha256sum */
    assert_string_equal(neap_scenario_file(scenario, 1).sha256, RECORDING_SHA256);
    assert_null(neap_scenario_file(scenario, 2).path);
    assert_int_equal(neap_recording_count(neap_scenario_recording(scenario)), 2);
    neap_scenario_free(scenario);
    unlink(path);
    unlink(recording);
    rmdir(folder);
}

static void test_a_missing_file_is_no_input(void **state)
{
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    (void)state;
    assert_int_equal(neap_scenario_read(&scenario, "/no/such/scenario.ini", NULL, 0, NULL, &error),
                     NEAP_NO_INPUT);
    scenario = sound(LEAST, "traffic.file=/no/such/traffic.csv");
    assert_int_equal(neap_scenario_load(scenario, &error), NEAP_NO_INPUT);
    neap_scenario_free(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_fill_what_is_not_said),
        cmocka_unit_test(test_profiles_keep_the_order_of_the_file),
        cmocka_unit_test(test_a_setting_takes_the_place_of_the_file),
        cmocka_unit_test(test_every_autoscaler_is_the_callers_own),
        cmocka_unit_test(test_an_indented_line_is_a_key_of_its_own),
        cmocka_unit_test(test_a_long_comment_is_a_comment_to_its_end),
        cmocka_unit_test(test_a_long_line_is_told_not_cut),
        cmocka_unit_test(test_lines_of_other_systems_are_read),
        cmocka_unit_test(test_what_inih_would_take_is_refused),
        cmocka_unit_test(test_every_default_lies_in_its_range),
        cmocka_unit_test(test_inputs_are_listed_with_their_hashes),
        cmocka_unit_test(test_a_missing_file_is_no_input),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
