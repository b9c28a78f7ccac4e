"""What every scenario has at hand: cores, how thorough to be, and taking turns."""

import contextlib
import subprocess
import sys
import time

from . import machine


# What the hypervisor may keep from all cores together, on average, before a measurement is made again; how often at
# most; and how much time a run may spend on that.
STOLEN_CORES = 0.05
ATTEMPTS = 3
SPARE_SECONDS = {False: 15, True: 300}
# What one contestant may do wrong in a round without costing the others theirs: fail, hang, say nothing or nonsense.
ODDITIES = (RuntimeError, OSError, subprocess.SubprocessError, ValueError, LookupError, ArithmeticError)


class BenchRun:
    """One run of the suite; `is_full` is the tier, `repeats` overrides every scenario's own where it is set."""

    def __init__(self, is_full, repeats=None):
        self.is_full = is_full
        self._repeats = repeats
        self._spare_seconds = SPARE_SECONDS[is_full]
        self.made_again = 0
        self.server_core, self.generator_core = machine.split_cores()

    def tier(self, quick, full):
        return full if self.is_full else quick

    def repeats(self, quick, full):
        return self._repeats or self.tier(quick, full)

    def undisturbed(self, body, is_good=lambda answer: False):
        """What `body` answers; where the hypervisor kept the cores to itself meanwhile it is asked again, as long as
        there is time for that, and the least disturbed answer counts. One that `is_good` all the same is kept."""
        found = []
        for _ in range(ATTEMPTS):
            begin, stolen = time.monotonic(), machine.stolen_seconds()
            answer = body()
            seconds = time.monotonic() - begin
            found.append(((machine.stolen_seconds() - stolen) / seconds, answer))
            if found[-1][0] <= STOLEN_CORES or is_good(answer) or self._spare_seconds < seconds:
                break
            self._spare_seconds -= seconds
            self.made_again += 1
        return min(found, key=lambda entry: entry[0])[1]

    def fact(self):
        """A line on how often the hypervisor made it necessary to measure again."""
        return f"measured again, because the hypervisor took over {STOLEN_CORES} cores: {self.made_again} times"

    def alternate(self, contestants, repeats, body, is_long=False):
        """Runs `body` for one contestant after the other, so that a change of the machine meets all of them; a list
        of its answers for each. What a contestant cannot do leaves a gap, not the suite without results. One that
        `is_long` sees to disturbances itself."""
        found = {contestant.name: [] for contestant in contestants}
        for number in range(repeats):
            for contestant in contestants:
                try:
                    answer = body(contestant) if is_long else self.undisturbed(lambda: body(contestant))
                except ODDITIES as problem:
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
