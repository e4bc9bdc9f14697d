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

/* What a need was chosen from, in the middle of a sentence; false when it varies by nothing new. */
static bool tell_origin(char text[64], const struct neapi_request_class *class,
                        const struct neapi_need *need, const struct neap_profile *profile)
{
    bool latency = class->latency.count > 0 && profile->upgrade == NEAP_UPGRADE_NONE;
    if (!need->own || !need->varies || (need->sets < 2 && !latency))
        return false;
    if (latency)
        neapi_print(text, 64, "what the latency leaves open");
    else
        neapi_print(text, 64, "one of %zu distributions", need->sets);
    return true;
}

/* needs: of the three cases. */
static void tell_need(struct neap_profile *profile, size_t index, const char *what,
                      const struct neapi_need *const needs[NEAP_CASES])
{
    char piece[NEAPI_SENTENCE_SIZE], origin[64], mean[NEAP_CASES][32];
    const struct neapi_request_class *class = &profile->class[index];
    if (!tell_origin(origin, class, needs[NEAP_CASE_MIDDLE], profile))
        return;
    for (int i = 0; i < NEAP_CASES; i++)
        print_mean(mean[i], needs[i]);
    neapi_print(piece, sizeof piece, "%s%s%s with a mean between %s and %s, %s; middle %s", what,
                index > 0 ? " of " : "", index > 0 ? class->name : "", mean[NEAP_CASE_HIGH],
                mean[NEAP_CASE_LOW], origin, mean[NEAP_CASE_MIDDLE]);
    add(profile, piece);
}

static void tell_class(struct neap_profile *profile, size_t index)
{
    const struct neapi_request_class *class[NEAP_CASES] = {
        &profile->low->class[index], &profile -> class[index], &profile -> high -> class[index]};
    const struct neapi_need *cpu[NEAP_CASES] = {&class[0] -> cpu, &class[1] -> cpu,
                                                &class[2] -> cpu};
    const struct neapi_need *wait[NEAP_CASES] = {&class[0] -> wait, &class[1] -> wait,
                                                 &class[2] -> wait};
    tell_need(profile, index, "CPU demand", cpu);
    tell_need(profile, index, "wait", wait);
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
