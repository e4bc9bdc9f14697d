/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pool that a replay's inputs ask for, and how much room it needs. */
#include <math.h>

#include "base/fail.h"
#include "replay/request_impl.h"

static const double WAITING_MOST = 1 << 25; /* some GB */

/* --- room ----------------------------------------------------------------------------------------- */

/* Ready ones, those of a roll-out's surge, and as many that drain. */
static double most_containers(const struct neap_replay *r)
{
    double most = neapi_replay_most(&r->in);
    if (r->in.deployments_count > 0)
        most += ceil(r->in.rollout->surge_share * most);
    return 2 * most + 16;
}

/* Requests of the busiest interval, with what bursts may add. */
static double peak_requests(const struct neap_recording *recording)
{
    const double *requests = neap_recording_requests(recording);
    double peak = 0, dispersion = 0;
    neap_recording_arrivals(recording, &dispersion);
    for (size_t i = 0; i < neap_recording_count(recording); i++)
        peak = fmax(peak, requests[i]);
    return peak + 8 * sqrt(peak * dispersion) + 8 * dispersion;
}

/* Attempts that can wait in queues at once: those of as many intervals as the longest wait touches.
 * When that is more than there is room for, those of so long a time, wherever it lies. */
static double most_queued(const struct neap_replay *r, double containers)
{
    const struct neap_recording *recording = r->in.recording;
    double longest_s = r->in.container->timeout_s;
    double step_s = (double)neap_recording_step_ns(recording) / 1e9;
    double window_s = (double)neap_recording_count(recording) * step_s + r->in.run->warmup_s;
    double peak = peak_requests(recording);
    double attempts = r->in.client == NULL ? 1 : 1 + r->in.client->retries;
    longest_s = isnan(longest_s) ? window_s : fmin(longest_s, window_s);
    double queued = r->in.container->queue_limit * containers;
    queued = fmin(queued, (ceil(longest_s / step_s) + 1) * peak * attempts);
    if (queued > WAITING_MOST)
        queued = fmin(queued, 4 * longest_s / step_s * peak * attempts + 1e5);
    return queued;
}

/* Requests between two attempts, should all of them fail: each pause is twice as long as the one
 * before. */
static double most_pausing(const struct neap_replay *r)
{
    const struct neap_client_options *client = r->in.client;
    if (client == NULL || !(client->retries > 0))
        return 0;
    double step_s = (double)neap_recording_step_ns(r->in.recording) / 1e9;
    double pauses_s = client->backoff_s * (exp2(client->retries) - 1);
    double total = neap_recording_total(r->in.recording) +
                   r->in.run->warmup_s / step_s * neap_recording_requests(r->in.recording)[0];
    return fmin(peak_requests(r->in.recording) * (ceil(pauses_s / step_s) + 1), total) + 1000;
}

static enum neap_status most_waiting(size_t *most, const struct neap_replay *r, double containers,
                                     struct neap_error *error)
{
    double queued = most_queued(r, containers);
    if (queued > WAITING_MOST)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "the request engine keeps each request that waits: found a queue_limit "
                          "and a timeout that let %.3g wait at once, expected at most %.0f: lower "
                          "one of the two, or take the tick engine",
                          queued, WAITING_MOST);
    *most = (size_t)(queued + fmin(most_pausing(r), WAITING_MOST)) + 16;
    return NEAP_OK;
}

/* --- the pool ------------------------------------------------------------------------------------- */

static struct neap_pool_options options_of(const struct neap_replay *r)
{
    const struct neap_container_options *c = r->in.container;
    struct neap_pool_options o = {.workers = (int)c->workers,
                                  .cores = neap_container_cpu_usable(c) - c->idle_cpu_cores,
                                  .quota_period_s = c->quota_period_s,
                                  .queue_limit = c->queue_limit,
                                  .timeout_s = c->timeout_s,
                                  .warmup_s = c->warmup_s,
                                  .warmup_slowdown_share = c->warmup_slowdown_share,
                                  .balancer = r->in.balancer,
                                  .holds = r->scope.holds,
                                  .classes = r->mix.classes,
                                  .versions = r->mix.versions};
    neap_client_options_init(&o.client);
    if (r->in.client != NULL)
        o.client = *r->in.client;
    o.burst_cores =
        fmax(isnan(c->processes) ? c->workers : fmin(c->processes, c->workers), o.cores);
    return o;
}

enum neap_status neapi_served_pool(struct neap_pool **pool, const struct neap_replay *r,
                                   struct neap_error *error)
{
    struct neap_pool_options options = options_of(r);
    double containers = most_containers(r);
    options.containers_most = (size_t)containers;
    enum neap_status status = most_waiting(&options.waiting_most, r, containers, error);
    return status == NEAP_OK ? neap_pool_new(pool, &options, error) : status;
}
