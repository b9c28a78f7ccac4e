"""Keys on a real pty: at once, with an answer to each, commands, what is copied and what is written."""

from __future__ import annotations

import base64
import glob
import os
import re
import time

import pytest

from monitor_words import ESCAPE, HELP_TITLE, key_of, shown_view
from server import Server
from terminal import Top
from waiting import wait_until
from wire import RawWebSocket


@pytest.fixture(scope="module")
def url():
    server = Server.start("--workers", "1")
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "otter", "x": 5, "y": 6, "p": "/docs"})
    wait_until(lambda: server.state()["visitors"], 30, "a visitor")
    yield server.http_url
    visitor.close()
    server.stop_and_check()


@pytest.fixture
def top(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    copied = bytearray()
    program = Top(120, 40, url, home=tmp_path, watcher=copied.extend)
    program.copied = copied
    program.wait_for("otter")
    yield program
    if not program.has_ended():
        assert program.quit() == 0
    program.end()


def wait_for_view(top, view: str) -> None:
    wait_until(lambda: shown_view(top) == view, 30, lambda: f"the view {view} on\n{top.text}")


def test_keys_act_between_two_pictures(url, tmp_path):
    # One picture a second: whatever is seen sooner than that did not wait for the next one.
    top = Top(120, 40, url, "--fps", "1", home=tmp_path)
    try:
        top.wait_for("otter")
        slow = 0
        for view in ["map", "pages", "workers", "health", "overview"] * 3:
            top.settle(quiet=0.05)
            began = time.monotonic()
            top.press(key_of(view))
            wait_for_view(top, view)
            slow += time.monotonic() - began > 0.5
        # A busy machine may hold up one.
        assert slow <= 2
        assert top.quit() == 0
    finally:
        top.end()


def test_every_key_answers(top):
    top.press("z")
    top.wait_for(r"z: no such key, \? help")
    top.press("\x1bOP")
    top.wait_for(HELP_TITLE)
    top.press("z")
    top.wait_for(r"z: no such key here, Esc closes this")
    top.press("q")
    top.wait_without(HELP_TITLE)
    # F9, as of those that have their menu, or what ends a process, there.
    top.press("\x1b[20~")
    top.wait_for("what went wrong +i")
    top.press("x?")
    top.wait_for(HELP_TITLE)
    top.press(key_of("pages"))
    wait_for_view(top, "pages")
    top.press(":vie")
    top.press("\tma\t")
    top.wait_for(":view map")
    top.press("\r")
    wait_for_view(top, "map")
    top.press(":nonsense\r")
    top.wait_for(":nonsense: no such command, Tab shows them")
    top.press("\x1b[21~")
    assert top.wait_for_exit() == 0


def test_what_is_chosen_is_copied(top):
    top.press("y")
    address = wait_until(lambda: re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", bytes(top.copied)), 30, "a copy")
    assert base64.b64decode(address[1]).startswith(b"http://")
    top.press("jy")
    wait_until(lambda: base64.b64encode(b"otter") in bytes(top.copied), 30, "the id")
    top.wait_for("copied, if this terminal may: otter")


def test_what_is_seen_is_written(top):
    for command, mark in (("text", "otter"), ("json", '"id":"otter"'), ("csv", '"otter"'), ("svg", "<svg ")):
        top.press(f":write {command} picture.{command}\r")
        path = wait_until(lambda name=command: os.path.exists(f"picture.{name}") and f"picture.{name}", 30, "a file")
        wait_until(lambda place=path, text=mark: text in open(place, encoding="utf-8").read(), 30, f"{mark} in {path}")
    top.press(":write text picture.text\r")
    top.wait_for("picture.text could not be written: File exists")
    top.press("w\r")
    top.wait_for(r"written: pointerscope-overview-\d{8}-\d{6}\.txt")
    # However many are of one second, each has a file of its own.
    for _ in range(3):
        top.press("w\r" * 2)
    files = wait_until(
        lambda: len(glob.glob("pointerscope-overview-*.txt")) == 7 and glob.glob("pointerscope-overview-*.txt"), 30,
        lambda: f"seven files, not {glob.glob('pointerscope-*')}")
    assert any(re.search(r"-\d{6}-2\.txt$", name) for name in files), files
    for name in files:
        assert "otter" in open(name, encoding="utf-8").read()


def test_settings_are_a_menu_and_remembered(top, url, tmp_path):
    top.press("e")
    top.wait_for("kept from one day to the next")
    top.press("l")
    top.wait_for(r"colours\s+light")
    top.press(ESCAPE + ">")
    top.wait_for("15 pictures a second")
    assert top.quit() == 0
    kept = (tmp_path / "config" / "pointerscope" / "monitor.conf").read_text()
    assert "theme = light" in kept and "pictures-per-second = 15" in kept
    again = Top(120, 40, url, home=tmp_path)
    try:
        again.wait_for("otter")
        again.press("e")
        again.wait_for(r"colours\s+light")
        again.press(ESCAPE)
        assert again.quit() == 0
    finally:
        again.end()
