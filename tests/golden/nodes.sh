#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Containers on nodes: node-hours and their bill, the waterfall's term, the timeline and the JSON.
day=tests/golden/data/day.ini
on_nodes="--set nodes.vcpu=4 --set nodes.memory=16GiB --set nodes.daemon_cpu=200m
  --set nodes.daemon_memory=1GiB --set price.list=aws-ec2 --set price.instance=m5.xlarge"
# shellcheck disable=SC2086
"$NEAP" compare $day -q $on_nodes | grep -E 'hours|nodes|cost|^CPU per|^saving|price:'
# shellcheck disable=SC2086
"$NEAP" compare $day -q $on_nodes --format json | grep -A 4 '"nodes": {'
# shellcheck disable=SC2086
"$NEAP" replay $day -q $on_nodes --format csv | awk -F, 'NR == 1 || NR % 24 == 0 { print $1, $6, $7, $NF }'
