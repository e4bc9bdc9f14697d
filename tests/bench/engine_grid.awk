# SPDX-License-Identifier: GPL-3.0-or-later
# From the CSV of engine_grid: how far apart the engines are, as Markdown. The limits are those of
# lib/study/tick_region.c.
BEGIN { FS = "," }
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
function of(name) { return $column[name] }
function sized(number) { return number < 0 ? -number : number }
function put(group,   n) {
  if (!(group in count)) order[++groups] = group
  n = ++count[group]
  value["hours", group, n] = sized(of("container_hours_percent"))
  value["cost", group, n] = sized(of("cost_percent"))
  value["p95", group, n] = sized(of("p95_percent"))
  value["p99", group, n] = sized(of("p99_percent"))
  inside[group] += sized(of("container_hours_percent")) <= 2 && sized(of("p95_percent")) <= 15
}
# Why a setting is outside of the region, "" when it is not.
function reason(   blind, bursts, arrivals) {
  arrivals = of("arrivals")
  bursts = arrivals ~ /burst/ ? sqrt(substr(arrivals, 7) / (60 * of("rate"))) : 0
  blind = of("balancer") ~ /random|round_robin|two_choices/
  if (of("failed_request_percent") > 0.1) return "requests fail"
  if (of("containers") < 3) return "fewer than 3 containers"
  if (bursts > 0.05) return "bursts"
  if (of("balancer") == "round_robin" && of("workers") > of("vcpu")) return "round robin over shared cores"
  if (of("full") > (blind ? 0.45 : 0.8)) return "load above " (blind ? "45 %, random, round robin, two choices" : "80 %")
  return ""
}
{
  why = reason()
  if (why != "") { put("outside: " why); next }
  put("inside: all")
  put("inside: " of("balancer"))
  put("inside: " of("workers") " workers on " of("vcpu") " vCPU")
  put("inside: cv of CPU demand " of("cv"))
  put("inside: target " 100 * of("target") " %")
  put("inside: " of("arrivals") " arrivals")
}
# The value that a share of the group's settings does not exceed.
function rank(what, group, share,   n, i, j, list, kept) {
  n = count[group]
  for (i = 1; i <= n; i++) {
    kept = value[what, group, i]
    for (j = i - 1; j >= 1 && list[j] > kept; j--) list[j + 1] = list[j]
    list[j + 1] = kept
  }
  i = int(share * n + 0.999999)
  return list[i < 1 ? 1 : i]
}
function cell(what, group) {
  return sprintf("%.1f / %.1f / %.1f", rank(what, group, 0.5), rank(what, group, 0.95), rank(what, group, 1))
}
function line(group) {
  printf "| %s | %d | %s | %s | %s | %s | %.0f %% |\n", group, count[group], cell("hours", group),
    cell("cost", group), cell("p95", group), cell("p99", group), 100 * inside[group] / count[group]
}
END {
  print "| settings | number | container-hours | cost | p95 | p99 | within both limits |"
  print "|---|---|---|---|---|---|---|"
  for (g = 1; g <= groups; g++) if (order[g] ~ /^inside/) line(order[g])
  for (g = 1; g <= groups; g++) if (order[g] ~ /^outside/) line(order[g])
}
