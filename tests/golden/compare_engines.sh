#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Both engines, figures masked; and with one engine nothing of it.
day=tests/golden/data/day.ini
mask() { sed -E 's/-?[0-9]+(\.[0-9]+)?/N/g'; }
"$NEAP" compare $day --engine both --format csv --table engines | mask
"$NEAP" compare $day --engine both -f csv -t engine_periods | mask | sort -u
"$NEAP" compare $day --engine both | grep -E '^(Both engines|When the engines|by engine)' | mask
"$NEAP" compare $day --engine request --format json | grep '"engines"'
"$NEAP" compare $day --engine tock 2>&1
echo "exit $?"
