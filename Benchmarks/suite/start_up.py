"""From starting a process to its word that it is ready."""

from .bench_run import column
from .contestants import Nchan, relays, sinks
from .tables import Figure, section

NAME = "start"


def contestants(_run):
    found = {contestant.name: contestant for contestant in [*sinks(), *relays(), Nchan()]}
    return list(found.values())


def measure(run):
    def once(contestant):
        with run.serving(contestant) as server:
            return {"milliseconds": server.start_seconds * 1000}

    return run.alternate(contestants(run), run.repeats(3, 9), once)


def tables(found):
    figure = Figure("ms", column(found, lambda answer: answer["milliseconds"]), "{:.1f}", "less")
    return [section("Start to ready", list(found), [figure])]
