#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Slips on the command line: what was found, what was expected, exit status 2, nothing on stdout.
day=tests/golden/data/day.ini
run() { "$NEAP" "$@" 2>&1; echo "exit $?"; }
run
run comapre $day
run kubectl
run compare $day --fromat json
run compare $day --zebra
run compare $day -z
run check $day --fail-if 'traffic.requests<1'
run compare $day --format
run compare $day --format jsn
run compare $day --format markdown --table summary
run compare $day --format csv --table zebra
run compare $day --color sometimes
run compare
run compare $day $day
run init scenario.ini
run help kontainer
run help zebra
run replay $day --profile newer
run compare $day -j 0
run compare $day --jobs many
run selftest --requests many
run selftest --requests -5
run selftest --requests 1e12
