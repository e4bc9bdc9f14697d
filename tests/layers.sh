#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A room includes its own headers and those of rooms above it in lib/LAYERS; the command includes
# public headers and its own. Every include says its room: <neap/base.h>, "base/fail.h".
: "${top_srcdir:?run by make check}"
cd "$top_srcdir" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
rooms=$(grep -v '^#' lib/LAYERS)
n=0; bad=0

# report NAME: fails when there are offending lines in $work/lines
report() {
  n=$((n + 1))
  if [ ! -s "$work/lines" ]; then
    echo "ok $n - $1"
  else
    bad=1
    echo "not ok $n - $1"
    sed 's/^/# /' "$work/lines"
  fi
}

# includes FILE...: FILE:LINE:#include ...
includes() {
  for file in "$@"; do
    [ ! -e "$file" ] || grep -Hn '^[[:blank:]]*#[[:blank:]]*include' "$file"
  done
}

# outside PUBLIC ALLOWED: of those lines the ones that include what they may not. PUBLIC=1 for
# files that see public headers only.
outside() {
  awk -v public="$1" -v allowed=" $2 " '
    match($0, /"[^"]*"/) {
      target = substr($0, RSTART + 1, RLENGTH - 2)
      room = target
      if (sub(/\/.*/, "", room) == 0 || public || index(allowed, " " room " ") == 0) print
      next
    }
    match($0, /<neap[^>]*>/) {
      room = substr($0, RSTART + 1, RLENGTH - 2)
      if (sub(/^neap\//, "", room) == 0 || sub(/\.h$/, "", room) == 0 ||
          index(allowed, " " room " ") == 0) print
    }'
}

for folder in lib/*/; do
  room=${folder#lib/}; room=${room%/}
  case $room in .*) continue ;; esac
  printf '%s\n' "$rooms" | grep -qx "$room" || echo "$folder is not in lib/LAYERS"
  [ -e "include/neap/$room.h" ] || echo "$folder has no public header include/neap/$room.h"
done >"$work/lines"
report 'every room is in lib/LAYERS and has a public header'

for header in include/neap/*.h; do
  room=${header##*/}; room=${room%.h}
  [ -d "lib/$room" ] || echo "$header has no room lib/$room"
  grep -q "<neap/$room\.h>" include/neap.h || echo "$header is not in include/neap.h"
done >"$work/lines"
report 'every public header has a room and is in neap.h'

above=
for room in $rooms; do
  above="$above $room"
  {
    includes lib/"$room"/*.[ch] | outside 0 "$above"
    includes include/neap/"$room".h | outside 1 "$above"
  } >"$work/lines"
  report "$room uses only what stands above it"
done

includes cli/*.[ch] | grep -v '<neap\.h>' | while IFS= read -r line; do
  case $line in
    *'"'*)
      file=${line#*\"}; file=${file%%\"*}
      [ -e "cli/$file" ] && [ "${file#*/}" = "$file" ] || printf '%s\n' "$line" ;;
    *) printf '%s\n' "$line" | outside 1 "$above" ;;
  esac
done >"$work/lines"
report 'the command uses public headers only'

echo "1..$n"
exit $bad
