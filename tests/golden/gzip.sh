#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# gzip files read as what is in them; truncated, damaged, joined with other data or growing as no
# honest file does they are refused, with nothing written.
command -v gzip >/dev/null || { cat tests/golden/gzip.stdout.exact; exit; }
data=tests/golden/data
sed 's/^file = .*/file = day.csv.gz/' $data/day.ini >"$scratch/gz.ini"
gz=$scratch/day.csv.gz
cat >"$scratch/run" <<'END'
"$NEAP" compare "$scratch/gz.ini" -o "$scratch/report.csv" 2>&1 | sed "s#$scratch#FOLDER#g"
[ ! -e "$scratch/report.csv" ] || { rm "$scratch/report.csv"; echo 'a report'; }
END
gzip -nc $data/day.csv >"$gz"
"$NEAP" check "$scratch/gz.ini" | grep '^requests '
{ head -n 9 $data/day.csv | gzip -nc; tail -n +10 $data/day.csv | gzip -nc; } >"$gz"
"$NEAP" check "$scratch/gz.ini" | grep '^requests '
gzip -nc $data/day.csv | head -c 300 >"$gz"; sh "$scratch/run"
gzip -nc $data/day.csv | head -c 5 >"$gz"; sh "$scratch/run"
{ gzip -nc $data/day.csv | head -c 200; printf 'XXXXXXXXXXXXXXXXXXXX'; gzip -nc $data/day.csv | tail -c +221; } >"$gz"
sh "$scratch/run" | sed 's/([^)]*)/(DETAIL)/; s/byte [0-9]*/byte N/'
{ gzip -nc $data/day.csv; echo 'and more'; } >"$gz"; sh "$scratch/run"
{ cat $data/day.csv; head -c 100000000 /dev/zero | tr '\0' '\n'; } | gzip -nc >"$gz"
sh "$scratch/run" | sed 's/[0-9][0-9]* to more than [0-9]*/N to more than M/'
gzip -nc $data/day.csv | gzip -nc >"$gz"; sh "$scratch/run"
printf 'PK\003\004zip' >"$gz"; sh "$scratch/run"
