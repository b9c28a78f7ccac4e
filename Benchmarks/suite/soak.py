"""Whether memory stays flat under a terminal that is left open.

What is bounded by design is filled first: a server keeps the last 16,384 leaves, and counts of the newest 10,000
visitors, which the demo alone takes hours to fill. `Anonymous` is what a process has for itself; of the program's own
pages the share that it counts for (Pss) changes with whoever else runs the program.
"""

import itertools
import json
import os
import sys
import tempfile
import time

from . import monitors, processes, turnover

VISITORS = 200
PERIOD_SECONDS = 10
# Histories fill, every view is seen, and allocators find their size.
SETTLE_SECONDS = 300
# More than the leaves that are remembered.
LEAVES = 17_000
START_SECONDS = 30
# Keys pressed in turn, one a period: each view is drawn again and again.
KEYS = ["1", "2", "f", "4", "5", "6"]
# What slope is none: a page of memory more every half minute would be 80.
FLAT_KIB_PER_TEN_MINUTES = 64


def run(drain, seconds):
    """Readings of front and master, and the slope of each after the first minutes."""
    readings = []
    with tempfile.TemporaryDirectory(prefix="bench-soak-") as folder, \
            monitors.Front("--log", f"{folder}/log").open(drain, VISITORS) as terminal:
        master = processes.children(terminal.pid)[0]
        began = time.monotonic()
        turnover.run(_ingest(f"{folder}/log"), LEAVES)
        print(f"bench: {LEAVES} visitors came and went in {time.monotonic() - began:.0f} s", file=sys.stderr)
        begin = time.monotonic()
        for number, key in zip(itertools.count(), itertools.cycle(KEYS)):
            due = begin + number * PERIOD_SECONDS
            time.sleep(max(0, due - time.monotonic()))
            at = time.monotonic() - begin
            if terminal.process.poll() is not None:
                raise RuntimeError(f"the front ended after {at:.0f} s with {terminal.process.returncode}")
            readings.append({
                "at": at, "front": processes.memory_kib(terminal.pid), "master": processes.memory_kib(master),
                "terminal_bytes": terminal.count.bytes})
            if number % 30 == 0:
                print(f"bench: {at:5.0f} s: {readings[-1]}", file=sys.stderr)
            if at >= seconds:
                break
            terminal.press(key)
    slopes = {
        f"{who} {'RSS' if what == 'Rss' else 'of its own'}": _slope([(reading["at"], reading[who][what]) for reading in readings])
        for who in ("front", "master") for what in ("Rss", "Anonymous")}
    return {"seconds": seconds, "visitors": VISITORS, "readings": readings, "slopes": slopes}


def _ingest(log):
    """Where visitors connect, once the server says so."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if os.path.exists(log):
            with open(log, encoding="utf-8") as file:
                for line in file:
                    if line.endswith("\n") and json.loads(line)["event"] == "ready":
                        return json.loads(line)["ingest"]
        time.sleep(0.05)
    raise RuntimeError("the server is not ready")


def _slope(points):
    """KiB per ten minutes after settling (least squares), with its standard error, and the extremes."""
    settled = [point for point in points if point[0] >= SETTLE_SECONDS]
    points = settled if len(settled) >= 3 else points
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    rest = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    error = (rest / max(count - 2, 1) / spread) ** 0.5
    values = [y for _, y in points]
    return {
        "kib_per_ten_minutes": slope * 600, "error": error * 600, "least": min(values), "most": max(values),
        "is_settled": len(settled) >= 3}


def is_flat(result):
    return all(slope["kib_per_ten_minutes"] < FLAT_KIB_PER_TEN_MINUTES for slope in result["slopes"].values())


def markdown(result):
    lines = [
        "| | least, KiB | most, KiB | slope, KiB per 10 minutes |", "| --- | ---: | ---: | ---: |"]
    for name, slope in result["slopes"].items():
        lines.append(
            f"| {name} | {slope['least']:,} | {slope['most']:,} |"
            f" {slope['kib_per_ten_minutes']:+.1f} ± {slope['error']:.1f} |")
    return "\n".join(lines)


def sentence(result):
    word = "flat" if is_flat(result) else "NOT flat"
    return (f"{result['seconds'] / 60:.0f} minutes, demo of {result['visitors']} visitors, another view every"
            f" {PERIOD_SECONDS} s: {word} (bound: {FLAT_KIB_PER_TEN_MINUTES} KiB per 10 minutes after the first"
            f" {SETTLE_SECONDS // 60})")
