"""What the server does by the clock, all waited for at once: pings, time limits and heartbeats."""

from __future__ import annotations

import json
import select
import threading
from concurrent.futures import ThreadPoolExecutor

from websockets.sync.client import connect

from samples import take_until_killed
from wire import RawSocket, RawWebSocket, Stream, frame

PATIENCE_SECONDS = 110
"""Twice the longest that a silent visitor may stay."""


def count_comments(stream: Stream, until: threading.Event) -> int:
    """How many comments came up to the moment when the silent visitor has gone."""
    count = 0
    for block in stream.read_blocks(PATIENCE_SECONDS):
        count += block.startswith(b":")
        if until.is_set():
            break
    return count


def stay_silent(server) -> tuple[int, int]:
    """A visitor that never answers; returns the opcode of what it is sent first and the close code."""
    visitor = RawWebSocket(server.ingest)
    visitor.socket.settimeout(PATIENCE_SECONDS)
    visitor.say({"id": "silent", "x": 1, "y": 1})
    opcode, _ = visitor.read_frame()
    return opcode, visitor.read_close()[0]


def answer_pings(server, silent: threading.Event) -> None:
    """A visitor that says nothing of its own accord, and is still welcome when the silent one has gone."""
    visitor = RawWebSocket(server.ingest)
    visitor.socket.settimeout(PATIENCE_SECONDS)
    visitor.say({"id": "patient", "x": 1, "y": 1})
    opcode, payload = visitor.read_frame()
    assert opcode == 9
    visitor.send(frame(payload, opcode=10))
    silent.wait(PATIENCE_SECONDS)
    visitor.say({"id": "patient", "x": 2, "y": 2})
    visitor.ping_and_wait()
    visitor.close_well()


def use_a_library(server, silent: threading.Event) -> None:
    """PyPI `websockets` answers pings by itself."""
    with connect(server.ingest_url, subprotocols=["json"], proxy=None, ping_interval=None) as client:
        client.send(json.dumps({"id": "library", "x": 1, "y": 1}))
        silent.wait(PATIENCE_SECONDS)
        client.send(json.dumps({"id": "library", "x": 2, "y": 2}))


def trickle(server) -> tuple[int, str]:
    """A visitor that sends a byte of a message now and then."""
    visitor = RawWebSocket(server.ingest)
    for byte in frame(b" " * 1000):
        try:
            visitor.send(bytes([byte]))
        except OSError:
            break
        # A byte a second is what this is about; it ends when the server has had enough.
        if select.select([visitor.socket], [], [], 1)[0]:
            break
    return visitor.read_close()


def shake_half_a_hand(server) -> bytes:
    caller = RawSocket(server.ingest)
    caller.socket.settimeout(PATIENCE_SECONDS)
    caller.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    return caller.read_to_end()


def test_silence(server):
    silent = threading.Event()
    stream, beats = Stream(server), Stream(server)
    with ThreadPoolExecutor(8) as pool:
        heartbeats = pool.submit(count_comments, beats, silent)
        patient, library = (pool.submit(visit, server, silent) for visit in (answer_pings, use_a_library))
        half = pool.submit(shake_half_a_hand, server)
        trickling = pool.submit(trickle, server)
        opcode, code = pool.submit(stay_silent, server).result(PATIENCE_SECONDS)
        silent.set()
        assert (opcode, code) == (9, 1001)
        assert trickling.result(PATIENCE_SECONDS)[0] == 1008
        assert server.metrics()['pointerscope_connections_refused_total{reason="message_timeout"}'] == 1
        patient.result(PATIENCE_SECONDS)
        library.result(PATIENCE_SECONDS)
        answer = half.result(PATIENCE_SECONDS)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")
        assert heartbeats.result(PATIENCE_SECONDS) >= 4, "one at the opening and one every 15 s"
    messages = take_until_killed(stream, ["silent", "patient", "library"])
    told: dict[str, list[int]] = {}
    for message in messages:
        if "id" in message.data:
            told.setdefault(message.data["id"], []).append(message.data["x"])
    assert told == {"silent": [1], "patient": [1, 2], "library": [1, 2]}
    metrics = server.metrics()
    assert metrics['pointerscope_connections_refused_total{reason="idle_timeout"}'] == 1
    assert metrics['pointerscope_connections_refused_total{reason="handshake_timeout"}'] == 1
