"""What a server's /metrics say."""

import urllib.request


def read(server, headers=None):
    """Numbers by name, labels and all: `pointerscope_events_conflated_total{stage="relay"}`."""
    request = urllib.request.Request(f"http://{server.http}/metrics", headers=headers or {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (
        line.rpartition(" ") for line in lines if line and not line.startswith("#"))}


def total(found, name):
    """One counter, or without labels the sum over all that it has."""
    return sum(value for labelled, value in found.items() if name in (labelled, labelled.partition("{")[0]))
