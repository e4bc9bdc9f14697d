/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What requests need, for several profiles at once. All of them look up the same uniforms; what two
 * profiles have in common is looked up once. What one of them gives does not depend on the others. */
#ifndef NEAP_REQUEST_NEEDS_H
#define NEAP_REQUEST_NEEDS_H

#include <neap/profile.h>
#include <neap/recording.h>

#include "request/draws.h"

/* Where one part of one profile's needs comes from. */
enum neapi_need_source {
    NEAPI_NEED_CONSTANT, /* the same for all; filled in when made */
    NEAPI_NEED_TABLE,
    NEAPI_NEED_TABLES /* by class */
};

struct neapi_need {
    enum neapi_need_source source;
    uint32_t *start; /* by class: line of the tables where that of its distribution begins */
    int64_t *time_ns;
};

enum { NEAPI_PART_CPU, NEAPI_PART_WAIT };
enum { NEAPI_PARTS = 2 };

struct neapi_needs {
    struct neapi_line *line; /* tables of NEAPI_LINES, one after another */
    size_t lines, capacity;
    size_t classes;
    struct neapi_need *need[NEAPI_PARTS]; /* different ones */
    size_t count[NEAPI_PARTS];
    size_t *need_of[NEAPI_PARTS]; /* by profile */
    uint32_t *starts;             /* of all needs */
};

/* Finds the distributions, makes the tables. Free it whether it succeeds or not. time_ns are still
 * NULL: the caller gives each need an array. */
enum neap_status neapi_needs_make(struct neapi_needs *needs, const struct neap_recording *recording,
                                  const struct neap_profile *const profile[], size_t count,
                                  struct neap_error *error);
void neapi_needs_free(struct neapi_needs *needs);
/* Fills the arrays of constant ones. */
void neapi_needs_settle(struct neapi_needs *needs, size_t requests);
/* Draws one part of so many blocks of requests; class_number may be NULL with one class. tail has
 * room for them. */
void neapi_needs_draw(const struct neapi_needs *needs, const struct neapi_draws *draws, int part,
                      const struct neap_stream *stream, uint64_t first, const uint8_t *class_number,
                      size_t blocks, double *tail);

#endif
