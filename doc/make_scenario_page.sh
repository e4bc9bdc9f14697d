#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes neap-scenario(5) to standard output. Keys, defaults and ranges come from `neap help
# SECTION`, so from the tables that read them; the rest of the page stands here.
#   NEAP=build/cli/neap sh doc/make_scenario_page.sh >doc/neap-scenario.5
: "${NEAP:?the command whose help is asked}"
LC_ALL=C
export LC_ALL

# keys SECTION: its list of keys, as mdoc. A line of help is "  key = default  meaning (range)".
keys() {
  "$NEAP" help "$1" | awk '
    function flush_list() { if (open) print ".El"; open = 0 }
    # A first word that stands for itself, such as vCPU or one of a list, keeps its letters.
    function sentence(text) {
      sub(/^ +/, "", text)
      gsub(/\\/, "\\e", text)
      if (text !~ /^[^ ]*[A-Z,]/) text = toupper(substr(text, 1, 1)) substr(text, 2)
      return text "."
    }
    function fold(text,    n, i, word, line) {
      n = split(text, word, " ")
      for (i = 1; i <= n; i++) {
        if (line != "" && length(line) + length(word[i]) > 78) { print line; line = "" }
        line = line (line == "" ? "" : " ") word[i]
      }
      if (line != "") print line
    }
    function range(text) {
      if (text ~ /^[^|]+ to [^|]+$/) return "Range: " text "."
      if (gsub(/\|/, ", ", text) == 0) return "Only " text "."
      return "One of " text "."
    }
    /^\[autoscaler\] with type/ {
      flush_list()
      type = $0; sub(/^.*type = /, "", type); summary = type
      sub(/:.*/, "", type); sub(/^[^:]*: */, "", summary)
      print ".Pp"
      print "With"
      print ".Ql type = " type " ,"
      fold(summary ":")
      next
    }
    /^  [a-z]/ {
      if (!open) print ".Bl -tag -width Ds"
      open = 1
      text = substr($0, 3)
      # The default and the meaning are two blanks apart.
      end = match(text, /  +/) ? RSTART - 1 : length(text)
      pair = substr(text, 1, end)
      meaning = substr(text, end + 1)
      sub(/ +$/, "", pair)
      limits = ""
      if (match(meaning, / \([^()]*( to |\|)[^()]*\)$/)) {
        limits = substr(meaning, RSTART + 2, RLENGTH - 3)
        meaning = substr(meaning, 1, RSTART - 1)
      } else if (match(meaning, / \([a-z]+\)$/) && meaning !~ /\(required\)$/) {
        limits = substr(meaning, RSTART + 2, RLENGTH - 3)
        meaning = substr(meaning, 1, RSTART - 1)
      }
      print ".It Ic \"" pair "\""
      fold(sentence(meaning))
      if (limits != "") fold(range(limits))
    }
    END { flush_list() }'
}

# section NAME 'TITLE': what follows on standard input stands before its keys
section() {
  printf '.Ss %s\n' "$2"
  cat
  keys "$1"
}

cat <<'PAGE'
.\" SPDX-License-Identifier: GPL-3.0-or-later
.\" Written by doc/make_scenario_page.sh: change that.
.Dd November 24, 2026
.Dt NEAP-SCENARIO 5
.Os
.Sh NAME
.Nm neap-scenario
.Nd what neap replays, in one file
.Sh DESCRIPTION
A scenario is an INI file that says which traffic, which latency profiles, which container, which
autoscaler and which prices
.Xr neap 1
works with.
.Ql neap init
writes one to start from, and
.Ql neap help Ar section
shows the keys of a section.
.Pp
A line is a section in brackets, a
.Ql key = value
pair, a comment that begins with
.Ql \&; ,
or empty.
A comment may also follow a value, after a blank.
Every section appears once, every key once in its section; lines have at most 195 bytes and are not
continued.
A key that has no default and is not given is not used, unless it is called required.
.Pp
Nothing is passed over in silence: an unknown section or key, a doubled one, a value without its
unit or outside its range is an error that names file, line and column.
So is a section that this version does not act on yet
.Po Ic tune
and
.Ic project Pc .
.Pp
Paths are relative to the file that the scenario is in.
The same names serve on the command line, with a dot between section and key:
.Ql --set autoscaler.target_cpu=70% ,
.Ql --set profile.new.cpu_speedup=1.3 .
.Sh VALUES
.Bl -tag -width Ds
.It duration
A number and
.Li ns , us , ms , s , min
or
.Li m , h , d , w :
.Ql 250ms .
A bare number is refused.
.It share
.Ql 70%
or
.Ql 0.7 .
A bare number above 1 is refused.
.It vCPU
.Ql 0.5
or
.Ql 500m .
.It size
A number and
.Li B , kB , MB , GB , TB
for powers of 1000,
.Li KiB , MiB , GiB , TiB
or
.Li Ki , Mi , Gi , Ti
for powers of 1024:
.Ql 2GiB .
.It instant
.Ql 2026-03-02T10:00:00Z ,
.Ql 2026-03-02 10:00 ,
.Ql 2026-03-02
or seconds since 1970.
Without an offset it is in the zone of
.Ic service.zone .
.It money
An exact decimal:
.Ql 0.04048 .
.It distribution of durations
One of
.Bl -tag -width Ds -compact
.It Li 40ms
always that long
.It Li mean=40ms cv=1.2
mean and coefficient of variation, lognormal;
.Li dist=gamma , weibull , exponential , constant
for another family
.It Li p50=18ms p95=60ms p99=140ms
two percentiles or more;
.Li max=9s n=100000
may stand beside them: the largest of so many values, of no use without
.Li n
.It Li file=samples.csv
a CSV file with one column of samples; the unit from
.Li unit=ms
or from the column's name, such as
.Li cpu_ms
.It Li buckets=latency.csv
a CSV file with the columns
.Li le
and
.Li count
of a histogram as Prometheus exports it, in seconds, up to
.Li +Inf ;
the likeliest of lognormal, gamma and weibull, or the one that
.Li dist=
names, is fitted
.El
.El
.Pp
Decimals have a point.
.Sh SECTIONS
PAGE

section service '[service]' <<'PAGE'
PAGE
section traffic '[traffic]' <<'PAGE'
The recording;
.Ic file
is required.
Its form is described below under
.Sx RECORDING .
PAGE
section synth '[synth]' <<'PAGE'
Traffic made up from a shape, in the place of a
.Ic file
in
.Sx [traffic] ;
.Ql neap synth
writes it as a recording.
It counts by being there, even without keys.
Day and week go by the clocks of
.Ic service.zone .
Reports say that the traffic is synthetic.
PAGE
section class '[class NAME]' <<'PAGE'
Requests of one kind, such as an endpoint.
A recording may have their counts, in columns
.Li requests.NAME
or in those that
.Ic value_column.NAME
of
.Sx [traffic]
names, or single requests have the class each in
.Ic class_column ;
then no section is needed.
Else each class has a
.Ic share :
one for all day, or one at each of several times of the day, such as
.Ql 00:00=10% 08:00=25% 18:00=15% ,
with straight lines between.
What the classes leave over is class
.Li other .
Names are of
.Li a-z 0-9 _ - .
PAGE
section profile '[profile NAME]' <<'PAGE'
A profile for each version of the software, compared in the order of the file; at least one, and two
for
.Ql neap compare .
Names are of
.Li a-z 0-9 _ - .
A profile without
.Ic from
needs its
.Ic cpu_demand .
A profile with
.Ic from
is that one, changed as the other keys say: measured anew with
.Ic cpu_demand
and
.Ic wait ,
or divided by
.Ic cpu_speedup
and
.Ic wait_speedup .
.Pp
.Ic cpu_demand , wait , latency , cpu_speedup
and
.Ic wait_speedup
may be given for one class of requests, with its name behind a dot:
.Ql cpu_demand.search = mean=95ms cv=0.8 .
.Pp
What is not known for sure is a range, and the saving is told as one.
A speed-up may be
.Ql 1.08..1.40 ,
a list
.Ql 1.1 1.25 1.4 ,
or
.Ql file=speedups.csv ;
a distribution may be several, joined by
.Ql or .
.Pp
CPU demand is CPU time alone.
When it was never measured,
.Ic latency
stands in its place, with
.Ic cpu_share
for the part of a request that is CPU and
.Ic latency_load
for the load at which the latency was recorded.
Both are ranges as a rule, and so is what comes of them: a latency that fell by 20 % does not say that
CPU fell by 20 %.
With
.Ic from ,
a single percentile such as
.Ql p95=248ms
will do.
PAGE
section rollout '[rollout]' <<'PAGE'
With
.Ic deploy_at ,
.Ql neap compare
also replays the deployments themselves, and sets each week against the week before.
One time deploys the last profile over the first; several, behind commas, one profile after the other.
PAGE
section container '[container]' <<'PAGE'
Start-up is given whole, as
.Ic startup ,
or in its stages; each is a distribution of durations.
PAGE
section nodes '[nodes]' <<'PAGE'
With this section containers run on machines of one size, go to the fullest with room, and wait for a new
one where there is none; the bill is that of the machines, by
.Ic price.node_hour
or a list of them.
Without it there is room everywhere, and containers are what is paid for.
PAGE
section balancer '[balancer]' <<'PAGE'
PAGE
section client '[client]' <<'PAGE'
The request engine follows each client; the tick engine knows neither impatience nor retries.
An attempt fails when it is refused, waits longer than
.Ic container.timeout ,
outlasts the
.Ic patience ,
or loses its container.
PAGE
section autoscaler '[autoscaler]' <<'PAGE'
Keys that belong to another type are an error.
PAGE
section metrics '[metrics]' <<'PAGE'
PAGE
section slo '[slo]' <<'PAGE'
Minutes over a limit are counted by interval of the recording; without a limit there are none.
PAGE
section price '[price]' <<'PAGE'
One of
.Ic list ,
.Ic file ,
.Ic container_hour
(with
.Ic [nodes] ,
.Ic node_hour ) ,
or
.Ic vcpu_hour
and
.Ic gib_hour ;
without any there is no cost in the result.
The shipped lists are
.Li aws-fargate , aws-fargate-arm , aws-fargate-spot , aws-fargate-spot-arm , gke-autopilot ,
.Li gke-autopilot-spot , cloud-run , azure-container-apps , azure-container-instances ,
.Li opencost-default ,
and of machines
.Li aws-ec2 , azure-vm
and
.Li gce ,
which need
.Ic instance .
PAGE
section run '[run]' <<'PAGE'
PAGE

cat <<'PAGE'
.Sh RECORDING
A CSV file, plain or gzip, with a header.
Of its columns
.Li time
and
.Li requests
are required;
.Li cpu_cores , replicas , p50_s , p95_s , p99_s , errors
and
.Li requests.CLASS
may follow in any order.
Any other column is an error.
.Bd -literal -offset indent
time,requests
2026-03-02T00:00:00Z,5025
2026-03-02T00:01:00Z,4960
.Ed
.Pp
.Li time
is the start of an interval, in RFC 3339 or in seconds since 1970, and
.Li requests
counts what arrived in the interval, all classes together.
All intervals have the same length, and rows may come in any order.
A missing row or an empty cell is a gap: it is filled as
.Ic traffic.gaps
says, and counted in the report.
.Pp
Another layout is read by naming its columns:
.Bd -literal -offset indent
[traffic]
file = export.csv
time_column = Time
time_format = %d/%m/%Y %H:%M
value_column = rps
value_unit = per_second
.Ed
.Pp
Columns that are not named are then left aside.
.Pp
Requests may also be recorded one by one, such as in an access log: each row is a request, at its
time.
.Bd -literal -offset indent
[traffic]
file = access.csv.gz                ; time,endpoint,status
arrivals = recorded
class_column = endpoint             ; if any: search, checkout ...
step = 60s                          ; they are counted in intervals of this length

[class search]                      ; if any: the classes that there may be

[class checkout]
.Ed
.Pp
The request engine replays them at these times, up to 250 million of them; the tick engine goes by
their counts.
Intervals begin at
.Ic traffic.from ,
or at a multiple of the step since 1970; the first and the last may have been recorded in part only.
An interval without a row had no requests.
Columns that are not named are left aside.
.Sh EXAMPLES
.Bd -literal -offset indent
[traffic]
file = traffic.csv.gz

[profile old]
label = Python 3.9
cpu_demand = mean=60ms cv=1.2       ; measured: cores used / requests per second
wait = p50=35ms p95=130ms p99=320ms ; database and network

[profile new]
label = Python 3.11
from = old
cpu_speedup = 1.25

[container]
vcpu = 1
memory = 2GiB
workers = 4
startup = p50=25s p95=60s

[autoscaler]
target_cpu = 60%
min = 6
max = 120

[price]
list = aws-fargate
region = eu-west-1
.Ed
.Sh SEE ALSO
.Xr neap 1
PAGE
