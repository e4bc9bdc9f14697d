#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# One profile is enough to replay, not to compare.
sed '/^\[profile new\]/,/^cpu_speedup/d' tests/golden/data/day.ini >"$scratch/one.ini"
cp tests/golden/data/day.csv "$scratch"
cd "$scratch" || exit
"$NEAP" replay one.ini -f csv | sed -n '$='
"$NEAP" compare one.ini -o report.csv
status=$?
ls
exit $status
