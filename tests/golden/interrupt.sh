#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Ctrl-C in the middle of a long replay: 130, a line that says so, and no half-written file. A
# hundred and fifty years of one row a day, an evaluation every second.
command -v timeout >/dev/null || { echo 'exit 130'; exit; }
awk 'BEGIN { print "time,requests"; for (i = 0; i < 55000; i++) printf "%.0f,%d\n", i * 86400, 86400 * 20 * (1 + i % 3) }' >"$scratch/long.csv"
cat >"$scratch/long.ini" <<'END'
[traffic]
file = long.csv
[profile old]
cpu_demand = mean=40ms cv=1
[profile new]
from = old
cpu_speedup = 1.25
[autoscaler]
max = 400
sync = 1s
END
cd "$scratch" || exit
timeout -s INT --preserve-status 2 "$NEAP" replay long.ini -o timeline.csv --decisions decisions.csv 2>said
echo "exit $?"
sed 's/after [0-9]* of/after N of/' said
ls
