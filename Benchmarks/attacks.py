#!/usr/bin/env python3
"""make bench-attacks: what good clients notice while others do harm to the ingest port.

  attacks.py [--seconds S] [--rounds R] [--attack NAME]...

A server with one worker has 100 visitors who tell 20 moves a second each, and a viewer who gets every one. Runs with an
attack and without take turns; what is told is the p99 of samples on their way, the ratio of each pair, how far the
memory of worker and master grew, and what became of whoever did harm. The server has a core, visitors and attackers
share the other one, where attackers have what visitors leave. A pair beside which other processes or the hypervisor took
more than 0.1 cores is made again, at most as often as there are rounds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

from suite import attackers, generator, processes
from suite.contestants import ADDRESSES
from suite.machine import Neighbours, prefer, split_cores
from suite.paths import BENCHMARKS, POINTERSCOPE
from suite.server import Server
from suite.tables import grid

VISITORS, RATE = 100, 20
# Cores that others may take beside a pair.
OTHERS = 0.1
COMMAND = [POINTERSCOPE, "serve", "--headless", *ADDRESSES, "--workers", 1, "--deflate"]


def resident(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS:"))


class Harm:
    """An attack in a process of its own."""

    def __init__(self, server, kind, core):
        self.process = subprocess.Popen(
            [sys.executable, BENCHMARKS / "suite" / "attackers.py", server.ingest, kind], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, core))

    def end(self):
        return json.loads(self.process.communicate()[0])


def run(kind, cores, seconds):
    """p99 in ms, growth of worker and master in MiB, what became of the attackers, and whether nobody else was busy."""
    prefer(0)
    with Server(COMMAND, None, cores[0]) as server:
        master = server.process.pid
        (worker,) = [pid for pid in processes.tree(master) if pid != master]
        before = {pid: resident(pid) for pid in (worker, master)}
        # The attack has begun when the visitors come.
        harm = Harm(server, kind, cores[1])
        prefer(-20)
        neighbours = Neighbours(master, harm.process.pid)
        report = generator.measure(
            server, cores[1], visitors=VISITORS, rate=RATE, duration=f"{seconds}s", warm_up="1s", viewers=1)
        growth = [(resident(pid) - before[pid]) / 2**20 for pid in (worker, master)]
        is_quiet = max(neighbours.cores()) <= OTHERS
        return report["latency_ms"]["p99"], growth, harm.end(), is_quiet


def words(endings):
    return ", ".join(f"{count:,} {how}" for how, count in sorted(endings.items())) or "none ended"


def measure(kind, cores, seconds, rounds):
    """A row of the table."""
    with_it, ratios, growths, tries = [], [], [], 0
    told = {}
    while len(ratios) < rounds and tries < 2 * rounds:
        pair = {}
        for one in (kind, "nothing") if tries % 2 else ("nothing", kind):
            pair[one] = run(one, cores, seconds)
        tries += 1
        if all(found[3] for found in pair.values()):
            with_it.append(pair[kind][0])
            ratios.append(pair[kind][0] / pair["nothing"][0])
            growths.append(pair[kind][1])
            told = pair[kind][2]
    if not ratios:
        return [kind, "-", "-", "-", "-", f"the machine was never quiet, {tries} tries"]
    return [
        kind, f"{statistics.median(with_it):.2f} ms",
        f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
        f"{max(growth[0] for growth in growths):+.1f} MiB", f"{max(growth[1] for growth in growths):+.1f} MiB",
        f"{told['made']:,} connections, {told['written'] / 2**20:,.1f} MiB; {words(told['endings'])}"]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=6)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--attack", action="append", choices=attackers.KINDS, help="repeatable (default: all)")
    chosen = options.parse_args()
    cores = split_cores()
    rows = [["attack", "p99 meanwhile", "ratio to without", "worker", "master", "attackers"],
            ["---", "---:", "---:", "---:", "---:", "---"]]
    for kind in chosen.attack or attackers.KINDS:
        rows.append(measure(kind, cores, chosen.seconds, chosen.rounds))
        print(" | ".join(rows[-1]), file=sys.stderr, flush=True)
    print(grid(rows))


if __name__ == "__main__":
    main()
