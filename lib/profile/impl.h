/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_PROFILE_IMPL_H
#define NEAP_PROFILE_IMPL_H

#include <neap/profile.h>

/* --- profiles */

enum {
    NEAPI_DESCRIPTION_SIZE = 2 * NEAP_TEXT_SIZE + 64,
    NEAPI_SENTENCE_SIZE = 2 * NEAP_TEXT_SIZE,
    NEAPI_SETS_MOST = 16 /* distributions joined by "or" */
};

/* What a request of one class needs of one thing. */
struct neapi_need {
    struct neap_distribution *distribution; /* NULL: the class has none */
    bool own;                               /* said of this class, not taken over from all */
    bool varies;                            /* other in the other cases */
    size_t sets;                            /* distributions it was chosen from */
    char text[NEAPI_DESCRIPTION_SIZE];
};

/* Percentiles as recorded. */
struct neapi_percentiles {
    size_t count;
    double p[NEAP_QUANTILES_MOST]; /* ascending, in (0, 1) */
    double value_s[NEAP_QUANTILES_MOST];
    char text[NEAP_TEXT_SIZE];
};

struct neapi_request_class {
    char name[NEAP_TEXT_SIZE];
    struct neapi_need cpu, wait;
    struct neapi_percentiles latency; /* that it was made from; count 0: none */
};

struct neap_profile {
    char name[NEAP_TEXT_SIZE], label[NEAP_TEXT_SIZE], from[NEAP_TEXT_SIZE];
    enum neap_upgrade_model upgrade;
    double cpu_speedup, wait_speedup;
    struct neap_profile *low, *high; /* NULL when it is no range */
    char range[NEAPI_SENTENCE_SIZE], assumption[NEAPI_SENTENCE_SIZE],
        measurement[NEAPI_SENTENCE_SIZE];
    double load_share; /* of capacity, at the latency that it or its from was made from; else NaN */
    size_t classes;
    struct neapi_request_class class[];
};

/* --- speed-ups */

struct neapi_speedup {
    double factor[NEAP_CASES];
    bool told, varies;
    char how[NEAP_TEXT_SIZE + 64]; /* of one that varies: "as given" */
};

/* A factor, a range, a list or file=; told and 1 only when the text is not "". */
enum neap_status neapi_speedup_read(struct neapi_speedup *speedup, const char *text,
                                    const char *directory, struct neap_error *error);

/* --- texts */

/* The ways a text can say what a distribution is. */
enum neapi_spec_form {
    NEAPI_SPEC_CONSTANT,
    NEAPI_SPEC_MEAN,
    NEAPI_SPEC_PERCENTILES,
    NEAPI_SPEC_FILE,
    NEAPI_SPEC_BUCKETS
};

/* For messages. */
#define NEAPI_SPEC_FORMS                                                              \
    "expected \"mean=40ms cv=1.2\", \"p50=18ms p95=60ms p99=140ms\", \"40ms\" for a " \
    "constant, \"file=samples.csv\" or \"buckets=histogram.csv\""

/* A text taken apart. Only what its form uses is set. */
struct neapi_spec {
    const char *text; /* as given, for messages */
    enum neapi_spec_form form;
    struct {
        bool constant, mean, cv, family, file, buckets, unit, max, n;
    } has;
    double constant_s;
    double mean_s, cv; /* NaN when not given */
    enum neap_family family;
    size_t points;
    double percent[NEAP_QUANTILES_MOST]; /* ascending */
    double value_s[NEAP_QUANTILES_MOST];
    double max_s, n;           /* the largest of n values */
    char file[NEAP_TEXT_SIZE]; /* of samples, or of buckets */
    double per_second;         /* of the file's unit; NaN when not given */
};

/* Takes text apart and checks it for contradictions; opens no file. A single percentile is let
 * through: neapi_spec_read() refuses it. */
enum neap_status neapi_spec_parse(struct neapi_spec *spec, const char *text,
                                  struct neap_error *error);

/* The second half of that: sees to it that the words go together, and finds the form. */
enum neap_status neapi_spec_settle(struct neapi_spec *spec, struct neap_error *error);

/* neap_profile_read_distribution() that also tells the form. */
enum neap_status neapi_spec_read(struct neap_distribution **distribution,
                                 enum neapi_spec_form *form, const char *text,
                                 const char *directory, struct neap_error *error);

/* Copies what stands before the next "or" and moves text behind it, to NULL at the end. */
void neapi_sets_next(const char **text, char part[NEAP_TEXT_SIZE]);

/* The distribution of that case among those joined by "or", described. */
enum neap_status neapi_need_read(struct neapi_need *need, const char *text, enum neap_case number,
                                 const char *directory, struct neap_error *error);
/* old divided by the speed-up, described. */
enum neap_status neapi_need_scale(struct neapi_need *need, const struct neapi_need *old,
                                  const char *from, const struct neapi_speedup *speedup,
                                  enum neap_case number, struct neap_error *error);
/* old, as it is. */
enum neap_status neapi_need_copy(struct neapi_need *need, const struct neapi_need *old,
                                 struct neap_error *error);

/* directory/file, or file when that is absolute; to be freed; NULL without memory. */
char *neapi_profile_path(const char *directory, const char *file);

/* The distribution of a text taken apart. */
enum neap_status neapi_spec_build(struct neap_distribution **distribution,
                                  const struct neapi_spec *spec, const char *directory,
                                  struct neap_error *error);

/* Reads the samples of a one-column file; per_second is NaN when the text names no unit. */
enum neap_status neapi_samples_read(struct neap_distribution **distribution, const char *path,
                                    double per_second, struct neap_error *error);

/* Fits the family, or the likeliest of them when any, to the counts of a file of buckets. */
enum neap_status neapi_buckets_read(struct neap_distribution **distribution, const char *path,
                                    double per_second, enum neap_family family, bool any,
                                    struct neap_error *error);

enum { NEAPI_MINIMISE_MOST = 8 };
/* The x of count (at most 8) numbers where f is least, from x on, with steps of that size at first: Nelder and
 * Mead. f must be finite. NEAP_NO_MEMORY at worst. */
enum neap_status neapi_minimise(double (*f)(const double *x, void *context), void *context,
                                double *x, size_t count, double step, struct neap_error *error);

/* How many of that unit ("s", "ms", "us", "ns") make a second; false when it is none of them. */
bool neapi_unit_find(const char *name, double *per_second);

/* --- making one */

/* What latency told of a class: a speed-up against from, or needs for each case. */
struct neapi_derived {
    struct neapi_speedup cpu; /* with from; told or not */
    /* without: those that latency did not tell have no distribution; own their memory */
    struct neapi_need cpu_demand[NEAP_CASES], wait[NEAP_CASES];
    struct neapi_percentiles latency[NEAP_CASES];
};

/* Everything that a profile is made from. */
struct neapi_making {
    const char *name, *directory;
    const struct neap_profile_options *options;
    const struct neap_profile *from;
    const struct neapi_derived *derived; /* [1 + options->classes]; NULL: no latency */
    const double *load_share;            /* of the cases; NULL: no latency */
    const char *assumption, *measurement;
    struct neapi_speedups *speedups; /* [1 + options->classes] */
    enum neap_case number;
    const struct neap_profile *middle; /* when number is another case */
};

struct neapi_speedups {
    struct neapi_speedup cpu, wait;
};

/* One class of the options, or number 0 for all: its texts. */
struct neapi_texts {
    const char *name; /* "" for all */
    const char *cpu_demand, *wait, *latency, *cpu_speedup, *wait_speedup;
};
struct neapi_texts neapi_texts_of(const struct neap_profile_options *options, size_t number);
/* The number whose name that is; 0 when there is none. */
size_t neapi_texts_find(const struct neap_profile_options *options, const char *name);

/* "cpu_demand.search: " before the message of a failure. */
enum neap_status neapi_blame(const char *key, const char *class_name, enum neap_status status,
                             struct neap_error *error);

/* Names, classes and what excludes each other; files and numbers come later. */
enum neap_status neapi_profile_check(const struct neapi_making *making, struct neap_error *error);

/* The needs of all classes in making->number; profile->classes and their names are set. */
enum neap_status neapi_profile_fill(struct neap_profile *profile, const struct neapi_making *making,
                                    struct neap_error *error);

/* Writes profile->range of a profile whose cases are made. */
void neapi_profile_tell_range(struct neap_profile *profile, const struct neapi_making *making);

/* The percentiles of that case among those joined by "or"; of what is no percentiles, some that
 * tell its shape. A single percentile will do. */
enum neap_status neapi_percentiles_read(struct neapi_percentiles *percentiles, const char *text,
                                        enum neap_case number, const char *directory,
                                        struct neap_error *error);

/* neap_profile_new() with what latency told. */
enum neap_status neapi_profile_make(struct neap_profile **profile, struct neapi_making *making,
                                    struct neap_error *error);

static inline bool neapi_told(const char *text)
{
    return text[0] != '\0';
}

#endif
