# SPDX-License-Identifier: GPL-3.0-or-later
benches = %D%/tick_bench %D%/decision_bench %D%/request_bench
EXTRA_PROGRAMS += $(benches) %D%/engine_grid
%C%_tick_bench_LDADD = lib/libneap.la $(GSL_LIBS) -lm
%C%_decision_bench_LDADD = lib/libneap.la $(GSL_LIBS) -lm
%C%_request_bench_SOURCES = %D%/request_bench.c %D%/bare.c %D%/bare.h
%C%_request_bench_LDADD = lib/libneap.la $(GSL_LIBS) -lm

%C%_engine_grid_LDADD = lib/libneap.la $(GSL_LIBS) -lm

EXTRA_DIST += %D%/simpy_bench.py %D%/engine_grid.awk

bench: $(benches)
	@for program in $(benches); do \
	  top_srcdir='$(abs_top_srcdir)' ./$$program >bench.out || exit 1; cat bench.out; \
	done
	@for python in python3 /usr/bin/python3; do \
	  if $$python -c 'import simpy' 2>/dev/null; then \
	    exec $$python $(srcdir)/%D%/simpy_bench.py bench.out; \
	  fi; \
	done; echo 'SimPy is not installed: nothing to compare with'

# The table of doc/engines.md; about ten minutes on one core.
grid: %D%/engine_grid
	./%D%/engine_grid >engines.csv
	$(AWK) -f $(srcdir)/%D%/engine_grid.awk engines.csv
