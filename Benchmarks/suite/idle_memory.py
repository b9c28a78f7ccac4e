"""What a connection costs in memory that says nothing, or has said something once, on either side."""

import statistics
import time
from urllib.request import urlopen

from . import generator, processes
from .bench_run import column, log
from .contestants import Pointerscope, Python, sinks
from .tables import Figure, grid, section

NAME = "idle"

VISITORS = 15_000
# What the generator may take for all of them, in one process (and its parent).
GENERATOR_MIB = 15
CROWD = 45_000
PARTS = 3
SETTLE_SECONDS = 1.5
OPENING_SECONDS = 90
POLL_SECONDS = 0.1
# Samples a second of each where each is to say one.
SPOKEN_RATE = "0.1"
SPOKEN_SECONDS = 60


def contestants(run):
    found = sinks()
    return found if run.is_full else [contestant for contestant in found if not isinstance(contestant, Python)]


def measure(run):
    found = {"each": run.alternate(
        contestants(run), run.repeats(1, 3), lambda contestant: _hold(run, contestant, VISITORS, 1, 2))}
    ours = Pointerscope()
    found["spoken"] = run.alternate([ours], run.repeats(1, 3), lambda one: _hold(run, one, VISITORS, 1, 2, SPOKEN_RATE))
    if run.is_full:
        found["crowd"] = run.alternate([ours], 1, lambda contestant: _hold(run, contestant, CROWD, PARTS, PARTS))
    return found


def _hold(run, contestant, visitors, generators, workers, rate="0.001"):
    """Memory of the server's and the generator's trees once everyone is connected and all is quiet."""
    with run.serving(contestant, workers=workers) as server:
        time.sleep(SETTLE_SECONDS)
        before = server.own_bytes()
        begin = time.monotonic()
        # At most a sample of each every 1,000 s: a connection that is there and silent.
        process = generator.start(
            server, run.generator_core, visitors=visitors, rate=rate, duration="600s", settle="0s",
            processes=generators)
        try:
            while processes.descriptors(process.pid) < visitors:
                if process.poll() is not None or time.monotonic() - begin > OPENING_SECONDS:
                    raise RuntimeError(f"{contestant.name} did not take {visitors} connections")
                time.sleep(POLL_SECONDS)
            opening = time.monotonic() - begin
            if rate == SPOKEN_RATE:
                _until_spoken(server, visitors)
            time.sleep(SETTLE_SECONDS)
            after, own, whole = server.own_bytes(), processes.pss_bytes(process.pid), server.pss_bytes()
        finally:
            answer = generator.interrupt(process)
        held = answer["opened"] - answer["errors"]
        word = "held and heard" if rate == SPOKEN_RATE else "held"
        log(f"  {contestant.name}: {held:,} {word}, {(after - before) / visitors:,.0f} bytes each")
        return {
            "visitors": visitors, "held": held, "opening_seconds": opening, "before": before, "after": after,
            "whole": whole, "generator": own, "generator_processes": answer["processes"]}


def _until_spoken(server, visitors):
    """Waits until everyone has said something: each says so many a second, in an order of its own."""
    deadline = time.monotonic() + SPOKEN_SECONDS
    while time.monotonic() < deadline:
        with urlopen(f"http://{server.http}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        if next(float(line.split()[1]) for line in lines if line.startswith("pointerscope_visitors ")) >= visitors:
            return
        time.sleep(POLL_SECONDS)
    raise RuntimeError(f"not all of {visitors} visitors said something within {SPOKEN_SECONDS} s")


def tables(found):
    each = found["each"]
    figures = [
        Figure("bytes a connection", column(each, lambda answer: (answer["after"] - answer["before"])
                                            / answer["visitors"]), is_better="less"),
        Figure("of the server in all, MiB", column(each, lambda answer: answer["whole"] / 2**20), "{:.1f}", "less"),
        Figure("connections held", column(each, lambda answer: answer["held"]), is_better=None),
    ]
    own = [answer["generator"] for answers in each.values() for answer in answers]
    notes = []
    if own:
        most = max(own) / 2**20
        word = "under" if most < GENERATOR_MIB else "NOT under"
        notes.append(f"The generator held them with {min(own) / 2**20:.1f} to {most:.1f} MiB of its own, its parent"
                     f" process included ({word} {GENERATOR_MIB}).")
    spoken = [(answer["after"] - answer["before"]) / answer["visitors"]
              for answers in found.get("spoken", {}).values() for answer in answers]
    if spoken:
        notes.append(f"One that has said something, with what the relay and the hub know of its visitor and its sample"
                     f" in the ring: {statistics.median(spoken):,.0f} bytes.")
    title = f"Idle memory at {VISITORS:,} connections (what the tree has of its own; in all: its PSS)"
    parts = [section(title, list(each), figures, notes)]
    for answers in found.get("crowd", {}).values():
        parts += [_crowd(answer) for answer in answers]
    return parts


def _crowd(answer):
    rows = [
        ["connections held", "opened in, s", "server, MiB", "bytes a connection", "generator, MiB",
         "generator processes"],
        ["---:"] * 6,
        [f"{answer['held']:,}", f"{answer['opening_seconds']:.1f}", f"{answer['whole'] / 2**20:.1f}",
         f"{(answer['after'] - answer['before']) / answer['visitors']:,.0f}", f"{answer['generator'] / 2**20:.1f}",
         str(answer["generator_processes"])]]
    return f"**{CROWD:,} connections, {PARTS} server workers, {PARTS} generator processes**\n\n{grid(rows)}"
