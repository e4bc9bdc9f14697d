/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tick engine held against the request engine, over a grid of balancers, containers, targets,
 * variability, rates and bursts: how far container-hours, cost and latencies lie apart. CSV on
 * stdout; doc/engines.md is made from it. engine_grid [PART/PARTS] does every PARTS-th setting. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <neap.h>

enum { HOURS = 4, REQUESTS = 2000000, TEXT = 2048 };

static const double DEMAND_S = 0.05, WAIT_S = 0.025;

struct setting {
    const char *balancer;
    int workers, vcpu;
    double cv, target, rate;
    const char *arrivals;
};

/* Means over replications. */
struct outcome {
    double container_hours, cost, cpu_hours, p50_s, p95_s, p99_s, failed_share;
    double full; /* requests served, of what ready containers could have served */
};

static void must(enum neap_status status, const struct neap_error *error)
{
    if (status == NEAP_OK)
        return;
    fprintf(stderr, "engine_grid: %s\n", error->message);
    exit(EXIT_FAILURE);
}

static struct neap_recording *traffic(const struct setting *s)
{
    struct neap_error error = {0};
    struct neap_recording *recording = NULL;
    double requests[60 * HOURS];
    for (int i = 0; i < 60 * HOURS; i++)
        requests[i] = round(60 * s->rate * (1 + 0.6 * sin(2 * M_PI * i / (60.0 * HOURS))));
    must(neap_recording_from_array(&recording, 0, 60000000000, requests, 60 * HOURS, &error),
         &error);
    enum neap_arrivals kind;
    double dispersion;
    must(neap_arrivals_parse(&kind, &dispersion, s->arrivals, &error), &error);
    must(neap_recording_set_arrivals(recording, kind, dispersion, &error), &error);
    return recording;
}

static struct neap_scenario *scenario_of(const struct setting *s)
{
    struct neap_error error = {0};
    struct neap_scenario *scenario = NULL;
    char text[TEXT];
    int length = snprintf(
        text, sizeof text,
        "[traffic]\nfile = none\n[profile old]\ncpu_demand = mean=%gms cv=%g\n"
        "wait = mean=%gms cv=1\n[container]\nvcpu = %d\nworkers = %d\nstartup = 30s\n"
        "[balancer]\ntype = %s\n[autoscaler]\ntarget_cpu = %g%%\nmin = 1\nmax = 400\n"
        "[price]\ncontainer_hour = 0.05\ncurrency = USD\n",
        1e3 * DEMAND_S, s->cv, 1e3 * WAIT_S, s->vcpu, s->workers, s->balancer, 100 * s->target);
    must(neap_scenario_decode(&scenario, "grid", text, (size_t)length, NULL, 0, NULL, &error),
         &error);
    return scenario;
}

struct till {
    const struct neap_price *price;
    struct neap_bill bill;
};

static void on_life(void *context, const struct neap_life *life)
{
    struct till *till = context;
    neap_bill_add(&till->bill, till->price, life->count, life->starting_ns, life->end_ns,
                  life->cut);
}

/* Small fleets vary more from run to run. */
static int replications(const struct setting *s)
{
    return (int)ceil(REQUESTS / (3600 * HOURS * s->rate));
}

static void add(struct outcome *to, const struct neap_replay_summary *s, double cost, int runs)
{
    double container_s = 0;
    for (int state = 0; state < NEAP_CONTAINER_STATES; state++)
        container_s += s->container_s[state];
    to->container_hours += container_s / 3600 / runs;
    to->cost += cost / runs;
    to->cpu_hours += s->cpu_request_s / 3600 / runs;
    to->p50_s += s->latency_s[0] / runs;
    to->p95_s += s->latency_s[1] / runs;
    to->p99_s += s->latency_s[2] / runs;
    to->failed_share += (s->failed_queue_full + s->failed_timeout) / s->requests / runs;
    to->full += s->cpu_request_s / s->container_s[NEAP_READY] / runs;
}

static struct outcome run(const struct setting *s, const struct neap_recording *recording,
                          int engine)
{
    struct neap_error error = {0};
    struct neap_scenario *scenario = scenario_of(s);
    struct outcome outcome = {0};
    for (int k = 0; k < replications(s); k++) {
        struct neap_autoscaler *scaler = NULL;
        struct neap_replay *workspace = NULL;
        struct neap_replay_summary summary;
        must(neap_scenario_autoscaler(scenario, &scaler, &error), &error);
        struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, scaler);
        struct neap_run_options options = *inputs.run;
        struct till till = {.price = neap_scenario_price(scenario)};
        struct neap_replay_sinks sinks = {.life = on_life, .context = &till};
        struct neap_decimal amount;
        options.engine = engine;
        inputs.run = &options;
        inputs.recording = recording;
        inputs.replication = (uint64_t)k;
        neap_bill_init(&till.bill);
        must(neap_replay_new(&workspace, &inputs, &error), &error);
        must(neap_replay_run(workspace, &sinks, &summary, &error), &error);
        must(neap_bill_amount(&amount, &till.bill, till.price, &error), &error);
        add(&outcome, &summary, neap_decimal_to_double(&amount), replications(s));
        neap_replay_free(workspace);
        neap_autoscaler_free(scaler);
    }
    neap_scenario_free(scenario);
    outcome.full /= DEMAND_S * neap_container_capacity(s->workers, s->vcpu, DEMAND_S, WAIT_S);
    return outcome;
}

static double apart(double tick, double request)
{
    return 100 * (tick / request - 1);
}

static void compare(const struct setting *s)
{
    struct neap_recording *recording = traffic(s);
    struct outcome tick = run(s, recording, 0), request = run(s, recording, 1);
    printf("%s,%d,%d,%g,%g,%g,%s,%.2f,%.3f,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f,%.4f,%.4f\n", s->balancer,
           s->workers, s->vcpu, s->cv, s->target, s->rate, s->arrivals,
           request.container_hours / HOURS, request.full,
           apart(tick.container_hours, request.container_hours), apart(tick.cost, request.cost),
           apart(tick.cpu_hours, request.cpu_hours), apart(tick.p50_s, request.p50_s),
           apart(tick.p95_s, request.p95_s), apart(tick.p99_s, request.p99_s),
           100 * tick.failed_share, 100 * request.failed_share);
    fflush(stdout);
    neap_recording_free(recording);
}

int main(int argc, char **argv)
{
    static const char *const balancer[] = {"least_outstanding", "random", "round_robin",
                                           "two_choices", "central"};
    static const struct {
        int workers, vcpu;
    } container[] = {{1, 1}, {4, 4}, {2, 1}, {4, 1}};
    static const double cv[] = {0.5, 1, 2}, target[] = {0.4, 0.6, 0.8}, rate[] = {20, 100};
    static const char *const arrivals[] = {"exact", "burst(8)"};
    long part = 0, parts = 1, number = 0;
    gsl_set_error_handler_off();
    if (argc > 1)
        (void)sscanf(argv[1], "%ld/%ld", &part, &parts);
    printf("balancer,workers,vcpu,cv,target,rate,arrivals,containers,full,container_hours_percent,"
           "cost_percent,cpu_hours_percent,p50_percent,p95_percent,p99_percent,"
           "failed_tick_percent,failed_request_percent\n");
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 5; b++)
            for (int c = 0; c < 4; c++)
                for (int v = 0; v < 3; v++)
                    for (int t = 0; t < 3; t++)
                        for (int r = 0; r < 2; r++)
                            if (number++ % parts == part % parts)
                                compare(&(struct setting){balancer[b], container[c].workers,
                                                          container[c].vcpu, cv[v], target[t],
                                                          rate[r], arrivals[a]});
    return 0;
}
