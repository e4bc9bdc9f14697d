#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Settings take the place of what the file says; the last one counts; all are in the report.
day=tests/golden/data/day.ini
run() { "$NEAP" "$@" 2>&1; echo "exit $?"; }
"$NEAP" check $day --set autoscaler.max=7 --set autoscaler.max=9 | grep '^autoscaler '
"$NEAP" check $day --set profile.new.label=faster --set service.name=shop | grep -e '^shop' -e '^faster'
"$NEAP" check $day --set traffic.scale=200% -f json | grep '"requests"'
"$NEAP" check $day --seed 7 --set container.timeout=20s --set container.drain=5s -f json | sed -n -e '/"seed"/p' -e '/"settings"/,/]/p'
run check $day --set container.startup.pull=10s
"$NEAP" check $day --set container.startup.pull=10s --set container.startup= | grep 'starts in'
"$NEAP" check $day --set price.list= --set price.container_hour=0.05 | grep -A 1 'price:'
"$NEAP" check $day --set autoscaler.type=fixed --set autoscaler.replicas=3 --set autoscaler.target_cpu= \
  --set autoscaler.min= --set autoscaler.max= | grep '^autoscaler '
run check $day --set container.startpu=
run check $day --set autoscaler.target_cpu
run check $day --set target_cpu=70%
run check $day --set profile.new=1.3
run check $day --set =1
run check $day --set autoscaler.=1
run check $day --set autoscaler.target_cpu=70
run check $day --set autoscaler.target=70%
run check $day --set autscaler.target_cpu=70%
run check $day --set profile.new.cpu_speedup=fast
run check $day --set profile.newer.cpu_speedup=1.3
run check $day --set tune.months=3
run check $day --set traffic.file=weak.csv
run check $day --set traffic.from=2031-01-01
run check $day --set price.region=eu-west-9
run check $day --set autoscaler.type=fixed
run check $day --engine fluid
run check $day --seed -1
