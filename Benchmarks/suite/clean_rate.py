"""The highest rate at which everything arrives, in order, and 99 of 100 samples within 10 ms."""

from .generator import BUSY_SHARE, measure

RUNGS = [
    1000, 2000, 3000, 5000, 7500, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 60_000, 80_000,
    100_000, 120_000, 150_000, 180_000, 220_000, 260_000, 300_000, 350_000, 400_000,
]
# The generator sends at most every 0.5 ms, so that up to 100,000/s every frame has a write of its own, as a
# page's has; beyond, a write carries several.
CONNECTIONS = 50
LATENCY_MILLISECONDS = 10
SECONDS = 2
WARM_UP_SECONDS = 0.7
# What is not there so long after the last sample is far beyond the latency allowed.
DRAIN_SECONDS = 1


def search(server, core, viewers, known=None):
    """Climbs or descends from the rung `known` from an earlier pass, or halves the ladder without one."""
    busiest = {}

    def is_clean(rung):
        # A second try, because a single hiccup of the machine is no property of the server.
        return any(_probe(server, core, viewers, rung, busiest) for _ in range(2))

    if known is None:
        low, high = -1, len(RUNGS)
        while high - low > 1:
            middle = (low + high) // 2
            if is_clean(middle):
                low = middle
            else:
                high = middle
        best = low
    else:
        best = known
        if is_clean(best):
            while best + 1 < len(RUNGS) and is_clean(best + 1):
                best += 1
        else:
            best -= 1
            while best >= 0 and not is_clean(best):
                best -= 1
    return {
        "rung": max(best, 0),
        "rate": RUNGS[best] if best >= 0 else 0,
        # Whether the next rung failed for want of a faster generator, or of a longer ladder.
        "generator_bound": best + 1 == len(RUNGS) or busiest.get(best + 1, 0) > BUSY_SHARE,
    }


def _probe(server, core, viewers, rung, busiest):
    answer = measure(
        server, core, rate=RUNGS[rung], seconds=SECONDS, warm_up=WARM_UP_SECONDS, drain=DRAIN_SECONDS,
        viewers=viewers, connections=CONNECTIONS)
    busiest[rung] = answer["cpu_share"]
    return answer["whole"] and answer["p99_ms"] < LATENCY_MILLISECONDS
