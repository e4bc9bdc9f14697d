#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Requests one by one: what is read of them, in order and by class.
look() {
  sed -n '/^$/q;p' "$1"
  grep -e '^traffic ' -e '^requests ' -e 'of the requests$' -e 'one by one' -e 'out of order' "$1"
}
"$NEAP" check tests/golden/data/log.ini >"$scratch/report"
look "$scratch/report"
# The same from a compressed file, cut to a window of shorter intervals.
gzip -c tests/golden/data/log.csv >"$scratch/log.csv.gz"
sed "s|log.csv|log.csv.gz|" tests/golden/data/log.ini >"$scratch/log.ini"
"$NEAP" check "$scratch/log.ini" -s traffic.step=10s -s traffic.from=2026-03-02T10:00:00.5Z >"$scratch/report"
look "$scratch/report"
