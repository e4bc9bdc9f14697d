dnl SPDX-License-Identifier: GPL-3.0-or-later

# NEAP_LIBRARY(VARIABLE, MODULE, DEBIAN-PACKAGE, FEDORA-PACKAGE)
# A library that pkg-config knows. When it is not there, NEAP_REPORT_MISSING will say so.
AC_DEFUN([NEAP_LIBRARY], [
  PKG_CHECK_MODULES([$1], [$2], [], [NEAP_NOTE_MISSING([$2], [$3], [$4])])
])

# NEAP_HEADER_LIBRARY(VARIABLE, HEADER, LIBRARY, FUNCTION, DEBIAN-PACKAGE, FEDORA-PACKAGE)
# The same for a library without a .pc file.
AC_DEFUN([NEAP_HEADER_LIBRARY], [
  AC_CHECK_HEADER([$2],
    [AC_CHECK_LIB([$3], [$4], [AC_SUBST([$1_LIBS], [-l$3])], [NEAP_NOTE_MISSING([lib$3], [$5], [$6])])],
    [NEAP_NOTE_MISSING([$2], [$5], [$6])])
])

AC_DEFUN([NEAP_NOTE_MISSING], [
  AS_VAR_APPEND([neap_missing], ["
  $1: package $2 (Debian, Ubuntu), $3 (Fedora)"])
  AS_VAR_APPEND([neap_debian], [" $2"])
])

# NEAP_REPORT_MISSING: one error that names every package to install.
AC_DEFUN([NEAP_REPORT_MISSING], [
  AS_IF([test -z "$PKG_CONFIG"],
    [neap_missing="
  pkg-config: package pkgconf (Debian, Ubuntu), pkgconf-pkg-config (Fedora)$neap_missing"
     neap_debian=" pkgconf$neap_debian"])
  AS_IF([test -n "$neap_missing"],
    [AC_MSG_ERROR([these were not found, or are too old:$neap_missing
On Debian and Ubuntu: apt-get install$neap_debian])])
])

# NEAP_APPEND_FLAGS(VARIABLE, FLAGS): appends those FLAGS that the compiler takes without a warning.
AC_DEFUN([NEAP_APPEND_FLAGS], [
  neap_user_CFLAGS=$CFLAGS
  for neap_flag in $2; do
    AC_MSG_CHECKING([whether $CC takes $neap_flag])
    CFLAGS="$neap_user_CFLAGS -Werror $neap_flag"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM], [AC_MSG_RESULT([yes])
      AS_VAR_APPEND([$1], [" $neap_flag"])], [AC_MSG_RESULT([no])])
  done
  CFLAGS=$neap_user_CFLAGS
])

# NEAP_HOUSE_FLAGS: what every build of neap is compiled with. No contraction to fused
# multiply-add: the same scenario gives the same bytes whatever the compiler makes of a*b+c.
AC_DEFUN([NEAP_HOUSE_FLAGS], [
  NEAP_APPEND_FLAGS([HOUSE_CFLAGS], [-std=c11 -fvisibility=hidden -ffp-contract=off])
  AC_SUBST([HOUSE_CFLAGS])
])

# NEAP_ARG_WERROR: --enable-werror; WARN_CFLAGS is neap's set of warnings.
AC_DEFUN([NEAP_ARG_WERROR], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat warnings as errors (developers, CI)])])
  NEAP_APPEND_FLAGS([WARN_CFLAGS], [-Wall -Wextra -Wpedantic -Wshadow -Wconversion dnl
    -Wdouble-promotion -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wformat=2 dnl
    -Wundef -Wwrite-strings -Wpointer-arith -Wcast-qual -Wredundant-decls -Wnested-externs dnl
    -Wswitch-enum -Wvla -Wnull-dereference -Wlogical-op -Wduplicated-cond -Wduplicated-branches])
  AS_IF([test "x$enable_werror" = xyes], [AS_VAR_APPEND([WARN_CFLAGS], [" -Werror"])])
  AC_SUBST([WARN_CFLAGS])
])

# NEAP_ARG_SANITIZE: --enable-sanitize[=LIST], LIST address,undefined when not given.
AC_DEFUN([NEAP_ARG_SANITIZE], [
  AC_ARG_ENABLE([sanitize], [AS_HELP_STRING([--enable-sanitize@<:@=LIST@:>@],
    [build with -fsanitize=LIST (address,undefined)])])
  AS_CASE([$enable_sanitize],
    [yes], [neap_sanitize=address,undefined],
    [no|""], [neap_sanitize=],
    [neap_sanitize=$enable_sanitize])
  AS_IF([test -n "$neap_sanitize"], [
    SANITIZE_FLAGS="-fsanitize=$neap_sanitize -fno-sanitize-recover=all -fno-omit-frame-pointer"
    NEAP_INSTRUMENTED=yes])
  AC_SUBST([SANITIZE_FLAGS])
  AC_SUBST([NEAP_INSTRUMENTED])
])

# NEAP_ARG_COVERAGE: --enable-coverage, for gcov. Best with CFLAGS=-O0.
AC_DEFUN([NEAP_ARG_COVERAGE], [
  AC_ARG_ENABLE([coverage], [AS_HELP_STRING([--enable-coverage], [instrument for gcov])])
  AS_IF([test "x$enable_coverage" = xyes], [COVERAGE_FLAGS=--coverage; NEAP_INSTRUMENTED=yes])
  AC_SUBST([COVERAGE_FLAGS])
])
