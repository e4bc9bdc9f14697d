#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Formats by the ending of -o: the page stands alone, the same every time.
day=tests/golden/data/day.ini
"$NEAP" compare $day -o "$scratch/one.html"
"$NEAP" compare $day --format html >"$scratch/two.html"
cmp "$scratch/one.html" "$scratch/two.html" && head -n 1 "$scratch/one.html"
grep -c -e '<script' -e 'src=' -e 'href=' -e '@import' "$scratch/one.html"
"$NEAP" compare $day -o "$scratch/one.md"
"$NEAP" compare $day --format markdown | cmp - "$scratch/one.md"
sed -n -e '1s/[0-9][0-9.]*/N/gp' -e '/^| ---/p' -e '/^<summary>/p' "$scratch/one.md"
