#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The examples do what their first line says. Numbers that the model may move are not asserted,
# what must hold whatever it says is.
: "${top_srcdir:?run by make check}"
: "${top_builddir:?run by make check}"
: "${NEAP:?run by make check}"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
scenario=$top_srcdir/examples/python-upgrade/scenario.ini
LC_ALL=C; TZ=UTC0
export LC_ALL TZ
n=0; bad=0

# verdict STATUS NAME: what was found is in $work/output
verdict() {
  n=$((n + 1))
  if [ "$1" = 0 ]; then
    echo "ok $n - $2"
  else
    bad=1; echo "not ok $n - $2"
    sed 's/^/# /' "$work/output" | head -n 40
  fi
}

# example NAME [ARGUMENT...]: the program as the build made it
example() {
  name=$1; shift
  "$top_builddir/examples/$name" "$@" >"$work/output" 2>&1
}

# has PATTERN...: every one is found in a line of the output
has() {
  for pattern; do
    grep -qE -e "$pattern" "$work/output" || { echo "expected $pattern" >>"$work/output"; return 1; }
  done
}

example save "$scenario" && has 'Python 3\.11 needs .* fewer container-hours' \
  '^saving: [0-9]+ container-hours, [0-9.]+ %$' '^ +[0-9]+\.[0-9][0-9] of money$'
verdict $? 'save says what the upgrade saves'

# The same share as the command, to the digits shown.
share=$(sed -n 's/^saving: .*, \([0-9.]*\) %$/\1/p' "$work/output")
"$NEAP" compare "$scenario" -q >"$work/output" 2>&1 && has "needs $share% fewer"
verdict $? 'save and neap compare agree'

example save; [ $? = 2 ] && has '^usage: save'
verdict $? 'save without a scenario says how it is used'

example save "$work/none.ini"; [ $? = 1 ] && has 'save: .*none\.ini'
verdict $? 'save names a scenario that is not there'

example resting_replicas && has '^req/s' '^ +500 +50\.0 +[0-9]' &&
  awk 'NR > 1 && $3 < 0.9 * $2 { exit 1 } END { exit NR != 6 }' "$work/output"
verdict $? 'resting_replicas keeps what the CPU asks for, or more, within the tolerance'

example hpa_decisions && has '^ 30 s: 102% of the request,  4 ->  7 \(follows the metric\)$' &&
  [ "$(wc -l <"$work/output")" -eq 8 ]
verdict $? 'hpa_decisions shows eight decisions with their reasons'

example policy && has '^ 15 s: 240 requests/s, 5 -> 6 \(decided by the caller' \
  '^ 45 s: 410 requests/s, 8 -> 8 \(max replicas\)$' && [ "$(wc -l <"$work/output")" -eq 8 ]
verdict $? 'policy decides by a function of its own'

# 20 x 720 h + 500 x 60 s, by vCPU and by two GiB
example fargate_bill && has '^14408\.3333 container-hours, 4\.8611 of them' \
  '^vCPU   1 x 0\.04048 per vCPU-hour: 583\.25 USD$' '^memory 2 x 0\.004445 per GiB-hour: 128\.09 USD$'
verdict $? 'fargate_bill is right to the cent'

"$NEAP" compare "$scenario" -q --format csv --set profile.new.cpu_speedup=1 >"$work/output" 2>&1 &&
  awk -F, 'NR > 1 && ($3 != $4 || $5 != 0) { exit 1 } END { exit NR < 10 }' "$work/output"
verdict $? 'an upgrade that changes nothing saves exactly nothing'

cp "$top_srcdir/examples/python-upgrade/make_traffic.sh" "$work" && sh "$work/make_traffic.sh" \
  >"$work/output" 2>&1 && gzip -dc "$work/traffic.csv.gz" >"$work/made" &&
  gzip -dc "$top_srcdir/examples/python-upgrade/traffic.csv.gz" | cmp - "$work/made" >"$work/output" 2>&1
verdict $? 'make_traffic.sh makes the recording that ships'

# Each sentence of the story that examples/marketplace tells, from the scenario that ships.
story=$top_srcdir/examples/marketplace/scenario.ini
"$NEAP" compare "$story" -q -o "$work/story.json" >"$work/output" 2>&1
verdict $? 'the story is compared'
# told NAME EXPRESSION...: none of these is true of it
told() {
  name=$1; shift
  set -- "$@"
  conditions=
  for condition; do conditions="$conditions --fail-if $condition"; done
  # shellcheck disable=SC2086
  "$NEAP" compare "$story" -q $conditions >"$work/output" 2>&1
  verdict $? "$name"
}
told 'Django alone changes nothing noticeable, Python does' \
  'steps[0].saving.share>=1%' 'steps[0].saving.share<=-1%' 'steps[1].saving.share<10%'
told 'p95, CPU and containers fall against the week before, traffic or not' \
  'deployments[1].change_share.p95>-10%' 'deployments[1].change_share.cpu_per_request>-15%' \
  'deployments[1].change_share.containers>-12%' 'deployments[0].change_share.cpu_per_request>1%' \
  'deployments[0].change_share.cpu_per_request<-1%'
told 'one class has the largest share, and the saving is a range' \
  'classes.page.saving_share<50%' 'saving.low.share<10%' 'saving.high.share>25%'

# explains PUZZLE FILE TIME SIZE [ARGUMENT...]: what size is asked for at that time
explains() {
  puzzle=$top_srcdir/examples/$1/$2.ini; when=$3; size=$4; shift 4
  "$NEAP" explain "$puzzle" -q --at "2026-03-03T$when" "$@" >"$work/output" 2>&1 &&
    head -n 1 "$work/output" | awk -v least="${size%-*}" -v most="${size#*-}" '
      { for (i = 2; i < NF; i++) if ($i == "containers" && $(i + 1) == "asked") size = $(i - 1) }
      END { exit !(size >= least && size <= most) }'
}

# hours PUZZLE FILE: container-hours of its replay
hours() {
  "$NEAP" replay "$top_srcdir/examples/$1/$2.ini" -q 2>&1 |
    sed -n '1s/.* needs \([0-9]*\) container-hours.*/\1/p'
}

explains jvm-startup bad 10:04 60-60
verdict $? 'jvm-startup: the start-up burst of a release drives to the maximum'
explains jvm-startup cure 10:04 8-9 && explains jvm-startup bad 10:04 8-14 --set container.startup_cpu=20s &&
  explains jvm-startup bad 10:04 8-9 --set container.startup_cpu_seen=no
verdict $? 'jvm-startup: readiness after the burst, a small one or a hidden one leave the size alone'
explains rolling-update-inflates bad 10:04 65-120
verdict $? 'rolling-update-inflates: cold containers send the size up'
explains rolling-update-inflates cure 10:04 46-52 &&
  explains rolling-update-inflates bad 10:04 46-60 --set rollout.surge=5%
verdict $? 'rolling-update-inflates: a window for scaling up or a small surge keep it'

explains tolerance-at-scale bad 15:05:45 180-188 && explains tolerance-at-scale cure 15:05:45 200-210
verdict $? 'tolerance-at-scale: twenty pods are within 10 % of two hundred'
explains capped-spike bad 12:02 45-60 && explains capped-spike cure 12:02 15-25
verdict $? 'capped-spike: a recommendation that is over still drives the size, with behavior it does not'
explains ecs-three-and-fifteen bad 12:02 11-11 && explains ecs-three-and-fifteen bad 12:22 22-24 &&
  explains ecs-three-and-fifteen cure 12:02 17-22 && explains ecs-three-and-fifteen cure 12:22 17-20
verdict $? 'ecs-three-and-fifteen: alarms of one and of five points are minutes ahead'
explains workers-before-cpu bad 13:00 3-3 && explains workers-before-cpu cure 13:00 5-6
verdict $? 'workers-before-cpu: CPU is blind to full workers, requests per pod are not'
explains window-not-cooldown bad 10:57 50-60 && explains window-not-cooldown cure 10:57 26-36
verdict $? 'window-not-cooldown: small peaks keep the size for good'
explains request-not-limit bad 12:00 19-21 && explains request-not-limit cure 12:00 5-6 &&
  explains request-not-limit bad 12:00 5-6 --set container.cpu_request=2
verdict $? 'request-not-limit: utilisation is a share of the request'
bad_hours=$(hours night-floor bad) cure_hours=$(hours night-floor cure)
echo "$bad_hours $cure_hours" >"$work/output"
[ "$cure_hours" -gt 0 ] && [ $((100 * cure_hours)) -lt $((75 * bad_hours)) ]
verdict $? 'night-floor: a floor by the clock saves a quarter and more'
bad_hours=$(hours broken-metric bad) cure_hours=$(hours broken-metric cure)
echo "$bad_hours $cure_hours" >"$work/output"
[ "$cure_hours" -gt 0 ] && [ $((100 * cure_hours)) -lt $((90 * bad_hours)) ]
verdict $? 'broken-metric: a metric that cannot be read blocks scaling in, a fallback does not'
bad_hours=$(hours memory-holds-the-fleet bad) cure_hours=$(hours memory-holds-the-fleet cure)
echo "$bad_hours $cure_hours" >"$work/output"
[ "$cure_hours" -gt 0 ] && [ $((100 * cure_hours)) -lt $((75 * bad_hours)) ]
verdict $? 'memory-holds-the-fleet: a policy that never agrees keeps the fleet of the peak'

# What a README quotes is what the command says: the first line under each command that is quoted.
# shellcheck disable=SC2016
quoted='
  /^    neap (explain|replay) / { command = substr($0, 5); blank = 0; next }
  command != "" && /^$/ && !blank { blank = 1; next }
  command != "" && blank && /^    / { printf "%s\t%s\n", command, substr($0, 5) }
  { command = "" }'
for readme in "$top_srcdir"/examples/*/README.md; do
  folder=$(dirname "$readme")
  awk "$quoted" "$readme" >"$work/quotes"
  [ -s "$work/quotes" ] || continue
  : >"$work/output"
  while IFS='	' read -r command line; do
    said=$(cd "$folder" && eval "\"\$NEAP\" ${command#neap } -q" 2>&1 | head -n 1)
    [ "$said" = "$line" ] || printf '%s\n%s\n' "$command" "$said" >>"$work/output"
  done <"$work/quotes"
  ! [ -s "$work/output" ]
  verdict $? "examples/$(basename "$folder")/README.md quotes what its commands say"
done

echo "1..$n"
exit $bad
