#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# NEW = OLD: a difference of exactly zero everywhere, not only a small one.
day=tests/golden/data/day.ini
"$NEAP" compare $day --set profile.new.cpu_speedup=1 -o "$scratch/same.csv" \
  --fail-if 'saving.container_hours!=0' --fail-if 'saving.share!=0' --fail-if 'saving.cost.amount!=0' || exit
awk -F, 'NR > 1 && ($3 "" != $4 "" || $5 "" != "0" || ($6 "" != "" && $6 != 0)) { print; bad = 1 } END { exit bad }' "$scratch/same.csv" &&
  echo 'nothing differs'
awk 'END { print NR - 1, "metrics" }' "$scratch/same.csv"
# The same bytes for the same seed, and other ones for another.
"$NEAP" compare $day -o "$scratch/a.json"; "$NEAP" compare $day -o "$scratch/b.json"
cmp "$scratch/a.json" "$scratch/b.json" && echo 'same seed, same bytes'
"$NEAP" replay $day -o "$scratch/a.csv"; "$NEAP" replay $day --seed 2 -o "$scratch/b.csv"
cmp -s "$scratch/a.csv" "$scratch/b.csv" || echo 'another seed, another timeline'
