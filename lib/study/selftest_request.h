/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request engine against the published tables: a row becomes a plan, a plan one long run of a
 * pool, and the run a z-score for each quantity: its distance from the table in standard errors. */
#ifndef NEAP_STUDY_SELFTEST_REQUEST_H
#define NEAP_STUDY_SELFTEST_REQUEST_H

#include "study/selftest.h"
#include "study/selftest_source.h"

enum {
    NEAPI_BATCHES = 32,
    NEAPI_STRETCH_REQUESTS = 512, /* on average */
    NEAPI_WANTED_MOST = 12,
    NEAPI_WHY_SIZE = 400
};

enum neapi_measure {
    NEAPI_RESPONSE,        /* mean, of those served, s */
    NEAPI_RESPONSE_SQUARE, /* mean square, s^2 */
    NEAPI_WITHIN,          /* share of those served whose response is at most at_s */
    NEAPI_REFUSED,         /* share of those offered */
    NEAPI_PRESENT,         /* mean number, looked at between stretches */
    NEAPI_WAITING,
    NEAPI_CORES /* CPU time used per time */
};

struct neapi_wanted {
    const char *column;
    enum neapi_measure measure;
    double value;
    double at_s;  /* NEAPI_WITHIN */
    double doubt; /* standard error of the table itself: of value, or of at_s where there is one */
};

struct neapi_plan {
    const char *kernel; /* that serves it, as reports call it */
    struct neap_pool_options pool;
    size_t containers;
    struct neapi_traffic traffic;
    double rate;       /* requests per s */
    double service_s;  /* mean time at full speed */
    double relaxation; /* requests in which the pool forgets about as much as it keeps */
    double rarest;     /* mean wait, in standard deviations of the service time; NaN: not asked */
    struct neapi_wanted wanted[NEAPI_WANTED_MOST];
    size_t wanted_count;
};

/* What was found, quantity by quantity. */
struct neapi_scores {
    double z[NEAPI_WANTED_MOST]; /* NaN: nothing to say */
    double got[NEAPI_WANTED_MOST];
};

struct neapi_simulation {
    double requests; /* for each plan, in its batches */
    uint64_t seed;
    double slower; /* see struct neapi_source; 1 */
};

/* A published table whose rows can be simulated. plan fills in the row's plan number `variant` and
 * returns NULL; "" when there are no more; else the reason why this row is not simulated. */
struct neapi_simulated {
    const char *file;
    const char *(*plan)(const struct neapi_row *row, int variant, struct neapi_plan *plan);
};
extern const struct neapi_simulated neapi_simulated_queues[];     /* selftest_queues.c */
extern const struct neapi_simulated neapi_simulated_containers[]; /* selftest_containers.c */

/* Whether that many requests can resolve what is wanted: NULL, or the reason why not. Quantities
 * that are too rare are taken out of the plan. */
const char *neapi_plan_unresolved(struct neapi_plan *plan, double requests);

/* False when a law that holds exactly in every run did not: why says which. */
bool neapi_plan_run(const struct neapi_plan *plan, const struct neapi_simulation *simulation,
                    uint64_t replication, struct neapi_scores *scores, char *why, size_t size);
/* Little's law and conservation in a short run on a grid of times, where both are exact; the pool
 * is empty before and reset behind. */
bool neapi_little_holds(const struct neapi_plan *plan, struct neap_pool *pool,
                        struct neapi_source *source, char *why, size_t size);
/* What holds between any two stretches, of a pool that got that much since its reset. */
bool neapi_books_balance(const struct neap_pool *pool, const struct neapi_given *given, char *why,
                         size_t size);

/* The standard normal score as unlikely as sums x of batches whose expected value is value times y,
 * in batches; doubt is the standard error of value. */
double neapi_batches_score(const double x[], const double y[], size_t batches, double value,
                           double doubt);

#endif
