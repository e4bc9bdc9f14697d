/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The recording itself: made, looked at, freed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "recording/impl.h"

static char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

struct neap_recording *neapi_recording_new(const char *path)
{
    struct neap_recording *recording = calloc(1, sizeof *recording);
    if (recording == NULL)
        return NULL;
    recording->path = copy_of(path);
    if (recording->path == NULL) {
        free(recording);
        return NULL;
    }
    return recording;
}

static bool copy_stamps(struct neap_recording *new, const struct neap_recording *old)
{
    new->stamps = old->stamps;
    if (old->stamp_ns != NULL) {
        new->stamp_ns = neapi_allocate(old->stamps, sizeof *new->stamp_ns);
        if (new->stamp_ns == NULL)
            return false;
        memcpy(new->stamp_ns, old->stamp_ns, old->stamps * sizeof *new->stamp_ns);
    }
    if (old->stamp_class != NULL) {
        new->stamp_class = neapi_allocate(old->stamps, sizeof *new->stamp_class);
        if (new->stamp_class == NULL)
            return false;
        memcpy(new->stamp_class, old->stamp_class, old->stamps * sizeof *new->stamp_class);
    }
    return true;
}

struct neap_recording *neapi_recording_like(const struct neap_recording *recording)
{
    struct neap_recording *new = neapi_recording_new(recording->path);
    if (new == NULL)
        return NULL;
    new->start_ns = recording->start_ns;
    new->step_ns = recording->step_ns;
    new->count = recording->count;
    new->total = recording->total;
    new->gaps = recording->gaps;
    new->rows_read = recording->rows_read;
    new->rows_used = recording->rows_used;
    new->arrivals = recording->arrivals;
    new->dispersion = recording->dispersion;
    memcpy(new->description, recording->description, sizeof new->description);
    if (copy_stamps(new, recording))
        return new;
    neap_recording_free(new);
    return NULL;
}

double *neapi_recording_values(size_t count)
{
    double *value = neapi_allocate(count, sizeof *value);
    for (size_t i = 0; value != NULL && i < count; i++)
        value[i] = (double)NAN;
    return value;
}

bool neapi_recording_add_class(struct neap_recording *recording, const char *name, double *requests)
{
    char *copy = copy_of(name);
    struct recorded_class *grown =
        realloc(recording->class, (recording->classes + 1) * sizeof *grown);
    if (grown != NULL)
        recording->class = grown;
    if (copy == NULL || grown == NULL) {
        free(copy);
        return false;
    }
    recording->class[recording->classes++] = (struct recorded_class){copy, requests};
    return true;
}

void neap_recording_free(struct neap_recording *recording)
{
    if (recording == NULL)
        return;
    for (size_t i = 0; i < recording->classes; i++) {
        free(recording->class[i].name);
        free(recording->class[i].requests);
    }
    for (size_t i = 0; i < NEAP_OBSERVATIONS; i++)
        free(recording->observed[i]);
    free(recording->class);
    free(recording->stamp_ns);
    free(recording->stamp_class);
    free(recording->requests);
    free(recording->path);
    free(recording);
}

static enum neap_status check_array(int64_t start_ns, int64_t step_ns, const double *requests,
                                    size_t count, struct neap_error *error)
{
    if (count < 1 || count > NEAP_RECORDING_INTERVALS_MOST)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "found %zu intervals, expected 1 to %d", count,
                          (int)NEAP_RECORDING_INTERVALS_MOST);
    if (step_ns < 1 || step_ns > INT64_MAX / (int64_t)count ||
        start_ns > INT64_MAX - step_ns * (int64_t)count)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found a step of %g s, expected more than 0, and an end before 2262",
                          (double)step_ns / 1e9);
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(requests[i] >= 0) || !isfinite(total += requests[i]))
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "requests[%zu]: found %g, expected a number >= 0 and a finite sum", i,
                              requests[i]);
    }
    return NEAP_OK;
}

enum neap_status neap_recording_from_array(struct neap_recording **recording, int64_t start_ns,
                                           int64_t step_ns, const double *requests, size_t count,
                                           struct neap_error *error)
{
    enum neap_status status = check_array(start_ns, step_ns, requests, count, error);
    if (status != NEAP_OK)
        return status;
    struct neap_recording *new = neapi_recording_new("");
    if (new != NULL)
        new->requests = neapi_allocate(count, sizeof *requests);
    if (new == NULL || new->requests == NULL) {
        neap_recording_free(new);
        return neapi_no_memory(error, "the recording");
    }
    new->start_ns = start_ns;
    new->step_ns = step_ns;
    new->count = new->rows_read = new->rows_used = count;
    for (size_t i = 0; i < count; i++) {
        new->requests[i] = requests[i];
        new->total += requests[i];
    }
    *recording = new;
    return NEAP_OK;
}

const char *neap_recording_path(const struct neap_recording *recording)
{
    return recording->path;
}

int64_t neap_recording_start_ns(const struct neap_recording *recording)
{
    return recording->start_ns;
}

int64_t neap_recording_end_ns(const struct neap_recording *recording)
{
    return recording->start_ns + (int64_t)recording->count * recording->step_ns;
}

int64_t neap_recording_step_ns(const struct neap_recording *recording)
{
    return recording->step_ns;
}

size_t neap_recording_count(const struct neap_recording *recording)
{
    return recording->count;
}

const double *neap_recording_requests(const struct neap_recording *recording)
{
    return recording->requests;
}

double neap_recording_total(const struct neap_recording *recording)
{
    return recording->total;
}

size_t neap_recording_classes(const struct neap_recording *recording)
{
    return recording->classes == 0 ? 1 : recording->classes;
}

const char *neap_recording_class_name(const struct neap_recording *recording, size_t index)
{
    if (index < recording->classes)
        return recording->class[index].name;
    return recording->classes == 0 && index == 0 ? "all" : "";
}

const double *neap_recording_class_requests(const struct neap_recording *recording, size_t index)
{
    if (index < recording->classes)
        return recording->class[index].requests;
    return recording->classes == 0 && index == 0 ? recording->requests : NULL;
}

const double *neap_recording_observed(const struct neap_recording *recording,
                                      enum neap_observation which)
{
    return (unsigned)which < NEAP_OBSERVATIONS ? recording->observed[which] : NULL;
}

const struct neap_recording_gaps *neap_recording_gaps(const struct neap_recording *recording)
{
    return &recording->gaps;
}

uint64_t neap_recording_rows_read(const struct neap_recording *recording)
{
    return recording->rows_read;
}

uint64_t neap_recording_rows_used(const struct neap_recording *recording)
{
    return recording->rows_used;
}

enum neap_arrivals neap_recording_arrivals(const struct neap_recording *recording,
                                           double *dispersion)
{
    if (dispersion != NULL)
        *dispersion = recording->dispersion;
    return recording->arrivals;
}

enum neap_status neap_recording_set_arrivals(struct neap_recording *recording,
                                             enum neap_arrivals kind, double dispersion,
                                             struct neap_error *error)
{
    bool fits = (kind == NEAP_ARRIVALS_EXACT && dispersion == 0) ||
                (kind == NEAP_ARRIVALS_POISSON && dispersion == 1) ||
                (kind == NEAP_ARRIVALS_BURST && dispersion >= 1 && dispersion <= 1e6);
    if (recording->stamp_ns != NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found requests recorded one by one, expected counts: their arrivals "
                          "are known");
    if (kind == NEAP_ARRIVALS_RECORDED)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "arrivals: found recorded, expected exact, poisson or burst(INDEX) for "
                          "requests of which no times are recorded");
    if (!fits)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found arrivals of kind %d with an index of dispersion of %g, expected "
                          "exact (0), poisson (1) or burst (1 to 1e6)",
                          (int)kind, dispersion);
    recording->arrivals = kind;
    recording->dispersion = dispersion;
    return NEAP_OK;
}

const int64_t *neap_recording_stamps(const struct neap_recording *recording, size_t *count)
{
    *count = recording->stamps;
    return recording->stamp_ns;
}

const uint8_t *neap_recording_stamp_classes(const struct neap_recording *recording)
{
    return recording->stamp_class;
}

bool neap_recording_is_synthetic(const struct neap_recording *recording)
{
    return recording->description[0] != '\0';
}

const char *neap_recording_description(const struct neap_recording *recording)
{
    return recording->description;
}
