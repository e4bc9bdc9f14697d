/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nodes: the machines that containers run on, all of one size. Containers are alike, so a node is
 * known by how many it holds, and nodes that hold as many are one list:
 *
 *   bucket[0]  bucket[1]  ...  bucket[slots]      ready ones by containers held
 *      low ->  those held by few, by the time since which they are      (may be taken away)
 *      starting, leaving                                                (hold none that count)
 *
 * Placing, releasing and taking away cost as much as there are nodes that change. */
#ifndef NEAP_REPLAY_NODES_H
#define NEAP_REPLAY_NODES_H

#include <neap/random.h>
#include <neap/replay.h>

enum neapi_node_state {
    NEAPI_NODE_GONE,
    NEAPI_NODE_STARTING,
    NEAPI_NODE_READY,
    NEAPI_NODE_LEAVING
};

struct neapi_node {
    enum neapi_node_state state;
    int64_t held; /* containers, draining ones included */
    int64_t start_ns, ready_ns, end_ns;
    int64_t low_ns;              /* since when it holds few */
    size_t next, before;         /* in the list of its state */
    size_t low_next, low_before; /* in that of the low ones */
    bool low;
};

struct neapi_nodes {
    bool any;           /* false: containers find room everywhere, and nothing else here is used */
    int64_t slots, few; /* containers that fit on one; a node that holds as few may be taken away */
    int64_t min, max, delay_ns;
    const struct neap_distribution *startup; /* borrowed */
    struct neap_stream starts;               /* the k-th node draws the k-th variate */
    uint64_t started;

    struct neapi_node *node;
    size_t capacity, made;
    size_t *bucket; /* first ones of lists; SIZE_MAX: empty */
    size_t gone, starting, leaving, low, low_end;
    int64_t starting_count, ready_count, leaving_count;
    int64_t room;    /* on ready nodes */
    int64_t next_ns; /* of the next change that comes with time */

    int64_t window_start_ns, window_end_ns;
    const struct neap_replay_sinks *sinks;
};

enum neap_status neapi_nodes_new(struct neapi_nodes *nodes, const struct neap_replay_inputs *inputs,
                                 double containers_most, uint64_t seed, struct neap_error *error);
void neapi_nodes_free(struct neapi_nodes *nodes);
/* As many nodes as count containers need, min at least, that have been there for long. */
void neapi_nodes_reset(struct neapi_nodes *nodes, int64_t now_ns, int64_t count);

/* From here on lives are counted; and the end of all that are open. */
void neapi_nodes_open_window(struct neapi_nodes *nodes, int64_t start_ns, int64_t end_ns,
                             const struct neap_replay_sinks *sinks);
void neapi_nodes_close_window(const struct neapi_nodes *nodes);

/* Lets starting nodes become ready, and leaving and empty ones go. */
void neapi_nodes_advance(struct neapi_nodes *nodes, int64_t now_ns);
/* Puts up to count containers on ready nodes, the fullest first; how many found room. */
int64_t neapi_nodes_place(struct neapi_nodes *nodes, int64_t count, int64_t now_ns);
/* count containers are gone, each from the node that holds most: a ReplicaSet takes those first
 * that have most of their kind beside them. */
void neapi_nodes_release(struct neapi_nodes *nodes, int64_t count, int64_t now_ns);
/* Starts as many nodes as waiting containers need beyond those that start already. */
void neapi_nodes_ask(struct neapi_nodes *nodes, int64_t waiting, int64_t now_ns);

/* A node that has held few for the delay, and whose containers fit elsewhere; SIZE_MAX when there
 * is none. */
size_t neapi_nodes_spare(const struct neapi_nodes *nodes, int64_t now_ns);
/* It takes no containers any more and is gone at end_ns; its containers are the caller's to move. */
void neapi_nodes_leave(struct neapi_nodes *nodes, size_t index, int64_t end_ns);

/* Sets next_ns, after changes. */
void neapi_nodes_find_next(struct neapi_nodes *nodes, int64_t now_ns);

#endif
