"""The event stream in its default shape: how it opens, what its messages look like, how it goes on."""

from __future__ import annotations

import json
import re
import threading

import pytest

from samples import assert_nothing_after_kill, assert_without_gaps, kills, known, take_known, take_until_killed
from wire import RawSocket, RawWebSocket, Stream

BLOCK = re.compile(r"id: (?P<boot>[0-9a-f]{16})-(?P<n>\d+)\n(event: [a-z]+\n)?data: (?P<data>[^\n\r]+)")


def sample(visitor: str, x: int = 0) -> dict:
    return {"id": visitor, "x": x, "y": 0}


def fields_of(head: bytes) -> dict[str, str]:
    lines = head.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 200 OK"
    return {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}


@pytest.mark.parametrize("query", ["", "?shape=frames", "?shape=frames&hz=60", "?last-event-id=0-0"])
def test_the_opening(server, query):
    stream = Stream(server, query)
    fields = fields_of(stream.head)
    assert fields["content-type"].split(";")[0] == "text/event-stream"
    assert fields["cache-control"] == "no-store, no-transform"
    assert fields["x-accel-buffering"] == "no"
    assert fields["connection"] == "close"
    assert fields["x-content-type-options"] == "nosniff"
    assert "content-length" not in fields and "transfer-encoding" not in fields
    blocks = stream.read_blocks()
    lines = next(blocks).decode().split("\n")
    assert lines[0].startswith(":") and len(lines[0]) >= 2048 - len(":\n\n")
    while "retry: 2000" not in lines:
        assert all(line.startswith(":") for line in lines)
        lines = next(blocks).decode().split("\n")


@pytest.mark.parametrize("name", ["adminname", "x", "a-b_c.d~e", "%61dminname", "n" * 64])
def test_any_name(server, name):
    caller = RawSocket(server.http)
    caller.send(f"GET /receive/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert caller.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_a_head_request_opens_no_stream(server):
    caller = RawSocket(server.http)
    caller.send(b"HEAD /receive/adminname HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = caller.read_to_end()
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\n")
    assert b"text/event-stream" in answer
    assert server.state()["viewers"] == 0


def test_every_block_is_one_message_on_one_line(server):
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    visitor.say([{"id": 'new\u2028line "\\', "x": 1.5, "y": 1e-7, "p": "/\r\n\0\u0085"}, sample("ann")])
    visitor.close_well()
    found = []
    for block in stream.read_blocks():
        if not block.startswith((b":", b"retry")):
            matched = BLOCK.fullmatch(block.decode())
            assert matched, block
            json.loads(matched["data"])
            found.append(int(matched["n"]))
        if len(found) == 4:
            break
    assert found == [1, 2, 3, 4]


def test_a_new_viewer_starts_at_the_head(server):
    visitor = RawWebSocket(server.ingest)
    first = Stream(server)
    visitor.say(sample("ann", 1))
    assert first.take(1)[0].n == 1
    second = Stream(server)
    visitor.say(sample("ann", 2))
    assert [(message.n, known(message)) for message in second.take(1)] == [(2, sample("ann", 2))]
    assert first.take(1)[0].id.endswith("-2")


def test_n_counts_samples_and_kills_but_not_joins(server):
    stream = Stream(server)
    for visit in range(3):
        visitor = RawWebSocket(server.ingest)
        visitor.say([])
        visitor.say(sample("ann", visit))
        visitor.say([sample("bob", visit), sample("ann", visit)])
        visitor.close_well()
        messages = take_until_killed(stream, ["ann", "bob"])
        assert [message.n for message in messages] == list(range(visit * 5 + 1, visit * 5 + 6))
        assert messages[-1].data.keys() == messages[-2].data.keys() == {"kill"}


def test_all_viewers_hear_the_same(server):
    """Many visitors at once over two workers: one order for everybody, each visitor's own kept."""
    streams = [Stream(server) for _ in range(5)]
    names = [f"visitor-{number}" for number in range(8)]

    def visit(name: str) -> None:
        visitor = RawWebSocket(server.ingest)
        for x in range(100):
            visitor.say(sample(name, x))
        visitor.close_well()

    threads = [threading.Thread(target=visit, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    heard = [take_until_killed(stream, names) for stream in streams]
    for thread in threads:
        thread.join()
    for messages in heard:
        assert [(message.id, message.text) for message in messages] == [
            (message.id, message.text) for message in heard[0]]
    assert len(heard[0]) == len(names) * 101
    assert_without_gaps(heard[0], after=0)
    assert_nothing_after_kill(heard[0])
    for name in names:
        assert [message.data["x"] for message in heard[0] if message.data.get("id") == name] == list(range(100))


def test_viewers_that_come_and_go_harm_nobody(server):
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    for x in range(50):
        others = [Stream(server, query) for query in ("", "?shape=frames&hz=60")]
        visitor.say(sample("ann", x))
        assert take_known(stream, 1) == [sample("ann", x)]
        for other in others:
            other.close()
    server.metrics().check_accounting()


def test_what_a_viewer_sends_is_no_harm(server):
    """A viewer that talks or half-closes is cut, or served on; nobody else notices."""
    stream = Stream(server)
    talker = Stream(server)
    talker.socket.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 1000)
    visitor = RawWebSocket(server.ingest)
    visitor.say([sample("ann", x) for x in range(100)])
    visitor.close_well()
    messages = take_until_killed(stream, ["ann"])
    assert kills(messages) == ["ann"] and len(messages) == 101


def test_the_boot_is_another_after_a_restart(start_server):
    boots = set()
    for _ in range(3):
        server = start_server(workers=1)
        stream = Stream(server)
        RawWebSocket(server.ingest).say(sample("ann"))
        boots.add(stream.take(1)[0].id.split("-")[0])
    assert len(boots) == 3


def test_a_worker_that_is_killed_leaves_no_gap(server):
    """Its visitors are announced as gone, the other's stay, and n goes on."""
    stream = Stream(server)
    visitors = [RawWebSocket(server.ingest) for _ in range(8)]
    for number, visitor in enumerate(visitors):
        visitor.say(sample(f"visitor-{number}"))
    before = stream.take(8)
    state = server.state()
    lost = state["workers"][0]["pid"]
    theirs = {row["id"] for row in state["visitors"] if row["worker"] == lost}
    assert len(theirs) == 4
    server.kill_worker(lost)
    after = take_until_killed(stream, theirs)
    assert set(kills(after)) == theirs
    late = RawWebSocket(server.ingest)
    late.say(sample("late"))
    after += stream.take(1)
    assert known(after[-1]) == sample("late")
    assert_without_gaps(before + after, after=0)
    server.event("worker_ready", count=3)
