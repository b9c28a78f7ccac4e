"""Long polls: the stream's messages in answers, for those whom no stream reaches."""

from __future__ import annotations

import json
import threading
import time

import pytest

from polling import CuttingProxy, Poller
from quick_motion import QuickMotion
from samples import assert_without_gaps, known
from server import Server
from waiting import wait_until
from wire import RawWebSocket, Stream, close_clients_of

SAMPLES = 3000


def sample(visitor: str, x: int = 0, **more) -> dict:
    return {"id": visitor, "x": x, "y": 0, **more}


@pytest.fixture(scope="module")
def one_server():
    server = Server.start("--workers", "1")
    yield server
    close_clients_of(server.ingest, server.http)
    server.stop_and_check()


@pytest.fixture
def shared(one_server):
    """A server that nobody is at when a test begins."""
    yield one_server
    wait_until(lambda: not one_server.state()["visitors"], 30, "everybody to be gone")


def test_polls_tell_what_a_stream_tells(shared):
    stream = Stream(shared)
    poller = Poller(shared)
    visitor = RawWebSocket(shared.ingest)
    visitor.say(sample("ann", 1, p="/a"))
    first = stream.take(1)[0]
    # Asked before anything came it would have waited; from there on it is the same, message by message.
    poller.cursor = first.id
    visitor.say([sample("ann", x) for x in range(2, 30)])
    visitor.close_well()
    heard = stream.take(29)
    told: list = []
    while len(told) < 29:
        told += poller.ask()
    assert [(message.id, message.text) for message in told] == [(message.id, message.text) for message in heard]
    stream.close()


def test_a_poll_waits_for_what_comes(shared):
    poller = Poller(shared)
    assert [message.event for message in poller.ask()] == ["cursor"], "within a second"
    visitor = RawWebSocket(shared.ingest)
    threading.Timer(0.2, lambda: visitor.say(sample("bob", 7))).start()
    assert known(poller.ask()[0]) == sample("bob", 7)
    metrics = shared.metrics()
    metrics.check_accounting()
    assert metrics['pointerscope_polls_total{outcome="messages"}'] >= 1
    visitor.close_well()


def test_frames_by_polls_are_one_picture(shared):
    poller = Poller(shared, "&shape=frames&hz=60")
    first = poller.ask()
    assert first[0].event == "keyframe"
    visitor = RawWebSocket(shared.ingest)
    positions, joins, leaves, statuses = [], [], [], 0

    def say() -> None:
        for x in range(300):
            visitor.say(sample("cy", x))
            visitor.ping_and_wait()
        visitor.close_well()

    saying = threading.Thread(target=say)
    saying.start()
    while not leaves or not statuses:
        for message in poller.ask():
            assert message.event in ("frame", "status"), "nothing was missed, so there is no keyframe"
            statuses += message.event == "status"
            if message.event == "frame":
                joins += [join["id"] for join in message.data["joins"]]
                positions += [told["x"] for told in message.data["samples"]]
                leaves += message.data["leaves"]
    saying.join()
    assert (positions, joins, leaves) == (list(range(300)), ["cy"], ["cy"])
    assert set(poller.statuses) == {200}


@pytest.mark.parametrize("shape", ["", "&shape=frames&hz=30"])
def test_answers_that_are_cut_lose_and_double_nothing(shared, shape):
    """A proxy cuts each answer after a while, often in the middle of a message; quick motion goes on all the time."""
    proxy = CuttingProxy(shared, seconds=0.4, bytes_a_second=400_000)
    whole = Stream(shared)
    poller = Poller(proxy, shape)
    # Where it begins has to be known for certain.
    direct = Poller(shared, shape)
    direct.ask()
    poller.cursor = direct.cursor
    visitor = RawWebSocket(shared.ingest)

    said = 0

    def say() -> None:
        nonlocal said
        # As long as it takes for one to be cut, on a machine however quick.
        until = time.monotonic() + 20
        while said < SAMPLES or proxy.cuts == 0 and time.monotonic() < until:
            visitor.say([sample("quick", y) for y in range(said, said + 10)])
            visitor.ping_and_wait()
            said += 10
            # As a hand goes on moving, and not all of it in one answer.
            time.sleep(0.005)
        visitor.close_well()

    saying = threading.Thread(target=say)
    saying.start()
    positions: list[int] = []
    numbers = []
    is_gone = False
    ends = time.monotonic() + 60
    while not is_gone:
        assert time.monotonic() < ends, (len(positions), said, proxy.cuts, poller.answers)
        for message in poller.ask():
            if shape:
                if message.event == "frame":
                    positions += [told["x"] for told in message.data["samples"]]
                    is_gone = is_gone or message.data["leaves"] == ["quick"]
                    numbers.append(message.n)
            elif "kill" in message.data:
                is_gone = True
            else:
                positions.append(message.data["x"])
    saying.join()
    assert positions == list(range(said))
    assert numbers == sorted(set(numbers))
    assert proxy.cuts > 0, poller.answers
    # It is not read meanwhile: what lies in the sockets is the beginning.
    assert_without_gaps(whole.take(SAMPLES))
    whole.close()
    proxy.close()


def test_minutes_in_quick_motion_are_told_whole(shared):
    """Benchmarks/polls.py does the same with an hour."""
    motion = QuickMotion(shared, minutes=3, speed=30)
    motion.run()
    motion.check()
    assert all(heard.cut_midway > 0 and heard.cut_empty > 0 for heard in motion.heard.values())
    shared.metrics().check_accounting()


def test_off_the_ring_begins_anew(shared):
    poller = Poller(shared)
    for cursor in ["0123456789abcdef-1", "00c0ffee00c0ffee-99"]:
        poller.cursor = cursor
        assert poller.ask()[0].event == "reset"


@pytest.mark.parametrize("query,word", [
    ("cursor=x", "cursor"), ("cursor=%FF", "cursor"), ("shape=frame", "shape"), ("shape=frames&hz=2", "hz"),
    ("page=", "page"), ("visitor=" + "a" * 65, "visitor"),
])
def test_bad_values_are_named(shared, query, word):
    answer = shared.get(f"/poll/me?{query}")
    assert answer.status == 400 and answer.text.startswith(word + " ")


def test_a_filter_goes_with_every_poll(shared):
    poller = Poller(shared, "&page=/b&visitor=dan")
    assert poller.ask()[0].event == "cursor"
    visitor = RawWebSocket(shared.ingest)
    visitor.say([sample("dan", 1, p="/a"), sample("eve", 2, p="/b")])
    visitor.say([sample("dan", 3, p="/b"), sample("dan", 4, p="/c"), sample("eve", 5)])
    told = []
    while len(told) < 2:
        told += poller.ask()
    assert [message.data for message in told] == [
        {"id": "dan", "x": 3, "y": 0, "p": "/b"}, {"kill": "dan"}]
    visitor.close_well()


def test_a_server_that_stops_answers_first(start_server):
    server = start_server(workers=1)
    poller = Poller(server)
    poller.ask()
    answers: list = []
    waiting = threading.Thread(target=lambda: answers.append(poller.ask()))
    waiting.start()
    wait_until(lambda: server.metrics()["pointerscope_polls_waiting"] == 1, 30, "the poll")
    assert json.loads(server.get("/api/state").text)["viewers"] == 1
    server.stop()
    waiting.join(timeout=10)
    assert answers == [[]] and poller.statuses[-1] == 200
