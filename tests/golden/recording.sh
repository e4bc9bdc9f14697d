#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Files that differ in form only read as the same recording; what was mended is counted.
day=tests/golden/data/day.csv
sed 's/^file = .*/file = other.csv/' tests/golden/data/day.ini >"$scratch/other.ini"
read_as() { "$NEAP" check "$scratch/other.ini" -f json "$@" | sed -n '/"step_s"/,/}/p' | tr -d ' \n'; echo; }
cat $day >"$scratch/other.csv"; read_as
{ printf '\357\273\277'; cat $day; } >"$scratch/other.csv"; read_as
sed 's/$/\r/' $day >"$scratch/other.csv"; read_as
tr '\n' '\r' <$day >"$scratch/other.csv"; read_as
sed 's/,/;/' $day >"$scratch/other.csv"; read_as
{ echo 'sep=;'; sed 's/,/;/' $day; } >"$scratch/other.csv"; read_as
sed 's/,/\t/' $day >"$scratch/other.csv"; read_as
sed 's/,/ , /; s/^/ /' $day >"$scratch/other.csv"; read_as
sed 's/\([^,]*\),\(.*\)/"\1","\2"/' $day >"$scratch/other.csv"; read_as
sed 'G' $day >"$scratch/other.csv"; read_as
sed '1s/.*/when,hits,host/; 1!s/$/,"a, ""quoted"" host"/' $day >"$scratch/other.csv"
read_as --set traffic.time_column=when --set traffic.value_column=hits
awk -F, 'NR == 1; NR > 1 { printf "%d,%s\n", 1772409600 + (NR - 2) * 600, $2 }' $day >"$scratch/other.csv"; read_as
sed '2,$s/,/000,/' "$scratch/other.csv" >"$scratch/ms.csv"
read_as --set traffic.file=ms.csv --set traffic.time_format=epoch_ms
# Disorder, one duplicate, one gap of two rows, filled in three ways.
{ sed -n '1p;5,7p;2,4p;8,59p;62,$p' $day; sed -n 20p $day; } >"$scratch/other.csv"
for gaps in hold interpolate zero; do read_as --set traffic.gaps=$gaps; done
