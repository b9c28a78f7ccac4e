"""The terminal's benchmark (terminal.py), as much of it as fits in here: the overview beside three monitors."""

from . import monitors, terminal_cost, terminal_report
from .drain import Drain

NAME = "terminal"

VISITORS = 200


def contestants(run):
    found = monitors.contestants()
    # In little time the one that draws as we do.
    return found if run.is_full else found[:2]


def measure(run):
    drain = Drain()
    try:
        found = terminal_cost.beside_others(
            drain, contestants(run), VISITORS, run.repeats(1, 3), run.tier(3, 15))
    finally:
        drain.close()
    return {str(VISITORS): found}


def tables(found):
    return [terminal_report.markdown({"cost": found})]
