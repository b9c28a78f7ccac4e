#!/usr/bin/env python3
"""make bench-no-drop: reloads and upgrades in a row under thousands of connections, of which nothing may be lost.

  no_drop.py [--visitors N] [--rate HZ] [--cut C] [--reloads R] [--upgrades U] [--workers W] [--no-deflate]

N visitors send HZ numbered samples a second each, and a viewer in the default shape reads all of them. C more send their
frames in pieces, cut at random bytes, so that most of them are in the middle of a frame whenever connections move; every
other one of these compresses its messages, unless the server is told not to (--no-deflate). Meanwhile the workers are replaced R times in a row (`reload`), and then the master is U times (`upgrade`). Ends with status 1 where a
connection was closed, a sample was lost, came twice or out of order, a newcomer was turned away, or the viewer's stream
broke; and says how many connections moved, and how long each reload and upgrade took.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time

from suite import counters, cut_speakers, generator, machine
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
    parser.add_argument("--cut", type=int, default=1_000)
    parser.add_argument("--no-deflate", action="store_true")
    options = parser.parse_args()
    neighbours = machine.Neighbours()
    cores = machine.split_cores()
    with tempfile.TemporaryDirectory(prefix="no-drop-") as folder, Server(
            [POINTERSCOPE, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers",
             options.workers, "--state", f"{folder}/state", "--control", f"{folder}/control"]
            + ([] if options.no_deflate else ["--deflate"]), None, cores[0]) as server:
        operator = Operator(f"{folder}/control")
        load = generator.start(
            server, cores[1], visitors=options.visitors, rate=options.rate, ramp="5s", duration="1h", settle="20s",
            viewers=1)
        while counters.total(counters.read(server), "pointerscope_connections") < options.visitors:
            if load.poll() is not None:
                generator.finish(load)
            time.sleep(0.2)
        cut = cut_speakers.CutSpeakers(server, options.cut, not options.no_deflate)
        cut.start()
        # Until everybody has begun.
        time.sleep(cut_speakers.PAUSE_SECONDS[1])
        halves = []

        def change(what):
            halves.append(cut.half_sent())
            return again(operator, what)

        reloads = [change("reload") for _ in range(options.reloads)]
        upgrades = [change("upgrade") for _ in range(options.upgrades)]
        # Those that the last ones replaced have until then to drop somebody.
        while len(operator.workers()) > options.workers:
            time.sleep(0.2)
        cut_sent, cut_found = cut.end()
        answer = generator.interrupt(load)
        moved = counters.read(server).get('pointerscope_connections_moved_total{step="taken_over"}', 0)
    arrived = answer["arrived"]
    print(f"{options.visitors:,} connections, {answer['sent']:,} samples; {moved:,.0f} times a connection moved")
    print(f"reloads: {len(reloads)}, {spread(reloads)} until the new workers serve; upgrades: {len(upgrades)}, "
          f"{spread(upgrades) if upgrades else '-'} until the new master does")
    print(f"{options.cut:,} connections more with frames cut at random bytes, {0 if options.no_deflate else options.cut // 2:,}"
          f" of them compressed: {cut_sent:,} samples; {statistics.median(halves or [0]):.0f} (median) were in the middle "
          "of a message when a change was asked for")
    found = {name: arrived[name] for name in ("missing", "duplicates", "disordered", "foreign", "resets")}
    found["errors"] = answer["errors"]
    found["closed"] = options.visitors - answer["open"]
    found |= cut_found
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
