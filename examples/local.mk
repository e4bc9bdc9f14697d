# SPDX-License-Identifier: GPL-3.0-or-later
# A program here answers one question through the public headers, as a user's own would:
#   noinst_PROGRAMS = %D%/NAME
#   %C%_NAME_CPPFLAGS = -I$(top_srcdir)/include $(GSL_CFLAGS)
#   %C%_NAME_LDADD = lib/libneap.la $(GSL_LIBS)
# Scenarios need no line: the release takes every *.ini and *.csv of this folder.
