"""Every view of one seeded scene at four sizes in two locales, against stored screens.

    UPDATE_GOLDENS=1 .venv/bin/python -m pytest Tests/EndToEnd/test_terminal_goldens.py

writes the screens that are there now into Tests/EndToEnd/goldens; look at what changed before it is kept.
"""

from __future__ import annotations

import difflib
import os
import re
import time
from pathlib import Path

import pytest

import frames_script
from fake_server import FakeServer, FakeStream
from monitor_words import ESCAPE, HELP_TITLE, LOCALES, PAUSED, SIZES, VIEWS, key_of
from repertoire import Repertoire
from terminal import Top

GOLDENS = Path(__file__).resolve().parent / "goldens"
IS_UPDATE = bool(os.environ.get("UPDATE_GOLDENS"))
ATTEMPTS = 5
# What this machine measures, or what is chosen by chance; as long as what it stands for.
VARYING = [
    re.compile(r"(?<=http://127\.0\.0\.1:)\d{5}"),
    # How long it takes to show a sample.
    re.compile(r"(?<=shown).*"),
    # The header goes on counting while the picture is held, and has room for less behind it.
    re.compile(r"(?<=paused)(?! *\n).*"),
]


class Scene:
    """A `top` that was shown the whole script and holds the picture at its end."""

    def __init__(self, columns: int, rows: int, locale: str) -> None:
        self.server = FakeServer()
        self.server.on_attach = self.greet
        self.checker = Repertoire()
        # In ASCII a trail fades in its signs too.
        self.has_long_trails = columns >= 120 and locale != "C"
        self.top = Top(columns, rows, self.server.url, locale=locale, watcher=self.checker.feed, COLORTERM="truecolor")

    @staticmethod
    def greet(stream: FakeStream) -> None:
        stream.send_bytes(frames_script.as_stream(frames_script.first_messages()))

    def play(self) -> bool:
        """Whether the picture was held soon enough after the end."""
        stream = self.server.stream(0)
        self.top.wait_for(r"\blive\b")
        text = frames_script.as_stream(list(frames_script.messages(stands_at_end=not self.has_long_trails)))
        began = time.monotonic()
        stream.send_bytes(text)
        self.top.wait_for(rf"\b{len(frames_script.NAMES)} visitors")
        self.top.press("p")
        self.top.wait_for(PAUSED)
        was_quick = time.monotonic() - began < frames_script.SETTLED_SECONDS
        return was_quick

    def end(self) -> None:
        self.top.end()
        self.server.close()


def held_scene(columns: int, rows: int, locale: str) -> Scene:
    for _ in range(ATTEMPTS):
        scene = Scene(columns, rows, locale)
        try:
            if scene.play():
                return scene
        except AssertionError:
            scene.end()
            raise
        scene.end()
    raise AssertionError(f"no picture within {frames_script.SETTLED_SECONDS} s in {ATTEMPTS} attempts")


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
    scene = held_scene(columns, rows, locale)
    try:
        differences = []
        for view in [*VIEWS, "help"]:
            # The busiest visitor's path; the other views are where their key is.
            scene.top.press("f" if view == "visitor" else "1?" if view == "help" else key_of(view))
            text = scene.top.settle()
            assert locale != "C" or text.isascii(), text
            differences += compare(f"{view}-{columns}x{rows}-{locale}", comparable(text))
        scene.top.press(ESCAPE)
        scene.top.wait_without(HELP_TITLE)
        scene.checker.check()
        assert scene.top.quit() == 0
        scene.top.check_modes_restored()
        assert not differences, "\n".join(differences)
    finally:
        scene.end()
