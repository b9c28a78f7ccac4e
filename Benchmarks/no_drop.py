#!/usr/bin/env python3
"""make bench-no-drop: reloads and upgrades in a row under thousands of connections, of which nothing may be lost.

  no_drop.py [--visitors N] [--rate HZ] [--reloads R] [--upgrades U] [--workers W]

N visitors send HZ numbered samples a second each, and a viewer in the default shape reads all of them. Meanwhile the
workers are replaced R times in a row (`reload`), and then the master is U times (`upgrade`). Ends with status 1 where a
connection was closed, a sample was lost, came twice or out of order, a newcomer was turned away, or the viewer's stream
broke; and says how many connections moved, and how long each reload and upgrade took.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time

from suite import counters, generator, machine
from suite.control_socket import Operator
from suite.paths import POINTERSCOPE
from suite.server import Server

BUSY = 75
ATTEMPTS = 100


def again(operator, what):
    """Asks until it is done: while workers of before still go, one more change may be refused. Seconds."""
    for _ in range(ATTEMPTS):
        began = time.monotonic()
        items, status = operator.ask(what)
        if status == 0:
            return time.monotonic() - began
        if status != BUSY:
            sys.exit(f"{what}: {items[-1][1]}")
        time.sleep(0.2)
    sys.exit(f"{what} was refused {ATTEMPTS} times")


def spread(seconds):
    low, middle, high = (f"{1000 * value:.0f}" for value in (min(seconds), statistics.median(seconds), max(seconds)))
    return f"{middle} ms ({low} to {high})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=1)
    parser.add_argument("--reloads", type=int, default=100)
    parser.add_argument("--upgrades", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    neighbours = machine.Neighbours()
    cores = machine.split_cores()
    with tempfile.TemporaryDirectory(prefix="no-drop-") as folder, Server(
            [POINTERSCOPE, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers",
             options.workers, "--state", f"{folder}/state", "--control", f"{folder}/control"], None, cores[0]) as server:
        operator = Operator(f"{folder}/control")
        load = generator.start(
            server, cores[1], visitors=options.visitors, rate=options.rate, ramp="5s", duration="1h", settle="20s",
            viewers=1)
        while counters.total(counters.read(server), "pointerscope_connections") < options.visitors:
            if load.poll() is not None:
                generator.finish(load)
            time.sleep(0.2)
        reloads = [again(operator, "reload") for _ in range(options.reloads)]
        upgrades = [again(operator, "upgrade") for _ in range(options.upgrades)]
        # Those that the last ones replaced have until then to drop somebody.
        while len(operator.workers()) > options.workers:
            time.sleep(0.2)
        answer = generator.interrupt(load)
        moved = counters.read(server).get('pointerscope_connections_moved_total{step="taken_over"}', 0)
    arrived = answer["arrived"]
    print(f"{options.visitors:,} connections, {answer['sent']:,} samples; {moved:,.0f} times a connection moved")
    print(f"reloads: {len(reloads)}, {spread(reloads)} until the new workers serve; upgrades: {len(upgrades)}, "
          f"{spread(upgrades) if upgrades else '-'} until the new master does")
    found = {name: arrived[name] for name in ("missing", "duplicates", "disordered", "foreign", "resets")}
    found["errors"] = answer["errors"]
    found["closed"] = options.visitors - answer["open"]
    print(", ".join(f"{name} {count:,}" for name, count in found.items()))
    others, stolen = neighbours.cores()
    print(f"meanwhile other processes took {others:.2f} cores, the hypervisor {stolen:.2f}")
    if any(found.values()):
        sys.exit("something was dropped")
    print("nobody was dropped, nothing was lost")


if __name__ == "__main__":
    try:
        main()
    except subprocess.SubprocessError as problem:
        sys.exit(f"bench: {problem}")
