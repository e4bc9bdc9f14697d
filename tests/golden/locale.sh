#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# A locale with a decimal comma changes nothing, neither in what is read nor in what is written.
# Where de_DE is not installed this compares C with C.
day=tests/golden/data/day.ini
comma=$(locale -a 2>/dev/null | grep -i '^de_DE' | head -n 1)
for format in text csv json; do
  "$NEAP" compare $day --format $format >"$scratch/c"
  LC_ALL=${comma:-C} LANG=${comma:-C} "$NEAP" compare $day --format $format | cmp - "$scratch/c" && echo "$format is the same"
done
