"""What a server alone spends on frames that are there already: stopped, fed, continued."""

from . import generator
from .bench_run import column, log
from .contestants import Python, sinks
from .tables import Figure, section

NAME = "drain"

VISITORS = 10_000
# Frames in the one write that each connection has waiting in a round.
COALESCE = [1, 16]


def contestants(run):
    found = sinks()
    return found if run.is_full else [contestant for contestant in found if not isinstance(contestant, Python)]


def measure(run):
    return {str(coalesce): _with(run, coalesce) for coalesce in COALESCE}


def _with(run, coalesce):
    def once(contestant):
        with run.serving(contestant) as server:
            answer = generator.measure(
                server, run.generator_core, mode="drain", pid=server.pid, visitors=VISITORS, queue=coalesce,
                coalesce=coalesce, duration="100ms", settle="1s")
        drain = answer["drain"]
        if not drain["rounds"] or not drain["frames_per_cpu_second"]:
            raise RuntimeError("no round of the drain was whole")
        log(f"  {contestant.name}, {coalesce} a write: {drain['frames_per_second']:,.0f} frames/s")
        return {**drain, "errors": answer["errors"]}

    return run.alternate(contestants(run), run.repeats(1, 3), once)


def tables(found):
    figures = []
    for coalesce, answers in found.items():
        word = "1 frame a write" if coalesce == "1" else f"{coalesce} frames a write"
        figures.append(Figure(f"{word}, frames/s", column(answers, lambda answer: answer["frames_per_second"])))
        figures.append(Figure(
            f"{word}, CPU µs a frame", column(answers, lambda answer: 1e6 / answer["frames_per_cpu_second"]),
            "{:.2f}", "less"))
    names = list(next(iter(found.values())))
    return [section(f"Ingest drain, {VISITORS:,} connections", names, figures)]
