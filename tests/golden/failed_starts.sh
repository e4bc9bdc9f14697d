#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Starts that fail are a row of their own, and in the JSON; without any there is none.
day=tests/golden/data/day.ini
"$NEAP" compare $day -q --set container.startup_failures=60% | grep -E 'starting|failed starts'
"$NEAP" compare $day -q --set container.startup_failures=60% --format json | grep failed_starts
"$NEAP" compare $day -q | grep -c 'failed starts'
"$NEAP" compare $day -q --set container.startup_failures=100%
