#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The gates are tested too: what they must find is planted in a copy, and they must name it.
: "${top_srcdir:?run by make check}"
: "${CC:=cc}"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
copy=$work/copy
n=0; bad=0

mkdir -p "$copy/cli" "$copy/data" "$copy/tests/golden/broken" &&
  cp -R "$top_srcdir/lib" "$top_srcdir/include" "$copy" &&
  cp "$top_srcdir"/cli/*.[ch] "$copy/cli" &&
  cp "$top_srcdir"/tests/*.awk "$top_srcdir/tests/symbols.exact" "$copy/tests" &&
  chmod -R u+w "$copy" || exit 99

# plant FILE LINE, plant_first FILE LINE: at its end, at its beginning
plant() { printf '%s\n' "$2" >>"$copy/$1"; }
plant_first() { { printf '%s\n' "$2"; cat "$copy/$1"; } >"$work/text" && cp "$work/text" "$copy/$1"; }

# gate SCRIPT: runs it on the copy
gate() {
  script=$1
  env top_srcdir="$copy" top_builddir="$copy" NEAP_INSTRUMENTED= NEAP_UPDATE= \
    sh "$top_srcdir/tests/$script" >"$work/output" 2>&1
  status=$?
}

# named WORDS NAME: the gate failed, and a comment of it has these words
named() {
  n=$((n + 1))
  if [ "$status" -ne 0 ] && grep '^#' "$work/output" | grep -qF "$1"; then
    echo "ok $n - $script notices $2"
  else
    bad=1; echo "not ok $n - $script notices $2"
    sed 's/^/# /' "$work/output"
  fi
}

plant lib/base/error.c '#include "study/planted.h"'
plant_first lib/base/text.c '#include <neap/study.h>'
plant include/neap/base.h '#include "base/fail.h"'
plant lib/base/array.c '#include "array.h"'
plant lib/calendar/civil.c '#include <neap.h>'
plant cli/main.c '#include "base/fail.h"'
mkdir "$copy/lib/util"
gate layers.sh
named 'study/planted.h' 'a header of a room below'
named 'text.c:1:#include <neap/study.h>' 'a public header of a room below, on the first line'
named 'include/neap/base.h:' 'an internal header in a public one'
named '"array.h"' 'an include without its room'
named '<neap.h>' 'the umbrella header in the library'
named 'cli/main.c:' 'an internal header in the command'
named 'lib/util' 'a room that is not in lib/LAYERS'

plant lib/price/planted.c 'int a(void) { return printf("a"); }'
plant lib/price/planted.c 'void b(FILE *f) { f = stderr; }'
plant lib/price/planted.c 'void c(void) { /* a */ exit (1); }'
plant lib/price/planted.c 'long d(void) { return time(0); }'
plant lib/price/planted.c 'char *e(void) { return getenv("TZ"); }'
plant lib/price/planted.c '#include <csv.h>'
plant lib/study/planted.c '#include <jansson.h>'
plant lib/replay/planted.c 'void *f(void) { return gsl_rng_alloc(0); }'
plant lib/replay/planted.c 'double hourly_price;'
plant lib/price/planted.c 'void h(void) { neap_stream_init(0, 1, 0, 4); }'
plant lib/price/planted.c 'void i(void) { neap_pool_reset(0, 1); }'
plant lib/price/planted.h 'enum { NEAPI_STREAM_PLANTED = 1 };'
echo 'static int count; int g(void); int g(void) { return ++count; }' >"$work/writable.c"
mkdir -p "$copy/lib/base/.libs"
# $CC is a list of words
# shellcheck disable=SC2086
$CC -fPIC -c "$work/writable.c" -o "$copy/lib/base/.libs/planted.o" || exit 99
gate rooms.sh
named 'price/planted.c:1:' 'printf'
named 'price/planted.c:2:' 'stderr'
named 'price/planted.c:3:' 'exit'
named 'price/planted.c:4:' 'the clock'
named 'price/planted.c:5:' 'the environment'
named 'price/planted.c:6:' 'libcsv outside table'
named 'study/planted.c:1:' 'jansson outside report'
named 'replay/planted.c:1:' 'a generator made outside random'
named 'replay/planted.c:2:' 'money in a room below price'
named 'price/planted.c:7:' 'a stream of random numbers in a room that has none'
named 'price/planted.c:8:' 'single requests where there are none'
named 'NEAPI_STREAM_PLANTED' 'two purposes of random numbers with one number'
named 'price/planted.c is not in' 'a file that local.mk does not list'
named 'planted.o' 'a writable variable'

n=$((n + 1))
cat >"$work/planted.c" <<'PLANTED'
const char *planted = "exit(1) \" printf(2)"; /* getenv(3)
time(4) */ int c = '\"'; // abort(5)
PLANTED
if awk -f "$top_srcdir/tests/code.awk" "$work/planted.c" | grep -E 'exit|printf|getenv|time|abort'; then
  bad=1; echo "not ok $n - code.awk leaves comments and texts out"
else
  echo "ok $n - code.awk leaves comments and texts out"
fi

echo 'int neapi_planted(void); int neapi_planted(void) { return 1; }' >"$work/symbol.c"
# shellcheck disable=SC2086
$CC -fPIC -shared "$work/symbol.c" -o "$work/planted.so" || exit 99
LIBNEAP=$work/planted.so; export LIBNEAP
gate symbols.sh
named 'neapi_planted' 'an internal symbol that is exported'

NEAP='echo'; export NEAP
plant tests/golden/output.sh 'echo planted'
plant tests/golden/status.sh 'exit 3'
plant tests/golden/writes.sh ': >data/planted'
plant tests/golden/broken/taken.ini '[service]'
gate golden.sh
named '+planted' 'another output'
named '+3' 'another exit status'
named 'data/planted' 'a file written to the tree'
named 'takes it' 'a broken scenario that is taken'

echo "1..$n"
exit $bad
