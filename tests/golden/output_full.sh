#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# A full disk must not look like success, nor a closed stdout, and /dev/full stays what it is.
day=tests/golden/data/day.ini
try() { "$NEAP" "$@" 2>"$scratch/said" >/dev/full; echo "exit $?: $(cat "$scratch/said")"; rm "$scratch/said"; }
try compare $day
try compare $day --format json
try compare $day --format csv
try help
try init
try --version
"$NEAP" compare $day -o /dev/full; echo "exit $?"
"$NEAP" replay $day -o "$scratch/timeline.csv" --decisions /dev/full; echo "exit $?"
[ -c /dev/full ] && echo 'a device still'
"$NEAP" --version >&-; echo "exit $?"
"$NEAP" compare $day -o "$scratch/report.csv" >&- 2>&-; echo "exit $?"
head -n 1 "$scratch/report.csv"
ls "$scratch"
