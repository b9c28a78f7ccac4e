"""The highest rate at which everything arrives, in order, and 99 of 100 samples within 10 ms."""

from . import generator
from .bench_run import column, log
from .contestants import relays
from .tables import Figure, section

NAME = "clean"

RUNGS = [
    1000, 2000, 3000, 5000, 7500, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 60_000, 80_000,
    100_000, 120_000, 150_000, 180_000, 220_000, 260_000, 300_000, 350_000, 400_000, 500_000, 600_000, 750_000,
    1_000_000, 1_250_000, 1_500_000, 2_000_000,
]
# Where there is little time, every second one.
COARSE_RUNGS = RUNGS[::2]
VIEWER_COUNTS = [1, 10, 100]
VISITORS = 50
LATENCY_MILLISECONDS = 10
WARM_UP_SECONDS = 0.5


def contestants(_run):
    return relays()


def measure(run):
    return {str(viewers): _with(run, viewers) for viewers in VIEWER_COUNTS}


def _with(run, viewers):
    known = {}

    def once(contestant):
        search = Search(run, contestant, viewers)
        answer = search.find(known.get(contestant.name))
        known[contestant.name] = answer["rung"]
        log(f"  {contestant.name}, {viewers} viewers: {answer['rate']:,}/s, bound by the {answer['bound_by']}")
        return answer

    return run.alternate(contestants(run), run.repeats(1, 3), once, is_long=True)


CLEAN, NEAR, FAR = "clean", "near", "far"
# What is later by so much more than allowed, or misses so much, fails again however quiet the machine is.
FAR_LATENCY_MILLISECONDS = 10 * LATENCY_MILLISECONDS
FAR_MISSING = 0.1


def _judge(answer):
    latency, arrived = answer["latency_ms"]["p99"], answer["arrived"]
    if generator.is_whole(answer) and latency < LATENCY_MILLISECONDS:
        return CLEAN
    missing = arrived["missing"] + answer["unsent"] * arrived["viewers"]
    is_far = latency > FAR_LATENCY_MILLISECONDS or missing > FAR_MISSING * (missing + arrived["received"])
    return FAR if is_far else NEAR


class Search:
    """Finds the highest clean rung of one contestant. A server that failed a rung is replaced: what it still holds
    of that is no part of the next."""

    def __init__(self, run, contestant, viewers):
        self.run, self.contestant, self.viewers = run, contestant, viewers
        self.rungs = run.tier(COARSE_RUNGS, RUNGS)
        self.seconds = run.tier(1.2, 2.5)
        # What is not there so long after the last sample is far beyond the latency allowed.
        self.settle_seconds = run.tier(0.5, 1)
        self.server = None
        self.generator_shares = {}

    def find(self, known):
        """Climbs or descends from the rung `known` from an earlier pass, or halves the ladder without one."""
        try:
            best = self._halving() if known is None else self._from(known)
        finally:
            self._stop()
        top = best + 1 == len(self.rungs)
        is_generator = top or self.generator_shares.get(best + 1, 0) > generator.BUSY_SHARE
        return {
            "rung": max(best, 0), "rate": self.rungs[best] if best >= 0 else 0,
            "bound_by": "ladder" if top else "generator" if is_generator else "server"}

    def _halving(self):
        low, high = -1, len(self.rungs)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._is_clean(middle) else (low, middle)
        return low

    def _from(self, best):
        if self._is_clean(best):
            while best + 1 < len(self.rungs) and self._is_clean(best + 1):
                best += 1
            return best
        best -= 1
        while best >= 0 and not self._is_clean(best):
            best -= 1
        return best

    def _is_clean(self, rung):
        """With a second try after a near miss: one hiccup of the machine is no property of the server."""
        def probe():
            return self.run.undisturbed(lambda: self._probe(rung), is_good=lambda found: found is CLEAN)

        found = probe()
        return (probe() if found is NEAR else found) is CLEAN

    def _probe(self, rung):
        if self.server is None:
            self.server = self.contestant.start(self.run.server_core)
        try:
            answer = generator.paced(
                self.server, self.run.generator_core, self.rungs[rung], VISITORS, self.seconds,
                viewers=self.viewers, warm_up=f"{WARM_UP_SECONDS}s", settle=f"{self.settle_seconds}s")
        except RuntimeError as problem:
            log(f"  {self.contestant.name} at {self.rungs[rung]:,}/s: {problem}")
            self._stop()
            return FAR
        self.generator_shares[rung] = answer["generator"]["busiest_share"]
        found = _judge(answer)
        if found is not CLEAN:
            self._stop()
        return found

    def _stop(self):
        if self.server is not None:
            self.server.__exit__()
            self.server = None


def tables(found):
    figures = []
    for viewers, answers in found.items():
        title = "1 viewer" if viewers == "1" else f"{viewers} viewers"
        figures.append(Figure(title, column(answers, lambda answer: answer["rate"])))
    names = list(next(iter(found.values())))
    return [section("Highest clean rate, samples/s", names, figures, [_bounds(found)])]


def _bounds(found):
    """Where the figure is a lower bound: what gave out was not the server."""
    others = []
    for viewers, answers in found.items():
        for name, runs in answers.items():
            if runs and runs[-1]["bound_by"] != "server":
                others.append(f"{name} with {viewers} (the {runs[-1]['bound_by']})")
    if not others:
        return "In every search it was the server that gave out."
    return "At least as much, since something else than the server gave out: " + ", ".join(others) + "."
