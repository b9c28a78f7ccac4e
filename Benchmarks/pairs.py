#!/usr/bin/env python3
"""make bench-pairs BEFORE=BINARY: this build beside another one, by turns, as ratios.

On a machine whose speed changes by the minute a time alone says nothing: the two builds take turns, the other going
first in every second pair, and each pair gives a ratio (this build / the other). What is printed is their median with
the least and the greatest, so that 1.00 means no change. The generator is this build's for both.

  pairs.py --before BINARY [--pairs N] [--only SCENARIO]...
"""

import argparse
import json
import pathlib
import statistics
import sys

from suite import fan_out, generator, ingest_drain, monitors, terminal_cost
from suite.bench_run import ODDITIES, BenchRun, log
from suite.contestants import ADDRESSES, Contestant
from suite.drain import Drain
from suite.paths import POINTERSCOPE
from suite.server import Server

PACED_SECONDS = 4
VIEWERS = 100
DELIVERIES = 100_000
TERMINAL_VISITORS = 200
TERMINAL_SECONDS = 6


class Build(Contestant):
    """One build of this project."""

    has_metrics = True

    def __init__(self, name, binary):
        self.name, self.binary = name, binary

    def start(self, core, workers=2):
        return Server([self.binary, "serve", "--headless", *ADDRESSES, "--workers", workers], None, core)


class BuildOnTerminal(monitors.Front):
    """The picture that one build draws."""

    def __init__(self, build):
        super().__init__()
        self.name, self.program = build.name, str(build.binary)


def drain(coalesce):
    """Frames that are there already, on one core with everything the server has."""

    def once(run, build):
        with run.serving(build) as server:
            answer = generator.measure(
                server, run.generator_core, mode="drain", pid=server.pid, visitors=ingest_drain.VISITORS, queue=coalesce,
                coalesce=coalesce, duration="100ms", settle="1s")
        return {"CPU a frame": 1 / answer["drain"]["frames_per_cpu_second"]}

    return once


def paced(rate, viewers, visitors=100):
    """From page to viewer at a rate that the server has time for."""

    def once(run, build):
        with run.serving(build) as server:
            answer = generator.paced(
                server, run.generator_core, rate, visitors, PACED_SECONDS, viewers=viewers, warm_up="1s", settle="2s",
                pid=server.pid)
        if answer["arrived"]["missing"]:
            raise RuntimeError(f"{answer['arrived']['missing']} samples are missing")
        return {"p50": answer["latency_ms"]["p50"], "CPU": answer["server"]["cpu_share"]}

    return once


def hundred_viewers(run, build):
    """Each sample forwarded at once to a hundred streams in the default shape."""
    answer = fan_out.once(run, build, VIEWERS, DELIVERIES // VIEWERS, 2, fan_out.EACH_HERTZ)
    if answer["share"] < 1:
        raise RuntimeError(f"{answer['share']:.3f} of what was offered came to the viewers")
    return {"CPU a delivery": answer["cpu_microseconds"]}


def start(run, build):
    """From the start of the process to its word that it is ready, and what it holds then."""
    with run.serving(build) as server:
        return {"time to ready": server.start_seconds, "idle PSS": server.pss_bytes()}


def on_terminal(run, build):
    """What the front process takes while it draws the overview, ten pictures a second."""
    drained = Drain()
    try:
        found = terminal_cost.beside_others(drained, [BuildOnTerminal(build)], TERMINAL_VISITORS, 1, TERMINAL_SECONDS)
    finally:
        drained.close()
    answer = found[build.name][0]
    return {"CPU": answer["cpu_percent"], "bytes": answer["kib_per_second"]}


SCENARIOS = {
    "start": start, "drain-1": drain(1), "drain-16": drain(16), "paced-5000": paced(5_000, 1),
    "paced-50000": paced(50_000, 1, 200), "viewers-100": hundred_viewers, "terminal": on_terminal,
}


def pair(run, name, now, before, swapped):
    """The ratios of one pair, or nothing where one of the two failed."""
    found = {}
    for build in (before, now) if swapped else (now, before):
        try:
            found[build.name] = SCENARIOS[name](run, build)
        except ODDITIES as problem:
            log(f"  {name}, {build.name}: {problem}")
            return None
    return {figure: found[now.name][figure] / found[before.name][figure] for figure in found[now.name]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", required=True, type=pathlib.Path, metavar="BINARY", help="the other build")
    parser.add_argument("--pairs", type=int, default=6, help="pairs of each scenario (default 6)")
    parser.add_argument("--only", action="append", choices=list(SCENARIOS), help="just this one (repeatable)")
    parser.add_argument("--json", action="store_true", help="every ratio, as JSON")
    options = parser.parse_args()
    for binary in (POINTERSCOPE, options.before):
        if not binary.exists():
            sys.exit(f"bench: {binary} is not there")
    run = BenchRun(is_full=True)
    now, before = Build("now", POINTERSCOPE), Build("before", options.before.resolve())
    ratios = {}
    for name in options.only or SCENARIOS:
        for number in range(options.pairs):
            for figure, ratio in (pair(run, name, now, before, number % 2 == 1) or {}).items():
                ratios.setdefault(f"{name}, {figure}", []).append(ratio)
        for title in (title for title in ratios if title.startswith(f"{name},")):
            found = ratios[title]
            print(f"{title}: {statistics.median(found):.3f} ({min(found):.3f} to {max(found):.3f}), "
                  f"{len(found)} pairs", flush=True)
    if options.json:
        print(json.dumps(ratios))
    return 0


if __name__ == "__main__":
    sys.exit(main())
