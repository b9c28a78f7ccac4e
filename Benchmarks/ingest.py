#!/usr/bin/env python3
"""make bench-ingest: what a frame and its way to the viewer cost, beside C that does nothing with it.

  ingest.py [--series N] [--seconds S] [--workers W] [--only drain|latency|heavy]...

The server runs on one core and the generator on the other, contestants take turns, and a ratio is of a pair.

  drain    10,000 connections, one or 16 frames of 38 bytes of JSON in the one write that each has waiting: CPU of the whole
           tree a frame, with one worker and a viewer in the frames shape, beside the C sink, which reads and throws away
  latency  5,000 samples a second of 100 visitors, one viewer in the default shape, beside the C relay, which passes on
  heavy    100,000 samples a second of 1,000 visitors: one viewer in the default shape, and 100 of them, of whom the
           generator is one and the others have what they get thrown away unread (MSG_TRUNC of tcp(7)): to check ten
           million samples a second would take more than a core
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import time

from suite import generator, machine
from suite.bench_run import ODDITIES, BenchRun, log
from suite.contestants import Compiled, Pointerscope
from suite.tables import grid

COALESCE = (1, 16)
VISITORS = 10_000
# Every four milliseconds, not whenever something comes: woken for each write to each, this would take from the generator
# what it measures with.
READER = """
import socket, sys, time
host, port, path, count = sys.argv[1:]
viewers = [socket.create_connection((host, int(port))) for _ in range(int(count))]
for viewer in viewers:
    viewer.sendall(f"GET {path} HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n".encode())
    viewer.setblocking(False)
room = bytearray(1 << 20)
while True:
    time.sleep(0.004)
    for viewer in viewers:
        try:
            if not viewer.recv_into(room, 0, socket.MSG_TRUNC): sys.exit("a viewer was closed")
        except BlockingIOError: pass
"""


@contextlib.contextmanager
def watched(server, core, path="/receive/bench?shape=frames&hz=10", count=1):
    """Viewers who do nothing with what they get, for as long as this lasts."""
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, *server.http.rsplit(":", 1), path, str(count)],
        preexec_fn=lambda: os.sched_setaffinity(0, core))
    try:
        time.sleep(0.5)
        yield
        if reader.poll() is not None:
            raise RuntimeError("the viewers did not last")
    finally:
        reader.kill()
        reader.wait()


def drained(run, contestant, coalesce, workers):
    """Nanoseconds of CPU a frame."""
    ours = isinstance(contestant, Pointerscope)
    with contestant.start(run.server_core, workers=workers) as server, \
            watched(server, run.generator_core) if ours else contextlib.nullcontext():
        answer = generator.measure(
            server, run.generator_core, mode="drain", pid=server.pid, visitors=VISITORS, queue=coalesce,
            coalesce=coalesce, sample="short", duration="100ms", settle="1s")
    return 1e9 / answer["drain"]["frames_per_cpu_second"]


def spread(values, form="{:.3f}"):
    low, middle, high = (form.format(value) for value in (min(values), statistics.median(values), max(values)))
    return f"{middle} ({low} to {high})"


def drain(run, options):
    rows = [["frames a write", "ns a frame", "C sink, ns", "C sink's to ours"]]
    for coalesce in COALESCE:
        pairs = []
        for number in range(options.series):
            try:
                # Each goes first as often as the other.
                turn = [Pointerscope(), Compiled("C sink", "sink")]
                found = {one.name: run.undisturbed(lambda one=one: drained(run, one, coalesce, options.workers))
                         for one in (turn if number % 2 else turn[::-1])}
            except ODDITIES as problem:
                log(f"  series {number + 1}: {problem}")
                continue
            pairs.append((found["Pointerscope"], found["C sink"]))
            log(f"  {coalesce} a write: {pairs[-1][0]:.0f} ns, C sink {pairs[-1][1]:.0f}")
        rows.append([str(coalesce), spread([ours for ours, _ in pairs], "{:.0f}"),
                     spread([theirs for _, theirs in pairs], "{:.0f}"),
                     spread([theirs / ours for ours, theirs in pairs])])
    return rows


def paced(run, contestant, rate, visitors, viewers, options):
    with contestant.start(run.server_core, workers=options.workers) as server, \
            watched(server, run.generator_core, "/receive/bench", viewers - 1) if viewers > 1 else contextlib.nullcontext():
        return generator.paced(
            server, run.generator_core, rate, visitors, options.seconds, viewers=1, warm_up="1s", settle="5s",
            pid=server.pid)


def figures(answers):
    def of(value, form="{:.2f}"):
        return spread([value(answer) for answer in answers], form)
    return [of(lambda a: a["latency_ms"]["p50"]), of(lambda a: a["latency_ms"]["p99"]),
            of(lambda a: a["lag_ms"]["p99"]), of(lambda a: a["arrived"]["missing"], "{:,.0f}"),
            of(lambda a: a["server"]["cpu_share"])]


HEADS = ["p50, ms", "p99, ms", "of it the generator's own, ms", "samples missing", "server's cores"]


def latency(run, options):
    found = run.alternate([Pointerscope(), Compiled("C relay", "relay")], options.series,
                          lambda one: paced(run, one, 5_000, 100, 1, options))
    rows = [["5,000/s, one viewer", *HEADS]] + [[name, *figures(answers)] for name, answers in found.items() if answers]
    ratios = [[ours["latency_ms"][key] / theirs["latency_ms"][key] for ours, theirs in zip(*found.values())]
              for key in ("p50", "p99")]
    return rows + [["ratio to the relay", *map(spread, ratios), "", "", ""]]


def heavy(run, options):
    rows = [["100,000/s", *HEADS]]
    for viewers in (1, 100):
        found = run.alternate([Pointerscope()], options.series,
                              lambda one, viewers=viewers: paced(run, one, 100_000, 1_000, viewers, options))
        rows.append([f"{viewers} in the default shape", *figures(found["Pointerscope"])])
    return rows


PARTS = {"drain": drain, "latency": latency, "heavy": heavy}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=5, help="length of a paced run")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", action="append", choices=PARTS, help="just this part; repeatable")
    options = parser.parse_args()
    # Whatever else the machine has to do waits: a kernel thread that takes a core for three milliseconds once a second
    # is all of a p99 otherwise.
    machine.prefer(-20)
    run = BenchRun(True)
    neighbours = machine.Neighbours()
    for name in options.only or PARTS:
        print(grid(PARTS[name](run, options)), end="\n\n", flush=True)
    others, stolen = neighbours.cores()
    print(f"{run.fact()}; meanwhile other processes took {others:.2f} cores, the hypervisor {stolen:.2f}")


if __name__ == "__main__":
    main()
