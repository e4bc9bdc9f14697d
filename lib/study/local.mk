lib_libneap_la_SOURCES += \
	%D%/check.c %D%/compare.c %D%/compare.h %D%/compare_classes.c %D%/compare_deployments.c %D%/compare_engines.c \
	%D%/compare_pictures.c %D%/compare_run.c %D%/compare_summary.c %D%/describe.c %D%/describe_engine.c %D%/estimate.c %D%/estimate.h \
	%D%/explain.c %D%/explain.h %D%/explain_text.c %D%/explain_tree.c \
	%D%/footprint.c %D%/periods.c %D%/periods.h %D%/replications.c %D%/replications.h %D%/replications_show.c %D%/saving.c %D%/saving.h %D%/selftest.c \
	%D%/selftest.h %D%/selftest_arrivals.c %D%/selftest_aws.c %D%/selftest_aws.h %D%/selftest_autoscaler.c %D%/selftest_cells.c %D%/selftest_cells.h \
	%D%/selftest_containers.c %D%/selftest_exact.c %D%/selftest_fit.c %D%/selftest_plan.c %D%/selftest_plan.h %D%/selftest_queues.c \
	%D%/selftest_request.h %D%/selftest_run.c %D%/selftest_scores.c %D%/selftest_simulate.c %D%/selftest_simulate.h \
	%D%/selftest_simulations.h %D%/selftest_source.c %D%/selftest_source.h %D%/selftest_chain.c %D%/selftest_chain.h %D%/selftest_moments.c %D%/selftest_moments.h %D%/selftest_staffing.c \
	%D%/selftest_hpa.h %D%/selftest_hpa_memory.c %D%/selftest_hpa_metric.c \
	%D%/selftest_hpa_pass.c %D%/selftest_service.c %D%/selftest_statistics.c %D%/selftest_statistics.h %D%/tick_region.c %D%/timeline.c %D%/variant.c %D%/variant.h \
	%D%/waterfall.c %D%/waterfall.h %D%/weeks.c %D%/weeks.h
