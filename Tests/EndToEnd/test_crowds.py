"""What a crowd takes, and what is left of it."""

from __future__ import annotations

from server import resident_bytes
from waiting import wait_until
from wire import RawWebSocket

MEBIBYTE = 1 << 20
CONNECTIONS, VISITORS = 160, 250


def come(server, name: str) -> list[RawWebSocket]:
    """40,000 visitors, each on a page of their own."""
    sockets = [RawWebSocket(server.ingest) for _ in range(CONNECTIONS)]
    for number, socket in enumerate(sockets):
        for kind in ("click", "move"):
            socket.say([{"id": f"{name}-{number}-{visitor}", "x": visitor, "y": 1, "k": kind,
                         "p": f"/{name}/{number}/{visitor}/{'p' * 100}"} for visitor in range(VISITORS)])
    for socket in sockets:
        socket.ping_and_wait()
    return sockets


def test_a_crowd_that_has_gone_leaves_its_memory_behind(start_server):
    server = start_server()
    before = resident_bytes(server.pid)
    for round_number in range(3):
        sockets = come(server, f"round{round_number}")
        wait_until(lambda: server.metrics()["pointerscope_visitors"] == CONNECTIONS * VISITORS, 60, "everyone")
        assert resident_bytes(server.pid) - before > 16 * MEBIBYTE
        for socket in sockets:
            socket.close()
        wait_until(lambda: server.metrics()["pointerscope_visitors"] == 0, 60, "everyone to have left")
        wait_until(lambda: resident_bytes(server.pid) - before < 16 * MEBIBYTE, 60,
                   lambda: f"{(resident_bytes(server.pid) - before) / MEBIBYTE:.0f} MiB to be given back")
