# SPDX-License-Identifier: GPL-3.0-or-later
"""The request engine's model once more, as plain as SimPy allows: a process for each request.

It shares no code, no random numbers and no data structure with the library. A request takes a
worker, needs CPU, which those on CPU share evenly with one core each at most, then waits without
CPU, and gives the worker back.
"""

import math
import random

import simpy


class Cpu:
    """Cores that the requests on them share, each with one at most.

    `work` is the CPU time that a request has had that was here all along; a request is done when
    it has grown by the request's demand.
    """

    def __init__(self, env, cores):
        self.env = env
        self.cores = cores
        self.work = 0.0
        self.since = 0.0
        self.jobs = []  # (work at its end, event)
        self.used = 0.0
        self.change = 0  # a timer set before the last change means nothing

    def speed(self):
        return min(1.0, self.cores / len(self.jobs)) if self.jobs else 0.0

    def catch_up(self):
        passed = (self.env.now - self.since) * self.speed()
        self.work += passed
        self.used += passed * len(self.jobs)
        self.since = self.env.now

    def arrange(self):
        self.change += 1
        if self.jobs:
            first = min(self.jobs)
            after = max(0.0, (first[0] - self.work) / self.speed())
            self.env.process(self.finish(first, after, self.change))

    def finish(self, job, after, change):
        yield self.env.timeout(after)
        if change == self.change:
            self.catch_up()
            self.jobs.remove(job)
            job[2].succeed()
            self.arrange()

    def use(self, demand, number):
        self.catch_up()
        done = self.env.event()
        self.jobs.append((self.work + demand, number, done))
        self.arrange()
        return done


class Service:
    """A fleet of so many containers, with one queue for all or a queue each, chosen at random."""

    def __init__(self, env, setting, draw):
        self.env = env
        self.draw = draw
        self.setting = setting
        self.latency = []
        self.begin = setting["warmup"]
        self.number = 0
        self.cpus = [Cpu(env, setting["cores"]) for _ in range(setting["containers"])]
        self.inside = [0 for _ in self.cpus]
        self.line = []  # of one queue for all
        self.workers = [simpy.Resource(env, setting["workers"]) for _ in self.cpus]

    def lognormal(self, mean, cv):
        if cv == 0 or mean == 0:
            return mean
        variance = math.log(1 + cv * cv)
        return self.draw.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))

    def serve(self, cpu):
        self.number += 1
        yield cpu.use(self.lognormal(*self.setting["demand"]), self.number)
        yield self.env.timeout(self.lognormal(*self.setting["wait"]))

    def take(self):
        """With one queue: a worker where fewest requests are, or the next one that is free."""
        least = min(self.inside)
        given = self.env.event()
        if least < self.setting["workers"]:
            index = self.draw.choice([i for i, n in enumerate(self.inside) if n == least])
            self.inside[index] += 1
            given.succeed(index)
        else:
            self.line.append(given)
        return given

    def give_back(self, index):
        if self.line:
            self.line.pop(0).succeed(index)
        else:
            self.inside[index] -= 1

    def request(self):
        arrival = self.env.now
        if self.setting["central"]:
            index = yield self.take()
            yield from self.serve(self.cpus[index])
            self.give_back(index)
        else:
            index = self.draw.randrange(len(self.cpus))
            with self.workers[index].request() as worker:
                yield worker
                yield from self.serve(self.cpus[index])
        if self.env.now >= self.begin:
            self.latency.append(self.env.now - arrival)

    def arrivals(self, start, length, count, exact):
        """Those of one interval."""
        if exact:
            times = sorted(self.draw.random() * length for _ in range(count))
        else:
            times = []
            at = self.draw.expovariate(count / length) if count > 0 else length
            while at < length:
                times.append(at)
                at += self.draw.expovariate(count / length)
        for at in times:
            yield self.env.timeout(max(0.0, start + at - self.env.now))
            self.env.process(self.request())

    def traffic(self):
        setting = self.setting
        step, counts = setting["step"], setting["counts"]
        before = int(setting["warmup"] / step)
        for i, count in enumerate([counts[0]] * before + counts):
            yield from self.arrivals(i * step, step, count, setting["exact"])


def quantile(ordered, share):
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def run(setting, seed):
    """What neap replay tells of the same setting."""
    env = simpy.Environment()
    service = Service(env, setting, random.Random(seed))
    env.process(service.traffic())
    env.run(until=setting["warmup"])
    for cpu in service.cpus:
        cpu.catch_up()
        cpu.used = 0.0
    env.run(until=setting["warmup"] + setting["step"] * len(setting["counts"]))
    for cpu in service.cpus:
        cpu.catch_up()
    ordered = sorted(service.latency)
    return {
        "mean": sum(ordered) / len(ordered),
        "p50": quantile(ordered, 0.50),
        "p95": quantile(ordered, 0.95),
        "p99": quantile(ordered, 0.99),
        "cpu_hours": sum(cpu.used for cpu in service.cpus) / 3600,
    }
