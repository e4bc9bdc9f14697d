#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The gates are tested too: each violation planted in a copy must be named by its gate.
: "${top_srcdir:?run by make check}"
: "${CC:=cc}"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
copy=$work/copy
n=0; bad=0

# fresh: the copy as the tree is
fresh() {
  chmod -R u+w "$copy" 2>/dev/null
  rm -rf "$copy"
  mkdir -p "$copy/cli" "$copy/data" "$copy/tests/golden/broken" &&
    cp -R "$top_srcdir/lib" "$top_srcdir/include" "$copy" &&
    cp "$top_srcdir"/cli/*.[ch] "$copy/cli" &&
    cp "$top_srcdir"/tests/*.awk "$top_srcdir/tests/symbols.exact" "$copy/tests" &&
    chmod -R u+w "$copy" || exit 99
}

# notices GATE WORDS NAME: the gate fails on the copy, and a comment of it has these words
notices() {
  n=$((n + 1))
  output=$(env top_srcdir="$copy" top_builddir="$copy" NEAP_INSTRUMENTED= NEAP_UPDATE= \
    sh "$top_srcdir/tests/$1" 2>&1)
  status=$?
  if [ "$status" -ne 0 ] && printf '%s\n' "$output" | grep '^#' | grep -qF "$2"; then
    echo "ok $n - $1 notices $3"
  else
    bad=1; echo "not ok $n - $1 notices $3"
    printf '%s\n' "$output" | sed 's/^/# /'
  fi
  fresh
}

# plant FILE LINE, plant_first FILE LINE: at its end, at its beginning
plant() { printf '%s\n' "$2" >>"$copy/$1"; }
plant_first() { { printf '%s\n' "$2"; cat "$copy/$1"; } >"$work/text" && cp "$work/text" "$copy/$1"; }

fresh
plant lib/base/error.c '#include "study/planted.h"'
notices layers.sh study/planted.h 'a header of a room below'
plant_first lib/base/error.c '#include <neap/study.h>'
notices layers.sh 'error.c:1:#include <neap/study.h>' 'a public header of a room below, on the first line'
plant include/neap/base.h '#include "base/fail.h"'
notices layers.sh base/fail.h 'an internal header in a public one'
plant lib/base/error.c '#include "fail.h"'
notices layers.sh '"fail.h"' 'an include without its room'
plant lib/base/error.c '#include <neap.h>'
notices layers.sh '<neap.h>' 'the umbrella header in the library'
plant cli/main.c '#include "base/fail.h"'
notices layers.sh base/fail.h 'an internal header in the command'
mkdir "$copy/lib/util"
notices layers.sh lib/util 'a room that is not in lib/LAYERS'

plant lib/price/planted.c 'int planted(void) { return printf("a"); }'
notices rooms.sh 'price/planted.c:1' 'printf'
plant lib/price/planted.c 'void planted(FILE *f) { f = stderr; }'
notices rooms.sh 'stderr' 'stderr'
plant lib/price/planted.c 'void planted(void) { /* a */ exit (1); }'
notices rooms.sh 'exit (1)' 'exit'
plant lib/price/planted.c 'long planted(void) { return time(0); }'
notices rooms.sh 'time(0)' 'the clock'
plant lib/price/planted.c 'char *planted(void) { return getenv("TZ"); }'
notices rooms.sh 'getenv(' 'the environment'
plant lib/price/planted.c '#include <csv.h>'
notices rooms.sh '<csv.h>' 'libcsv outside table'
plant lib/study/planted.c '#include <jansson.h>'
notices rooms.sh '<jansson.h>' 'jansson outside report'
plant lib/replay/planted.c 'void *planted(void) { return gsl_rng_alloc(0); }'
notices rooms.sh 'gsl_rng_alloc' 'a generator made outside random'
plant lib/replay/planted.c 'double hourly_price;'
notices rooms.sh 'hourly_price' 'money in a room below price'
plant lib/price/planted.c ''
notices rooms.sh 'planted.c is not in' 'a file that local.mk does not list'

# Words in comments and texts are not code.
n=$((n + 1))
planted='const char *planted = "exit(1) \" printf(2)"; /* getenv(3)
time(4) */ int c = '"'\"'"'; // abort(5)'
if printf '%s\n' "$planted" >"$work/planted.c" &&
  ! awk -f "$top_srcdir/tests/code.awk" "$work/planted.c" | grep -E 'exit|printf|getenv|time|abort'; then
  echo "ok $n - code.awk leaves comments and texts out"
else
  bad=1; echo "not ok $n - code.awk leaves comments and texts out"
fi

compile() {
  # shellcheck disable=SC2086
  printf '%s\n' "$2" | $CC $3 -x c - -o "$1" 2>/dev/null
}
mkdir -p "$copy/lib/base/.libs"
if compile "$copy/lib/base/.libs/planted.o" 'static int count; int neap_p(void) { return ++count; }' '-fPIC -c'; then
  notices rooms.sh 'planted.o' 'a writable variable'
fi
if compile "$work/planted.so" 'int neapi_planted(void); int neapi_planted(void) { return 1; }' '-shared -fPIC'; then
  LIBNEAP=$work/planted.so; export LIBNEAP
  notices symbols.sh 'neapi_planted' 'an internal symbol that is exported'
fi

NEAP='echo'; export NEAP
plant tests/golden/planted.sh 'echo planted planted'
notices golden.sh '+planted planted' 'another output'
plant tests/golden/planted.sh 'exit 3'
notices golden.sh '+3' 'another exit status'
plant tests/golden/planted.sh ': >data/planted'
notices golden.sh 'data/planted' 'a file written to the tree'
plant tests/golden/broken/planted.ini '[service]'
notices golden.sh 'takes it' 'a broken scenario that is taken'

echo "1..$n"
exit $bad
