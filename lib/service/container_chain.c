/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A container exactly, for exponential CPU demand and wait. State: (i on CPU, the others of those
 * inside waiting without CPU, q queued). Level n = all requests; level n <= w has the states i = 0..n,
 * a level beyond w has i = 0..w. Levels change by one, so with A up, D down, L within (its diagonal
 * minus the total rates)
 *
 *     p(n) = p(n-1) R(n),   R(n) = A(n-1) (-(L(n) + R(n+1) D(n+1)))^-1,
 *
 * from the last level back to 1. An endless queue has one R beyond w, found by logarithmic reduction
 * (Latouche and Ramaswami 1993). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/service.h>

#include "base/array.h"
#include "base/fail.h"

enum { WORKERS_MOST = 128, NUMBERS_MOST = 1 << 24 };

struct model {
    int workers;
    double vcpu, cpu_rate, wait_rate, arrival;
    double queue;
};

/* --- small dense matrices, row by row ------------------------------------------------------------- */

static void multiply(double *product, const double *a, const double *b, int m)
{
    memset(product, 0, sizeof *product * (size_t)m * (size_t)m);
    for (int i = 0; i < m; i++)
        for (int k = 0; k < m; k++)
            for (int j = 0; j < m; j++)
                product[i * m + j] += a[i * m + k] * b[k * m + j];
}

/* Gauss-Jordan without pivoting: safe for the matrices here, whose inverses are not negative. */
static void invert(double *a, int m)
{
    for (int p = 0; p < m; p++) {
        double pivot = 1 / a[p * m + p];
        a[p * m + p] = 1;
        for (int j = 0; j < m; j++)
            a[p * m + j] *= pivot;
        for (int i = 0; i < m; i++) {
            double factor = a[i * m + p];
            if (i == p || (factor >= 0 && factor <= 0))
                continue;
            a[i * m + p] = 0;
            for (int j = 0; j < m; j++)
                a[i * m + j] -= factor * a[p * m + j];
        }
    }
}

/* --- the rates ------------------------------------------------------------------------------------ */

static double cpu_done(const struct model *model, int on_cpu)
{
    return model->cpu_rate * fmin(on_cpu, model->vcpu);
}

/* -L of a level with `inside` requests inside; arrivals are lost at the last level. */
static void within(double *matrix, const struct model *model, int inside, bool last)
{
    int m = inside + 1;
    memset(matrix, 0, sizeof *matrix * (size_t)m * (size_t)m);
    for (int i = 0; i < m; i++) {
        double done = cpu_done(model, i), back = model->wait_rate * (inside - i);
        matrix[i * m + i] = done + back + (last ? 0 : model->arrival);
        if (i > 0)
            matrix[i * m + i - 1] = -done;
    }
}

/* matrix -= R D for the step down onto a level of m states; R has m rows. From a level with a queue
 * the head of it takes the place (i -> i+1), else i stays. */
static void take_down(double *matrix, const struct model *model, const double *r, int m,
                      bool queued)
{
    int wide = queued ? m : m + 1, inside = wide - 1;
    for (int i = 0; i < m; i++)
        for (int k = 0; k < inside; k++)
            matrix[i * m + k + (queued ? 1 : 0)] -=
                r[i * wide + k] * model->wait_rate * (inside - k);
}

/* --- an endless queue ----------------------------------------------------------------------------- */

/* One step of the reduction: up <- (I-U)^-1 up^2, down <- (I-U)^-1 down^2, U = up down + down up. */
static void reduce(double *up, double *down, double *room, int m)
{
    size_t size = (size_t)m * (size_t)m;
    double *inverse = room, *work = room + size;
    multiply(inverse, up, down, m);
    multiply(work, down, up, m);
    for (int i = 0; i < m * m; i++)
        inverse[i] = (i % (m + 1) == 0 ? 1 : 0) - inverse[i] - work[i];
    invert(inverse, m);
    multiply(work, up, up, m);
    multiply(up, inverse, work, m);
    multiply(work, down, down, m);
    multiply(down, inverse, work, m);
}

/* First passage one level down from a queue: down + up down' + up up' down'' + ... */
static void first_passage(double *passage, const struct model *model, double *room, int m)
{
    size_t size = (size_t)m * (size_t)m;
    double *up = room, *down = up + size, *path = down + size, *work = path + size;
    within(up, model, m - 1, false);
    invert(up, m);
    memset(work, 0, sizeof *work * size);
    for (int i = 0; i < m - 1; i++)
        work[i * m + i + 1] = model->wait_rate * (m - 1 - i);
    multiply(down, up, work, m);
    for (size_t i = 0; i < size; i++)
        up[i] *= model->arrival;
    memcpy(passage, down, sizeof *passage * size);
    memcpy(path, up, sizeof *path * size);
    double gain = 1;
    for (int step = 0; step < 60 && gain > 1e-17; step++) {
        reduce(up, down, work, m);
        double *term = work;
        multiply(term, path, down, m);
        gain = 0;
        for (size_t i = 0; i < size; i++) {
            passage[i] += term[i];
            gain = fmax(gain, term[i]);
        }
        multiply(term, path, up, m);
        memcpy(path, term, sizeof *path * size);
    }
}

/* R = A (-(L + A G))^-1 */
static void endless(double *r, const struct model *model, double *room, int m)
{
    size_t size = (size_t)m * (size_t)m;
    double *passage = room;
    first_passage(passage, model, room + size, m);
    within(r, model, m - 1, false);
    for (size_t i = 0; i < size; i++)
        r[i] -= model->arrival * passage[i];
    invert(r, m);
    for (size_t i = 0; i < size; i++)
        r[i] *= model->arrival;
}

/* --- the solution --------------------------------------------------------------------------------- */

struct totals {
    double all, requests, waiting, on_cpu, found_busy, full;
};

static void add(struct totals *totals, const double *p, int inside, double queued, int workers,
                bool full)
{
    for (int i = 0; i <= inside; i++) {
        totals->all += p[i];
        totals->requests += (inside + queued) * p[i];
        totals->waiting += queued * p[i];
        totals->on_cpu += i * p[i];
        if (full)
            totals->full += p[i];
        else if (inside == workers)
            totals->found_busy += p[i];
    }
}

static void row_times(double *to, const double *from, const double *r, int rows, int columns)
{
    for (int j = 0; j < columns; j++) {
        to[j] = 0;
        for (int i = 0; i < rows; i++)
            to[j] += from[i] * r[i * columns + j];
    }
}

/* p (I-R)^-1 and p R (I-R)^-2 beyond level w, by the sums' own equations. */
static void add_endless(struct totals *totals, const double *p, const double *r, double *room,
                        int m)
{
    size_t size = (size_t)m * (size_t)m;
    double *inverse = room, *all = room + size, *first = all + m, *next = first + m;
    for (int i = 0; i < m * m; i++)
        inverse[i] = (i % (m + 1) == 0 ? 1 : 0) - r[i];
    invert(inverse, m);
    row_times(all, p, inverse, m, m);
    row_times(next, all, r, m, m);
    row_times(first, next, inverse, m, m);
    add(totals, all, m - 1, 0, m - 1, false);
    for (int i = 0; i < m; i++) {
        totals->requests += first[i];
        totals->waiting += first[i];
    }
}

/* Where R(n) of level n <= w starts: R(1) has 1 x 2 numbers, R(2) 2 x 3, ... */
static size_t inner_start(int n)
{
    size_t k = (size_t)n - 1;
    return k * (k + 1) * (k + 2) / 3;
}

/* R of the levels w+1 .. w+queue, or one for all of them when the queue has no end; the return value
 * is R(w+1), NULL when there is no such level. */
static const double *queue_levels(double *r, const struct model *model, double *room)
{
    int m = model->workers + 1;
    size_t size = (size_t)m * (size_t)m;
    if (isinf(model->queue)) {
        endless(r, model, room, m);
        return r;
    }
    for (size_t q = (size_t)model->queue; q-- > 0;) {
        double *here = r + q * size;
        bool last = q + 1 == (size_t)model->queue;
        within(here, model, m - 1, last);
        if (!last)
            take_down(here, model, here + size, m, true);
        invert(here, m);
        for (size_t i = 0; i < size; i++)
            here[i] *= model->arrival;
    }
    return model->queue > 0 ? r : NULL;
}

/* R of the levels 1 .. w, from the one above. */
static void inner_levels(double *inner, const struct model *model, const double *above,
                         double *room)
{
    bool queued = true;
    for (int n = model->workers; n >= 1; n--) {
        int m = n + 1;
        within(room, model, n, n == model->workers && above == NULL);
        if (above != NULL)
            take_down(room, model, above, m, queued);
        invert(room, m);
        double *here = inner + inner_start(n);
        for (int i = 0; i < n; i++) /* an arrival starts on CPU: i -> i+1 */
            for (int j = 0; j < m; j++)
                here[i * m + j] = model->arrival * room[(i + 1) * m + j];
        above = here;
        queued = false;
    }
}

static struct totals collect(const struct model *model, const double *inner, const double *r,
                             double *room)
{
    int w = model->workers, m = w + 1;
    double *p = room, *next = p + m, *work = next + m;
    struct totals totals = {0};
    bool ends = !isinf(model->queue);
    p[0] = 1;
    add(&totals, p, 0, 0, w, false);
    for (int n = 1; n <= w; n++) {
        row_times(next, p, inner + inner_start(n), n, n + 1);
        memcpy(p, next, sizeof *p * (size_t)(n + 1));
        if (n < w || ends)
            add(&totals, p, n, 0, w, n == w && model->queue < 1);
    }
    if (!ends) {
        add_endless(&totals, p, r, work, m);
        return totals;
    }
    for (size_t q = 0; q < (size_t)model->queue; q++) {
        row_times(next, p, r + q * (size_t)m * (size_t)m, m, m);
        memcpy(p, next, sizeof *p * (size_t)m);
        add(&totals, p, w, (double)(q + 1), w, q + 1 == (size_t)model->queue);
    }
    return totals;
}

static enum neap_status solve(struct neap_fes_result *result, const struct model *model,
                              struct neap_error *error)
{
    size_t m = (size_t)model->workers + 1;
    double levels = isinf(model->queue) ? 1 : model->queue;
    if (levels * (double)(m * m) > NUMBERS_MOST)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "container chain: %d workers with a queue of %g need too many states; "
                          "expected (workers + 1)^2 x queue below %d",
                          model->workers, model->queue, NUMBERS_MOST);
    size_t outer = (size_t)levels * m * m, inner = inner_start(model->workers + 1),
           room = 8 * m * m + 8 * m;
    double *numbers = neapi_allocate(outer + inner + room, sizeof *numbers);
    if (numbers == NULL)
        return neapi_no_memory(error, "the container chain");
    double *r = numbers, *inside = r + outer, *work = inside + inner;
    const double *above = queue_levels(r, model, work);
    inner_levels(inside, model, above, work);
    struct totals t = collect(model, inside, r, work);
    free(numbers);
    double accepted = model->arrival * (1 - t.full / t.all);
    result->t_mean = t.requests / t.all / accepted;
    result->wq_mean = t.waiting / t.all / accepted;
    result->p_wait = t.found_busy / (t.all - t.full);
    result->cpu_stretch = t.on_cpu / t.all / accepted * model->cpu_rate;
    result->p_block = result->p_full = t.full / t.all;
    result->lq = t.waiting / t.all;
    return NEAP_OK;
}

enum neap_status neap_container_chain(struct neap_fes_result *result, int workers, double vcpu,
                                      double cpu_mean_s, double wait_mean_s, double arrival_rate,
                                      double listen_queue, struct neap_error *error)
{
    double capacity = neap_container_capacity(workers, vcpu, cpu_mean_s, wait_mean_s);
    if (isnan(capacity) || workers > WORKERS_MOST)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "container chain: %d workers, %g vCPU, CPU demand %g s, wait %g s; "
                          "expected 1..%d, above 0, above 0 and at least 0",
                          workers, vcpu, cpu_mean_s, wait_mean_s, WORKERS_MOST);
    if (!(arrival_rate > 0) || !(listen_queue >= 0) ||
        (isinf(listen_queue) && arrival_rate >= capacity))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "container chain: %g arrivals/s, expected above 0 and, without a queue "
                          "limit, below the capacity of %g/s",
                          arrival_rate, capacity);
    if (wait_mean_s <= 0) { /* one queue of min(k, V) servers: the equivalent server is exact */
        struct neap_fes *fes;
        enum neap_status status = neap_fes_new(&fes, workers, vcpu, cpu_mean_s, 0, error);
        if (status != NEAP_OK)
            return status;
        *result = neap_fes_evaluate(fes, arrival_rate, 1, floor(listen_queue));
        neap_fes_free(fes);
        return NEAP_OK;
    }
    struct model model = {workers,         vcpu,         1 / cpu_mean_s,
                          1 / wait_mean_s, arrival_rate, floor(listen_queue)};
    return solve(result, &model, error);
}
