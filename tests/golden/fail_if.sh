#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Gates: 1 when true of the result, 2 when they cannot be judged; then nothing is written either.
day=tests/golden/data/day.ini
run() { "$NEAP" compare $day -o "$scratch/report.csv" "$@" 2>&1 | sed -E 's/ is [0-9.]+/ is N/'; }
gate() { "$NEAP" compare $day -o "$scratch/report.csv" --fail-if "$1" 2>/dev/null; echo "$1: exit $?"; rm -f "$scratch/report.csv"; }
run --fail-if 'saving.share<99%'
gate 'saving.share<99%'
gate 'saving.share < 1%'
gate 'saving.share<0.99'
gate 'variants[0].latency_s.p95>1ms'
gate 'variants[1].latency_s.p95>1h'
gate 'saving.cost.amount<=0'
gate 'traffic.requests==2711881'
gate 'traffic.requests!=2711881'
run --fail-if 'traffic.requests>1' --fail-if 'traffic.requests>=2' --fail-if 'traffic.requests<3'
ls "$scratch"; rm "$scratch/report.csv"
for bad in 'saving.share' 'saving.share<' '<10%' 'saving.share=10%' 'saving.share<ten' 'saving.share<10' 'variants[0].latency_s.p95<10%' \
    'saving.shar<10%' 'saving.low<10%' 'headline<1' 'variants[9].cpu_hours<1' 'zebra<1'; do
  run --fail-if "$bad"
  "$NEAP" compare $day -o "$scratch/report.csv" --fail-if "$bad" 2>/dev/null
  echo "exit $?"
done
ls "$scratch"
