#!/usr/bin/env python3
"""make bench-balance: what each way to place connections costs, and how evenly it fills workers.

  balance.py [--arrivals N] [--under-way K] [--rounds R] [--workers W]

For each policy a server of its own is started R times, by turns. N newcomers, K of them under way at a time, connect
and shake hands, and stay: how many a second that were, and how much CPU master and workers took for each. Then how many
times as many connections the fullest worker has as the emptiest: after the arrivals; after a worker was killed and as
many newcomers have come as fell with it; and after `scale` to twice as many workers. Evening out, which is on in all
policies when workers have come, is waited for. Ends with status 1 where somebody was refused or not answered, or where
the default was further apart than 1.1.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from suite import build, counters, machine, processes
from suite.control_socket import Operator
from suite.paths import POINTERSCOPE
from suite.server import Server

POLICIES = ("least-connections", "round-robin", "shared", "reuseport")
MOST_APART = 1.1
PATIENCE_SECONDS = 30
# Evening out begins 3 s after a worker came.
STILL_SECONDS = 4
PERIOD_SECONDS = 0.2


class Newcomers:
    """The generator, which keeps open what came."""

    def __init__(self, server, core, under_way):
        host, _, port = server.ingest.rpartition(":")
        self.process = subprocess.Popen(
            [build.program("newcomers"), host, port, str(under_way)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, preexec_fn=lambda: os.sched_setaffinity(0, core))

    def come(self, count):
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if answer["opened"] != count:
            sys.exit(f"of {count:,} newcomers only {answer['opened']:,} came in: {answer}")
        return answer["seconds"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def filled(operator, workers):
    """Connections of each worker once there are so many."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = [value for kind, value in operator.ask("workers")[0] if kind == "worker"]
        if len(found) == workers and all(worker["state"] == "running" for worker in found):
            return [worker["connections"] for worker in found]
        time.sleep(0.05)
    sys.exit(f"there are no {workers} workers")


def apart(operator, workers, total):
    """How far they are apart once nothing moves any more."""
    before, still = None, 0
    deadline = time.monotonic() + PATIENCE_SECONDS
    while still < STILL_SECONDS / PERIOD_SECONDS and time.monotonic() < deadline:
        counts = filled(operator, workers)
        still = still + 1 if counts == before and sum(counts) == total else 0
        before = counts
        time.sleep(PERIOD_SECONDS)
    if sum(before) != total:
        sys.exit(f"{total:,} connections are to be there, and {sum(before):,} are")
    return max(before) / max(1, min(before))


def run(policy, options, cores):
    with tempfile.TemporaryDirectory(prefix="balance-") as folder, Server(
            [POINTERSCOPE, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers",
             options.workers, "--balance", policy, "--control", f"{folder}/control"], None, cores[0]) as server:
        operator = Operator(f"{folder}/control")
        with Newcomers(server, cores[1], options.under_way) as newcomers:
            newcomers.come(100)
            before = processes.cpu_seconds(server.pid)
            seconds = newcomers.come(options.arrivals)
            spent = processes.cpu_seconds(server.pid) - before
            total = options.arrivals + 100
            result = {
                "rate": options.arrivals / seconds, "cpu": 1e6 * spent / options.arrivals,
                "arrived": apart(operator, options.workers, total)}
            victim, _ = operator.workers()[0]
            os.kill(victim, signal.SIGKILL)
            while victim in [pid for pid, _ in operator.workers()]:
                time.sleep(0.02)
            left = sum(filled(operator, options.workers))
            newcomers.come(total - left)
            result["restarted"] = apart(operator, options.workers, total)
            operator.ask(f"scale {2 * options.workers}")
            result["scaled"] = apart(operator, 2 * options.workers, total)
            found = counters.read(server)
            if counters.total(found, "pointerscope_connections_refused_total"):
                sys.exit(f"{policy}: somebody was refused")
            result["taken"] = 100 * counters.total(found, "pointerscope_connections_taken_total") / counters.total(
                found, "pointerscope_connections_accepted_total")
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arrivals", type=int, default=10_000)
    parser.add_argument("--under-way", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    neighbours = machine.Neighbours()
    cores = machine.split_cores()
    load = os.getloadavg()[0]
    results = {policy: [] for policy in POLICIES}
    for _ in range(options.rounds):
        for policy in POLICIES:
            results[policy].append(run(policy, options, cores))
    print(f"{options.arrivals:,} newcomers, {options.under_way} under way at a time, {options.workers} workers, "
          f"medians of {options.rounds}; the server's tree has one core, the newcomers the other")
    print("| policy | newcomers/s | CPU a newcomer | accepted by workers | fullest : emptiest, arrived | after a "
          "worker's death | after scaling |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for policy, found in results.items():
        middle = {key: statistics.median(one[key] for one in found) for key in found[0]}
        worst = {key: max(one[key] for one in found) for key in ("arrived", "restarted", "scaled")}
        rates = [one["rate"] for one in found]
        cells = [f"`{policy}`", f"{middle['rate']:,.0f} ({min(rates):,.0f} to {max(rates):,.0f})",
                 f"{middle['cpu']:.0f} µs", f"{middle['taken']:.0f} %"]
        print(f"| {' | '.join(cells)} | "
              + " | ".join(f"{middle[key]:.3f} (at most {worst[key]:.3f})" for key in worst) + " |")
    others, stolen = neighbours.cores()
    print(f"load before: {load:.2f}; meanwhile other processes took {others:.2f} cores, the hypervisor {stolen:.2f}")
    furthest = max(max(one[key] for key in ("arrived", "restarted", "scaled")) for one in results[POLICIES[0]])
    if furthest > MOST_APART:
        sys.exit(f"{POLICIES[0]} was {furthest:.3f} apart, and may be {MOST_APART}")


if __name__ == "__main__":
    try:
        main()
    except subprocess.SubprocessError as problem:
        sys.exit(f"bench: {problem}")
