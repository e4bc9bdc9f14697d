/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * scenario: from a text to checked settings, and the list of what a result depends on. Broken
 * scenarios have a golden each in tests/golden/broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <neap.h>

#include "scenario/ini.h"
#include "scenario/manifest.h"

#define RECORDING_SHA256 "aa089ed39031b07e3ba1cb7754e21694de4e5f109996134de64fc90a7766d7df"
#define LEAST            "[traffic]\nfile = t.csv\n[profile old]\ncpu_demand = 40ms\n[autoscaler]\nmax = 9\n"
#define SHAPE            "[synth]\ndays = 1\n[profile old]\ncpu_demand = 40ms\n[autoscaler]\nmax = 9\n"

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

static void test_the_last_setting_of_a_key_counts(void **state)
{
    static const char *const settings[] = {"autoscaler.max=7", "container.vcpu=2",
                                           "autoscaler.max=5"};
    struct neap_scenario *scenario = NULL;
    struct neap_autoscaler *scaler = NULL;
    (void)state;
    assert_int_equal(
        neap_scenario_decode(&scenario, "test.ini", LEAST, strlen(LEAST), settings, 3, NULL, NULL),
        NEAP_OK);
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_max(scaler), 5);
    assert_true(neap_scenario_container(scenario)->vcpu == 2);
    assert_int_equal(neap_scenario_settings(scenario), 3);
    assert_string_equal(neap_scenario_setting(scenario, 0), "autoscaler.max=7");
    assert_null(neap_scenario_setting(scenario, 3));
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
}

static void test_a_setting_without_a_value_takes_the_key_away(void **state)
{
    struct neap_scenario *scenario =
        sound(LEAST "[container]\nvcpu = 2\n[profile new]\nfrom = old\n", "container.vcpu=");
    (void)state;
    assert_true(neap_scenario_container(scenario)->vcpu == 1);
    neap_scenario_free(scenario);
    neap_scenario_free(sound(LEAST, "price.list=")); /* nothing there to take away */
    refused(LEAST, "autoscaler.max=", 5, "max: not set");
    refused(LEAST, "profile.old.cpu_demand=", 3, "cpu_demand: missing");
    refused(LEAST, "price.lost=", 0, "did you mean list?");
}

static void test_settings_keep_what_stands_behind_the_first_equals(void **state)
{
    struct neap_scenario *scenario = sound(LEAST, "service.name=a = b; c # d");
    (void)state;
    assert_string_equal(neap_scenario_name(scenario), "a = b; c # d");
    neap_scenario_free(scenario);
}

static void test_autoscaler_gets_what_the_scenario_says(void **state)
{
    struct neap_scenario *scenario =
        sound("[traffic]\nfile = t.csv\n[profile old]\ncpu_demand = 40ms\n[autoscaler]\n"
              "type = hpa\nmin = 3\nmax = 9\ntarget_cpu = 55%\nsync = 30s\n",
              "autoscaler.scale_down.window=1m");
    struct neap_autoscaler *scaler = NULL;
    char text[64];
    (void)state;
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_min(scaler), 3);
    assert_true(neap_autoscaler_period_s(scaler) == 30);
    neap_autoscaler_format(scaler, "target_cpu", text, sizeof text);
    assert_string_equal(text, "55%");
    neap_autoscaler_format(scaler, "scale_down.window", text, sizeof text);
    assert_string_equal(text, "1m");
    assert_false(neap_autoscaler_given(scaler, "tolerance"));
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
}

static void test_inputs_of_a_replay_are_those_of_the_scenario(void **state)
{
    struct neap_scenario *scenario = sound(
        LEAST "[profile new]\nfrom = old\ncpu_speedup = 2\n[balancer]\ntype = central\n", NULL);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 1, NULL);
    (void)state;
    assert_ptr_equal(inputs.profile, neap_scenario_profile(scenario, 1));
    assert_ptr_equal(inputs.container, neap_scenario_container(scenario));
    assert_ptr_equal(inputs.slo, neap_scenario_slo(scenario));
    assert_ptr_equal(inputs.run, neap_scenario_run(scenario));
    assert_int_equal(inputs.balancer, NEAP_BALANCER_CENTRAL);
    assert_null(inputs.recording);
    neap_scenario_free(scenario);
}

static void test_clients_and_quotas_are_as_set(void **state)
{
    struct neap_scenario *scenario = sound(LEAST, NULL);
    (void)state;
    assert_true(isnan(neap_scenario_client(scenario)->patience_s)); /* waits for ever */
    assert_true(neap_scenario_client(scenario)->retries == 0);
    assert_true(neap_scenario_client(scenario)->backoff_s == 1);
    assert_true(isnan(neap_scenario_container(scenario)->quota_period_s));
    neap_scenario_free(scenario);
    scenario = sound(LEAST "[client]\npatience = 2s\nretries = 3\nbackoff = 100ms\n"
                           "[container]\nquota_period = 100ms\n",
                     NULL);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, NULL);
    assert_ptr_equal(inputs.client, neap_scenario_client(scenario));
    assert_true(inputs.client->patience_s == 2 && inputs.client->retries == 3);
    assert_true(inputs.client->backoff_s == 0.1);
    assert_true(inputs.container->quota_period_s == 0.1);
    neap_scenario_free(scenario);
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

/* inih cuts at 200 bytes with its line end: the longest line that is taken keeps its last byte. */
static void test_the_longest_line_arrives_whole(void **state)
{
    char text[1024], name[NEAP_TEXT_SIZE];
    (void)state;
    for (int length = 180; length < 210; length++) {
        snprintf(name, sizeof name, "%0*dz", length - 8, 1); /* "name = " and the z */
        snprintf(text, sizeof text, "[service]\n name = %s \n%s", name, LEAST);
        if (length > 195) {
            refused(text, NULL, 2, "expected at most 195");
            continue;
        }
        struct neap_scenario *scenario = sound(text, NULL);
        assert_string_equal(neap_scenario_name(scenario), name);
        neap_scenario_free(scenario);
    }
}

/* inih cuts a section's name at 49 bytes, so that two profiles could become one. */
static void test_long_names_of_sections_are_not_merged(void **state)
{
    char text[1024];
    (void)state;
    snprintf(text, sizeof text,
             "%s[profile %040d]\nfrom = old\n[profile %039d1]\nfrom = old\ncpu_speedup = 2\n",
             LEAST, 0, 0);
    struct neap_scenario *scenario = sound(text, NULL);
    assert_int_equal(neap_scenario_profiles(scenario), 3);
    assert_int_equal(strlen(neap_profile_name(neap_scenario_profile(scenario, 2))), 40);
    assert_true(neap_profile_cpu_speedup(neap_scenario_profile(scenario, 1)) == 1);
    neap_scenario_free(scenario);
    snprintf(text, sizeof text, "%s[profile %041d]\nfrom = old\n", LEAST, 0);
    refused(text, NULL, 7, "found a section name of 49 bytes");
}

static void test_a_long_key_is_told_not_cut(void **state)
{
    char text[1024];
    (void)state;
    snprintf(text, sizeof text, "[container]\n%064d = 1\n%s", 0, LEAST);
    refused(text, NULL, 2, "found a key of");
    snprintf(text, sizeof text, "[container]\n%062d = 1\n%s", 0, LEAST);
    refused(text, NULL, 2, "expected one of [container]");
}

/* inih ends a value at a semicolon behind a blank, and keeps quotes. */
static void test_a_value_keeps_what_is_its_own(void **state)
{
    static const struct {
        const char *written, *read;
    } row[] = {{"a;b", "a;b"},         {"a ; b", "a"},  {"a\t;b", "a"},     {"a=b", "a=b"},
               {"a: b", "a: b"},       {"a#b", "a#b"},  {"a [b]", "a [b]"}, {"\"a b\"", "\"a b\""},
               {"a;b ; c # d", "a;b"}, {"a  b", "a  b"}};
    char text[256];
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        snprintf(text, sizeof text, "[service]\nname = %s\n%s", row[i].written, LEAST);
        struct neap_scenario *scenario = sound(text, NULL);
        assert_string_equal(neap_scenario_name(scenario), row[i].read);
        neap_scenario_free(scenario);
    }
    refused("[service]\nname = a #b\n" LEAST, NULL, 2, "expected a comment behind a value");
    refused("[service]\nname = a;b #c\n" LEAST, NULL, 2, "expected a comment behind a value");
    refused("[service]\nname = ; nothing\n" LEAST, NULL, 2, "found no value");
}

static void test_bytes_that_are_no_text_are_refused(void **state)
{
    static const char nul[] = "[service]\nname = a\0b\n";
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    char text[64];
    (void)state;
    for (int byte = 1; byte < 0x20; byte++) {
        if (byte == '\t' || byte == '\n')
            continue;
        snprintf(text, sizeof text, "[service]\nname = a%cb\n", byte);
        refused(text, NULL, 2, "control byte");
    }
    assert_int_equal(
        neap_scenario_decode(&scenario, "test.ini", nul, sizeof nul - 1, NULL, 0, NULL, &error),
        NEAP_BAD_SCENARIO);
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column, 9);
    refused("\xFF\xFE[\n", NULL, 1, "UTF-16");
    neap_scenario_free(sound("[service]\nname = caf\xC3\xA9\n" LEAST, NULL));
}

static void test_a_section_without_keys_is_looked_at(void **state)
{
    (void)state;
    neap_scenario_free(sound(LEAST "[container]\n", NULL));
    refused(LEAST "[contaner]\n", NULL, 7, "did you mean [container]?");
    refused(LEAST "[tune]\n", NULL, 7, "does not act on");
    refused(LEAST "[container]\n[container]\nvcpu = 2\n", NULL, 8, "on line 7");
    refused(LEAST "[profile new]\n", NULL, 7, "cpu_demand: missing");
}

static void test_nothing_is_no_scenario(void **state)
{
    (void)state;
    refused("", NULL, 0, "found no traffic");
    refused("\n\n; a comment\n", NULL, 0, "found no traffic");
    refused("[traffic]\nfile = t.csv\n", NULL, 0, "found no profile");
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

/* A key of that section in a scenario that is sound but for it; the message of its failure, if any. */
static void try_key(const char *section, const char *key, const char *value, char message[],
                    size_t size)
{
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    char setting[NEAP_TEXT_SIZE];
    snprintf(setting, sizeof setting, "%s.%s=%s", section, key, value);
    message[0] = '\0';
    bool synthetic = strcmp(section, "synth") == 0; /* no recording beside it */
    if (decode(&scenario, synthetic ? SHAPE : LEAST, setting, &error) == NEAP_OK)
        neap_scenario_free(scenario);
    else
        snprintf(message, size, "%s", error.message);
}

/* What help lists is what the file may say: each key is known, and takes its own default. */
static void try_table(const char *section, const struct neap_parameter *row)
{
    char message[NEAP_MESSAGE_SIZE];
    for (; row->name != NULL; row++) {
        try_key(section, row->name, "?", message, sizeof message);
        if (strstr(message, "found key") != NULL)
            fail_msg("[%s] %s is listed, but not known: %s", section, row->name, message);
        if (row->initial[0] == '\0')
            continue;
        try_key(section, row->name, row->initial, message, sizeof message);
        if (message[0] != '\0')
            fail_msg("[%s] %s = %s: %s", section, row->name, row->initial, message);
    }
    try_key(section, "zebra", "1", message, sizeof message);
    assert_non_null(strstr(message, "found key \"zebra\""));
}

static void test_every_key_that_is_listed_is_known(void **state)
{
    struct neap_section section;
    (void)state;
    for (size_t i = 0; (section = neap_scenario_section(i)).name != NULL; i++)
        try_table(strncmp(section.name, "profile", 7) == 0 ? "profile.old"
                  : strncmp(section.name, "class", 5) == 0 ? "class.search"
                                                           : section.name,
                  section.parameters);
    try_table("autoscaler", neap_autoscaler_find("hpa")->parameters);
    assert_null(neap_scenario_section(1000).name);
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

/* FIPS 180-2: the digests of "abc" and of nothing. */
static void test_digests_are_those_of_the_standard(void **state)
{
    struct neapi_manifest manifest = {0};
    (void)state;
    assert_int_equal(neapi_manifest_add_bytes(&manifest, "a", "abc", 3, NULL), NEAP_OK);
    assert_int_equal(neapi_manifest_add_bytes(&manifest, "b", "", 0, NULL), NEAP_OK);
    assert_int_equal(neapi_manifest_add(&manifest, "/dev/null", NULL), NEAP_OK);
    assert_int_equal(neapi_manifest_add(&manifest, "/dev/null", NULL), NEAP_OK); /* listed once */
    assert_int_equal(manifest.count, 3);
    assert_string_equal(manifest.file[0].sha256,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(manifest.file[1].sha256,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(manifest.file[2].sha256, manifest.file[1].sha256);
    neapi_manifest_clear(&manifest);
    assert_int_equal(manifest.count, 0);
}

static char folder_name[] = "/tmp/neap-scenario-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder_name, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *stream = fopen(in_folder(name), "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

/* Samples, a price list of one's own and the recording: each relative to the scenario's folder. */
static void test_everything_that_is_read_is_listed_in_order(void **state)
{
    static const char *const names[] = {"all.ini", "cpu.csv", "pull.csv", "own.csv", "t.csv"};
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    (void)state;
    assert_non_null(mkdtemp(folder_name));
    put("t.csv", "time,requests\n0,1\n60,2\n");
    put("cpu.csv", "cpu_ms\n10\n20\n30\n");
    put("pull.csv", "pull_s\n10\n20\n30\n");
    put("own.csv", "unit,price\nvCPU-hour,0.04\n");
    put("all.ini",
        "[traffic]\nfile = t.csv\n[profile old]\ncpu_demand = file=\"cpu.csv\"\n"
        "[profile new]\ncpu_demand = file=cpu.csv\n[container]\nstartup = file=pull.csv\n"
        "[autoscaler]\nmax = 9\n[price]\nfile = own.csv\n");
    if (neap_scenario_read(&scenario, in_folder("all.ini"), NULL, 0, NULL, &error) != NEAP_OK ||
        neap_scenario_load(scenario, &error) != NEAP_OK)
        fail_msg("%s: %s", error.source, error.message);
    assert_int_equal(neap_scenario_files(scenario), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(neap_scenario_file(scenario, i).path, in_folder(names[i]));
        assert_int_equal(strlen(neap_scenario_file(scenario, i).sha256), 64);
    }
    assert_int_equal(neap_scenario_load(scenario, &error), NEAP_OK); /* a second time is nothing */
    assert_int_equal(neap_scenario_files(scenario), 5);
    neap_scenario_free(scenario);
    for (size_t i = 0; i < 5; i++)
        unlink(in_folder(names[i]));
    rmdir(folder_name);
}

static void test_a_file_that_cannot_be_a_scenario(void **state)
{
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    (void)state;
    assert_int_equal(neap_scenario_read(&scenario, "/", NULL, 0, NULL, &error), NEAP_NO_INPUT);
    assert_int_equal(neap_scenario_read(&scenario, "/dev/zero", NULL, 0, NULL, &error),
                     NEAP_BAD_SCENARIO);
    assert_non_null(strstr(error.message, "more than 1 MiB"));
    assert_null(scenario);
}

/* Each broken scenario and recording of the goldens, by the library alone: refused with and without
 * a place for the error, by the same status, with words that help. */
static void break_one(const char *path)
{
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    enum neap_status status = neap_scenario_read(&scenario, path, NULL, 0, NULL, &error), silent;
    if (status == NEAP_OK) {
        status = neap_scenario_load(scenario, &error);
        silent = neap_scenario_load(scenario, NULL);
        assert_null(neap_scenario_recording(scenario));
        neap_scenario_free(scenario);
    } else {
        assert_null(scenario);
        silent = neap_scenario_read(&scenario, path, NULL, 0, NULL, NULL);
        assert_null(scenario);
    }
    if (status == NEAP_OK || status != silent || status != error.status ||
        status == NEAP_BAD_ARGUMENT || status == NEAP_BUG)
        fail_msg("%s: status %d, without error %d", path, (int)status, (int)silent);
    if (error.source[0] == '\0' || strlen(error.message) < 20)
        fail_msg("%s: \"%s\" from \"%s\"", path, error.message, error.source);
}

static void test_broken_files_are_refused_by_the_library_too(void **state)
{
    const char *top = getenv("top_srcdir");
    char name[512], path[1024];
    int count = 0;
    (void)state;
    snprintf(name, sizeof name, "%s/tests/golden/broken", top == NULL ? "." : top);
    DIR *folder = opendir(name);
    if (folder == NULL)
        skip();
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length < 4 || strcmp(entry->d_name + length - 4, ".ini") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%.255s", name, entry->d_name);
        break_one(path);
        count++;
    }
    closedir(folder);
    assert_true(count >= 100);
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
    assert_string_equal(error.source, "--set");
    neap_scenario_free(scenario);
    scenario = sound("[traffic]\nscale = 1\nfile = /no/such/traffic.csv\n[profile old]\n"
                     "cpu_demand = 40ms\n[autoscaler]\nmax = 9\n",
                     NULL);
    assert_int_equal(neap_scenario_load(scenario, &error), NEAP_NO_INPUT);
    assert_string_equal(error.source, "test.ini"); /* told where it is named */
    assert_int_equal(error.line, 3);
    assert_int_equal(error.column, 8);
    assert_non_null(strstr(error.message, "/no/such/traffic.csv"));
    neap_scenario_free(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_fill_what_is_not_said),
        cmocka_unit_test(test_profiles_keep_the_order_of_the_file),
        cmocka_unit_test(test_a_setting_takes_the_place_of_the_file),
        cmocka_unit_test(test_the_last_setting_of_a_key_counts),
        cmocka_unit_test(test_a_setting_without_a_value_takes_the_key_away),
        cmocka_unit_test(test_settings_keep_what_stands_behind_the_first_equals),
        cmocka_unit_test(test_autoscaler_gets_what_the_scenario_says),
        cmocka_unit_test(test_inputs_of_a_replay_are_those_of_the_scenario),
        cmocka_unit_test(test_clients_and_quotas_are_as_set),
        cmocka_unit_test(test_every_autoscaler_is_the_callers_own),
        cmocka_unit_test(test_an_indented_line_is_a_key_of_its_own),
        cmocka_unit_test(test_a_long_comment_is_a_comment_to_its_end),
        cmocka_unit_test(test_a_long_line_is_told_not_cut),
        cmocka_unit_test(test_the_longest_line_arrives_whole),
        cmocka_unit_test(test_long_names_of_sections_are_not_merged),
        cmocka_unit_test(test_a_long_key_is_told_not_cut),
        cmocka_unit_test(test_a_value_keeps_what_is_its_own),
        cmocka_unit_test(test_bytes_that_are_no_text_are_refused),
        cmocka_unit_test(test_a_section_without_keys_is_looked_at),
        cmocka_unit_test(test_nothing_is_no_scenario),
        cmocka_unit_test(test_lines_of_other_systems_are_read),
        cmocka_unit_test(test_what_inih_would_take_is_refused),
        cmocka_unit_test(test_every_default_lies_in_its_range),
        cmocka_unit_test(test_every_key_that_is_listed_is_known),
        cmocka_unit_test(test_inputs_are_listed_with_their_hashes),
        cmocka_unit_test(test_digests_are_those_of_the_standard),
        cmocka_unit_test(test_everything_that_is_read_is_listed_in_order),
        cmocka_unit_test(test_a_file_that_cannot_be_a_scenario),
        cmocka_unit_test(test_broken_files_are_refused_by_the_library_too),
        cmocka_unit_test(test_a_missing_file_is_no_input),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
