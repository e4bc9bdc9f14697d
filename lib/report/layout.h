/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Layout of text for a terminal: shared by the text writer's two halves. */
#ifndef NEAP_REPORT_LAYOUT_H
#define NEAP_REPORT_LAYOUT_H

#include "report/impl.h"

enum neapi_style { NEAPI_PLAIN, NEAPI_BOLD, NEAPI_YELLOW, NEAPI_DIM };

struct neapi_layout {
    struct neapi_sink sink;
    const struct neap_report_options *options;
    bool started; /* something was written, so the next block needs a blank line before it */
};

/* A blank line between what was written and what comes. */
void neapi_layout_block(struct neapi_layout *layout);
/* Escape sequences, only when colour is asked for. */
void neapi_layout_style(struct neapi_layout *layout, enum neapi_style style);
void neapi_layout_spaces(struct neapi_layout *layout, size_t count);
/* Text on one line: control characters, which could drive a terminal, become U+FFFD. */
void neapi_layout_text(struct neapi_layout *layout, const char *text);
/* Columns that neapi_layout_text() fills. */
size_t neapi_layout_width(const char *text);
/* Prose after what stands in the line already (lead columns), wrapped at the options' width with
 * its further lines indented by hang; ends the line. */
void neapi_layout_prose(struct neapi_layout *layout, const char *text, size_t lead, size_t hang);

/* A table with its title, column heads and a rule (write_table.c); first when it is the one that
 * CSV has by default. False without memory. */
bool neapi_layout_table(struct neapi_layout *layout, const struct neapi_entry *entry, bool first);

#endif
