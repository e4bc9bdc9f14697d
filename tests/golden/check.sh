#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# A sound scenario: what it holds. Nothing of this is a result of the model.
"$NEAP" check tests/golden/data/day.ini >"$scratch/report"
sed -n '/^$/q;p' "$scratch/report"
grep -e '^traffic ' -e '^requests ' -e '^before ' -e '^autoscaler ' "$scratch/report"
grep -A1 '^input tests/golden/data/day.csv' "$scratch/report"
[ "$(sha256sum tests/golden/data/day.csv | cut -c1-64)" = \
  "$(grep -A1 '^input tests/golden/data/day.csv' "$scratch/report" | sed -n 's/^ *sha256 //p')" ] && echo 'the hash is right'
"$NEAP" check tests/golden/data/day.ini -f json | grep -e '"schema"' -e '"requests"' -e '"upgrade"'
