#!/usr/bin/env python3
"""make bench-gaps: ten million samples in `pointerscope.v1`, from pages to two viewers, and not one of them missing.

  no_gaps.py [--samples N] [--rate R] [--visitors V] [--batch B]

`pointerscope load --protocol v1` sends N samples, R a second, in messages of B, from V visitors. One viewer has the default
shape and is the generator's: every sample carries its number. The other has the frames shape and counts. What the
generator sent, what the server's counters say and what both viewers had have to be the same, with no gap, no repeat and
nothing folded; otherwise it says what differs and ends with status 1. Where only a viewer of frames was late for a picture,
and had a keyframe in its place as it is promised, what the server passed over has to be what the viewer's numbers leave
room for.
"""

import argparse
import json
import subprocess
import sys
import time

from suite import counters, generator, machine
from suite.contestants import Pointerscope
from suite.paths import BENCHMARKS

# Pictures far enough apart that a machine with other work comes to each in time.
FRAMES_HERTZ = 5
# Behind the last sample: until viewers have had all that there is for them.
CATCH_UP_SECONDS = 60
NOTHING = [
    "ingest_gaps_total", "ingest_messages_missing_total", "ingest_messages_repeated_total", "events_lost_total",
    "events_undelivered_total", 'events_conflated_total{stage="relay"}', "messages_refused_total",
    "worker_restarts_total"]


def main():
    options = arguments()
    seconds = options.samples / options.rate
    each = options.samples // options.visitors
    if each * options.visitors != options.samples or each % options.batch:
        sys.exit("bench: --samples has to be a multiple of --visitors times --batch")
    server_core, generator_core = machine.split_cores()
    neighbours = machine.Neighbours()
    with Pointerscope().start(server_core) as server:
        reader = subprocess.Popen(
            [sys.executable, BENCHMARKS / "suite" / "count_frames.py", server.http, str(FRAMES_HERTZ)],
            stdout=subprocess.PIPE, text=True)
        assert reader.stdout.readline() == "attached\n"
        before = server.cpu_seconds()
        process = generator.start(
            server, generator_core, protocol="v1", visitors=options.visitors, batch=options.batch,
            rate=f"{options.rate / options.visitors:.3f}", duration=f"{seconds:.6f}s", viewers=1,
            settle=f"{CATCH_UP_SECONDS}s")
        output, complaint = process.communicate(timeout=10 * seconds + 600)
        if process.returncode != 0:
            sys.exit(f"bench: pointerscope load: {complaint}")
        found = json.loads(output)
        cpu = server.cpu_seconds() - before
        metrics = settled(server)
    frames = json.loads(reader.communicate(timeout=60)[0])
    print(f"{found['sent']:,} samples sent in {seconds:.0f} s, {options.rate:,.0f}/s, in messages of {options.batch} by "
          f"{options.visitors} visitors; server's tree {cpu:.1f} s of CPU")
    others, stolen = neighbours.cores()
    print(f"default shape: {found['arrived']['received']:,} received; p99 {found['latency_ms']['p99']:.1f} ms from due to "
          f"received\nframes shape: {frames['samples']:,} samples, {frames['bytes'] / 1e6:,.0f} MB, "
          f"{frames['skipped']:,} passed over for keyframes\n"
          f"meanwhile other processes took {others:.2f} cores, the hypervisor {stolen:.2f}")
    wrong = differences(options, found, metrics, frames)
    for line in wrong:
        print(f"wrong: {line}")
    print("not a gap" if not wrong else f"{len(wrong)} differences")
    sys.exit(1 if wrong else 0)


def settled(server):
    """The server's counters, once nothing is on its way to a viewer."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while True:
        metrics = counters.read(server)
        if metrics["pointerscope_events_pending"] == 0 or time.monotonic() > deadline:
            return metrics
        time.sleep(0.2)


def differences(options, found, metrics, frames):
    """Every number that is not what it has to be."""
    arrived = found["arrived"]
    # Each hello is a sample as well, for which the frames viewer was there.
    all_samples = options.samples + options.visitors
    pairs = [
        ("sent", found["sent"], options.samples), ("offered", found["offered"], options.samples),
        ("errors", found["errors"], 0), ("received by the default shape", arrived["received"], options.samples),
        *((name, arrived[name], 0) for name in (
            "missing", "lost", "conflated", "duplicates", "disordered", "foreign", "resets")),
        ("samples in frames, and passed over for keyframes", frames["samples"] + frames["skipped"], all_samples),
        ("folded for viewers", metrics['pointerscope_events_conflated_total{stage="viewer"}'], frames["skipped"]),
        *((name, metrics[f"pointerscope_events_{name}_total"], all_samples) for name in ("received", "relayed")),
        *((name, counters.total(metrics, f"pointerscope_{name}"), 0) for name in NOTHING),
        ("offered to viewers", metrics["pointerscope_events_offered_total"],
         metrics["pointerscope_events_delivered_total"] + frames["skipped"]),
    ]
    return [f"{name}: {value:,.0f} instead of {due:,.0f}" for name, value, due in pairs if value != due]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=10_000_000)
    parser.add_argument("--rate", type=int, default=100_000, help="samples a second of all visitors")
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--batch", type=int, default=10)
    return parser.parse_args()


if __name__ == "__main__":
    main()
