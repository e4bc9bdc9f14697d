/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A fleet of contended containers as one birth-death chain. With n = k N + r requests spread evenly
 * over N containers, r of them hold k + 1 and the others k, so that (N - r) X(k) + r X(k + 1)
 * requests leave a second, X being the throughput of a container (equivalent.c). Beyond all workers
 * the rate stays. Sums go outwards from the likeliest number until nothing more comes to them. */
#include <math.h>

#include "service/even.h"

enum { CONTAINERS_MOST = 512 }; /* more of them are as alike to these as to each other */

static const double NOTHING = 1e-11; /* of the likeliest number's weight */

struct chain {
    const struct neap_fes *fes;
    double containers, rate;
    double sum, held; /* of weights, and of weights times requests held */
};

/* A number of requests: `more` containers hold one above `each`. */
struct spread {
    int each;
    double more;
};

static struct spread spread_of(const struct chain *c, double n)
{
    double each = floor(n / c->containers);
    return (struct spread){(int)each, n - each * c->containers};
}

static double leave_rate(const struct chain *c, struct spread at)
{
    double rate = at.each > 0 ? (c->containers - at.more) * neapi_fes_rate(c->fes, at.each) : 0;
    return rate + (at.more > 0 ? at.more * neapi_fes_rate(c->fes, at.each + 1) : 0);
}

static struct spread one_more(const struct chain *c, struct spread at)
{
    at.more++;
    return at.more < c->containers ? at : (struct spread){at.each + 1, 0};
}

static struct spread one_less(const struct chain *c, struct spread at)
{
    if (at.more == 0)
        return (struct spread){at.each - 1, c->containers - 1};
    at.more--;
    return at;
}

/* The last number from which more arrive than leave. */
static double likeliest(const struct chain *c, double most)
{
    double low = 0, high = most;
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (leave_rate(c, spread_of(c, middle)) <= c->rate)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void add(struct chain *c, double n, double weight)
{
    c->sum += weight;
    c->held += n * weight;
}

static void add_below(struct chain *c, double n)
{
    struct spread at = spread_of(c, n);
    for (double weight = 1; n > 0 && weight > NOTHING; n--) {
        weight *= leave_rate(c, at) / c->rate;
        at = one_less(c, at);
        add(c, n - 1, weight);
    }
}

/* Returns the weight of the last number below `most`, 0 when the sum ended before. */
static double add_above(struct chain *c, double n, double most)
{
    struct spread at = spread_of(c, n);
    double weight = 1;
    for (n++; n < most && weight > NOTHING; n++) {
        at = one_more(c, at);
        weight *= c->rate / leave_rate(c, at);
        add(c, n, weight);
    }
    return n < most ? 0 : weight;
}

struct neapi_even neapi_even_evaluate(const struct neap_fes *fes, int workers, double containers,
                                      double load)
{
    double shown = floor(fmin(containers, CONTAINERS_MOST)), most = shown * workers;
    struct chain c = {fes, shown, load * shown * neapi_fes_rate(fes, workers), 0, 0};
    double middle = likeliest(&c, most);
    add(&c, middle, 1);
    add_below(&c, middle);
    /* all workers busy, whatever the queue: geometric from there on */
    double full = add_above(&c, middle, most) * load / (1 - load);
    add(&c, most, full);
    return (struct neapi_even){full / c.sum, c.held / c.sum / c.rate};
}
