"""The overview on a real pty: what it says, how it resizes, and every way out."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import time

import pytest

from load import CountingViewer, PacedSender
from terminal import Terminal
from waiting import wait_until, wait_until_holds
from wire import RawWebSocket


# A minute, when somebody has one.
STALL_SECONDS = int(os.environ.get("STALL_SECONDS", "20"))


def visitor_rows(terminal: Terminal, names: list[str]) -> list[str]:
    """The names in the order in which the screen has them."""
    found = []
    for row in terminal.rows:
        for name in names:
            if re.search(rf"\b{name}\b", row):
                found.append(name)
    return found


def speak(visitors: dict[str, RawWebSocket], rates: dict[str, int], step: int) -> None:
    for name, count in rates.items():
        visitors[name].say([{"id": name, "x": step, "y": index, "p": f"/{name}"} for index in range(count)])


def test_the_overview_agrees_with_the_state(open_terminal):
    terminal = open_terminal()
    rates = {"alpha": 40, "bravo": 25, "carol": 12, "delta": 4}
    visitors = {name: RawWebSocket(terminal.ingest) for name in rates}
    end = time.monotonic() + 60
    while True:
        speak(visitors, rates, 1)
        state = terminal.state()
        by_state = [visitor["id"] for visitor in state["visitors"]]
        on_screen = visitor_rows(terminal, list(rates))
        if by_state == list(rates) == on_screen and f"{len(rates)} visitors" in terminal.text:
            break
        assert time.monotonic() < end, f"{by_state} {on_screen}\n{terminal.text}"
        select.select([], [], [], 0.1)
    terminal.wait_for(r"ingest 127\.0\.0\.1:%d.*http 127\.0\.0\.1:%d" % (terminal.ingest[1], terminal.http[1]))
    for worker in state["workers"]:
        terminal.wait_for(rf"\b{worker['pid']} running\s+2\b")
    terminal.wait_for("/alpha")
    visitors.pop("delta").close()
    wait_until(lambda: "delta" not in terminal.text, 30, "delta to leave the screen")
    terminal.close_clients()
    assert terminal.quit() == 0
    terminal.check_modes_restored()


def test_it_resizes_at_any_moment(open_terminal):
    terminal = open_terminal(120, 40, "--demo=30")
    terminal.wait_for("30 visitors")
    for columns, rows in [(40, 10), (300, 100), (80, 24), (41, 11), (120, 40), (20, 5), (120, 40)]:
        terminal.resize(columns, rows)
        if columns >= 40:
            # The status line is on the last row, the header on the first, and nothing is left over.
            wait_until(
                lambda: " live " in terminal.rows[0] and "q quit" in terminal.rows[-1], 30,
                lambda: f"a picture of {columns}x{rows} on\n{terminal.text}")
        else:
            terminal.wait_for("40x10")
    wait_until(lambda: "visitors" in terminal.text and terminal.text.count("pointerscope") == 1, 30,
               lambda: f"one header on\n{terminal.text}")
    assert terminal.quit() == 0


@pytest.mark.parametrize("locale, environment", [("C", {}), ("C.UTF-8", {"NO_COLOR": "1"})])
def test_plain_terminals(open_terminal, locale, environment):
    terminal = open_terminal(100, 30, "--demo=5", locale=locale, **environment)
    terminal.wait_for("5 visitors")
    if locale == "C":
        assert terminal.text.isascii(), terminal.text
    with terminal.lock:
        colours = {cell.fg for row in terminal.screen.buffer.values() for cell in row.values()}
    assert (colours <= {"default"}) == ("NO_COLOR" in environment), colours
    assert terminal.quit() == 0


def test_braille_that_is_asked_for_in_the_c_locale(open_terminal):
    terminal = open_terminal(100, 30, "--demo=5", "--glyphs", "braille", locale="C")
    terminal.wait_for("[\u2801-\u28ff]")
    terminal.wait_for("╭─ samples per second")
    assert terminal.quit() == 0


def test_hostile_ids_stay_in_their_column(open_terminal):
    terminal = open_terminal()
    names = ["\u202eevil", "a\u0301\u0301b", "\U0001F469\u200d\U0001F680 emoji", "漢字漢字", "\u009b31mred",
             "x" * 64]
    visitor = RawWebSocket(terminal.ingest)
    for name in names:
        if "\u009b" not in name:
            visitor.say({"id": name, "x": 1, "y": 2, "p": "/\u202e\u0007bell" if name == "漢字漢字" else "/"})
    terminal.wait_for("5 visitors")
    terminal.wait_for("xxxxxx")

    def check_edges() -> None:
        text = terminal.text
        edges = [row.rstrip()[-1] for row in text.split("\n") if row.startswith("│")]
        assert edges and set(edges) == {"│"}, text

    wait_until_holds(check_edges)
    visitor.close()
    assert terminal.quit() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_end_it_well(open_terminal, number):
    terminal = open_terminal(120, 40, "--demo=3")
    os.kill(terminal.pid, number)
    assert terminal.wait_for_exit() == 0
    terminal.check_modes_restored()


def test_nobody_reads_the_terminal(open_terminal):
    terminal = open_terminal(200, 60, "--demo=50")
    terminal.wait_for("50 visitors")
    terminal.reads.clear()
    viewer = CountingViewer(terminal)
    viewer.start()
    sender = PacedSender(terminal, rate=1000, seconds=STALL_SECONDS, connections=4)
    sender.start()
    sent = sender.finish()
    numbered = {f"v{index}": count - 1 for index, count in enumerate(sender.sent)}
    wait_until(
        lambda: {name: viewer.newest[name] for name in numbered} == numbered, 60, "every sample at the viewer")
    assert sent == STALL_SECONDS * 1000 and viewer.gaps == 0
    viewer.is_done.set()
    viewer.join(timeout=10)
    terminal.close_clients()
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.wait_for_exit() == 0
    terminal.check_line_restored()
    terminal.check_everyone_is_gone()


@pytest.mark.parametrize("number, said", [(signal.SIGSEGV, "signal 11"), (signal.SIGKILL, "signal 9")])
def test_the_master_dies(open_terminal, number, said):
    terminal = open_terminal(120, 40, "--demo=3")
    os.kill(terminal.server_pid, number)
    assert terminal.wait_for_exit() == 70
    terminal.check_modes_restored()
    terminal.wait_for("the server ended unexpectedly: " + said)
    terminal.check_everyone_is_gone()


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_the_front_dies(open_terminal, number):
    terminal = open_terminal(120, 40, "--demo=3")
    os.kill(terminal.pid, number)
    assert terminal.wait_for_exit() == -number
    terminal.check_everyone_is_gone()


def test_a_start_that_fails_says_why():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        address = "127.0.0.1:%d" % holder.getsockname()[1]
        terminal = Terminal(80, 24, "--http", address)
        terminal.everyone = []
        try:
            assert terminal.wait_for_exit() == 69
        except AssertionError:
            terminal.end()
            raise
    try:
        terminal.wait_for(f"--http {address}: bind: ")
        terminal.check_modes_restored()
    finally:
        terminal.end()


def test_a_terminal_without_a_name_serves_all_the_same():
    terminal = Terminal(80, 24, TERM="")
    terminal.everyone = []
    try:
        terminal.wait_for(r"no graph on this terminal: TERM is not set")
        terminal.wait_for(r"ingest 127\.0\.0\.1:\d+, http 127")
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.wait_for_exit() == 0
    finally:
        terminal.end()
