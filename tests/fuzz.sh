#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs each tests/fuzz/NAME_fuzz.c under libFuzzer for FUZZ_SECONDS (10), the library compiled with
# sanitizers; starts from tests/fuzz/corpus/NAME when there is one. `make fuzz` calls it in the build
# folder with SOURCES, CPPFLAGS and LIBS. What is found stays in build-fuzz/NAME.
: "${top_srcdir:?run by make fuzz}"
: "${SOURCES:?run by make fuzz}"
: "${FUZZ_SECONDS:=10}"
: "${CLANG:=clang}"
flags="-std=c11 -D_GNU_SOURCE -DNEAP_LIBFUZZER -g -O1 -fno-omit-frame-pointer -ffp-contract=off
  -fsanitize=address,undefined -fno-sanitize-recover=all"
export flags CLANG CPPFLAGS top_srcdir

if ! command -v "$CLANG" >/dev/null; then
  echo '1..0 # SKIP clang not found: install clang and libclang-rt-dev'
  exit 0
fi
jobs=$(nproc 2>/dev/null || echo 1)
mkdir -p build-fuzz/objects || exit 99

# Compiles what changed since the last time; any header that changed changes all.
newest=$(find "$top_srcdir/lib" "$top_srcdir/include" -name '*.h' -newer build-fuzz/objects/stamp 2>/dev/null)
if [ ! -e build-fuzz/objects/stamp ] || [ -n "$newest" ]; then
  rm -f build-fuzz/objects/*.o
fi
for source in $SOURCES; do
  case $source in *.c) ;; *) continue ;; esac
  source=$top_srcdir/${source#"$top_srcdir"/}
  object=build-fuzz/objects/$(echo "${source#"$top_srcdir"/}" | tr / -).o
  [ -e "$object" ] && [ -z "$(find "$source" -newer "$object")" ] || echo "$source $object"
done >build-fuzz/objects/list
# shellcheck disable=SC2016
xargs -P "$jobs" -n 2 sh -c '
  $CLANG $flags -fsanitize=fuzzer-no-link -I"$top_srcdir/include" -I"$top_srcdir/lib" $CPPFLAGS \
    -c "$0" -o "$1" || exit 255' <build-fuzz/objects/list || { echo 'Bail out! the library does not compile'; exit 1; }
: >build-fuzz/objects/stamp

n=0; bad=0
for target in "$top_srcdir"/tests/fuzz/*_fuzz.c; do
  [ -e "$target" ] || continue
  name=$(basename "$target" _fuzz.c); n=$((n + 1))
  mkdir -p "build-fuzz/$name/corpus"
  seeds=$top_srcdir/tests/fuzz/corpus/$name
  [ -d "$seeds" ] || seeds=
  # shellcheck disable=SC2086
  if $CLANG $flags -fsanitize=fuzzer -I"$top_srcdir/include" -I"$top_srcdir/lib" $CPPFLAGS \
      "$target" build-fuzz/objects/*.o $LIBS -o "build-fuzz/$name/fuzz" 2>"build-fuzz/$name/log" &&
    (cd "build-fuzz/$name" && ./fuzz -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=2048 \
      -print_final_stats=1 corpus $seeds >>log 2>&1); then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "build-fuzz/$name/log")
    echo "ok $n - $name: $runs inputs in $FUZZ_SECONDS s"
  else
    bad=1; echo "not ok $n - $name"
    grep -v '^#[0-9]' "build-fuzz/$name/log" | tail -n 30 | sed 's/^/# /'
  fi
done
echo "1..$n"
exit $bad
