#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Puts the small faults of tests/mutations.list into a copy of the library, one at a time, and runs
# the test that should notice. `make check-mutations` calls it.
: "${top_srcdir:?run by make check-mutations}"
work=$(mktemp -d "${top_builddir:-.}/mutations.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
jobs=$(nproc 2>/dev/null || echo 1)
copy=$work/tree
n=0; bad=0

mkdir "$copy" "$work/build" &&
  (cd "$top_srcdir" && tar cf - --exclude=.git --exclude='./build*' --exclude='*.o' .) |
  (cd "$copy" && tar xf -) && chmod -R u+w "$copy" || exit 99
(cd "$work/build" && "$copy/configure" --quiet CFLAGS=-O0 && make -j "$jobs" && make check TESTS= -j "$jobs") \
  >"$work/log" 2>&1 || { tail -n 20 "$work/log"; echo 'Bail out! the copy does not build'; exit 1; }

# noticed FILE TEST: the copy builds, and the test fails
noticed() {
  if ! make -C "$work/build" -s "tests/$2" >"$work/log" 2>&1; then
    echo 'the mutated file does not compile' >>"$work/log"
    return 1
  fi
  ! (cd "$copy" && top_srcdir=$copy CMOCKA_MESSAGE_OUTPUT=TAP timeout 120 "$work/build/tests/$2") \
    >"$work/log" 2>&1
}

while IFS='|' read -r file test expression; do
  case $file in ''|'#'*) continue ;; esac
  file=$(echo "$file" | tr -d ' '); test=$(echo "$test" | tr -d ' ')
  expression=${expression# }
  n=$((n + 1))
  cp "$copy/$file" "$work/original" || exit 99
  sed "$expression" "$work/original" >"$copy/$file"
  if cmp -s "$work/original" "$copy/$file"; then
    bad=1; echo "not ok $n - $file: $expression: changes nothing, the list is out of date"
  elif noticed "$file" "$test"; then
    echo "ok $n - $test notices $file: $expression"
  else
    bad=1; echo "not ok $n - $test does not notice $file: $expression"
    tail -n 5 "$work/log" | sed 's/^/# /'
  fi
  cp "$work/original" "$copy/$file"
done <"$top_srcdir/tests/mutations.list"
echo "1..$n"
exit $bad
