#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Schema neap.compare/1: every path, the kind of its value, in order. A parser of its own, so that
# this runs where there is no python3; where there is one, it has to agree that this is JSON.
"$NEAP" compare tests/golden/data/day.ini --format json >"$scratch/report.json" || exit
if command -v python3 >/dev/null; then python3 -m json.tool "$scratch/report.json" >"$scratch/again" || echo 'not JSON'; fi
awk '
  function kind(value) {
    return value ~ /^"-?[0-9]+\.[0-9]+"/ ? "decimal" : value ~ /^"/ ? "text" : value ~ /^[-0-9]/ ? "number" : value
  }
  { sub(/^ */, ""); sub(/,$/, "") }
  match($0, /^"[a-z0-9_]+": /) { key = substr($0, 2, RLENGTH - 4); $0 = substr($0, RLENGTH + 1) }
  /^[[{]$/ { path[++depth] = (key == "" ? "" : "." key) ($0 == "[" ? "[]" : ""); key = ""; next }
  /^[]}]$/ { depth--; next }
  {
    text = ""
    for (i = 1; i <= depth; i++) text = text path[i]
    if (key != "") text = text "." key
    key = ""; sub(/^\./, "", text)
    if (text ~ /^(notes|warnings)/) { sub(/\[\]$/, "", text); $0 = "" } # there may be none
    if (!(text in seen)) print text ($0 == "" ? "" : " " kind($0))
    seen[text] = 1
  }' "$scratch/report.json"
