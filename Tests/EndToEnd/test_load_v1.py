"""`pointerscope load --protocol v1` against the real server."""

from __future__ import annotations

import socket
import subprocess
import threading

import pytest

from alien_server import Double
from frame_proxy import Frames
from server import BINARY
from test_load_command import USAGE, address, report, run
from test_load_faults import shake_hands
from waiting import wait_until
from wire import Stream, frame
from wire_v1 import text, uv


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


class MovingServer(Double):
    """Asks whoever comes first to move away, and welcomes the next connection once the first has said more."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int]] = []
        """What came on which connection, from 1 on."""
        self.count = 0
        self.has_said_more = threading.Event()
        self.lock = threading.Lock()
        super().__init__(self._serve)

    def _serve(self, connection: socket.socket) -> None:
        with self.lock:
            self.count += 1
            number = self.count
        shake_hands(connection, protocol=b"pointerscope.v1")
        frames = Frames(b"")
        while (found := frames.next(connection)) is not None:
            opcode, message = found
            if opcode == 8:
                self.events.append(("close", number))
                return
            if opcode == 2:
                self.heard(connection, number, message)

    def heard(self, connection: socket.socket, number: int, message: bytes) -> None:
        if message[1] == 1:
            self.events.append(("hello", number))
            if number > 1:
                assert self.has_said_more.wait(30)
            body = b"\0" + text(f"~visitor{number}") + text("token") + bytes([60]) + uv(50)
            # Noted first: what it brings about is noted on the other connection's thread.
            self.events.append(("welcome", number))
            connection.sendall(frame(b"\x01" + uv(len(body)) + body, opcode=2, mask=None))
            return
        self.events.append(("message", number))
        if number > 1:
            return
        if self.events.count(("message", 1)) == 3:
            connection.sendall(frame(b"\x04\0", opcode=2, mask=None))
        if ("hello", 2) in self.events and self.events[-3:] == [("message", 1)] * 3:
            self.has_said_more.set()


def test_the_next_connection_is_there_before_the_old_one_goes():
    server = MovingServer()
    try:
        found = report(
            server.address, "--protocol", "v1", "--visitors", "1", "--rate", "50", "--duration", "2s")
    finally:
        server.end()
    assert found["errors"] == 0 and found["sent"] == found["offered"] == 100
    events = server.events
    assert events[:2] == [("hello", 1), ("welcome", 1)]
    said = [events.index(event) for event in [("hello", 2), ("welcome", 2), ("close", 1), ("message", 2)]]
    # The close and the first message of two connections are heard in any order.
    assert said[:2] == sorted(said[:2]) and min(said[2:]) > said[1]
    assert ("message", 1) in events[said[0]:said[1]]
    assert ("message", 1) not in events[said[2]:]
    assert events.count(("message", 1)) + events.count(("message", 2)) == 100
    assert server.count == 2


def test_it_samples_as_it_is_asked(start_server):
    server = start_server("--sampling", "25")
    found = report(
        address(server.ingest), "--protocol", "v1", "--rate", "asked", "--viewer", address(server.http),
        "--visitors", "20", "--duration", "4s", "--require", "lost=0,errors=0,duplicates=0,disordered=0")
    # 25 a second of each; the last message may still be to come.
    assert 20 * 25 * 3.7 <= found["sent"] <= 20 * 25 * 4
    assert found["sent"] == found["offered"] == found["arrived"]["received"]


def test_it_follows_the_server(server):
    """Nobody watches, then somebody does, then nobody."""
    load = subprocess.Popen(
        [BINARY, "load", address(server.ingest), "--protocol", "v1", "--rate", "asked", "--motion", "circle",
         "--visitors", "20", "--duration", "60s", "--json"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def received() -> int:
            return server.metrics()["pointerscope_events_received_total"]

        wait_until(lambda: received() == 20, 30, "everybody's hello")
        stream = Stream(server)
        wait_until(lambda: received() > 2000, 60, "60 samples a second of each")
        stream.close()
        wait_until(lambda: server.metrics()["pointerscope_sampling_rate"] == 0, 60, "that nobody watches")
        # Those who move in circles have nothing to say then.
        still = [received()]
        wait_until(lambda: still.append(received()) or still[-1] == still[-2], 30, "silence")
    finally:
        load.terminate()
        load.wait(timeout=60)


@pytest.mark.parametrize("options,word", [
    (["--rate", "asked"], "--protocol v1"),
    (["--rate", "asked", "--protocol", "v1", "--mode", "drain", "--pid", "1"], "--mode pace"),
    (["--rate", "asked", "--protocol", "v1", "--batch", "3"], "--batch"),
])
def test_what_does_not_go_with_asking(options, word):
    result = run("127.0.0.1:1", *options)
    assert result.returncode == USAGE and word in result.stderr
