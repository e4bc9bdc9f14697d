#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# One moment under autoscalers of several kinds: every metric by its own sum, every rule with its setting.
day=tests/golden/data/day

# tell NAME TIME KEY...: the lines from what was read to what comes next
tell() {
  name=$1; at=$2; shift 2
  sed -e "s|day.csv|$PWD/$day.csv|" -e '/^\[autoscaler\]/,/^$/d' $day.ini >"$scratch/$name.ini"
  { echo '[autoscaler]'; printf '%s\n' "$@"; } >>"$scratch/$name.ini"
  echo "$name:"
  "$NEAP" explain "$scratch/$name.ini" --at "2026-03-02T${at}Z" -o "$scratch/$name.txt" || exit
  sed -n '/^it read/,/^next/p' "$scratch/$name.txt" | sed '/^next/d'
  echo
}

tell hpa_of_two 09:03:40 'target_cpu = 60%' 'target_rate = 12/s' 'max = 40'
tell hpa_held_back 09:31:20 'target_cpu = 60%' 'target_rate = 2/s' 'max = 40' 'scale_up.window = 60s' \
  'scale_up.policies = 1 per 60s'
tell target_tracking 09:03:40 'type = target_tracking' 'target_cpu = 60%' 'target_rate = 600/min' 'max = 40'
tell step_scaling 08:04:10 'type = step_scaling' 'scale_out.cpu = 60%' 'scale_in.cpu = 45%' 'max = 40'
tell knative 06:59:34 'type = knative' 'metric = rps' 'target = 20' 'max = 40' 'min = 1' 'panic_threshold = 1.1'
tell schedule 09:03:40 'type = schedule' 'policy = hpa' \
  'policy.settings = target_cpu = 60% | min = 2 | max = 40' 'schedule = mon-fri 08:00-20:00 min=5'
tell keda 09:03:40 'type = keda' 'target_rate = 12/s' 'target_cpu = 60%' 'max = 40' 'cron.replicas = 5' \
  'cron.start = 0 8 * * *' 'cron.end = 0 20 * * *'
tell oracle 09:03:40 'type = oracle' 'target_cpu = 60%' 'max = 40'

# As data: the same metrics, alarms and rules.
"$NEAP" explain "$scratch/target_tracking.ini" --at 2026-03-02T09:03:40Z --format json |
  sed -n '/^ *"decision": {/,/^ *"replicas": {/p' | sed '$d'
