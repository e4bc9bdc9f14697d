#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Where the report goes: by ending, whole or not at all, never over what is no file.
day=tests/golden/data/day.ini
run() { "$NEAP" compare "$@" 2>&1 | sed "s#$scratch#FOLDER#g"; }
for name in a.txt a.csv a.json a; do
  "$NEAP" compare $day -o "$scratch/$name" && printf '%s %s\n' "$name" "$(head -n 1 "$scratch/$name" | cut -c1-14)"
done
"$NEAP" compare $day -o "$scratch/a.txt" --format csv && head -n 1 "$scratch/a.txt"
"$NEAP" compare $day -o - --format csv | cmp - "$scratch/a.csv"
echo 'before' >"$scratch/kept"; chmod 600 "$scratch/kept"; ln -s kept "$scratch/link"
"$NEAP" compare tests/golden/broken/key_unknown.ini -o "$scratch/kept" 2>/dev/null
cat "$scratch/kept"
"$NEAP" compare $day --format csv -o "$scratch/link" && cmp "$scratch/kept" "$scratch/a.csv"
stat -c '%A %N' "$scratch/link" "$scratch/kept" | sed "s#$scratch/##g"
run $day -o "$scratch/nowhere/report"
run $day -o "$scratch"
run $day -vo "$scratch/a" | grep -v prices.csv
mkfifo "$scratch/pipe"
timeout 60 head -n 1 "$scratch/pipe" >"$scratch/piped" &
"$NEAP" compare $day --format csv -o "$scratch/pipe"
wait
cat "$scratch/piped"
ls "$scratch"
