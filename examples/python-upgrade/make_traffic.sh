#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes traffic.csv.gz beside this file: SYNTHETIC requests per minute of a marketplace, four weeks
# from Monday, 2 March 2026. The same numbers on every machine: the random numbers are made here.
#
#   shape   two busy times a day, lunch and evening, by the clock in London; the night is quiet
#   week    Friday and Saturday are weaker in the evening, Sunday is the strongest day
#   noise   Poisson counts, and a slow wander of a few percent that lasts for hours
#   crowd   on the third Tuesday at 20:00 a push message announces a sale: the rate doubles in a minute
cd "$(dirname "$0")" || exit 1
LC_ALL=C
export LC_ALL

awk '
# Park and Miller 1988: exact in doubles, unlike rand() the same in every awk.
function uniform() { seed = (16807 * seed) % 2147483647; return seed / 2147483647 }
function normal() { return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform()) }

# A bump of the clock, midnight being no border; hours.
function bump(hour, centre, width,    away) {
  away = hour - centre
  if (away > 12) away -= 24
  if (away < -12) away += 24
  return exp(-away * away / (2 * width * width))
}

function rate(day, hour,    weekday, evening, level) {
  weekday = day % 7                             # 0 is Monday
  evening = weekday == 4 || weekday == 5 ? 0.85 : weekday == 6 ? 1.12 : 1
  level = weekday == 6 ? 1.05 : weekday == 5 ? 0.97 : 1
  return level * (24 + 190 * bump(hour, 12.7, 2.9) + 275 * evening * bump(hour, 20.3, 2.1) \
                  + 60 * bump(hour, 16.5, 2.5))
}

# Requests per second on top, t hours after the message.
function crowd(t) { return t < 0 ? 0 : 420 * (1 - exp(-t / 0.01)) * exp(-t / 0.5) }

BEGIN {
  seed = 20260302
  print "time,requests"
  wander = 0
  for (minute = 0; minute < 28 * 1440; minute++) {
    day = int(minute / 1440)
    utc = minute % 1440
    clock = utc + (day == 27 && utc >= 60 ? 60 : 0) # British Summer Time from 29 March, 01:00 UTC
    wander = 0.995 * wander + 0.004 * normal()
    mean = 60 * (rate(day, (clock + 0.5) / 60) * exp(wander) + crowd((minute - (15 * 1440 + 1200)) / 60))
    count = int(mean + sqrt(mean) * normal() + 0.5)
    printf "2026-03-%02dT%02d:%02d:00Z,%d\n", day + 2, int(utc / 60), utc % 60, count < 0 ? 0 : count
  }
}' </dev/null | gzip -n -9 >traffic.csv.gz.new && mv traffic.csv.gz.new traffic.csv.gz
