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
# A kind of autoscaler, a key with and without its section, a key of a named profile, a key of synth.
"$NEAP" help hpa | head -n 4
"$NEAP" help autoscaler.target_cpu
"$NEAP" help scale_down.window
"$NEAP" help profile.new.cpu_speedup
"$NEAP" help synth.peak_hour
"$NEAP" help max
# Ranges are quantities: no digit stands more than six times in a row, no 1e9.
for section in service traffic profile container balancer autoscaler metrics slo price run synth; do
  "$NEAP" help $section | grep -E '\([^()]*([0-9]{7}|[0-9]e[+0-9])[^()]* to |to [^()]*([0-9]{7}|[0-9]e[+0-9])[^()]*\)$'
done
for topic in hpaa target_cpuu autoscaler.targetcpu profil.cpu_demand quantum; do
  "$NEAP" help $topic 2>&1
  echo "exit $?"
done
