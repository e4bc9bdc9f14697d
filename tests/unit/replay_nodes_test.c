/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nodes: what fits on one, who goes where, when nodes come and go, and that nothing is lost on the
 * way. */
#include "replay_fixture.h"

#include "replay/fleet.h"

#define SERVICE                                                                         \
    "[traffic]\nfile = none\n[profile old]\ncpu_demand = mean=40ms cv=1\nwait = 20ms\n" \
    "[profile same]\nfrom = old\ncpu_speedup = 1\n[metrics]\nnoise = off\n"
#define FOLLOW    "[autoscaler]\ntype = hpa\ntarget_cpu = 60%\nmin = 2\nmax = 200\n"
#define CONTAINER "[container]\nworkers = 4\nstartup = 30s\ndrain = 20s\n"
#define REQUEST   "[run]\nengine = request\n"

static const int64_t second = 1000000000;
static const struct neap_rollout_options surge_only = {.surge_share = 0.25};

static double waves(size_t class, double minute)
{
    (void)class;
    return 120 + 90 * sin(minute / 25);
}
static double jump(size_t class, double minute)
{
    (void)class;
    return minute < 30 ? 20 : 200;
}
static double fall(size_t class, double minute)
{
    (void)class;
    return minute < 30 ? 200 : 20;
}

/* --- what fits ---------------------------------------------------------------------------------- */

static void sizes(struct neap_nodes_options *nodes, struct neap_container_options *container)
{
    neap_nodes_options_init(nodes);
    neap_container_options_init(container);
    nodes->vcpu = 4;
    container->cpu_request = 0.5;
}

static void test_the_scarcest_says_how_many_fit(void **state)
{
    struct neap_nodes_options nodes;
    struct neap_container_options container;
    (void)state;
    sizes(&nodes, &container);
    assert_int_equal(neap_nodes_slots(&nodes, &container), 8);
    nodes.daemon_cpu_cores = 0.1;
    assert_int_equal(neap_nodes_slots(&nodes, &container), 7);
    nodes.memory_bytes = 16e9;
    nodes.daemon_memory_bytes = 1e9;
    assert_int_equal(neap_nodes_slots(&nodes, &container), 7); /* theirs is not known */
    container.memory_bytes = 3e9;
    assert_int_equal(neap_nodes_slots(&nodes, &container), 5);
    nodes.pods = 2;
    assert_int_equal(neap_nodes_slots(&nodes, &container), 2);
    sizes(&nodes, &container);
    nodes.vcpu = 1;
    container.cpu_request = 0.1;
    assert_int_equal(neap_nodes_slots(&nodes, &container), 10);
}

static void test_few_use_less_than_half(void **state)
{
    struct neap_nodes_options nodes;
    struct neap_container_options container;
    (void)state;
    sizes(&nodes, &container);
    assert_int_equal(neap_nodes_few(&nodes, &container), 3); /* 4 of 8 are half */
    nodes.vcpu = 4.4;
    assert_int_equal(neap_nodes_few(&nodes, &container), 4);
    nodes.vcpu = 0.6;
    assert_int_equal(neap_nodes_few(&nodes, &container), 0);
    nodes.vcpu = 100;
    nodes.pods = 10;
    assert_int_equal(neap_nodes_few(&nodes, &container), 9); /* one that is full is not spare */
}

static void test_nodes_too_small_are_refused(void **state)
{
    struct neap_nodes_options nodes;
    struct neap_container_options container;
    struct neap_error error = {0};
    (void)state;
    sizes(&nodes, &container);
    nodes.daemon_cpu_cores = 3.6;
    assert_int_equal(neap_nodes_check(&nodes, &container, &error), NEAP_BAD_SCENARIO);
    assert_non_null(strstr(error.message, "vcpu: a node has no room"));
    sizes(&nodes, &container);
    nodes.memory_bytes = 1e9;
    assert_int_equal(neap_nodes_check(&nodes, &container, &error), NEAP_BAD_SCENARIO);
    assert_non_null(strstr(error.message, "container.memory"));
    container.memory_bytes = 2e9;
    assert_int_equal(neap_nodes_check(&nodes, &container, &error), NEAP_BAD_SCENARIO);
    assert_non_null(strstr(error.message, "memory: a node has no room"));
    sizes(&nodes, &container);
    nodes.min = 3;
    nodes.max = 2;
    assert_int_equal(neap_nodes_check(&nodes, &container, &error), NEAP_BAD_SCENARIO);
}

/* --- one by one ----------------------------------------------------------------------------------- */

struct yard {
    struct neap_nodes_options options;
    struct neap_container_options container;
    struct neap_distribution *startup;
    struct neapi_nodes nodes;
};

/* Nodes of eight, ready 100 s after they were asked for, that go after 600 s. */
static void open_yard(struct yard *yard, int64_t count, double min, double max)
{
    sizes(&yard->options, &yard->container);
    yard->options.min = min;
    yard->options.max = max;
    assert_int_equal(neap_profile_read_distribution(&yard->startup, "100s", NULL, NULL), NEAP_OK);
    struct neap_replay_inputs inputs = {
        .nodes = &yard->options, .node_startup = yard->startup, .container = &yard->container};
    assert_int_equal(neapi_nodes_new(&yard->nodes, &inputs, 400, 1, NULL), NEAP_OK);
    neapi_nodes_reset(&yard->nodes, 0, count);
}

static void close_yard(struct yard *yard)
{
    neapi_nodes_free(&yard->nodes);
    neap_distribution_free(yard->startup);
}

/* Ready nodes that hold so many. */
static int64_t holding(const struct neapi_nodes *nodes, int64_t held)
{
    int64_t count = 0;
    for (size_t i = 0; i < nodes->made; i++)
        count += nodes->node[i].state == NEAPI_NODE_READY && nodes->node[i].held == held;
    return count;
}

static void test_the_fullest_node_with_room_comes_first(void **state)
{
    struct yard yard;
    (void)state;
    open_yard(&yard, 20, 0, (double)NAN);
    assert_int_equal(yard.nodes.ready_count, 3); /* 8 8 4 */
    assert_int_equal(yard.nodes.room, 4);
    neapi_nodes_release(&yard.nodes, 3, 0); /* 7 7 3, rather: 7 6 4 or 7 7 4 less one */
    assert_int_equal(yard.nodes.room, 7);
    assert_int_equal(holding(&yard.nodes, 4), 1); /* the emptiest is left alone */
    assert_int_equal(neapi_nodes_place(&yard.nodes, 3, 0), 3);
    assert_int_equal(holding(&yard.nodes, 8), 2); /* and gets none before the others are full */
    assert_int_equal(neapi_nodes_place(&yard.nodes, 10, 0), 4);
    assert_int_equal(yard.nodes.room, 0);
    close_yard(&yard);
}

static void test_as_many_start_as_are_needed(void **state)
{
    struct yard yard;
    (void)state;
    open_yard(&yard, 8, 0, 4);
    neapi_nodes_ask(&yard.nodes, 5, 0);
    assert_int_equal(yard.nodes.starting_count, 1);
    neapi_nodes_ask(&yard.nodes, 8, 0); /* there is room for them on it */
    assert_int_equal(yard.nodes.starting_count, 1);
    neapi_nodes_ask(&yard.nodes, 9, 0);
    assert_int_equal(yard.nodes.starting_count, 2);
    neapi_nodes_ask(&yard.nodes, 100, 0); /* max */
    assert_int_equal(yard.nodes.starting_count, 3);
    neapi_nodes_find_next(&yard.nodes, 0);
    assert_int_equal(yard.nodes.next_ns, 100 * second);
    neapi_nodes_advance(&yard.nodes, 100 * second);
    assert_int_equal(yard.nodes.starting_count, 0);
    assert_int_equal(yard.nodes.room, 24);
    close_yard(&yard);
}

static void test_an_empty_node_goes_after_the_delay(void **state)
{
    struct yard yard;
    (void)state;
    open_yard(&yard, 16, 1, (double)NAN);
    neapi_nodes_release(&yard.nodes, 16, 50 * second);
    neapi_nodes_find_next(&yard.nodes, 50 * second);
    assert_int_equal(yard.nodes.next_ns, 650 * second);
    neapi_nodes_advance(&yard.nodes, 649 * second);
    assert_int_equal(yard.nodes.ready_count, 2);
    neapi_nodes_advance(&yard.nodes, 650 * second);
    assert_int_equal(yard.nodes.ready_count, 1); /* min */
    assert_int_equal(yard.nodes.room, 8);
    close_yard(&yard);
}

static void test_a_node_in_use_again_stays(void **state)
{
    struct yard yard;
    (void)state;
    open_yard(&yard, 8, 0, (double)NAN);
    neapi_nodes_release(&yard.nodes, 6, 0);
    assert_int_equal(neapi_nodes_place(&yard.nodes, 6, 300 * second), 6);
    neapi_nodes_release(&yard.nodes, 8, 400 * second);
    neapi_nodes_advance(&yard.nodes, 999 * second);
    assert_int_equal(yard.nodes.ready_count, 1);
    neapi_nodes_advance(&yard.nodes, 1000 * second);
    assert_int_equal(yard.nodes.ready_count, 0);
    close_yard(&yard);
}

static void test_a_node_with_few_is_spare_when_they_fit_elsewhere(void **state)
{
    struct yard yard;
    (void)state;
    open_yard(&yard, 19, 0, (double)NAN); /* 8 8 3 */
    assert_true(neapi_nodes_spare(&yard.nodes, 599 * second) == SIZE_MAX);
    assert_true(neapi_nodes_spare(&yard.nodes, 600 * second) == SIZE_MAX); /* no room */
    neapi_nodes_release(&yard.nodes, 3, 600 * second);
    size_t spare = neapi_nodes_spare(&yard.nodes, 600 * second);
    assert_true(spare != SIZE_MAX);
    assert_int_equal(yard.nodes.node[spare].held, 3);
    neapi_nodes_leave(&yard.nodes, spare, 630 * second);
    assert_int_equal(neapi_nodes_place(&yard.nodes, 3, 600 * second), 3);
    assert_int_equal(yard.nodes.ready_count, 2);
    neapi_nodes_advance(&yard.nodes, 630 * second);
    assert_int_equal(yard.nodes.leaving_count, 0);
    close_yard(&yard);
}

/* --- any order of things -------------------------------------------------------------------------- */

static void check_sums(const struct neapi_nodes *nodes, int64_t placed)
{
    int64_t held = 0, room = 0, state[4] = {0}, low = 0;
    for (size_t i = 0; i < nodes->made; i++) {
        const struct neapi_node *node = &nodes->node[i];
        state[node->state]++;
        if (node->state != NEAPI_NODE_READY)
            continue;
        assert_true(node->held >= 0 && node->held <= nodes->slots);
        assert_int_equal(node->low, node->held <= nodes->few);
        held += node->held;
        room += nodes->slots - node->held;
        low += node->low;
    }
    assert_int_equal(held, placed);
    assert_int_equal(room, nodes->room);
    assert_int_equal(state[NEAPI_NODE_STARTING], nodes->starting_count);
    assert_int_equal(state[NEAPI_NODE_READY], nodes->ready_count);
    assert_int_equal(state[NEAPI_NODE_LEAVING], nodes->leaving_count);
    int64_t since_ns = INT64_MIN;
    for (size_t i = nodes->low; i != SIZE_MAX; i = nodes->node[i].low_next, low--) {
        assert_true(nodes->node[i].low_ns >= since_ns);
        since_ns = nodes->node[i].low_ns;
    }
    assert_int_equal(low, 0);
}

static void test_sums_hold_in_any_order(void **state)
{
    struct yard yard;
    struct neap_stream stream;
    int64_t placed = 100, now_ns = 0;
    (void)state;
    open_yard(&yard, placed, 2, 60);
    neap_stream_init(&stream, 7, 0, 99);
    for (uint64_t k = 0; k < 20000; k++) {
        int64_t count = (int64_t)(neap_stream_uniform(&stream, 3 * k) * 40);
        double what = neap_stream_uniform(&stream, 3 * k + 1);
        now_ns += (int64_t)(neap_stream_uniform(&stream, 3 * k + 2) * 60e9);
        neapi_nodes_advance(&yard.nodes, now_ns);
        size_t spare = neapi_nodes_spare(&yard.nodes, now_ns);
        if (spare != SIZE_MAX) {
            int64_t held = yard.nodes.node[spare].held;
            neapi_nodes_leave(&yard.nodes, spare, now_ns + 20 * second);
            assert_int_equal(neapi_nodes_place(&yard.nodes, held, now_ns), held);
        }
        if (what < 0.5) {
            int64_t here = neapi_nodes_place(&yard.nodes, count, now_ns);
            neapi_nodes_ask(&yard.nodes, count - here, now_ns);
            placed += here;
        } else {
            count = count < placed ? count : placed;
            neapi_nodes_release(&yard.nodes, count, now_ns);
            placed -= count;
        }
        neapi_nodes_find_next(&yard.nodes, now_ns);
        assert_true(yard.nodes.next_ns > now_ns);
        check_sums(&yard.nodes, placed);
    }
    close_yard(&yard);
}

/* --- whole runs ----------------------------------------------------------------------------------- */

static struct run *run_of(const char *text, class_rule rule, size_t minutes, int64_t deploy_s)
{
    struct neap_recording *recording = record(rule, 1, minutes, 60);
    struct run *run = replay(&(struct setup){
        .text = text, .recording = recording, .rollout = &surge_only, .deploy = {{deploy_s, 1}}});
    neap_recording_free(recording);
    return run;
}

static void test_nodes_without_delay_change_nothing(void **state)
{
    static const char *const text[] = {SERVICE CONTAINER FOLLOW, SERVICE CONTAINER FOLLOW REQUEST};
    (void)state;
    for (int i = 0; i < 2; i++) {
        char with[2048];
        snprintf(with, sizeof with, "%s[nodes]\nvcpu = 8\nstartup = 0s\nconsolidate = no\n",
                 text[i]);
        struct run *free_room = run_of(text[i], waves, 240, 0);
        struct run *nodes = run_of(with, waves, 240, 0);
        for (int s = 0; s < NEAP_CONTAINER_STATES; s++)
            assert_near(nodes->summary.container_s[s], free_room->summary.container_s[s], 1e-12);
        assert_near(nodes->summary.cpu_request_s, free_room->summary.cpu_request_s, 1e-12);
        assert_int_equal(nodes->summary.peak_replicas, free_room->summary.peak_replicas);
        assert_int_equal(free_room->summary.peak_nodes, 0);
        assert_true(nodes->summary.peak_nodes > 0);
        free(free_room);
        free(nodes);
    }
}

static void test_containers_wait_for_their_node(void **state)
{
    /* 20/s rest on two, 200/s need fourteen or so; eight fit on a node */
    (void)state;
    struct run *run =
        run_of(SERVICE CONTAINER FOLLOW "[nodes]\nvcpu = 8\nstartup = 300s\n", jump, 90, 0);
    const struct neap_replay_summary *s = &run->summary;
    assert_true(s->peak_nodes >= 2);
    assert_true(s->container_s[NEAP_PENDING] > 1000);
    assert_near(s->node_s[NEAP_NODE_STARTING], 300 * round(s->node_s[NEAP_NODE_STARTING] / 300),
                1e-9);
    /* what waits is not paid for and is not ready */
    double most = 0;
    for (size_t i = 0; i < run->intervals; i++)
        most = fmax(most, run->timeline[i].starting);
    assert_true(most > 2);
    free(run);
}

static void check_run(const struct run *run)
{
    const struct neap_replay_summary *s = &run->summary;
    double timeline_s = 0;
    for (size_t i = 0; i < run->intervals; i++)
        timeline_s += 60 * run->timeline[i].nodes;
    for (int k = 0; k < NEAP_CONTAINER_STATES; k++)
        assert_near(run->life_s[k], s->container_s[k], 1e-9);
    for (int k = 0; k < NEAP_NODE_STATES; k++)
        assert_near(run->node_life_s[k], s->node_s[k], 1e-9);
    assert_near(timeline_s, s->node_s[0] + s->node_s[1], 1e-9);
}

static void test_lives_of_nodes_add_up(void **state)
{
    static const char *const text[] = {
        SERVICE CONTAINER FOLLOW "[nodes]\nvcpu = 4\nscale_in_delay = 3m\n",
        SERVICE CONTAINER FOLLOW "[nodes]\nvcpu = 4\nstartup = p50=60s p95=200s\nmax = 3\n",
        SERVICE CONTAINER FOLLOW REQUEST "[nodes]\nvcpu = 6\nscale_in_delay = 2m\nmin = 2\n",
        SERVICE "[container]\nworkers = 4\nstartup = p50=20s p95=60s\ndrain = 0s\n"
                "startup_failures = 20%\nstartup_cpu = 10s\n" FOLLOW
                "[nodes]\nvcpu = 3\nscale_in_delay = 1m\n"};
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct run *run = run_of(text[i], waves, 300, i % 2 == 0 ? 0 : 9000);
        check_run(run);
        assert_true(i != 1 || run->summary.peak_nodes <= 3);
        free(run);
    }
}

static void test_bursts_begin_when_there_is_a_node(void **state)
{
    (void)state;
    /* all of what is started has ended its start before the window does */
    struct run *run =
        run_of(SERVICE "[container]\nworkers = 4\nstartup = 30s\ndrain = 0s\nstartup_cpu = 7s\n"
                       "[nodes]\nvcpu = 3\nstartup = 90s\nconsolidate = no\n" FIXED("8"),
               waves, 120, 3600);
    assert_near(run->summary.cpu_start_s, 8 * 7, 1e-9);
    check_run(run);
    free(run);
}

static void test_consolidation_saves_nodes(void **state)
{
    (void)state;
    struct run *kept =
        run_of(SERVICE CONTAINER FOLLOW "[nodes]\nvcpu = 4\nconsolidate = no\n", fall, 180, 0);
    struct run *moved = run_of(SERVICE CONTAINER FOLLOW "[nodes]\nvcpu = 4\n", fall, 180, 0);
    assert_true(moved->summary.node_s[NEAP_NODE_READY] <
                0.8 * kept->summary.node_s[NEAP_NODE_READY]);
    assert_true(moved->timeline[179].nodes < kept->timeline[179].nodes);
    assert_near(moved->timeline[179].nodes, 1, 1e-12);
    check_run(kept);
    check_run(moved);
    free(kept);
    free(moved);
}

int main(void)
{
    gsl_set_error_handler_off();
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_scarcest_says_how_many_fit),
        cmocka_unit_test(test_few_use_less_than_half),
        cmocka_unit_test(test_nodes_too_small_are_refused),
        cmocka_unit_test(test_the_fullest_node_with_room_comes_first),
        cmocka_unit_test(test_as_many_start_as_are_needed),
        cmocka_unit_test(test_an_empty_node_goes_after_the_delay),
        cmocka_unit_test(test_a_node_in_use_again_stays),
        cmocka_unit_test(test_a_node_with_few_is_spare_when_they_fit_elsewhere),
        cmocka_unit_test(test_sums_hold_in_any_order),
        cmocka_unit_test(test_nodes_without_delay_change_nothing),
        cmocka_unit_test(test_containers_wait_for_their_node),
        cmocka_unit_test(test_lives_of_nodes_add_up),
        cmocka_unit_test(test_bursts_begin_when_there_is_a_node),
        cmocka_unit_test(test_consolidation_saves_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
