"""Streams that show some visitors, and begin to show others without a new connection."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import pytest

from frames import Picture
from people import People
from samples import known
from server import Server
from wire import RawWebSocket, Stream, close_clients_of

WORD = "a-name-that-nobody-guesses"


def sample(visitor: str, x: int = 0, **more) -> dict:
    return {"id": visitor, "x": x, "y": 0, **more}


@pytest.fixture(scope="module")
def shared():
    """One server for the tests that leave nothing behind for the others."""
    server = Server.start("--workers", "1")
    yield server
    close_clients_of(server.ingest, server.http)
    server.stop_and_check()


@pytest.fixture
def visitors(shared):
    """Two on two pages; gone, and known to be gone, when the test is over."""
    heard = Stream(shared)
    visitor = RawWebSocket(shared.ingest)
    visitor.say([sample("ann", 1, p="/a"), sample("bob", 2, p="/b")])
    heard.take(2)
    yield visitor
    visitor.close_well()
    left = {"ann", "bob"}
    for message in heard.messages():
        left.discard(message.data.get("kill"))
        if not left:
            break
    heard.close()


def refilter(server, value: dict, headers: dict | None = None):
    connection = http.client.HTTPConnection(*server.http, timeout=30)
    body = json.dumps({"viewer": WORD, **value})
    connection.request(
        "POST", "/receive/adminname/filter", body, {"Content-Type": "application/json", **(headers or {})})
    answer = connection.getresponse()
    answer.text = answer.read().decode()
    connection.close()
    return answer


def test_pages_are_seen_and_left(shared, visitors):
    stream = Stream(shared, "?page=/b&page=/c*")
    visitors.say([sample("ann", 3), sample("bob", 4), sample("ann", 5, p="/cd"), sample("bob", 6, p="/a")])
    visitors.say([sample("bob", 7), sample("ann", 8)])
    messages = stream.take(4)
    assert [message.data for message in messages] == [
        sample("bob", 4), sample("ann", 5, p="/cd"), {"kill": "bob"}, sample("ann", 8)]
    assert [message.n for message in messages] == list(range(messages[0].n, messages[0].n + 4))
    stream.close()


def test_what_is_not_taken_costs_no_byte(shared, visitors):
    filtered, whole = Stream(shared, "?page=/nowhere"), Stream(shared)
    visitors.say([sample("ann", x) for x in range(500)] + [sample("bob", 1, p="/nowhere")])
    assert known(filtered.take(1)[0]) == sample("bob", 1, p="/nowhere")
    whole.take(501)
    assert filtered.bytes_read < 3000 < 10_000 < whole.bytes_read
    shared.metrics().check_accounting()
    filtered.close()
    whole.close()


def test_frames_show_a_visitor_wherever_they_go(shared, visitors):
    picture = Picture(Stream(shared, "?shape=frames&hz=60&visitor=ann"))
    assert picture.step().event == "keyframe" and picture.visitors.keys() == {"ann"}
    for x, page in enumerate(["/b", "/c", "/a"]):
        visitors.say([sample("ann", x, p=page), sample("bob", x)])
        visitors.ping_and_wait()
    while len(picture.samples) < 3:
        picture.step()
    assert [told["p"] for told in picture.samples] == ["/b", "/c", "/a"] and picture.leaves == []
    assert picture.until_status()["workers"], "the status is that of the whole server"


def test_a_filter_changes_within_the_stream(shared, visitors):
    stream = Stream(shared, f"?shape=frames&hz=60&page=/a&viewer={WORD}")
    messages = stream.messages()

    def keyframe() -> tuple[set[str], str]:
        for message in messages:
            if message.event == "keyframe":
                return {row["id"] for row in message.data["visitors"]}, message.id.split("-")[0]

    ids, boot = keyframe()
    assert ids == {"ann"}
    assert refilter(shared, {"page": ["/b"]}).status == 204
    others, second = keyframe()
    assert others == {"bob"} and second != boot
    assert refilter(shared, {"page": ["/a", "/b"], "visitor": ["nobody"]}).status == 204
    assert keyframe()[0] == set()
    assert refilter(shared, {}).status == 204
    assert keyframe()[0] == {"ann", "bob"}
    assert shared.metrics()["pointerscope_viewer_filter_changes_total"] >= 3
    assert shared.state()["viewers"] >= 1
    stream.close()


def test_samples_go_on_behind_a_reset(shared, visitors):
    stream = Stream(shared, f"?page=/a&viewer={WORD}")
    visitors.say(sample("ann", 3))
    assert known(stream.take(1)[0]) == sample("ann", 3)
    assert refilter(shared, {"visitor": ["bob"]}).status == 204
    reset, newest = stream.take(2)
    assert reset.event == "reset" and known(newest) == sample("bob", 2, p="/b")
    visitors.say([sample("ann", 4), sample("bob", 5)])
    assert known(stream.take(1)[0]) == sample("bob", 5)
    stream.close()


def test_a_resume_is_of_its_filter(shared, visitors):
    stream = Stream(shared, "?page=/a")
    visitors.say(sample("ann", 3))
    last = stream.take(1)[0].id
    stream.close()
    visitors.say([sample("bob", 4), sample("ann", 5)])
    again = Stream(shared, "?page=/a", headers=f"Last-Event-ID: {last}\r\n")
    assert known(again.take(1)[0]) == sample("ann", 5)
    again.close()
    for query in ("", "?page=/b"):
        other = Stream(shared, query, headers=f"Last-Event-ID: {last}\r\n")
        assert other.take(1)[0].event == "reset"
        other.close()


@pytest.mark.parametrize("query,word", [
    ("page=", "page"), ("page=" + "a" * 257, "page"), ("page=%FF", "page"), ("visitor=", "visitor"),
    ("&".join(["page=/a"] * 17), "page"), ("&".join(["visitor=a"] * 17), "visitor"),
])
def test_bad_values_are_named(shared, query, word):
    answer = shared.get(f"/receive/adminname?{query}")
    assert answer.status == 400 and answer.text.startswith(word + " ")
    assert shared.metrics()[f'pointerscope_viewer_filters_refused_total{{reason="{word}"}}'] >= 1


def test_who_may_not_change_a_filter(shared):
    stream = Stream(shared, f"?viewer={WORD}")
    assert refilter(shared, {"page": [""]}).status == 400
    assert refilter(shared, {"page": "x"}).status == 400
    assert refilter(shared, {}, {"Origin": "https://elsewhere.example"}).status == 403
    assert refilter(shared, {"viewer": "another-name-that-nobody-has"}).status == 404
    assert shared.get("/receive/adminname/filter").status == 405
    stream.close()


def test_a_scope_bounds_a_filter(start_server, tmp_path: Path):
    people = People(tmp_path)
    people.add("ann")
    token = people.succeed("token", "create", "shop", "--role", "viewer", "--scope", "page:/shop/*").stdout.strip()
    server = start_server("--auth", "password", "--state", str(people.state), workers=1)
    header = f"Authorization: Bearer {token}\r\n"
    stream = Stream(server, f"?viewer={WORD}&visitor=cy&visitor=dan", headers=header)
    visitor = RawWebSocket(server.ingest)
    visitor.say([sample("cy", 1, p="/private"), sample("dan", 2, p="/shop/a"), sample("eve", 3, p="/shop/a")])
    visitor.say(sample("cy", 4, p="/shop/b"))
    assert [known(message) for message in stream.take(2)] == [
        sample("dan", 2, p="/shop/a"), sample("cy", 4, p="/shop/b")]
    assert refilter(server, {"page": ["/private"]}).status == 401
    authorization = {"Authorization": f"Bearer {token}"}
    assert refilter(server, {"page": ["/private", "/shop/a"]}, authorization).status == 204
    reset, first, second = stream.take(3)
    assert reset.event == "reset" and {first.data["id"], second.data["id"]} == {"dan", "eve"}
    stream.close()
