"""The mouse on a real pty (the map, charts, menus, events), the path of one visitor, and modes given back."""

from __future__ import annotations

import base64
import re

import pytest

from monitor_words import DOWN, ESCAPE, HOME, key_of, shown_view
from server import Server, children_of, is_alive
from terminal import Top
from tmux import Tmux
from waiting import wait_until
from wire import RawWebSocket

BUTTON_MOTION_ON, BUTTON_MOTION_OFF = b"\x1b[?1002h", b"\x1b[?1002l"
PLACES = {"near": (50, 30), "far": (950, 570)}


class Scene:
    """A server of one worker with two visitors in two corners of their pages."""

    def __init__(self) -> None:
        self.server = Server.start("--workers", "1")
        self.sockets = {name: RawWebSocket(self.server.ingest) for name in PLACES}
        for name, (x, y) in PLACES.items():
            self.say(name, x=x, y=y)
        wait_until(lambda: len(self.server.state()["visitors"]) == len(PLACES), 30, "both visitors")

    def say(self, name: str, *kinds: str, **more) -> None:
        x, y = PLACES[name]
        sample = {"id": name, "x": x, "y": y, "w": 1000, "h": 600, "p": "/", **more}
        self.sockets[name].say([{**sample, "k": kind} for kind in kinds or ["move"]])

    def end(self) -> None:
        for socket in self.sockets.values():
            socket.close()
        self.server.stop_and_check()


@pytest.fixture(scope="module")
def scene():
    scene = Scene()
    yield scene
    scene.end()


@pytest.fixture
def top(scene, tmp_path):
    # Where they belong, and a sign of life: they answer no pings.
    for name in PLACES:
        scene.say(name)
    written = bytearray()
    program = Top(120, 40, scene.server.http_url, home=tmp_path, watcher=written.extend)
    program.written = written
    program.wait_for(r"\bnear\b")
    yield program
    if not program.has_ended():
        assert program.quit() == 0
    program.check_modes_restored()
    program.end()


def wait_for_view(top, view: str) -> None:
    wait_until(lambda: shown_view(top) == view, 30, lambda: f"the view {view} on\n{top.text}")


def place_of(top, pattern: str) -> tuple[int, int]:
    """Where it stands, once it does and all is in its place."""
    top.wait_for(pattern)
    top.settle(quiet=0.1)
    return top.find(pattern)


def test_the_map_is_zoomed_moved_and_whole_again(top):
    top.press(key_of("map"))
    wait_for_view(top, "map")
    row, column = place_of(top, r"\bnear\b")
    top.wheel(row, column, -4)
    top.wait_for("4 times as close")
    top.wait_without(r"\bfar\b")
    top.wait_for(r"\bnear\b")
    # To the other corner, by hand.
    for _ in range(4):
        top.drag((35, 110), (5, 5))
    top.wait_for(r"\bfar\b")
    top.wait_without(r"\bnear\b")
    top.wheel(20, 60, 1)
    top.wait_for("3 times as close")
    top.click(20, 40, times=2)
    top.wait_without("times as close")
    top.wait_for(r"\bnear\b")
    # Without a mouse it is as near.
    top.press("++" + DOWN)
    top.wait_for("2 times as close")
    top.press("0")
    top.wait_without("times as close")
    trail = top.wait_for(r"trail ([\d.]+) s")[1]
    top.press("]")
    top.wait_without(rf"trail {re.escape(trail)} s")


def test_seconds_of_a_chart_are_selected(top):
    row, _ = place_of(top, "samples per second")
    top.drag((row + 3, 60), (row + 3, 51))
    top.wait_for(r"selected 20 s: mean [\d.]+  peak [\d.]+")
    top.press(ESCAPE)
    top.wait_without("selected")
    top.drag((row + 3, 60), (row + 3, 56))
    top.wait_for("selected 10 s")
    top.click(row + 3, 30)
    top.wait_without("selected")
    # As before: a click is a longer time.
    top.click(row + 3, 30)
    top.wait_for("2 s a column")


def test_the_right_button_offers_what_can_be_done(top):
    row, column = place_of(top, r"\bnear\b")
    top.click_right(row, column)
    top.wait_for("its path")
    top.click(*place_of(top, "copy its id"))
    copied = base64.b64encode(b"near")
    wait_until(lambda: b"\x1b]52;c;" + copied + b"\x07" in top.written, 30, "the id on the clipboard")
    top.click_right(row, column)
    top.click(*place_of(top, "its path"))
    wait_for_view(top, "visitor")
    top.wait_for("path of near")
    top.press("m")
    top.wait_for("clear it: from now on")
    # Beside it nothing is done.
    top.click(1, 110)
    top.wait_without("clear it: from now on")
    wait_for_view(top, "visitor")


def test_a_worker_and_a_viewer_show_themselves(top, scene):
    pid = scene.server.state()["workers"][0]["pid"]
    top.click(*place_of(top, rf"\b{pid}\b"))
    wait_for_view(top, "workers")
    top.wait_for(rf"samples per second, {pid}")
    top.press(key_of("health"))
    wait_for_view(top, "health")
    top.click(*place_of(top, r"frames 10/s"))
    top.wait_for(r"╭─ viewer .*")
    top.wait_for(r"took something \d+:\d\d ago")
    top.press(ESCAPE)
    top.wait_without("took something")


def test_a_path_is_of_a_time_and_events_are_folded(top, scene):
    scene.say("near", "down", "up", "click")
    top.press(":visitor near\r")
    top.wait_for("path of near")
    scene.say("near", *["scroll"] * 6, x=200, y=300)
    scene.say("near", "down", "up", "click", x=700, y=300)
    # The pointer does not cover it.
    scene.say("near", x=500, y=500)
    top.wait_for(r"scroll ×6\s")
    top.wait_for(r"\bclick\s+700,300\s")
    assert not re.search(r"\b(down|up)\s+\d+,\d+", top.text)
    top.wait_for(r"▸")
    # The one below the newest: the six steps of the wheel.
    top.press(HOME + DOWN)
    top.wait_for("◆ scroll ×6|scroll ×6 ◆")
    top.click(*place_of(top, r"\bclick\s+700,300\s"))
    top.wait_for("× click|click ×")
    top.press(ESCAPE)
    top.wait_without("[×◆] (click|scroll)|(click|scroll ×6) [×◆]")
    wait_for_view(top, "visitor")
    top.wait_for("last 30 s")
    top.press("+")
    top.wait_for("last 10 s")
    top.press("-----")
    top.wait_for("all of it")
    top.press("c")
    top.wait_for("none but moves")
    top.wait_for(r"\b0 points\b")
    scene.say("near", "click", x=400, y=200)
    top.wait_for(r"\bclick\s+400,200\s")
    scene.say("near", p="/docs")
    top.wait_for(r" / \d:\d\d\+? › /docs 0:\d\d ")


def test_what_is_remembered_is_in_the_settings(top):
    top.press("e")
    for title in ["names on the map", "time of a visitor's path", "view at the start"]:
        top.wait_for(title)
    # The first click goes there, the next one changes it.
    place = place_of(top, "names on the map")
    top.click(*place)
    top.click(*place)
    top.wait_for(r"names on the map\s+off")
    top.press("q" + key_of("overview"))
    assert top.quit() == 0
    kept = [path.read_text() for path in top.home.rglob("*") if path.is_file()]
    assert any("map-labels = no" in text and "path-seconds = 30" in text for text in kept), kept


def test_without_a_mouse_nothing_is_asked_for(scene, tmp_path):
    for options, is_asked in [((), True), (("--mouse", "off"), False)]:
        written = bytearray()
        top = Top(80, 24, scene.server.http_url, *options, home=tmp_path, watcher=written.extend)
        top.wait_for(r"\bnear\b")
        assert (BUTTON_MOTION_ON in written) == is_asked
        assert top.quit() == 0
        top.check_modes_restored()
        assert (BUTTON_MOTION_OFF in written) == is_asked
        top.end()


def test_in_tmux_the_mouse_is_taken_and_given_back(scene):
    shell = Tmux()
    try:
        def mode() -> str:
            return shell.ask("#{mouse_button_flag}#{mouse_sgr_flag}")
        assert mode() == "00"
        shell.run("pointerscope", "top", scene.server.http_url)
        shell.wait_for(r"\blive\b")
        wait_until(lambda: mode() == "11", 30, lambda: f"a mouse that is taken, not {mode()}")
        shell.type("2")
        shell.wait_for("by viewport")
        shell.type("\x1b[<64;30;20M\x1b[<64;30;20M")
        shell.wait_for("2 times as close")
        shell.press("C-z")
        shell.wait_for("Stopped")
        wait_until(lambda: mode() == "00", 30, lambda: f"a mouse that is given back, not {mode()}")
        shell.run("fg")
        shell.wait_for("2 times as close")
        wait_until(lambda: mode() == "11", 30, lambda: f"a mouse that is taken again, not {mode()}")
        pid = wait_until(lambda: children_of(int(shell.ask("#{pane_pid}"))), 30, "the job")[0]
        shell.type("q")
        wait_until(lambda: not is_alive(pid), 30, "it to be gone")
        shell.check_shell(20)
        assert mode() == "00"
    finally:
        shell.end()
