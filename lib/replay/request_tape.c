/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which profiles a tape has. Versions that are one profile share a column. */
#include "base/fail.h"
#include "replay/request_impl.h"

struct columns {
    const struct neap_profile *profile[NEAP_TAPE_PROFILES_MOST];
    size_t count;
};

/* SIZE_MAX when there is no room. */
static size_t column_of(struct columns *columns, const struct neap_profile *profile)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->profile[i] == profile)
            return i;
    if (columns->count == NEAP_TAPE_PROFILES_MOST)
        return SIZE_MAX;
    columns->profile[columns->count] = profile;
    return columns->count++;
}

enum neap_status neapi_served_tape(struct neap_tape **tape, size_t *const column[],
                                   struct neap_replay *const replay[], size_t count,
                                   struct neap_error *error)
{
    struct columns columns = {.count = 0};
    const struct neap_replay_inputs *first = &replay[0]->in;
    for (size_t i = 0; i < count; i++)
        for (size_t version = 0; version < replay[i]->mix.versions; version++) {
            column[i][version] = column_of(&columns, neapi_profile_of(&replay[i]->in, version));
            if (column[i][version] == SIZE_MAX)
                return neapi_fail(error, NEAP_BAD_ARGUMENT,
                                  "found more than %d profiles on one tape: replay fewer together",
                                  NEAP_TAPE_PROFILES_MOST);
        }
    return neap_tape_new(tape, first->recording, columns.profile, columns.count,
                         (uint64_t)first->run->seed, first->replication, error);
}
