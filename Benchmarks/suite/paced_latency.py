"""From page to viewer at a rate that every contestant can do."""

from . import generator
from .bench_run import column
from .contestants import relays
from .tables import Figure, section

NAME = "latency"

RATE = 5000
VISITORS = 100
WARM_UP_SECONDS = 1


def contestants(_run):
    return relays()


def measure(run):
    seconds = run.tier(3, 6)

    def once(contestant):
        with run.serving(contestant) as server:
            return generator.paced(
                server, run.generator_core, RATE, VISITORS, seconds, viewers=1, warm_up=f"{WARM_UP_SECONDS}s",
                settle="2s", pid=server.pid)

    return run.alternate(contestants(run), run.repeats(1, 5), once)


def tables(found):
    figures = [
        Figure(f"{name}, ms", column(found, lambda answer, key=name: answer["latency_ms"][key]), "{:.2f}", "less")
        for name in ("p50", "p99", "p99.9")]
    figures += [
        Figure("server's CPU, cores", column(found, lambda answer: answer["server"]["cpu_share"]), "{:.2f}", "less"),
        Figure("not delivered", column(found, lambda answer: answer["arrived"]["missing"]), is_better=None),
        Figure("generator's own part of the p99, ms", column(found, lambda answer: answer["lag_ms"]["p99"]),
               "{:.2f}", None)]
    return [section(f"Page to viewer at {RATE:,} samples/s, {VISITORS} pages, one viewer", list(found), figures)]
