# SPDX-License-Identifier: GPL-3.0-or-later
"""M/M/10 at a load of 0.8 in SimPy: requests per second of CPU time. simpy_bench.py [REQUESTS]

What `make bench` does with a shared queue, for comparison on the same machine.
"""

import random
import sys
import time

import simpy

SERVERS, LOAD, RATE = 10, 0.8, 1.0


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
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300000
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
    print(f"SimPy {simpy.__version__}, M/M/{SERVERS} at {LOAD}: {count} requests, "
          f"{rates[len(rates) // 2]:.0f} requests/s, mean latency {sum(waited) / count:.4f} s")


if __name__ == "__main__":
    main()
