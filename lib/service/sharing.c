/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Processor sharing: V cores, each request on at most one. The mean does not depend on the law of the
 * demand (insensitivity). For exponential demand the time on CPU is the absorption time of a chain
 * that counts the other requests k of a tagged one (Coffman, Muntz and Trotter 1970 for one core):
 *
 *     k -> k+1 at the arrival rate, k -> k-1 at k r, done at r,   r = min(1, V / (k+1)) / demand.
 *
 * An arrival sees k with the stationary law of M/M/V. */
#include <math.h>
#include <stdlib.h>

#include <neap/service.h>

#include "base/array.h"
#include "base/fail.h"
#include "service/inversion.h"

/* Mean requests over offered load, from the weights a^k / k! up to whole = floor(vcpu) requests and
 * a geometric tail beyond; relative to the weight of `whole`. */
static double fraction_slowdown(double vcpu, double rho)
{
    double offered = vcpu * rho, whole = floor(vcpu), tail = rho / (1 - rho);
    double weight = 1, all = 1 + tail, requests = whole * all + tail / (1 - rho);
    for (double k = whole; k >= 1 && weight < 1e280; k--) {
        weight *= k / offered;
        all += weight;
        requests += (k - 1) * weight;
    }
    return requests / all / offered;
}

double neap_sharing_slowdown(double vcpu, double rho)
{
    if (!(vcpu > 0) || !(rho >= 0))
        return (double)NAN;
    if (rho >= 1)
        return (double)INFINITY;
    if (vcpu < 64 && vcpu > floor(vcpu) && rho > 1e-9)
        return fraction_slowdown(vcpu, rho);
    return 1 / fmin(vcpu, 1) + neap_erlang_c(vcpu, vcpu * rho) / (vcpu * (1 - rho));
}

double neap_sharing_conditional_variance(double rho, double mean_demand_s, double demand_s)
{
    if (!(rho >= 0 && rho < 1) || !(mean_demand_s > 0) || !(demand_s >= 0))
        return (double)NAN;
    double idle = 1 - rho, x = demand_s / mean_demand_s, y = idle * x;
    /* y + expm1(-y) loses its digits for small y */
    double rest =
        y > 0.01 ? y + expm1(-y) : y * y * (1.0 / 2 - y * (1.0 / 6 - y * (1.0 / 24 - y / 120)));
    return mean_demand_s * mean_demand_s * 2 * rho / (idle * idle * idle * idle) * rest;
}

/* The chain up to `count` other requests, in mean demands; work arrays behind it. */
struct chain {
    int vcpu;
    double rho;
    size_t count;
    double *seen;          /* law of k */
    double *mean, *square; /* room */
    double complex *upper, *value;
};

static double share(const struct chain *chain, size_t k)
{
    return fmin(1, chain->vcpu / ((double)k + 1));
}

static void chain_free(struct chain *chain)
{
    free(chain->seen);
    free(chain->upper);
}

static void fill_seen(struct chain *chain)
{
    double total = 0, weight = 1;
    for (size_t k = 0; k < chain->count; k++) {
        chain->seen[k] = weight;
        total += weight;
        weight *= chain->vcpu * chain->rho / fmin((double)k + 1, chain->vcpu);
    }
    for (size_t k = 0; k < chain->count; k++)
        chain->seen[k] /= total;
}

static enum neap_status chain_init(struct chain *chain, int vcpu, double rho, double mean_demand_s,
                                   struct neap_error *error)
{
    if (vcpu < 1 || vcpu > 1024 || !(rho > 0 && rho <= 0.999) || !(mean_demand_s > 0))
        return neapi_fail(
            error, NEAP_BAD_ARGUMENT,
            "processor sharing: %d cores at utilisation %g with demand %g s, expected "
            "1..1024 cores, above 0 to 0.999, above 0 s",
            vcpu, rho, mean_demand_s);
    *chain = (struct chain){.vcpu = vcpu, .rho = rho};
    chain->count = (size_t)(2 * vcpu + ceil(32 / -log(rho)) + 10);
    chain->seen = neapi_allocate(3 * chain->count, sizeof *chain->seen);
    chain->upper = neapi_allocate(2 * chain->count, sizeof *chain->upper);
    if (chain->seen == NULL || chain->upper == NULL) {
        chain_free(chain);
        return neapi_no_memory(error, "the processor-sharing chain");
    }
    chain->mean = chain->seen + chain->count;
    chain->square = chain->mean + chain->count;
    chain->value = chain->upper + chain->count;
    fill_seen(chain);
    return NEAP_OK;
}

/* x solves (total rate) x_k - up x_{k+1} - down x_{k-1} = right_k. upper is room; x may be right. */
static void solve(const struct chain *chain, const double *right, double *x, double *upper)
{
    double up = chain->vcpu * chain->rho;
    size_t n = chain->count;
    for (size_t k = 0; k < n; k++) {
        double r = share(chain, k), down = (double)k * r, rise = k + 1 < n ? up : 0;
        double pivot = rise + down + r - (k > 0 ? down * upper[k - 1] : 0);
        upper[k] = rise / pivot;
        x[k] = (right[k] + (k > 0 ? down * x[k - 1] : 0)) / pivot;
    }
    for (size_t k = n - 1; k-- > 0;)
        x[k] += upper[k] * x[k + 1];
}

enum neap_status neap_sharing_variance(double *variance_s2, int vcpu, double rho,
                                       double mean_demand_s, struct neap_error *error)
{
    struct chain chain;
    enum neap_status status = chain_init(&chain, vcpu, rho, mean_demand_s, error);
    if (status != NEAP_OK)
        return status;
    double *upper = (double *)chain.value;
    for (size_t k = 0; k < chain.count; k++)
        chain.mean[k] = 1;
    solve(&chain, chain.mean, chain.mean, upper);
    for (size_t k = 0; k < chain.count; k++)
        chain.square[k] = 2 * chain.mean[k];
    solve(&chain, chain.square, chain.square, upper);
    double first = 0, second = 0;
    for (size_t k = 0; k < chain.count; k++) {
        first += chain.seen[k] * chain.mean[k];
        second += chain.seen[k] * chain.square[k];
    }
    *variance_s2 = mean_demand_s * mean_demand_s * (second - first * first);
    chain_free(&chain);
    return NEAP_OK;
}

/* Transform of P(T > t): the same system with s added to the total rates, right side 1. */
static double complex tail_transform(double complex s, const void *context)
{
    const struct chain *chain = context;
    double up = chain->vcpu * chain->rho;
    size_t n = chain->count;
    for (size_t k = 0; k < n; k++) {
        double r = share(chain, k), down = (double)k * r, rise = k + 1 < n ? up : 0;
        double complex pivot = s + rise + down + r - (k > 0 ? down * chain->upper[k - 1] : 0);
        double size = creal(pivot) * creal(pivot) + cimag(pivot) * cimag(pivot);
        double complex inverse = conj(pivot) / size;
        chain->upper[k] = rise * inverse;
        chain->value[k] = (1 + (k > 0 ? down * chain->value[k - 1] : 0)) * inverse;
    }
    double complex value = chain->value[n - 1], sum = chain->seen[n - 1] * value;
    for (size_t k = n - 1; k-- > 0;) {
        value = chain->value[k] + chain->upper[k] * value;
        sum += chain->seen[k] * value;
    }
    return sum;
}

enum neap_status neap_sharing_quantile(double *time_s, int vcpu, double rho, double mean_demand_s,
                                       double probability, struct neap_error *error)
{
    if (!(probability > 0 && probability <= 0.999999))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "processor sharing: probability %g, expected above 0 to 0.999999",
                          probability);
    struct chain chain;
    enum neap_status status = chain_init(&chain, vcpu, rho, mean_demand_s, error);
    if (status != NEAP_OK)
        return status;
    double start = neap_sharing_slowdown(vcpu, rho);
    *time_s = mean_demand_s * neapi_invert_quantile(tail_transform, &chain, 1 - probability, start);
    chain_free(&chain);
    return NEAP_OK;
}
