/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_BASE_FAIL_H
#define NEAP_BASE_FAIL_H

#include <neap/base.h>

/* Fills error (may be NULL) and returns status, so that a failure is one statement:
 *     return neapi_fail(error, NEAP_BAD_ARGUMENT, "target %g is outside (0, 1]", target);
 * Numbers are printed in the C locale. */
enum neap_status neapi_fail(struct neap_error *error, enum neap_status status, const char *format,
                            ...) NEAP_PRINTF(3, 4);

/* The same with a place in an input; line and column 0 when unknown. */
enum neap_status neapi_fail_at(struct neap_error *error, enum neap_status status,
                               const char *source, long line, long column, const char *format, ...)
    NEAP_PRINTF(6, 7);

/* "no memory for WHAT". */
enum neap_status neapi_no_memory(struct neap_error *error, const char *what);

/* Gives a failure that has no place yet its place; returns status unchanged. */
enum neap_status neapi_locate(struct neap_error *error, enum neap_status status, const char *source,
                              long line, long column);

#endif
