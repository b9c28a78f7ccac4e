"""Who is a visitor: ids, connections that speak for several, and when the kill comes."""

from __future__ import annotations

import json

from samples import assert_nothing_after_kill, assert_without_gaps, is_kill, kills, known, take_known, \
    take_until_killed
from waiting import wait_until
from wire import RawWebSocket, Stream

MOST_IDS = 256


def sample(visitor: str, x: int = 1, y: int = 2) -> dict:
    return {"id": visitor, "x": x, "y": y}


def open_connections(server) -> int:
    return sum(worker["connections"] for worker in server.state()["workers"])


def test_several_ids_on_one_connection(server):
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    sent = [sample(name, x) for x in range(20) for name in ("ann", "bob", "cyd")]
    for value in sent:
        visitor.say(value)
    visitor.ping_and_wait()
    assert {row["id"] for row in server.state()["visitors"]} <= {"ann", "bob", "cyd"}
    visitor.close_well()
    messages = take_until_killed(stream, ["ann", "bob", "cyd"])
    assert [known(message) for message in messages if not is_kill(message)] == sent
    assert sorted(kills(messages)) == ["ann", "bob", "cyd"]
    assert_nothing_after_kill(messages)
    assert_without_gaps(messages, after=0)


def test_what_came_before_an_answered_close_or_ping_is_with_the_master(server):
    """Consecutive connections go to different workers."""
    stream = Stream(server)
    sent = [{**sample("ann", visit), "p": f"/{visit}"} for visit in range(100)]
    for visit, value in enumerate(sent):
        visitor = RawWebSocket(server.ingest)
        visitor.say(value)
        visitor.ping_and_wait()
        assert [(row["id"], row["page"]) for row in server.state()["visitors"]] == [("ann", value["p"])]
        visitor.close_well()
        if visit % 2:
            assert server.state()["visitors"] == []
    messages = stream.take(200)
    assert [known(message) for message in messages[::2]] == sent
    assert all(is_kill(message) for message in messages[1::2])


def test_one_id_over_two_connections_is_killed_once_after_the_last(server):
    """Consecutive connections go to different workers."""
    stream = Stream(server)
    first, second = RawWebSocket(server.ingest), RawWebSocket(server.ingest)
    first.say(sample("ann", 1))
    assert take_known(stream, 1) == [sample("ann", 1)]
    second.say(sample("ann", 2))
    assert take_known(stream, 1) == [sample("ann", 2)]
    assert [row["id"] for row in server.state()["visitors"]] == ["ann"]

    first.close_well()
    wait_until(lambda: open_connections(server) == 1, 30, "one connection")
    second.say(sample("ann", 3))
    assert take_known(stream, 1) == [sample("ann", 3)]
    second.close_well()
    wait_until(lambda: open_connections(server) == 0, 30, "no connection")

    assert stream.take(1)[0].data == {"kill": "ann"}
    others = [RawWebSocket(server.ingest) for _ in range(2)]
    for other, name in zip(others, ("bob", "cyd"), strict=True):
        other.say(sample(name))
        other.close_well()
    messages = take_until_killed(stream, ["bob", "cyd"])
    assert sorted(kills(messages)) == ["bob", "cyd"] and len(messages) == 4


def test_a_connection_of_someone_else_does_not_hold_a_visitor(server):
    stream = Stream(server)
    first, second = RawWebSocket(server.ingest), RawWebSocket(server.ingest)
    first.say(sample("ann"))
    second.say(sample("bob"))
    assert sorted(value["id"] for value in take_known(stream, 2)) == ["ann", "bob"]
    first.close_well()
    assert stream.take(1)[0].data == {"kill": "ann"}
    assert [row["id"] for row in server.state()["visitors"]] == ["bob"]


def test_a_visitor_comes_back(server):
    stream = Stream(server)
    for visit in range(5):
        visitor = RawWebSocket(server.ingest)
        visitor.say(sample("ann", visit))
        visitor.close_well()
        messages = stream.take(2)
        assert known(messages[0]) == sample("ann", visit)
        assert messages[1].data == {"kill": "ann"}
    assert messages[1].n == 10


def test_256_ids_are_accepted_and_the_257th_refused(server):
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    names = [f"visitor-{number}" for number in range(MOST_IDS)]
    visitor.say([sample(name) for name in names[:200]])
    for name in names[200:]:
        visitor.say(sample(name))
    visitor.ping_and_wait()
    visitor.say(sample(names[0], 7))
    assert take_known(stream, MOST_IDS + 1) == [*map(sample, names), sample(names[0], 7)]
    assert len(server.state()["visitors"]) == MOST_IDS

    visitor.say([sample(names[0], 8), sample("one too many"), sample(names[1], 8)])
    code, reason = visitor.read_close()
    assert code == 1008 and reason
    messages = take_until_killed(stream, names)
    assert sorted(kills(messages)) == sorted(names)
    assert len(messages) == MOST_IDS, "a refused message has no effect, for nobody in it"


def test_256_new_ids_in_one_message(server):
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    names = [f"visitor-{number}" for number in range(MOST_IDS)]
    visitor.say([sample(name) for name in names])
    assert take_known(stream, MOST_IDS) == list(map(sample, names))


def test_other_spellings_of_an_id_are_the_same_visitor(server):
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    spellings = ['"é/\U0001f600"', r'"\u00e9\/\ud83d\ude00"', r'"\u00E9/\uD83D\uDE00"']
    for spelling in spellings:
        visitor.say('{"id":%s,"x":1,"y":2}' % spelling)
    visitor.close_well()
    messages = take_until_killed(stream, ["é/\U0001f600"])
    assert [known(message)["id"] for message in messages[:-1]] == ["é/\U0001f600"] * 3
    assert len(messages) == 4


def test_ids_arrive_unchanged(server):
    """Escapes, emoji, what JavaScript and HTML find special, and the longest allowed."""
    stream = Stream(server)
    names = [
        'quote " here', "back\\slash", "/", "é", "日本語", "\U0001f42d\u200d\U0001f5b1\ufe0f", "e\u0301",
        "</script><b>&amp;", "line\u2028separator\u2029", "\ufeff", "\ufffd", "\U0010ffff", " ", "__proto__",
        "kill", "constructor", "0", "null", "%s%n", "a" * 64, "é" * 32, "\U0001f600" * 16,
    ]
    visitor = RawWebSocket(server.ingest)
    for name in names:
        visitor.say(json.dumps(sample(name), ensure_ascii=False))
        visitor.say(json.dumps(sample(name), ensure_ascii=True))
    visitor.ping_and_wait()
    assert take_known(stream, 2 * len(names)) == [sample(name) for name in names for _ in range(2)]
    assert sorted(row["id"] for row in server.state()["visitors"]) == sorted(names)
    visitor.close_well()
    assert sorted(kills(take_until_killed(stream, names))) == sorted(names)
