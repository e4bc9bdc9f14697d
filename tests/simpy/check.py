# SPDX-License-Identifier: GPL-3.0-or-later
"""neap replay --engine request held against model.py: python3 check.py NEAP FOLDER

Each case is replayed with many seeds by both; the means of each number must agree within LIMIT of
their standard errors. Speaks TAP.
"""

import json
import math
import os
import statistics
import subprocess
import sys

import model

LIMIT = 4.5
SEEDS_NEAP, SEEDS_MODEL = 24, 8

CASES = [
    # one queue, a worker and a core each: nothing is shared
    {"name": "central queue, exact counts", "central": True, "exact": True, "containers": 6,
     "workers": 1, "cores": 1.0, "demand": (0.04, 1.2), "wait": (0.0, 0.0), "warmup": 60.0,
     "step": 60.0, "counts": [7200, 6000, 7800]},
    # two workers share a core, and hold it through their wait
    {"name": "random containers, two workers on a core, Poisson", "central": False, "exact": False,
     "containers": 8, "workers": 2, "cores": 1.0, "demand": (0.03, 1.0), "wait": (0.02, 0.5),
     "warmup": 60.0, "step": 60.0, "counts": [7200, 8400, 6000]},
    # one queue, four workers on a core and a half
    {"name": "central queue, four workers on 1.5 cores, Poisson", "central": True, "exact": False,
     "containers": 4, "workers": 4, "cores": 1.5, "demand": (0.04, 0.7), "wait": (0.03, 1.0),
     "warmup": 60.0, "step": 60.0, "counts": [6000, 7200, 4800]},
]


def write_scenario(case, folder):
    with open(os.path.join(folder, "traffic.csv"), "w", encoding="ascii") as file:
        file.write("time,requests\n")
        for i, count in enumerate(case["counts"]):
            file.write(f"{i * int(case['step'])},{count}\n")
    path = os.path.join(folder, "scenario.ini")
    with open(path, "w", encoding="ascii") as file:
        file.write(f"""[traffic]
file = traffic.csv
arrivals = {'exact' if case['exact'] else 'poisson'}
[profile old]
cpu_demand = mean={case['demand'][0]}s cv={case['demand'][1]}
wait = {'0s' if case['wait'][0] == 0 else f"mean={case['wait'][0]}s cv={case['wait'][1]}"}
[container]
vcpu = {case['cores']}
workers = {case['workers']}
queue_limit = 1000000
timeout = 1h
[balancer]
type = {'central' if case['central'] else 'random'}
[autoscaler]
type = fixed
replicas = {case['containers']}
[run]
engine = request
warmup = {int(case['warmup'])}s
""")
    return path


def replay(neap, path, seed):
    """The numbers of one replay."""
    text = subprocess.run([neap, "replay", path, "--format", "json", "--seed", str(seed)],
                          check=True, capture_output=True).stdout
    told = json.loads(text)["variants"][0]
    latency = told["latency_s"]
    return {"mean": latency["mean"], "p50": latency["p50"], "p95": latency["p95"],
            "p99": latency["p99"], "cpu_hours": told["cpu_hours"]}


def apart(ours, theirs):
    """By how many standard errors two means differ."""
    error = math.sqrt(statistics.variance(ours) / len(ours) +
                      statistics.variance(theirs) / len(theirs))
    return (statistics.fmean(ours) - statistics.fmean(theirs)) / error


def main():
    neap, folder = sys.argv[1:3]
    number = bad = 0
    for case in CASES:
        path = write_scenario(case, folder)
        ours = [replay(neap, path, seed) for seed in range(1, SEEDS_NEAP + 1)]
        theirs = [model.run(case, seed) for seed in range(1, SEEDS_MODEL + 1)]
        for key in ours[0]:
            z = apart([run[key] for run in ours], [run[key] for run in theirs])
            number += 1
            right = abs(z) < LIMIT
            bad += not right
            print(f"{'ok' if right else 'not ok'} {number} - {case['name']}: {key}")
            print(f"# neap {statistics.fmean(run[key] for run in ours):.6g}, "
                  f"SimPy {statistics.fmean(run[key] for run in theirs):.6g}, "
                  f"{z:+.2f} standard errors", flush=True)
    print(f"1..{number}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
