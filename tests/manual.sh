#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual says what the command says. NEAP_UPDATE=1 rewrites neap-scenario(5) from the command.
: "${top_srcdir:?run by make check}"
: "${NEAP:?run by make check}"
cd "$top_srcdir" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
page=doc/neap-scenario.5
LC_ALL=C; TZ=UTC0
export LC_ALL TZ NEAP
n=0; bad=0

# verdict NAME: passed when $work/problems is empty
verdict() {
  n=$((n + 1))
  if [ ! -s "$work/problems" ]; then
    echo "ok $n - $1"
  else
    bad=1; echo "not ok $n - $1"
    sed 's/^/# /' "$work/problems" | head -n 40
  fi
  : >"$work/problems"
}

: >"$work/problems"
sections=$("$NEAP" help | sed -n "/^scenario's section:/s/.*: //p")
commands=$("$NEAP" help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
if [ -z "$sections" ] || [ -z "$commands" ]; then
  echo 'Bail out! neap help lists nothing'
  exit 1
fi

if [ -n "$NEAP_UPDATE" ]; then
  sh doc/make_scenario_page.sh >"$work/page" && cp "$work/page" "$page"
fi

for section in $sections; do
  grep -q "^\.Ss \[$section" "$page" || echo "no section [$section]" >>"$work/problems"
  "$NEAP" help "$section" | sed -n 's/^  \([a-z][a-z0-9_.]*\) = .*/\1/p' >"$work/keys"
  [ -s "$work/keys" ] || echo "neap help $section shows no keys" >>"$work/problems"
  awk -v section="$section" '
    /^\.Ss / { here = $2 == "[" section "]" || $2 == "[" section }
    here && /^\.It Ic "/ { print substr($3, 2) }' "$page" >"$work/described"
  while read -r key; do
    grep -qxF "$key" "$work/described" || echo "[$section] $key is not described" >>"$work/problems"
  done <"$work/keys"
  verdict "neap-scenario(5) has every key of [$section]"
done

sh doc/make_scenario_page.sh >"$work/page" 2>>"$work/problems"
diff -u "$page" "$work/page" >>"$work/problems"
verdict 'neap-scenario(5) is what make_scenario_page.sh writes: else NEAP_UPDATE=1 make check'

for command in $commands; do
  grep -q "^\.It Cm $command\$" doc/neap.1 || echo "no command $command" >>"$work/problems"
  "$NEAP" "$command" --help | sed -n 's/^  .*--\([a-z-]*\).*/\1/p' >"$work/options"
  while read -r option; do
    grep -qE "^\.It .*Fl Fl $option( |\$)" doc/neap.1 || echo "no option --$option" >>"$work/problems"
  done <"$work/options"
  verdict "neap(1) has $command and its options"
done

awk '/^\.Sh EXAMPLES/ { here = 1 } here && /^\.Bd/ { in_it = 1; next } /^\.Ed/ { in_it = 0 }
  here && in_it' "$page" >"$work/scenario.ini"
cp examples/python-upgrade/traffic.csv.gz "$work" || exit 99
"$NEAP" check "$work/scenario.ini" >"$work/output" 2>&1 || cat "$work/output" >>"$work/problems"
verdict "the example of neap-scenario(5) is sound"

for file in doc/*.[1-8]; do
  if command -v mandoc >/dev/null; then
    mandoc -Tlint -Wwarning "$file" >>"$work/problems" 2>&1
    verdict "mandoc has nothing against $file"
  else
    n=$((n + 1)); echo "ok $n - mandoc has nothing against $file # SKIP no mandoc"
  fi
done
echo "1..$n"
exit $bad
