# SPDX-License-Identifier: GPL-3.0-or-later
# Everything here speaks TAP; `make check` counts single checks, not programs.
tap_driver = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
TEST_EXTENSIONS = .sh
LOG_DRIVER = $(tap_driver)
LOG_COMPILER = $(SHELL) $(srcdir)/%D%/tap.sh
SH_LOG_DRIVER = $(tap_driver)
SH_LOG_COMPILER = $(LOG_COMPILER) $(SHELL)
AM_TESTS_ENVIRONMENT = \
	NEAP='$(abs_top_builddir)/cli/neap'; export NEAP; \
	NEAP_DATA='$(abs_top_srcdir)/data'; export NEAP_DATA; \
	LIBNEAP='$(abs_top_builddir)/lib/.libs/libneap.so'; export LIBNEAP; \
	NEAP_INSTRUMENTED='$(NEAP_INSTRUMENTED)'; export NEAP_INSTRUMENTED; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	CC='$(CC)'; export CC; \
	CPPFLAGS='$(NEAP_DEPENDENCY_CFLAGS) $(CPPFLAGS)'; export CPPFLAGS; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT;
TESTS = $(unit_tests) $(long_tests) $(property_tests) $(dist_check_SCRIPTS)

# Unit and property tests see the rooms from inside, so they link the library's objects, not the
# .so: its hidden functions can be called, and oom_test can put itself between them and malloc.
check_LTLIBRARIES += %D%/libneaptest.la
%C%_libneaptest_la_SOURCES = $(lib_libneap_la_SOURCES)
%C%_libneaptest_la_LIBADD = $(NEAP_DEPENDENCY_LIBS)
LDADD = %D%/libneaptest.la $(CMOCKA_LIBS)

unit_tests =
long_tests =
property_tests =
if UNIT_TESTS
unit_tests += \
	%D%/unit/autoscaler_step_scaling_test %D%/unit/autoscaler_target_tracking_test \
	%D%/unit/autoscaler_callback_test %D%/unit/autoscaler_oracle_test %D%/unit/autoscaler_predictive_test %D%/unit/autoscaler_recorded_test %D%/unit/autoscaler_schedule_test %D%/unit/forecast_test %D%/unit/replay_ahead_test %D%/unit/replay_signals_test %D%/unit/replay_zero_test \
	%D%/unit/autoscaler_keda_test %D%/unit/autoscaler_knative_test \
	%D%/unit/autoscaler_cloud_run_test %D%/unit/autoscaler_gce_test %D%/unit/autoscaler_log_test \
	%D%/unit/autoscaler_hpa_test \
	%D%/unit/autoscaler_test %D%/unit/autoscaler_rate_test %D%/unit/autoscaler_rules_test %D%/unit/base_test \
	%D%/unit/calendar_test %D%/unit/calendar_days_test %D%/unit/compare_test \
	%D%/unit/decimal_test %D%/unit/estimate_test %D%/unit/explain_test %D%/unit/oom_test \
	%D%/unit/price_test %D%/unit/profile_test %D%/unit/profile_buckets_test \
	%D%/unit/profile_range_test %D%/unit/random_test %D%/unit/random_distribution_test \
	%D%/unit/recording_test %D%/unit/recording_class_test %D%/unit/recording_stamps_test \
	%D%/unit/recording_synth_test %D%/unit/replay_test %D%/unit/replay_class_test \
	%D%/unit/replay_grace_test %D%/unit/replay_nodes_test %D%/unit/replay_request_test %D%/unit/replay_rollout_test \
	%D%/unit/replay_start_test %D%/unit/replay_time_test \
	%D%/unit/report_test %D%/unit/report_page_test %D%/unit/request_events_test \
	%D%/unit/request_reference_test %D%/unit/request_tape_test %D%/unit/scenario_test \
	%D%/unit/selftest_test %D%/unit/service_test %D%/unit/service_bands_test \
	%D%/unit/service_container_test %D%/unit/study_test %D%/unit/sweep_test %D%/unit/table_test \
	%D%/unit/traps_test
long_tests += \
	%D%/unit/replications_test %D%/unit/request_events_random_test \
	%D%/unit/request_kernels_test %D%/unit/tick_region_test %D%/unit/traps_profile_test
property_tests += %D%/property/compare_property_test %D%/property/document_property_test \
	%D%/property/replay_property_test
endif
check_PROGRAMS += $(unit_tests) $(long_tests) $(property_tests)
%C%_unit_oom_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc

dist_check_SCRIPTS += \
	%D%/examples.sh %D%/gates.sh %D%/golden.sh %D%/headers.sh %D%/layers.sh %D%/manual.sh \
	%D%/rooms.sh %D%/simpy.sh %D%/symbols.sh
EXTRA_DIST += %D%/unit/autoscaler_fixture.h %D%/unit/replay_fixture.h %D%/unit/request_fixture.h %D%/tap.sh %D%/code.awk %D%/setup.sh %D%/symbols.exact %D%/fuzz.sh \
	%D%/gigabyte.sh %D%/mutations.sh %D%/mutations.list %D%/simpy/check.py %D%/simpy/model.py

# long_tests only calculate: they are left to the sanitizers. What OpenMP's threads hold until the
# program ends is possibly lost to valgrind: it is not counted.
leak_options = --leak-check=full --show-leak-kinds=definite,indirect \
	--errors-for-leak-kinds=definite,indirect
check-valgrind: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(unit_tests)' \
	  LOG_COMPILER='$(LOG_COMPILER) valgrind -q --error-exitcode=99 $(leak_options)'

# Each fuzz target for FUZZ_SECONDS, built with clang from the library's sources.
fuzz:
	@$(AM_TESTS_ENVIRONMENT) SOURCES='$(lib_libneap_la_SOURCES)' \
	  LIBS='$(NEAP_DEPENDENCY_LIBS)' $(SHELL) $(srcdir)/%D%/fuzz.sh

check-gigabyte: all
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/%D%/gigabyte.sh

# Small faults put into a copy of the library must be noticed by its tests.
check-mutations:
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/%D%/mutations.sh
.PHONY: check-gigabyte check-mutations

# The installation as its users see it: headers, neap.pc, the library, the command.
installcheck-local:
	@mkdir -p installcheck && \
	printf '%s\n' '#include <gsl/gsl_errno.h>' '#include <neap.h>' \
	  'int main(void) { gsl_set_error_handler_off(); return neap_version()[0] == 0; }' \
	  >installcheck/program.c && \
	PKG_CONFIG_PATH="$(DESTDIR)$(libdir)/pkgconfig:$$PKG_CONFIG_PATH" && export PKG_CONFIG_PATH && \
	$(CC) $(SANITIZE_FLAGS) $(COVERAGE_FLAGS) -Wall -Werror -o installcheck/program \
	  installcheck/program.c `$(PKG_CONFIG) --cflags --libs neap` -Wl,-rpath,"$(DESTDIR)$(libdir)" && \
	installcheck/program && \
	"$(DESTDIR)$(bindir)/neap" --version && \
	rm -r installcheck
