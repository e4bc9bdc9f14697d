#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# One of each that a user may meet.
data=tests/golden/data broken=tests/golden/broken
try() { "$NEAP" "$@" >/dev/null 2>&1; echo "$? $*"; }
try check $data/day.ini
try compare $data/day.ini --fail-if 'traffic.requests>1'
try compare
try check $broken/key_unknown.ini
try check $broken/cell_text.ini
try check $broken/recording_missing.ini
try check $data/nowhere.ini
try check $data
try selftest --tables $data/nowhere
try compare $data/day.ini -o $data/nowhere/report.txt
