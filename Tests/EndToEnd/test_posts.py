"""Events that come by POST, for those who can have no WebSocket."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest

from posts import Poster, post_request
from samples import is_kill, known, take_known, take_until_killed
from waiting import wait_until
from wire import RawWebSocket, Stream, text

GOOD = {"id": "ann", "x": 1, "y": 2}
LEASE_SECONDS = 45


def refused(server, reason: str) -> float:
    return server.metrics()[f'pointerscope_posts_refused_total{{reason="{reason}"}}']


def test_events_reach_viewers_in_their_order(server):
    stream = Stream(server)
    page = Poster(server.ingest)
    events = [{"id": "ann", "x": x, "y": -x, "t": 5, "p": "/shop", "k": "click"} for x in range(300)]
    answer = page.post(events)
    assert answer.status == 200 and answer.value == {"interval": 5000}
    assert answer.fields["content-type"] == "application/json" and answer.fields["cache-control"] == "no-store"
    assert answer.fields["connection"] == "keep-alive"
    assert page.post(GOOD, kind="text/plain;charset=UTF-8").status == 200
    assert page.post([], kind="Application/JSON ; charset=utf-8").status == 200
    assert take_known(stream, 301) == [*events, GOOD]
    metrics = server.metrics()
    assert metrics["pointerscope_events_received_total"] == 301
    assert metrics["pointerscope_messages_received_total"] == 3
    assert metrics["pointerscope_posts_accepted_total"] == 3
    assert metrics["pointerscope_post_visitors"] == 1
    metrics.check_accounting()
    assert [row["id"] for row in server.state()["visitors"]] == ["ann"]


def test_any_path_that_ends_with_events(server):
    page = Poster(server.ingest)
    for path in ["/events", "/ps/events", "/a/b/events?x=1", "http://localhost/events", "http://127.0.0.1:1/ps/events"]:
        assert page.post(GOOD, path).status == 200, path
    # A WebSocket may still have any path.
    assert RawWebSocket(server.ingest).head.startswith(b"HTTP/1.1 101")
    page.send(b"GET /events HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
              + text({"id": "bea", "x": 3, "y": 4}))
    assert page.answer().status == 101
    wait_until(lambda: {row["id"] for row in server.state()["visitors"]} == {"ann", "bea"}, 30, "both")


def test_pipelined_requests_are_answered_in_their_order(server):
    stream = Stream(server)
    page = Poster(server.ingest)
    middle = b'":"ann","x":1,"y":0},{"id":"ann","x":2,"y":0'
    chunked = (b"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: Chunked\r\n\r\n"
               b"5;a=b\r\n[{\"id\r\n%08x\r\n%s\r\n2;q=\"q\"\r\n}]\r\n000\r\n\r\n" % (len(middle), middle))
    preflight = b"OPTIONS /events HTTP/1.1\r\nHost: localhost\r\n\r\n"
    wire = chunked + preflight + post_request({"id": "ann", "x": 3, "y": 0}) + chunked + post_request(b"[]")
    for step in (len(wire), 1, 7, 500):
        page.send_in_pieces(wire, list(range(step, len(wire), step)))
        assert [page.answer().status for _ in range(5)] == [200, 204, 200, 200, 200]
        assert [sample["x"] for sample in take_known(stream, 5)] == [1, 2, 3, 1, 2]
    # What stands behind a refusal is not looked at.
    page.send(post_request(GOOD) + post_request(b"nope") + post_request(GOOD) * 3)
    answers = page.read_to_end()
    assert answers.count(b"HTTP/1.1 ") == 2 and b"HTTP/1.1 400 " in answers and answers.endswith(b"\n")
    assert server.metrics()["pointerscope_events_received_total"] == 21


def test_the_first_offending_event_is_named(server):
    for body, line in [
        ([GOOD, GOOD, {"id": "ann", "y": 1}, 5], "event 3: x is missing"),
        ([GOOD, 5, {}], "event 2: a message is a JSON object or an array of them"),
        ({"x": 1, "y": 2}, "event 1: id is missing"),
        ([{**GOOD, "k": "jump"}], "event 1: k must be"),
        (json.dumps([GOOD, GOOD])[:-5].encode(), "event 2: "),
        (b'{"id":"ann","x":1,"y":2} x', ""),
        (b"", "event 1: "),
        (b'"\xff"', "the body is not UTF-8"),
        ([{**GOOD, "id": f"v{number}"} for number in range(257)], "event 257: a body may bring at most 256 visitors"),
    ]:
        page = Poster(server.ingest)
        answer = page.post(body)
        assert answer.status == 400 and answer.body.decode().startswith(line), answer
        assert answer.body.count(b"\n") == 1 and line.startswith("event ") == answer.body.startswith(b"event "), answer
        assert page.read_to_end() == b""
    assert refused(server, "events") == 9
    assert server.metrics()["pointerscope_events_received_total"] == 0
    assert server.state()["visitors"] == []


def test_100_continue(server):
    page = Poster(server.ingest)
    request = post_request(GOOD, Expect="100-Continue")
    cut = request.index(b"\r\n\r\n") + 4
    page.send(request[:cut])
    assert page.answer().status == 100
    page.send(request[cut:])
    assert page.answer().status == 200
    # HTTP/1.0 knows no such thing, and its connections end.
    page.send(request.replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert page.answer().status == 200
    assert page.read_to_end() == b""


@pytest.mark.parametrize("expected", ["", ",", " , "])
def test_an_empty_expectation_is_none(server, expected):
    page = Poster(server.ingest)
    page.send(post_request(GOOD, Expect=expected))
    assert page.answer().status == 200


@pytest.mark.parametrize("extension", ['', ';a', ';a=b', ';a="b;c\\"d"', ';a;b="";c=d'])
def test_extensions_of_chunks_are_passed_over(server, extension):
    body = json.dumps(GOOD).encode()
    page = Poster(server.ingest)
    page.send(post_request(b"", Content_Length=None, Transfer_Encoding="chunked")
              + b"%012x%s\r\n%s\r\n0%s\r\n\r\n" % (len(body), extension.encode(), body, extension.encode()))
    assert page.answer().status == 200


def test_cors(start_server):
    server = start_server("--origin", "https://shop.example", "--origin", "null")
    page = Poster(server.ingest)
    for origin in ("https://shop.example", "null"):
        answer = page.post(GOOD, Origin=origin)
        assert answer.status == 200 and answer.fields["access-control-allow-origin"] == origin
        assert answer.fields["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.fields
    page.send(b"OPTIONS /ps/events HTTP/1.1\r\nHost: localhost\r\nOrigin: https://shop.example\r\n"
              b"Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n")
    answer = page.answer()
    assert answer.status == 204 and answer.fields["access-control-allow-origin"] == "https://shop.example"
    assert answer.fields["access-control-allow-methods"] == "POST"
    assert answer.fields["access-control-allow-headers"] == "Content-Type"
    assert int(answer.fields["access-control-max-age"]) > 0 and answer.fields["vary"] == "Origin"
    # A refusal of the body can be read by the page that is admitted, and by no other.
    assert page.post(b"nope", Origin="https://shop.example").fields["access-control-allow-origin"] == "https://shop.example"
    for fields in ({"Origin": "https://other.example"}, {}):
        answer = Poster(server.ingest).post(GOOD, **fields)
        assert answer.status == 403 and b"not on the list" in answer.body
        assert "access-control-allow-origin" not in answer.fields and answer.fields["vary"] == "Origin"
    assert refused(server, "origin") == 2
    assert server.event("origin_refused")["count"] >= 1


def test_who_asks_not_to_be_watched_is_not(server):
    answer = Poster(server.ingest).post(GOOD, Sec_GPC="1")
    assert answer.status == 403 and b"asks not to be watched" in answer.body
    assert refused(server, "gpc") == 1
    assert Poster(server.ingest).post(GOOD, Sec_GPC="0").status == 200
    assert server.metrics()["pointerscope_events_received_total"] == 1


def test_every_refusal_has_its_counter(start_server):
    server = start_server(workers=1)
    for reason, request in [
        ("host", post_request(GOOD, Host="evil.example")), ("method", b"HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("origin", post_request(GOOD, Origin="https://evil.example")),
        ("framing", post_request(GOOD, Content_Length=None)), ("expectation", post_request(GOOD, Expect="tea")),
        ("media_type", post_request(GOOD, kind="text/html")), ("too_big", post_request(b" " * 65537)),
        ("events", post_request(b"{}")),
    ]:
        page = Poster(server.ingest)
        page.send(request)
        assert page.read_to_end().startswith(b"HTTP/1.1 4"), reason
        assert refused(server, reason) == 1, reason
    # The head of an answer is all that HEAD gets.
    page = Poster(server.ingest)
    page.send(b"HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert page.read_to_end().endswith(b"\r\n\r\n")


def test_a_body_of_64_KiB_is_taken_and_no_more(server):
    page = Poster(server.ingest)
    body = json.dumps(GOOD).encode()
    assert page.post(body + b" " * (65536 - len(body))).status == 200
    assert page.post(body + b" " * (65537 - len(body))).status == 413


def test_half_a_body_has_no_effect(server):
    stream = Stream(server)
    request = post_request([{"id": "half", "x": 1, "y": 2}] * 50)
    for cut in (len(request) // 2, len(request) - 1):
        page = Poster(server.ingest)
        page.send(request[:cut])
        page.reset()
    whole = Poster(server.ingest)
    assert whole.post(GOOD).status == 200
    assert take_known(stream, 1) == [GOOD]
    assert [row["id"] for row in server.state()["visitors"]] == ["ann"]


def test_one_visitor_may_post_to_several_workers_and_speak_on_a_socket(start_server):
    server = start_server(workers=2)
    stream = Stream(server)
    pages = [Poster(server.ingest) for _ in range(8)]
    for x, page in enumerate(pages):
        assert page.post({"id": "ann", "x": x, "y": 0}).status == 200
    assert {sample["x"] for sample in take_known(stream, 8)} == set(range(8))
    socket = RawWebSocket(server.ingest)
    socket.say({"id": "ann", "x": 8, "y": 0})
    socket.ping_and_wait()
    socket.close_well()
    assert take_known(stream, 1)[0]["x"] == 8
    assert server.metrics()["pointerscope_visitors_joined_total"] == 1
    # She is here until the last of those who had her lets go of her, and leaves once.
    for pid in server.worker_pids():
        os.kill(pid, signal.SIGKILL)
    messages = take_until_killed(stream, ["ann"])
    assert [message.data for message in messages] == [{"kill": "ann"}]


def test_a_worker_that_stops_answers_half_a_body(start_server):
    server = start_server(workers=1)
    page = Poster(server.ingest)
    request = post_request(GOOD)
    page.send(request[:-1])
    idle = Poster(server.ingest)
    assert idle.post([]).status == 200
    os.kill(server.worker_pids()[0], signal.SIGTERM)
    answer = page.answer()
    assert answer.status == 503 and answer.fields["retry-after"]
    assert idle.read_to_end() == b""


def test_who_only_posts_leaves_after_45_s_of_silence(server):
    stream = Stream(server)
    page = Poster(server.ingest)
    assert page.post([GOOD, {"id": "bea", "x": 0, "y": 0}]).status == 200
    # Connections do not count, only what is said.
    page.close()
    begun = time.monotonic()
    time.sleep(20)
    assert Poster(server.ingest).post({"id": "bea", "x": 1, "y": 0}).status == 200
    seen: dict[str, float] = {}
    for message in stream.messages(60):
        if is_kill(message):
            seen[message.data["kill"]] = time.monotonic() - begun
        if len(seen) == 2:
            break
    assert list(seen) == ["ann", "bea"]
    # The second post may have been to the other worker, where she has a time of her own.
    assert LEASE_SECONDS - 1 <= seen["ann"] <= LEASE_SECONDS + 5
    assert LEASE_SECONDS + 19 <= seen["bea"] <= LEASE_SECONDS + 25
    assert server.metrics()["pointerscope_post_visitors"] == 0


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_what_a_beacon_sends(server, kind):
    """A beacon sends no length that a page could choose, and never reads the answer."""
    page = Poster(server.ingest)
    page.send(post_request([GOOD], kind=kind, Origin="http://localhost:3000"))
    page.close()
    wait_until(lambda: [row["id"] for row in server.state()["visitors"]] == ["ann"], 30, "the visitor")


def test_privacy_control_is_declared(start_server, tmp_path):
    """Also to who is not signed in, and to pages of other origins."""
    for server in (start_server(), start_server("--auth", "password", "--state", str(tmp_path / "state"))):
        answer = server.get("/.well-known/gpc.json")
        assert answer.status == 200 and json.loads(answer.text) == {"gpc": True, "lastUpdate": "2026-11-29"}
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["access-control-allow-origin"] == "*"
