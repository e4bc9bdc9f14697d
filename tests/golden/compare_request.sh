#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Request by request: the shape of the report, and what is said of the engine; figures masked.
day=tests/golden/data/day.ini
"$NEAP" compare $day --engine request >"$scratch/report"
sed -n 1p "$scratch/report" | sed -E 's/[0-9]+(\.[0-9]+)?/N/g'
sed -n '/^Assumptions/,/^neap /p' "$scratch/report" |
  sed -E -e 's#[^ ]*/prices.csv#PRICES#' -e 's/[0-9]+(\.[0-9]+)*/N/g'
# What the tick engine leaves out it says.
"$NEAP" check $day --set client.retries=2 --set container.quota_period=100ms | grep -A 1 '^warning'
"$NEAP" check $day --set client.retries=2 --engine request | grep -c '^warning'
# A profile gives the same by itself as beside the one it is made from.
"$NEAP" compare $day --engine request -o "$scratch/both.json"
"$NEAP" replay $day --engine request --profile new -o "$scratch/alone.json"
sed -n '/"latency_s": {/,/}/p' "$scratch/alone.json" | grep '"p[0-9]*"\|"mean"' >"$scratch/alone"
grep -cxFf "$scratch/alone" "$scratch/both.json" >/dev/null && wc -l <"$scratch/alone" | tr -d ' ' &&
  grep -vxFf "$scratch/both.json" "$scratch/alone" || echo 'all found'
# NEW = OLD: a difference of exactly zero.
"$NEAP" compare $day --engine request --set profile.new.cpu_speedup=1 -o "$scratch/same.csv" \
  --fail-if 'saving.container_hours!=0' --fail-if 'saving.share!=0' || exit
awk -F, 'NR > 1 && ($3 "" != $4 "" || $5 "" != "0") { print; bad = 1 } END { exit bad }' "$scratch/same.csv" &&
  echo 'nothing differs'
