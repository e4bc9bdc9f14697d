/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Containers: what one replica is and how it starts. */
#include <math.h>
#include <string.h>

#include <neap/profile.h>
#include <neap/service.h>

#include "base/fail.h"

#define CONTAINER(field) offsetof(struct neap_container_options, field)

static const struct neap_parameter container_parameters[] = {
    {"vcpu", NEAP_VCPU, CONTAINER(vcpu), "1", 0.01, 1024, NULL,
     "vCPU limit; requests share it, each runs on at most one core"},
    {"cpu_request", NEAP_VCPU, CONTAINER(cpu_request), "", 0.001, 1024, NULL,
     "vCPU that utilisation is a share of; default vcpu"},
    {"memory", NEAP_BYTES, CONTAINER(memory_bytes), "", 1, 0x1p50, NULL,
     "memory of one container, for its price"},
    {"memory_base", NEAP_BYTES, CONTAINER(memory_base_bytes), "", 0, 0x1p50, NULL,
     "memory that a container uses without requests, for autoscalers that read memory"},
    {"memory_per_request", NEAP_BYTES, CONTAINER(memory_per_request_bytes), "", 0, 0x1p50, NULL,
     "memory that it uses beside that for each request it has"},
    {"workers", NEAP_COUNT, CONTAINER(workers), "1", 1, 4096, NULL,
     "requests that one container holds at once"},
    {"processes", NEAP_COUNT, CONTAINER(processes), "", 1, 4096, NULL,
     "processes that the workers are threads of; those of one process share one core, as in "
     "CPython; default as many as workers"},
    {"startup", NEAP_TEXT, CONTAINER(startup), "", 0, 0, NULL,
     "time from image pull to ready: 30s, or p50=20s p95=60s; default 30s"},
    {"startup.schedule", NEAP_TEXT, CONTAINER(schedule), "", 0, 0, NULL,
     "time from asked for to placed on a node, not paid for; default 0s"},
    {"startup.pull", NEAP_TEXT, CONTAINER(pull), "", 0, 0, NULL,
     "stage of startup: pulling the image"},
    {"startup.boot", NEAP_TEXT, CONTAINER(boot), "", 0, 0, NULL,
     "stage of startup: booting the application"},
    {"startup.ready", NEAP_TEXT, CONTAINER(ready), "", 0, 0, NULL,
     "stage of startup: until the readiness probe passes"},
    {"warmup", NEAP_SECONDS, CONTAINER(warmup_s), "0s", 0, 86400, NULL,
     "time until a ready container is at full speed"},
    {"warmup_slowdown", NEAP_SHARE, CONTAINER(warmup_slowdown_share), "50%", 0, 1, NULL,
     "extra CPU demand just after the start; falls exponentially, by 95% within warmup"},
    {"drain", NEAP_SECONDS, CONTAINER(drain_s), "30s", 0, 86400, NULL,
     "time from leaving the balancer to the end; paid for"},
    {"grace", NEAP_SECONDS, CONTAINER(grace_s), "", 0, 86400, NULL,
     "the same for a container that still has requests after drain: it ends with the last of them, "
     "or loses them after grace; default drain"},
    {"idle_cpu", NEAP_VCPU, CONTAINER(idle_cpu_cores), "0", 0, 1024, NULL,
     "vCPU that a ready container uses without requests"},
    {"startup_cpu", NEAP_SECONDS, CONTAINER(startup_cpu_s), "0s", 0, 86400, NULL,
     "CPU seconds that one start uses, vcpu at once at most; autoscalers see them"},
    {"startup_cpu_time", NEAP_SECONDS, CONTAINER(startup_cpu_time_s), "", 0.001, 86400, NULL,
     "how long startup_cpu lasts, from the pulled image on: a ready container may go on with it; "
     "default until ready"},
    {"startup_cpu_seen", NEAP_CHOICE, CONTAINER(startup_cpu_seen), "yes", 0, 0, "no|yes",
     "whether startup_cpu is in the CPU use that the autoscaler is shown"},
    {"startup_failures", NEAP_SHARE, CONTAINER(startup_failures_share), "0%", 0, 0.99, NULL,
     "share of attempts to start that fail when they should become ready; each is followed by "
     "another in the same place"},
    {"startup_retry_delay", NEAP_SECONDS, CONTAINER(startup_retry_s), "10s", 0, 86400, NULL,
     "time from a failed attempt to the next; doubles with each failure, up to 5 minutes"},
    {"queue_limit", NEAP_COUNT, CONTAINER(queue_limit), "2048", 0, 1e9, NULL,
     "requests that wait at one container; more are refused"},
    {"timeout", NEAP_SECONDS, CONTAINER(timeout_s), "30s", 0.001, 86400, NULL,
     "longest wait for a worker; longer ones fail"},
    {"quota_period", NEAP_SECONDS, CONTAINER(quota_period_s), "", 0.001, 1, NULL,
     "period of CFS bandwidth control: full speed until vcpu x quota_period of CPU time are used, "
     "then none until it ends (request engine); default none: vcpu are shared evenly"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

static const struct neap_parameter balancer_parameters[] = {
    {"type", NEAP_CHOICE, offsetof(struct neap_balancer_options, type), "least_outstanding", 0, 0,
     "random|round_robin|least_outstanding|two_choices|central",
     "how requests find their container"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

const struct neap_parameter *neap_container_parameters(void)
{
    return container_parameters;
}

const struct neap_parameter *neap_balancer_parameters(void)
{
    return balancer_parameters;
}

void neap_container_options_init(struct neap_container_options *options)
{
    neap_parameters_init(container_parameters, options);
}

double neap_container_grace(const struct neap_container_options *options)
{
    return isnan(options->grace_s) ? options->drain_s : options->grace_s;
}

double neap_container_cpu_request(const struct neap_container_options *options)
{
    return isnan(options->cpu_request) ? options->vcpu : options->cpu_request;
}

double neap_container_cpu_usable(const struct neap_container_options *options)
{
    return isnan(options->processes) ? options->vcpu : fmin(options->vcpu, options->processes);
}

enum neap_status neap_container_check(const struct neap_container_options *options,
                                      struct neap_error *error)
{
    bool stages = options->pull[0] != '\0' || options->boot[0] != '\0' || options->ready[0] != '\0';
    if (stages && options->startup[0] != '\0')
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "startup: given as a whole and in stages: keep either startup or "
                          "startup.pull, startup.boot and startup.ready");
    if (options->processes > options->workers)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "processes: found %g, expected at most workers (%g), which are all "
                          "workers of all processes",
                          options->processes, options->workers);
    if (options->grace_s < options->drain_s)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "grace: found %gs, expected at least drain (%gs), which every container "
                          "takes",
                          options->grace_s, options->drain_s);
    double usable = neap_container_cpu_usable(options);
    if (options->idle_cpu_cores >= usable)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "idle_cpu: found %g vCPU, expected less than %s (%g): nothing would be "
                          "left for requests",
                          options->idle_cpu_cores,
                          usable < options->vcpu ? "processes, of one core each" : "vcpu", usable);
    return NEAP_OK;
}

enum neap_status neap_container_check_memory(const struct neap_container_options *options,
                                             struct neap_error *error)
{
    const struct {
        const char *key, *what, *example;
        double bytes;
    } needed[] = {
        {"memory", "what a container requests", "1GiB", options->memory_bytes},
        {"memory_base", "what it uses without requests", "256MiB", options->memory_base_bytes},
        {"memory_per_request", "what each request adds", "8MiB",
         options->memory_per_request_bytes}};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (isnan(needed[i].bytes))
            return neapi_fail(
                error, NEAP_BAD_SCENARIO,
                "%s: not set, expected %s, as the autoscaler reads memory: add %s = %s "
                "to [container], or take another target",
                needed[i].key, needed[i].what, needed[i].key, needed[i].example);
    return NEAP_OK;
}

/* --- start-up ----------------------------------------------------------------------------------- */

struct stage_text {
    const char *key, *text, *fallback;
};

static enum neap_status read_stage(struct neap_distribution **stage, const struct stage_text *row,
                                   const char *directory, struct neap_error *error)
{
    struct neap_error inner = {0};
    enum neap_status status = neap_profile_read_distribution(
        stage, row->text[0] != '\0' ? row->text : row->fallback, directory, &inner);
    if (status == NEAP_OK || inner.source[0] != '\0') { /* a place in a file says enough */
        if (error != NULL && status != NEAP_OK)
            *error = inner;
        return status;
    }
    return neapi_fail(error, status, "%s: %s", row->key, inner.message);
}

enum neap_status neap_startup_init(struct neap_startup *startup,
                                   const struct neap_container_options *container,
                                   const char *directory, struct neap_error *error)
{
    bool staged =
        container->pull[0] != '\0' || container->boot[0] != '\0' || container->ready[0] != '\0';
    const char *whole = container->startup[0] != '\0' ? container->startup : "30s";
    const struct stage_text rows[NEAP_STARTUP_STAGES] = {
        {"startup.schedule", container->schedule, "0s"},
        {staged ? "startup.pull" : "startup", staged ? container->pull : whole, "0s"},
        {"startup.boot", container->boot, "0s"},
        {"startup.ready", container->ready, "0s"}};
    memset(startup, 0, sizeof *startup);
    startup->fixed = true;
    startup->staged = staged;
    for (int i = 0; i < NEAP_STARTUP_STAGES; i++) {
        enum neap_status status = read_stage(&startup->stage[i], &rows[i], directory, error);
        if (status != NEAP_OK) {
            neap_startup_clear(startup);
            return status;
        }
        if (neap_distribution_family(startup->stage[i]) != NEAP_FAMILY_CONSTANT)
            startup->fixed = false;
    }
    return NEAP_OK;
}

void neap_startup_clear(struct neap_startup *startup)
{
    for (int i = 0; i < NEAP_STARTUP_STAGES; i++) {
        neap_distribution_free(startup->stage[i]);
        startup->stage[i] = NULL;
    }
}

void neap_startup_draw(const struct neap_startup *startup,
                       const double uniform[NEAP_STARTUP_STAGES], double *schedule_s,
                       double *starting_s)
{
    *schedule_s = neap_distribution_quantile(startup->stage[0], uniform[0]);
    *starting_s = 0;
    for (int i = 1; i < NEAP_STARTUP_STAGES; i++)
        *starting_s += neap_distribution_quantile(startup->stage[i], uniform[i]);
}

double neap_startup_pull_s(const struct neap_startup *startup,
                           const double uniform[NEAP_STARTUP_STAGES])
{
    return startup->staged ? neap_distribution_quantile(startup->stage[1], uniform[1]) : 0;
}
