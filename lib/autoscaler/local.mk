lib_libneap_la_SOURCES += %D%/autoscaler.c %D%/fixed.c %D%/gce.c %D%/gce_impl.h %D%/gce_rules.c %D%/gce_signals.c %D%/hpa.c %D%/hpa_average.c %D%/hpa_impl.h \
    %D%/hpa_limits.c %D%/hpa_log.c %D%/hpa_pass.c %D%/hpa_pod.c %D%/hpa_policies.c %D%/hpa_settings.c \
    %D%/hpa_settings.h %D%/hpa_targets.c %D%/hpa_utilization.c %D%/hpa_value.c %D%/saturate.h %D%/types.h
