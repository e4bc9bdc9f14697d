/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables that the autoscaler room answers for: cases of the Kubernetes controller's, KEDA's and
 * Knative's own tests, cases derived from their rules where those tests say nothing, examples of
 * documentation, and plain arithmetic. */
#include "study/selftest_aws.h"
#include "study/selftest_gce.h"
#include "study/selftest_hpa.h"
#include "study/selftest_keda.h"
#include "study/selftest_knative.h"

const struct neapi_conformance neapi_conformance_autoscaler[] = {
    {"hpa_replica_calculator.csv", neapi_check_hpa_calculator},
    {"hpa_group_pods.csv", neapi_check_hpa_group},
    {"hpa_requests.csv", neapi_check_hpa_requests},
    {"hpa_utilization.csv", neapi_check_hpa_utilization},
    {"hpa_normalize.csv", neapi_check_hpa_normalize},
    {"hpa_stabilize.csv", neapi_check_hpa_stabilize},
    {"hpa_behavior.csv", neapi_check_hpa_behavior},
    {"hpa_behavior_stabilize.csv", neapi_check_hpa_behavior_stabilize},
    {"hpa_scale_events.csv", neapi_check_hpa_scale_events},
    {"hpa_reconcile.csv", neapi_check_hpa_reconcile},
    {"derived_hpa_replica_calculator.csv", neapi_check_hpa_calculator},
    {"derived_hpa_stabilize.csv", neapi_check_hpa_stabilize},
    {"derived_hpa_behavior.csv", neapi_check_hpa_behavior},
    {"derived_hpa_behavior_stabilize.csv", neapi_check_hpa_behavior_stabilize},
    {"derived_hpa_reconcile.csv", neapi_check_hpa_reconcile},
    {"derived_hpa_trajectory.csv", neapi_check_hpa_trajectory},
    {"keda_executor.csv", neapi_check_keda_poll},
    {"keda_fallback.csv", neapi_check_keda_fallback},
    {"keda_scaledjob_state.csv", neapi_check_keda_queue},
    {"keda_scaledjob_strategy.csv", neapi_check_keda_jobs},
    {"keda_target_average.csv", neapi_check_keda_average},
    {"derived_keda_executor.csv", neapi_check_keda_poll},
    {"derived_keda_fallback.csv", neapi_check_keda_fallback},
    {"knative_window.csv", neapi_check_knative_window},
    {"knative_max_window.csv", neapi_check_knative_max},
    {"knative_target.csv", neapi_check_knative_target},
    {"knative_decider.csv", neapi_check_knative_decider},
    {"knative_metric_windows.csv", neapi_check_knative_lengths},
    {"knative_scale_bounds.csv", neapi_check_knative_bounds},
    {"knative_sample_size.csv", neapi_check_knative_sample},
    {"knative_activators.csv", neapi_check_knative_activators},
    {"knative_scale.csv", neapi_check_knative_scale},
    {"knative_kpa_scaler.csv", neapi_check_knative_apply},
    {"derived_knative_window.csv", neapi_check_knative_window},
    {"derived_knative_scale.csv", neapi_check_knative_scale},
    {"derived_knative_kpa_scaler.csv", neapi_check_knative_apply},
    {"gce_autoscaler.csv", neapi_check_gce},
    {"oracle_hpa_arith.csv", neapi_check_hpa_arithmetic},
    {"aws_cloudwatch_alarm.csv", neapi_check_aws_alarm},
    {"aws_step_scaling.csv", neapi_check_aws_step},
    {"aws_target_tracking.csv", neapi_check_aws_tracking},
    {NULL, NULL}};
