#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# A table by its name is the table that there is without.
day=tests/golden/data/day.ini
"$NEAP" compare $day --format csv >"$scratch/first.csv"
"$NEAP" compare $day -t summary -o "$scratch/named.csv"
cmp "$scratch/first.csv" "$scratch/named.csv" && head -n 1 "$scratch/named.csv" | cut -d, -f1
