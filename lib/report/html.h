/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pieces of HTML that the page and its charts share. */
#ifndef NEAP_REPORT_HTML_H
#define NEAP_REPORT_HTML_H

#include "report/impl.h"

/* Text that can stand between tags and in quoted attributes: nothing in it is markup. */
void neapi_html_text(struct neapi_sink *sink, const char *text);

/* Writes the style sheet (html_style.c). */
void neapi_html_style(struct neapi_sink *sink);

#endif
