#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# Made-up traffic: the canonical CSV, the same bytes each time, civil time, refusals.
synth() { "$NEAP" synth "$@" 2>&1; }
synth --set synth.days=1 --set synth.step=2h
synth --set synth.days=2 --set synth.step=2h | head -n 13 | tail -n 2
synth --set synth.days=1 --set synth.step=6h --set synth.noise=0 --set synth.drift=0% --set synth.seed=2
echo 'rows on the day the clocks go back, and forward:'
for start in 2026-10-25 2026-03-29; do
  synth --set service.zone=Europe/London --set synth.start=$start --set synth.days=1 --set synth.step=1h |
    sed 1d | wc -l
done
synth -v --set synth.days=1 -o "$scratch/traffic.csv" | sed "s#$scratch#FOLDER#g"
synth --set synth.days=1 | cmp - "$scratch/traffic.csv"
refuse() { synth "$@"; echo "exit $?"; }
refuse --set synth.dayz=1
refuse --set synth.something=1
refuse --set traffic.file=a.csv
refuse --set synth.days
refuse --set synth.mean_rate=400
refuse --set synth.daily_swing=150%
refuse --set synth.start=yesterday
refuse --set synth.end=2026-03-01
refuse --set synth.step=1ms
refuse --set synth.step=24h --set synth.start=2026-03-29 --set synth.days=1 --set service.zone=Europe/London
refuse --set synth.day_factors='100% 100%'
refuse --set synth.day_factors='0% 0% 0% 0% 0% 0% 0%'
refuse --set synth.flash_at='2026-03-05 20:00'
refuse --set synth.outage_at=noon
refuse --set synth.growth=100% --set synth.days=700 --set synth.step=1d
refuse --set service.zone=Europe/Nowhere
refuse -o "$scratch/nowhere/traffic.csv" --set synth.days=1 | sed "s#$scratch#FOLDER#g"
refuse scenario.ini
