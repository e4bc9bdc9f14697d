/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * profile: what one request costs. For each request class the distribution of its CPU demand and
 * of its wait (time without CPU), written as text, measured, or derived from another profile by an
 * upgrade. What is known only as a range is kept as three cases. */
#ifndef NEAP_PROFILE_H
#define NEAP_PROFILE_H

#include <neap/base.h>
#include <neap/random.h>

NEAP_BEGIN_DECLS

/* Reads a distribution of durations from a text:
 *     40ms                             always that long ("0" and "none": always 0)
 *     mean=40ms cv=1.2 [dist=FAMILY]   lognormal, gamma, weibull, exponential or constant
 *     p50=18ms p95=60ms p99=140ms      any two or more percentiles, p99.9 too
 *     ... max=1.2s n=50000             and the largest of n values: the percentile 2^(-1/n), when it
 *                                      is above the others; without n= it is left out
 *     file=FILE [unit=ms]              a CSV file with one column of samples
 *     buckets=FILE [dist=] [unit=ms]   a CSV file with the columns le and count, as a histogram of
 *                                      Prometheus: how many values were at most le (s), up to +Inf
 * Buckets are fitted by the likelihood of their counts, with the likeliest of lognormal, gamma and
 * weibull unless dist= names one. The unit of samples is s, ms, us or ns, from `unit=` or from the
 * file's header: `seconds`, or a name that ends in _s, _ms, _us or _ns. Paths are relative to
 * directory (NULL: the process's own). Failures are NEAP_BAD_SCENARIO for the text; NEAP_NO_INPUT,
 * NEAP_IO and NEAP_BAD_DATA, with file and line, for what files hold. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_profile_read_distribution(struct neap_distribution **distribution, const char *text,
                               const char *directory, struct neap_error *error);

/* The number-th (from 0) file that a text of a profile's options names, as written in it: of a
 * distribution, of several joined by "or", of a speed-up. False, and name untouched, when it names
 * no such file or is malformed. */
NEAP_API bool neap_profile_samples_file(const char *text, size_t number, char name[NEAP_TEXT_SIZE]);

/* How a profile comes from the one it names in `from`. Follows from the keys that are given, is
 * never assumed, and goes into every report. */
#define NEAP_UPGRADE_MAP(X)                                                               \
    X(NEAP_UPGRADE_NONE, "none")             /* no `from`, or no change to it */          \
    X(NEAP_UPGRADE_CPU_SCALE, "cpu_scale")   /* CPU demand by a factor, wait as it was */ \
    X(NEAP_UPGRADE_WAIT_SCALE, "wait_scale") /* wait by a factor, CPU demand as it was */ \
    X(NEAP_UPGRADE_SCALE_BOTH, "scale_both") /* each by a factor of its own */            \
    X(NEAP_UPGRADE_MEASURED, "measured")     /* CPU demand, wait or both given anew */    \
    X(NEAP_UPGRADE_LATENCY, "latency")       /* CPU demand by what explains a latency */

enum neap_upgrade_model {
#define X(name, text) name,
    NEAP_UPGRADE_MAP(X)
#undef X
};

/* "cpu_scale" */
NEAP_API const char *neap_upgrade_model_name(enum neap_upgrade_model model);

/* Values of one request class, which stand before those of the whole section; "" when not given:
 * the keys with the class behind a dot, such as cpu_demand.search. */
struct neap_profile_class_options {
    const char *name; /* [a-z0-9_-]+, and not "all" */
    char cpu_demand[NEAP_TEXT_SIZE];
    char wait[NEAP_TEXT_SIZE];
    char latency[NEAP_TEXT_SIZE];
    char cpu_speedup[NEAP_TEXT_SIZE];
    char wait_speedup[NEAP_TEXT_SIZE];
};

/* The section [profile NAME]; all values as text, "" when not given. */
struct neap_profile_options {
    char label[NEAP_TEXT_SIZE];
    char from[NEAP_TEXT_SIZE];
    char cpu_demand[NEAP_TEXT_SIZE];
    char wait[NEAP_TEXT_SIZE];
    char latency[NEAP_TEXT_SIZE];
    char cpu_speedup[NEAP_TEXT_SIZE];
    char wait_speedup[NEAP_TEXT_SIZE];
    char cpu_share[NEAP_TEXT_SIZE];
    char latency_load[NEAP_TEXT_SIZE];
    const struct neap_profile_class_options *class_options; /* borrowed; one for each class */
    size_t classes;
};

/* One row for each text, whose name with ".CLASS" behind it is the key of a class where struct
 * neap_profile_class_options has such a field. */
NEAP_API const struct neap_parameter *neap_profile_parameters(void);
/* The same of the fields of struct neap_profile_class_options. */
NEAP_API const struct neap_parameter *neap_profile_class_parameters(void);
/* Defaults, and no classes. */
NEAP_API void neap_profile_options_init(struct neap_profile_options *options);

/* Opaque and immutable: threads share it without locks. */
struct neap_profile;

/* Makes the profile of that name ([a-z0-9_-]+). from is the profile that options->from names, or
 * NULL when it names none; it is copied from and may be freed. CPU demand and wait that are given
 * stand; else they are from's, divided by the speed-up; without from the wait is 0 and a CPU demand
 * is required, of all requests or of classes.
 *     A class takes what is given for it; else what from has for it alone; else what the profile
 * has for all requests. A speed-up without class holds for every class without one of its own.
 *     A speed-up is a factor (1.25), a range (1.08..1.40), a list (1.1 1.25 1.4) or file=FILE with
 * one column of factors or a column `speedup`; CPU demand and wait may be several distributions
 * joined by "or". All but the factor make cases, see neap_profile_case().
 *     Options with a latency are NEAP_BAD_ARGUMENT: for those there is neap_profile_from_latency().
 * When a single key is at fault the message begins with it: "cpu_demand: ...",
 * "cpu_demand.search: ...". */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_profile_new(struct neap_profile **profile, const char *name,
                 const struct neap_profile_options *options, const struct neap_profile *from,
                 const char *directory, struct neap_error *error);
/* NULL is fine. */
NEAP_API void neap_profile_free(struct neap_profile *profile);

NEAP_API const char *neap_profile_name(const struct neap_profile *profile);
/* For people; the name when no label was given. */
NEAP_API const char *neap_profile_label(const struct neap_profile *profile);
/* "" when it comes from no other. */
NEAP_API const char *neap_profile_from(const struct neap_profile *profile);
NEAP_API enum neap_upgrade_model neap_profile_upgrade(const struct neap_profile *profile);
/* The factors its CPU demand and wait were divided by, against from; 1 when there are none. */
NEAP_API double neap_profile_cpu_speedup(const struct neap_profile *profile);
NEAP_API double neap_profile_wait_speedup(const struct neap_profile *profile);

/* --- cases ------------------------------------------------------------------------------------ */

/* What is known as a range is replayed three times: as it saves least, in the middle, and as it
 * saves most. Of a range of speed-ups, low and high are its ends and the middle their geometric
 * mean. Of a list or file, the middle is the geometric mean of all, low and high are the 10th and
 * 90th percentile (type 7 of Hyndman and Fan 1996) of ten values or more, else least and most. Of
 * several distributions, low has the largest mean, high the least, and the middle is the one
 * nearest to the geometric mean of the means. */
enum neap_case { NEAP_CASE_LOW, NEAP_CASE_MIDDLE, NEAP_CASE_HIGH };
enum { NEAP_CASES = 3 };

/* "low" */
NEAP_API const char *neap_case_name(enum neap_case number);
NEAP_API bool neap_profile_is_range(const struct neap_profile *profile);
/* The profile itself is the middle, and all three when it is no range; low and high are its own and
 * live as long. Case c of an upgrade comes from case c of what it is an upgrade of. */
NEAP_API const struct neap_profile *neap_profile_case(const struct neap_profile *profile,
                                                      enum neap_case number);
/* For reports, "CPU speed-up between 1.08 and 1.4, as given; middle 1.23"; "" when it is no range.
 * Owned by the profile, as are the next two. */
NEAP_API const char *neap_profile_range_text(const struct neap_profile *profile);
/* Of a profile made from latency: what was assumed, with its numbers, and the one measurement that
 * would settle it, a sentence each; else "". */
NEAP_API const char *neap_profile_assumption(const struct neap_profile *profile);
NEAP_API const char *neap_profile_measurement(const struct neap_profile *profile);

/* --- classes ---------------------------------------------------------------------------------- */

/* Request classes, at least one. The first is "all", which stands for all that have no values of
 * their own; it has no CPU demand when only classes were given one. */
NEAP_API size_t neap_profile_classes(const struct neap_profile *profile);
/* "" beyond the last. */
NEAP_API const char *neap_profile_class_name(const struct neap_profile *profile, size_t number);
/* Finds the class of that name; false, and number untouched, when there is none. */
NEAP_API bool neap_profile_find_class(const struct neap_profile *profile, const char *name,
                                      size_t *number);

/* That class, or the first when it has no values of its own; SIZE_MAX when the first is meant and
 * has no CPU demand. */
NEAP_API size_t neap_profile_class_for(const struct neap_profile *profile, const char *name);

/* CPU seconds, and seconds without CPU, of a request of that class; owned by the profile. NULL
 * beyond the last class, and for a CPU demand that the first class does not have. */
NEAP_API const struct neap_distribution *neap_profile_cpu_demand(const struct neap_profile *profile,
                                                                 size_t number);
NEAP_API const struct neap_distribution *neap_profile_wait(const struct neap_profile *profile,
                                                           size_t number);

/* For people: where the distribution comes from and what it is, such as "lognormal, mean 32 ms, cv
 * 1 (old / 1.25)". Owned by the profile; "" beyond the last class. */
NEAP_API const char *neap_profile_cpu_demand_text(const struct neap_profile *profile,
                                                  size_t number);
NEAP_API const char *neap_profile_wait_text(const struct neap_profile *profile, size_t number);

NEAP_END_DECLS

#endif
