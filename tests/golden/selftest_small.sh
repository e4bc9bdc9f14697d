#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# The request engine against published tables, with few requests: what passes, and what they cannot
# resolve. The same for any number of threads.
small() { "$NEAP" selftest --requests 20000 --format csv "$@"; }
small --table simulation
small --table left-out -j 2
small --table left-out -j 1 > "$scratch/one"
small --table left-out -j 2 | cmp - "$scratch/one" && echo same
"$NEAP" selftest --requests 0 | grep -c 'by simulation' || :
