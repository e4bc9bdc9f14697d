#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# The first scenario: sound as it is, sound with every default spelled out, never over another file.
"$NEAP" init >"$scratch/first.ini"
grep '^\[' "$scratch/first.ini"
"$NEAP" init -o "$scratch/scenario.ini" 2>"$scratch/said" && sed "s#$scratch#FOLDER#g" "$scratch/said"
cmp "$scratch/first.ini" "$scratch/scenario.ini"
"$NEAP" init -o "$scratch/scenario.ini" 2>"$scratch/said"
echo "exit $?: $(sed "s#$scratch#FOLDER#g" "$scratch/said")"
cmp "$scratch/first.ini" "$scratch/scenario.ini"
cp tests/golden/data/day.csv "$scratch/traffic.csv"
"$NEAP" compare "$scratch/scenario.ini" -o "$scratch/live.csv" && echo 'compares'
sed 's/^;\([a-z_.]* = [^ ;]\)/\1/' "$scratch/first.ini" >"$scratch/all.ini"
"$NEAP" compare "$scratch/all.ini" -o "$scratch/all.csv" && cmp "$scratch/live.csv" "$scratch/all.csv" &&
  echo 'every default may be spelled out'
