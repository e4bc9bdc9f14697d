# SPDX-License-Identifier: GPL-3.0-or-later
"""M/M/10 at a load of 0.8 in SimPy: requests per second of CPU time. simpy_bench.py [FIGURES]

FIGURES is what request_bench printed in the same run: its line M/M/10 is the same work.
"""

import random
import re
import sys
import time

import simpy

SERVERS, LOAD, RATE, REQUESTS = 10, 0.8, 1.0, 300000


def request(env, servers, draw, waited):
    arrival = env.now
    with servers.request() as server:
        yield server
        yield env.timeout(draw.expovariate(RATE))
    waited.append(env.now - arrival)


def source(env, count, servers, draw, waited):
    for _ in range(count):
        yield env.timeout(draw.expovariate(LOAD * SERVERS * RATE))
        env.process(request(env, servers, draw, waited))


def main():
    count = REQUESTS
    rates = []
    for seed in range(3):
        waited = []
        env = simpy.Environment()
        servers = simpy.Resource(env, SERVERS)
        begin = time.process_time()
        env.process(source(env, count, servers, random.Random(seed), waited))
        env.run()
        rates.append(count / (time.process_time() - begin))
    rates.sort()
    rate = rates[len(rates) // 2]
    print(f"SimPy {simpy.__version__}, M/M/{SERVERS} at {LOAD}: {count} requests, "
          f"{rate:.0f} requests/s, mean latency {sum(waited) / count:.4f} s")
    for line in open(sys.argv[1], encoding="ascii") if len(sys.argv) > 1 else []:
        found = re.match(r"M/M/10 .* ([0-9.]+) M/s", line)
        if found:
            print(f"the request engine did {1e6 * float(found.group(1)) / rate:.0f} times as many")


if __name__ == "__main__":
    main()
