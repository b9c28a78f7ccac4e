"""Visitors that speak `pointerscope.v1`: there from the hello on, closed for a reason, and all they say arrives."""

from __future__ import annotations

import json
import os
import signal

import pytest

from samples import is_kill, take_until_killed
from waiting import wait_until
from wire import RawWebSocket, Stream, frame
from wire_v1 import Resync, Visitor, Writer, sv, text, uv

GRACE_SECONDS = 5


def ids(server) -> set[str]:
    return {row["id"] for row in server.state()["visitors"]}


def test_a_visitor_is_there_without_a_move(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest, 30, 40, path="/pricing", viewport=(800, 600))
    assert visitor.welcome.how == 0 and visitor.id.startswith("~") and len(visitor.id) == 17
    assert (visitor.welcome.rate, visitor.welcome.batch) >= (0, 50)
    assert [(row["id"], row["page"]) for row in server.state()["visitors"]] == [(visitor.id, "/pricing")]
    said = stream.take(1)[0].data
    assert said["id"] == visitor.id
    assert (said["x"], said["y"], said["w"], said["h"], said["p"], said["t"]) == (
        30, 40, 800, 600, "/pricing", visitor.clock)
    assert "k" not in said
    visitor.close_well()
    assert stream.take(1)[0].data == {"kill": visitor.id}


def test_a_visitor_whose_pointer_is_elsewhere_is_there_too(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest, 3, 4, known=False)
    said = stream.take(1)[0].data
    assert (said["x"], said["y"], said["k"]) == (0, 0, "leave")
    assert ids(server) == {visitor.id}


def test_everything_arrives_as_it_was_said(server):
    stream = Stream(server)
    page = Visitor(server.ingest, 100, 200, scroll=(0, 50), path="/a", document=(1280, 4000))
    times = []

    def record(encoded: bytes) -> bytes:
        times.append(page.now)
        return encoded

    page.say_records(
        record(page.move(110, 190)), record(page.move(400, 100, after=7)), record(page.down(after=3)),
        record(page.move(401, 101)), record(page.up(buttons=0)), record(page.click(element="a#buy.primary")))
    page.say_records(page.visibility(False), page.visibility(True))
    page.say_records(
        record(page.scroll(0, 350)), record(page.wheel(0, 120)), record(page.cancel()), record(page.leave()),
        record(page.enter(5, 6)), record(page.resize(640, 480, (640, 5000))))
    page.say_records(page.name("Ann"), page.pointer(3))
    page.say_records(record(page.page("/b", scroll=(0, 10), document=(640, 900))), record(page.leave()),
                     record(page.page("/c")))
    kinds = ["move", "move", "down", "move", "up", "click", "scroll", "scroll", "cancel", "leave", "enter", "move",
             "move", "leave", "leave"]
    places = [(110, 190), (400, 100), (400, 100), (401, 101), (401, 101), (401, 101), (401, 101), (401, 101),
              (401, 101), (401, 101), (5, 6), (5, 6), (5, 6), (5, 6), (5, 6)]
    hello, *said = [message.data for message in stream.take(len(kinds) + 1)]
    assert [(sample["x"], sample["y"]) for sample in said] == places
    assert [sample.get("k", "move") for sample in said] == kinds
    assert [sample["t"] for sample in said] == times
    assert [sample.get("b") for sample in said] == [None, None, 1, None, 0] + [None] * 10
    assert [sample.get("el") for sample in said] == [None] * 5 + ["a#buy.primary"] + [None] * 9
    surroundings = {key: hello[key] for key in ("w", "h", "p", "sx", "sy", "dw", "dh", "pt")}
    assert surroundings == {
        "w": 1280, "h": 720, "p": "/a", "sx": 0, "sy": 50, "dw": 1280, "dh": 4000, "pt": "mouse"}
    told = [{key: sample[key] for key in ("w", "h", "p", "sx", "sy", "dw", "dh", "pt", "n") if key in sample}
            for sample in said]
    assert told == [{}] * 6 + [
        {"sx": 0, "sy": 350}, {}, {}, {}, {}, {"w": 640, "h": 480, "dw": 640, "dh": 5000},
        {"p": "/b", "sx": 0, "sy": 10, "dw": 640, "dh": 900, "pt": "touch", "n": "Ann"}, {},
        {"p": "/c", "sx": 0, "sy": 0, "dw": 1280, "dh": 3000}]


def test_what_later_versions_say_is_passed_over(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest, more=b"\x07something")
    visitor.say_records(b"\x40\x00", visitor.move(1, 2), b"\x7f" + text("much that is new" * 20), visitor.move(3, 4))
    assert [(message.data["x"], message.data["y"]) for message in stream.take(3)] == [(10, 20), (1, 2), (3, 4)]


def test_a_pixel_ratio_has_its_bound(server):
    for ratio in (0, 1 << 24):
        Visitor(server.ingest, ratio=ratio).ping_and_wait()
    visitor = Visitor(server.ingest, silent=True)
    visitor.say_records(visitor.hello(ratio=(1 << 24) + 1))
    assert visitor.read_close() == (1008, "a size beyond 2^24 pixels")


def test_a_clock_has_its_bound_behind_the_last_record(server):
    """A fault in a record comes first."""
    for last, code in ((b"", 1008), (b"\x12", 1007)):
        visitor = Visitor(server.ingest, clock=1 << 53)
        visitor.say_records(visitor.move(1, 1), last)
        assert visitor.read_close()[0] == code


def test_what_the_pointer_is_no_longer_is_not_said(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest, pointer=1)
    visitor.say_records(visitor.pointer(0), visitor.move(1, 1), visitor.pointer(2), visitor.move(2, 2))
    assert [message.data.get("pt") for message in stream.take(3)] == ["mouse", None, "pen"]


@pytest.mark.parametrize("fields", [
    "Sec-GPC: 1\r\n", "Sec-GPC: 0\r\nSec-GPC: 1\r\n", "sec-gpc: 1 \r\nSec-GPC: 1\r\n"])
def test_who_asks_not_to_be_watched_may_ask_twice(server, fields):
    visitor = Visitor(server.ingest, extra=fields, silent=True)
    assert visitor.read_close() == (4001, "the visitor asks not to be watched")


# Leaving

def test_whoever_says_bye_may_come_back(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest, path="/one")
    visitor.say_records(visitor.move(1, 1), visitor.bye())
    assert visitor.read_close() == (1000, "goodbye")
    assert ids(server) == {visitor.id}
    back = Visitor(server.ingest, 7, 8, token=visitor.token, path="/two")
    assert back.id == visitor.id and back.welcome.how == 1
    assert [message.data.get("p") for message in stream.take(3)] == ["/one", None, "/two"]
    back.close_well()
    messages = take_until_killed(stream, [visitor.id])
    assert len(messages) == 1, "one visitor, who left once"


def test_whoever_says_bye_and_stays_away_has_left(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest)
    visitor.say_records(visitor.bye())
    stream.take(1)
    assert list(stream.messages(GRACE_SECONDS / 2)) == []
    assert is_kill(stream.take(1)[0])
    assert ids(server) == set()


def test_whoever_says_nothing_at_the_end_has_left_at_once(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest)
    stream.take(1)
    visitor.reset()
    assert is_kill(stream.take(1, GRACE_SECONDS / 2)[0])


# Refusals

def within(encode):
    """A case that comes behind a hello."""
    return lambda visitor: visitor.send_message(visitor.message(encode(visitor)))


FAR = 1 << 24
REFUSED = {
    "unknown record": (within(lambda v: b"\x3f"), 1007),
    "record zero": (within(lambda v: b"\x00"), 1007),
    "cut in a move": (within(lambda v: b"\x02\x01\x02"), 1007),
    "cut in a compact move": (within(lambda v: v.move(11, 21)[:1]), 1007),
    "cut in a later record": (within(lambda v: b"\x40\x05abc"), 1007),
    "number of six bytes": (within(lambda v: b"\x02" + b"\x80" * 5 + b"\x00\x00\x00"), 1007),
    "path not UTF-8": (within(lambda v: v.page(b"/\xff")), 1007),
    "name not UTF-8": (within(lambda v: v.name(b"\xc3")), 1007),
    "empty message": (lambda v: v.send_message(b""), 1007),
    "too far right": (within(lambda v: v.move(FAR + 1, 0)), 1008),
    "too far up": (within(lambda v: v.move(0, -FAR - 1)), 1008),
    "too far scrolled": (within(lambda v: v.scroll(0, FAR + 1)), 1008),
    "too late": (within(lambda v: v.move(10, 20, after=(1 << 26) + 1)), 1008),
    "too wide": (within(lambda v: v.resize(FAR + 1, 1, (1, 1))), 1008),
    "too many buttons": (within(lambda v: v.down(buttons=65536)), 1008),
    "name too long": (within(lambda v: v.name("n" * 65)), 1008),
    "empty name": (within(lambda v: v.name("")), 1008),
    "name with a control": (within(lambda v: v.name("a\nb")), 1008),
    "element too long": (within(lambda v: v.click(element="e" * 65)), 1008),
    "path too long": (within(lambda v: v.page("/" + "p" * 256)), 1008),
    "pointer of no type": (within(lambda v: v.pointer(4)), 1008),
    "second hello": (within(lambda v: v.hello()), 1008),
    "sync in the middle": (within(lambda v: v.move(1, 1) + v.sync()), 1008),
    "sync of another number": (within(lambda v: b"\x10" + uv(v.sequence + 256 + 7) + uv(v.now) + sv(0) * 4), 1008),
    "too many samples": (within(lambda v: b"".join(v.move(10 + i % 2, 20) for i in range(4097))), 1009),
    "too big": (within(lambda v: b"\x40" + text(b"z" * 65536)), 1009),
    "text": (lambda v: v.send(frame(b'{"id":"a","x":1,"y":1}')), 1003),
}


@pytest.mark.parametrize("case", REFUSED)
def test_each_fault_has_its_close_code(server, case):
    stream = Stream(server)
    say, code = REFUSED[case]
    before = server.metrics()[f'pointerscope_messages_refused_total{{code="{code}"}}']
    visitor = Visitor(server.ingest)
    say(visitor)
    closed, reason = visitor.read_close()
    assert closed == code and reason
    messages = take_until_killed(stream, [visitor.id])
    assert len(messages) == 2, "nothing of a refused message counts, and a visitor that breaks off has left"
    assert server.metrics()[f'pointerscope_messages_refused_total{{code="{code}"}}'] == before + 1


FIRST = {
    "nothing": (b"", 1007),
    "a number alone": (b"\x00", 1008),
    "a move": (b"\x00\x02\x01\x02\x02", 1008),
    "a later record": (b"\x00\x40\x00", 1008),
    "half a hello": (b"\x00\x01\x30\x03", 1007),
    "an empty hello": (b"\x00\x01\x00", 1007),
}


@pytest.mark.parametrize("case", FIRST)
def test_nothing_comes_before_the_hello(server, case):
    message, code = FIRST[case]
    visitor = Visitor(server.ingest, silent=True)
    visitor.send_message(message)
    assert visitor.read_close()[0] == code
    assert server.metrics()["pointerscope_events_received_total"] == 0
    assert ids(server) == set()


def test_the_hello_has_the_number_zero(server):
    visitor = Visitor(server.ingest, silent=True)
    visitor.message()
    visitor.say_records(visitor.hello())
    assert visitor.read_close()[0] == 1008


def test_a_hello_that_does_not_come_is_not_waited_for(server):
    visitor = Visitor(server.ingest, silent=True)
    assert visitor.read_close()[0] == 1008
    assert server.metrics()['pointerscope_connections_refused_total{reason="hello_timeout"}'] == 1


@pytest.mark.parametrize("offered", ["pointerscope.v1", "json", ""])
def test_whoever_asks_not_to_be_watched_is_closed_with_a_code_of_its_own(server, offered):
    stream = Stream(server)
    field = f"Sec-WebSocket-Protocol: {offered}\r\n" if offered else ""
    visitor = RawWebSocket(server.ingest, f"{field}Sec-GPC: 1\r\n")
    visitor.send(frame(Writer().message(Writer().hello()), opcode=2) if offered == "pointerscope.v1"
                 else frame(json.dumps({"id": "ann", "x": 1, "y": 1}).encode()))
    assert visitor.read_close() == (4001, "the visitor asks not to be watched")
    metrics = server.metrics()
    assert metrics['pointerscope_connections_refused_total{reason="gpc"}'] == 1
    assert metrics["pointerscope_events_received_total"] == 0
    assert list(stream.messages(0.5)) == []


def test_the_first_offer_that_is_spoken_wins(server):
    for offered, chosen in [
        ("pointerscope.v1, json", b"pointerscope.v1"), ("json, pointerscope.v1", b"json"),
        ("pointerscope.v2, pointerscope.v1", b"pointerscope.v1"), ("Pointerscope.v1", None),
    ]:
        head = RawWebSocket(server.ingest, f"Sec-WebSocket-Protocol: {offered}\r\n").head
        assert (b"Sec-WebSocket-Protocol: %s\r\n" % chosen in head) if chosen else (b"Sec-WebSocket-Protocol" not in head), \
            offered


# Crowds, and what breaks

def test_a_hundred_thousand_samples_all_arrive(server):
    visitors = [Visitor(server.ingest) for _ in range(50)]
    for round in range(40):
        for visitor in visitors:
            visitor.say_records(*(visitor.move(10 + i % 7 * (round % 9), 20 + i) for i in range(50)))
    for visitor in visitors:
        visitor.ping_and_wait()
    due = 50 + 50 * 40 * 50

    def is_whole() -> bool:
        metrics = server.metrics()
        assert metrics["pointerscope_events_received_total"] == due
        folded = metrics['pointerscope_events_conflated_total{stage="relay"}']
        lost = sum(value for name, value in metrics.samples.items() if name.startswith("pointerscope_events_lost_total"))
        assert lost == 0
        return metrics["pointerscope_events_relayed_total"] + folded == due

    wait_until(is_whole, 60, "all samples to be relayed")
    metrics = server.metrics()
    assert metrics["pointerscope_ingest_gaps_total"] == 0
    assert metrics["pointerscope_messages_received_total"] == 50 * 41
    assert all(not any(isinstance(record, Resync) for record in visitor.told) for visitor in visitors)
    assert len(ids(server)) == 50


def test_a_visitor_of_a_killed_worker_comes_back_as_itself(start_server):
    server = start_server(workers=2)
    stream = Stream(server)
    visitors = [Visitor(server.ingest) for _ in range(8)]
    stream.take(8)
    victim = server.worker_pids()[0]
    os.kill(victim, signal.SIGKILL)
    gone = {message.data["kill"] for message in stream.take(4)}
    returned = []
    for visitor in visitors:
        if visitor.id in gone:
            assert visitor.read_to_end() == b""
            returned.append(Visitor(server.ingest, token=visitor.token))
            assert returned[-1].id == visitor.id and returned[-1].welcome.how == 1
        else:
            visitor.ping_and_wait()
    wait_until(lambda: ids(server) == {visitor.id for visitor in visitors}, 30, "everybody to be there")
