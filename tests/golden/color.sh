#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Colour only where it is asked for: a pipe is no terminal, NO_COLOR or not.
day=tests/golden/data/day.ini
escapes() { tr -dc '\033' | wc -c | tr -d ' '; }
"$NEAP" compare $day | escapes
"$NEAP" compare $day --color never | escapes
NO_COLOR=1 "$NEAP" compare $day --color auto | escapes
[ "$("$NEAP" compare $day --color always | escapes)" -gt 0 ] && echo 'with colour'
[ "$(NO_COLOR=1 "$NEAP" compare $day --color always | escapes)" -gt 0 ] && echo 'with colour, as the option says'
"$NEAP" compare $day --color always --format json | escapes
"$NEAP" compare $day --color always | sed 's/.\[[0-9;]*m//g' >"$scratch/stripped"
"$NEAP" compare $day | cmp - "$scratch/stripped"
