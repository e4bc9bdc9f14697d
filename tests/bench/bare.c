/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bare loops, as short as they can be. Times are whole nanoseconds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bare.h"

enum { BLOCK = 1024, BUCKETS = 8192, CONTAINERS_MOST = 64, RECENT = 16, PRESENT_MOST = 512 };

struct bare {
    struct neap_quantile_table demand, gap;
    struct neap_stream gaps, demands, picks;
    uint64_t next;
    int64_t now_ns;
    double rate;
    int64_t arrival_ns[BLOCK], demand_ns[BLOCK];
    uint32_t pick[BLOCK];
    float drawn[BLOCK];
    uint32_t count[BUCKETS];
    int64_t sum_ns;
};

static struct bare *begin(const struct bare_work *work)
{
    struct bare *b = calloc(1, sizeof *b);
    struct neap_distribution *demand = NULL, *gap = NULL;
    if (b == NULL ||
        neap_distribution_named(&demand, NEAP_FAMILY_LOGNORMAL, work->demand_s, work->cv, NULL) !=
            NEAP_OK ||
        neap_distribution_named(&gap, NEAP_FAMILY_EXPONENTIAL, 1, 1, NULL) != NEAP_OK)
        exit(EXIT_FAILURE);
    neap_quantile_table_init(&b->demand, demand);
    neap_quantile_table_init(&b->gap, gap);
    neap_distribution_free(demand);
    neap_distribution_free(gap);
    neap_stream_init(&b->gaps, 1, 0, 1);
    neap_stream_init(&b->demands, 1, 0, 2);
    neap_stream_init(&b->picks, 1, 0, 3);
    b->rate = work->rate;
    return b;
}

static double finish(struct bare *b, const struct bare_work *work)
{
    double mean_s = (double)b->sum_ns / 1e9 / (double)work->requests;
    free(b);
    return mean_s;
}

static size_t fill(struct bare *b, uint64_t left)
{
    size_t count = left < BLOCK ? (size_t)left : BLOCK;
    neap_quantile_table_draw(&b->gap, &b->gaps, b->next, b->drawn, count);
    for (size_t i = 0; i < count; i++) {
        b->now_ns += (int64_t)((double)b->drawn[i] * (1e9 / b->rate));
        b->arrival_ns[i] = b->now_ns;
    }
    neap_quantile_table_draw(&b->demand, &b->demands, b->next, b->drawn, count);
    for (size_t i = 0; i < count; i++) {
        b->demand_ns[i] = (int64_t)((double)b->drawn[i] * 1e9);
        b->pick[i] = (uint32_t)(neap_stream_bits(&b->picks, b->next + i) >> 32);
    }
    b->next += count;
    return count;
}

static inline void note(struct bare *b, int64_t latency_ns)
{
    double value = (double)latency_ns;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    b->sum_ns += latency_ns;
    b->count[(bits >> 45) & (BUCKETS - 1)]++;
}

/* --- first come, first served at each container -------------------------------------------------- */

static inline int64_t take(int64_t free_ns[BARE_WORKERS], int64_t at_ns, int64_t demand_ns)
{
    int64_t end_ns = (free_ns[0] > at_ns ? free_ns[0] : at_ns) + demand_ns, last_ns = end_ns;
    for (int w = 0; w + 1 < BARE_WORKERS; w++) {
        int64_t next_ns = free_ns[w + 1];
        free_ns[w] = next_ns < last_ns ? next_ns : last_ns;
        last_ns = next_ns < last_ns ? last_ns : next_ns;
    }
    free_ns[BARE_WORKERS - 1] = last_ns;
    return end_ns;
}

double bare_random(const struct bare_work *work)
{
    struct bare *b = begin(work);
    int64_t free_ns[CONTAINERS_MOST][BARE_WORKERS] = {{0}};
    for (uint64_t done = 0; done < work->requests;) {
        size_t count = fill(b, work->requests - done);
        for (size_t i = 0; i < count; i++) {
            size_t c = (size_t)(((uint64_t)b->pick[i] * work->containers) >> 32);
            note(b, take(free_ns[c], b->arrival_ns[i], b->demand_ns[i]) - b->arrival_ns[i]);
        }
        done += count;
    }
    return finish(b, work);
}

double bare_round_robin(const struct bare_work *work)
{
    struct bare *b = begin(work);
    int64_t free_ns[CONTAINERS_MOST][BARE_WORKERS] = {{0}};
    size_t c = 0;
    for (uint64_t done = 0; done < work->requests;) {
        size_t count = fill(b, work->requests - done);
        for (size_t i = 0; i < count; i++) {
            c = c + 1 < work->containers ? c + 1 : 0;
            note(b, take(free_ns[c], b->arrival_ns[i], b->demand_ns[i]) - b->arrival_ns[i]);
        }
        done += count;
    }
    return finish(b, work);
}

/* The last RECENT ends of a container tell how many are inside. */
double bare_two_choices(const struct bare_work *work)
{
    struct bare *b = begin(work);
    int64_t free_ns[CONTAINERS_MOST][BARE_WORKERS] = {{0}};
    int64_t end_ns[CONTAINERS_MOST][RECENT] = {{0}};
    uint32_t last[CONTAINERS_MOST] = {0};
    for (uint64_t done = 0; done < work->requests;) {
        size_t count = fill(b, work->requests - done);
        for (size_t i = 0; i < count; i++) {
            int64_t at_ns = b->arrival_ns[i];
            size_t c = (size_t)(((uint64_t)(b->pick[i] & 0xFFFF) * work->containers) >> 16);
            size_t d = (size_t)(((uint64_t)(b->pick[i] >> 16) * work->containers) >> 16);
            int inside_c = 0, inside_d = 0;
            for (int k = 0; k < RECENT; k++) {
                inside_c += end_ns[c][k] > at_ns;
                inside_d += end_ns[d][k] > at_ns;
            }
            c = inside_d < inside_c ? d : c;
            int64_t until_ns = take(free_ns[c], at_ns, b->demand_ns[i]);
            end_ns[c][last[c]++ % RECENT] = until_ns;
            note(b, until_ns - at_ns);
        }
        done += count;
    }
    return finish(b, work);
}

/* --- tournaments ------------------------------------------------------------------------------------ */

enum { LEAVES_MOST = 256, LEAF_BITS = 10 };
static const int64_t NEVER = INT64_MAX >> LEAF_BITS << LEAF_BITS;

static inline void play(int64_t *key, size_t node, int64_t winner)
{
    key[node] = winner;
    for (; node > 1; node /= 2) {
        int64_t other = key[node ^ 1];
        winner = other < winner ? other : winner;
        key[node / 2] = winner;
    }
}

double bare_central(const struct bare_work *work)
{
    struct bare *b = begin(work);
    size_t workers = work->containers * BARE_WORKERS, leaves = 2;
    int64_t key[2 * LEAVES_MOST];
    while (leaves < workers)
        leaves *= 2;
    for (size_t i = 0; i < leaves; i++)
        key[leaves + i] = i < workers ? (int64_t)i : NEVER;
    for (size_t i = leaves; i-- > 1;)
        key[i] = key[2 * i] < key[2 * i + 1] ? key[2 * i] : key[2 * i + 1];
    for (uint64_t done = 0; done < work->requests;) {
        size_t count = fill(b, work->requests - done);
        for (size_t i = 0; i < count; i++) {
            int64_t at_ns = b->arrival_ns[i], free_ns = key[1] >> LEAF_BITS;
            int64_t leaf = key[1] & ((1 << LEAF_BITS) - 1);
            int64_t end_ns = (free_ns > at_ns ? free_ns : at_ns) + b->demand_ns[i];
            play(key, leaves + (size_t)leaf, (int64_t)((uint64_t)end_ns << LEAF_BITS) | leaf);
            note(b, end_ns - at_ns);
        }
        done += count;
    }
    return finish(b, work);
}

/* --- fewest inside ------------------------------------------------------------------------------------ */

struct fewest {
    uint64_t level[PRESENT_MOST + 1];              /* containers with so many inside, a bit each */
    int64_t key[2 * CONTAINERS_MOST];              /* tournament of next ends */
    int64_t end_ns[CONTAINERS_MOST][PRESENT_MOST]; /* rings, ascending */
    uint32_t head[CONTAINERS_MOST], tail[CONTAINERS_MOST];
    int64_t free_ns[CONTAINERS_MOST][BARE_WORKERS];
    size_t least;
};

static inline void move(struct fewest *f, size_t c, size_t from, size_t to)
{
    f->level[from] &= ~(UINT64_C(1) << c);
    f->level[to] |= UINT64_C(1) << c;
}

static void let_go(struct fewest *f, int64_t at_ns)
{
    while (f->key[1] >> LEAF_BITS <= at_ns) {
        size_t c = (size_t)f->key[1] & ((1 << LEAF_BITS) - 1);
        size_t inside = f->tail[c] - ++f->head[c];
        move(f, c, inside + 1, inside);
        f->least = inside < f->least ? inside : f->least;
        int64_t next_ns = f->end_ns[c][f->head[c] % PRESENT_MOST];
        play(f->key, CONTAINERS_MOST + c,
             inside > 0 ? (int64_t)((uint64_t)next_ns << LEAF_BITS) | (int64_t)c : NEVER);
    }
}

static void let_in(struct fewest *f, size_t c, int64_t end_ns)
{
    size_t inside = f->tail[c] - f->head[c];
    uint32_t place = f->tail[c]++;
    for (; place != f->head[c] && f->end_ns[c][(place - 1) % PRESENT_MOST] > end_ns; place--)
        f->end_ns[c][place % PRESENT_MOST] = f->end_ns[c][(place - 1) % PRESENT_MOST];
    f->end_ns[c][place % PRESENT_MOST] = end_ns;
    move(f, c, inside, inside + 1);
    if (place == f->head[c])
        play(f->key, CONTAINERS_MOST + c, (int64_t)((uint64_t)end_ns << LEAF_BITS) | (int64_t)c);
}

static size_t pick_of(uint64_t set, uint32_t pick)
{
    int turn = (int)(pick & 63), bit = 0;
    uint64_t turned = set >> turn | set << ((64 - turn) & 63);
    while ((turned & 1) == 0) {
        turned >>= 1;
        bit++;
    }
    return (size_t)((bit + turn) & 63);
}

double bare_least_outstanding(const struct bare_work *work)
{
    struct bare *b = begin(work);
    struct fewest *f = calloc(1, sizeof *f);
    if (f == NULL)
        exit(EXIT_FAILURE);
    for (size_t i = 1; i < 2 * CONTAINERS_MOST; i++)
        f->key[i] = NEVER;
    for (size_t c = 0; c < work->containers; c++)
        f->level[0] |= UINT64_C(1) << c;
    for (uint64_t done = 0; done < work->requests;) {
        size_t count = fill(b, work->requests - done);
        for (size_t i = 0; i < count; i++) {
            int64_t at_ns = b->arrival_ns[i];
            let_go(f, at_ns);
            while (f->level[f->least] == 0)
                f->least++;
            size_t c = pick_of(f->level[f->least], b->pick[i]);
            int64_t end_ns = take(f->free_ns[c], at_ns, b->demand_ns[i]);
            let_in(f, c, end_ns);
            note(b, end_ns - at_ns);
        }
        done += count;
    }
    free(f);
    return finish(b, work);
}

/* --- processor sharing ---------------------------------------------------------------------------------- */

struct sharing {
    int64_t now_ns;
    double attained;
    size_t count;
    double end[PRESENT_MOST]; /* attained service at which each ends, descending */
    int64_t arrival_ns[PRESENT_MOST];
};

static void let_share(struct bare *b, struct sharing *s, int64_t to_ns)
{
    while (s->count > 0) {
        double left_ns = (s->end[s->count - 1] - s->attained) * (double)s->count;
        if (left_ns > (double)(to_ns - s->now_ns)) {
            s->attained += (double)(to_ns - s->now_ns) / (double)s->count;
            break;
        }
        s->now_ns += (int64_t)left_ns;
        s->attained = s->end[--s->count];
        note(b, s->now_ns - s->arrival_ns[s->count]);
    }
    s->now_ns = to_ns;
}

double bare_sharing(const struct bare_work *work)
{
    struct bare *b = begin(work);
    struct sharing *container = calloc(work->containers, sizeof *container);
    if (container == NULL)
        exit(EXIT_FAILURE);
    for (uint64_t done = 0; done < work->requests;) {
        size_t count = fill(b, work->requests - done);
        for (size_t i = 0; i < count; i++) {
            size_t c = (size_t)(((uint64_t)b->pick[i] * work->containers) >> 32);
            struct sharing *s = &container[c];
            let_share(b, s, b->arrival_ns[i]);
            double end = s->attained + (double)b->demand_ns[i];
            size_t place = s->count++;
            for (; place > 0 && s->end[place - 1] < end; place--) {
                s->end[place] = s->end[place - 1];
                s->arrival_ns[place] = s->arrival_ns[place - 1];
            }
            s->end[place] = end;
            s->arrival_ns[place] = b->arrival_ns[i];
        }
        done += count;
    }
    free(container);
    return finish(b, work);
}
