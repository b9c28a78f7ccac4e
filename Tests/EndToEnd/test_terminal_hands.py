"""What hands do: filter, sort, pause, choose, open, zoom, the mouse, and what is remembered."""

from __future__ import annotations

import re
import time

import pytest

from monitor_words import (
    ASKS_TO_STOP, BACKSPACE, DOWN, END, ENTER, ESCAPE, HELP_TITLE, HOME, PAUSED, VIEWS, filtered, key_of, names_on,
    shown_view, sorted_by)
from speakers import Speakers
from waiting import wait_until
from wire import RawWebSocket

RATES = {"alpha": 40, "bravo": 25, "carol": 12, "delta": 4}
PAGES = {"alpha": "/shop/cart", "bravo": "/shop", "carol": "/blog", "delta": "/"}


@pytest.fixture
def scene(open_terminal):
    """An overview of four visitors in their order."""
    terminal = open_terminal(120, 40)
    speakers = Speakers(terminal, RATES, PAGES)
    wait_for_names(terminal, list(RATES))
    yield terminal, speakers
    speakers.end()
    if terminal.status is None:
        terminal.quit()


def wait_for_names(terminal, names: list[str]) -> None:
    wait_until(lambda: names_on(terminal, list(RATES)) == names, 30, lambda: f"{names} on\n{terminal.text}")


def wait_for_view(terminal, view: str) -> None:
    wait_until(lambda: shown_view(terminal) == view, 30, lambda: f"the view {view} on\n{terminal.text}")


def is_highlighted(terminal, text: str) -> bool:
    """Whether the row with this text looks otherwise than the row of the others."""
    row, column = terminal.find(rf"\b{text}\b")
    with terminal.lock:
        cell = terminal.screen.buffer[row][column]
    others = set()
    for name in RATES:
        if name != text and re.search(rf"\b{name}\b", terminal.text):
            place = terminal.find(rf"\b{name}\b")
            with terminal.lock:
                other = terminal.screen.buffer[place[0]][place[1]]
            others.add((other.bg, other.reverse))
    return (cell.bg, cell.reverse) not in others


FILTERS = [
    ("alp", ["alpha"]), ("page:shop", ["alpha", "bravo"]), ("rate>20", ["alpha", "bravo"]), ("rate<8", ["delta"]),
    ("-page:shop", ["carol", "delta"]), ("page:shop rate<30", ["bravo"]), ("id:A", list(RATES)), ("nobody-like-this", [])]


def test_filters(scene):
    terminal, _ = scene
    for text, names in FILTERS:
        terminal.press("/" + text)
        # It filters while it is typed.
        wait_for_names(terminal, names)
        terminal.press(ENTER)
        terminal.wait_for(filtered(len(names), len(RATES)))
        terminal.wait_for(re.escape(text))
        # Here as most terminals send it, with nothing behind it.
        terminal.press("\x1b")
        wait_for_names(terminal, list(RATES))
        terminal.wait_without(filtered(len(names), len(RATES)))


def test_a_filter_by_worker_agrees_with_the_state(scene):
    terminal, _ = scene
    visitors = terminal.state()["visitors"]
    worker = visitors[0]["worker"]
    terminal.press(f"/worker:{worker}{ENTER}")
    wait_for_names(terminal, [visitor["id"] for visitor in visitors if visitor["worker"] == worker])


def test_a_filter_is_edited_and_dropped(scene):
    terminal, _ = scene
    terminal.press("/alphx" + BACKSPACE + "a")
    wait_for_names(terminal, ["alpha"])
    terminal.press(ESCAPE)
    wait_for_names(terminal, list(RATES))
    terminal.press("/rate>fast")
    terminal.wait_for("rate> needs a number")
    # A term that says nothing lets everyone pass.
    wait_for_names(terminal, list(RATES))
    # Keys of the views are letters while a filter is typed.
    terminal.press("q?p")
    terminal.wait_for(re.escape("rate>fastq?p"))
    terminal.press(ESCAPE)
    terminal.wait_without(re.escape("rate>fast"))


def test_sorts(scene):
    terminal, _ = scene
    visitors = terminal.state()["visitors"]
    orders = {
        "visitor": sorted(RATES),
        "page": sorted(RATES, key=PAGES.__getitem__),
        "here": [visitor["id"] for visitor in sorted(visitors, key=lambda visitor: -visitor["since"])],
    }
    for order, names in orders.items():
        terminal.press("s")
        terminal.wait_for(sorted_by(order))
        wait_for_names(terminal, names)
    terminal.press("S")
    terminal.wait_for(sorted_by("here", is_reversed=True))
    wait_for_names(terminal, list(reversed(orders["here"])))


def test_column_heads_sort(scene):
    terminal, _ = scene
    row, column = terminal.find(r"\bvisitor\b(?!s)")
    terminal.click(row, column)
    terminal.wait_for(sorted_by("visitor"))
    wait_for_names(terminal, sorted(RATES))
    # Not a double click.
    time.sleep(0.5)
    terminal.click(row, column)
    terminal.wait_for(sorted_by("visitor", is_reversed=True))
    wait_for_names(terminal, sorted(RATES, reverse=True))


def test_pause_holds_the_picture_and_not_the_world(scene):
    terminal, speakers = scene
    terminal.press("p")
    terminal.wait_for(PAUSED)
    held = terminal.settle().split("\n")[1:]
    speakers.join("newcomer", 60)
    speakers.leave("alpha")
    wait_until(lambda: {"bravo", "newcomer"} <= {visitor["id"] for visitor in terminal.state()["visitors"]}
               and "alpha" not in terminal.get("/api/state"), 30, "the state to change")
    assert terminal.settle().split("\n")[1:] == held
    # One can look around in what is held.
    terminal.press(key_of("pages"))
    terminal.wait_for(r"/shop/cart\s+1\b")
    terminal.press(key_of("overview") + "p")
    terminal.wait_without(PAUSED)
    terminal.wait_for(r"\bnewcomer\b")
    terminal.wait_without(r"\balpha\b")


def test_a_row_is_chosen_and_opened(scene):
    terminal, _ = scene
    terminal.press(HOME)
    wait_until(lambda: is_highlighted(terminal, "alpha"), 30, lambda: f"alpha chosen on\n{terminal.text}")
    terminal.press(DOWN)
    wait_until(lambda: is_highlighted(terminal, "bravo"), 30, lambda: f"bravo chosen on\n{terminal.text}")
    terminal.press("j")
    wait_until(lambda: is_highlighted(terminal, "carol"), 30, lambda: f"carol chosen on\n{terminal.text}")
    terminal.press(ENTER)
    wait_for_view(terminal, "visitor")
    # The tabs come first where a picture comes in pieces.
    wait_for_names(terminal, ["carol"])
    terminal.press(ESCAPE)
    wait_for_view(terminal, "overview")


def test_from_a_page_to_its_visitors_and_back(scene):
    terminal, _ = scene
    terminal.press(key_of("pages"))
    wait_for_view(terminal, "pages")
    terminal.wait_for(r"/blog\b")
    # A row that moves away between the look and the click would be another's.
    terminal.press("p")
    terminal.wait_for(PAUSED)
    terminal.settle()
    row, column = terminal.find(r"/blog\b")
    terminal.click(row, column, times=2)
    wait_for_view(terminal, "map")
    terminal.wait_for(filtered(1, len(RATES)))
    wait_for_names(terminal, ["carol"])
    terminal.press(ESCAPE)
    wait_for_view(terminal, "pages")


def test_the_mouse_chooses_opens_and_scrolls(open_terminal):
    terminal = open_terminal(100, 30)
    # They stay as long as the test does.
    speakers = Speakers(terminal, {f"guest{number:02}": number / 20 for number in range(60)})
    terminal.wait_for("60 visitors")
    terminal.wait_for(r"\bvisitor\b(?!s)")
    found = terminal.wait_for(r"\b1[–-](\d+) of 60\b")
    shown = int(found[1])
    row, column = terminal.find(r"\bvisitor\b(?!s)")
    terminal.wheel(row + 2, column, 2)
    terminal.wait_for(rf"\b7[–-]{shown + 6} of 60\b")
    terminal.wheel(row + 2, column, -9)
    terminal.wait_for(rf"\b1[–-]{shown} of 60\b")
    terminal.press(END)
    terminal.wait_for(r"[–-]60 of 60\b")
    terminal.press(HOME)
    terminal.wait_for(rf"\b1[–-]{shown} of 60\b")
    # Sorted by name nobody moves while the hand does.
    terminal.press("s")
    terminal.wait_for(sorted_by("visitor"))
    # Who was chosen is still, wherever the name stands.
    terminal.press(HOME)
    wait_until(lambda: re.match(r"guest02\b", terminal.rows[row + 3][column:]), 30, lambda: terminal.text)
    terminal.click(row + 3, column, times=2)
    wait_for_view(terminal, "visitor")
    terminal.wait_for(r"\bguest02\b")
    terminal.press(ESCAPE)
    wait_for_view(terminal, "overview")
    speakers.end()
    assert terminal.quit() == 0


def test_plus_and_minus_change_the_window(scene):
    terminal, _ = scene

    def axis() -> str | None:
        """The line below the chart, which says how long ago its columns were."""
        return next((row for row in terminal.rows if re.search(r"\dm .*now", row)), None)

    def steady() -> str | None:
        before = axis()
        time.sleep(0.15)
        return before if before == axis() else None

    def after(key: str, *others: str) -> str:
        """The axis once it stands still and is none of these."""
        terminal.press(key)

        def another() -> str | None:
            found = steady()
            return None if found in others else found
        return wait_until(another, 30, lambda: f"another axis than {others} on\n{terminal.text}")

    spans = [wait_until(steady, 30, "an axis")]
    spans.append(after("-", spans[0]))
    spans.append(after("-", spans[0], spans[1]))
    spans.append(after("+", spans[2]))
    spans.append(after("+", spans[2], spans[3]))
    assert spans[0] == spans[4] != spans[1] != spans[2] != spans[0] and spans[1] == spans[3], spans


def test_the_help_closes_and_scrolls(scene):
    terminal, _ = scene
    terminal.resize(80, 24)
    for view in VIEWS:
        terminal.press(key_of(view) + "?")
        terminal.wait_for(HELP_TITLE + view.title())
        terminal.press(END)
        terminal.wait_for("wheel")
        terminal.press("?")
        terminal.wait_without(HELP_TITLE)


def test_q_asks_while_somebody_is_here(scene):
    terminal, speakers = scene
    terminal.press("q")
    terminal.wait_for(ASKS_TO_STOP)
    terminal.press("n")
    terminal.wait_without(ASKS_TO_STOP)
    assert len(terminal.state()["visitors"]) == len(RATES)
    for name in list(RATES):
        speakers.leave(name)
    terminal.wait_for(r"\b0 visitors")
    terminal.press("q")
    assert terminal.wait_for_exit() == 0


def test_q_asks_for_those_who_came_while_the_picture_is_held(open_terminal):
    terminal = open_terminal(120, 40)
    terminal.wait_for(r"\b0 visitors")
    terminal.press("p")
    terminal.wait_for(PAUSED)
    client = RawWebSocket(terminal.ingest)
    client.say([{"id": f"v{number}", "x": number, "y": 1} for number in range(20)])
    wait_until(lambda: len(terminal.state()["visitors"]) == 20, 20, "20 visitors")

    def seconds_held() -> int:
        return int(terminal.wait_for(r"paused for 0:(\d\d)")[1])
    # Nothing else is seen of what the front hears meanwhile.
    before = seconds_held()
    wait_until(lambda: seconds_held() >= before + 2, 20, lambda: f"time to pass on\n{terminal.text}")
    terminal.press("q")
    terminal.wait_for("stop the server and its 20 visitors")
    terminal.press("n")
    terminal.wait_without(ASKS_TO_STOP)
    assert not terminal.has_ended() and terminal.quit() == 0


def test_control_c_drops_what_is_typed_and_else_ends_it(open_terminal):
    # Where a key or a paste seems to have no end it is a way out all the same.
    for first in ["", "?", "q", "p", "\x1b[", "\x1b]11;", "\x1b[200~pasted"]:
        terminal = open_terminal(120, 40)
        speakers = Speakers(terminal, RATES, PAGES)
        wait_for_names(terminal, list(RATES))
        terminal.press("/zzz")
        terminal.wait_for(filtered(0, len(RATES)))
        terminal.press("\x03")
        terminal.wait_without(r"\bmatch\b")
        assert not terminal.has_ended() and len(terminal.state()["visitors"]) == len(RATES)
        terminal.press(first + "\x03")
        assert terminal.wait_for_exit() == 0, repr(first)
        terminal.check_modes_restored()
        speakers.end()


def test_settings_are_remembered(open_terminal, tmp_path):
    first = open_terminal(120, 40, home=tmp_path)
    first.press(key_of("pages"))
    wait_for_view(first, "pages")
    assert first.quit() == 0
    second = open_terminal(120, 40, home=tmp_path)
    wait_for_view(second, "pages")
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all("config" in path.parts or "state" in path.parts for path in kept) and kept
    assert second.quit() == 0
    kept[0].write_bytes(b"view = nonsense\n\xff\xfe=\x00\nchart-top = 1e99\n" + b"x" * 100_000)
    third = open_terminal(120, 40, home=tmp_path)
    wait_for_view(third, "overview")
    assert third.quit() == 0
