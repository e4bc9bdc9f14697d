lib_libneap_la_SOURCES += %D%/autoscaler.c %D%/fixed.c %D%/hpa.c %D%/hpa_average.c %D%/hpa_cpu.c %D%/hpa_impl.h \
    %D%/hpa_limits.c %D%/hpa_log.c %D%/hpa_pass.c %D%/hpa_policies.c %D%/saturate.h %D%/types.h \
    %D%/aws_alarm.c %D%/aws_impl.h %D%/aws_limits.c %D%/aws_metric.c %D%/aws_settings.c \
    %D%/step_scaling.c %D%/step_scaling_impl.h %D%/step_scaling_rules.c %D%/step_scaling_steps.c \
    %D%/target_tracking.c %D%/target_tracking_impl.h %D%/target_tracking_rules.c
