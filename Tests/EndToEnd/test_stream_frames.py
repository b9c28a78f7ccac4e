"""The frames shape: keyframes, frames, statuses, and that it tells the same as the default shape."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from frames import Picture
from samples import is_kill, kills, known
from wire import RawWebSocket, Stream

RATES = (1, 5, 10, 15, 30, 60)


def sample(visitor: str, x: int = 0) -> dict:
    return {"id": visitor, "x": x, "y": 0}


def watch(server, hz: int = 30) -> Picture:
    """A viewer that has seen its first keyframe."""
    picture = Picture(Stream(server, f"?shape=frames&hz={hz}"))
    assert picture.step().event == "keyframe"
    return picture


@pytest.mark.parametrize("hz", RATES)
def test_every_rate_begins_with_a_keyframe(server, hz):
    visitor = RawWebSocket(server.ingest)
    heard = Stream(server)
    visitor.say([sample("ann", 1), {**sample("bob", 2), "k": "down", "b": 1, "p": "/page"}])
    last = heard.take(2)[-1]
    stream = Stream(server, f"?shape=frames&hz={hz}")
    first = stream.take(1)[0]
    assert first.event == "keyframe" and first.id == last.id
    worker = server.state()["visitors"][0]["worker"]
    rows = {row["id"]: row for row in first.data["visitors"]}
    assert rows.keys() == {"ann", "bob"} and all(row["worker"] == worker for row in rows.values())
    assert (rows["ann"]["x"], rows["bob"]["x"], rows["bob"]["k"], rows["bob"]["p"]) == (1, 2, "down", "/page")


def test_ten_is_the_default_rate_and_an_empty_room_a_keyframe(server):
    first = Stream(server, "?shape=frames").take(1)[0]
    assert first.event == "keyframe" and first.n == 0 and first.data["visitors"] == []


@pytest.mark.parametrize("hz", [
    "0", "2", "7", "20", "59", "61", "100", "-1", "1.5", "10.0", "010", "+10", "1e1", "ten", "", "10hz", "0x0a",
    "%2010",
])
def test_other_rates_are_refused(server, hz):
    answer = server.get(f"/receive/adminname?shape=frames&hz={hz}")
    assert answer.status == 400 and "hz" in answer.text
    assert server.state()["viewers"] == 0


def test_another_shape_is_refused(server):
    assert server.get("/receive/adminname?shape=Frames").status == 400


def test_a_frame_has_joins_samples_and_leaves(server):
    picture = watch(server)
    visitor = RawWebSocket(server.ingest)
    sent = {"id": "ann", "x": 1.5, "y": 2, "t": 3, "k": "click", "b": 1, "w": 100, "h": 50, "p": "/page"}
    visitor.say(sent)
    frame = picture.step()
    while frame.event == "status":
        frame = picture.step()
    assert frame.event == "frame" and frame.data["samples"] == [sent] and frame.data["leaves"] == []
    assert [join["id"] for join in frame.data["joins"]] == ["ann"]
    assert frame.data["joins"][0]["worker"] in server.worker_pids()
    visitor.close_well()
    picture.until(2)
    assert picture.leaves == ["ann"] and picture.visitors == {} and picture.keyframes == 1


def test_a_second_without_changes_sends_a_status_only(server):
    picture = watch(server, hz=60)
    visitor = RawWebSocket(server.ingest)
    visitor.say(sample("ann"))
    picture.until(1)
    picture.until_status()
    assert [picture.step().event for _ in range(3)] == ["status"] * 3


def test_the_status_agrees_with_the_state(server):
    picture = watch(server)
    visitor = RawWebSocket(server.ingest)
    visitor.say([sample("ann")] * 10)
    picture.until(10)
    picture.until_status()
    status, state = picture.until_status(), server.state()
    assert status["totals"].keys() == state["totals"].keys()
    assert status["viewers"] == state["viewers"] == 1
    assert status["totals"]["received"] == state["totals"]["received"] == 10
    for told, row in zip(status["workers"], state["workers"], strict=True):
        assert told.keys() == row.keys()
        assert (told["pid"], told["state"], told["connections"]) == (row["pid"], "running", row["connections"])
    assert sum(row["received"] for row in status["workers"]) == 10
    for hop in status["latency"].values():
        assert 0 <= hop["p50"] <= hop["p99"] <= hop["max"] < 5000
    assert [(row["shape"], row["behind"]) for row in status["audience"]] == [("frames", 0)]
    assert status["log"][-1]["event"] == "ready" and status["log"][-1]["pid"] == server.pid


def test_refusals_agree_with_the_metrics(server):
    picture = watch(server)
    for message in ("[", '{"id":1}', '{"id":1}'):
        RawWebSocket(server.ingest).say(message)
    told = {}
    while told.get("1008") != 2 or told.get("1007") != 1:
        told = picture.until_status()["refused"]
    metrics = server.metrics()
    messages = {reason for reason in told if reason.isdigit()}
    assert len(messages) == 6 and len(told) == 41
    for reason, count in told.items():
        family, label = ("messages", "code") if reason in messages else ("connections", "reason")
        if reason.startswith("post_"):
            family, reason = "posts", reason.removeprefix("post_")
        assert metrics[f'pointerscope_{family}_refused_total{{{label}="{reason}"}}'] == count


def test_both_shapes_tell_the_same_under_the_same_numbers(server):
    """Visitors that come, move and go on two workers, seen by viewers of every kind at once."""
    names = [f"visitor-{number}" for number in range(8)]
    total = len(names) * 4 * 52
    streams = [Stream(server) for _ in range(2)]
    pictures = [watch(server, hz) for hz in RATES]

    def visit(name: str) -> None:
        for turn in range(4):
            visitor = RawWebSocket(server.ingest)
            for x in range(25):
                visitor.say([sample(name, turn * 100 + x), sample(name + "-too", x)])
            # The leaves are with the master when this returns: whoever comes back on the other worker comes later.
            visitor.close_well()

    # Whoever does not read as it comes falls behind, and is given a keyframe.
    with ThreadPoolExecutor(max_workers=32) as pool:
        seen = [pool.submit(picture.until, total) for picture in pictures]
        taken = [pool.submit(stream.take, total) for stream in streams]
        for visits in [pool.submit(visit, name) for name in names]:
            visits.result()
        heard = [future.result() for future in taken]
        for future in seen:
            future.result()
    assert [(m.id, m.text) for m in heard[0]] == [(m.id, m.text) for m in heard[1]]
    messages = heard[0]
    assert len(messages) == messages[-1].n
    for picture in pictures:
        assert picture.keyframes == 1 and picture.visitors == {}
        assert picture.samples == [known(message) for message in messages if not is_kill(message)]
        assert sorted(picture.leaves) == sorted(kills(messages))
        assert picture._boot == messages[0].id.split("-")[0]


@pytest.mark.parametrize("hz", [1, 60])
def test_who_leaves_and_comes_back_within_a_tick_is_here(server, hz):
    picture = watch(server, hz)
    stream = Stream(server)
    for visit in range(10):
        visitor = RawWebSocket(server.ingest)
        visitor.say(sample("ann", visit))
        visitor.close_well()
        assert is_kill(stream.take(2)[1])
    visitor = RawWebSocket(server.ingest)
    visitor.say(sample("ann", 10))
    stream.take(1)
    picture.until(21)
    assert [value["x"] for value in picture.samples] == list(range(11))
    assert picture.leaves == ["ann"] * 10
    assert picture.visitors["ann"]["x"] == 10


def test_a_resume_is_answered_by_a_keyframe(server):
    visitor = RawWebSocket(server.ingest)
    stream = Stream(server)
    visitor.say([sample("ann", x) for x in range(5)])
    boot = stream.take(5)[0].id.split("-")[0]
    for last_id in (f"{boot}-2", f"{boot}-5", f"{boot}-99", "0123456789abcdef-3", "nonsense"):
        resumed = Stream(server, "?shape=frames&hz=60", f"Last-Event-ID: {last_id}\r\n").take(1)[0]
        assert resumed.event == "keyframe" and resumed.n == 5
        assert [row["x"] for row in resumed.data["visitors"]] == [4]


def test_long_messages_are_split(server):
    """256 visitors with long ids and pages are more than 64 KiB, as a frame and as a keyframe."""
    names = [f"{number:03}-{'é' * 30}" for number in range(256)]
    crowd = [{**sample(name), "p": "/" + name[0] * 250} for name in names]
    picture = watch(server, hz=1)
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    for start in range(0, 256, 64):
        visitor.say(crowd[start:start + 64])
    stream.take(256)
    picture.until(256)
    assert picture.samples == crowd
    assert list(picture.visitors) == names
    late = Picture(Stream(server, "?shape=frames&hz=1"))
    late.until(256)
    assert late.keyframes == 1
    assert {row["id"]: row["p"] for row in late.visitors.values()} == {row["id"]: row["p"] for row in crowd}


def test_a_viewer_that_does_not_read_gets_a_keyframe_and_is_current(server):
    """Missed ticks are answered by the picture of now, not by a backlog."""
    stream = Stream(server, "?shape=frames&hz=60", receive_buffer=4096)
    other = Stream(server)
    visitor = RawWebSocket(server.ingest)
    told = 0
    # More than kernels hold of it, tick by tick: each batch is told to the other viewer first.
    for batch in range(300):
        visitor.say([{**sample("ann", batch * 100 + x), "p": "/" + "p" * 250} for x in range(100)])
        told += 100
        other.take(100)
    picture = Picture(stream)
    picture.until(told)
    assert picture.visitors["ann"]["x"] == told - 1
    assert picture.keyframes > 1 and len(picture.samples) < told
    visitor.say(sample("bob", 1))
    picture.until(told + 1)
    assert picture.visitors["bob"]["x"] == 1
    metrics = server.metrics()
    metrics.check_accounting()
    assert metrics['pointerscope_events_conflated_total{stage="viewer"}'] > 0
