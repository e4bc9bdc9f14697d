#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Columns, and one row a metric.
"$NEAP" compare tests/golden/data/day.ini --format csv | cut -d, -f1,2
