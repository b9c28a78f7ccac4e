"""What one client address and one connection may have of a server, so that something is left for the others."""

from __future__ import annotations

import json
import socket

import pytest
import websockets.sync.client
from websockets.exceptions import ConnectionClosed, InvalidStatus

from waiting import wait_until, wait_until_holds
from wire import RawWebSocket, frame, handshake

OFFICE = "127.0.0.2"
CHURNER = "127.0.0.3"
PROBE = "127.0.0.1"
REFUSED = 'pointerscope_connections_refused_total{reason="address_%s"}'


def call(server, address: str) -> socket.socket:
    """A connection from this address of the machine."""
    connection = socket.create_connection(server.ingest, timeout=60, source_address=(address, 0))
    connection.sendall(handshake())
    return connection


def answer(connection: socket.socket) -> int | None:
    """The status of the answer; None where the connection was reset instead."""
    try:
        head = connection.recv(65536)
    except ConnectionResetError:
        return None
    return int(head.split(b" ")[1]) if head else None


def knock(server, address: str) -> int | None:
    """The status that a connection from there gets, which is over then; None where it was reset."""
    try:
        with call(server, address) as connection:
            return answer(connection)
    except (ConnectionResetError, BrokenPipeError):
        return None


def let_in(server, address: str) -> socket.socket:
    """A connection from there, as soon as there is room for it."""
    def one():
        try:
            connection = call(server, address)
        except ConnectionResetError:
            return None
        if answer(connection) == 101:
            return connection
        connection.close()
        return None
    return wait_until(one, 30, f"room for {address}")


@pytest.fixture
def door(start_server):
    """A server that lets three in at a time from addresses of this machine, ten at once, and then one a second."""
    return start_server(
        "--limit-loopback", "--unlimited", PROBE, "--address-limit", "3", "--address-rate", "1")


def test_an_address_has_so_many_connections(door):
    office = [call(door, OFFICE) for _ in range(3)]
    assert [answer(one) for one in office] == [101] * 3
    assert answer(call(door, OFFICE)) == 429
    # A real client is told as well; this one gives up where the answer is faster than its request.
    def refusal():
        try:
            websockets.sync.client.connect(door.ingest_url, source_address=(OFFICE, 0))
        except InvalidStatus as told:
            return told.response
        except (ConnectionClosed, OSError):
            return None
    response = wait_until(refusal, 30, "an answer")
    assert response.status_code == 429 and response.headers["Retry-After"] == "10"
    # Others are not concerned, and a friend's address never is.
    assert answer(call(door, "127.0.0.9")) == 101
    friends = [call(door, PROBE) for _ in range(20)]
    assert [answer(one) for one in friends] == [101] * 20
    # Whoever leaves makes room, and so does a worker's end.
    office.pop().close()
    office.append(let_in(door, OFFICE))
    for pid in door.worker_pids():
        door.kill_worker(pid)
    for one in office:
        one.close()
    # Of the ten that may come at once some are left: two were refused, which cost nothing.
    again = [let_in(door, OFFICE) for _ in range(3)]
    metrics = door.metrics()
    assert metrics[REFUSED % "connections"] >= 2 and metrics["pointerscope_ingest_addresses"] >= 1
    assert door.event("connections_refused")["reason"] == "address_connections"
    assert OFFICE not in "".join(door.raw_lines) and OFFICE not in door.get("/api/state").text
    for one in again + friends:
        one.close()
    # Nobody is remembered for longer than it means something.
    wait_until(lambda: door.metrics()["pointerscope_ingest_addresses"] == 0, 30, "all addresses to be forgotten")


def test_new_connections_of_an_address_come_at_its_rate(door):
    statuses = [knock(door, CHURNER) for _ in range(200)]
    assert 10 <= statuses.count(101) < 60 and statuses[0] == 101
    metrics = door.metrics()
    assert metrics[REFUSED % "rate"] + metrics[REFUSED % "connections"] == 200 - statuses.count(101)
    # When refusals are many it is not worth an answer to each.
    assert statuses.count(None) > 0 and statuses.count(429) > 0
    assert knock(door, PROBE) == 101


def test_a_proxy_is_not_one_client(start_server):
    server = start_server(
        "--limit-loopback", "--address-limit", "1", "--trusted-proxy", OFFICE)
    proxied = [call(server, OFFICE) for _ in range(5)]
    assert [answer(one) for one in proxied] == [101] * 5
    strangers = [call(server, CHURNER) for _ in range(2)]
    assert [answer(one) for one in strangers] == [101, 429]


def test_greedy_connections_leave_places_to_the_others(start_server):
    # With so many workers each has few places, so that little has to be said.
    server = start_server(workers=16)
    first = RawWebSocket(server.ingest)
    first.say({"id": "ann", "x": 1, "y": 1})
    first.ping_and_wait()
    greedy = [RawWebSocket(server.ingest) for _ in range(16 * 20)]
    for start in range(0, 256, 32):
        for number, one in enumerate(greedy):
            try:
                one.say([{"id": f"g{number}-{index}", "x": 1, "y": 1} for index in range(start, start + 32)])
            except OSError:
                pass
    full = 'pointerscope_messages_refused_total{code="1013"}'
    wait_until(lambda: server.metrics()[full] > 0, 60, "somebody to be refused")
    # Whoever speaks for one finds a place at every worker, newcomers and somebody who is here.
    modest = [RawWebSocket(server.ingest) for _ in range(64)]
    for number, one in enumerate(modest):
        one.say({"id": "ann" if number % 2 else f"new{number}", "x": 2, "y": 2})
    for one in modest:
        one.ping_and_wait()
    ids = {visitor["id"] for visitor in server.state()["visitors"]}
    assert {"ann"} | {f"new{number}" for number in range(0, 64, 2)} <= ids
    wait_until_holds(lambda: server.metrics().check_accounting())


def test_a_flood_is_accounted_for(server):
    """More than a worker passes on as it comes, where it is fast enough to read that."""
    loud, quiet = RawWebSocket(server.ingest), RawWebSocket(server.ingest)
    flood = b"".join(
        frame(("[" + ",".join(f'{{"id":"loud","x":{step},"y":{part}}}' for step in range(1500)) + "]").encode())
        for part in range(20))
    for part in range(5):
        loud.send(flood)
        quiet.say({"id": "quiet", "x": part, "y": 0})
        quiet.say({"id": "quiet", "x": part, "y": 1, "k": "click"})
    for one in [loud, quiet]:
        one.ping_and_wait()
    received = 5 * (20 * 1500 + 2)
    wait_until(lambda: server.metrics()["pointerscope_events_received_total"] == received, 60, "all to be read")

    def check() -> None:
        metrics = server.metrics()
        metrics.check_accounting()
        assert metrics["pointerscope_events_lost_total"] == 0
        # Of what one read brought the newest is always there.
        newest = {visitor["id"]: visitor for visitor in server.state()["visitors"]}
        assert newest.keys() == {"loud", "quiet"}
    wait_until_holds(check)


def test_ever_new_texts_are_the_speakers_own_loss(server):
    greedy, usual = RawWebSocket(server.ingest), RawWebSocket(server.ingest)
    for number in range(2_000):
        greedy.say({"id": "greedy", "x": number, "y": 0, "p": f"/{number}"})
    greedy.ping_and_wait()
    usual.say({"id": "usual", "x": 1, "y": 1, "p": "/cart"})
    usual.ping_and_wait()

    def visitors() -> dict:
        return {visitor["id"]: visitor.get("page") for visitor in server.state()["visitors"]}
    wait_until_holds(lambda: _equal(visitors(), {"greedy": None, "usual": "/cart"}))
    assert server.metrics()["pointerscope_texts_withheld_total"] > 1_000
    assert server.metrics()["pointerscope_pages_refused_total"] == 0


def _equal(one, other) -> None:
    assert one == other, json.dumps([one, other])
