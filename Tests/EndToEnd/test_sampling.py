"""The server drives how often pages sample: by who watches, for whom somebody looks at, and within its bounds."""

from __future__ import annotations

import http.client
import json
import time

import pytest

from monitor_words import DOWN, ESCAPE
from signing_in import PASSWORD, start_guarded
from waiting import wait_until
from wire import RawWebSocket, Stream, frame
from wire_v1 import Rate, Visitor

NOBODY = Rate(0, 1000)
EVERY_SAMPLE = Rate(60, 50)
TEN_FRAMES = Rate(30, 50)
CLOSELY = Rate(120, 16)
WORD = "K1rPq0cX2mVz7yQwA4sT6g"
SETTLED_SECONDS = 5


def hear_within(visitor: Visitor, seconds: float = 30) -> Rate:
    """The next rate that the page is told."""
    visitor.socket.settimeout(seconds)
    return visitor.hear(Rate)


def is_told_nothing(visitor: Visitor) -> bool:
    """Whether nothing was said that the page has not heard."""
    visitor.ping_and_wait()
    return not [record for record in visitor.told if isinstance(record, Rate)]


def watch(server, query: str = "?shape=frames&hz=10", headers: str = "") -> Stream:
    stream = Stream(server, query, headers)
    assert stream.head.startswith(b"HTTP/1.1 200"), stream.head
    return stream


def look(server, visitor: str | None, viewer: str = WORD, **more) -> int:
    """Says whom the viewer of a stream looks at; returns the answer's status."""
    headers = {"Content-Type": "application/json", **more.pop("headers", {})}
    connection = http.client.HTTPConnection(*server.http, timeout=60)
    try:
        connection.request(
            "POST", "/api/look", json.dumps({"viewer": viewer, "id": visitor, **more}), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def sampling(server) -> dict:
    """What the next status of a stream says."""
    stream = watch(server)
    try:
        return next(message.data for message in stream.messages() if message.event == "status")["sampling"]
    finally:
        stream.socket.close()


def test_pages_are_told_as_viewers_come_and_go(server):
    visitor = Visitor(server.ingest)
    assert visitor.welcome[3:] == NOBODY
    everything = watch(server, "")
    assert hear_within(visitor) == EVERY_SAMPLE
    later = Visitor(server.ingest)
    assert later.welcome[3:] == EVERY_SAMPLE
    frames = watch(server)
    started = time.monotonic()
    everything.socket.close()
    for page in (visitor, later):
        assert hear_within(page) == TEN_FRAMES
    assert time.monotonic() - started < 2 * SETTLED_SECONDS
    frames.socket.close()
    for page in (visitor, later):
        assert hear_within(page) == NOBODY
        assert is_told_nothing(page)
    metrics = server.metrics()
    assert metrics["pointerscope_sampling_rate"] == 0
    assert metrics["pointerscope_sampling_batch_seconds"] == 1
    assert metrics['pointerscope_sampling_changes_total{why="watched"}'] == 2
    assert metrics['pointerscope_sampling_changes_total{why="unwatched"}'] == 1
    assert not server.events("sampling"), "that somebody watches is no news"


def test_nothing_changes_once_it_is_settled(server):
    visitor = Visitor(server.ingest)
    stream = watch(server, "")
    assert hear_within(visitor) == EVERY_SAMPLE
    # Samples come meanwhile, which is work, and nobody is behind.
    end = time.monotonic() + SETTLED_SECONDS
    while time.monotonic() < end:
        visitor.say_records(visitor.move(visitor.x + 1, visitor.y))
        assert stream.take(1)[0].data["id"] == visitor.id
    assert is_told_nothing(visitor)


def test_a_page_that_is_loaded_again_changes_nothing(server):
    visitor = Visitor(server.ingest)
    first = watch(server, "?shape=frames&hz=30")
    assert hear_within(visitor) == EVERY_SAMPLE
    for _ in range(3):
        first.socket.close()
        first = watch(server, "?shape=frames&hz=30")
    wait_until(lambda: server.state()["viewers"] == 1, 30, "one viewer")
    assert is_told_nothing(visitor)


def test_a_new_worker_knows_what_holds(start_server):
    server = start_server(workers=1)
    stream = watch(server, "")
    wait_until(lambda: server.metrics()["pointerscope_sampling_rate"] == 60, 30, "60 a second")
    server.kill_worker(server.worker_pids()[0])
    server.event("worker_ready", count=2)
    assert Visitor(server.ingest).welcome[3:] == EVERY_SAMPLE
    stream.socket.close()


def test_who_is_looked_at_is_told_on_every_connection(server):
    visitor, other = Visitor(server.ingest), Visitor(server.ingest)
    stream = watch(server, f"?shape=frames&hz=10&viewer={WORD}")
    assert hear_within(visitor) == hear_within(other) == TEN_FRAMES
    assert look(server, visitor.id) == 204
    assert hear_within(visitor) == CLOSELY
    assert is_told_nothing(other)
    assert server.metrics()["pointerscope_sampling_closely"] == 1
    # The next page of the same visitor is another connection, of another worker.
    visitor.say_records(visitor.bye())
    again = Visitor(server.ingest, token=visitor.token)
    assert again.id == visitor.id
    assert Rate(*again.welcome[3:]) in (TEN_FRAMES, CLOSELY)
    if again.welcome[3:] != CLOSELY:
        assert hear_within(again) == CLOSELY
    visitor.socket.close()
    assert look(server, None) == 204
    assert hear_within(again) == TEN_FRAMES
    assert look(server, again.id) == 204
    assert hear_within(again) == CLOSELY
    # It ends with its stream; another one keeps the rest as it was.
    rest = watch(server)
    stream.socket.close()
    assert hear_within(again) == TEN_FRAMES
    assert look(server, again.id) == 404
    rest.socket.close()


def test_looks_come_from_here(server):
    stream = watch(server, f"?shape=frames&viewer={WORD}")
    assert look(server, "u", headers={"Origin": "https://evil.example"}) == 403
    assert look(server, "u", headers={"Content-Type": "text/plain"}) == 415
    assert look(server, "u", viewer=WORD[:-1] + "x") == 404
    assert look(server, "u", headers={"Host": "evil.example"}) == 421
    assert look(server, "u", headers={"Origin": server.http_url}) == 204
    metrics = server.metrics()
    assert metrics['pointerscope_looks_refused_total{reason="forged"}'] == 1
    assert metrics['pointerscope_looks_refused_total{reason="no-stream"}'] == 1
    stream.socket.close()


def test_a_session_looks_and_nobody_else(start_server, tmp_path):
    server = start_guarded(start_server, tmp_path / "state", "--workers", "1")
    connection = http.client.HTTPConnection(*server.http, timeout=60)
    connection.request(
        "POST", "/api/session", json.dumps({"name": "ann", "password": PASSWORD}),
        {"Content-Type": "application/json"})
    answer = connection.getresponse()
    cookie = "; ".join(
        value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")
    code = json.loads(answer.read())["token"]
    connection.close()
    visitor = Visitor(server.ingest)
    stream = watch(server, f"?shape=frames&hz=10&viewer={WORD}", f"Cookie: {cookie}\r\n")
    assert hear_within(visitor) == TEN_FRAMES
    assert look(server, visitor.id) == 401
    assert look(server, visitor.id, headers={"Cookie": cookie}) == 403
    assert look(server, visitor.id, headers={"Cookie": cookie}, token=code) == 204
    assert hear_within(visitor) == CLOSELY
    connection = http.client.HTTPConnection(*server.http, timeout=60)
    connection.request(
        "DELETE", "/api/session", json.dumps({"token": code}),
        {"Content-Type": "application/json", "Cookie": cookie})
    assert connection.getresponse().status == 204
    connection.close()
    # Nobody is left: neither a look nor a viewer.
    while (rate := hear_within(visitor)) != NOBODY:
        assert rate == TEN_FRAMES
    stream.socket.close()


@pytest.mark.parametrize("option,watched,idle,why", [
    ("10..20", Rate(20, 50), NOBODY, "watched"), ("25", Rate(25, 50), Rate(25, 50), "pinned"),
    ("0", NOBODY, NOBODY, "pinned"), ("1..120", Rate(120, 50), NOBODY, "watched")])
def test_bounds_hold(start_server, option, watched, idle, why):
    server = start_server("--sampling", option)
    visitor = Visitor(server.ingest)
    assert visitor.welcome[3:] == idle
    stream = watch(server, "")
    if watched != idle:
        assert hear_within(visitor) == watched
    assert sampling(server) == {"rate": watched.rate, "batch": watched.batch, "why": why}
    assert is_told_nothing(visitor)
    stream.socket.close()


def test_who_speaks_json_is_told_nothing(server):
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "ann", "x": 1, "y": 2})
    stream = watch(server, f"?shape=frames&viewer={WORD}")
    assert look(server, "ann") == 204
    wait_until(lambda: server.metrics()["pointerscope_sampling_closely"] == 1, 30, "a look")
    visitor.send(frame(b"here", opcode=9))
    assert visitor.read_frame() == (10, b"here")
    stream.socket.close()


def test_whoever_is_chosen_in_the_terminal_is_sampled_closely(open_terminal):
    terminal = open_terminal(120, 40)
    visitor = Visitor(terminal.ingest)
    usual = Rate(*visitor.welcome[3:])
    assert usual.rate >= 30 and usual.batch == 50
    terminal.wait_for(rf"sampled at {usual.rate} Hz")
    terminal.wait_for(visitor.id)
    terminal.press(DOWN)
    assert hear_within(visitor) == CLOSELY
    terminal.press(ESCAPE)
    assert hear_within(visitor) == usual
    visitor.socket.close()
