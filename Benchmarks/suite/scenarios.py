"""What is measured, and how often."""

import sys
import time

from . import clean_rate, flood
from .generator import measure

NAMES = ["start", "memory", "latency", "clean", "flood"]

START_RUNS = 7
MEMORY_RUNS = 3
LATENCY_RUNS = 3
CLEAN_PASSES = 3
VIEWER_COUNTS = [1, 10]
# What a fresh server needs until its memory is what it stays at.
SETTLE_SECONDS = 0.7


def run(contestants, cores, names):
    """Results by scenario, then contestant: lists of one value, or one record, a run."""
    results = {}
    for name in NAMES:
        if name not in names:
            continue
        print(f"bench: {name}", file=sys.stderr)
        results[name] = SCENARIOS[name](contestants, cores)
    return results


def _alternating(contestants, runs, body):
    """Runs `body` for one contestant after the other, so that a change of the machine meets all of them."""
    results = {contestant.name: [] for contestant in contestants}
    for _ in range(runs):
        for contestant in contestants:
            results[contestant.name].append(body(contestant))
    return results


def _start(contestants, cores):
    def once(contestant):
        with contestant.start(cores[0]) as server:
            return server.start_seconds * 1000

    return _alternating(contestants, START_RUNS, once)


def _memory(contestants, cores):
    def once(contestant):
        with contestant.start(cores[0]) as server:
            time.sleep(SETTLE_SECONDS)
            return server.pss_bytes() / 2**20

    return _alternating(contestants, MEMORY_RUNS, once)


def _latency(contestants, cores):
    def once(contestant):
        with contestant.start(cores[0]) as server:
            before = server.cpu_seconds()
            answer = measure(server, cores[1], rate=5000, seconds=4, viewers=1, connections=100)
            answer["server_cpu"] = (server.cpu_seconds() - before) / answer["seconds"]
            return answer

    return _alternating(contestants, LATENCY_RUNS, once)


def _clean(contestants, cores):
    found = {}
    for viewers in VIEWER_COUNTS:
        known = {}

        def once(contestant, viewers=viewers, known=known):
            with contestant.start(cores[0]) as server:
                answer = clean_rate.search(server, cores[1], viewers, known.get(contestant.name))
            known[contestant.name] = answer["rung"]
            print(f"bench:   {contestant.name}, {viewers} viewers: {answer['rate']}/s", file=sys.stderr)
            return answer

        found[str(viewers)] = _alternating(contestants, CLEAN_PASSES, once)
    return found


def _flood(contestants, cores):
    return _alternating(contestants, 1, lambda contestant: flood.once(contestant, cores))


SCENARIOS = {"start": _start, "memory": _memory, "latency": _latency, "clean": _clean, "flood": _flood}
