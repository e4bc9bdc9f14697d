#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A line of code knows its room: what only certain rooms may do, or the library never does.
: "${top_srcdir:?run by make check}"
: "${top_builddir:?run by make check}"
cd "$top_srcdir" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
n=0; bad=0

# report NAME: fails when there are offending lines in $work/lines
report() {
  n=$((n + 1))
  if [ ! -s "$work/lines" ]; then
    echo "ok $n - $1"
  else
    bad=1
    echo "not ok $n - $1"
    sed 's/^/# /' "$work/lines"
  fi
}

# only ROOMS PATTERN: lines of code outside ROOMS that match. In a pattern CALL(a|b) is a call of
# one of these functions, WORD(a|b) one of these identifiers.
only() {
  awk -v allowed=" $1 " -v pattern="$2" '
    BEGIN {
      gsub(/^ +| +$/, "", pattern)
      gsub(/CALL\(/, "(^|[^A-Za-z0-9_.>])((", pattern) && sub(/$/, ")[ \t]*[(]", pattern)
      gsub(/WORD\(/, "(^|[^A-Za-z0-9_])((", pattern) && sub(/$/, ")([^A-Za-z0-9_]|$)", pattern)
    }
    {
      match($0, /^[^:]*:[0-9]*:/)
      split($0, part, "/")
      if (index(allowed, " " part[2] " ") == 0 && substr($0, RLENGTH + 1) ~ pattern) print
    }' "$work/code"
}

awk -f tests/code.awk lib/*/*.[ch] >"$work/code"

# NAME; ROOMS that may; PATTERN
while IFS=';' read -r name rooms pattern; do
  case $name in ''|'#'*) continue ;; esac
  only "$rooms" "$pattern" >"$work/lines"
  report "$name"
done <<'RULES'
the library does not print;                      ; CALL(printf|vprintf|puts|putchar|perror|warnx?|errx?)
the library leaves stdout and stderr alone;      ; WORD(stdout|stderr|stdin)
the library does not end the process;            ; CALL(exit|_exit|_Exit|quick_exit|abort|raise|kill|signal|sigaction|longjmp)
the library reads no environment;                ; CALL(getenv|secure_getenv|setenv|putenv|unsetenv)
the library reads no clock;                      ; CALL(time|clock|clock_gettime|gettimeofday|timespec_get|sleep|usleep|nanosleep)
the library leaves the locale alone;             ; CALL(setlocale)
a thread's locale is base's;                base ; CALL(uselocale|newlocale|freelocale)
the library uses no local time of the system;    ; CALL(localtime|localtime_r|gmtime|ctime|asctime|mktime|tzset)
days are the calendar's;                calendar ; CALL(gmtime_r|timegm|strptime|strftime)
GSL's error handler is the program's;            ; CALL(gsl_set_error_handler|gsl_set_error_handler_off|gsl_error)
variates are made in random;              random ; CALL(gsl_rng_alloc|gsl_rng_env_setup|rand|srand|random|srandom|drand48|getrandom)
random numbers are streams of a stated purpose; random recording request replay study ; CALL(neap_stream_init)
GSL draws in random, and for tests of the request engine; random study ; CALL(neap_stream_gsl_type|gsl_ran_[a-z_0-9]*|gsl_rng_[a-z_0-9]*)
single requests are request's, replays' and held against tables; request replay study ; CALL(neap_(tape|pool)_[a-z]*)
no call that cannot be checked;                  ; CALL(atoi|atol|atoll|atof|gets|sprintf|vsprintf|strcpy|strcat|strtok|alloca)
libcsv is table's;                         table ; include *<csv[.]h>
zlib is table's;                           table ; include *<zlib[.]h>
inih is scenario's;                     scenario ; include *<ini[.]h>
nettle is scenario's;                   scenario ; include *<nettle/
jansson is report's;                      report ; include *<jansson[.]h>
GMP is base's;                              base ; include *<gmp[.]h>
threads and ranks are sweep's;             sweep ; include *<(omp|mpi|pthread|threads)[.]h>
fitting is profile's, forecast's and a study's; profile forecast study ; gsl_(multifit|multilarge|fit|min|multimin)_
money is price's;           price scenario study ; (^|[^A-Za-z0-9])(price|prices|currency|cost|costs|bill|bills)([^A-Za-z0-9]|$)
RULES

# Under a decimal comma snprintf prints one; report enters the C locale for a whole document.
grep -nE 'snprintf\([^;]*%[-+ #0-9.*]*[aefgAEFG]' lib/*/*.c | grep -v '^lib/report/' >"$work/lines"
report 'numbers are printed by neapi_print'

# Two purposes of one number would be the same random numbers.
grep -ho 'NEAPI_STREAM_[A-Z_]* = [0-9]*' lib/*/*.h | sort -k 3n |
  awk '$3 == number { print name " and " $1 " are both " number } { number = $3; name = $1 }' >"$work/lines"
report 'every purpose of random numbers has a number of its own'

for folder in lib/*/; do
  list=${folder}local.mk
  for file in "$folder"*.[ch]; do
    grep -q "%D%/${file##*/}\([[:space:]]\|\$\)" "$list" || echo "$file is not in $list"
  done
done >"$work/lines" 2>&1
report 'every file of a room is in its local.mk'

for file in tests/unit/*_test.c tests/property/*_test.c; do
  program=${file#tests/}; program=${program%.c}
  [ ! -e "$file" ] || grep -q "%D%/$program\([[:space:]]\|\$\)" tests/local.mk ||
    echo "$file is not in tests/local.mk"
done >"$work/lines" 2>&1
report 'every test is in tests/local.mk'

name='the library has no writable variable at file scope'
set -- "$top_builddir"/lib/*/.libs/*.o
if [ -n "$NEAP_INSTRUMENTED" ] || [ ! -e "$1" ]; then
  n=$((n + 1)); echo "ok $n - $name # SKIP instrumented, or no objects to look at"
else
  size -A "$@" | awk '
    / :$|  :$/ { file = $1 }
    ($1 ~ /^\.(data|bss|tdata|tbss)/ && $1 !~ /^\.data\.rel\.ro/) && $2 > 0 {
      print file ": " $2 " bytes in " $1
    }' >"$work/lines"
  report "$name"
fi

echo "1..$n"
exit $bad
