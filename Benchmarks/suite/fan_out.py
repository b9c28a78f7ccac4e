"""One stream written to many viewers."""

import json
import os
import subprocess
import time

from . import build, generator
from .bench_run import column, log
from .contestants import Compiled, Nchan, Pointerscope
from .tables import Figure, section

NAME = "fanout"

VIEWER_COUNTS = [100, 1000]
# Deliveries a second that everyone can do: what differs is their cost.
FIXED_DELIVERIES = 100_000
# Samples a second, tried one after the other for the highest that every viewer gets whole.
DELIVERY_RUNGS = [
    10_000, 20_000, 50_000, 100_000, 150_000, 200_000, 300_000, 400_000, 600_000, 800_000, 1_000_000, 1_500_000,
    2_000_000, 3_000_000, 4_000_000, 6_000_000, 8_000_000, 12_000_000, 16_000_000, 24_000_000, 32_000_000,
]
VISITORS = 50
# How the C part writes: as a server that forwards each sample at once, and where the limit is looked for, in bulk.
EACH_HERTZ, BULK_HERTZ = 1000, 100
MESSAGE_BYTES = 100
CONNECT_SECONDS = 0.5
SETTLE_SECONDS = 1
# The C part's clock and the suite's begin and end a little apart: a buffer of a tenth of a second may be missing.
WHOLE = {"C fanout": 0.9}
NEARLY_WHOLE = 0.8


def contestants(_run):
    return [Pointerscope(), Nchan(), Compiled("C fanout", "fanout")]


def measure(run):
    return {str(viewers): run.alternate(
        contestants(run), run.repeats(1, 2), lambda contestant, viewers=viewers: _both(run, contestant, viewers))
        for viewers in VIEWER_COUNTS}


def _both(run, contestant, viewers):
    """Cost at the fixed rate, then the highest rate that arrives whole."""
    seconds = 2
    fixed = once(run, contestant, viewers, FIXED_DELIVERIES // viewers, seconds, EACH_HERTZ)
    if not run.is_full:
        return fixed
    best, bound_by = 0, "ladder"
    low, high = -1, len(DELIVERY_RUNGS)
    while high - low > 1:
        middle = (low + high) // 2
        for _ in range(2):
            answer = once(run, contestant, viewers, DELIVERY_RUNGS[middle] // viewers, seconds, BULK_HERTZ)
            # What was nearly whole gets a second try: a hiccup of the machine is no property of the server.
            if not NEARLY_WHOLE < answer["share"] < WHOLE.get(contestant.name, 1):
                break
        if answer["share"] >= WHOLE.get(contestant.name, 1):
            low, best = middle, DELIVERY_RUNGS[middle]
        else:
            high, bound_by = middle, "reader" if answer["reader_share"] > generator.BUSY_SHARE else "server"
    log(f"  {contestant.name}, {viewers} viewers: up to {best:,} deliveries/s, bound by the {bound_by}")
    return {**fixed, "best": best, "bound_by": bound_by}


def once(run, contestant, viewers, rate, seconds, hertz):
    """Publishes at `rate` samples a second to so many viewers."""
    start = contestant.start
    if contestant.name == "C fanout":
        def start(core):
            each = min(rate, hertz)
            more = ["--messages", rate // each, "--hz", each, "--bytes", MESSAGE_BYTES]
            return contestant.start(core, more=more)
    with start(run.server_core) as server:
        readers = _pinned(run, [build.program("viewers"), server.http, "/receive/bench", viewers, seconds + 30],
                          stdin=subprocess.PIPE)
        try:
            readers.stdout.readline()
            time.sleep(CONNECT_SECONDS)
            cpu = server.cpu_seconds()
            sent = _publish(run, contestant, server, rate, seconds)
            cpu = server.cpu_seconds() - cpu
            output, _ = readers.communicate("\n", timeout=30)
        finally:
            readers.kill()
            readers.wait()
    answer = json.loads(output.splitlines()[-1])
    if sent is None:
        # The C part publishes from its start to the readers' end.
        sent = rate * answer["seconds"]
    messages = answer["messages"]
    # A publisher that could not keep to its rate has not offered it.
    offered = min(1, sent / (rate * seconds))
    return {
        "rate": rate, "messages": messages, "share": messages / (sent * viewers) * (1 if offered > 0.99 else offered),
        "cpu_microseconds": cpu * 1e6 / max(messages, 1), "reader_share": answer["cpu_seconds"] / answer["seconds"]}


def _publish(run, contestant, server, rate, seconds):
    """Samples sent, after time for the last to arrive; nothing where the server makes them itself."""
    if contestant.name == "C fanout":
        time.sleep(seconds)
        return None
    if isinstance(contestant, Nchan):
        publisher = _pinned(run, [build.program("publish"), server.http, "/post", rate, seconds])
        sent = json.loads(publisher.communicate(timeout=60)[0])["sent"]
        time.sleep(SETTLE_SECONDS)
        return sent
    visitors = min(VISITORS, rate)
    answer = generator.paced(server, run.generator_core, rate, visitors, seconds, settle="0s")
    time.sleep(SETTLE_SECONDS)
    return answer["sent"]


def _pinned(run, command, **options):
    return subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, run.generator_core), **options)


def tables(found):
    figures, bounds = [], []
    for viewers, answers in found.items():
        title = f"{int(viewers):,} viewers"
        figures += [
            Figure(f"{title}, CPU µs a delivery", column(answers, lambda answer: answer["cpu_microseconds"]),
                   "{:.2f}", "less"),
            Figure(f"{title}, delivered, %", column(answers, lambda answer: min(answer["share"], 1) * 100),
                   "{:.2f}", None),
            Figure(f"{title}, most deliveries/s", column(
                {name: [run for run in runs if "best" in run] for name, runs in answers.items()},
                lambda answer: answer["best"]))]
        bounds += [f"{name} with {viewers} (the {runs[-1]['bound_by']})" for name, runs in answers.items()
                   if runs and runs[-1].get("bound_by", "server") != "server"]
    names = list(next(iter(found.values())))
    notes = ["At least as much, since something else than the server gave out: " + ", ".join(bounds) + "."]
    return [section(
        f"Fan-out at {FIXED_DELIVERIES:,} deliveries/s, and the most that arrive whole", names, figures,
        notes if bounds else [])]
