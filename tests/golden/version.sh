#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# The version is whatever it is: a line of its own, then the licence.
"$NEAP" --version | sed '1s/ [0-9][0-9.]*$/ VERSION/'
