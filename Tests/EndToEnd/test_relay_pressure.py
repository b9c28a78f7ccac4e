"""A master that stands still while visitors go on: what its workers keep, and what is there afterwards."""

from __future__ import annotations

import json
import os
import select
import signal
from contextlib import contextmanager

from server import reset_peak, peak_bytes, resident_bytes, state_of
from waiting import wait_until, wait_until_holds
from wire import RawWebSocket, Stream, frame

MIB = 1024 * 1024


@contextmanager
def standing_still(pid: int):
    """A process that is stopped meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_until(lambda: state_of(pid) == "T", 20, "the process to stand still")
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def at_rest(server) -> None:
    """Returns when everything that workers received has been accounted for."""
    def check():
        metrics = server.metrics()
        accounted = metrics["pointerscope_events_relayed_total"] + folded_in(metrics)
        assert metrics["pointerscope_events_received_total"] == accounted
    wait_until_holds(check, 60)


def folded_in(metrics) -> float:
    return metrics['pointerscope_events_conflated_total{stage="relay"}']


def test_a_visitor_is_where_it_went_whatever_was_folded(start_server):
    # With one worker, so that the moves in front are more than the kernel takes of a channel.
    server = start_server(workers=1)
    visitors = {f"v{number}": RawWebSocket(server.ingest) for number in range(40)}

    def move(count: int) -> None:
        for name, socket in visitors.items():
            for start in range(0, count, 300):
                socket.say([{"id": name, "x": step, "y": 1} for step in range(start, start + 300)])

    def go(page: str, width: int, height: int) -> None:
        for name, socket in visitors.items():
            socket.say({"id": name, "x": 0, "y": 0, "w": width, "h": height, "p": page})

    go("/old", 1280, 720)
    wait_until(lambda: len(server.state()["visitors"]) == 40, 30, "everyone")
    with standing_still(server.pid):
        move(900)
        go("/new", 800, 600)
        move(2400)
        for socket in visitors.values():
            socket.ping_and_wait()
    at_rest(server)
    assert folded_in(server.metrics()) > 50_000
    pages = {visitor["id"]: visitor["page"] for visitor in server.state()["visitors"]}
    assert pages == dict.fromkeys(visitors, "/new")
    shown = [visitor for message in keyframe(server) for visitor in message["visitors"]]
    assert {visitor["id"]: (visitor["p"], visitor["w"], visitor["h"]) for visitor in shown} == dict.fromkeys(
        visitors, ("/new", 800, 600))


def keyframe(server) -> list[dict]:
    """The parts of the keyframe that a new viewer is told first."""
    parts = []
    for message in Stream(server, "?shape=frames").messages():
        assert message.event == "keyframe"
        parts.append(message.data)
        if not message.data.get("more"):
            return parts
    raise AssertionError("no keyframe came")


class Push:
    """Sends much to many sockets at once, as the kernel takes it."""

    def __init__(self, messages: dict[RawWebSocket, bytes]) -> None:
        self.poll = select.poll()
        self.left = {}
        for socket, data in messages.items():
            socket.socket.setblocking(False)
            self.left[socket.socket.fileno()] = (socket, memoryview(data))
            self.poll.register(socket.socket, select.POLLOUT)

    def until_nothing_moves(self, seconds: float) -> None:
        """Returns when all is sent, or when no socket took anything for so long."""
        while self.left:
            ready = self.poll.poll(seconds * 1000)
            if not ready:
                return
            for descriptor, _ in ready:
                socket, data = self.left[descriptor]
                data = data[socket.socket.send(data[:MIB]):]
                self.left[descriptor] = (socket, data)
                if not data:
                    del self.left[descriptor]
                    self.poll.unregister(descriptor)
                    socket.socket.settimeout(60)


def test_clicks_of_a_crowd_wait_where_they_are(start_server):
    server = start_server(workers=1)
    worker = server.worker_pids()[0]
    count, messages, clicks = 1500, 4, 1000
    visitors = [RawWebSocket(server.ingest) for _ in range(count)]
    for visitor in visitors:
        visitor.ping_and_wait()
    templates = [
        frame(json.dumps([
            {"id": "v####", "x": start + step, "y": 2, "k": "click"} for step in range(clicks)
        ]).encode(), mask=bytes(4))
        for start in range(0, messages * clicks, clicks)]
    push = Push({
        visitor: b"".join(templates).replace(b"####", b"%04d" % number)
        for number, visitor in enumerate(visitors)})
    before = resident_bytes(worker)
    reset_peak(worker)
    with standing_still(server.pid):
        push.until_nothing_moves(1)
        assert peak_bytes(worker) - before < 24 * MIB
    push.until_nothing_moves(60)
    for visitor in visitors:
        visitor.ping_and_wait()
    assert peak_bytes(worker) - before < 24 * MIB
    at_rest(server)
    metrics = server.metrics()
    assert metrics["pointerscope_events_relayed_total"] == count * messages * clicks
    assert metrics["pointerscope_read_stalls_total"] > 0
    assert metrics["pointerscope_connections_refused_total"] == 0
    assert metrics["pointerscope_messages_refused_total"] == 0
    shown = {visitor["id"]: visitor["x"] for part in keyframe(server) for visitor in part["visitors"]}
    assert shown == {f"v{number:04}": messages * clicks - 1 for number in range(count)}
