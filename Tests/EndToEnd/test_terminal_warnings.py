"""What is wrong is seen wherever one looks, and nothing is said where nothing is wrong."""

from __future__ import annotations

import os
import re
import signal

import pytest

from fake_server import FakeServer, FakeStream
from frames_script import BEGIN, BOOT, as_stream, first_messages
from monitor_words import DOWN, ESCAPE, VIEWS, key_of, shown_view
from terminal import Top
from waiting import wait_until

ORANGE = "ffaf00"
REST = {
    "workers": [{"pid": 4242, "state": "running", "connections": 2, "rate": 2, "restarts": 0, "rss": 5_000_000}],
    "viewers": 1, "totals": {"received": 9, "lost": 0}, "uptime": 9, "ingest": "127.0.0.1:1", "http": "127.0.0.1:2",
    "audience": [{"name": "wall", "shape": "frames", "hz": 10, "behind": 0, "sent": 9, "age": 9, "idle": 0}],
    "latency": {"relayed": {"p50": 0.1, "p99": 0.6, "max": 2}, "encoded": {"p50": 50, "p99": 104, "max": 109}},
    "refused": {"origin": 0}, "log": []}


@pytest.fixture
def fake():
    with FakeServer() as server:
        server.on_attach = lambda stream: stream.send_bytes(as_stream(first_messages()))
        yield server


@pytest.fixture
def watch():
    tops: list[Top] = []

    def start(*arguments, **more) -> Top:
        tops.append(Top(*arguments, **more))
        return tops[-1]

    yield start
    for top in tops:
        top.end()


def meet(stream: FakeStream, *names: str) -> None:
    """Visitors who have moved once, and a server at rest."""
    stream.send("frame", {
        "at": BEGIN + 100, "joins": [{"id": name, "since": BEGIN, "worker": 4242} for name in names],
        "samples": [{"id": name, "x": 9, "y": 9, "p": f"/{name}"} for name in names]}, f"{BOOT}-77")
    stream.send("status", REST, f"{BOOT}-77")


def looks_of(top: Top, text: str, width: int = 0) -> list:
    """The cells where `text` stands first, or so many of its row."""
    row, column = top.find(re.escape(text))
    with top.lock:
        return [top.screen.buffer[row][column + place] for place in range(width or len(text))]


def test_a_killed_worker_is_seen_in_every_view(open_terminal, tmp_path):
    folder = tmp_path / "config" / "pointerscope"
    folder.mkdir(parents=True)
    (folder / "monitor.conf").write_text("view = map\nbell = yes\n")
    rings: list[int] = []
    terminal = open_terminal(
        80, 24, "--demo=3", home=tmp_path, watcher=lambda data: rings.append(data.count(b"\x07")))
    terminal.wait_for("3 visitors")
    assert shown_view(terminal) == "map" and "!" not in terminal.rows[1]
    before = sum(rings)
    pid = terminal.state()["workers"][0]["pid"]
    os.kill(pid, signal.SIGKILL)
    said = rf"! (now|\d+s ago) +worker {pid} was killed by signal 9"
    terminal.wait_for(said)
    terminal.wait_for(r"5 Workers !1")
    assert sum(rings) == before + 1
    for view in [view for view in VIEWS if view != "workers"]:
        terminal.press(key_of(view))
        wait_until(lambda: shown_view(terminal) == view, 30, lambda: f"the view {view} on\n{terminal.text}")
        assert re.search(said, terminal.text) and "5 Workers !1" in terminal.text
    # All of it stands in the list.
    terminal.press("i")
    terminal.wait_for(r"─ incidents ─")
    wait_until(lambda: "took its place after" in " ".join(re.sub("│", " ", terminal.text).split()), 30,
               lambda: f"what took its place on\n{terminal.text}")
    terminal.press(ESCAPE)
    terminal.wait_without("!1|was killed")
    terminal.everyone = [terminal.server_pid, *(worker["pid"] for worker in terminal.state()["workers"])]
    terminal.quit()
    assert "bell = yes" in (folder / "monitor.conf").read_text()


def test_the_worker_s_own_view_takes_the_mark_away(fake, watch):
    top = watch(80, 24, fake.url, "--view=map")
    stream = fake.stream(0)
    meet(stream, "alpha")
    top.wait_for("alpha")
    line = {"event": "worker_exited", "time": "2026-01-01T00:00:01.000Z", "worker": 0, "worker_pid": 4242,
            "how": "signal 11 (Segmentation fault)", "events_lost": 3}

    def sees(probe) -> None:
        """Waits with a server that goes on: what it says nothing of for seconds is another matter."""
        def is_so() -> bool:
            stream.send("status", {**REST, "log": [line]}, f"{BOOT}-78")
            return probe()
        wait_until(is_so, 30, lambda: f"something else than\n{top.text}")

    sees(lambda: re.search(r"worker 4242 was killed by signal 11 \(Segmentation fault\), and", top.text))
    top.press("5")
    sees(lambda: shown_view(top) == "workers" and "5 Workers !1" in top.text)
    top.press(DOWN)
    sees(lambda: "!1" not in top.text and "was killed" not in top.text)


def test_no_connection(fake, watch):
    top = watch(80, 24, fake.url)
    stream = fake.stream(0)
    meet(stream, "alpha", "bravo")
    top.wait_for(r"\bbravo\b")
    before = looks_of(top, "alpha")
    fake.refusal = 503
    stream.send_bytes(b"retry: 100\n\n")
    stream.end()
    top.wait_for(r"reconnecting \(\d\) (in \d s|now)")
    top.wait_for(r"! no connection, (next try in \d s|trying now): it answered 503: it is full or")
    after = looks_of(top, "alpha")
    assert {cell.bold for cell in before} == {True} and {cell.bold for cell in after} == {False}
    assert len({cell.fg for cell in after}) == 1 and after[0].fg != before[0].fg
    fake.refusal = None
    fake.stream(1)
    top.wait_for(r"● live")
    top.wait_for(r"the server ended the stream; back after \d+ s")
    top.press("i")
    top.wait_for(r"─ incidents ─")


def test_nothing_is_orange_at_rest(fake, watch):
    top = watch(200, 50, fake.url, "--view=health", COLORTERM="truecolor")
    stream = fake.stream(0)
    meet(stream, "alpha")
    top.wait_for(r"encoded +50\.0 +104 +109")
    for key in VIEWS:
        top.press(key_of(key))

        def is_shown() -> bool:
            # A server that says nothing is no server at rest.
            stream.send("status", REST, f"{BOOT}-78")
            return shown_view(top) == key

        wait_until(is_shown, 30, lambda: f"the view {key} on\n{top.text}")
        with top.lock:
            cells = [(row, column, top.screen.buffer[row][column])
                     for row in range(top.screen.lines) for column in range(top.screen.columns)]
        # What is blank has any colour.
        orange = [(row, column, cell.data) for row, column, cell in cells if cell.fg == ORANGE and cell.data.strip()]
        # How long it takes to show a sample is this machine's own.
        shown = [row for row, line in enumerate(top.rows) if "→ shown" in line]
        assert not [place for place in orange if place[0] not in shown], top.text


def test_the_chosen_row_is_one_bar_in_sixteen_colours(fake, watch):
    top = watch(80, 24, fake.url, "--colors=16")
    meet(fake.stream(0), "alpha", "bravo")
    top.wait_for(r"\bbravo\b")
    top.press(DOWN)

    def is_one_bar() -> bool:
        bars = {row: {(cell.fg, cell.bg, cell.bold, cell.reverse) for cell in looks_of(top, name, 70)}
                for row, name in enumerate(["alpha", "bravo"])}
        return sorted(len(looks) == 1 and next(iter(looks))[3] for looks in bars.values()) == [False, True]

    wait_until(is_one_bar, 30, lambda: f"a bar on\n{top.text}")
