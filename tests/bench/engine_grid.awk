# SPDX-License-Identifier: GPL-3.0-or-later
# From the CSV of engine_grid: how far apart the engines are, by what a setting has in common, as
# Markdown. Settings with fewer than `least` containers on average are a row of their own.
BEGIN { FS = ","; if (least == "") least = 3 }
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
function sized(value) { return value < 0 ? -value : value }
function put(group, hours, cost, p95, p99) {
  if (!(group in count)) order[++groups] = group
  n = ++count[group]
  value["hours", group, n] = sized(hours); value["cost", group, n] = sized(cost)
  value["p95", group, n] = sized(p95); value["p99", group, n] = sized(p99)
  inside[group] += sized(hours) <= 2 && sized(p95) <= 15
}
{
  hours = $column["container_hours_percent"]; cost = $column["cost_percent"]
  p95 = $column["p95_percent"]; p99 = $column["p99_percent"]
  if ($column["failed_request_percent"] > 0.1) { put("requests fail", hours, cost, p95, p99); next }
  if ($column["containers"] < least) { put("fewer than " least " containers", hours, cost, p95, p99); next }
  put("all others", hours, cost, p95, p99)
  put("balancer " $column["balancer"], hours, cost, p95, p99)
  put("workers " $column["workers"] " on vCPU " $column["vcpu"], hours, cost, p95, p99)
  put("cv of CPU demand " $column["cv"], hours, cost, p95, p99)
  put("target " 100 * $column["target"] " %", hours, cost, p95, p99)
  put("requests/s " $column["rate"], hours, cost, p95, p99)
  put("arrivals " $column["arrivals"], hours, cost, p95, p99)
  if ($column["workers"] > $column["vcpu"] && $column["balancer"] == "round_robin")
    put("round robin, workers > vCPU", hours, cost, p95, p99)
}
# The k-th of n values by size, k = share of n.
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
END {
  print "| settings | number | container-hours | cost | p95 | p99 | within 2 % and 15 % |"
  print "|---|---|---|---|---|---|---|"
  for (g = 1; g <= groups; g++)
    printf "| %s | %d | %s | %s | %s | %s | %.0f %% |\n", order[g], count[order[g]], cell("hours", order[g]),
      cell("cost", order[g]), cell("p95", order[g]), cell("p99", order[g]), 100 * inside[order[g]] / count[order[g]]
}
