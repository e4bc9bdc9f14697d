/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Least values of functions of several numbers (Nelder and Mead 1965). */
#include <gsl/gsl_multimin.h>

#include "base/fail.h"
#include "profile/impl.h"

struct wrapped {
    double (*f)(const double *x, void *context);
    void *context;
};

static double call(const gsl_vector *x, void *context)
{
    const struct wrapped *wrapped = context;
    double plain[NEAPI_MINIMISE_MOST];
    for (size_t i = 0; i < x->size; i++)
        plain[i] = gsl_vector_get(x, i);
    return wrapped->f(plain, wrapped->context);
}

static void iterate(gsl_multimin_fminimizer *minimizer)
{
    for (int i = 0; i < 500; i++)
        if (gsl_multimin_fminimizer_iterate(minimizer) != 0 ||
            gsl_multimin_fminimizer_size(minimizer) < 1e-7)
            return;
}

enum neap_status neapi_minimise(double (*f)(const double *x, void *context), void *context,
                                double *x, size_t count, double step, struct neap_error *error)
{
    struct wrapped wrapped = {f, context};
    gsl_multimin_function function = {call, count, &wrapped};
    gsl_multimin_fminimizer *minimizer =
        gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, count);
    gsl_vector *start = gsl_vector_alloc(count), *steps = gsl_vector_alloc(count);
    bool made = minimizer != NULL && start != NULL && steps != NULL;
    if (made) {
        for (size_t i = 0; i < count; i++)
            gsl_vector_set(start, i, x[i]);
        gsl_vector_set_all(steps, step);
        if (gsl_multimin_fminimizer_set(minimizer, &function, start, steps) == 0)
            iterate(minimizer);
        for (size_t i = 0; i < count; i++)
            x[i] = gsl_vector_get(minimizer->x, i);
    }
    if (minimizer != NULL)
        gsl_multimin_fminimizer_free(minimizer);
    gsl_vector_free(start);
    gsl_vector_free(steps);
    return made ? NEAP_OK : neapi_no_memory(error, "a fit");
}
