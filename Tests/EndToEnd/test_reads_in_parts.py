"""What a read stops at although more is there: urgent data, and descriptors that came along."""

from __future__ import annotations

import array
import os
import socket

import pytest

from waiting import wait_until
from wire import RawWebSocket, handshake, text

VISITORS = 40


def received(server) -> float:
    return server.metrics()["pointerscope_events_received_total"]


def click(number: int) -> bytes:
    return text({"id": f"v{number}", "x": number, "y": 2, "k": "click"})


def test_what_stands_behind_urgent_data_is_read(server) -> None:
    """And nothing more comes that would have the worker look again."""
    visitors = [RawWebSocket(server.ingest) for _ in range(VISITORS)]
    for number, visitor in enumerate(visitors):
        visitor.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        visitor.socket.send(click(number))
        visitor.socket.send(b"!", socket.MSG_OOB)
        visitor.socket.send(click(number))
    wait_until(lambda: received(server) == 2 * VISITORS, 10, "every click")
    for number, visitor in enumerate(visitors):
        # It goes on, and is not asked about without end.
        visitor.send(click(number))
        visitor.ping_and_wait()
    assert received(server) == 3 * VISITORS


@pytest.mark.parametrize("messages", [2, 20])
def test_messages_that_bring_descriptors_are_read(start_server, tmp_path, messages: int) -> None:
    path = tmp_path / "i"
    server = start_server(f"--ingest=unix:{path}", workers=1)
    with socket.socket(socket.AF_UNIX) as visitor, open(os.devnull) as gift:
        visitor.settimeout(30)
        visitor.connect(str(path))
        visitor.send(handshake())
        while b"\r\n\r\n" not in visitor.recv(4096):
            pass
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [gift.fileno()]))]
        for number in range(messages):
            visitor.sendmsg([click(number)], rights)
        wait_until(lambda: received(server) == messages, 10, "every click")
