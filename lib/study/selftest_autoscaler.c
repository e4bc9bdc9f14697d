/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables that the autoscaler room answers for: cases of the Kubernetes controller's own tests,
 * cases derived from its rules where those tests say nothing, worked examples of vendors'
 * documentation, and plain arithmetic. */
#include "study/selftest_aws.h"
#include "study/selftest_hpa.h"

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
    {"oracle_hpa_arith.csv", neapi_check_hpa_arithmetic},
    {"aws_cloudwatch_alarm.csv", neapi_check_aws_alarm},
    {"aws_step_scaling.csv", neapi_check_aws_step},
    {"aws_target_tracking.csv", neapi_check_aws_tracking},
    {NULL, NULL}};
