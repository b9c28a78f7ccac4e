"""--view, --filter and --sort: for a picture that begins somewhere, and for scripts."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from fake_server import FakeServer
from frames_script import BEGIN, BOOT
from monitor_words import filtered, shown_view, sorted_by
from server import BINARY
from terminal import Top

VISITORS = {"alpha": "/docs", "bravo": "/docs/install", "carol": "/"}
STATUS = {"workers": [{"pid": 7, "state": "running"}, {"pid": 5, "state": "starting"}], "viewers": 1, "uptime": 9,
          "totals": {"received": 9}, "ingest": "127.0.0.1:1", "http": "127.0.0.1:2"}


@pytest.fixture(scope="module")
def fake():
    def greet(stream) -> None:
        visitors = [{"id": name, "since": BEGIN, "worker": 7, "rate": rate, "last": BEGIN, "x": 100 * rate, "y": 200,
                     "k": "move", "p": page} for rate, (name, page) in enumerate(VISITORS.items(), 1)]
        stream.send("keyframe", {"at": BEGIN + 100, "visitors": visitors}, f"{BOOT}-1")
        stream.send("status", STATUS, f"{BOOT}-1")

    with FakeServer() as server:
        server.on_attach = greet
        yield server


def once(fake: FakeServer, *options: str) -> str:
    ended = subprocess.run(
        [BINARY, "top", fake.url, "--once", *options], capture_output=True, text=True, timeout=60,
        env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "80", "LINES": "24"}, stdin=subprocess.DEVNULL)
    assert ended.returncode == 0 and ended.stderr == "", ended.stderr
    return ended.stdout


def test_a_picture_begins_where_it_was_asked_to(fake):
    top = Top(80, 24, fake.url, "--view", "map", "--filter", "page:/docs", "--sort=visitor")
    try:
        top.wait_for(filtered(2, 3))
        assert shown_view(top) == "map" and "alpha" in top.text and "carol" not in top.text
        top.press("1")
        top.wait_for(sorted_by("visitor"))
        assert top.text.index("alpha") < top.text.index("bravo")
        # From here on it is as if hands had done it.
        top.press("4")
        top.wait_for(r"1.3 of 3")
    finally:
        top.end()


def test_a_server_s_own_picture_too(open_terminal):
    terminal = open_terminal(80, 24, "--view=workers", "--sort=-pid", "--filter=running")
    assert shown_view(terminal) == "workers"
    terminal.wait_for(filtered(2, 2))
    terminal.wait_for(sorted_by("pid", is_reversed=True))
    terminal.quit()


def test_once(fake):
    text = once(fake, "--view", "map", "--filter", "page:/docs")
    assert "─ map ─" in text and "2 pointers" in text and "alpha" in text and "bravo" in text
    assert "carol" not in text and "2 of 3 match" in text
    assert "─ workers ─" in once(fake, "--view=workers", "--sort=pid")
    lines = once(fake, "--sort=-visitor").split("\n")
    rows = [next(row for row, line in enumerate(lines) if name in line) for name in VISITORS]
    assert rows == sorted(rows, reverse=True)


def test_once_as_json(fake):
    picture = json.loads(once(fake, "--json", "--filter=page:/docs", "--sort=visitor"))
    assert [visitor["id"] for visitor in picture["visitors"]] == ["alpha", "bravo"]
    assert picture["visitorCount"] == 3 and len(picture["pages"]) == 3 and picture["incidents"] == []
    picture = json.loads(once(fake, "--json", "--view=workers", "--sort=pid"))
    assert [worker["pid"] for worker in picture["workers"]] == [5, 7]


@pytest.mark.parametrize("words, said", [
    (["--view", "maps"], "--view maps: must be one of overview, map, visitor, pages, workers, health"),
    (["--filter", "rate>x"], "--filter rate>x: "),
    (["--view=map", "--sort", "speed"], "--sort speed: must be one of rate, visitor, page, here, seen, worker"),
    (["--view=health", "--filter", "x"], "--filter x: the view health has no list to filter")])
@pytest.mark.parametrize("command", ["top", "serve"])
def test_wrong_words_are_named(command, words, said):
    ended = subprocess.run(
        [BINARY, command, *words], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert ended.returncode == 64 and ended.stdout == "" and f"pointerscope: {said}" in ended.stderr
