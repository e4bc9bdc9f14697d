#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
: "${NEAP:?run by tests/golden.sh}" "${scratch:?}"
# What is no slip: a byte order mark, CRLF, blanks around things, lines without comments of any
# length, no line end at the end, sections in any order. The result is the same to the byte.
day=tests/golden/data/day.ini
cp tests/golden/data/day.csv "$scratch"
cp $day "$scratch/plain.ini"
cd "$scratch" || exit
"$NEAP" compare plain.ini --format csv >plain.csv || exit
same() { "$NEAP" compare form.ini --format csv | cmp - plain.csv && echo "the same $1"; }
{ printf '\357\273\277'; cat plain.ini; } >form.ini; same 'with a byte order mark'
sed 's/$/\r/' plain.ini >form.ini; same 'with CRLF'
sed 's/^/  /; s/=/  =   /; s/$/  /' plain.ini >form.ini; same 'indented'
sed 's/^/	/' plain.ini >form.ini; same 'indented with tabs'
sed 's/ = /=/; s/\(.*=.*\)/\1 ; a note; with = and # in it/' plain.ini >form.ini; same 'with notes behind values'
awk '{ print; for (i = 0; i < 60; i++) printf "; vcpu = 9 "; print "" }' plain.ini >form.ini; same 'with long comments'
sed 's/^;/#/' plain.ini >form.ini; same 'with # before comments'
printf '%s' "$(cat plain.ini)" >form.ini; same 'without the last line end'
awk 'BEGIN { RS = ""; ORS = "\n\n" } { part[NR] = $0 } END { for (i = NR; i > 0; i--) if (part[i] !~ /^.profile/) print part[i]; print part[3]; print part[4] }' plain.ini >form.ini
same 'in another order'
