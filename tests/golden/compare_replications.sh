#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# The shape of what replications add: figures masked, since tests of the study look after them.
day=tests/golden/data/day.ini
mask() { sed -E 's/-?[0-9]+(\.[0-9]+)?/N/g'; }
"$NEAP" compare $day --replications 6 >"$scratch/report"
grep -E '^(over|variance of|Means over)|^  - (replications|other tables)' "$scratch/report" | mask
"$NEAP" compare $day --replications 6 --format csv --table replications | mask
"$NEAP" compare $day --replications 6 --fail-if 'replications.metrics.container_hours.share_half>0.01%' >/dev/null 2>"$scratch/gate"
echo "exit $?"
mask <"$scratch/gate"
"$NEAP" compare $day --set traffic.to=2026-03-02T02:00Z --precision 0.01% -f json |
  grep -A 3 '"replications": {'
"$NEAP" compare $day --precision 2 2>&1
"$NEAP" compare $day --replications 0 2>&1
echo "exit $?"
