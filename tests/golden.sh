#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The command, word for word. In tests/golden:
#   NAME.sh               runs "$NEAP", in the top folder; may write to "$scratch" and nowhere else
#   NAME.stdout.exact, NAME.stderr.exact, NAME.exit
#                         what it must print and return; a file that is absent: nothing, and 0
#   broken/NAME.ini       must be refused by `neap check`, and by `neap compare -o` with nothing written
#   broken/NAME.expected  a line "exit N", then what stands on stderr
# NEAP_UPDATE=1 rewrites what is expected: read the difference as carefully as code.
: "${top_srcdir:?run by make check}"
: "${NEAP:?run by make check}"
cd "$top_srcdir" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
scratch=$work/scratch
LC_ALL=C; TZ=UTC0
export NEAP scratch LC_ALL TZ
n=0; bad=0

# What is in the tree, so that a file that should not be there is seen.
tree() { find data examples tests/golden 2>/dev/null | LC_ALL=C sort; }

fresh() { rm -rf "$scratch"; mkdir "$scratch"; : >"$work/problems"; }

# expect WANTED GOT: compares, or rewrites WANTED
expect() {
  if [ -n "$NEAP_UPDATE" ]; then
    if [ -s "$2" ]; then cp "$2" "$1"; else rm -f "$1"; fi
    return
  fi
  if [ -e "$1" ]; then wanted=$1; else wanted=/dev/null; fi
  diff -u "$wanted" "$2" >>"$work/problems"
}

# verdict NAME
verdict() {
  n=$((n + 1))
  if [ ! -s "$work/problems" ]; then
    echo "ok $n - $1"
  else
    bad=1; echo "not ok $n - $1"
    sed 's/^/# /' "$work/problems"
  fi
}

[ -z "$NEAP_UPDATE" ] && tree >"$work/before"

for script in tests/golden/*.sh; do
  [ -e "$script" ] || continue
  name=${script%.sh}
  fresh
  timeout 120 sh "$script" >"$work/stdout" 2>"$work/stderr"
  status=$?
  if [ "$status" = 0 ]; then : >"$work/exit"; else echo "$status" >"$work/exit"; fi
  expect "$name.stdout.exact" "$work/stdout"
  expect "$name.stderr.exact" "$work/stderr"
  expect "$name.exit" "$work/exit"
  verdict "${name##*/}"
done

for scenario in tests/golden/broken/*.ini; do
  [ -e "$scenario" ] || continue
  fresh
  "$NEAP" check "$scenario" >"$work/stdout" 2>"$work/stderr"
  { echo "exit $?"; cat "$work/stderr"; } >"$work/got"
  grep -qx 'exit 0' "$work/got" && echo 'neap check takes it' >>"$work/problems"
  [ ! -s "$work/stdout" ] || { echo 'on stdout:'; cat "$work/stdout"; } >>"$work/problems"
  expect "${scenario%.ini}.expected" "$work/got"
  "$NEAP" compare "$scenario" -o "$scratch/report" >"$work/stdout" 2>"$work/stderr"
  { echo "exit $?"; cat "$work/stderr"; } >"$work/compared"
  cmp -s "$work/got" "$work/compared" ||
    { echo 'neap check and neap compare differ:'; diff -u "$work/got" "$work/compared"; } >>"$work/problems"
  [ ! -s "$work/stdout" ] || echo 'neap compare prints a result' >>"$work/problems"
  left=$(ls -A "$scratch")
  [ -z "$left" ] || echo "neap compare leaves a file: $left" >>"$work/problems"
  verdict "broken/$(basename "$scenario")"
done

if [ -z "$NEAP_UPDATE" ]; then
  : >"$work/problems"
  tree | diff "$work/before" - >>"$work/problems"
  verdict 'nothing is written to the tree'
fi
echo "1..$n"
exit $bad
