lib_libneap_la_SOURCES += %D%/autoscaler.c %D%/fixed.c %D%/hpa.c %D%/hpa_average.c %D%/hpa_cpu.c %D%/hpa_impl.h \
    %D%/hpa_limits.c %D%/hpa_log.c %D%/hpa_pass.c %D%/hpa_policies.c \
    %D%/keda.c %D%/keda_cron.c %D%/keda_decide.c %D%/keda_fallback.c %D%/keda_impl.h %D%/keda_jobs.c %D%/keda_kind.h %D%/keda_metric.c %D%/keda_poll.c %D%/keda_settings.c \
    %D%/knative.c %D%/knative_apply.c %D%/knative_decide.c %D%/knative_impl.h %D%/knative_max.c %D%/knative_rules.c %D%/knative_scale.c \
    %D%/knative_window.c %D%/saturate.h %D%/types.h
