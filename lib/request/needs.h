/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What requests need, for several profiles at once. Distributions are a shape times a factor; a
 * request has one uniform for its CPU demand and one for its wait, and its value in a shape is looked
 * up once, however many profiles have a factor of their own for it. What a profile's requests need
 * does not depend on which other profiles there are. */
#ifndef NEAP_REQUEST_NEEDS_H
#define NEAP_REQUEST_NEEDS_H

#include <neap/profile.h>
#include <neap/recording.h>

#include "request/draws.h"

enum { NEAPI_PART_CPU, NEAPI_PART_WAIT };
enum { NEAPI_PARTS = 2 };

/* One part of one profile's needs. */
struct neapi_need {
    const struct neap_distribution **of; /* by class; borrowed */
    double *factor;                      /* by class, with the ns of a second */
    bool constant;                       /* the same for all; filled in when made */
    bool one_factor;                     /* for all classes */
    size_t shape;                        /* of a need that is not constant */
    int64_t *time_ns;
};

/* Where values come from, before factors. */
struct neapi_shape {
    const struct neap_distribution *const *of; /* by class */
    uint32_t *start; /* by class: line of the tables where that of its distribution begins */
    bool one_table;
};

/* Of one part. */
struct neapi_part {
    struct neapi_need *need; /* different ones */
    size_t needs;
    size_t *need_of; /* by profile */
    struct neapi_shape *shape;
    size_t shapes;
};

struct neapi_needs {
    size_t classes;
    struct neapi_part part[NEAPI_PARTS];
    struct neapi_line *line; /* tables of NEAPI_LINES, one after another */
    size_t capacity;
    const struct neap_distribution **table_of; /* by table; borrowed */
    size_t tables, tables_capacity;
    /* rows by class of all needs and shapes */
    const struct neap_distribution **of;
    double *factor;
    uint32_t *start;
    size_t rows;
};

/* Finds the distributions, makes the tables. Free it whether it succeeds or not. time_ns are still
 * NULL: the caller gives each need an array. */
enum neap_status neapi_needs_make(struct neapi_needs *needs, const struct neap_recording *recording,
                                  const struct neap_profile *const profile[], size_t count,
                                  struct neap_error *error);
void neapi_needs_free(struct neapi_needs *needs);
/* Fills the arrays of constant ones. */
void neapi_needs_settle(struct neapi_needs *needs, size_t requests);
/* Draws one part of so many blocks of requests; class_number may be NULL with one class. tail and
 * value have room for them. */
void neapi_needs_draw(const struct neapi_needs *needs, const struct neapi_draws *draws, int part,
                      const struct neap_stream *stream, uint64_t first, const uint8_t *class_number,
                      size_t blocks, double *tail, double *value);

#endif
