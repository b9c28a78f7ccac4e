"""Texts that strangers make as long as JSON can make them hide nobody from a new viewer."""

from __future__ import annotations

import json
import subprocess

import pytest

from frames import Picture
from server import BINARY
from waiting import wait_until
from wire import RawWebSocket, Stream, frame

HOSTILE = 12_000
PER_CONNECTION = 250
PER_MESSAGE = 25
PAGE = "/" + "\x01" * 249
"""A character that takes six bytes where it is said."""
NAME = '"' * 64
GUESTS = {"ann": ("/shop/cart", "Ann"), "bob": ("/", "Bob"), "cleo": ("/about/the-company", "Cleo")}
KEYFRAME_BYTES = 8 << 20


@pytest.fixture
def crowded(server):
    """A server with a few guests, who came first and do not move, and a crowd; all their connections."""
    guest = RawWebSocket(server.ingest)
    guest.say([{"id": name, "x": 7, "y": 8, "p": page, "n": called} for name, (page, called) in GUESTS.items()])
    guest.ping_and_wait()
    tail = f',"x":1,"y":2,"p":{json.dumps(PAGE)},"n":{json.dumps(NAME)}}}'
    crowd = [RawWebSocket(server.ingest) for _ in range(HOSTILE // PER_CONNECTION)]
    for number, socket in enumerate(crowd):
        for first in range(0, PER_CONNECTION, PER_MESSAGE):
            ids = range(number * PER_CONNECTION + first, number * PER_CONNECTION + first + PER_MESSAGE)
            socket.send(frame(("[" + ",".join(f'{{"id":"hostile{one}"{tail}' for one in ids) + "]").encode()))
    for socket in crowd:
        socket.ping_and_wait()
    wait_until(lambda: server.metrics()["pointerscope_events_relayed_total"] == HOSTILE + len(GUESTS), 60, "everyone")
    return server, [guest, *crowd]


def look(server, **more) -> tuple[Picture, Stream]:
    """A new viewer with the whole of its first keyframe."""
    stream = Stream(server, "?shape=frames&hz=10", **more)
    picture = Picture(stream)
    while picture.step().data.get("more"):
        pass
    return picture, stream


def check_everyone(picture: Picture) -> int:
    """Everyone is there, the guests with all that they said; returns how many are told in short."""
    everyone = {f"hostile{number}" for number in range(HOSTILE)} | GUESTS.keys()
    assert picture.visitors.keys() == everyone
    for name, (page, called) in GUESTS.items():
        guest = picture.visitors[name]
        assert (guest["x"], guest["y"], guest["p"], guest["n"]) == (7, 8, page, called)
    pages = [picture.visitors[f"hostile{number}"]["p"] for number in range(HOSTILE)]
    for page in pages:
        assert page == PAGE or page[-1] == "…" and PAGE.startswith(page[:-1]) and len(page) > 4
    return sum(page != PAGE for page in pages)


def test_everyone_is_seen_by_a_new_viewer_whatever_strangers_call_themselves(crowded):
    server, (_, first, *_) = crowded
    picture, stream = look(server)
    shortened = check_everyone(picture)
    # On a slow machine some of what follows it was read as well.
    assert shortened > 0 and stream.bytes_read < KEYFRAME_BYTES * 1.1
    metrics = server.metrics()
    assert metrics["pointerscope_keyframes_shortened_total"] == 1
    assert metrics['pointerscope_keyframe_visitors_shortened_total{to="cut_texts"}'] == shortened
    assert metrics['pointerscope_keyframe_visitors_shortened_total{to="place"}'] == 0
    # Who moves is told as ever, and says in full what is said anew.
    first.say({"id": "hostile0", "x": 5, "y": 6, "p": PAGE})
    wait_until(lambda: picture.step() and picture.samples, 60, "the frame")
    assert picture.visitors["hostile0"]["p"] == PAGE and picture.keyframes == 1
    state = server.state()
    assert len(state["visitors"]) + state["unlisted"] == HOSTILE + len(GUESTS)
    # What the terminal makes of it is the same.
    done = subprocess.run(
        [BINARY, "top", server.http_url, "--once", "--json"], capture_output=True, text=True, timeout=60)
    told = json.loads(done.stdout)
    assert told["visitorCount"] == HOSTILE + len(GUESTS)
    pages = {visitor["id"]: visitor["page"] for visitor in told["visitors"]}
    assert all(pages[name] == page for name, (page, _) in GUESTS.items())


def test_viewers_on_slow_lines_see_everyone_though_others_come_and_go(crowded):
    server, (_, first, *_) = crowded
    slow = [Stream(server, "?shape=frames&hz=10", receive_buffer=65536) for _ in range(2)]
    pictures = [Picture(stream) for stream in slow]
    # In small steps, each behind a tick at which somebody moved, and newcomers now and then.
    done = [False, False]
    step = 0
    while not all(done):
        step += 1
        first.say({"id": "hostile0", "x": step, "y": 6})
        if step % 8 == 0:
            Stream(server, "?shape=frames&hz=10").take(1)
        for number, picture in enumerate(pictures):
            for _ in range(12):
                done[number] = done[number] or not picture.step().data.get("more")
    for picture in pictures:
        assert picture.keyframes == 1
        check_everyone(picture)
    assert server.metrics()["pointerscope_keyframes_interrupted_total"] == 0
