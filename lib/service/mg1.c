/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * M/G/1, first come first served: moments (Pollaczek, Khinchine; Takacs 1962) and quantiles from the
 * Pollaczek-Khinchine transform. */
#include <math.h>

#include <neap/service.h>

#include "base/fail.h"
#include "service/inversion.h"
#include "service/law.h"

struct neap_mg1 neap_mg1_moments(const struct neap_law *service, double rho)
{
    double nan = (double)NAN;
    if (!neapi_law_valid(service) || !(rho >= 0 && rho < 1))
        return (struct neap_mg1){nan, nan, nan, nan, nan};
    double mean = service->mean_s, rate = rho / mean;
    double second = neap_law_moment(service, 2), third = neap_law_moment(service, 3);
    double wait = rate * second / (2 * (1 - rho));
    double variance = wait * wait + rate * third / (3 * (1 - rho));
    return (struct neap_mg1){.wait_mean_s = wait,
                             .wait_variance_s2 = variance,
                             .response_mean_s = wait + mean,
                             .response_variance_s2 = variance + second - mean * mean,
                             .in_queue = rate * wait};
}

/* Fixed service times give the wait's law kinks that the inversion does not like, so M/D/c's own
 * method has them up to here; beyond, waits that matter are too long for kinks. */
static const double STEPS_MOST = 0.95;

struct queue {
    const struct neap_law *service;
    double rho;
    bool response; /* else the wait */
};

/* Transform of P(W > t) or P(T > t). */
static double complex tail_transform(double complex s, const void *context)
{
    const struct queue *queue = context;
    double complex service = neapi_law_transform(queue->service, s);
    double complex rest = (1 - service) / (s * queue->service->mean_s);
    double complex wait = (1 - queue->rho) / (1 - queue->rho * rest);
    return (1 - (queue->response ? wait * service : wait)) / s;
}

static enum neap_status check(const struct neap_law *service, double rho, double probability,
                              struct neap_error *error)
{
    if (!neapi_law_valid(service))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "M/G/1: service mean %g s, scv %g: expected a mean above 0 and an scv "
                          "that this kind of law can have",
                          service->mean_s, service->scv);
    if (!(rho > 0 && rho < 1))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "M/G/1: utilisation %g, expected a number between 0 and 1", rho);
    if (!(probability >= 0 && probability <= 0.999999))
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "M/G/1: probability %g, expected 0..0.999999",
                          probability);
    return NEAP_OK;
}

enum neap_status neap_mg1_wait_quantile(double *wait_s, const struct neap_law *service, double rho,
                                        double probability, struct neap_error *error)
{
    enum neap_status status = check(service, rho, probability, error);
    if (status != NEAP_OK)
        return status;
    if (service->kind == NEAP_LAW_DETERMINISTIC && rho < STEPS_MOST)
        return neap_mdc_wait_quantiles(wait_s, 1, rho, service->mean_s, &probability, 1, error);
    struct queue queue = {service, rho, false};
    double mean = neap_mg1_moments(service, rho).wait_mean_s;
    *wait_s = rho <= 1 - probability
                  ? 0
                  : neapi_invert_quantile(tail_transform, &queue, 1 - probability, 2 * mean);
    return NEAP_OK;
}

enum neap_status neap_mg1_response_quantile(double *response_s, const struct neap_law *service,
                                            double rho, double probability,
                                            struct neap_error *error)
{
    enum neap_status status = check(service, rho, probability, error);
    if (status != NEAP_OK)
        return status;
    if (service->kind == NEAP_LAW_DETERMINISTIC) {
        double wait_s;
        status = neap_mdc_wait_quantiles(&wait_s, 1, rho, service->mean_s, &probability, 1, error);
        if (status == NEAP_OK)
            *response_s = wait_s + service->mean_s;
        return status;
    }
    struct queue queue = {service, rho, true};
    double mean = neap_mg1_moments(service, rho).response_mean_s;
    *response_s = neapi_invert_quantile(tail_transform, &queue, 1 - probability, 2 * mean);
    return NEAP_OK;
}
