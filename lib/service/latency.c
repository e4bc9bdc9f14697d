/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Profiles from latency: three cases instead of one number, since a latency alone tells neither how
 * much of it was queueing nor how much of the rest was CPU.
 *
 *     without from      share of CPU    load     containers that balance each other out
 *     low               largest         highest  1
 *     middle            in the middle   middle   4
 *     high              least           lowest   16
 *
 * (with a random balancer each container stands for itself). The one published split of a request,
 * of a large PHP site, has 58 % CPU; 40 % to 90 % has it in the (geometric) middle, and that is
 * what is assumed when nothing is said. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "service/explain.h"
#include "service/station.h"

static const char CPU_SHARE[] = "40%..90%", LATENCY_LOAD[] = "0%..80%";
static const double MISS = 0.1, MISS_MORE = 0.05, MISS_MOST = 0.25;

static const char MEASUREMENT[] =
    "measure CPU cores used by all containers / requests per second over the same busy hour, ";

struct range {
    double low, high;
};

struct work {
    struct neapi_making making;
    const struct neap_container_options *container;
    enum neap_balancer_type balancer;
    struct range cpu_share, load;
    struct neapi_derived *derived; /* [1 + classes] */
    double load_share[NEAP_CASES];
    double cpu_share_of[NEAP_CASES];
    double miss; /* largest of the middle case */
    char assumption[NEAPI_SENTENCE_SIZE], measurement[NEAPI_SENTENCE_SIZE];
    struct neap_error *error;
};

/* --- options ---------------------------------------------------------------------------------------- */

static enum neap_status read_end(double *end, const char *text, const char *whole,
                                 const struct range *limit, struct neap_error *error)
{
    struct neap_error inner;
    double read;
    if (neap_quantity_parse(&read, text, NEAP_SHARE, &inner) != NEAP_OK)
        return neapi_fail(error, NEAP_BAD_SCENARIO, "%s, or a range such as 40%%..90%%",
                          inner.message);
    if (!(read >= limit->low && read <= limit->high))
        return neapi_fail(error, NEAP_BAD_SCENARIO, "found \"%.80s\", expected %g%% to %g%%", whole,
                          100 * limit->low, 100 * limit->high);
    *end = read;
    return NEAP_OK;
}

static enum neap_status read_range(struct range *range, const char *text, const struct range *limit,
                                   struct neap_error *error)
{
    char low[NEAP_TEXT_SIZE];
    const char *dots = strstr(text, "..");
    neapi_text_copy(low, sizeof low, text);
    if (dots != NULL)
        low[dots - text] = '\0';
    enum neap_status status = read_end(&range->low, low, text, limit, error);
    if (status == NEAP_OK)
        status = read_end(&range->high, dots != NULL ? dots + 2 : low, text, limit, error);
    if (status == NEAP_OK && range->low > range->high)
        return neapi_fail(
            error, NEAP_BAD_SCENARIO,
            "found \"%.80s\", whose first number is the larger one: write the smaller "
            "share first",
            text);
    return status;
}

static enum neap_status read_options(struct work *work)
{
    static const struct range shares = {0.05, 1}, loads = {0, 0.95};
    const struct neap_profile_options *options = work->making.options;
    const char *share = neapi_told(options->cpu_share) ? options->cpu_share : CPU_SHARE;
    const char *load = neapi_told(options->latency_load) ? options->latency_load : LATENCY_LOAD;
    enum neap_status status = read_range(&work->cpu_share, share, &shares, work->error);
    if (status != NEAP_OK)
        return neapi_blame("cpu_share", "", status, work->error);
    return neapi_blame("latency_load", "", read_range(&work->load, load, &loads, work->error),
                       work->error);
}

/* Keys that a latency has no use for. */
static enum neap_status check_keys(const struct work *work)
{
    const struct neap_profile_options *options = work->making.options;
    const struct neap_profile *from = work->making.from;
    if (from != NULL && neapi_told(options->cpu_share))
        return neapi_fail(
            work->error, NEAP_BAD_SCENARIO,
            "cpu_share: the CPU demand and the wait of \"%s\" already say it: leave it "
            "out",
            from->name);
    if (from != NULL && !isnan(from->load_share) && neapi_told(options->latency_load))
        return neapi_fail(work->error, NEAP_BAD_SCENARIO,
                          "latency_load: latencies are compared at the same traffic, and that of "
                          "\"%s\" already says its load: leave it out",
                          from->name);
    for (size_t i = 0; from == NULL && i <= options->classes; i++) {
        struct neapi_texts texts = neapi_texts_of(options, i);
        if (neapi_told(texts.latency) && neapi_told(texts.wait)) {
            neapi_fail(work->error, NEAP_BAD_SCENARIO,
                       "latency already holds it, and cpu_share says how much it is: leave wait "
                       "out, or measure cpu_demand");
            return neapi_blame("wait", texts.name, NEAP_BAD_SCENARIO, work->error);
        }
    }
    return NEAP_OK;
}

static enum neap_status read_latencies(struct work *work, size_t number)
{
    struct neapi_texts texts = neapi_texts_of(work->making.options, number);
    struct neapi_derived *derived = &work->derived[number];
    for (int c = 0; neapi_told(texts.latency) && c < NEAP_CASES; c++) {
        struct neapi_percentiles *latency = &derived->latency[c];
        enum neap_status status = neapi_percentiles_read(latency, texts.latency, (enum neap_case)c,
                                                         work->making.directory, work->error);
        if (status == NEAP_OK && latency->count < 2 && work->making.from == NULL)
            status = neapi_fail(work->error, NEAP_BAD_SCENARIO,
                                "p%g alone does not tell the spread: add a second percentile",
                                100 * latency->p[0]);
        if (status != NEAP_OK)
            return neapi_blame("latency", texts.name, status, work->error);
    }
    return NEAP_OK;
}

static struct neapi_forward forward_of(const struct work *work, enum neap_case number, double load)
{
    static const double containers[NEAP_CASES] = {1, 4, 16};
    struct neapi_forward forward;
    neapi_forward_init(&forward, work->container, work->balancer);
    if (work->balancer != NEAP_BALANCER_RANDOM)
        forward.containers = containers[number];
    forward.load = load;
    return forward;
}

/* --- without from ------------------------------------------------------------------------------------- */

static enum neap_status dequeue(struct neapi_dequeued *found, const struct work *work,
                                size_t number, enum neap_case c, double load)
{
    struct neapi_forward forward = forward_of(work, c, load);
    return neapi_dequeue(found, &forward, work->cpu_share_of[c], &work->derived[number].latency[c],
                         work->error);
}

/* At a high load even a constant service time gives a wide spread of latencies; what was recorded
 * may be narrower than that, which rules the load out. Lowers *load to what is possible. */
static enum neap_status lower_load(double *load, const struct work *work, size_t number)
{
    struct neapi_dequeued found, least;
    double low = work->load.low, high = *load;
    enum neap_status status = dequeue(&found, work, number, NEAP_CASE_LOW, high);
    if (status != NEAP_OK || found.miss <= MISS)
        return status;
    status = dequeue(&least, work, number, NEAP_CASE_LOW, low);
    if (status == NEAP_OK && found.miss > least.miss + MISS_MORE)
        *load = low;
    for (int i = 0; status == NEAP_OK && *load < high && i < 5; i++) {
        double middle = (*load + high) / 2;
        status = dequeue(&found, work, number, NEAP_CASE_LOW, middle);
        if (found.miss <= least.miss + MISS_MORE)
            *load = middle;
        else
            high = middle;
    }
    return status;
}

static enum neap_status refuse_load(const struct work *work, size_t number, double load,
                                    double miss)
{
    struct neapi_texts texts = neapi_texts_of(work->making.options, number);
    neapi_fail(
        work->error, NEAP_BAD_SCENARIO,
        "found \"%.80s\", which no service time gives in this container at a load of %.3g %% "
        "(the nearest is off by %.0f %%): lower latency_load, or check workers and vcpu",
        texts.latency, 100 * load, 100 * miss);
    return neapi_blame("latency", texts.name, NEAP_BAD_SCENARIO, work->error);
}

static void describe(struct neapi_need *need, const char *share, const char *latency, double load)
{
    int length = neap_distribution_describe(need->distribution, need->text, sizeof need->text);
    if (length >= 0 && neap_distribution_mean(need->distribution) > 0)
        neapi_print(need->text + length, sizeof need->text - (size_t)length,
                    " (%s of latency %s at a load of %.3g %%)", share, latency, 100 * load);
}

static enum neap_status derive_needs(struct work *work, size_t number, enum neap_case c)
{
    struct neapi_derived *derived = &work->derived[number];
    struct neapi_need *cpu = &derived->cpu_demand[c], *wait = &derived->wait[c];
    double load = work->load_share[c], share = work->cpu_share_of[c];
    struct neapi_dequeued found;
    char part[32];
    enum neap_status status = dequeue(&found, work, number, c, load);
    if (status == NEAP_OK && found.miss > MISS_MOST && load > 0)
        return refuse_load(work, number, load, found.miss);
    if (status == NEAP_OK)
        status = neapi_dequeued_laws(&cpu->distribution, &wait->distribution, found.mean_s,
                                     found.cv, share, work->error);
    if (status != NEAP_OK)
        return status;
    if (c == NEAP_CASE_MIDDLE)
        work->miss = fmax(work->miss, found.miss);
    cpu->own = wait->own = true;
    neapi_print(part, sizeof part, "%.3g %%", 100 * share);
    describe(cpu, part, derived->latency[c].text, load);
    neapi_print(part, sizeof part, "%.3g %%", 100 * (1 - share));
    describe(wait, part, derived->latency[c].text, load);
    return NEAP_OK;
}

static void mark_varying(struct neapi_derived *derived)
{
    struct neapi_need *needs[] = {derived->cpu_demand, derived->wait};
    for (int k = 0; k < 2; k++) {
        double mean[NEAP_CASES];
        for (int c = 0; c < NEAP_CASES; c++)
            mean[c] = neap_distribution_mean(needs[k][c].distribution);
        for (int c = 0; c < NEAP_CASES; c++)
            needs[k][c].varies =
                mean[0] < mean[1] || mean[0] > mean[1] || mean[2] < mean[1] || mean[2] > mean[1];
    }
}

static enum neap_status derive_alone(struct work *work)
{
    enum neap_status status = NEAP_OK;
    double highest = work->load.high;
    size_t numbers = 1 + work->making.options->classes;
    work->cpu_share_of[NEAP_CASE_LOW] = work->cpu_share.high;
    work->cpu_share_of[NEAP_CASE_MIDDLE] = sqrt(work->cpu_share.low * work->cpu_share.high);
    work->cpu_share_of[NEAP_CASE_HIGH] = work->cpu_share.low;
    for (size_t i = 0; status == NEAP_OK && i < numbers; i++)
        if (work->derived[i].latency[0].count > 0)
            status = lower_load(&highest, work, i);
    work->load.high = highest;
    work->load_share[NEAP_CASE_LOW] = highest;
    work->load_share[NEAP_CASE_MIDDLE] = (work->load.low + highest) / 2;
    work->load_share[NEAP_CASE_HIGH] = work->load.low;
    for (size_t i = 0; status == NEAP_OK && i < numbers; i++) {
        if (work->derived[i].latency[0].count == 0)
            continue;
        for (int c = 0; status == NEAP_OK && c < NEAP_CASES; c++)
            status = derive_needs(work, i, (enum neap_case)c);
        if (status == NEAP_OK)
            mark_varying(&work->derived[i]);
    }
    return status;
}

/* --- with from ------------------------------------------------------------------------------------------ */

/* The profile before and after of one class in one case. */
static struct neapi_change change_of(const struct work *work, const struct neap_profile *draft,
                                     size_t number, enum neap_case c)
{
    const char *name = number > 0 ? work->making.options->class_options[number - 1].name : "all";
    const struct neap_profile *from = neap_profile_case(work->making.from, c);
    const struct neap_profile *new = neap_profile_case(draft, c);
    size_t old_number = neap_profile_class_for(from, name), new_number = 0;
    neap_profile_find_class(new, name, &new_number);
    if (old_number == SIZE_MAX) /* a class by itself: nothing to compare with */
        return (struct neapi_change){NULL, NULL, NULL, NULL, NULL};
    return (struct neapi_change){
        neap_profile_cpu_demand(from, old_number), neap_profile_wait(from, old_number),
        &from->class[old_number].latency, neap_profile_wait(new, new_number),
        &work->derived[number].latency[c]};
}

static enum neap_status refuse_change(const struct work *work, size_t number,
                                      const struct neapi_change *change,
                                      enum neapi_explained explained)
{
    struct neapi_texts texts = neapi_texts_of(work->making.options, number);
    const char *from = work->making.from->name;
    double cpu = neap_distribution_mean(change->cpu_demand);
    double share = cpu / (cpu + neap_distribution_mean(change->wait));
    if (explained == NEAPI_TOO_FAST)
        neapi_fail(
            work->error, NEAP_BAD_SCENARIO,
            "found \"%.80s\", which is below what CPU alone can do: only %.0f %% of the time "
            "of \"%s\" without queueing is CPU. Give the wait, or wait_speedup, of this "
            "profile, raise the lower end of cpu_share of \"%s\" when that is a guess, or "
            "measure cpu_demand",
            texts.latency, 100 * share, from, from);
    else
        neapi_fail(
            work->error, NEAP_BAD_SCENARIO,
            "found \"%.80s\", which %d times the CPU demand of \"%s\" would not explain: check "
            "its unit, or give the wait of this profile",
            texts.latency, NEAPI_FACTOR_LOW, from);
    return neapi_blame("latency", texts.name, NEAP_BAD_SCENARIO, work->error);
}

/* Widens [least, most] by the factors with and without queueing, at one load. */
static enum neap_status widen(struct range *factor, const struct work *work, size_t number,
                              const struct neapi_change *change, enum neap_case c, double load)
{
    struct neapi_forward forward = forward_of(work, c, load);
    for (int queueing = load > 0; queueing >= 0; queueing--) {
        double found = 1;
        enum neapi_explained explained;
        enum neap_status status =
            neapi_explain(&found, &explained, &forward, change, queueing > 0, work->error);
        if (status != NEAP_OK)
            return status;
        if (explained != NEAPI_EXPLAINED)
            return refuse_change(work, number, change, explained);
        factor->low = fmin(factor->low, found);
        factor->high = fmax(factor->high, found);
    }
    return NEAP_OK;
}

/* The factors that explain the latency in one case: at the load of from's latency, or at the ends of
 * what is known of it. */
static enum neap_status explain_case(struct range *factor, const struct work *work, size_t number,
                                     const struct neap_profile *draft, enum neap_case c)
{
    struct neapi_change change = change_of(work, draft, number, c);
    double known = neap_profile_case(work->making.from, c)->load_share;
    *factor = (struct range){HUGE_VAL, 0};
    if (change.cpu_demand == NULL) {
        neapi_fail(work->error, NEAP_BAD_SCENARIO,
                   "\"%s\" has no CPU demand of this class to compare with: give cpu_demand",
                   work->making.from->name);
        return neapi_blame("latency", neapi_texts_of(work->making.options, number).name,
                           NEAP_BAD_SCENARIO, work->error);
    }
    if (!isnan(known))
        return widen(factor, work, number, &change, c, known);
    enum neap_status status = widen(factor, work, number, &change, c, work->load.low);
    if (status == NEAP_OK && work->load.high > work->load.low)
        status = widen(factor, work, number, &change, c, work->load.high);
    return status;
}

static enum neap_status derive_class(struct work *work, size_t number,
                                     const struct neap_profile *draft)
{
    struct range low, high;
    enum neap_status status = explain_case(&low, work, number, draft, NEAP_CASE_LOW);
    if (status == NEAP_OK)
        status = explain_case(&high, work, number, draft, NEAP_CASE_HIGH);
    if (status != NEAP_OK)
        return status;
    double most = fmax(low.high, high.high), least = fmin(low.low, high.low);
    struct neapi_speedup *cpu = &work->derived[number].cpu;
    cpu->told = true;
    cpu->factor[NEAP_CASE_LOW] = 1 / most;
    cpu->factor[NEAP_CASE_MIDDLE] = 1 / sqrt(most * least);
    cpu->factor[NEAP_CASE_HIGH] = 1 / least;
    cpu->varies = least < most;
    neapi_text_copy(cpu->how, sizeof cpu->how, "what the latency leaves open");
    return NEAP_OK;
}

/* The load that the same traffic makes of a container with the new CPU demand. */
static double new_load(const struct work *work, const struct neap_profile *draft, enum neap_case c)
{
    const struct neap_profile *from = neap_profile_case(work->making.from, c);
    const struct neap_profile *new = neap_profile_case(draft, c);
    double known = from->load_share;
    double load = !isnan(known)         ? known
                  : c == NEAP_CASE_LOW  ? work->load.high
                  : c == NEAP_CASE_HIGH ? work->load.low
                                        : (work->load.low + work->load.high) / 2;
    size_t number = neap_profile_class_for(from, "all"), i = 0;
    if (number == SIZE_MAX)
        number = i = 1;
    const struct neap_distribution *cpu = neap_profile_cpu_demand(from, number);
    struct neap_distribution *scaled;
    double factor = 1 / work->derived[0].cpu.factor[c];
    if (!work->derived[0].cpu.told ||
        neap_distribution_scale(&scaled, cpu, factor, NULL) != NEAP_OK)
        return load;
    double before = neapi_station_capacity_rate(work->container, cpu, neap_profile_wait(from, i));
    double after = neapi_station_capacity_rate(work->container, scaled, neap_profile_wait(new, i));
    neap_distribution_free(scaled);
    return load * before / after;
}

static enum neap_status derive_change(struct work *work)
{
    struct neap_profile *draft = NULL; /* the new profile but for its CPU demand */
    struct neapi_making making = work->making;
    making.load_share = NULL;
    enum neap_status status = neapi_profile_make(&draft, &making, work->error);
    for (size_t i = 0; status == NEAP_OK && i <= making.options->classes; i++)
        if (work->derived[i].latency[0].count > 0)
            status = derive_class(work, i, draft);
    for (int c = 0; status == NEAP_OK && c < NEAP_CASES; c++)
        work->load_share[c] = new_load(work, draft, (enum neap_case)c);
    neap_profile_free(draft);
    return status;
}

/* --- in words ------------------------------------------------------------------------------------------- */

static void print_range(char text[64], const struct range *range)
{
    if (range->low < range->high)
        neapi_print(text, 64, "%.3g %% to %.3g %%", 100 * range->low, 100 * range->high);
    else
        neapi_print(text, 64, "%.3g %%", 100 * range->low);
}

static void tell_alone(struct work *work)
{
    char share[64], load[64];
    print_range(share, &work->cpu_share);
    print_range(load, &work->load);
    neapi_print(
        work->assumption, sizeof work->assumption,
        "CPU demand was never measured: a share of %s of the time without queueing is taken to be "
        "CPU, and the latency to have been recorded at a load of %s; the recorded percentiles "
        "are met within %.1g %%",
        share, load, fmax(100 * work->miss, 0.1));
    neapi_print(work->measurement, sizeof work->measurement, "%s%s", MEASUREMENT,
                "and give it as cpu_demand");
}

static void tell_change(struct work *work)
{
    char load[64];
    const struct neap_profile *from = work->making.from;
    struct range known = {neap_profile_case(from, NEAP_CASE_HIGH)->load_share,
                          neap_profile_case(from, NEAP_CASE_LOW)->load_share};
    print_range(load, isnan(known.low) ? &work->load : &known);
    neapi_print(work->assumption, sizeof work->assumption,
                "CPU demand was never measured: it is what explains the latency when nothing but "
                "CPU time changed against %s, at the same traffic, with no queueing at the least "
                "and that of a load of %s at the most",
                from->name, load);
    neapi_print(work->measurement, sizeof work->measurement, "%sbefore and after the change",
                MEASUREMENT);
}

/* --- the profile ---------------------------------------------------------------------------------------- */

static enum neap_status derive(struct work *work)
{
    enum neap_status status = neapi_profile_check(&work->making, work->error);
    if (status == NEAP_OK)
        status = check_keys(work);
    if (status == NEAP_OK)
        status = read_options(work);
    for (size_t i = 0; status == NEAP_OK && i <= work->making.options->classes; i++)
        status = read_latencies(work, i);
    if (status == NEAP_OK)
        status = work->making.from == NULL ? derive_alone(work) : derive_change(work);
    if (status == NEAP_OK && work->making.from == NULL)
        tell_alone(work);
    else if (status == NEAP_OK)
        tell_change(work);
    return status;
}

static void free_derived(struct neapi_derived *derived, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int c = 0; c < NEAP_CASES; c++) {
            neap_distribution_free(derived[i].cpu_demand[c].distribution);
            neap_distribution_free(derived[i].wait[c].distribution);
        }
    free(derived);
}

enum neap_status neap_profile_from_latency(struct neap_profile **profile, const char *name,
                                           const struct neap_profile_options *options,
                                           const struct neap_profile *from,
                                           const struct neap_container_options *container,
                                           enum neap_balancer_type balancer, const char *directory,
                                           struct neap_error *error)
{
    enum neap_status status = neap_container_check(container, error);
    if (status != NEAP_OK)
        return status;
    struct work *work = neapi_allocate(1, sizeof *work);
    struct neapi_derived *derived = neapi_allocate(1 + options->classes, sizeof *derived);
    if (work == NULL || derived == NULL) {
        free(work);
        free(derived);
        return neapi_no_memory(error, "a profile");
    }
    work->making = (struct neapi_making){.name = name,
                                         .directory = directory,
                                         .options = options,
                                         .from = from,
                                         .derived = derived,
                                         .load_share = work->load_share,
                                         .assumption = work->assumption,
                                         .measurement = work->measurement};
    work->container = container;
    work->balancer = balancer;
    work->derived = derived;
    work->error = error;
    status = derive(work);
    if (status == NEAP_OK)
        status = neapi_profile_make(profile, &work->making, error);
    free_derived(derived, 1 + options->classes);
    free(work);
    return status;
}
