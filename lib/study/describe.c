/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of documents that studies share: what a result depends on, what was taken as given. */
#include <math.h>
#include <stdio.h>

#include <neap/calendar.h>

#include "base/text.h"
#include "study/variant.h"

void neapi_describe_length(char *text, size_t size, double seconds)
{
    if (seconds >= 2 * 86400)
        neapi_print(text, size, "%.4g days", seconds / 86400);
    else if (seconds >= 2 * 3600)
        neapi_print(text, size, "%.4g hours", seconds / 3600);
    else
        neapi_print(text, size, "%.4g minutes", seconds / 60);
}

void neapi_describe_inputs(struct neap_document *document, const struct neap_scenario *scenario)
{
    neap_document_set_seed(document, (int64_t)neap_scenario_run(scenario)->seed);
    for (size_t i = 0; i < neap_scenario_files(scenario); i++) {
        struct neap_input file = neap_scenario_file(scenario, i);
        neap_document_add_input(document, file.path, file.sha256);
    }
    struct neap_node *settings = neap_node_array(neap_document_root(document), "settings");
    for (size_t i = 0; i < neap_scenario_settings(scenario); i++)
        neap_node_text(settings, NULL, neap_scenario_setting(scenario, i));
}

void neapi_describe_traffic(struct neap_document *document, const struct neap_scenario *scenario)
{
    const struct neap_recording *recording = neap_scenario_recording(scenario);
    const struct neap_recording_gaps *gaps = neap_recording_gaps(recording);
    char start[NEAP_TIME_SIZE], end[NEAP_TIME_SIZE];
    neap_time_format(start, sizeof start, neap_recording_start_ns(recording));
    neap_time_format(end, sizeof end, neap_recording_end_ns(recording));
    struct neap_node *traffic = neap_node_object(neap_document_root(document), "traffic");
    neap_node_text(traffic, "start", start);
    neap_node_text(traffic, "end", end);
    neap_node_number(traffic, "step_s", (double)neap_recording_step_ns(recording) / 1e9, 0);
    neap_node_number(traffic, "requests", neap_recording_total(recording), 0);
    struct neap_node *node = neap_node_object(traffic, "gaps");
    neap_node_integer(node, "count", (int64_t)gaps->count);
    neap_node_number(node, "seconds", gaps->seconds, 0);
    neap_node_number(node, "requests_filled", gaps->requests_filled, 0);
    neap_node_integer(node, "duplicates", (int64_t)gaps->duplicates);
    neap_node_integer(node, "disorder", (int64_t)gaps->disorder);
}

void neapi_describe_cost(struct neap_node *parent, const char *key,
                         const struct neap_scenario *scenario, const struct neap_decimal *amount)
{
    const struct neap_price *price = neap_scenario_price(scenario);
    if (price == NULL) {
        neap_node_null(parent, key);
        return;
    }
    struct neap_node *cost = neap_node_object(parent, key);
    neap_node_decimal(cost, "amount", amount, neap_price_digits(price));
    neap_node_text(cost, "currency", neap_price_currency(price));
}

static void describe_latency(struct neap_node *parent, const double latency_s[3], double mean_s)
{
    struct neap_node *latency = neap_node_object(parent, "latency_s");
    neap_node_number(latency, "p50", latency_s[0], 6);
    neap_node_number(latency, "p95", latency_s[1], 6);
    neap_node_number(latency, "p99", latency_s[2], 6);
    neap_node_number(latency, "mean", mean_s, 6);
}

static void describe_classes(struct neap_node *parent, const struct neap_scenario *scenario,
                             const struct neapi_variant *v)
{
    struct neap_node *array = neap_node_array(parent, "classes");
    for (size_t i = 0; i < v->classes; i++) {
        const struct neap_replay_class *class = &v->class[i];
        struct neap_node *node = neap_node_object(array, NULL);
        neap_node_text(node, "name",
                       neap_recording_class_name(neap_scenario_recording(scenario), i));
        neap_node_number(node, "requests", class->requests, NEAPI_DIGITS);
        neap_node_number(node, "failed_requests", class->failed, NEAPI_DIGITS);
        neap_node_number(node, "cpu_hours", class->cpu_request_s / 3600, NEAPI_DIGITS);
        describe_latency(node, class->latency_s, class->latency_mean_s);
    }
}

static void describe_nodes(struct neap_node *parent, const struct neapi_variant *v)
{
    struct neap_node *nodes = neap_node_object(parent, "nodes");
    neap_node_number(nodes, "node_hours", v->node_hours, NEAPI_DIGITS);
    neap_node_number(nodes, "node_hours_starting", v->summary.node_s[NEAP_NODE_STARTING] / 3600,
                     NEAPI_DIGITS);
    neap_node_integer(nodes, "peak", v->summary.peak_nodes);
}

void neapi_describe_variant(struct neap_node *array, const struct neap_scenario *scenario,
                            const struct neapi_variant *v)
{
    const struct neap_replay_summary *s = &v->summary;
    struct neap_node *node = neap_node_object(array, NULL);
    neap_node_text(node, "name", neap_profile_name(v->profile));
    neap_node_text(node, "label", neap_profile_label(v->profile));
    neap_node_number(node, "container_hours", v->container_hours, NEAPI_DIGITS);
    struct neap_node *states = neap_node_object(node, "container_hours_by_state");
    for (int state = 0; state < NEAP_CONTAINER_STATES; state++)
        neap_node_number(states, neap_container_state_text((enum neap_container_state)state),
                         v->hours[state], NEAPI_DIGITS);
    if (neap_scenario_nodes(scenario) != NULL)
        describe_nodes(node, v);
    neapi_describe_cost(node, "cost", scenario, &v->cost);
    neap_node_number(node, "cpu_hours", v->cpu_hours, NEAPI_DIGITS);
    neap_node_number(node, "mean_replicas", s->mean_replicas, NEAPI_DIGITS);
    neap_node_integer(node, "peak_replicas", s->peak_replicas);
    describe_latency(node, s->latency_s, s->latency_mean_s);
    const struct neap_slo_options *slo = neap_scenario_slo(scenario);
    bool limited = !isnan(slo->p50_s) || !isnan(slo->p95_s) || !isnan(slo->p99_s);
    neap_node_number(node, "slo_minutes", limited ? s->over_slo_s / 60 : (double)NAN, NEAPI_DIGITS);
    neap_node_number(node, "over_p95_limit_share", s->over_slo_share, NEAPI_DIGITS);
    neap_node_number(node, "failed_requests", v->failed, NEAPI_DIGITS);
    struct neap_node *failed = neap_node_object(node, "failed_requests_by_cause");
    neap_node_number(failed, "queue_full", s->failed_queue_full, NEAPI_DIGITS);
    neap_node_number(failed, "timeout", s->failed_timeout, NEAPI_DIGITS);
    neap_node_number(failed, "abandoned", s->failed_abandoned, NEAPI_DIGITS);
    neap_node_number(failed, "cut", s->failed_cut, NEAPI_DIGITS);
    if (neap_scenario_container(scenario)->startup_failures_share > 0)
        neap_node_integer(node, "failed_starts", s->start_failures);
    neap_node_integer(node, "scaling_events", s->scale_ups + s->scale_downs);
    neap_node_number(node, "share_at_minimum", v->minimum_share, NEAPI_DIGITS);
    describe_classes(node, scenario, v);
}

/* --- notes ---------------------------------------------------------------------------------------- */

static void assume_class(struct neap_document *document, const struct neap_profile *profile,
                         const char *class, bool alone)
{
    size_t number = neap_profile_class_for(profile, class);
    neap_document_add_note(document, NEAP_NOTE_ASSUMPTION, "%s%s%s: CPU demand %s; wait %s%s",
                           neap_profile_label(profile), alone ? "" : ", ", alone ? "" : class,
                           neap_profile_cpu_demand_text(profile, number),
                           neap_profile_wait_text(profile, number),
                           alone ? "; every request is of one class" : "");
}

static void assume_profiles(struct neap_document *document, const struct neap_scenario *scenario,
                            const struct neapi_variant *variants, size_t count)
{
    const struct neap_recording *recording = neap_scenario_recording(scenario);
    size_t classes = neap_recording_classes(recording);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < classes; k++)
            assume_class(document, variants[i].profile, neap_recording_class_name(recording, k),
                         classes == 1);
}

/* How it reads, and what of it nobody has published. */
static void assume_autoscaler(struct neap_document *document, const struct neap_scenario *scenario)
{
    char window[32], age[64], open[NEAP_TEXT_SIZE] = "";
    struct neap_autoscaler *scaler = NULL;
    if (neap_scenario_autoscaler(scenario, &scaler, NULL) != NEAP_OK)
        return;
    struct neap_metrics_pipeline times =
        neap_metrics_pipeline(neap_scenario_metrics(scenario), scaler);
    neap_quantity_format(window, sizeof window, times.window_s, NEAP_SECONDS);
    neap_quantity_format(age, sizeof age, times.lag_s, NEAP_SECONDS);
    for (const struct neap_autoscaler *at = scaler; at != NULL && open[0] == '\0';
         at = neap_autoscaler_inner(at))
        neap_autoscaler_unpublished(at, open, sizeof open);
    neap_autoscaler_free(scaler);
    neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                           "the autoscaler (%s) reads a mean over %s that is %s old%s%s",
                           neap_scenario_autoscaler_type(scenario), window, age,
                           times.align_s > 0 ? ", and more until its clock's period ends" : "",
                           neapi_describe_noise(scenario));
    if (open[0] != '\0')
        neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                               "what is not published of that autoscaler is taken to be: %s", open);
}

static void assume_service(struct neap_document *document, const struct neap_scenario *scenario)
{
    const struct neap_container_options *c = neap_scenario_container(scenario);
    char startup[NEAP_TEXT_SIZE + 3], timeout[32], drain[32];
    neapi_print(startup, sizeof startup, "in %s", c->startup[0] != '\0' ? c->startup : "30s");
    if (c->pull[0] != '\0' || c->boot[0] != '\0' || c->ready[0] != '\0')
        neapi_text_copy(startup, sizeof startup, "in stages");
    neap_quantity_format(timeout, sizeof timeout, c->timeout_s, NEAP_SECONDS);
    neap_quantity_format(drain, sizeof drain, c->drain_s, NEAP_SECONDS);
    neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                           "a container has %g vCPU and %g worker%s, starts %s, drains for %s; "
                           "requests wait at most %s",
                           c->vcpu, c->workers, c->workers == 1 ? "" : "s", startup, drain,
                           timeout);
    assume_autoscaler(document, scenario);
}

static bool are_whole_seconds(const int64_t *time_ns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (time_ns[i] % 1000000000 != 0)
            return false;
    return true;
}

/* Of requests that were recorded one by one. */
static void assume_stamps(struct neap_document *document, const struct neap_scenario *scenario,
                          const char *step)
{
    size_t count;
    const int64_t *time_ns = neap_recording_stamps(neap_scenario_recording(scenario), &count);
    if (neap_scenario_run(scenario)->engine == NEAP_ENGINE_TICK)
        neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                               "requests were recorded one by one; the tick engine counts them per "
                               "%s, and within, they arrive at random at an even rate",
                               step);
    else
        neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                               "requests arrive at the times at which they were recorded");
    if (neap_scenario_run(scenario)->engine != NEAP_ENGINE_TICK &&
        are_whole_seconds(time_ns, count))
        neap_document_add_note(document, NEAP_NOTE_WARNING,
                               "all recorded times are whole seconds: the requests of a second "
                               "arrive at once, which makes latency worse than it was; count them "
                               "in intervals, with arrivals = poisson, or record finer times");
}

static void assume_traffic(struct neap_document *document, const struct neap_scenario *scenario)
{
    const struct neap_recording *recording = neap_scenario_recording(scenario);
    const struct neap_recording_gaps *gaps = neap_recording_gaps(recording);
    char step[32], length[32];
    double step_s = (double)neap_recording_step_ns(recording) / 1e9;
    double window_s =
        (double)(neap_recording_end_ns(recording) - neap_recording_start_ns(recording)) / 1e9;
    neap_quantity_format(step, sizeof step, step_s, NEAP_SECONDS);
    if (neap_recording_is_synthetic(recording))
        neap_document_add_note(document, NEAP_NOTE_WARNING,
                               "%s; no service recorded it: put your own in its place",
                               neap_recording_description(recording));
    if (neap_recording_arrivals(recording, NULL) == NEAP_ARRIVALS_RECORDED)
        assume_stamps(document, scenario, step);
    else
        neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                               "traffic is known per %s; within, %s", step,
                               neapi_describe_arrivals(scenario));
    if (gaps->count > 0) {
        neapi_describe_length(length, sizeof length, gaps->seconds);
        neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                               "%llu gap%s of %s in all were filled with %.0f requests",
                               (unsigned long long)gaps->count, gaps->count == 1 ? "" : "s", length,
                               gaps->requests_filled);
    }
    if (gaps->seconds > 0.01 * window_s)
        neap_document_add_note(
            document, NEAP_NOTE_WARNING,
            "%.1f%% of the window is gaps: look at the recording before trusting "
            "the result",
            100 * gaps->seconds / window_s);
    if (gaps->duplicates > 0 || gaps->disorder > 0)
        neap_document_add_note(document, NEAP_NOTE_PLAIN,
                               "the recording had %llu rows of a time already seen (left out) and "
                               "%llu out of order (sorted)",
                               (unsigned long long)gaps->duplicates,
                               (unsigned long long)gaps->disorder);
}

static void say_price(struct neap_document *document, const struct neap_scenario *scenario)
{
    const struct neap_price *price = neap_scenario_price(scenario);
    if (price == NULL) {
        neap_document_add_note(document, NEAP_NOTE_PLAIN,
                               "no price is given: add [price] with list = aws-fargate, or "
                               "container_hour = ..., to see money");
        return;
    }
    neap_document_add_note(document, NEAP_NOTE_ASSUMPTION, "price: %s",
                           neap_price_description(price));
    if (neap_price_note(price)[0] != '\0')
        neap_document_add_note(document, NEAP_NOTE_PLAIN, "%s", neap_price_note(price));
    if (neap_price_warning(price)[0] != '\0')
        neap_document_add_note(document, NEAP_NOTE_WARNING, "%s", neap_price_warning(price));
}

void neapi_variant_needs(double *demand_s, double *wait_s, const struct neap_scenario *scenario,
                         const struct neapi_variant *v)
{
    double all = v->summary.requests;
    *demand_s = *wait_s = 0;
    for (size_t i = 0; i < v->classes; i++) {
        const char *class = neap_recording_class_name(neap_scenario_recording(scenario), i);
        size_t number = neap_profile_class_for(v->profile, class);
        double share = all > 0 ? v->class[i].requests / all : 1 / (double)v->classes;
        *demand_s += share * neap_distribution_mean(neap_profile_cpu_demand(v->profile, number));
        *wait_s += share * neap_distribution_mean(neap_profile_wait(v->profile, number));
    }
}

/* CPU utilisation cannot show a shortage of workers (doc/method.md, "The request"). */
static void warn_of_workers(struct neap_document *document, const struct neap_scenario *scenario,
                            const struct neapi_variant *v)
{
    const struct neap_container_options *c = neap_scenario_container(scenario);
    double demand_s, wait_s, cores = neap_container_cpu_usable(c) - c->idle_cpu_cores;
    neapi_variant_needs(&demand_s, &wait_s, scenario, v);
    double most_rate = neap_container_capacity((int)c->workers, cores, demand_s, wait_s);
    double share = (most_rate * demand_s + c->idle_cpu_cores) / neap_container_cpu_request(c);
    if (share < 0.8)
        neap_document_add_note(document, NEAP_NOTE_WARNING,
                               "%s: all workers are busy when a container uses %.0f%% of its "
                               "requested CPU; an autoscaler on CPU with a target near that, or "
                               "above, does not see overload: check container.workers",
                               neap_profile_label(v->profile), 100 * share);
}

static void warn_of_trouble(struct neap_document *document, const struct neap_scenario *scenario,
                            const struct neapi_variant *variants, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct neapi_variant *v = &variants[i];
        const char *label = neap_profile_label(v->profile);
        char failures[160];
        warn_of_workers(document, scenario, v);
        if (v->failed >= 0.5)
            neap_document_add_note(document, NEAP_NOTE_WARNING,
                                   "%s: %.0f requests fail (%s): the fleet is too small at times, "
                                   "and container-hours without them would be more",
                                   label, v->failed,
                                   neapi_describe_failures(failures, sizeof failures, &v->summary));
        if (v->minimum_share > 0.2)
            neap_document_add_note(document, NEAP_NOTE_PLAIN,
                                   "%s: %.0f%% of replica-hours are at the autoscaler's minimum; "
                                   "that share cannot fall with CPU demand",
                                   label, 100 * v->minimum_share);
    }
    if (neap_recording_observed(neap_scenario_recording(scenario), NEAP_OBSERVED_REPLICAS) != NULL)
        neap_document_add_note(document, NEAP_NOTE_WARNING,
                               "NOT VALIDATED: the recording has replica counts, but this version "
                               "does not yet hold the model against them");
}

void neapi_describe_model(struct neap_document *document, const struct neap_scenario *scenario,
                          const struct neapi_variant *variants, size_t count)
{
    assume_profiles(document, scenario, variants, count);
    assume_service(document, scenario);
    assume_traffic(document, scenario);
    say_price(document, scenario);
    warn_of_trouble(document, scenario, variants, count);
    neapi_describe_engine(document, scenario);
    if (neap_scenario_run(scenario)->engine == 0)
        neapi_warn_of_tick_region(document, scenario, variants, count);
}
