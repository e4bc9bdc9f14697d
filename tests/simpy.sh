#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The request engine held against the same model written with SimPy (Debian: python3-simpy3).
# Skipped where that is not installed.
: "${top_srcdir:?run by make check}"
: "${NEAP:?run by make check}"
if [ -n "$NEAP_INSTRUMENTED" ]; then # it is about figures, and slow there
  echo '1..0 # SKIP instrumented'
  exit 0
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
for python in "${PYTHON:-python3}" python3 /usr/bin/python3; do
  if "$python" -c 'import simpy' 2>/dev/null; then
    PYTHONDONTWRITEBYTECODE=1 "$python" "$top_srcdir/tests/simpy/check.py" "$NEAP" "$work"
    exit
  fi
done
echo '1..0 # SKIP no SimPy for python3'
