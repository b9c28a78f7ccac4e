"""The terminal's benchmark (terminal.py), as much of it as fits in here: the overview beside three monitors."""

from . import monitors, terminal_cost, terminal_report
from .drain import Drain

NAME = "terminal"

VISITORS = 200


def contestants():
    return monitors.contestants()


def measure(run):
    drain = Drain()
    try:
        found = terminal_cost.beside_others(
            drain, contestants(), VISITORS, run.repeats(1, 3), run.tier(3, 15))
    finally:
        drain.close()
    return {str(VISITORS): found}


def tables(found):
    return [terminal_report.markdown({"cost": found})]
