#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# The shape of the report: figures masked, since the model's own tests look after them.
"$NEAP" compare tests/golden/data/day.ini >"$scratch/report"
sed -n 1p "$scratch/report" | sed -E 's/[0-9]+(\.[0-9]+)?/N/g'
awk '/^---/ { match($0, /^-+/); width = RLENGTH; next } width && $0 == "" { exit }
  width { label = substr($0, 1, width); sub(/ *$/, "", label); print label }' "$scratch/report"
grep -E '^(saving per month|at the minimum|Assumptions|Not modelled|neap |input )' "$scratch/report" |
  sed -E -e 's#[^ ]*/prices.csv#PRICES#' -e 's/[0-9]+(\.[0-9]+)*/N/g'
grep -c '^  sha256 [0-9a-f]*$' "$scratch/report"
