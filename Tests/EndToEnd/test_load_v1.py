"""`pointerscope load --protocol v1` against the real server."""

from __future__ import annotations

import pytest

from test_load_command import address, report


def test_everything_arrives(server):
    found = report(
        address(server.ingest), "--protocol", "v1", "--viewer", address(server.http), "--viewers", "2",
        "--visitors", "50", "--rate", "60", "--batch", "3", "--duration", "2s",
        "--require", "lost=0,errors=0,duplicates=0,disordered=0,foreign=0,sent=6000")
    assert found["met"] and found["protocol"] == "v1" and found["offered"] == found["sent"] == 6000
    assert found["arrived"]["by_viewer"] == [6000, 6000]
    assert found["handshake_ms"]["count"] == 50
    metrics = server.metrics()
    # Each hello is a sample as well.
    assert metrics["pointerscope_events_received_total"] == 6050
    metrics.check_accounting()


@pytest.mark.parametrize("options", [
    ["--rate", "natural"], ["--motion", "random", "--batch", "200", "--rate", "1000"],
    ["--batch", "4", "--coalesce", "4", "--rate", "100"], ["--ramp", "0.5s", "--churn", "10"],
    ["--processes", "3", "--viewers", "3"], ["--rate", "max", "--duration", "0.3s"],
])
def test_ways_of_loading(server, options):
    found = report(
        address(server.ingest), "--protocol", "v1", "--viewer", address(server.http), "--visitors", "20",
        "--duration", "1.5s", *options)
    arrived = found["arrived"]
    assert found["sent"] > 0 and found["errors"] == 0
    assert arrived["lost"] == 0 and arrived["received"] + arrived["conflated"] == found["sent"] * arrived["viewers"]


def test_drain(server):
    found = report(
        address(server.ingest), "--protocol", "v1", "--mode", "drain", "--pid", str(server.pid), "--visitors", "20",
        "--queue", "16", "--batch", "3", "--duration", "0.5s")
    assert found["drain"]["rounds"] > 0 and found["errors"] == 0
