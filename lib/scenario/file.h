/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_SCENARIO_FILE_H
#define NEAP_SCENARIO_FILE_H

#include <neap/base.h>

/* Reads a whole file of at most 1 MiB; the caller frees *text. */
enum neap_status neapi_file_read(char **text, size_t *length, const char *path,
                                 struct neap_error *error);

/* The folder of path: "" for one without. The caller frees it. */
char *neapi_directory_of(const char *path);

/* name below directory ("" and NULL: as it is); absolute names stay. The caller frees it. */
char *neapi_path_join(const char *directory, const char *name);

#endif
