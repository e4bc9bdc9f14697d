#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A recording of a gigabyte, plain and through gzip's limits, is read in bounded memory: one row a
# second with a wide column that neap does not ask for. `make check-gigabyte` calls it.
: "${NEAP:?run by make check-gigabyte}"
: "${GIGABYTE_ROWS:=5000000}"
memory_kib=786432
work=$(mktemp -d "${top_builddir:-.}/gigabyte.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
n=0; bad=0

awk -v rows="$GIGABYTE_ROWS" 'BEGIN {
  for (wide = "host-0123456789"; length(wide) < 184; ) wide = wide "-abcdefghijklmnop"
  print "time,hits,remarks"
  for (i = 0; i < rows; i++) printf "%d,%d,%s\n", 1700000000 + i, 100 + i % 97, wide
}' >"$work/wide.csv" || exit 99

cat >"$work/wide.ini" <<'INI'
[service]
name = wide
[traffic]
file = wide.csv
value_column = hits
time_format = epoch_s
[profile old]
cpu_demand = mean=40ms cv=1
[profile new]
from = old
cpu_speedup = 1.25
[container]
vcpu = 1
workers = 2
[autoscaler]
type = fixed
replicas = 20
INI

# limited COMMAND...: with no more address space than memory_kib
# shellcheck disable=SC3045
limited() { (ulimit -v "$memory_kib" && "$@"); }

# try NAME COMMAND...
try() {
  name=$1; shift
  n=$((n + 1)); start=$(date +%s)
  if "$@" >"$work/output" 2>&1; then
    echo "ok $n - $name ($(($(date +%s) - start)) s, $(wc -c <"$work/wide.csv") bytes)"
  else
    bad=1; echo "not ok $n - $name"
    tail -n 20 "$work/output" | sed 's/^/# /'
  fi
}

refused() { ! limited "$@" && grep -q ':[0-9]*:[0-9]*: ' "$work/output"; }

try 'neap check reads it' limited "$NEAP" check "$work/wide.ini"
try 'neap compare replays it' limited "$NEAP" compare "$work/wide.ini"
printf '1700000000,"never closed\n' >>"$work/wide.csv"
try 'an error at its end is found, with its place' refused "$NEAP" check "$work/wide.ini"
echo "1..$n"
exit $bad
