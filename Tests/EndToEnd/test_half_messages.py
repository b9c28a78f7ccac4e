"""Heads and messages that do not come to an end: what is kept of them is bounded, and given back."""

from __future__ import annotations

import json

from server import resident_bytes
from waiting import wait_until, wait_until_holds
from wire import RawSocket, RawWebSocket, frame

MIB = 1024 * 1024
CROWD = 3000
HALF = frame(b" " * (64 * 1024 - 1), mask=bytes(4))[:63 * 1024]


def worker_bytes(server) -> int:
    return sum(resident_bytes(pid) for pid in server.worker_pids())


def refused_for_memory(server) -> float:
    return server.metrics()['pointerscope_connections_refused_total{reason="memory"}']


def end(crowd: list[RawSocket], server, left: int) -> None:
    for socket in crowd:
        socket.close()
    def count() -> int:
        return sum(worker["connections"] for worker in server.state()["workers"])
    wait_until(lambda: count() == left, 60, "the crowd to be gone")


def check_memory_is_back(server, before: int) -> None:
    def check():
        assert worker_bytes(server) - before < 16 * MIB
    wait_until_holds(check, 30)


def test_a_crowd_with_half_messages(server):
    before = worker_bytes(server)
    crowd = [RawWebSocket(server.ingest) for _ in range(CROWD)]
    for socket in crowd:
        try:
            socket.send(HALF)
        except OSError:
            # Somebody had to go already.
            pass
    wait_until(lambda: refused_for_memory(server) > CROWD * 4 / 5, 60, "most of them to be turned away")
    metrics = server.metrics()
    assert metrics['pointerscope_messages_refused_total{code="1013"}'] > CROWD * 4 / 5
    assert worker_bytes(server) - before < 2 * 16 * MIB
    assert server.event("memory_refused")["count"] > 0
    assert crowd[0].read_close()[0] == 1013
    # Whoever comes to an end is served meanwhile, though the memory is full.
    honest = RawWebSocket(server.ingest)
    message = frame(json.dumps([{"id": "ann", "x": step, "y": 1} for step in range(1500)]).encode())
    honest.send(message[:20_000])
    honest.send(message[20_000:])
    honest.ping_and_wait()
    assert server.metrics()["pointerscope_events_received_total"] == 1500
    # Some who came last stay, above everything that the others took.
    stayed = [crowd.pop() for _ in range(10)]
    end(crowd, server, left=11)
    check_memory_is_back(server, before)
    for socket in stayed:
        socket.close()


def test_a_crowd_with_half_heads(server):
    before = worker_bytes(server)
    crowd = []
    for _ in range(CROWD):
        crowd.append(RawSocket(server.ingest))
        crowd[-1].send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * (15 * 1024))
    wait_until(lambda: refused_for_memory(server) > CROWD / 4, 60, "some to be turned away")
    assert worker_bytes(server) - before < 2 * 16 * MIB
    assert crowd[0].read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 503 ")
    RawWebSocket(server.ingest).close_well()
    end(crowd, server, left=0)
    check_memory_is_back(server, before)
