/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One tick of Knative's pod autoscaler (KPA).
 *
 * A reading comes once per tick and stands for every scrape since the last. Where a real cluster
 * takes its time to say so, a replay knows at once: activators are in the path of requests as
 * soon as they should be. A request that arrives at size zero is told of at once, as one at least,
 * as by an activator, and the scaler ticks then.
 *
 * Sources: as knative_impl.h. */
#include <math.h>

#include "autoscaler/knative_impl.h"
#include "autoscaler/saturate.h"
#include "autoscaler/types.h"

void neapi_knative_reset(void *state)
{
    struct neapi_knative *knative = state;
    neapi_knative_window_init(&knative->stable, knative->stable_buckets,
                              knative->rules.stable_window_ns, NEAPI_KNATIVE_SCRAPE_NS,
                              knative->weighted);
    neapi_knative_window_init(&knative->panic, knative->panic_buckets,
                              knative->rules.panic_window_ns, NEAPI_KNATIVE_SCRAPE_NS,
                              knative->weighted);
    knative->delay.first = knative->delay.count = 0;
    knative->started = knative->initialized = knative->proxied = false;
}

static int64_t count_ready(const struct neap_reading *reading)
{
    int64_t ready = 0;
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (pods->count > 0 && pods->ready && !pods->deleted && pods->phase == NEAP_POD_RUNNING)
            ready = neapi_add(ready, pods->count);
    }
    return ready;
}

static void start(struct neapi_knative *knative, const struct neap_reading *reading, int64_t ready)
{
    neapi_knative_panic_start(&knative->alarm, ready, reading->now_ns);
    knative->started = true;
    knative->seen_ns = neapi_subtract(reading->now_ns, NEAPI_KNATIVE_SCRAPE_NS);
    knative->state = reading->replicas <= 0 ? NEAPI_KNATIVE_INACTIVE
                     : ready > 0            ? NEAPI_KNATIVE_ACTIVE
                                            : NEAPI_KNATIVE_ACTIVATING;
    knative->state_ns = reading->now_ns;
}

/* Requests in flight, those that activators hold included, or requests per second. */
static double value_of(const struct neapi_knative *knative, const struct neap_reading *reading)
{
    if (knative->by_rate)
        return reading->request_rate;
    double queued = isnan(reading->queued) ? 0 : reading->queued;
    return isnan(reading->in_flight) ? reading->queued : reading->in_flight + queued;
}

/* With no pod to scrape and nothing at the activators there is no sample. */
static void scrape(struct neapi_knative *knative, const struct neap_reading *reading, int64_t ready)
{
    double value = value_of(knative, reading);
    int64_t oldest_ns = neapi_subtract(reading->now_ns, knative->rules.stable_window_ns);
    int64_t from_ns = knative->seen_ns > oldest_ns ? knative->seen_ns : oldest_ns;
    if (value >= 0 && (ready > 0 || value > 0)) /* not NaN */
        for (int64_t at = neapi_add(from_ns, NEAPI_KNATIVE_SCRAPE_NS); at <= reading->now_ns;
             at += NEAPI_KNATIVE_SCRAPE_NS) {
            neapi_knative_window_record(&knative->stable, at, value);
            neapi_knative_window_record(&knative->panic, at, value);
        }
    bool between = (reading->now_ns - knative->seen_ns) % NEAPI_KNATIVE_SCRAPE_NS != 0;
    if (reading->replicas == 0 && ready == 0 && value > 0 && between) {
        double told = fmax(value, knative->by_rate ? 0 : 1);
        neapi_knative_window_record(&knative->stable, reading->now_ns, told);
        neapi_knative_window_record(&knative->panic, reading->now_ns, told);
        knative->seen_ns = reading->now_ns - NEAPI_KNATIVE_SCRAPE_NS + 1;
    }
    knative->seen_ns +=
        (reading->now_ns - knative->seen_ns) / NEAPI_KNATIVE_SCRAPE_NS * NEAPI_KNATIVE_SCRAPE_NS;
}

static double average(const struct neapi_knative_window *window, int64_t now_ns)
{
    if (neapi_knative_window_empty(window, now_ns))
        return (double)NAN;
    return neapi_knative_window_average(window, now_ns);
}

static void become(struct neapi_knative *knative, enum neapi_knative_state state, int64_t now_ns)
{
    if (knative->state != state)
        knative->state_ns = now_ns;
    knative->state = state;
}

/* Where the revision stands once replicas are asked for. */
static void stand(struct neapi_knative *knative, int64_t replicas, int64_t ready,
                  int64_t excess_burst, int64_t now_ns)
{
    int64_t least = knative->limits.bounds.min > 1 ? knative->limits.bounds.min : 1;
    bool wakes = replicas > 0 || (replicas < 0 && knative->state != NEAPI_KNATIVE_INACTIVE);
    if (!wakes)
        become(knative, NEAPI_KNATIVE_INACTIVE, now_ns);
    else
        become(knative, ready < least ? NEAPI_KNATIVE_ACTIVATING : NEAPI_KNATIVE_ACTIVE, now_ns);
    bool proxied = !wakes || ready == 0 || excess_burst < 0;
    if (proxied && !knative->proxied)
        knative->proxied_ns = now_ns;
    knative->proxied = proxied;
}

static void tell_window(const struct neapi_knative *knative, double average, int64_t pods,
                        int64_t window_ns, const struct neapi_knative_proposal *made,
                        struct neap_decision *decision)
{
    double metric = average / (double)pods, target = knative->rules.target;
    *neapi_decision_metric(decision) = (struct neap_decision_metric){
        .signal = knative->by_rate ? NEAP_SIGNAL_RATE : NEAP_SIGNAL_IN_FLIGHT,
        .reason = NEAP_REASON_METRIC,
        .metric = metric,
        .target = target,
        .ratio = metric / target,
        .window_s = (double)window_ns / 1e9,
        .pods = pods,
        .replicas = made->wanted};
}

/* Both windows, and the rules between what they ask for and what is advised. */
static void tell_advice(const struct neapi_knative *knative,
                        const struct neapi_knative_sight *sight,
                        const struct neapi_knative_advice *advice, struct neap_decision *decision)
{
    const struct neapi_knative_proposal *made =
        advice->by_panic ? &advice->urgent : &advice->stable;
    int64_t pods = sight->ready > 0 ? sight->ready : 1;
    tell_window(knative, sight->stable, pods, knative->rules.stable_window_ns, &advice->stable,
                decision);
    tell_window(knative, sight->panic, pods, knative->rules.panic_window_ns, &advice->urgent,
                decision);
    decision->chosen = advice->by_panic;
    decision->metric = decision->metrics[decision->chosen].metric;
    decision->ratio = decision->metrics[decision->chosen].ratio;
    decision->pods = pods;
    decision->stable = advice->replicas;
    if (advice->panics)
        decision->panic_until_ns =
            neapi_add(knative->alarm.time_ns, knative->rules.stable_window_ns);
    neapi_decision_step(
        decision, made->limited < made->wanted ? NEAP_REASON_UP_LIMIT : NEAP_REASON_DOWN_LIMIT,
        made->limited);
    neapi_decision_step(decision, NEAP_REASON_ACTIVATION_SCALE, made->after);
    neapi_decision_step(decision, NEAP_REASON_PANIC, advice->lifted);
    neapi_decision_step(decision, NEAP_REASON_DOWN_STABILIZED, advice->replicas);
}

static void tell(const struct neapi_knative *knative, const struct neapi_knative_sight *sight,
                 const struct neapi_knative_advice *advice,
                 const struct neapi_knative_verdict *verdict, const struct neap_reading *reading,
                 struct neap_decision *decision)
{
    int64_t current = reading->replicas;
    int64_t wanted = advice->by_panic ? advice->urgent.wanted : advice->stable.wanted;
    bool written = verdict->apply || verdict->replicas == current;
    neapi_decision_keep(decision, reading, advice->valid ? wanted : current,
                        advice->valid ? NEAP_REASON_METRIC : NEAP_REASON_NO_SAMPLES);
    decision->signal = knative->by_rate ? NEAP_SIGNAL_RATE : NEAP_SIGNAL_IN_FLIGHT;
    decision->target = knative->rules.target;
    if (advice->valid)
        tell_advice(knative, sight, advice, decision);
    neapi_decision_step(decision, verdict->reason, written ? verdict->replicas : current);
}

void neapi_knative_decide(void *state, const struct neap_reading *reading,
                          struct neap_decision *decision)
{
    struct neapi_knative *knative = state;
    int64_t now_ns = reading->now_ns, ready = count_ready(reading);
    if (!knative->started)
        start(knative, reading, ready);
    knative->initialized = knative->initialized || ready >= knative->rules.initial_scale;
    scrape(knative, reading, ready);
    struct neapi_knative_sight sight = {.now_ns = now_ns,
                                        .ready = ready,
                                        .delay_index = now_ns / knative->tick_ns,
                                        .stable = average(&knative->stable, now_ns),
                                        .panic = average(&knative->panic, now_ns)};
    struct neapi_knative_advice advice;
    neapi_knative_scale(&knative->rules, &knative->alarm, &knative->delay, &sight, &advice);
    struct neapi_knative_standing standing = {.replicas = reading->replicas,
                                              .state = knative->state,
                                              .state_ns = now_ns - knative->state_ns,
                                              .initialized = knative->initialized,
                                              .proxied = knative->proxied,
                                              .proxied_ns = now_ns - knative->proxied_ns,
                                              .probe = NEAPI_KNATIVE_PROBE_OK};
    struct neapi_knative_verdict verdict;
    neapi_knative_apply(&knative->limits, &standing, advice.valid ? advice.replicas : -1, &verdict);
    tell(knative, &sight, &advice, &verdict, reading, decision);
    stand(knative, verdict.replicas, ready, advice.excess_burst, now_ns);
}
