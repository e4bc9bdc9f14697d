#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The library exports exactly tests/symbols.exact: a new symbol is a decision, not an accident.
# NEAP_UPDATE=1 rewrites the list.
: "${top_srcdir:?run by make check}"
: "${LIBNEAP:?run by make check}"
exact=$top_srcdir/tests/symbols.exact
echo 1..2
if [ -n "$NEAP_INSTRUMENTED" ]; then
  echo 'ok 1 - names # SKIP instrumented'
  echo 'ok 2 - the list # SKIP instrumented'
  exit 0
fi
symbols=$(nm -D --defined-only "$LIBNEAP" | awk '{ print $NF }' | LC_ALL=C sort)
if [ -n "$NEAP_UPDATE" ]; then
  printf '%s\n' "$symbols" >"$exact"
fi
bad=0
foreign=$(printf '%s\n' "$symbols" | grep -v '^neap_[a-z]')
if [ -n "$foreign" ] || [ -z "$symbols" ]; then
  bad=1; echo 'not ok 1 - every exported symbol begins with neap_'
  printf '%s\n' "$foreign" | sed 's/^/# /'
else
  echo 'ok 1 - every exported symbol begins with neap_'
fi
if difference=$(printf '%s\n' "$symbols" | diff -u "$exact" -); then
  echo 'ok 2 - the exported symbols are those of tests/symbols.exact'
else
  bad=1; echo 'not ok 2 - the exported symbols are those of tests/symbols.exact'
  printf '%s\n' "$difference" | sed 's/^/# /'
fi
exit $bad
