#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# The timeline, a row an interval, and every decision with its reason.
day=tests/golden/data/day.ini
"$NEAP" replay $day --format csv --decisions "$scratch/decisions.csv" >"$scratch/old.csv" || exit
head -n 1 "$scratch/old.csv"
awk -F, 'NR > 1 { n++; sum += $2; if ($1 <= before) print "out of order:", $0; before = $1; if (NF != 13) print "ragged:", $0 }
  END { print n, "intervals,", sum, "requests" }' "$scratch/old.csv"
head -n 1 "$scratch/decisions.csv"
# A day by 15 s; each decision begins where the one before it ended, within the bounds.
awk -F, 'NR > 1 { n++; if (n > 1 && $2 != after) print "broken chain:", $0; after = $4; if ($4 < 2 || $4 > 40) print "out of bounds:", $0
  if ($6 !~ /^"[a-z].*"$/) print "no reason:", $0 } END { print n, "decisions" }' "$scratch/decisions.csv"
# The steps lead from what was wanted to the size; a rule in the middle of the day, word for word.
awk -F'"' 'NR > 1 { split($1, number, ","); n = split($4, word, " "); last = word[n]
  if ($4 !~ "^wanted " number[3] "[ :]") print "begins elsewhere:", $0
  if ($4 ~ /->/ ? last != number[4] : number[3] != number[4]) print "ends elsewhere:", $0
  if ($6 !~ /^CPU utilisation [0-9]+%, target 60%: [0-9]+$/) print "no metric:", $0 }' "$scratch/decisions.csv"
grep '^2026-03-02T09:03:30Z' "$scratch/decisions.csv"
# The same as data, an object a line.
"$NEAP" replay $day --format csv --decisions "$scratch/decisions.jsonl" | cmp - "$scratch/old.csv"
grep -c '^{"time":"2026-03-02T.*}$' "$scratch/decisions.jsonl"
grep '"2026-03-02T09:03:30Z"' "$scratch/decisions.jsonl"
"$NEAP" replay $day --profile new --format csv >"$scratch/new.csv"
cmp -s "$scratch/old.csv" "$scratch/new.csv" || echo 'the other profile differs'
"$NEAP" replay $day --profile old --format csv | cmp - "$scratch/old.csv"
