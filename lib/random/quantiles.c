/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A curve through quantiles: y = ln q against the normal score z, monotone between the knots by
 * Steffen's (1990) choice of slopes, a straight line (that is, a lognormal) outside of them with
 * the slope of the first and the last piece.
 *
 *      y |                    . '   lognormal tail
 *        |              __o--
 *        |         _--'         piecewise cubic
 *        |     o--
 *        | . '   lognormal tail
 *        +--------------------------- z */
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "random/impl.h"

/* --- the curve */

static double secant(const struct neapi_knot *knot)
{
    return (knot[1].y - knot[0].y) / (knot[1].z - knot[0].z);
}

static void set_slopes(struct neapi_knot *knot, size_t count)
{
    knot[0].slope = secant(knot);
    knot[count - 1].slope = secant(knot + count - 2);
    for (size_t i = 1; i + 1 < count; i++) {
        double left = secant(knot + i - 1), right = secant(knot + i);
        double before = knot[i].z - knot[i - 1].z, after = knot[i + 1].z - knot[i].z;
        double parabola = (left * after + right * before) / (before + after);
        /* knots ascend, so that all three are positive */
        knot[i].slope = 2 * fmin(fmin(left, right), 0.5 * parabola);
    }
}

/* y and, unless NULL, its slope at distance t from the left knot of a piece. */
static double piece(const struct neapi_knot *knot, double t, double *slope)
{
    double width = knot[1].z - knot[0].z, mean = secant(knot);
    double square = (3 * mean - 2 * knot[0].slope - knot[1].slope) / width;
    double cube = (knot[0].slope + knot[1].slope - 2 * mean) / (width * width);
    if (slope != NULL)
        *slope = knot[0].slope + t * (2 * square + t * 3 * cube);
    return knot[0].y + t * (knot[0].slope + t * (square + t * cube));
}

static double y_of_z(const struct neap_distribution *d, double z)
{
    const struct neapi_knot *knot = neapi_knots(d), *last = knot + d->count - 1;
    if (z <= knot->z)
        return knot->y + knot->slope * (z - knot->z);
    if (z >= last->z)
        return last->y + last->slope * (z - last->z);
    while (z >= knot[1].z)
        knot++;
    return piece(knot, z - knot->z, NULL);
}

/* Inverts a piece by Newton's method, by halving where that would leave the bracket. */
static double invert_piece(const struct neapi_knot *knot, double y)
{
    double low = 0, high = knot[1].z - knot[0].z;
    double t = high * (y - knot[0].y) / (knot[1].y - knot[0].y);
    for (int i = 0; i < 100; i++) {
        double slope, error = piece(knot, t, &slope) - y;
        if (error > 0)
            high = t;
        else
            low = t;
        double next = t - error / slope;
        if (!(next > low && next < high))
            next = (low + high) / 2;
        double step = fabs(next - t);
        t = next;
        if (step <= 1e-15)
            break;
    }
    return knot[0].z + t;
}

static double z_of_y(const struct neap_distribution *d, double y)
{
    const struct neapi_knot *knot = neapi_knots(d), *last = knot + d->count - 1;
    if (y <= knot->y)
        return knot->z + (y - knot->y) / knot->slope;
    if (y >= last->y)
        return last->z + (y - last->y) / last->slope;
    while (y >= knot[1].y)
        knot++;
    return invert_piece(knot, y);
}

/* --- the family */

static double quantiles_quantile(const struct neap_distribution *d, double u, double w)
{
    return exp(y_of_z(d, neapi_normal_score(u, w)));
}

static double quantiles_cdf(const struct neap_distribution *d, double x)
{
    return gsl_cdf_ugaussian_P(z_of_y(d, log(x)));
}

static double quantiles_tail(const struct neap_distribution *d, double x)
{
    return gsl_cdf_ugaussian_Q(z_of_y(d, log(x)));
}

const struct neapi_family neapi_quantiles = {
    NEAP_FAMILY_QUANTILES, quantiles_quantile, quantiles_cdf, quantiles_tail, NULL, NULL,
};

/* --- moments: E[X^k] = integral of exp(k y(z)) phi(z) dz */

/* Abscissae and weights of the Gauss-Legendre rule of eight points on [-1, 1], one side. */
static const double rule[][2] = {
    {0.18343464249564981, 0.36268378337836199},
    {0.52553240991632899, 0.31370664588787728},
    {0.79666647741362673, 0.22238103445337448},
    {0.96028985649753629, 0.10122853629037626},
};

static double integrand(const struct neapi_knot *knot, double t, int k)
{
    double z = knot->z + t;
    return exp(k * piece(knot, t, NULL) - z * z / 2);
}

static double integrate_piece(const struct neapi_knot *knot, int k)
{
    double width = knot[1].z - knot[0].z, sum = 0;
    int parts = 1 + (int)(width * 8);
    double half = width / parts / 2;
    for (int part = 0; part < parts; part++) {
        double middle = half * (2 * part + 1);
        for (size_t i = 0; i < sizeof rule / sizeof *rule; i++)
            sum += rule[i][1] * (integrand(knot, middle - half * rule[i][0], k) +
                                 integrand(knot, middle + half * rule[i][0], k));
    }
    return sum * half * 0.39894228040143268; /* 1 / sqrt(2 pi) */
}

/* A lognormal's part of the moment on one side of a knot: side 1 above, -1 below. */
static double tail_moment(const struct neapi_knot *knot, int k, int side)
{
    double s = k * knot->slope;
    return exp(k * knot->y - s * knot->z + s * s / 2) * gsl_cdf_ugaussian_Q(side * (knot->z - s));
}

static double moment(const struct neap_distribution *d, int k)
{
    const struct neapi_knot *knot = neapi_knots(d), *last = knot + d->count - 1;
    double sum = tail_moment(knot, k, -1);
    for (size_t i = 0; i + 1 < d->count; i++)
        sum += integrate_piece(knot + i, k);
    return sum + tail_moment(last, k, 1);
}

void neapi_quantiles_finish(struct neap_distribution *d)
{
    set_slopes((struct neapi_knot *)(void *)d->storage, d->count);
    d->mean = moment(d, 1);
    d->scv = fmax(0, moment(d, 2) / (d->mean * d->mean) - 1);
    d->third = moment(d, 3) / (d->mean * d->mean * d->mean);
}
