# SPDX-License-Identifier: GPL-3.0-or-later
benches = %D%/tick_bench
EXTRA_PROGRAMS += $(benches)
%C%_tick_bench_LDADD = lib/libneap.la $(GSL_LIBS) -lm

bench: $(benches)
	@for program in $(benches); do top_srcdir='$(abs_top_srcdir)' ./$$program || exit 1; done
