/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests that come while no container is ready, in a pool that holds them: first come, first
 * served, as many as wait at one container, and no longer than the timeout or than their clients'
 * patience. Those who give up here do not try again. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "request/door.h"

enum neap_status neapi_door_make(struct neapi_door *door, const struct neap_pool_options *o,
                                 struct neap_error *error)
{
    *door = (struct neapi_door){.size = 0};
    if (!o->holds)
        return NEAP_OK;
    double most = (double)o->waiting_most;
    door->versions = o->versions;
    door->size = (size_t)(o->queue_limit < most ? o->queue_limit : most);
    door->arrival_ns = neapi_allocate(door->size + 1, sizeof *door->arrival_ns);
    door->pick = neapi_allocate(door->size + 1, sizeof *door->pick);
    door->class_number = neapi_allocate(door->size + 1, sizeof *door->class_number);
    door->time_ns = neapi_allocate(2 * o->versions * (door->size + 1), sizeof *door->time_ns);
    door->needs = neapi_allocate(o->versions, sizeof *door->needs);
    bool made = door->arrival_ns != NULL && door->pick != NULL && door->class_number != NULL &&
                door->time_ns != NULL && door->needs != NULL;
    return made ? NEAP_OK : neapi_no_memory(error, "requests that wait for the first container");
}

void neapi_door_unmake(struct neapi_door *door)
{
    free(door->arrival_ns);
    free(door->pick);
    free(door->class_number);
    free(door->time_ns);
    free(door->needs);
}

/* Where that version's time is: CPU, or without it. */
static int64_t *times_of(const struct neapi_door *door, size_t version, size_t without_cpu)
{
    return &door->time_ns[(2 * version + without_cpu) * (door->size + 1)];
}

static void put(struct neapi_door *door, const struct neap_requests *requests, size_t i)
{
    size_t at = door->first + door->count++;
    door->arrival_ns[at] = requests->arrival_ns[i];
    door->pick[at] = requests->pick[i];
    door->class_number[at] = (uint8_t)neapi_class_of(requests, i);
    for (size_t v = 0; v < door->versions; v++) {
        times_of(door, v, 0)[at] = requests->needs[v].cpu_ns[i];
        times_of(door, v, 1)[at] = requests->needs[v].wait_ns[i];
    }
}

/* Those behind the first ones that have gone move up: as many have gone before it happens again. */
static void move_up(struct neapi_door *door)
{
    for (size_t i = 0; i < door->count; i++) {
        size_t from = door->first + i;
        door->arrival_ns[i] = door->arrival_ns[from];
        door->pick[i] = door->pick[from];
        door->class_number[i] = door->class_number[from];
        for (size_t v = 0; v < door->versions; v++) {
            times_of(door, v, 0)[i] = times_of(door, v, 0)[from];
            times_of(door, v, 1)[i] = times_of(door, v, 1)[from];
        }
    }
    door->first = 0;
}

void neapi_door_add(struct neap_pool *pool, const struct neap_requests *requests)
{
    struct neapi_door *door = &pool->door;
    for (size_t i = 0; i < requests->count; i++) {
        if (door->first + door->count == door->size && door->first > 0)
            move_up(door);
        if (door->count == door->size)
            neapi_pool_fail(pool, neapi_class_of(requests, i), NEAP_FAILED_QUEUE_FULL, 0);
        else
            put(door, requests, i);
    }
}

void neapi_door_expire(struct neap_pool *pool, int64_t now_ns)
{
    struct neapi_door *door = &pool->door;
    double patience_s = pool->options.client.patience_s;
    int64_t patience_ns = isnan(patience_s) ? INT64_MAX : llround(patience_s * 1e9);
    bool late = pool->timeout_ns <= patience_ns;
    int64_t longest_ns = late ? pool->timeout_ns : patience_ns;
    while (door->count > 0 && longest_ns < now_ns - door->arrival_ns[door->first]) {
        neapi_pool_fail_queued(pool, door->class_number[door->first],
                               late ? NEAP_FAILED_TIMEOUT : NEAP_FAILED_ABANDONED, longest_ns);
        door->first++;
        door->count--;
    }
}

void neapi_door_open(struct neap_pool *pool)
{
    struct neapi_door *door = &pool->door;
    neapi_door_expire(pool, pool->now_ns);
    size_t first = door->first;
    for (size_t v = 0; v < door->versions; v++)
        door->needs[v] =
            (struct neap_needs){times_of(door, v, 0) + first, times_of(door, v, 1) + first};
    const struct neap_requests requests = {
        door->count, door->arrival_ns + first, door->pick + first,
        pool->options.classes > 1 ? door->class_number + first : NULL, door->needs};
    door->first = door->count = 0;
    if (requests.count > 0)
        pool->kernel->add(pool, &requests);
}

double neapi_door_age_ns(const struct neapi_door *door, int64_t now_ns)
{
    double sum_ns = 0;
    for (size_t i = 0; i < door->count; i++)
        sum_ns += (double)(now_ns - door->arrival_ns[door->first + i]);
    return sum_ns;
}
