"""Coming back to the event stream, and falling off its ring."""

from __future__ import annotations

import random

import pytest

from samples import assert_without_gaps, kills, known, take_known
from waiting import wait_until
from wire import Message, RawWebSocket, Stream, text

FLOOD_MESSAGES = 300
FLOOD_SAMPLES = 1300
"""Together several times what the ring of 8 MiB holds."""

REMEMBERED_KILLS = 16_384
UNKNOWN_IDS = [
    "0123456789abcdef-1", "{boot}-99999999", "{boot}-18446744073709551616", "{boot}-", "{boot}", "{boot}--1",
    "{boot}-1x", "-1", "1", "nonsense", "{boot}-0x1", " {boot}-1-1", "\xe9", "i" * 4000,
]


def sample(visitor: str, x: int = 0) -> dict:
    return {"id": visitor, "x": x, "y": 0}


def resume(server, last_id: str) -> Stream:
    return Stream(server, headers=f"Last-Event-ID: {last_id}\r\n")


def pairs(messages: list[Message]) -> list[tuple[str, str]]:
    return [(message.id, message.text) for message in messages]


def flood(server, visitor: RawWebSocket) -> None:
    """Samples that cannot be folded, until the ring has forgotten what it held before."""
    message = text([{"id": "loud", "x": x, "y": 0, "k": "click"} for x in range(FLOOD_SAMPLES)])
    all_of_it = server.metrics()["pointerscope_events_received_total"] + FLOOD_MESSAGES * FLOOD_SAMPLES
    for _ in range(FLOOD_MESSAGES):
        visitor.send(message)
    wait_until(
        lambda: server.metrics()["pointerscope_events_relayed_total"] == all_of_it, 60, "the flood to be relayed")


@pytest.fixture
def told(server) -> tuple[RawWebSocket, list[Message]]:
    """A visitor, and what everybody was told: its samples and another's coming and going."""
    stream = Stream(server)
    visitor, other = RawWebSocket(server.ingest), RawWebSocket(server.ingest)
    visitor.say([sample("ann", x) for x in range(5)])
    visitor.ping_and_wait()
    other.say(sample("bob"))
    other.close_well()
    messages = stream.take(7)
    visitor.say([sample("ann", x) for x in range(5, 8)])
    messages += stream.take(3)
    assert kills(messages) == ["bob"]
    stream.close()
    return visitor, messages


@pytest.mark.parametrize("had", range(11))
@pytest.mark.parametrize("way", ["header", "query", "both"])
def test_resume_from_any_point(server, told, way, had):
    visitor, messages = told
    boot = messages[0].id.split("-")[0]
    last_id = f"{boot}-{had}"
    query = {"header": "", "query": f"?last-event-id={last_id}", "both": f"?last-event-id={boot}-2"}[way]
    stream = Stream(server, query, "" if way == "query" else f"last-event-id: {last_id}\r\n")
    visitor.say(sample("ann", 8))
    heard = stream.take(10 - had + 1)
    assert pairs(heard[:-1]) == pairs(messages[had:])
    assert known(heard[-1]) == sample("ann", 8)
    assert_without_gaps(heard, after=had)


@pytest.mark.parametrize("unknown", UNKNOWN_IDS)
def test_an_unknown_id_resets(server, told, unknown):
    visitor, messages = told
    boot = messages[0].id.split("-")[0]
    other = RawWebSocket(server.ingest)
    other.say(sample("cyd", 1))
    other.ping_and_wait()
    wait_until(lambda: len(server.state()["visitors"]) == 2, 60, "two visitors")
    stream = resume(server, unknown.format(boot=boot))
    reset, *newest = stream.take(3)
    assert reset.event == "reset" and reset.data == {"n": 11}
    assert [known(message) for message in newest] == [sample("ann", 7), sample("cyd", 1)]
    assert [message.id for message in newest] == [messages[-1].id, f"{boot}-11"]
    visitor.say(sample("ann", 8))
    live = stream.take(1)[0]
    assert known(live) == sample("ann", 8) and live.n == 12


def test_the_header_wins_even_when_it_is_unknown(server, told):
    _, messages = told
    stream = Stream(server, f"?last-event-id={messages[0].id}", "Last-Event-ID: nonsense\r\n")
    assert stream.take(1)[0].event == "reset"


def test_a_reset_without_visitors(server):
    stream = resume(server, "0123456789abcdef-77")
    assert (stream.take(1)[0].event, server.state()["visitors"]) == ("reset", [])
    visitor = RawWebSocket(server.ingest)
    visitor.say(sample("ann"))
    assert [(message.n, known(message)) for message in stream.take(1)] == [(1, sample("ann"))]


def test_a_viewer_that_keeps_breaking_off_misses_nothing(server):
    """As a browser does: every time it resumes from the last id it has seen."""
    dice = random.Random(7)
    visitor = RawWebSocket(server.ingest)
    stream, heard, said = Stream(server), [], 0
    for _ in range(40):
        for _ in range(dice.randint(0, 9)):
            visitor.say(sample("ann", said))
            said += 1
        heard += stream.take(dice.randint(0, said - len(heard))) if said > len(heard) else []
        if heard:
            stream.close()
            stream = resume(server, heard[-1].id)
    heard += stream.take(said - len(heard))
    assert [known(message) for message in heard] == [sample("ann", x) for x in range(said)]
    assert_without_gaps(heard, after=0)


def test_resuming_behind_the_ring_resets(server, told):
    visitor, messages = told
    flood(server, visitor)
    head = 10 + FLOOD_MESSAGES * FLOOD_SAMPLES
    for had in (0, 1, 9):
        stream = resume(server, f"{messages[0].id.split('-')[0]}-{had}")
        reset, quiet, loud = stream.take(3)
        assert reset.event == "reset" and reset.data == {"n": head}
        assert known(quiet) == sample("ann", 7)
        assert known(loud) == {**sample("loud", FLOOD_SAMPLES - 1), "k": "click"} and loud.n == head
        stream.close()


def fall_behind(server) -> tuple[Stream, RawWebSocket, RawWebSocket]:
    """A viewer that has read nothing since the ring forgot; who was here before, and who flooded."""
    early = RawWebSocket(server.ingest)
    viewer = Stream(server, receive_buffer=4096)
    early.say(sample("early", 1))
    early.ping_and_wait()
    visitor = RawWebSocket(server.ingest)
    flood(server, visitor)
    return viewer, early, visitor


def test_a_viewer_that_fell_off_the_ring_catches_up(server):
    """The kills it missed and what is newest of each, in order of n, nothing twice, and then live."""
    viewer, early, visitor = fall_behind(server)
    for number in range(20):
        guest = RawWebSocket(server.ingest)
        guest.say(sample(f"guest-{number}"))
        guest.close_well()
    wait_until(lambda: len(server.state()["visitors"]) == 2, 60, "the guests to be gone")
    early.say(sample("early", 2))
    early.ping_and_wait()
    head = FLOOD_MESSAGES * FLOOD_SAMPLES + 42
    heard = []
    for message in viewer.messages():
        heard.append(message)
        if message.n >= head:
            break
    numbers = [message.n for message in heard]
    assert numbers == sorted(set(numbers)) and numbers[0] == 1 and numbers[-1] == head
    assert len(heard) < head, "it was conflated"
    assert all(message.event == "" for message in heard)
    assert sorted(kills(heard)) == sorted(f"guest-{number}" for number in range(20))
    newest = {message.data["id"]: known(message) for message in heard if "id" in message.data}
    assert newest["early"] == sample("early", 2)
    assert newest["loud"] == {**sample("loud", FLOOD_SAMPLES - 1), "k": "click"}
    visitor.say(sample("loud", 7))
    assert take_known(viewer, 1) == [sample("loud", 7)]
    metrics = server.metrics()
    metrics.check_accounting()
    assert metrics['pointerscope_events_conflated_total{stage="viewer"}'] > 0


def test_a_viewer_that_missed_too_many_kills_is_reset(server):
    viewer, early, loud = fall_behind(server)
    guests = 256
    for crowd in range(REMEMBERED_KILLS // guests + 1):
        visitor = RawWebSocket(server.ingest)
        visitor.say([sample(f"guest-{crowd}-{number}") for number in range(guests)])
        visitor.close_well()
    everyone = (REMEMBERED_KILLS // guests + 1) * guests
    wait_until(lambda: server.metrics()["pointerscope_visitors_left_total"] == everyone, 60, "all guests to leave")
    head = FLOOD_MESSAGES * FLOOD_SAMPLES + 1 + 2 * everyone
    for message in viewer.messages():
        if message.event == "reset":
            break
        assert "kill" not in message.data
    assert message.event == "reset" and message.data == {"n": head}
    assert take_known(viewer, 2) == [sample("early", 1), {**sample("loud", FLOOD_SAMPLES - 1), "k": "click"}]
    early.say(sample("early", 3))
    loud.ping_and_wait()
    live = viewer.take(1)[0]
    assert known(live) == sample("early", 3) and live.n == head + 1
