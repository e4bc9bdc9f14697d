# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# From a fresh machine to a built neap in build/; sourced in the top folder by run-tests and
# run-demo. Progress goes to stderr, the output of each step to build/STEP.log.
build=build
packages='build-essential autoconf automake libtool libgsl-dev libcsv-dev libinih-dev zlib1g-dev
  nettle-dev libjansson-dev libgmp-dev libcmocka-dev tzdata'
optional_packages= # installed where the system has them
jobs=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

# step NAME COMMAND...: one line with the seconds it took; the end of its log when it fails.
# The command may set note, a word about what it found.
step() {
  step_name=$1; shift
  step_log=$build/$step_name.log
  note=
  printf '%-10s ' "$step_name" >&2
  step_start=$(date +%s)
  if "$@" >"$step_log" 2>&1; then
    printf '%4d s  %s\n' $(($(date +%s) - step_start)) "$note" >&2
    return 0
  fi
  printf 'failed after %d s; the end of %s:\n' $(($(date +%s) - step_start)) "$step_log" >&2
  tail -n 40 "$step_log" | sed 's/^/  | /' >&2
  return 1
}

# --- packages -------------------------------------------------------------------------------------

# missing_packages NAME...: those that dpkg does not have installed
missing_packages() {
  installed=" $(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
    awk '$2 == "installed" { printf "%s ", $1 }')"
  for package; do
    case $installed in *" $package "*) ;; *) printf '%s ' "$package" ;; esac
  done
}

# known_packages 'NAMES': those that apt has
known_packages() {
  for package in $1; do
    apt-cache show "$package" >/dev/null 2>&1 && printf '%s ' "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

install_packages() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    other_system
    return
  fi
  # shellcheck disable=SC2086
  missing=$(missing_packages $packages)
  command -v pkg-config >/dev/null || missing="${missing}pkgconf"
  # shellcheck disable=SC2086
  wanted=$([ -z "$optional_packages" ] || missing_packages $optional_packages)
  if [ -z "$missing$(known_packages "$wanted")" ]; then
    note='nothing to install'
    return 0
  fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "These packages are missing, and there is no sudo. As root: apt-get install $missing"
    return 1
  fi
  as_root apt-get update -q || echo 'apt-get update failed: trying with the lists that are here'
  missing="$missing $(known_packages "$wanted")"
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    -o DPkg::Lock::Timeout=120 $missing || {
    echo "could not install: $missing"
    return 1
  }
  # shellcheck disable=SC2086
  note="installed $(echo $missing | wc -w) packages"
}

other_system() {
  lacking=
  for tool in cc make autoreconf automake libtoolize pkg-config; do
    command -v "$tool" >/dev/null || lacking="$lacking $tool"
  done
  if [ -z "$lacking" ]; then
    note='not Debian or Ubuntu: configure will say which library is missing'
    return 0
  fi
  cat <<TEXT
Packages are installed for you on Debian and Ubuntu only. Not found here:$lacking
Install, under the names of your system: a C11 compiler, make, autoconf 2.71, automake 1.16,
libtool, pkg-config; and the libraries with their headers: GSL 2.7, libcsv, inih, zlib, nettle,
jansson, GMP, cmocka. Then run this again.
TEXT
  return 1
}

# --- building -------------------------------------------------------------------------------------

# Everything that configure and Makefile.in are made from.
bootstrap_inputs() {
  for file in configure.ac Makefile.am bootstrap m4/neap_developer.m4 \
    */local.mk lib/*/local.mk tests/*/local.mk; do
    cksum "$file"
  done
}

bootstrap_tree() {
  inputs=$(bootstrap_inputs)
  if [ -e configure ]; then
    if [ -e $build/bootstrap.inputs ]; then
      [ "$inputs" = "$(cat $build/bootstrap.inputs)" ] && note='up to date' && return 0
    elif [ ! -e .git ]; then
      note='a release: nothing to do'
      return 0
    fi
  fi
  ./bootstrap && printf '%s\n' "$inputs" >$build/bootstrap.inputs
}

configure_tree() {
  if [ -e config.status ]; then
    echo 'This tree is configured in place: run make distclean first.'
    return 1
  fi
  if [ -e $build/config.status ] && [ -z "$(find configure -newer $build/config.status)" ]; then
    note='up to date'
    return 0
  fi
  (cd $build && ../configure --quiet)
}

# setup ARGUMENTS OF THE SCRIPT...
setup() {
  # A folder that was moved: libtool's scripts in it point to where it was.
  [ ! -e $build/where ] || [ "$(cat $build/where)" = "$(pwd)" ] || rm -rf $build
  if ! mkdir -p $build || ! pwd >$build/where; then
    echo "$0: cannot write to $(pwd)/$build: remove it and try again" >&2
    return 1
  fi
  step packages install_packages || return 1
  # Called through sudo in a user's tree: root was for the packages, the rest belongs to the user.
  if [ "$(id -u)" = 0 ] && [ -n "$SUDO_USER" ] && [ -z "$(find . -prune -user root)" ]; then
    chown "$SUDO_USER" $build $build/where $build/packages.log
    exec sudo -H -u "$SUDO_USER" sh "$0" "$@"
  fi
  step bootstrap bootstrap_tree && step configure configure_tree &&
    step build make -C $build -j "$jobs"
}
