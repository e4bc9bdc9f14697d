/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * service: what a container and a row of containers do with requests: how long a request waits,
 * how far its CPU time is stretched, what one container can sustain. First the formulas; they hold
 * for any unit of time as long as it is one. */
#ifndef NEAP_SERVICE_H
#define NEAP_SERVICE_H

#include <neap/base.h>
#include <neap/profile.h>
#include <neap/random.h>

NEAP_BEGIN_DECLS

/* ============================================================================================= */
/* Formulas. All are pure. Those that return a double or a struct never fail; an argument outside
 * its stated range gives NaN.                                                                    */
/* ============================================================================================= */

/* --- laws of times ------------------------------------------------------------------------------ */

enum neap_law_kind {
    NEAP_LAW_DETERMINISTIC,
    NEAP_LAW_EXPONENTIAL,
    NEAP_LAW_GAMMA,            /* any scv > 0; scv 1/k is Erlang's law of k phases */
    NEAP_LAW_UNIFORM,          /* on 0 .. 2 means */
    NEAP_LAW_HYPEREXPONENTIAL, /* two phases of equal share of the mean; scv > 1 */
    NEAP_LAW_LOGNORMAL
};

/* A law of times for the exact formulas. scv (squared coefficient of variation) is read for the
 * gamma, hyperexponential and lognormal kinds only. */
struct neap_law {
    enum neap_law_kind kind;
    double mean_s; /* > 0 */
    double scv;
};

NEAP_API double neap_law_scv(const struct neap_law *law);
/* E[X^order], order 1..3. */
NEAP_API double neap_law_moment(const struct neap_law *law, int order);

/* --- Erlang ------------------------------------------------------------------------------------- */

/* Share of arrivals that find all servers busy when those are turned away (Erlang B). servers >= 0,
 * also fractions (the continuous extension, Jagerman 1974); offered >= 0, in erlang. */
NEAP_API double neap_erlang_b(double servers, double offered);
/* P(wait > 0) in M/M/c (Erlang C). servers > 0, also fractions; 1 when offered >= servers. */
NEAP_API double neap_erlang_c(double servers, double offered);

/* --- waiting times ------------------------------------------------------------------------------ */

/* How long a request waits for a server. */
struct neap_wait {
    double probability; /* P(W > 0) */
    double mean_s;      /* E[W given W > 0] */
    double scv;         /* squared coefficient of variation of W given W > 0 */
};

/* GI/G/c, first come first served: mean by Whitt (1993, "Approximations for the GI/G/m queue");
 * P(W > 0) by Erlang C, or by GI/M/c (and Whitt, for many servers) when scv_arrival is not 1; a gamma
 * law of the wait given that there is one. Exact for M/M/c; within a few per cent for scv up to 4
 * where waits matter.
 * servers > 0, also fractions; rho = utilisation; third_moment_ratio = E[S^3] / E[S]^3 of the
 * service time (6 for the exponential). At rho >= 1 probability is 1 and the mean infinite. */
NEAP_API struct neap_wait neap_wait_gig(double servers, double rho, double mean_service_s,
                                        double scv_arrival, double scv_service,
                                        double third_moment_ratio);
/* GI/M/c, exact (Takacs 1962). rho = mean_service_s / (servers x mean gap) < 1, servers 1..10000.
 * *sigma (may be NULL) is the root in (0, 1) of z = E exp(-servers (1 - z) gap / service). */
NEAP_API struct neap_wait neap_wait_gim(const struct neap_law *gap, int servers,
                                        double mean_service_s, double *sigma);
/* M/D/c, exact (Spitzer's identity: with fixed service times servers take turns). Servers 1..10000,
 * rho < 1 and for more than one server servers x (1 - rho)^2 >= 0.001. */
NEAP_API struct neap_wait neap_wait_mdc(int servers, double rho, double service_s);

/* P(W > t), and the t with P(W <= t) >= probability, of the gamma law; 0 <= probability < 1. */
NEAP_API double neap_wait_tail(const struct neap_wait *wait, double t);
NEAP_API double neap_wait_quantile(const struct neap_wait *wait, double probability);

/* The response time (wait + service, independent) by quadrature over the service time. Fill share
 * and weight with neap_response_nodes() once; service_s[i] = quantile of the service time at share[i]
 * (rising). Quantiles are good to within 1 %, against the wait's own law. */
enum { NEAP_RESPONSE_NODES = 128 };
NEAP_API void neap_response_nodes(double share[NEAP_RESPONSE_NODES],
                                  double weight[NEAP_RESPONSE_NODES]);
NEAP_API double neap_response_tail(const struct neap_wait *wait,
                                   const double service_s[NEAP_RESPONSE_NODES],
                                   const double weight[NEAP_RESPONSE_NODES], double t);
NEAP_API double neap_response_quantile(const struct neap_wait *wait,
                                       const double service_s[NEAP_RESPONSE_NODES],
                                       const double weight[NEAP_RESPONSE_NODES],
                                       double probability);

/* M/M/c: the response time not exceeded with that probability, exact. offered < servers. */
NEAP_API double neap_mmc_response_quantile(double servers, double offered, double mean_service_s,
                                           double probability);

/* M/D/c: the waits not exceeded with those probabilities (Franx 2001), exact. Servers 1..10000,
 * servers x (1 - rho)^2 >= 0.001, probabilities 0..0.999999; else NEAP_BAD_ARGUMENT. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_mdc_wait_quantiles(double *wait_s, int servers, double rho, double service_s,
                        const double *probability, size_t count, struct neap_error *error);

/* M/G/1. Moments by Pollaczek, Khinchine and Takacs; quantiles by inverting the transform (Abate
 * and Whitt 1995) to about 1e-9 of P(> t). 0 < rho < 1, probabilities 0..0.999999. */
struct neap_mg1 {
    double wait_mean_s, wait_variance_s2;
    double response_mean_s, response_variance_s2;
    double in_queue; /* mean requests that wait */
};
NEAP_API struct neap_mg1 neap_mg1_moments(const struct neap_law *service, double rho);
NEAP_API NEAP_MUST_CHECK enum neap_status neap_mg1_wait_quantile(double *wait_s,
                                                                 const struct neap_law *service,
                                                                 double rho, double probability,
                                                                 struct neap_error *error);
NEAP_API NEAP_MUST_CHECK enum neap_status neap_mg1_response_quantile(double *response_s,
                                                                     const struct neap_law *service,
                                                                     double rho, double probability,
                                                                     struct neap_error *error);

/* --- a queue with an end ------------------------------------------------------------------------ */

/* M/M/c/K: at most `places` requests in the system, served or waiting; more are refused. */
struct neap_loss {
    double empty_share;      /* P(no request in the system) */
    double refused_share;    /* of arrivals */
    double accepted_rate;    /* 1/s */
    double in_system;        /* mean requests */
    double in_queue;         /* mean requests that wait */
    double utilisation;      /* busy share of the servers */
    double wait_probability; /* of accepted requests */
    double wait_mean_s;      /* of accepted requests, 0 for those that do not wait */
    double response_mean_s;  /* of accepted requests */
};
/* arrival_rate > 0 (above capacity too), service_rate > 0 of one server, 1 <= servers <= places. */
NEAP_API struct neap_loss neap_loss_mmck(double arrival_rate, double service_rate, int servers,
                                         int places);
/* The wait that an accepted request does not exceed with that probability. */
NEAP_API double neap_loss_wait_quantile(double arrival_rate, double service_rate, int servers,
                                        int places, double probability);

/* --- sharing CPU -------------------------------------------------------------------------------- */

/* Processor sharing on vcpu cores, each request on at most one: time on CPU / CPU demand of any
 * request, whatever the law of the demand. Infinite at rho >= 1. */
NEAP_API double neap_sharing_slowdown(double vcpu, double rho);
/* Variance of the time on CPU of a request with that demand; vcpu 1, exponential demand (Coffman,
 * Muntz and Trotter 1970). */
NEAP_API double neap_sharing_conditional_variance(double rho, double mean_demand_s,
                                                  double demand_s);
/* Exponential demand: variance, and the time on CPU not exceeded with that probability, from the
 * chain of a tagged request. vcpu 1..1024, 0 < rho <= 0.999. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_sharing_variance(double *variance_s2, int vcpu,
                                                                double rho, double mean_demand_s,
                                                                struct neap_error *error);
NEAP_API NEAP_MUST_CHECK enum neap_status neap_sharing_quantile(double *time_s, int vcpu,
                                                                double rho, double mean_demand_s,
                                                                double probability,
                                                                struct neap_error *error);

/* --- one container ------------------------------------------------------------------------------ */

/* `workers` hold one request each, first on CPU (min(k, vcpu) cores for k requests), then in a wait
 * without CPU. Requests per second that all workers busy sustain, the bound of the arrival rate.
 * workers >= 1, vcpu > 0 (fractions too), cpu_mean_s > 0, wait_mean_s >= 0. */
NEAP_API double neap_container_capacity(int workers, double vcpu, double cpu_mean_s,
                                        double wait_mean_s);

/* What a container gives at an arrival rate. Times are of accepted requests. */
struct neap_fes_result {
    double t_mean;      /* mean response, s */
    double wq_mean;     /* mean wait for a worker, s, 0 for those that do not wait */
    double p_wait;      /* P(waits for a worker) */
    double cpu_stretch; /* time on CPU / CPU demand, >= 1 */
    double p_block;     /* share refused because the listen queue is full */
    double p_full;      /* share of time it is full; p_block, but for the correction below */
    double lq;          /* mean requests that wait for a worker */
};

/* The container as one server whose rate depends on the requests it holds (flow-equivalent server;
 * Chandy, Herzog and Woo 1975). Opaque and immutable: threads share it. */
struct neap_fes;
NEAP_API NEAP_MUST_CHECK enum neap_status neap_fes_new(struct neap_fes **fes, int workers,
                                                       double vcpu, double cpu_mean_s,
                                                       double wait_mean_s,
                                                       struct neap_error *error);
/* NULL is fine. */
NEAP_API void neap_fes_free(struct neap_fes *fes);
/* scv_holding corrects for holding times (CPU demand + wait) that are not exponential; 1 leaves the
 * plain method. listen_queue: requests that may wait, INFINITY for no end; without an end an
 * arrival_rate at or above capacity gives infinite times. Costs about 5 ns for each worker. */
NEAP_API struct neap_fes_result neap_fes_evaluate(const struct neap_fes *fes, double arrival_rate,
                                                  double scv_holding, double listen_queue);
/* The same, exactly, for exponential CPU demand and wait: the chain of (on CPU, waiting without
 * CPU, queued). workers 1..128; costs grow with their fourth power. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_container_chain(struct neap_fes_result *result, int workers, double vcpu, double cpu_mean_s,
                     double wait_mean_s, double arrival_rate, double listen_queue,
                     struct neap_error *error);

/* --- balancers ---------------------------------------------------------------------------------- */

enum neap_balancer_type {
    NEAP_BALANCER_RANDOM,
    NEAP_BALANCER_ROUND_ROBIN,
    NEAP_BALANCER_LEAST_OUTSTANDING, /* the container with the fewest requests, ties at random */
    NEAP_BALANCER_TWO_CHOICES,       /* the better of two different ones picked at random */
    NEAP_BALANCER_CENTRAL            /* one queue for all */
};

/* How far a balancer's mean wait lies from random's (0) to the central queue's (1), measured on
 * exact chains. Round robin has 0: its own gain is in its arrivals, scv 1/N at each container. */
NEAP_API double neap_balancer_theta(enum neap_balancer_type type, double rho);
/* Mean wait, in mean service times, of Poisson arrivals at containers of `workers` servers each,
 * exponential service, rho < 1. Closed forms for random, round robin (every N-th arrival: Erlang
 * gaps) and central; else the chain of sorted occupancies, of which there are about
 * (40 / (1 - rho) / N)^N / N!: NEAP_BAD_ARGUMENT for more than 5 million. most_each cuts the chain
 * at that many requests in a container (those beyond are lost); 0 chooses where that does not
 * matter. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_balancer_wait(double *wait, enum neap_balancer_type type, int containers, int workers,
                   double rho, int most_each, struct neap_error *error);
/* Mean response in mean service times of the best of `choices` (>= 2) picks among infinitely many
 * single servers (Mitzenmacher 2001; Vvedenskaya, Dobrushin and Karpelevich 1996). */
NEAP_API double neap_choices_response(double rho, int choices);

/* --- infinitely many servers -------------------------------------------------------------------- */

/* M_t/G/infinity with arrival rate mean_rate + amplitude_rate sin(2 pi t / period_s) since ever
 * (Eick, Massey and Whitt 1993). */
struct neap_infinite {
    double in_system; /* mean requests at t; their number is Poisson */
    double amplitude; /* of in_system */
    double lag_s;     /* by which in_system follows the rate */
};
NEAP_API struct neap_infinite neap_infinite_sinusoid(const struct neap_law *service,
                                                     double mean_rate, double amplitude_rate,
                                                     double period_s, double t_s);

/* --- the ideal scaler --------------------------------------------------------------------------- */

/* Time average of max(least, ceil(rate(t) / rate_per_container)) for the rate mean_rate +
 * amplitude_rate sin(...), 0 <= amplitude_rate <= mean_rate; least >= 0. Exact. */
NEAP_API double neap_ideal_containers_mean(double mean_rate, double amplitude_rate,
                                           double rate_per_container, double least);

/* ============================================================================================= */
/* Containers and their start.                                                                    */
/* ============================================================================================= */

/* --- containers ------------------------------------------------------------------------------- */

/* Section [container]: one replica and its life. */
struct neap_container_options {
    double vcpu;              /* limit that requests share; each runs on at most one core */
    double cpu_request;       /* what utilisation is a share of; NaN: vcpu */
    double memory_bytes;      /* what is paid for; NaN when not given */
    double memory_base_bytes; /* used without requests, and beside that by each one; NaN when */
    double memory_per_request_bytes; /* not given */
    double workers;                  /* requests held at once */
    double processes;                /* that share the workers out; NaN: one each */
    char startup[NEAP_TEXT_SIZE];    /* from image pull to ready, when not given in stages */
    char schedule[NEAP_TEXT_SIZE];   /* from asked for to placed; not paid for */
    char pull[NEAP_TEXT_SIZE], boot[NEAP_TEXT_SIZE], ready[NEAP_TEXT_SIZE]; /* stages of startup */
    double warmup_s;               /* until a ready container needs no more CPU than others */
    double warmup_slowdown_share;  /* extra CPU demand when it has just become ready */
    double drain_s;                /* from leaving the balancer to the end */
    double grace_s;                /* the same for one that still has requests; NaN: drain_s */
    double idle_cpu_cores;         /* used without requests */
    double startup_cpu_s;          /* core-seconds that one start uses */
    double startup_cpu_time_s;     /* for how long, from the image on; NaN: until ready */
    int startup_cpu_seen;          /* by the autoscaler: 0 no, 1 yes */
    double startup_failures_share; /* of attempts to start, 0..0.99 */
    double startup_retry_s;        /* from the first failure to the second attempt */
    double queue_limit;            /* requests that wait at one container */
    double timeout_s;              /* longest wait for a worker; NaN: none */
    double quota_period_s;         /* of CFS bandwidth control; NaN: cores are shared without one */
};

NEAP_API const struct neap_parameter *neap_container_parameters(void);
NEAP_API void neap_container_options_init(struct neap_container_options *options);
/* What no single key can tell: stages given twice, a request of CPU above the limit and so on.
 * The message begins with the key. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_container_check(const struct neap_container_options *options, struct neap_error *error);
/* Whether all of memory, memory_base and memory_per_request are given, as a policy that reads memory
 * needs them: NEAP_BAD_SCENARIO, and the message begins with the key that is not. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_container_check_memory(const struct neap_container_options *options, struct neap_error *error);
/* What requests can use at most: the workers of one process share one core, as threads of CPython
 * do under its global lock. vcpu or processes, whichever is less. */
NEAP_API double neap_container_cpu_usable(const struct neap_container_options *options);
/* options->grace_s, or drain_s when it was not given. */
NEAP_API double neap_container_grace(const struct neap_container_options *options);
/* options->cpu_request, or vcpu when it was not given. */
NEAP_API double neap_container_cpu_request(const struct neap_container_options *options);

/* Section [balancer]. */
struct neap_balancer_options {
    int type; /* enum neap_balancer_type */
};
NEAP_API const struct neap_parameter *neap_balancer_parameters(void);

/* How long a start takes, by stage. A value; owns its distributions. */
enum { NEAP_STARTUP_STAGES = 4 };
struct neap_startup {
    struct neap_distribution *stage[NEAP_STARTUP_STAGES]; /* schedule, then pull, boot, ready */
    bool fixed;                                           /* every start takes the same time */
    bool staged; /* pulling the image is told apart from the rest */
};

/* directory is what sample files are relative to, NULL for the working directory. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_startup_init(struct neap_startup *startup, const struct neap_container_options *container,
                  const char *directory, struct neap_error *error);
NEAP_API void neap_startup_clear(struct neap_startup *startup);
/* One start from one uniform for each stage: s until placed, and from there to ready. */
NEAP_API void neap_startup_draw(const struct neap_startup *startup,
                                const double uniform[NEAP_STARTUP_STAGES], double *schedule_s,
                                double *starting_s);
/* How much of starting_s it takes until the image is there; 0 when that is not told apart. */
NEAP_API double neap_startup_pull_s(const struct neap_startup *startup,
                                    const double uniform[NEAP_STARTUP_STAGES]);

/* --- profiles from latency ------------------------------------------------------------------------ */

/* neap_profile_new() for options with a latency, which it refuses: how long requests took, when
 * their CPU demand was never measured. What that says of CPU depends on how much of it was queueing
 * and on how much of the rest was CPU, so the profile is a range (doc/method.md, "A lower latency").
 *     Without from: lognormal CPU demand and wait of one cv whose response times, in a container at
 * a load of options->latency_load, fit the percentiles best; options->cpu_share of their sum is CPU.
 * Low is the largest share at the highest load, high the least at the lowest.
 *     With from: the factor on from's CPU demand that explains the latency, one percentile or more,
 * at the traffic of from's latency, with the wait as it was. Low is the least saving among: the
 * queueing as modelled at each end of the load, and no queueing at all; high the most.
 * A factor outside of 0.05 .. 20 is NEAP_BAD_SCENARIO. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_profile_from_latency(
    struct neap_profile **profile, const char *name, const struct neap_profile_options *options,
    const struct neap_profile *from, const struct neap_container_options *container,
    enum neap_balancer_type balancer, const char *directory, struct neap_error *error);

NEAP_END_DECLS

#endif
