"""What a connection that says nothing costs in memory, on either side."""

import time

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


def contestants(run):
    found = sinks()
    return found if run.is_full else [contestant for contestant in found if not isinstance(contestant, Python)]


def measure(run):
    found = {"each": run.alternate(
        contestants(run), run.repeats(1, 3), lambda contestant: _hold(run, contestant, VISITORS, 1, 2))}
    if run.is_full:
        ours = Pointerscope()
        found["crowd"] = run.alternate([ours], 1, lambda contestant: _hold(run, contestant, CROWD, PARTS, PARTS))
    return found


def _hold(run, contestant, visitors, generators, workers):
    """Memory of the server's and the generator's trees once everyone is connected and all is quiet."""
    with run.serving(contestant, workers=workers) as server:
        time.sleep(SETTLE_SECONDS)
        before = server.pss_bytes()
        begin = time.monotonic()
        # A sample of each every 1,000 s: a connection that is there and silent.
        process = generator.start(
            server, run.generator_core, visitors=visitors, rate="0.001", duration="600s", settle="0s",
            processes=generators)
        try:
            while processes.descriptors(process.pid) < visitors:
                if process.poll() is not None or time.monotonic() - begin > OPENING_SECONDS:
                    raise RuntimeError(f"{contestant.name} did not take {visitors} connections")
                time.sleep(POLL_SECONDS)
            opening = time.monotonic() - begin
            time.sleep(SETTLE_SECONDS)
            after, own = server.pss_bytes(), processes.pss_bytes(process.pid)
        finally:
            answer = generator.interrupt(process)
        held = answer["opened"] - answer["errors"]
        log(f"  {contestant.name}: {held:,} held, {(after - before) / visitors:,.0f} bytes each")
        return {
            "visitors": visitors, "held": held, "opening_seconds": opening, "before": before, "after": after,
            "generator": own, "generator_processes": answer["processes"]}


def tables(found):
    each = found["each"]
    figures = [
        Figure("bytes a connection", column(each, lambda answer: (answer["after"] - answer["before"])
                                            / answer["visitors"]), is_better="less"),
        Figure("of the server in all, MiB", column(each, lambda answer: answer["after"] / 2**20), "{:.1f}", "less"),
        Figure("connections held", column(each, lambda answer: answer["held"]), is_better=None),
    ]
    own = [answer["generator"] for answers in each.values() for answer in answers]
    notes = []
    if own:
        most = max(own) / 2**20
        word = "under" if most < GENERATOR_MIB else "NOT under"
        notes.append(f"The generator held them with {min(own) / 2**20:.1f} to {most:.1f} MiB of its own, its parent"
                     f" process included ({word} {GENERATOR_MIB}).")
    parts = [section(f"Idle memory at {VISITORS:,} connections (PSS of the tree)", list(each), figures, notes)]
    for answers in found.get("crowd", {}).values():
        parts += [_crowd(answer) for answer in answers]
    return parts


def _crowd(answer):
    rows = [
        ["connections held", "opened in, s", "server, MiB", "bytes a connection", "generator, MiB",
         "generator processes"],
        ["---:"] * 6,
        [f"{answer['held']:,}", f"{answer['opening_seconds']:.1f}", f"{answer['after'] / 2**20:.1f}",
         f"{(answer['after'] - answer['before']) / answer['visitors']:,.0f}", f"{answer['generator'] / 2**20:.1f}",
         str(answer["generator_processes"])]]
    return f"**{CROWD:,} connections, {PARTS} server workers, {PARTS} generator processes**\n\n{grid(rows)}"
