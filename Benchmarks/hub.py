#!/usr/bin/env python3
"""make bench-hub [BEFORE=TREE]: the hub by itself, in one process without sockets.

What a sample, a frame and a keyframe cost; what one who sees a page of 200 costs beside one who sees everything, and
which part of the bytes they get; what viewers that stand still in a catch-up cost everyone else; how long a
hub of 100,000 visitors takes to be written into memory and read back. Times are CPU time of the one thread.

With --before, another checkout of this project is measured with the same driver: the two take turns, the other going
first in every second pair, and each pair gives a ratio (this one / the other). A scenario that the other does not have
is left out.

  hub.py [--before TREE] [--rounds N] [--only SCENARIO]...
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

from suite.paths import BENCHMARKS, BUILD, ROOT

PACKAGE = BENCHMARKS / "hub-benchmark"


def build(tree, name):
    """The driver over the hub of `tree`."""
    scratch = BUILD / name
    environment = {**os.environ, "POINTERSCOPE_TREE": str(tree)}
    if (tree / "Sources/BroadcastHub/Snapshot").is_dir():
        environment["POINTERSCOPE_SNAPSHOT"] = "1"
    if (tree / "Sources/BroadcastHub/Scopes/StreamFilter.swift").is_file():
        environment["POINTERSCOPE_FILTERS"] = "1"
    subprocess.run(
        [os.environ.get("SWIFT", "swift"), "build", "-c", "release", "--package-path", PACKAGE, "--scratch-path", scratch],
        check=True, stdout=sys.stderr, env=environment)
    return scratch / "release" / "HubBenchmark"


def figures(driver, only):
    """One run's figures by name."""
    output = subprocess.run([driver, *only], check=True, capture_output=True, text=True).stdout
    lines = [line.split("\t") for line in output.splitlines()]
    return {f"{scenario}: {name}": float(figure) for scenario, name, figure in lines}


def spread(values, digits=None):
    if digits is None:
        digits = 1 if statistics.median(values) >= 10 else 3
    return (f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=pathlib.Path, metavar="TREE", help="another checkout to hold this one against")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (default 5)")
    parser.add_argument("--only", action="append", default=[], help="just this scenario (repeatable)")
    options = parser.parse_args()
    now = build(ROOT, "hub-now")
    before = build(options.before.resolve(), "hub-before") if options.before else None
    found, ratios = {}, {}
    for number in range(options.rounds):
        # The other one goes first in every second pair.
        drivers = [driver for driver in (now, before) if driver]
        answers = {driver: figures(driver, options.only) for driver in (drivers if number % 2 else drivers[::-1])}
        for name, figure in answers[now].items():
            found.setdefault(name, []).append(figure)
            if before and name in answers[before]:
                ratios.setdefault(name, []).append(figure / answers[before][name])
    for name, values in found.items():
        ratio = f", ratio {spread(ratios[name], 3)}" if name in ratios else ""
        print(f"{name}: {spread(values)}{ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
