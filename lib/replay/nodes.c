/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nodes that start when containers find no room, and go when they hold none or few: the rules of
 * Kubernetes' Cluster Autoscaler, with all containers of one size. First-fit decreasing is then
 * "the fullest node with room". */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/nodes.h"
#include "replay/streams.h"

#define NONE SIZE_MAX

enum { NODES_MOST = 1 << 20 };

/* --- lists ---------------------------------------------------------------------------------------- */

static void push(struct neapi_nodes *nodes, size_t *first, size_t index)
{
    struct neapi_node *node = &nodes->node[index];
    node->before = NONE;
    node->next = *first;
    if (*first != NONE)
        nodes->node[*first].before = index;
    *first = index;
}

static void drop(struct neapi_nodes *nodes, size_t *first, size_t index)
{
    const struct neapi_node *node = &nodes->node[index];
    if (node->before == NONE)
        *first = node->next;
    else
        nodes->node[node->before].next = node->next;
    if (node->next != NONE)
        nodes->node[node->next].before = node->before;
}

static void join_low(struct neapi_nodes *nodes, size_t index, int64_t now_ns)
{
    struct neapi_node *node = &nodes->node[index];
    node->low = true;
    node->low_ns = now_ns;
    node->low_next = NONE;
    node->low_before = nodes->low_end;
    if (nodes->low_end == NONE)
        nodes->low = index;
    else
        nodes->node[nodes->low_end].low_next = index;
    nodes->low_end = index;
}

static void leave_low(struct neapi_nodes *nodes, size_t index)
{
    struct neapi_node *node = &nodes->node[index];
    if (!node->low)
        return;
    node->low = false;
    if (node->low_before == NONE)
        nodes->low = node->low_next;
    else
        nodes->node[node->low_before].low_next = node->low_next;
    if (node->low_next == NONE)
        nodes->low_end = node->low_before;
    else
        nodes->node[node->low_next].low_before = node->low_before;
}

/* A ready node that held others before, or that has just become ready. */
static void hold(struct neapi_nodes *nodes, size_t index, int64_t held, int64_t now_ns)
{
    struct neapi_node *node = &nodes->node[index];
    node->held = held;
    push(nodes, &nodes->bucket[held], index);
    if (held > nodes->few)
        leave_low(nodes, index);
    else if (!node->low)
        join_low(nodes, index, now_ns);
}

static void change(struct neapi_nodes *nodes, size_t index, int64_t held, int64_t now_ns)
{
    struct neapi_node *node = &nodes->node[index];
    drop(nodes, &nodes->bucket[node->held], index);
    nodes->room += node->held - held;
    hold(nodes, index, held, now_ns);
}

/* --- making them ---------------------------------------------------------------------------------- */

static enum neap_status make(struct neapi_nodes *nodes, struct neap_error *error)
{
    nodes->node = neapi_allocate(nodes->capacity, sizeof *nodes->node);
    nodes->bucket = neapi_allocate((size_t)nodes->slots + 1, sizeof *nodes->bucket);
    if (nodes->node == NULL || nodes->bucket == NULL) {
        neapi_nodes_free(nodes);
        return neapi_no_memory(error, "nodes");
    }
    return NEAP_OK;
}

enum neap_status neapi_nodes_new(struct neapi_nodes *nodes, const struct neap_replay_inputs *inputs,
                                 double containers_most, uint64_t seed, struct neap_error *error)
{
    const struct neap_nodes_options *options = inputs->nodes;
    *nodes = (struct neapi_nodes){.next_ns = INT64_MAX};
    if (options == NULL)
        return NEAP_OK;
    enum neap_status status = neap_nodes_check(options, inputs->container, error);
    if (status != NEAP_OK)
        return status;
    nodes->any = true;
    nodes->slots = neap_nodes_slots(options, inputs->container);
    nodes->few = options->consolidate == 1 ? neap_nodes_few(options, inputs->container) : 0;
    nodes->min = (int64_t)options->min;
    nodes->delay_ns = llround(options->scale_in_delay_s * 1e9);
    nodes->startup = inputs->node_startup;
    neap_stream_init(&nodes->starts, seed, inputs->replication, NEAPI_STREAM_NODE);
    /* those that leave or stand empty take as many again */
    double most = 4 * ceil(containers_most / (double)nodes->slots) + options->min + 16;
    most = fmin(isnan(options->max) ? most : options->max, NODES_MOST);
    nodes->max = (int64_t)most;
    nodes->capacity = (size_t)most;
    return make(nodes, error);
}

void neapi_nodes_free(struct neapi_nodes *nodes)
{
    free(nodes->node);
    free(nodes->bucket);
    nodes->node = NULL;
    nodes->bucket = NULL;
}

static int64_t all(const struct neapi_nodes *nodes)
{
    return nodes->starting_count + nodes->ready_count + nodes->leaving_count;
}

/* An entry for a new node. */
static size_t take_entry(struct neapi_nodes *nodes, int64_t now_ns)
{
    size_t index = nodes->gone;
    if (index != NONE)
        nodes->gone = nodes->node[index].next;
    else
        index = nodes->made++;
    nodes->node[index] = (struct neapi_node){.start_ns = now_ns, .ready_ns = now_ns};
    return index;
}

static void become_ready(struct neapi_nodes *nodes, size_t index, int64_t now_ns)
{
    nodes->node[index].state = NEAPI_NODE_READY;
    nodes->ready_count++;
    nodes->room += nodes->slots;
    hold(nodes, index, 0, now_ns);
}

void neapi_nodes_reset(struct neapi_nodes *nodes, int64_t now_ns, int64_t count)
{
    if (!nodes->any)
        return;
    for (int64_t held = 0; held <= nodes->slots; held++)
        nodes->bucket[held] = NONE;
    nodes->gone = nodes->starting = nodes->leaving = NONE;
    nodes->low = nodes->low_end = NONE;
    nodes->made = 0;
    nodes->started = 0;
    nodes->starting_count = nodes->ready_count = nodes->leaving_count = nodes->room = 0;
    nodes->window_start_ns = nodes->window_end_ns = INT64_MAX;
    nodes->sinks = NULL;
    int64_t needed = (count + nodes->slots - 1) / nodes->slots;
    for (int64_t k = 0; (k < needed || k < nodes->min) && k < nodes->max; k++)
        become_ready(nodes, take_entry(nodes, now_ns - INT64_C(604800000000000)), now_ns);
    neapi_nodes_place(nodes, count, now_ns);
}

/* --- lives ---------------------------------------------------------------------------------------- */

static int64_t clip(int64_t time_ns, int64_t low_ns, int64_t high_ns)
{
    return time_ns < low_ns ? low_ns : time_ns > high_ns ? high_ns : time_ns;
}

static void emit(const struct neapi_nodes *nodes, const struct neapi_node *node, int64_t end_ns)
{
    int64_t low = nodes->window_start_ns, high = nodes->window_end_ns;
    if (nodes->sinks == NULL || nodes->sinks->node == NULL || end_ns <= low)
        return;
    struct neap_node_life life = {.start_ns = clip(node->start_ns, low, high),
                                  .ready_ns = clip(node->ready_ns, low, high),
                                  .end_ns = clip(end_ns, low, high),
                                  .cut = node->start_ns < low || end_ns > high};
    if (life.ready_ns > life.end_ns)
        life.ready_ns = life.end_ns;
    nodes->sinks->node(nodes->sinks->context, &life);
}

void neapi_nodes_open_window(struct neapi_nodes *nodes, int64_t start_ns, int64_t end_ns,
                             const struct neap_replay_sinks *sinks)
{
    nodes->window_start_ns = start_ns;
    nodes->window_end_ns = end_ns;
    nodes->sinks = sinks;
}

void neapi_nodes_close_window(const struct neapi_nodes *nodes)
{
    for (size_t i = 0; i < nodes->made; i++)
        if (nodes->node[i].state != NEAPI_NODE_GONE)
            emit(nodes, &nodes->node[i], INT64_MAX);
}

/* --- changes that come with time ------------------------------------------------------------------ */

static void become_gone(struct neapi_nodes *nodes, size_t index, int64_t now_ns)
{
    struct neapi_node *node = &nodes->node[index];
    emit(nodes, node, now_ns);
    node->state = NEAPI_NODE_GONE;
    node->next = nodes->gone;
    nodes->gone = index;
}

static void end_starts(struct neapi_nodes *nodes, int64_t now_ns)
{
    size_t next;
    for (size_t i = nodes->starting; i != NONE; i = next) {
        next = nodes->node[i].next;
        if (nodes->node[i].ready_ns > now_ns)
            continue;
        drop(nodes, &nodes->starting, i);
        nodes->starting_count--;
        become_ready(nodes, i, now_ns);
    }
}

static void end_leaves(struct neapi_nodes *nodes, int64_t now_ns)
{
    size_t next;
    for (size_t i = nodes->leaving; i != NONE; i = next) {
        next = nodes->node[i].next;
        if (nodes->node[i].end_ns > now_ns)
            continue;
        drop(nodes, &nodes->leaving, i);
        nodes->leaving_count--;
        become_gone(nodes, i, now_ns);
    }
}

static bool due(const struct neapi_nodes *nodes, const struct neapi_node *node, int64_t now_ns)
{
    return now_ns - node->low_ns >= nodes->delay_ns;
}

static bool more_than_least(const struct neapi_nodes *nodes)
{
    return nodes->starting_count + nodes->ready_count > nodes->min;
}

static void end_empty(struct neapi_nodes *nodes, int64_t now_ns)
{
    size_t next;
    for (size_t i = nodes->low; i != NONE && due(nodes, &nodes->node[i], now_ns); i = next) {
        next = nodes->node[i].low_next;
        if (nodes->node[i].held > 0 || !more_than_least(nodes))
            continue;
        leave_low(nodes, i);
        drop(nodes, &nodes->bucket[0], i);
        nodes->ready_count--;
        nodes->room -= nodes->slots;
        become_gone(nodes, i, now_ns);
    }
}

void neapi_nodes_advance(struct neapi_nodes *nodes, int64_t now_ns)
{
    if (nodes->starting_count > 0)
        end_starts(nodes, now_ns);
    if (nodes->leaving_count > 0)
        end_leaves(nodes, now_ns);
    end_empty(nodes, now_ns);
}

void neapi_nodes_find_next(struct neapi_nodes *nodes, int64_t now_ns)
{
    int64_t next_ns = INT64_MAX;
    if (!nodes->any)
        return;
    for (size_t i = nodes->starting; i != NONE; i = nodes->node[i].next)
        if (nodes->node[i].ready_ns < next_ns)
            next_ns = nodes->node[i].ready_ns;
    for (size_t i = nodes->leaving; i != NONE; i = nodes->node[i].next)
        if (nodes->node[i].end_ns < next_ns)
            next_ns = nodes->node[i].end_ns;
    size_t low = nodes->low; /* what is due and still there waits for another change */
    while (low != NONE && due(nodes, &nodes->node[low], now_ns))
        low = nodes->node[low].low_next;
    if (low != NONE && nodes->node[low].low_ns + nodes->delay_ns < next_ns)
        next_ns = nodes->node[low].low_ns + nodes->delay_ns;
    nodes->next_ns = next_ns;
}

/* --- containers ----------------------------------------------------------------------------------- */

int64_t neapi_nodes_place(struct neapi_nodes *nodes, int64_t count, int64_t now_ns)
{
    int64_t placed = 0, held = nodes->slots - 1;
    while (placed < count && nodes->room > 0) {
        while (nodes->bucket[held] == NONE)
            held--; /* there is room somewhere */
        int64_t free_here = nodes->slots - held;
        int64_t here = free_here < count - placed ? free_here : count - placed;
        change(nodes, nodes->bucket[held], held + here, now_ns);
        placed += here;
    }
    return placed;
}

/* From the fullest ones evenly: one of each node that holds most, then of those that hold most then. */
void neapi_nodes_release(struct neapi_nodes *nodes, int64_t count, int64_t now_ns)
{
    for (int64_t held = nodes->slots; held > 0 && count > 0; held--)
        while (nodes->bucket[held] != NONE && count > 0) {
            change(nodes, nodes->bucket[held], held - 1, now_ns);
            count--;
        }
}

static double start_s(struct neapi_nodes *nodes)
{
    double uniform = neap_stream_uniform(&nodes->starts, nodes->started++);
    return neap_distribution_quantile(nodes->startup, uniform);
}

void neapi_nodes_ask(struct neapi_nodes *nodes, int64_t waiting, int64_t now_ns)
{
    int64_t missing = waiting - nodes->starting_count * nodes->slots;
    for (; missing > 0 && all(nodes) < nodes->max; missing -= nodes->slots) {
        size_t index = take_entry(nodes, now_ns);
        nodes->node[index].state = NEAPI_NODE_STARTING;
        nodes->node[index].ready_ns = now_ns + llround(start_s(nodes) * 1e9);
        push(nodes, &nodes->starting, index);
        nodes->starting_count++;
    }
}

/* --- nodes that hold few -------------------------------------------------------------------------- */

size_t neapi_nodes_spare(const struct neapi_nodes *nodes, int64_t now_ns)
{
    for (size_t i = nodes->low; i != NONE; i = nodes->node[i].low_next) {
        const struct neapi_node *node = &nodes->node[i];
        if (!due(nodes, node, now_ns) || !more_than_least(nodes))
            return NONE;
        int64_t elsewhere = nodes->room - (nodes->slots - node->held);
        if (node->held > 0 && elsewhere >= node->held)
            return i;
    }
    return NONE;
}

void neapi_nodes_leave(struct neapi_nodes *nodes, size_t index, int64_t end_ns)
{
    struct neapi_node *node = &nodes->node[index];
    leave_low(nodes, index);
    drop(nodes, &nodes->bucket[node->held], index);
    nodes->room -= nodes->slots - node->held;
    nodes->ready_count--;
    node->state = NEAPI_NODE_LEAVING;
    node->end_ns = end_ns;
    push(nodes, &nodes->leaving, index);
    nodes->leaving_count++;
}
