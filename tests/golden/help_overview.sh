#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# The overview, by any of its names.
"$NEAP" help
"$NEAP" --help >"$scratch/long"
"$NEAP" -h >"$scratch/short"
"$NEAP" help | cmp - "$scratch/long"
"$NEAP" help | cmp - "$scratch/short"
