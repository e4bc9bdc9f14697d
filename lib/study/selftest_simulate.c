/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request engine against published tables: runs rows, and keeps what came out. */
#include "study/selftest_simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "study/selftest_cells.h"
#include "study/selftest_simulations.h"

#include <neap/sweep.h>

static const double SCORE_MOST = 4.5;

/* --- one row ------------------------------------------------------------------------------------------ */

void neapi_verdict_fail(struct neapi_verdict *verdict, const char *why)
{
    if (verdict->outcome != NEAPI_FAILED)
        neapi_text_copy(verdict->why, sizeof verdict->why, why);
    verdict->outcome = NEAPI_FAILED;
}

void neapi_verdict_skip(struct neapi_verdict *verdict, const char *reason)
{
    if (verdict->reason == NULL)
        verdict->reason = reason;
}

void neapi_verdict_score(struct neapi_verdict *verdict, const struct neapi_score *score,
                         double wanted, double got)
{
    char why[NEAPI_WHY_SIZE];
    if (isnan(score->z))
        return;
    if (verdict->scores < NEAPI_SCORES_MOST)
        verdict->score[verdict->scores++] = *score;
    if (verdict->outcome == NEAPI_SKIPPED)
        verdict->outcome = NEAPI_PASSED;
    if (fabs(score->z) < SCORE_MOST)
        return;
    neapi_print(why, sizeof why, "%s, simulated (%s): expected %.9g, got %.9g, z = %.2f",
                score->column, score->kernel, wanted, got, score->z);
    neapi_verdict_fail(verdict, why);
}

static void run_plan(const struct neapi_plan *plan, const struct neapi_simulation *simulation,
                     uint64_t replication, struct neapi_verdict *verdict)
{
    char why[NEAPI_WHY_SIZE] = "", told[NEAPI_WHY_SIZE + 64];
    struct neapi_scores scores;
    if (!neapi_plan_run(plan, simulation, replication, &scores, why, sizeof why)) {
        neapi_print(told, sizeof told, "simulated (%s): %s", plan->kernel, why);
        neapi_verdict_fail(verdict, told);
        return;
    }
    for (size_t i = 0; i < plan->wanted_count; i++) {
        struct neapi_score score = {scores.z[i], plan->wanted[i].column, plan->kernel};
        neapi_verdict_score(verdict, &score, plan->wanted[i].value, scores.got[i]);
    }
}

static void run_row(const struct neapi_simulated *table, const struct neapi_row *row,
                    const struct neapi_simulation *simulation, uint64_t replication,
                    struct neapi_verdict *verdict)
{
    for (int variant = 0;; variant++) {
        struct neapi_plan plan;
        const char *reason = table->plan(row, variant, &plan);
        bool more = reason == NULL;
        if (more)
            reason = neapi_plan_unresolved(&plan, simulation->requests);
        if (reason == NULL)
            run_plan(&plan, simulation, replication + (uint64_t)variant, verdict);
        else if (reason[0] != '\0')
            neapi_verdict_skip(verdict, reason);
        if (!more)
            return;
    }
}

/* --- one table ---------------------------------------------------------------------------------------- */

static const struct neapi_simulated *find_simulated(const char *file)
{
    const struct neapi_simulated *const sets[] = {neapi_simulated_queues,
                                                  neapi_simulated_containers};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        for (const struct neapi_simulated *at = sets[i]; at->file != NULL; at++)
            if (strcmp(at->file, file) == 0)
                return at;
    return NULL;
}

static const struct neapi_transient *find_transient(const char *file)
{
    for (const struct neapi_transient *at = neapi_transients; at->file != NULL; at++)
        if (strcmp(at->file, file) == 0)
            return at;
    return NULL;
}

static size_t case_length(const struct neap_table *rows, size_t first)
{
    struct neapi_row here = {.table = rows, .index = first},
                     next = {.table = rows, .index = first + 1};
    const char *name = neapi_row_text(&here, "case_id");
    while (next.index < neap_table_rows(rows) &&
           strcmp(neapi_row_text(&next, "case_id"), name) == 0)
        next.index++;
    return next.index - first;
}

/* Pieces of a table: rows, or the rows of a case. */
struct pieces {
    const struct neapi_simulated *table; /* or transient */
    const struct neapi_transient *transient;
    struct neapi_simulation simulation;
    const struct neap_table *rows;
    size_t *first; /* by piece */
    size_t count;
    uint64_t replication;
    struct neapi_verdict *verdict; /* by row */
};

static enum neap_status run_piece(void *context, size_t index, const struct neap_progress *progress,
                                  struct neap_error *error)
{
    const struct pieces *pieces = context;
    size_t first = pieces->first[index];
    uint64_t replication = pieces->replication | (uint64_t)first << 32;
    struct neapi_row row = {.table = pieces->rows, .index = first};
    struct neapi_rows some = {pieces->rows, first, 1};
    if (!progress->report(progress->context, 0, 1))
        return neapi_fail(error, NEAP_STOPPED, "stopped");
    if (pieces->table != NULL) {
        run_row(pieces->table, &row, &pieces->simulation, replication, &pieces->verdict[first]);
        return NEAP_OK;
    }
    some.count = case_length(pieces->rows, first);
    pieces->transient->run(&some, &pieces->simulation, replication, &pieces->verdict[first]);
    return NEAP_OK;
}

static enum neap_status run_table(const struct neapi_simulations *s, const char *file,
                                  const struct neap_table *rows, struct neapi_verdict verdict[],
                                  struct neap_error *error)
{
    size_t total = neap_table_rows(rows);
    struct pieces pieces = {.table = find_simulated(file),
                            .transient = find_transient(file),
                            .simulation = s->simulation,
                            .rows = rows,
                            .first = neapi_allocate(total + 1, sizeof *pieces.first),
                            .replication = (uint64_t)s->table_count << 52,
                            .verdict = verdict};
    if (pieces.first == NULL)
        return neapi_no_memory(error, "pieces of a table");
    for (size_t i = 0; i < total; i += pieces.table != NULL ? 1 : case_length(rows, i))
        pieces.first[pieces.count++] = i;
    struct neap_sweep sweep = {run_piece, &pieces, pieces.count, s->threads, s->progress};
    enum neap_status status = neap_sweep_run(&sweep, error);
    free(pieces.first);
    return status;
}

/* --- keeping what came out ----------------------------------------------------------------------------- */

static bool keep_scores(struct neapi_simulations *s, const char *name,
                        const struct neapi_verdict *verdict)
{
    for (size_t i = 0; i < verdict->scores; i++) {
        if (!neapi_grow(&s->z, &s->z_capacity, s->z_count + 1, sizeof *s->z))
            return false;
        const struct neapi_score *score = &verdict->score[i];
        s->z[s->z_count++] = score->z;
        if (fabs(score->z) <= fabs(s->largest))
            continue;
        s->largest = score->z;
        neapi_print(s->largest_name, sizeof s->largest_name, "%s %s (%s)", name, score->column,
                    score->kernel);
    }
    return true;
}

/* Names of rows skipped for one reason go into one text; one case has many rows. */
static bool keep_skipped(struct neapi_simulations *s, const char *file, const char *name,
                         const char *reason)
{
    struct neapi_left_out *left = NULL;
    for (size_t i = 0; i < s->left_out_count; i++)
        if (strcmp(s->left_out[i].file, file) == 0 && strcmp(s->left_out[i].reason, reason) == 0)
            left = &s->left_out[i];
    if (left == NULL) {
        if (!neapi_grow(&s->left_out, &s->left_out_capacity, s->left_out_count + 1,
                        sizeof *s->left_out))
            return false;
        left = &s->left_out[s->left_out_count++];
        *left = (struct neapi_left_out){.reason = reason};
        neapi_text_copy(left->file, sizeof left->file, file);
    }
    size_t used = strlen(left->names), length = strlen(name);
    left->rows++;
    if (used >= length && strcmp(left->names + used - length, name) == 0)
        return true;
    neapi_print(left->names + used, sizeof left->names - used, "%s%s", used > 0 ? " " : "", name);
    return true;
}

static bool keep(struct neapi_simulations *s, struct neap_document *document, const char *file,
                 const struct neap_table *rows, const struct neapi_verdict verdict[])
{
    struct neapi_simulated_table *table = &s->table[s->table_count];
    for (size_t i = 0; i < neap_table_rows(rows); i++) {
        struct neapi_row row = {.table = rows, .index = i};
        const char *name = neapi_row_text(&row, "case_id");
        table->counts.passed += verdict[i].outcome == NEAPI_PASSED;
        table->counts.failed += verdict[i].outcome == NEAPI_FAILED;
        table->counts.skipped += verdict[i].outcome == NEAPI_SKIPPED;
        if (verdict[i].outcome == NEAPI_FAILED && s->shown++ < NEAPI_FAILURES_SHOWN)
            neap_document_add_note(document, NEAP_NOTE_WARNING, "%s:%ld: %s: %s", file,
                                   neap_table_row_line(rows, i), name, verdict[i].why);
        if (!keep_scores(s, name, &verdict[i]))
            return false;
        if (verdict[i].outcome == NEAPI_SKIPPED &&
            !keep_skipped(s, file, name,
                          verdict[i].reason == NULL ? "says nothing" : verdict[i].reason))
            return false;
    }
    neapi_text_copy(table->file, sizeof table->file, file);
    s->table_count++;
    return true;
}

enum neap_status neapi_simulations_add(struct neapi_simulations *s, struct neap_document *document,
                                       const char *file, const struct neap_table *rows,
                                       struct neap_error *error)
{
    bool known = find_simulated(file) != NULL || find_transient(file) != NULL;
    if (!known || s->table_count == NEAPI_TABLES_MOST || !(s->simulation.requests > 0))
        return NEAP_OK;
    struct neapi_verdict *verdict = neapi_allocate(neap_table_rows(rows) + 1, sizeof *verdict);
    if (verdict == NULL)
        return neapi_no_memory(error, "verdicts on rows");
    for (size_t i = 0; i < neap_table_rows(rows); i++)
        verdict[i].outcome = NEAPI_SKIPPED;
    enum neap_status status = run_table(s, file, rows, verdict, error);
    if (status == NEAP_OK && !keep(s, document, file, rows, verdict))
        status = neapi_no_memory(error, "scores of rows");
    free(verdict);
    return status;
}
