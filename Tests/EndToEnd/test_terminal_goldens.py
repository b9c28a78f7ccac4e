"""Every view of one seeded scene at four sizes in two locales, against stored screens.

    UPDATE_GOLDENS=1 .venv/bin/python -m pytest Tests/EndToEnd/test_terminal_goldens.py

writes the screens that are there now into Tests/EndToEnd/goldens; look at what changed before it is kept.
"""

from __future__ import annotations

import difflib
import os
import re
import threading
import time
from pathlib import Path

import pytest

import frames_script
from fake_server import FakeServer, FakeStream
from monitor_words import ESCAPE, HELP_TITLE, LOCALES, PAUSED, SIZES, VIEWS, key_of, shown_view
from repertoire import Repertoire
from terminal import Top
from waiting import wait_until

GOLDENS = Path(__file__).resolve().parent / "goldens"
IS_UPDATE = bool(os.environ.get("UPDATE_GOLDENS"))
# For a machine so busy that the picture is seldom held before its trails fade.
SECONDS_FOR_A_SCENE = 180
# What this machine measures, or what is chosen by chance; as long as what it stands for.
VARYING = [
    re.compile(r"(?<=127\.0\.0\.1:)\d{5}"),
    # How long it takes to show a sample.
    re.compile(r"(?<=shown).*"),
    # How long ago somebody killed a worker, by a clock that is right on a minute's edge.
    re.compile(r"\d+(?=m  worker)"),
    # The header goes on counting while the picture is held, and has room for less behind it.
    re.compile(r"(?<=paused)(?! *\n).*"),
]


class Scene:
    """A `top` that was shown the whole script and holds the picture at its end."""

    def __init__(self, columns: int, rows: int, locale: str) -> None:
        self.server = FakeServer()
        self.server.on_attach = self.greet
        self.checker = Repertoire()
        self.is_over = threading.Event()
        # In ASCII a trail fades in its signs too.
        self.locale = locale
        self.has_long_trails = columns >= 120 and locale != "C"
        self.top = Top(columns, rows, self.server.url, locale=locale, watcher=self.checker.feed, COLORTERM="truecolor")

    @staticmethod
    def greet(stream: FakeStream) -> None:
        stream.send_bytes(frames_script.as_stream(frames_script.first_messages()))

    def play(self) -> bool:
        """Whether the picture was certainly held soon enough after the end."""
        stream = self.server.stream(0)
        self.wait_for_header(r"\blive\b")
        messages = list(frames_script.messages(stands_at_end=not self.has_long_trails))
        text = frames_script.as_stream(messages)
        began = time.monotonic()
        stream.send_bytes(text)
        self.wait_for_header(rf"\b{len(frames_script.NAMES)} visitors")
        self.top.press("p")
        self.wait_for_header(PAUSED)
        status = [data for event, data in messages if event == "status"][-1]
        threading.Thread(target=self.go_on, args=(stream, status), daemon=True).start()
        return time.monotonic() - began < frames_script.SETTLED_SECONDS

    def go_on(self, stream: FakeStream, status: dict) -> None:
        """Says a second's status for as long as the picture is held: a server that says nothing is warned of."""
        while stream.is_open and not self.is_over.wait(1):
            stream.send("status", status, f"{frames_script.BOOT}-99999")

    def wait_for_header(self, pattern: str) -> None:
        wait_until(lambda: re.search(pattern, self.top.first_row), 60, lambda: f"{pattern!r} on\n{self.top.text}")

    def differences(self, view: str, seconds: float) -> list[str]:
        """What a view has otherwise than what is kept; it is held, so a wrong one never becomes right."""
        # The busiest visitor's path; the other views are where their key is.
        self.top.press("f" if view == "visitor" else "1?" if view == "help" else key_of(view))
        wait_until(lambda: HELP_TITLE in self.top.text if view == "help" else shown_view(self.top) == view, 60,
                   lambda: f"the view {view} on\n{self.top.text}")
        if view == "visitor":
            # All that is kept, since what is older than so many seconds depends on when it is looked at.
            self.top.press("---")
        name = f"{view}-{self.top.screen.columns}x{self.top.screen.lines}-{self.locale}"
        until = time.monotonic() + seconds
        while True:
            text = self.top.settle()
            assert self.locale != "C" or text.isascii(), text
            # A path fades by age, in ASCII by its signs.
            even = comparable(text)
            if view == "visitor" and self.locale == "C":
                even = even.translate(str.maketrans(":*", ".."))
            found = compare(name, even)
            if not found or time.monotonic() > until:
                return found

    def end(self) -> None:
        self.is_over.set()
        self.top.end()
        self.server.close()


def comparable(text: str) -> str:
    for pattern in VARYING:
        text = pattern.sub(lambda found: "#####" if found[0].isdigit() else "", text)
    return "\n".join(line.rstrip() for line in text.split("\n")) + "\n"


def compare(name: str, text: str) -> list[str]:
    path = GOLDENS / f"{name}.txt"
    if IS_UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return []
    if not path.exists():
        return [f"{path.name} is not there"]
    kept = path.read_text(encoding="utf-8")
    return list(difflib.unified_diff(kept.split("\n"), text.split("\n"), f"kept {name}", "now", lineterm="", n=1))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("columns, rows", SIZES)
def test_every_view(columns, rows, locale):
    until = time.monotonic() + SECONDS_FOR_A_SCENE
    while True:
        scene = Scene(columns, rows, locale)
        try:
            was_quick = scene.play()
            differences = look_at_everything(scene, was_quick)
            if was_quick or not differences:
                check_end(scene)
                break
        finally:
            scene.end()
        # Only a picture that may have been held too late is given another try.
        assert time.monotonic() < until, "\n".join(differences)
    assert not differences, "\n".join(differences)


def look_at_everything(scene: Scene, was_quick: bool) -> list[str]:
    """What differs; of a scene that was held too late only what is enough to be sure of that."""
    if IS_UPDATE and not was_quick:
        return ["held too late to be kept"]
    differences: list[str] = []
    for view in [*VIEWS, "help"]:
        differences += scene.differences(view, 20 if was_quick else 1)
        if differences and not was_quick:
            break
    return differences


def check_end(scene: Scene) -> None:
    scene.top.press(ESCAPE)
    scene.top.wait_without(HELP_TITLE)
    scene.checker.check()
    assert scene.top.quit() == 0
    scene.top.check_modes_restored()
