#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# The same bytes on any number of threads.
for threads in 1 2 4; do
  "$NEAP" compare tests/golden/data/day.ini --format json -j $threads >"$scratch/$threads.json" || exit
  cmp "$scratch/1.json" "$scratch/$threads.json"
done
