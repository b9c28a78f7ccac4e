"""The seats of the HTTP port, and the memory behind them: whoever holds them, the port stays open."""

from __future__ import annotations

import json
import resource
import time

import pytest

from test_limits import limit_descriptors
from waiting import wait_until
from wire import RawSocket, RawWebSocket, Stream

MEBIBYTE = 1 << 20
KEPT = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
STATE = b"GET /api/state HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def many_descriptors():
    """This process may hold as many as a whole port of callers needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def resident_bytes(server) -> int:
    with open(f"/proc/{server.pid}/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def fill(server, count: int, request: bytes, receive_buffer: int | None = None) -> list[RawSocket]:
    callers = []
    for _ in range(count):
        callers.append(RawSocket(server.http, receive_buffer))
        if request:
            callers[-1].send(request)
    return callers


def may_stream(server) -> bool:
    """Whether a new viewer gets its stream."""
    caller = RawSocket(server.http)
    caller.send(b"GET /receive/me HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head = caller.socket.recv(4096)
    caller.close()
    return head.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("seats", [160, 8190])
def test_nobody_can_hold_the_port_shut(start_server, many_descriptors, seats):
    """Callers that ask once and stay, and some that say nothing, as many as there are seats of both kinds."""
    if seats + 200 > many_descriptors:
        pytest.skip(f"{many_descriptors} descriptors are too few")
    server = start_server(preexec_fn=limit_descriptors(512) if seats == 160 else None)
    idle = fill(server, seats, KEPT)
    silent = fill(server, 80, b"")
    for _ in range(3):
        assert server.get("/healthz").text == "ok\n"
        assert server.get("/metrics").status == 200
    # Whoever has been idle for a second makes room.
    wait_until(lambda: may_stream(server), 30, "a stream")
    stream = Stream(server)
    for caller in fill(server, 200, KEPT):
        assert caller.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 ")
        caller.close()
    metrics = server.metrics()
    assert metrics["pointerscope_http_connections_evicted_total"] > 0
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "ann", "x": 1, "y": 2})
    assert stream.take(1)[0].data["id"] == "ann", "a stream keeps its seat"
    for caller in (*idle, *silent):
        caller.close()


@pytest.mark.parametrize("request_bytes", [
    b"GET /healthz HTTP/1.1\r\nHost: loc", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 300,
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n",
])
def test_no_way_to_hold_a_seat_lasts(start_server, request_bytes):
    server = start_server(preexec_fn=limit_descriptors(512))
    holders = fill(server, 240, request_bytes, receive_buffer=4096)
    assert server.get("/healthz").text == "ok\n"
    wait_until(lambda: may_stream(server) and server.get("/").status == 200, 30, "a seat")
    for holder in holders:
        holder.close()


def everyone(first: int) -> list[dict]:
    """A sample of each of 200 visitors, who share a connection."""
    return [{"id": f"visitor-{number:05d}", "x": number, "y": 1, "p": "/a/page/of/a/shop"}
            for number in range(first, first + 200)]


def crowd(server, count: int) -> dict[int, RawWebSocket]:
    """Connections of 200 visitors by the first of these."""
    sockets = {}
    for first in range(0, count, 200):
        sockets[first] = RawWebSocket(server.ingest)
        sockets[first].say(everyone(first))
        sockets[first].ping_and_wait()
    return sockets


def check_given_back(server, before: int) -> None:
    """All that was held is free, and the system has it."""
    wait_until(lambda: server.metrics()["pointerscope_held_bytes"] == 0, 60, "the memory to be free")
    wait_until(lambda: resident_bytes(server) - before < 16 * MEBIBYTE, 60,
               lambda: f"{(resident_bytes(server) - before) / MEBIBYTE:.0f} MiB to be given back")


def test_unread_answers_take_no_memory_each(server):
    visitors = crowd(server, 4000)
    before = resident_bytes(server)
    readers = fill(server, 300, STATE * 20, receive_buffer=4096)
    wait_until(lambda: server.metrics()["pointerscope_http_connections"] > 300, 60, "everyone")
    # Some rounds of answers, each made once for all who wait then.
    made = time.monotonic() + 1
    while time.monotonic() < made:
        assert len(server.state()["visitors"]) == 4000
    assert resident_bytes(server) - before < 72 * MEBIBYTE
    for reader in readers:
        reader.close()
    check_given_back(server, before)
    assert len(visitors) == 20


def test_heads_that_are_not_whole_take_a_share(server, many_descriptors):
    before = resident_bytes(server)
    count = min(3000, many_descriptors - 300)
    callers = fill(server, count, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 15_000)
    assert server.get("/healthz").text == "ok\n"
    assert server.get("/api/state").status == 200
    metrics = server.metrics()
    assert metrics["pointerscope_held_bytes"] <= 16 * MEBIBYTE
    if count > 1500:
        assert metrics['pointerscope_http_connections_refused_total{reason="memory"}'] > 0
    for caller in callers:
        caller.close()
    check_given_back(server, before)


def test_stalled_viewers_share_what_they_do_not_take(server, many_descriptors):
    visitors = crowd(server, 1000)
    before = resident_bytes(server)
    count = min(1500, many_descriptors - 300)
    request = b"GET /receive/me?shape=frames&hz=60 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    viewers = fill(server, count, request, receive_buffer=4096)
    wait_until(lambda: server.metrics()["pointerscope_viewers"] == count, 60, "every viewer")

    sent = 0

    def is_stalled():
        nonlocal sent
        for first, visitor in visitors.items():
            visitor.say(everyone(first))
        metrics, sent_before = server.metrics(), sent
        sent = metrics["pointerscope_http_sent_bytes_total"]
        return sent - sent_before < MEBIBYTE and metrics["pointerscope_held_bytes"] > 0

    wait_until(is_stalled, 120, "viewers to be left within messages")
    assert server.metrics()["pointerscope_held_bytes"] <= 64 * MEBIBYTE
    assert resident_bytes(server) - before < 32 * MEBIBYTE
    for viewer in viewers:
        viewer.close()
    check_given_back(server, before)


def test_an_answer_is_as_new_as_the_question(server):
    visitor = RawWebSocket(server.ingest)
    for number in range(30):
        visitor.say({"id": "ann", "x": 1, "y": 2, "p": f"/page/{number}"})
        visitor.ping_and_wait()
        assert server.state()["visitors"][0]["page"] == f"/page/{number}"


def test_what_is_not_seen_is_escaped(server):
    viewer = Stream(server)
    frames = Stream(server, "?shape=frames")
    hostile = "/\u0080\u009b31m\u009f\u007f\u202ex\u2066\u200b\ufeff\u2028\U000e0041"
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "a\u202eb", "x": 1, "y": 2, "p": hostile})
    visitor.ping_and_wait()
    texts = [server.get("/api/state").text, viewer.take(1)[0].text]
    texts.append(next(message.text for message in frames.messages() if "31m" in message.text))
    visitor.close()
    texts.append(viewer.take(1)[0].text)
    for text in texts:
        assert all(" " <= sign < "\x7f" for sign in text.rstrip("\n")), repr(text)
        assert "a\\u202eb" in text
    assert json.loads(texts[0])["visitors"][0]["page"] == hostile
    assert json.loads(texts[1])["p"] == hostile
