"""Two hundred connections that send as fast as the sockets take it."""

import time
import urllib.request

from . import generator

CONNECTIONS = 200
SECONDS = 5
DRAIN_SECONDS = 10
SETTLE_SECONDS = 0.7
SAMPLE_SECONDS = 0.2


def once(contestant, cores):
    """The generator's report, with how far the server's memory grew and, where there are metrics, its accounts."""
    with contestant.start(cores[0]) as server:
        time.sleep(SETTLE_SECONDS)
        before = peak = server.pss_bytes()
        process = generator.start(
            server, cores[1], rate="max", seconds=SECONDS, warm_up=0, drain=DRAIN_SECONDS, viewers=1,
            connections=CONNECTIONS)
        while process.poll() is None:
            peak = max(peak, server.pss_bytes())
            time.sleep(SAMPLE_SECONDS)
        answer = generator.finish(process)
        answer["growth_mib"] = (peak - before) / 2**20
        answer["delivered_per_second"] = answer["received"][0] / (
            answer["seconds"] + answer["drain_ms"] / 1000)
        if contestant.has_metrics:
            answer["accounts"] = _accounts(server)
        return answer


def _accounts(server):
    """Received must be relayed + conflated at the relay + lost (DESIGN: accounting)."""
    with urllib.request.urlopen(f"http://{server.http}/metrics", timeout=5) as response:
        lines = response.read().decode().splitlines()
    totals = {}
    for line in lines:
        name, _, value = line.rpartition(" ")
        if name.startswith("pointerscope_events_"):
            totals[name] = float(value)

    def total(prefix):
        return sum(value for name, value in totals.items() if name.startswith(prefix))

    received = total("pointerscope_events_received_total")
    explained = (
        total("pointerscope_events_relayed_total")
        + total('pointerscope_events_conflated_total{stage="relay"')
        + total("pointerscope_events_lost_total"))
    return {"received": received, "explained": explained}
