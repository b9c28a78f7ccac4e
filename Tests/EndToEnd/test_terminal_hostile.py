"""Nothing that comes from the network reaches the terminal but as text in its place."""

from __future__ import annotations

import json
import random
import re
import threading
import time

import pytest

import hostile
from fake_server import FakeServer
from frames_script import BEGIN, BOOT, status
from monitor_words import ESCAPE, LOCALES, PAUSED, VIEWS, key_of
from repertoire import Repertoire
from terminal import Top
from waiting import wait_until, wait_until_holds
from wire import RawWebSocket

SECONDS_A_VIEW = 0.7
# The last two point at whoever a path is of.
EDGES = {"│", "|", "╮", "╯", "┤", "┐", "┘", "+", "◂", "<"}


def check_edges(terminal) -> None:
    """The lines around panels are whole: nothing was pushed aside."""
    with terminal.lock:
        screen = terminal.screen
        last = screen.columns - 1
        for row in range(screen.lines):
            cells = screen.buffer[row]
            if cells[0].data in ("│", "|"):
                assert cells[last].data in EDGES, f"row {row} of\n" + "\n".join(screen.display)


def check_columns(terminal) -> None:
    """The commas of all positions stand below that of their head."""
    row, column = terminal.find("x,y")
    with terminal.lock:
        screen = terminal.screen
        for below in range(row + 1, screen.lines - 2):
            cells = screen.buffer[below]
            text = "".join(cells[column + 1 + offset].data for offset in range(-6, 7))
            assert cells[column + 1].data == "," or "," not in text, f"row {below} of\n" + "\n".join(screen.display)


def look_at_everything(terminal, checker: Repertoire) -> None:
    for view in VIEWS:
        terminal.press("f" if view == "visitor" else key_of(view))
        time.sleep(SECONDS_A_VIEW)
        assert not terminal.has_ended(), terminal.text
        checker.check()
        terminal.press("p")
        terminal.wait_for(PAUSED)
        wait_until_holds(lambda: check_edges(terminal))
        if view == "overview" and terminal.screen.columns > 40:
            wait_until_holds(lambda: check_columns(terminal))
        terminal.press("p")
        terminal.wait_without(PAUSED)
    # Whatever was typed or came by is shown as safely in the line that is typed.
    terminal.press("1/\u202e\u0301\U0001F42D漢\u200d")
    time.sleep(SECONDS_A_VIEW)
    # Keys are taken in their order.
    terminal.press(ESCAPE + "p")
    terminal.wait_for(PAUSED)
    checker.check()
    terminal.press("p")
    terminal.wait_without(PAUSED)


class HostileCrowd(threading.Thread):
    """Visitors on real WebSockets who never stop."""

    def __init__(self, server, count: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.chance = random.Random(seed)
        # In the order of the seed, not of the hashes, which each run has its own of.
        self.names = list(dict.fromkeys(hostile.acceptable(self.chance) for _ in range(count)))
        self.sockets = [RawWebSocket(server.ingest) for _ in self.names]
        self.is_done = threading.Event()
        self.sent = 0

    def run(self) -> None:
        while not self.is_done.is_set():
            for name, socket in zip(self.names, self.sockets):
                try:
                    socket.say([hostile.sample(self.chance, name) for _ in range(5)])
                except OSError:
                    continue
                self.sent += 5
            self.is_done.wait(0.02)

    def end(self) -> None:
        """Also closes its sockets: a server that stops waits for them."""
        self.is_done.set()
        self.join(timeout=10)
        for socket in self.sockets:
            socket.close()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("columns, rows", [(120, 40), (40, 10)])
def test_hostile_visitors(open_terminal, columns, rows, locale):
    checker = Repertoire()
    terminal = open_terminal(columns, rows, locale=locale, watcher=checker.feed, COLORTERM="truecolor")
    crowd = HostileCrowd(terminal, 200, seed=columns)
    crowd.start()
    try:
        wait_until(lambda: len(terminal.state()["visitors"]) > 150, 60, "the crowd to be let in")
        look_at_everything(terminal, checker)
        wait_until(lambda: crowd.sent > 2000, 60, "a flood")
        crowd.end()
        assert terminal.quit() == 0
        checker.check()
        assert checker.count > 10_000
    finally:
        crowd.end()


def hostile_status(chance: random.Random) -> dict:
    """A status in which every text says something else than it should."""
    found = status(chance.randrange(1000), chance)

    def spoil(value):
        if isinstance(value, dict):
            return {key if chance.random() < 0.9 else hostile.anything(chance, 60): spoil(item)
                    for key, item in value.items()}
        if isinstance(value, list):
            return [spoil(item) for item in value] * chance.choice([1, 1, 3])
        if isinstance(value, str) or chance.random() < 0.1:
            return hostile.anything(chance)
        return hostile.number(chance) if chance.random() < 0.3 else value

    return spoil(found)


def hostile_messages(chance: random.Random, count: int):
    names = [hostile.anything(chance, 64) if chance.random() < 0.5 else hostile.acceptable(chance) for _ in range(80)]
    at = BEGIN
    for _ in range(count):
        at += chance.choice([0, 33, 100, 100, 100, 1000, -50])
        kind = chance.random()
        some = [chance.choice(names) for _ in range(12)]
        if kind < 0.05:
            yield "status", hostile_status(chance)
        elif kind < 0.07:
            visitors = [{**hostile.sample(chance, name), "since": chance.choice([at, -1, 1e300, "x"]),
                         "worker": chance.choice([1, -1, 2**40]), "rate": hostile.number(chance), "last": at}
                        for name in names]
            yield "keyframe", {"at": at, "visitors": visitors, "more": chance.random() < 0.3}
        else:
            yield "frame", {
                "at": at, "joins": [{"id": name, "since": at, "worker": 7} for name in some[:3]],
                "samples": [hostile.sample(chance, name) for name in some], "leaves": some[:chance.randrange(4)]}


def spoiled(chance: random.Random, text: str) -> str:
    """JSON that may be none any more; line ends would only make another event of it."""
    if chance.random() < 0.9:
        return text
    place = chance.randrange(len(text))
    return text[:place] + chance.choice(["", "}", '"', "\\u001b[2J", "1e999", "[[[[", "\\"]) + text[place + 1:]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_hostile_server(locale):
    chance = random.Random(3)
    checker = Repertoire()
    is_done = threading.Event()

    def attend(stream) -> None:
        def talk() -> None:
            number = 0
            while not is_done.is_set() and stream.is_open:
                texts = []
                for event, data in hostile_messages(chance, 20):
                    number += 1
                    text = spoiled(chance, json.dumps(data, ensure_ascii=chance.random() < 0.5))
                    # Raw line ends inside of JSON text would end the message.
                    text = re.sub(r"[\r\n]", " ", text)
                    texts.append(f"id: {BOOT}-{number}\nevent: {event}\ndata: {text}\n\n")
                stream.send_bytes("".join(texts).encode("utf-8", "replace"))
                is_done.wait(0.02)
        stream.send("keyframe", {"at": BEGIN, "visitors": []}, f"{BOOT}-0")
        stream.send("status", status(0, chance), f"{BOOT}-0")
        threading.Thread(target=talk, daemon=True).start()

    with FakeServer() as server:
        server.on_attach = attend
        top = Top(120, 40, server.url, locale=locale, watcher=checker.feed, COLORTERM="truecolor")
        try:
            top.wait_for(r"\d visitors?")
            look_at_everything(top, checker)
            assert top.quit() == 0
            checker.check()
            top.check_modes_restored()
        finally:
            is_done.set()
            top.end()
