"""Two hundred pages that send as fast as their sockets take it."""

import time
import urllib.request

from . import generator
from .bench_run import column
from .contestants import Node, Pointerscope
from .tables import Figure, section

NAME = "flood"

VISITORS = 200
# Frames in a write: so many that it is not the generator that gives out.
COALESCE = 32
SETTLE_SECONDS = 0.7
POLL_SECONDS = 0.2
ACCOUNT_SECONDS = 5


def contestants(_run):
    return [Pointerscope(), Node()]


def measure(run):
    return run.alternate(contestants(run), run.repeats(1, 3), lambda contestant: _once(run, contestant))


def _once(run, contestant):
    """The generator's report, with how far the server's memory grew and, where there are metrics, its accounts."""
    with run.serving(contestant) as server:
        time.sleep(SETTLE_SECONDS)
        before = peak = server.pss_bytes()
        process = generator.start(
            server, run.generator_core, rate="max", visitors=VISITORS, duration=f"{run.tier(3, 5)}s", viewers=1,
            coalesce=COALESCE,
            # What came by the end of sending is what counts.
            settle="0s")
        while process.poll() is None:
            peak = max(peak, server.pss_bytes())
            time.sleep(POLL_SECONDS)
        answer = generator.finish(process)
        answer["growth_mib"] = (peak - before) / 2**20
        answer["accounts"] = _settled_accounts(server) if contestant.has_metrics else None
        return answer


def _settled_accounts(server):
    """The accounts once nothing is under way any more."""
    deadline = time.monotonic() + ACCOUNT_SECONDS
    while True:
        accounts = _accounts(server)
        if accounts["received"] == accounts["explained"] or time.monotonic() > deadline:
            return accounts
        time.sleep(POLL_SECONDS)


def _accounts(server):
    """What the relay received, and what became of it, by its own count."""
    with urllib.request.urlopen(f"http://{server.http}/metrics", timeout=5) as response:
        lines = response.read().decode().splitlines()
    totals = {}
    for line in lines:
        name, _, value = line.rpartition(" ")
        if name.startswith("pointerscope_events_"):
            totals[name] = float(value)

    def total(prefix):
        return sum(value for name, value in totals.items() if name.startswith(prefix))

    explained = (
        total("pointerscope_events_relayed_total")
        + total('pointerscope_events_conflated_total{stage="relay"')
        + total("pointerscope_events_lost_total"))
    return {"received": total("pointerscope_events_received_total"), "explained": explained}


def tables(found):
    figures = [
        Figure("delivered while it lasted, samples/s",
               column(found, lambda answer: answer["arrived"]["received"] / answer["seconds"])),
        Figure("taken by the sockets, samples/s",
               column(found, lambda answer: answer["sent"] / answer["seconds"]), is_better=None),
        Figure("memory growth, MiB", column(found, lambda answer: answer["growth_mib"]), "{:.1f}", "less"),
        Figure("out of order", column(found, lambda answer: answer["arrived"]["disordered"]), is_better=None),
    ]
    notes = [_account_note(name, runs) for name, runs in found.items() if runs and runs[-1]["accounts"]]
    return [section(f"Flood: {VISITORS} pages as fast as sockets take it, one viewer", list(found), figures, notes)]


def _account_note(name, runs):
    is_exact = all(run["accounts"]["received"] == run["accounts"]["explained"] for run in runs)
    word = "exactly" if is_exact else f"NOT: {[run['accounts'] for run in runs]}"
    return f"{name}'s accounts (received = relayed + conflated + lost) match: {word}."
