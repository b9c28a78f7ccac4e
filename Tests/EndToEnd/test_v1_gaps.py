"""Messages of `pointerscope.v1` that are lost, come twice, or come in another order."""

from __future__ import annotations

import pytest

from wire import Stream
from wire_v1 import Resync, Visitor

GAPS = "pointerscope_ingest_gaps_total"
MISSING = "pointerscope_ingest_messages_missing_total"
REPEATED = "pointerscope_ingest_messages_repeated_total"


def counts(server) -> tuple[int, int, int]:
    metrics = server.metrics()
    return metrics[GAPS], metrics[MISSING], metrics[REPEATED]


def places(stream: Stream, count: int) -> list[tuple[int, int]]:
    return [(message.data["x"], message.data["y"]) for message in stream.take(count)]


def lose(visitor: Visitor, count: int) -> None:
    """Moves that are made and never sent."""
    for step in range(count):
        visitor.message(visitor.move(visitor.x + 1, visitor.y + step % 2))


@pytest.mark.parametrize("size", [1, 2, 5, 64, 127])
def test_a_gap_is_counted_and_mended(server, size):
    stream = Stream(server)
    visitor = Visitor(server.ingest, 0, 0)
    visitor.say_records(visitor.move(1, 1))
    lose(visitor, size)
    visitor.say_records(visitor.move(500, 500))
    visitor.hear(Resync)
    visitor.say_records(visitor.move(501, 501))
    visitor.ping_and_wait()
    assert counts(server) == (1, size, 0)
    assert not visitor.told, "one resync a gap"
    visitor.say_records(visitor.sync(), visitor.move(502, 502))
    visitor.say_records(visitor.move(503, 503))
    assert places(stream, 4) == [(0, 0), (1, 1), (502, 502), (503, 503)]
    assert counts(server) == (1, size, 0)


@pytest.mark.parametrize("size", [1, 128, 255, 256, 257, 1000])
def test_a_sync_knows_how_long_the_gap_is(server, size):
    stream = Stream(server)
    visitor = Visitor(server.ingest, 0, 0)
    lose(visitor, size)
    visitor.say_records(visitor.sync(), visitor.move(7, 9))
    assert places(stream, 2) == [(0, 0), (7, 9)]
    visitor.ping_and_wait()
    assert not visitor.told, "nothing is to be asked for"
    assert counts(server) == (1, size, 0)


def test_a_sync_may_say_any_number(server):
    visitor = Visitor(server.ingest, 0, 0)
    for _ in range(3):
        visitor.sequence += 1 << 24
        visitor.say_records(visitor.sync(), visitor.move(7, 9))
    visitor.ping_and_wait()
    assert counts(server) == (3, 3 * 4096, 0)


def test_a_sync_corrects_a_gap_that_looked_shorter(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest, 0, 0)
    lose(visitor, 256 + 40)
    visitor.say_records(visitor.move(1, 1))
    visitor.hear(Resync)
    assert counts(server) == (1, 40, 0)
    visitor.say_records(visitor.sync(), visitor.move(2, 2))
    assert places(stream, 2) == [(0, 0), (2, 2)]
    assert counts(server) == (1, 256 + 40, 0)


def test_what_comes_twice_counts_once(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest, 0, 0)
    messages = [visitor.message(visitor.move(step, step), visitor.click()) for step in range(1, 20)]
    for message in messages:
        for _ in range(3):
            visitor.send_message(message)
    expected = [(0, 0)] + [(step, step) for step in range(1, 20) for _ in range(2)]
    assert places(stream, len(expected)) == expected
    visitor.ping_and_wait()
    assert counts(server) == (0, 0, 2 * 19)
    assert not visitor.told


def test_what_comes_too_late_is_passed_over(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest, 0, 0)
    first, second, third = (visitor.message(visitor.move(step, step)) for step in (1, 2, 3))
    for message in (first, third, second):
        visitor.send_message(message)
    visitor.hear(Resync)
    visitor.ping_and_wait()
    assert counts(server) == (1, 1, 1)
    visitor.say_records(visitor.sync(), visitor.move(4, 4))
    assert places(stream, 3) == [(0, 0), (1, 1), (4, 4)]


def test_a_thousand_messages_that_are_all_there_have_no_gap(server):
    visitor = Visitor(server.ingest, 0, 0)
    for step in range(1000):
        sync = [visitor.sync()] if step % 128 == 127 else []
        visitor.say_records(*sync, visitor.move(step % 300, step % 200))
    visitor.ping_and_wait()
    assert counts(server) == (0, 0, 0)
    assert server.metrics()["pointerscope_events_received_total"] == 1001


def test_several_gaps_of_several_visitors_add_up(server):
    due = [0, 0]
    visitors = [Visitor(server.ingest, 0, 0) for _ in range(4)]
    for number, visitor in enumerate(visitors):
        for gap in range(number + 1):
            lose(visitor, gap + 1)
            visitor.say_records(visitor.move(gap, gap))
            visitor.hear(Resync)
            visitor.say_records(visitor.sync(), visitor.move(0, 0))
            due[0] += 1
            due[1] += gap + 1
        visitor.ping_and_wait()
    assert counts(server) == (*due, 0)
