/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What varies between the cases of a profile, in words. */
#include <string.h>

#include "base/text.h"
#include "profile/impl.h"

static void add(struct neap_profile *profile, const char *piece)
{
    size_t length = strlen(profile->range);
    neapi_print(profile->range + length, sizeof profile->range - length, "%s%s",
                length > 0 ? "; " : "", piece);
}

static void tell_speedup(struct neap_profile *profile, const char *what, const char *class_name,
                         const struct neapi_speedup *speedup)
{
    char piece[NEAPI_SENTENCE_SIZE + NEAP_TEXT_SIZE];
    if (!speedup->varies)
        return;
    neapi_print(piece, sizeof piece, "%s speed-up%s%s between %.3g and %.3g, %s; middle %.3g", what,
                neapi_told(class_name) ? " of " : "", class_name, speedup->factor[NEAP_CASE_LOW],
                speedup->factor[NEAP_CASE_HIGH], speedup->how, speedup->factor[NEAP_CASE_MIDDLE]);
    add(profile, piece);
}

static void print_mean(char text[32], const struct neapi_need *need)
{
    double mean = neap_distribution_mean(need->distribution), scale = 1;
    for (int i = 0; i < 3 && mean > 0 && mean * scale < 1; i++)
        scale *= 1000;
    static const char *const units[] = {"s", "ms", "us", "ns"};
    neapi_print(text, 32, "%.3g%s", mean * scale,
                units[scale < 10    ? 0
                      : scale < 1e4 ? 1
                      : scale < 1e7 ? 2
                                    : 3]);
}

/* needs: of the three cases. */
static void tell_sets(struct neap_profile *profile, const char *what, const char *class_name,
                      const struct neapi_need *const needs[NEAP_CASES])
{
    char piece[NEAPI_SENTENCE_SIZE], mean[NEAP_CASES][32];
    const struct neapi_need *middle = needs[NEAP_CASE_MIDDLE];
    if (middle->sets < 2 || !middle->own)
        return;
    for (int i = 0; i < NEAP_CASES; i++)
        print_mean(mean[i], needs[i]);
    neapi_print(piece, sizeof piece,
                "%s%s%s one of %zu distributions, with means from %s to %s; middle %s", what,
                neapi_told(class_name) ? " of " : "", class_name, middle->sets,
                mean[NEAP_CASE_HIGH], mean[NEAP_CASE_LOW], mean[NEAP_CASE_MIDDLE]);
    add(profile, piece);
}

static void tell_class(struct neap_profile *profile, size_t index)
{
    const char *name = index > 0 ? profile->class[index].name : "";
    const struct neapi_request_class *class[NEAP_CASES] = {
        &profile->low->class[index], &profile -> class[index], &profile -> high -> class[index]};
    const struct neapi_need *cpu[NEAP_CASES] = {&class[0] -> cpu, &class[1] -> cpu,
                                                &class[2] -> cpu};
    const struct neapi_need *wait[NEAP_CASES] = {&class[0] -> wait, &class[1] -> wait,
                                                 &class[2] -> wait};
    tell_sets(profile, "CPU demand", name, cpu);
    tell_sets(profile, "wait", name, wait);
}

void neapi_profile_tell_range(struct neap_profile *profile, const struct neapi_making *making)
{
    char piece[NEAPI_SENTENCE_SIZE + NEAP_TEXT_SIZE];
    for (size_t i = 0; i <= making->options->classes; i++) {
        const char *name = neapi_texts_of(making->options, i).name;
        tell_speedup(profile, "CPU", name, &making->speedups[i].cpu);
        tell_speedup(profile, "wait", name, &making->speedups[i].wait);
    }
    for (size_t i = 0; i < profile->classes; i++)
        tell_class(profile, i);
    if (making->from != NULL && making->from->range[0] != '\0') {
        neapi_print(piece, sizeof piece, "%s: %s", making->from->name, making->from->range);
        add(profile, piece);
    }
}
