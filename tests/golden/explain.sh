#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# One moment: what a person reads, what a program reads, and what is refused.
day=tests/golden/data/day.ini
"$NEAP" explain $day --at 2026-03-02T09:03:40Z | sed '/^neap /,$d'
echo
# The decision in force is the last one of replay's up to that time, and what comes next the next
# that changes the size.
"$NEAP" replay $day --decisions "$scratch/decisions.csv" -o "$scratch/timeline.csv"
"$NEAP" explain $day --at 2026-03-02T09:03:40Z --format csv | awk -F, '$6 == "yes" { print $1, $2, $3, $4 }' >"$scratch/told"
awk -F, '$1 == "2026-03-02T09:03:30Z" { print $1, $2, $3, $4 }' "$scratch/decisions.csv" | cmp - "$scratch/told"
"$NEAP" explain $day --at 2026-03-02T09:03:40Z | sed -n 's/^next *//p'
awk -F, 'NR > 1 && $1 > "2026-03-02T09:03:40Z" && $2 != $4 { print $1, $2, $4; exit }' "$scratch/decisions.csv"
# Civil time of the service's zone; gates on what is told.
"$NEAP" explain $day --set service.zone=Asia/Tokyo --at '2026-03-02 18:03:40' | sed -n '1p;/ yes /p'
"$NEAP" explain $day --at 2026-03-02T09:03:40Z --fail-if 'load.latency_s.p95>1ms' -o "$scratch/gate" 2>&1
echo "gate: $?"
for at in soon 2026-03-01 2026-03-03T00:00:00Z 2026-03-02T24:00; do
  "$NEAP" explain $day --at "$at" 2>&1
  echo "exit $?"
done
"$NEAP" explain $day 2>&1
echo "exit $?"
"$NEAP" explain $day --at 2026-03-02 --profile newer 2>&1
echo "exit $?"
