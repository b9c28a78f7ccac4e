"""Live connections go from worker to worker: nothing is lost, repeated or reordered, and nobody sees it."""

from __future__ import annotations

import http.client
import json
import os
import random
import resource
import signal
import struct
import threading
import zlib

import pytest

from controlling import start
from samples import is_kill
from server import is_alive
from waiting import wait_until
from wire import RawSocket, RawWebSocket, Stream, frame, handshake
from wire_v1 import Visitor


@pytest.fixture
def begin(tmp_path):
    """Starts servers with a control socket, which are checked to have stopped well."""
    started = []

    def begin(*options: str, **more):
        started.append(start(tmp_path, *options, **more))
        return started[-1]

    yield begin
    for server, _ in started:
        server.stop_and_check()


def states(operator) -> list[tuple[int, str]]:
    return [(worker["worker"], worker["state"]) for worker in operator.json("workers")]


def connections(operator) -> dict[int, int]:
    return {worker["worker"]: worker["connections"] for worker in operator.json("workers")
            if worker["state"] == "running"}


def settled(operator, numbers: list[int]) -> bool:
    return states(operator) == [(number, "running") for number in numbers]


class Talker:
    """A visitor with much to say, in pieces of any size; x counts up from 1."""

    def __init__(self, server, kind: str, name: str, chance: random.Random, messages: int) -> None:
        self.kind, self.chance = kind, chance
        if kind == "v1":
            self.socket = Visitor(server.ingest, 0, 0)
            self.id = self.socket.id
        else:
            extra = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n"
            self.socket = RawWebSocket(server.ingest, extra=extra if kind == "deflate" else "")
            self.id = name
        self.said = 0
        self.unsent = b"".join(self.message() for _ in range(messages))

    def message(self) -> bytes:
        count = self.chance.randrange(1, 4)
        if self.kind == "v1":
            records = []
            for _ in range(count):
                self.said += 1
                records.append(self.socket.move(self.said, 5))
            return self.fragments(self.socket.message(*records), 2, 0)
        samples = []
        for _ in range(count):
            self.said += 1
            samples.append({"id": self.id, "x": self.said, "y": 1, "p": "/grüße"})
        payload = json.dumps(samples, ensure_ascii=False).encode()
        if self.kind != "deflate":
            return self.fragments(payload, 1, 0)
        deflater = zlib.compressobj(wbits=-15)
        payload = (deflater.compress(payload) + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]
        return self.fragments(payload, 1, 4)

    def fragments(self, payload: bytes, opcode: int, rsv: int) -> bytes:
        made = b""
        while len(payload) > 1 and self.chance.random() < 0.3:
            cut = self.chance.randrange(1, len(payload))
            made += self.frame(payload[:cut], opcode, False, rsv)
            payload, opcode, rsv = payload[cut:], 0, 0
            if self.chance.random() < 0.3:
                made += self.frame(b"?", 9, True, 0)
        return made + self.frame(payload, opcode, True, rsv)

    def frame(self, payload: bytes, opcode: int, fin: bool, rsv: int) -> bytes:
        return frame(payload, opcode, fin=fin, rsv=rsv, mask=self.chance.randbytes(4))

    def speak(self) -> None:
        count = self.chance.randrange(1, 200)
        self.socket.send(self.unsent[:count])
        self.unsent = self.unsent[count:]

    def closes(self) -> list[int]:
        """The codes of the close frames that came, all else read and passed over."""
        self.socket.socket.setblocking(False)
        data = self.socket.buffer
        try:
            while more := self.socket.socket.recv(65536):
                data += more
        except BlockingIOError:
            pass
        self.socket.socket.settimeout(60)
        codes = []
        while len(data) >= 2:
            length = data[1]
            if data[0] & 15 == 8:
                codes.append(struct.unpack(">H", data[2:4])[0])
            data = data[2 + length:]
        return codes


class Listener:
    """A viewer that keeps what it is told of each visitor, and who left."""

    def __init__(self, server) -> None:
        self.heard: dict[str, list] = {}
        self.kills: list[str] = []
        self._stream = Stream(server)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        for message in self._stream.messages(seconds=300):
            if is_kill(message):
                self.kills.append(message.data["kill"])
            elif "id" in message.data:
                self.heard.setdefault(message.data["id"], []).append(message.data["x"])

    def count(self) -> int:
        return sum(len(xs) for xs in list(self.heard.values()))


def talk(server, listener, chance, kinds, messages, operate) -> list[Talker]:
    """Everybody says what they have while `operate` goes on, and it arrives as it was said."""
    talkers = [Talker(server, kind, f"t{number}", chance, messages) for number, kind in enumerate(kinds)]
    failure: list = []

    def run() -> None:
        try:
            operate()
        except BaseException as error:
            failure.append(error)

    operating = threading.Thread(target=run)
    operating.start()
    while operating.is_alive() or any(talker.unsent for talker in talkers):
        speaking = [talker for talker in talkers if talker.unsent]
        if not speaking:
            operating.join(0.01)
            continue
        chance.choice(speaking).speak()
        if operating.is_alive() and chance.random() < 0.1:
            operating.join(0.002)
    operating.join()
    assert not failure, failure
    wait_until(lambda: listener.count() >= sum(talker.said for talker in talkers), 60, "everything to arrive")
    for talker in talkers:
        # A v1 visitor is there with a sample at its hello.
        heard = [x for x in listener.heard[talker.id] if talker.kind != "v1" or x > 0]
        assert heard == list(range(1, talker.said + 1)), talker.kind
        assert talker.closes() == []
    return talkers


def test_nothing_is_lost_repeated_or_reordered(begin):
    server, operator = begin("--deflate")
    listener = Listener(server)
    descriptors = len(os.listdir(f"/proc/{server.pid}/fd"))

    def operate() -> None:
        for order in ["reload", "scale 4", "restart 1", "scale 2", "stop 2", "restart 2", "reload"]:
            answer = operator.run(*order.split())
            assert answer.returncode == 0, (order, answer.stderr)
            server.note_processes()
            wait_until(lambda: all(state == "running" or state == "stopped" for _, state in states(operator)), 60,
                       f"the old ones to be gone after {order}")

    talkers = talk(
        server, listener, random.Random(7), ["json", "v1", "deflate", "json"] * 5, 250, operate)
    assert listener.kills == []
    wait_until(lambda: settled(operator, [1, 2]), 30, "both workers")
    metrics = server.metrics()
    moved = 'pointerscope_connections_moved_total{step="%s"}'
    assert metrics[moved % "handed_over"] == metrics[moved % "taken_over"] > 60
    assert metrics[moved % "unreadable"] == 0
    assert metrics[moved % "returned"] == 0
    assert metrics["pointerscope_events_lost_total"] == 0
    assert sum(connections(operator).values()) == len(talkers)
    assert all(event["count"] > 0 for event in server.events("connections_moved"))
    # A copy of each connection was kept in between.
    wait_until(lambda: abs(len(os.listdir(f"/proc/{server.pid}/fd")) - descriptors) <= 2, 30, "descriptors")
    wait_until(lambda: server.metrics().check_accounting() is None, 30, "the sums")
    for talker in talkers:
        talker.socket.close_well()
    wait_until(lambda: sorted(listener.kills) == sorted(talker.id for talker in talkers), 30, "everybody to leave")
    assert sum(connections(operator).values()) == 0


def pid_of(operator, number: int) -> int:
    return next(worker["pid"] for worker in operator.json("workers") if worker["worker"] == number)


def test_whoever_dies_takes_only_its_own(begin):
    server, operator = begin()
    listener = Listener(server)
    visitors = [RawWebSocket(server.ingest) for _ in range(20)]
    for number, visitor in enumerate(visitors):
        visitor.say({"id": f"v{number}", "x": 1, "y": 1})
        visitor.ping_and_wait()
    wait_until(lambda: listener.count() == 20, 30, "everybody")
    # The one that is to take them over stands still, and is killed with all of them on their way to it.
    second = pid_of(operator, 2)
    os.kill(second, signal.SIGSTOP)
    operator.ask("stop", "1")
    wait_until(lambda: server.metrics()['pointerscope_connections_moved_total{step="handed_over"}'] == 10, 30,
               "the first one to be empty")
    os.kill(second, signal.SIGKILL)
    wait_until(lambda: states(operator) == [(1, "stopped"), (2, "running")], 60, "its successor")
    server.note_processes()
    wait_until(lambda: connections(operator) == {2: 10}, 30, "those of the first one")
    # Those of the second one fell with it, and nobody else.
    wait_until(lambda: len(listener.kills) == 10, 30, "the others to leave")
    assert set(listener.kills) | {f"v{n}" for n in range(20)} == {f"v{n}" for n in range(20)}
    alive = [n for n in range(20) if f"v{n}" not in listener.kills]
    for n in alive:
        visitors[n].say({"id": f"v{n}", "x": 2, "y": 1})
        visitors[n].ping_and_wait()
    wait_until(lambda: all(listener.heard[f"v{n}"] == [1, 2] for n in alive), 30, "what they say now")
    # The old one is killed when it has handed over all but what it cannot: a post that is not whole.
    operator.ask("restart", "1")
    server.note_processes()
    poster = RawSocket(server.ingest)
    poster.send(b"POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                b"Content-Length: 40\r\n\r\n[")
    wait_until(lambda: connections(operator) == {1: 1, 2: 10}, 30, "the post")
    first = pid_of(operator, 1)
    extra = [RawWebSocket(server.ingest) for _ in range(5)]
    for n, visitor in enumerate(extra):
        visitor.say({"id": f"w{n}", "x": 1, "y": 1})
        visitor.ping_and_wait()
    operator.ask("restart", "1")
    server.note_processes()
    assert (1, "draining") in states(operator)
    wait_until(lambda: sum(connections(operator).values()) == 15, 30, "the others to be moved")
    server.kill_worker(first)
    wait_until(lambda: settled(operator, [1, 2]), 30, "it to be gone")
    poster.read_to_end()
    for n, visitor in enumerate(extra):
        visitor.say({"id": f"w{n}", "x": 2, "y": 1})
        visitor.ping_and_wait()
    wait_until(lambda: all(listener.heard[f"w{n}"] == [1, 2] for n in range(5)), 30, "what they say now")
    assert len(listener.kills) == 10
    assert server.metrics()["pointerscope_events_lost_total"] == 0
    for visitor in visitors + extra + [poster]:
        visitor.close()


def test_who_posts_goes_along(begin):
    server, operator = begin()
    listener = Listener(server)
    client = http.client.HTTPConnection(*server.ingest, timeout=60)

    def post(x: int) -> None:
        client.request("POST", "/events", json.dumps({"id": "poster", "x": x, "y": 1}),
                       {"Content-Type": "application/json"})
        assert client.getresponse().read()

    post(1)
    half = RawSocket(server.ingest)
    opening = handshake()
    half.send(opening[:50])
    pids = server.worker_pids()
    operator.ask("reload")
    server.note_processes()
    wait_until(lambda: not any(is_alive(pid) for pid in pids), 60, "the old ones to be gone")
    # The same connection, kept alive, and the same visitor; and a handshake that went half.
    post(2)
    half.send(opening[50:])
    assert half.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
    wait_until(lambda: listener.heard.get("poster") == [1, 2], 30, "both posts")
    assert listener.kills == []
    client.close()
    half.close()


def test_a_thousand_move_at_once(begin):
    server, operator = begin()
    visitors = [RawWebSocket(server.ingest) for _ in range(1_000)]
    visitors[-1].ping_and_wait()
    operator.ask("reload")
    server.note_processes()
    wait_until(lambda: settled(operator, [1, 2]), 60, "the old ones to be gone")
    assert sum(connections(operator).values()) == 1_000
    events = server.events("connections_moved")
    print(events)
    assert sum(event["count"] for event in events) == 1_000
    for visitor in visitors:
        visitor.ping_and_wait()
        visitor.close()


def test_where_descriptors_are_few_connections_move_in_parts(begin):
    """Each takes one of the master's until it is another worker's; what finds none free would be lost."""
    server, operator = begin(
        "--workers", "2", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (300, 300)))
    visitors = [RawWebSocket(server.ingest) for _ in range(450)]
    viewers = [Stream(server) for _ in range(40)]
    for _ in range(2):
        before = server.worker_pids()
        operator.ask("reload")
        wait_until(lambda: settled(operator, [1, 2]) and not set(server.worker_pids()) & set(before), 60, "the new ones")
        server.note_processes()
        for visitor in visitors:
            visitor.ping_and_wait()
    assert sum(connections(operator).values()) == len(visitors)
    moved = server.metrics()
    assert moved['pointerscope_connections_moved_total{step="handed_over"}'] \
        == moved['pointerscope_connections_moved_total{step="taken_over"}'] >= 2 * len(visitors)
    for viewer in viewers:
        viewer.close()
