/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_PROFILE_IMPL_H
#define NEAP_PROFILE_IMPL_H

#include <neap/profile.h>

/* --- profiles */

enum { NEAPI_DESCRIPTION_SIZE = 2 * NEAP_TEXT_SIZE + 64 };

/* What a request of one class needs of one thing. */
struct neapi_need {
    struct neap_distribution *distribution;
    char text[NEAPI_DESCRIPTION_SIZE];
};

struct neapi_request_class {
    char name[NEAP_TEXT_SIZE];
    struct neapi_need cpu, wait;
};

struct neap_profile {
    char name[NEAP_TEXT_SIZE], label[NEAP_TEXT_SIZE], from[NEAP_TEXT_SIZE];
    enum neap_upgrade_model upgrade;
    double cpu_speedup, wait_speedup;
    size_t classes;
    struct neapi_request_class class[];
};

/* --- texts */

/* The ways a text can say what a distribution is. */
enum neapi_spec_form {
    NEAPI_SPEC_CONSTANT,
    NEAPI_SPEC_MEAN,
    NEAPI_SPEC_PERCENTILES,
    NEAPI_SPEC_FILE
};

/* For messages. */
#define NEAPI_SPEC_FORMS                                                              \
    "expected \"mean=40ms cv=1.2\", \"p50=18ms p95=60ms p99=140ms\", \"40ms\" for a " \
    "constant, or \"file=samples.csv\""

/* A text taken apart. Only what its form uses is set. */
struct neapi_spec {
    const char *text; /* as given, for messages */
    enum neapi_spec_form form;
    struct {
        bool constant, mean, cv, family, file, unit;
    } has;
    double constant_s;
    double mean_s, cv; /* NaN when not given */
    enum neap_family family;
    size_t points;
    double percent[NEAP_QUANTILES_MOST]; /* ascending */
    double value_s[NEAP_QUANTILES_MOST];
    char file[NEAP_TEXT_SIZE];
    double per_second; /* of the file's unit; NaN when not given */
};

/* Takes text apart and checks it for contradictions; opens no file. */
enum neap_status neapi_spec_parse(struct neapi_spec *spec, const char *text,
                                  struct neap_error *error);

/* The second half of that: sees to it that the words go together, and finds the form. */
enum neap_status neapi_spec_settle(struct neapi_spec *spec, struct neap_error *error);

/* neap_profile_read_distribution() that also tells the form. */
enum neap_status neapi_spec_read(struct neap_distribution **distribution,
                                 enum neapi_spec_form *form, const char *text,
                                 const char *directory, struct neap_error *error);

/* Reads the samples of a one-column file; per_second is NaN when the text names no unit. */
enum neap_status neapi_samples_read(struct neap_distribution **distribution, const char *path,
                                    double per_second, struct neap_error *error);

/* How many of that unit ("s", "ms", "us", "ns") make a second; false when it is none of them. */
bool neapi_unit_find(const char *name, double *per_second);

#endif
