# SPDX-License-Identifier: GPL-3.0-or-later
bin_PROGRAMS += %D%/neap
%C%_neap_SOURCES = \
	%D%/main.c %D%/command.h %D%/decisions.c %D%/options.c %D%/shared.c \
	%D%/cmd_check.c %D%/cmd_compare.c %D%/cmd_explain.c %D%/cmd_help.c %D%/cmd_init.c \
	%D%/cmd_replay.c %D%/cmd_selftest.c %D%/cmd_synth.c
%C%_neap_LDADD = lib/libneap.la $(GSL_LIBS)
# The command is a client like any other: public headers only, lib/ is not on its path.
%C%_neap_CPPFLAGS = -I$(top_srcdir)/include $(GSL_CFLAGS) -DNEAP_DATADIR='"$(pkgdatadir)"'
