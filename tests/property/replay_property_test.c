/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold for any mixture of classes and any rolling update, tried on many random ones at
 * fixed seeds. */
#include "../unit/replay_fixture.h"

enum { SCENARIOS = 40, MINUTES = 600, CLASSES = 3 };

/* --- random scenarios ------------------------------------------------------------------------------- */

struct dice {
    struct neap_stream stream;
    uint64_t index;
};

static double between(struct dice *dice, double low, double high)
{
    return low + (high - low) * neap_stream_uniform(&dice->stream, dice->index++);
}

struct random {
    char text[2048];
    struct neap_recording *recording;
    struct neap_rollout_options rollout;
    struct setup setup;
};

static struct neap_recording *traffic_of(struct dice *dice, double most_rate)
{
    char path[] = "/tmp/neap-replay-XXXXXX";
    int descriptor = mkstemp(path);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    struct neap_recording *recording = NULL;
    struct neap_recording_options options;
    double phase = between(dice, 0, 6), turn = between(dice, 20, 400);
    double gap = between(dice, 0, 1) < 0.3 ? between(dice, 0, MINUTES - 30) : -100;
    assert_non_null(stream);
    fputs("time,requests.a,requests.b,requests.c,requests\n", stream);
    for (int i = 0; i < MINUTES; i++) {
        double rate = most_rate * (0.6 + 0.4 * sin(i / 95.0 + phase)),
               a = 0.5 + 0.5 * sin(i / turn);
        if (i > gap && i < gap + 20)
            rate = 0;
        double of_a = floor(60 * rate * a * 0.7), of_b = floor(60 * rate * (1 - a) * 0.7);
        double of_c = floor(60 * rate * 0.3 * between(dice, 0, 1));
        fprintf(stream, "%d,%.0f,%.0f,%.0f,%.0f\n", i * 60, of_a, of_b, of_c, of_a + of_b + of_c);
    }
    assert_int_equal(fclose(stream), 0);
    neap_recording_options_init(&options);
    snprintf(options.file, sizeof options.file, "%s", path);
    assert_int_equal(neap_recording_read(&recording, &options, NULL, NULL, NULL), NEAP_OK);
    unlink(path);
    return recording;
}

static void throw_dice(struct random *random, uint64_t seed)
{
    struct dice dice = {.index = 0};
    neap_stream_init(&dice.stream, seed, 0, 98);
    double rate = exp(between(&dice, log(5), log(1000)));
    double share = between(&dice, 0, 1);
    int64_t first = (int64_t)between(&dice, 100, 20000);
    memset(random, 0, sizeof *random);
    random->recording = traffic_of(&dice, rate);
    random->rollout.surge_share = share < 0.3 ? 0 : share;
    random->rollout.unavailable_share = share < 0.5 ? 0.5 * between(&dice, 0.01, 1) : 0;
    snprintf(random->text, sizeof random->text,
             "[traffic]\nfile = none\n[profile old]\ncpu_demand = mean=%.3fms cv=%.2f\n"
             "cpu_demand.b = mean=%.3fms cv=1\nwait = %.3fms\nwait.c = mean=%.3fms cv=0.5\n"
             "[profile new]\nfrom = old\ncpu_speedup = %.3f\n[profile same]\nfrom = old\n"
             "cpu_speedup = 1\n[container]\nworkers = %.0f\nstartup = p50=%.0fs p95=%.0fs\n"
             "drain = %.0fs\nwarmup = %.0fs\nwarmup_slowdown = 50%%\n"
             "[autoscaler]\ntarget_cpu = %.0f%%\nmin = 1\nmax = 3000\n[slo]\np95 = 300ms\n",
             between(&dice, 2, 60), between(&dice, 0, 1.5), between(&dice, 2, 200),
             between(&dice, 0.1, 60), between(&dice, 0.1, 90), between(&dice, 0.7, 2.5),
             floor(between(&dice, 1, 7)), floor(between(&dice, 2, 30)),
             floor(between(&dice, 31, 200)), floor(between(&dice, 0, 60)),
             between(&dice, 0, 1) < 0.5 ? 0 : 60.0, floor(between(&dice, 40, 80)));
    random->setup =
        (struct setup){.text = random->text,
                       .recording = random->recording,
                       .rollout = &random->rollout,
                       .deploy = {{first, 1}, {first + (int64_t)between(&dice, 0, 900), 0}}};
}

/* --- properties ------------------------------------------------------------------------------------- */

static void check_row(const struct neap_timeline_interval *row)
{
    assert_true(row->requests >= 0 && row->failed >= 0 && row->cpu_request_cores >= 0);
    assert_true(row->cpu_cores >= row->cpu_request_cores && row->backlog >= 0);
    assert_true(row->ready >= 0 && row->starting >= 0 && row->draining >= 0);
    assert_true(row->newest >= 0 && row->newest <= row->ready * (1 + 1e-9));
    if (row->requests > row->failed && row->requests > 0)
        assert_true(row->latency_s[0] > 0 && row->latency_s[0] <= row->latency_s[1] &&
                    row->latency_s[1] <= row->latency_s[2]);
}

static void check_sums(const struct run *run)
{
    struct neap_replay_class sum = {.requests = 0};
    for (int c = 0; c < CLASSES; c++) {
        sum.requests += run->class[c].requests;
        sum.failed += run->class[c].failed;
        sum.cpu_request_s += run->class[c].cpu_request_s;
        assert_true(run->class[c].failed >= 0 && run->class[c].cpu_request_s >= 0);
        if (run->class[c].requests > run->class[c].failed)
            assert_true(run->class[c].latency_s[1] > 0);
    }
    assert_near(sum.requests, run->summary.requests, 1e-9);
    assert_near(sum.failed, run->summary.failed_queue_full + run->summary.failed_timeout, 1e-9);
    assert_near(sum.cpu_request_s, run->summary.cpu_request_s, 1e-9);
    for (int i = 0; i < NEAP_CONTAINER_STATES; i++)
        assert_near(run->life_s[i], run->summary.container_s[i], 1e-9);
}

static void test_sums_add_up_in_any_scenario(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SCENARIOS; seed++) {
        struct random random;
        throw_dice(&random, seed);
        struct run *run = replay(&random.setup);
        check_sums(run);
        for (size_t i = 0; i < MINUTES; i++)
            check_row(&run->timeline[i]);
        neap_recording_free(random.recording);
        free(run);
    }
}

static void test_same_bytes_twice(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SCENARIOS / 4; seed++) {
        struct random random;
        throw_dice(&random, seed);
        struct run *first = replay(&random.setup), *again = replay(&random.setup);
        assert_memory_equal(first, again, sizeof *first);
        neap_recording_free(random.recording);
        free(first);
        free(again);
    }
}

/* A fleet of fixed size in which nothing fails: the versions' CPU is the same, and every container
 * is replaced once. */
static void test_deploying_the_same_changes_nothing_but_containers(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SCENARIOS; seed++) {
        struct random random;
        char text[2048];
        throw_dice(&random, seed);
        snprintf(text, sizeof text, "%.*s[autoscaler]\ntype = fixed\nreplicas = 900\n",
                 (int)(strstr(random.text, "warmup =") - random.text), random.text);
        random.setup.text = text;
        random.rollout.surge_share = 0.3;
        random.rollout.unavailable_share = 0;
        struct setup alone = {.text = text, .recording = random.recording};
        random.setup.deploy[0].profile = random.setup.deploy[1].profile = 2;
        struct run *with = replay(&random.setup), *without = replay(&alone);
        assert_near(with->summary.cpu_request_s, without->summary.cpu_request_s, 1e-6);
        assert_near(with->summary.latency_mean_s, without->summary.latency_mean_s, 1e-5);
        assert_near(with->summary.container_s[NEAP_READY], without->summary.container_s[NEAP_READY],
                    0.01);
        assert_true(with->summary.container_s[NEAP_STARTING] > 0);
        neap_recording_free(random.recording);
        free(with);
        free(without);
    }
}

static void test_classes_alike_are_one(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SCENARIOS / 2; seed++) {
        struct random random;
        struct neap_recording *whole = NULL;
        char text[2048];
        throw_dice(&random, seed);
        const char *from = strstr(random.text, "cpu_demand.b"),
                   *to = strstr(random.text, "[profile new]");
        snprintf(text, sizeof text, "%.*s%s", (int)(from - random.text), random.text, to);
        random.setup.text = text;
        assert_int_equal(neap_recording_from_array(&whole, 0, 60000000000,
                                                   neap_recording_requests(random.recording),
                                                   MINUTES, NULL),
                         NEAP_OK);
        struct run *three = replay(&random.setup);
        random.setup.recording = whole;
        struct run *one = replay(&random.setup);
        for (int i = 0; i < NEAP_CONTAINER_STATES; i++)
            assert_near(three->summary.container_s[i], one->summary.container_s[i], 1e-12);
        assert_near(three->summary.cpu_request_s, one->summary.cpu_request_s, 1e-9);
        assert_near(three->summary.latency_mean_s, one->summary.latency_mean_s, 1e-9);
        assert_near(three->summary.latency_s[1], one->summary.latency_s[1], 1e-5);
        neap_recording_free(random.recording);
        neap_recording_free(whole);
        free(three);
        free(one);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_add_up_in_any_scenario),
        cmocka_unit_test(test_same_bytes_twice),
        cmocka_unit_test(test_deploying_the_same_changes_nothing_but_containers),
        cmocka_unit_test(test_classes_alike_are_one),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
