"""What every scenario has at hand: cores, how thorough to be, and taking turns."""

import contextlib
import sys

from . import machine


class BenchRun:
    """One run of the suite; `is_full` is the tier, `repeats` overrides every scenario's own where it is set."""

    def __init__(self, is_full, repeats=None):
        self.is_full = is_full
        self._repeats = repeats
        self.server_core, self.generator_core = machine.split_cores()

    def tier(self, quick, full):
        return full if self.is_full else quick

    def repeats(self, quick, full):
        return self._repeats or self.tier(quick, full)

    def alternate(self, contestants, repeats, body):
        """Runs `body` for one contestant after the other, so that a change of the machine meets all of them; a list
        of its answers for each. What a contestant cannot do leaves a gap, not the suite without results."""
        found = {contestant.name: [] for contestant in contestants}
        for number in range(repeats):
            for contestant in contestants:
                try:
                    answer = body(contestant)
                except (RuntimeError, OSError) as problem:
                    log(f"  {contestant.name}, round {number + 1}: {problem}")
                    continue
                found[contestant.name].append(answer)
        return found

    @contextlib.contextmanager
    def serving(self, contestant, **options):
        with contestant.start(self.server_core, **options) as server:
            yield server


def log(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def column(found, value):
    """One figure out of the answers of all: numbers by contestant."""
    return {name: [value(answer) for answer in answers] for name, answers in found.items()}
