#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every public header compiles alone, as C11 and as C++.
: "${top_srcdir:?run by make check}"
: "${CC:=cc}"
cd "$top_srcdir" || exit 99
n=0; bad=0

# compile LANGUAGE STANDARD TEXT
compile() {
  # $CC and $CPPFLAGS are lists of words
  # shellcheck disable=SC2086
  printf '%s\n' "$3" | $CC -x "$1" -std="$2" -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
    $CPPFLAGS -Iinclude - 2>&1
}

compile c++ c++11 'int main() { return 0; }' >/dev/null && cplusplus=yes || cplusplus=
for header in include/neap.h include/neap/*.h; do
  name=${header#include/}
  for language in 'c c11' 'c++ c++11'; do
    n=$((n + 1))
    if [ "$language" != 'c c11' ] && [ -z "$cplusplus" ]; then
      echo "ok $n - $name as c++ # SKIP no C++ compiler"
      continue
    fi
    # shellcheck disable=SC2086
    if output=$(compile $language "#include <$name>"); then
      echo "ok $n - $name as ${language#* }"
    else
      bad=1; echo "not ok $n - $name as ${language#* }"
      printf '%s\n' "$output" | sed 's/^/# /'
    fi
  done
done
echo "1..$n"
exit $bad
