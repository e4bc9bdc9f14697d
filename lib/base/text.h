/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_BASE_TEXT_H
#define NEAP_BASE_TEXT_H

#include <locale.h>
#include <stdarg.h>

#include <neap/base.h>

/* Until the matching leave, this thread prints and reads numbers in the C locale. Thread-local,
 * so a program's own locale is left as it was. */
locale_t neapi_c_locale_enter(void);
void neapi_c_locale_leave(locale_t before);

/* snprintf and vsnprintf in the C locale. */
int neapi_print(char *text, size_t size, const char *format, ...) NEAP_PRINTF(3, 4);
int neapi_vprint(char *text, size_t size, const char *format, va_list arguments) NEAP_PRINTF(3, 0);

/* Reads a plain decimal number ("12", "-0.5", "1e3") from text[0..length): C locale, all of it
 * used up, finite. No hex, no "inf", no "nan", no spaces. Fast for ordinary cells, correctly
 * rounded always. */
bool neapi_number_parse(double *value, const char *text, size_t length);

/* Copies at most size - 1 bytes and ends with NUL; false when it did not fit. */
bool neapi_text_copy(char *to, size_t size, const char *from);

#endif
