#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Keys of a section, of every autoscaler, options of a command: from the tables that read them.
"$NEAP" help slo
"$NEAP" help profile
"$NEAP" help autoscaler | grep -e '^\[' -e ' replicas = ' -e ' target_cpu = '
"$NEAP" help check
"$NEAP" check --help >"$scratch/usage"
"$NEAP" help check | cmp - "$scratch/usage"
for section in service traffic profile container balancer autoscaler metrics slo price run; do
  "$NEAP" help $section | grep -q "^\[$section.*\] [a-z]" || echo "no help on $section"
done
