/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pieces of work on threads: each done once, failures and stops the same for any number of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <neap/sweep.h>

#include "base/fail.h"

enum { PIECES = 200 };

struct site {
    int done[PIECES];
    size_t bad[2]; /* pieces that fail */
};

static enum neap_status one(void *context, size_t index, const struct neap_progress *progress,
                            struct neap_error *error)
{
    struct site *site = context;
    for (uint64_t step = 0; step < 10; step++)
        if (!progress->report(progress->context, step, 10))
            return neapi_fail(error, NEAP_STOPPED, "piece %zu was told to stop", index);
    site->done[index]++;
    if (index == site->bad[0] || index == site->bad[1])
        return neapi_fail(error, NEAP_BAD_DATA, "piece %zu", index);
    return NEAP_OK;
}

static struct site site_of(size_t a, size_t b)
{
    struct site site;
    memset(&site, 0, sizeof site);
    site.bad[0] = a;
    site.bad[1] = b;
    return site;
}

static struct neap_sweep sweep_of(struct site *site, int threads)
{
    return (struct neap_sweep){.piece = one, .context = site, .count = PIECES, .threads = threads};
}

static void test_every_piece_is_done_once(void **state)
{
    (void)state;
    for (int threads = 0; threads <= 4; threads++) {
        struct site site = site_of(PIECES, PIECES);
        struct neap_sweep sweep = sweep_of(&site, threads);
        assert_int_equal(neap_sweep_run(&sweep, NULL), NEAP_OK);
        for (int i = 0; i < PIECES; i++)
            assert_int_equal(site.done[i], 1);
    }
}

static void test_nothing_to_do_is_fine(void **state)
{
    struct neap_sweep sweep = {.piece = one, .count = 0};
    (void)state;
    assert_int_equal(neap_sweep_run(&sweep, NULL), NEAP_OK);
    assert_true(neap_sweep_threads() >= 1);
}

static void test_the_first_failure_is_told_whatever_the_threads(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        struct site site = site_of(31, 30);
        struct neap_sweep sweep = sweep_of(&site, threads);
        struct neap_error error = {0};
        assert_int_equal(neap_sweep_run(&sweep, &error), NEAP_BAD_DATA);
        assert_string_equal(error.message, "piece 30");
        assert_int_equal(site.done[PIECES - 1], 0);
    }
}

struct watch {
    uint64_t last, total;
    int calls, after;
};

static bool watch(void *context, uint64_t done, uint64_t total)
{
    struct watch *seen = context;
    assert_true(done >= seen->last && done <= total);
    seen->last = done;
    seen->total = total;
    return seen->calls++ < seen->after;
}

static void test_progress_rises_to_the_end(void **state)
{
    struct site site = site_of(PIECES, PIECES);
    struct watch seen = {0, 0, 0, 1000000};
    struct neap_progress progress = {watch, &seen};
    struct neap_sweep sweep = sweep_of(&site, 1);
    (void)state;
    sweep.progress = &progress;
    assert_int_equal(neap_sweep_run(&sweep, NULL), NEAP_OK);
    assert_int_equal(seen.last, seen.total);
}

static void test_a_stop_reaches_all_threads(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        struct site site = site_of(PIECES, PIECES);
        struct watch seen = {0, 0, 0, 50};
        struct neap_progress progress = {watch, &seen};
        struct neap_sweep sweep = sweep_of(&site, threads);
        struct neap_error error = {0};
        sweep.progress = &progress;
        assert_int_equal(neap_sweep_run(&sweep, &error), NEAP_STOPPED);
        assert_true(error.message[0] != '\0');
        assert_int_equal(site.done[PIECES - 1], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_piece_is_done_once),
        cmocka_unit_test(test_nothing_to_do_is_fine),
        cmocka_unit_test(test_the_first_failure_is_told_whatever_the_threads),
        cmocka_unit_test(test_progress_rises_to_the_end),
        cmocka_unit_test(test_a_stop_reaches_all_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
