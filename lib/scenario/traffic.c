/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Traffic: from a file or made up, split into classes; and the moments of deployments in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "base/fail.h"
#include "scenario/scenario_impl.h"

/* A failure of that section, at the key that its message begins with. */
static enum neap_status blame(const struct neap_scenario *s, const char *section,
                              enum neap_status status, const struct neap_error *inner,
                              struct neap_error *error)
{
    if (status == NEAP_OK)
        return NEAP_OK;
    struct neap_error at = *inner;
    status = neapi_scenario_blame(s, section, &at);
    if (error != NULL)
        *error = at;
    return status;
}

/* --- file or shape -------------------------------------------------------------------------------- */

/* Keys of [traffic] say how to read a file; a shape has its own. */
static enum neap_status check_shape(const struct neap_scenario *s, struct neap_error *error)
{
    for (size_t i = 0; i < s->entries.count; i++) {
        const struct neapi_entry *entry = &s->entries.entry[i];
        bool empty = entry->key[0] == '\0' || (entry->value[0] == '\0' && entry->line == 0);
        if (strcmp(entry->section, "traffic") == 0 && !empty && strcmp(entry->key, "arrivals") != 0)
            return neapi_entry_fail(error, NEAP_BAD_SCENARIO, entry, entry->key_column,
                                    "found a key of a recording beside [synth], which makes the "
                                    "traffic up: take one of the two out");
    }
    return NEAP_OK;
}

static enum neap_status check_source(const struct neap_scenario *s, struct neap_error *error)
{
    if (s->synthetic)
        return check_shape(s, error);
    if (s->traffic.file[0] == '\0')
        return neapi_fail_at(error, NEAP_BAD_SCENARIO, s->path, 0, 0,
                             "found no traffic, expected [traffic] with file = RECORDING.csv, or "
                             "[synth] to make it up");
    return NEAP_OK;
}

/* --- classes -------------------------------------------------------------------------------------- */

static enum neap_status read_share(struct neapi_class_slot *slot, const struct neap_scenario *s,
                                   struct neap_error *error)
{
    struct neap_error inner = {0};
    if (slot->options.share[0] == '\0')
        return NEAP_OK; /* then the recording has its requests */
    enum neap_status status =
        neap_day_curve_parse(&slot->share, slot->options.share, NEAP_SHARE, 0, 1, &inner);
    if (status == NEAP_OK)
        return NEAP_OK;
    const struct neapi_entry *entry = neapi_ini_find(&s->entries, slot->first->section, "share");
    return neapi_entry_fail(error, neapi_as_scenario(status), entry, entry->value_column,
                            inner.message);
}

static enum neap_status read_shares(struct neap_scenario *s, struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < s->classes; i++)
        status = read_share(&s->class[i], s, error);
    return status;
}

/* --- deployments ---------------------------------------------------------------------------------- */

/* A list of times in the zone of the service, ascending. */
struct times {
    const char *key, *text, *order; /* order: what it is that they ascend with */
    int64_t *at_ns;
    size_t most, *count;
};

static enum neap_status read_time(const struct times *times, const struct neap_scenario *s,
                                  const char *text, size_t length, struct neap_error *error)
{
    struct neap_error inner = {0};
    if (*times->count == times->most)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "%s: found more than %zu times, expected at most that many", times->key,
                          times->most);
    int64_t *at_ns = &times->at_ns[*times->count];
    if (neap_time_parse(at_ns, text, length, "rfc3339", s->zone, &inner) != NEAP_OK)
        return neapi_fail(error, NEAP_BAD_SCENARIO, "%s: %s", times->key, inner.message);
    if (*times->count > 0 && *at_ns <= at_ns[-1])
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "%s: found times that do not ascend, expected them in the order of %s",
                          times->key, times->order);
    ++*times->count;
    return NEAP_OK;
}

static enum neap_status read_times(const struct times *times, const struct neap_scenario *s,
                                   struct neap_error *error)
{
    const char *text = times->text;
    enum neap_status status = NEAP_OK;
    *times->count = 0;
    while (status == NEAP_OK && *text != '\0') {
        text += strspn(text, " \t,");
        size_t span = strcspn(text, ","), length = span;
        while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
            length--;
        if (length > 0)
            status = read_time(times, s, text, length, error);
        text += span;
    }
    return status;
}

static enum neap_status read_deployments(struct neap_scenario *s, struct neap_error *error)
{
    int64_t at_ns[NEAPI_DEPLOYMENTS_MOST];
    const struct times times = {"deploy_at", s->rollout.deploy_at,   "the profiles",
                                at_ns,       NEAPI_DEPLOYMENTS_MOST, &s->deployments};
    enum neap_status status = read_times(&times, s, error);
    for (size_t i = 0; i < s->deployments; i++)
        s->deployment[i].at_ns = at_ns[i];
    return status;
}

static enum neap_status read_missing(struct neap_scenario *s, struct neap_error *error)
{
    const struct times times = {"missing_at",  s->metrics.missing_at, "time",
                                s->missing_ns, NEAPI_MISSING_MOST,    &s->missing};
    return read_times(&times, s, error);
}

/* One time deploys the last profile over the first; one for each step deploys them in turn. */
static enum neap_status choose_profiles(struct neap_scenario *s, struct neap_error *error)
{
    size_t steps = s->profiles > 0 ? s->profiles - 1 : 0;
    if (s->deployments == 0)
        return NEAP_OK;
    if (s->deployments != 1 && s->deployments != steps)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "deploy_at: found %zu times for %zu profiles, expected one for each "
                          "profile but the first, or a single one for the last",
                          s->deployments, s->profiles);
    if (steps == 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "deploy_at: found one profile, expected a second one to deploy: add "
                          "[profile new] with from = %s",
                          s->profiles > 0 ? s->profile[0].name : "old");
    for (size_t i = 0; i < s->deployments; i++)
        s->deployment[i].profile =
            s->profile[s->deployments == 1 ? s->profiles - 1 : i + 1].profile;
    return neap_rollout_check(&s->rollout, error);
}

enum neap_status neapi_traffic_check(struct neap_scenario *s, struct neap_error *error)
{
    struct neap_error inner = {0};
    enum neap_status status = check_source(s, error);
    if (status == NEAP_OK)
        status = read_shares(s, error);
    if (status != NEAP_OK)
        return status;
    status = read_deployments(s, &inner);
    if (status != NEAP_OK)
        return blame(s, "rollout", status, &inner, error);
    return blame(s, "metrics", read_missing(s, &inner), &inner, error);
}

enum neap_status neapi_traffic_deploy(struct neap_scenario *s, struct neap_error *error)
{
    struct neap_error inner = {0};
    enum neap_status status = choose_profiles(s, &inner);
    return blame(s, "rollout", status, &inner, error);
}

/* --- the recording -------------------------------------------------------------------------------- */

/* A shape's arrivals within an interval are in [traffic] all the same. */
static enum neap_status make_up(struct neap_scenario *s, struct neap_error *error)
{
    struct neap_error inner = {0};
    enum neap_arrivals kind;
    double dispersion;
    enum neap_status status =
        neap_recording_synth(&s->recording, &s->synth, s->zone, s->holidays, &inner);
    if (status != NEAP_OK)
        return blame(s, "synth", status, &inner, error);
    status = neap_arrivals_parse(&kind, &dispersion, s->traffic.arrivals, &inner);
    if (status == NEAP_OK)
        status = neap_recording_set_arrivals(s->recording, kind, dispersion, &inner);
    return blame(s, "traffic", status, &inner, error);
}

/* With single requests, the sections of classes say what their classes may be. */
static enum neap_status read_recording(struct neap_scenario *s, struct neap_error *error)
{
    const char **name = neapi_allocate(s->classes, sizeof *name);
    if (name == NULL)
        return neapi_no_memory(error, "classes");
    for (size_t i = 0; i < s->classes; i++)
        name[i] = s->class[i].name;
    s->traffic.class_column = s->column;
    s->traffic.class_columns = s->columns;
    s->traffic.class_name = name;
    s->traffic.class_names = s->classes;
    enum neap_status status =
        neap_recording_read(&s->recording, &s->traffic, s->directory, s->zone, error);
    s->traffic.class_name = NULL;
    s->traffic.class_names = 0;
    free(name);
    return status;
}

static enum neap_status read_or_make(struct neap_scenario *s, struct neap_error *error)
{
    struct neap_error inner = {0};
    if (s->synthetic)
        return make_up(s, error);
    enum neap_status status = read_recording(s, &inner);
    if (status != NEAP_OK)
        return blame(s, "traffic", status, &inner, error);
    return neapi_manifest_add(&s->manifest, neap_recording_path(s->recording), error);
}

static bool has_columns(const struct neap_recording *recording)
{
    return neap_recording_classes(recording) > 1 ||
           strcmp(neap_recording_class_name(recording, 0), "all") != 0;
}

static bool is_recorded(const struct neap_recording *recording, const char *class)
{
    for (size_t i = 0; i < neap_recording_classes(recording); i++)
        if (strcmp(neap_recording_class_name(recording, i), class) == 0)
            return true;
    return false;
}

/* Whether each request is known by itself. */
static bool is_single(const struct neap_recording *recording)
{
    return neap_recording_arrivals(recording, NULL) == NEAP_ARRIVALS_RECORDED;
}

static enum neap_status check_slot(const struct neap_scenario *s,
                                   const struct neapi_class_slot *slot, struct neap_error *error)
{
    bool columns = has_columns(s->recording);
    if (slot->options.share[0] != '\0' && columns)
        return neapi_entry_fail(error, NEAP_BAD_SCENARIO, slot->first, 1,
                                "found a share, but the recording has columns of classes already: "
                                "take the share out");
    if (slot->options.share[0] == '\0' && !columns && is_single(s->recording))
        return neapi_entry_fail(error, NEAP_BAD_SCENARIO, slot->first, 1,
                                "found no share, and requests whose classes are not recorded: add "
                                "share = 20%, or class_column in [traffic]");
    if (slot->options.share[0] == '\0' && !columns)
        return neapi_entry_fail(error, NEAP_BAD_SCENARIO, slot->first, 1,
                                "found no share, and the recording has no column of the class: "
                                "add share = 20%, or value_column.NAME in [traffic]");
    if (columns && !is_recorded(s->recording, slot->name))
        return neapi_entry_fail(error, NEAP_BAD_SCENARIO, slot->first, 1,
                                "found a class that the recording has no column of: name it in "
                                "[traffic] as value_column.NAME, or take the section out");
    return NEAP_OK;
}

static enum neap_status split(struct neap_scenario *s, struct neap_error *error)
{
    struct neap_class_share *share = neapi_allocate(s->classes, sizeof *share);
    struct neap_recording *parted = NULL;
    struct neap_error inner = {0};
    if (share == NULL)
        return neapi_no_memory(error, "classes");
    for (size_t i = 0; i < s->classes; i++)
        share[i] = (struct neap_class_share){s->class[i].name, &s->class[i].share};
    enum neap_status status =
        neap_recording_split(&parted, s->recording, share, s->classes, s->zone, &inner);
    free(share);
    if (status != NEAP_OK)
        return blame(s, s->class[0].first->section, status, &inner, error);
    neap_recording_free(s->recording);
    s->recording = parted;
    return NEAP_OK;
}

static enum neap_status make_classes(struct neap_scenario *s, struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < s->classes; i++)
        status = check_slot(s, &s->class[i], error);
    if (status != NEAP_OK || s->classes == 0 || has_columns(s->recording))
        return status;
    return split(s, error);
}

/* --- does it go together -------------------------------------------------------------------------- */

static enum neap_status check_costs(const struct neap_scenario *s, struct neap_error *error)
{
    for (size_t i = 0; i < s->profiles; i++)
        for (size_t k = 0; k < neap_recording_classes(s->recording); k++) {
            const char *class = neap_recording_class_name(s->recording, k);
            char message[NEAP_MESSAGE_SIZE];
            if (neap_profile_class_for(s->profile[i].profile, class) != SIZE_MAX)
                continue;
            snprintf(message, sizeof message,
                     "found no CPU demand for class %.60s of the recording, expected "
                     "cpu_demand.%.60s = ... or cpu_demand = ... for all others",
                     class, class);
            return neapi_entry_fail(error, NEAP_BAD_SCENARIO, s->profile[i].first, 1, message);
        }
    return NEAP_OK;
}

/* A value for requests that there are none of would be one without effect. */
static enum neap_status check_class_keys(const struct neap_scenario *s, struct neap_error *error)
{
    bool single = is_single(s->recording);
    for (size_t i = 0; i < s->entries.count; i++) {
        const struct neapi_entry *entry = &s->entries.entry[i];
        const char *class = neapi_entry_profile_class(entry);
        char message[NEAP_MESSAGE_SIZE];
        if (class == NULL || is_recorded(s->recording, class))
            continue;
        snprintf(message, sizeof message,
                 "found a key of class %.60s, which the recording does not have: add [class %.60s] "
                 "with a share, or %s%.60s to [traffic]",
                 class, class, single ? "class_column" : "value_column.", single ? "" : class);
        return neapi_entry_fail(error, NEAP_BAD_SCENARIO, entry, entry->key_column, message);
    }
    return NEAP_OK;
}

/* A time that nothing would come of: told with the bounds of the recording. */
static enum neap_status refuse_time(const struct neap_scenario *s, const char *section,
                                    const char *key, int64_t at_ns, struct neap_error *error)
{
    char at[NEAP_TIME_SIZE], start[NEAP_TIME_SIZE], end[NEAP_TIME_SIZE];
    struct neap_error inner = {0};
    neap_time_format(at, sizeof at, at_ns);
    neap_time_format(start, sizeof start, neap_recording_start_ns(s->recording));
    neap_time_format(end, sizeof end, neap_recording_end_ns(s->recording));
    enum neap_status status =
        neapi_fail(&inner, NEAP_BAD_SCENARIO,
                   "%s: found %s, expected a time within the recording, after %s and before %s",
                   key, at, start, end);
    return blame(s, section, status, &inner, error);
}

static enum neap_status check_deployments(const struct neap_scenario *s, struct neap_error *error)
{
    for (size_t i = 0; i < s->deployments; i++) {
        int64_t at_ns = s->deployment[i].at_ns;
        if (at_ns <= neap_recording_start_ns(s->recording) ||
            at_ns >= neap_recording_end_ns(s->recording))
            return refuse_time(s, "rollout", "deploy_at", at_ns, error);
    }
    return NEAP_OK;
}

/* Metrics may be missing from before the recording on. */
static enum neap_status check_missing(const struct neap_scenario *s, struct neap_error *error)
{
    int64_t length_ns = neapi_to_ns(s->metrics.missing_length_s);
    for (size_t i = 0; i < s->missing; i++) {
        int64_t start_ns = neap_recording_start_ns(s->recording), at_ns = s->missing_ns[i];
        bool over = at_ns < start_ns && at_ns + length_ns <= start_ns;
        if (over || at_ns >= neap_recording_end_ns(s->recording))
            return refuse_time(s, "metrics", "missing_at", at_ns, error);
    }
    return NEAP_OK;
}

enum neap_status neapi_traffic_load(struct neap_scenario *s, struct neap_error *error)
{
    enum neap_status status = read_or_make(s, error);
    if (status == NEAP_OK)
        status = make_classes(s, error);
    if (status == NEAP_OK)
        status = check_costs(s, error);
    if (status == NEAP_OK && !s->traffic_only)
        status = check_class_keys(s, error);
    if (status == NEAP_OK)
        status = check_deployments(s, error);
    if (status == NEAP_OK)
        status = check_missing(s, error);
    if (status != NEAP_OK) {
        neap_recording_free(s->recording);
        s->recording = NULL;
    }
    return status;
}
