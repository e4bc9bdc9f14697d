lib_libneap_la_SOURCES += %D%/ahead.c %D%/ahead.h %D%/autoscaler.c %D%/callback.c %D%/fixed.c %D%/hpa.c %D%/hpa_average.c %D%/hpa_cpu.c %D%/hpa_impl.h \
    %D%/hpa_limits.c %D%/hpa_log.c %D%/hpa_pass.c %D%/hpa_policies.c %D%/inner.c %D%/inner.h %D%/oracle.c %D%/oracle.h %D%/predictive.c %D%/recorded.c %D%/saturate.h \
    %D%/schedule.c %D%/schedule.h %D%/schedule_rules.c %D%/types.c %D%/types.h
