"""Every view by key, Tab and mouse, checked against /api/state, at four sizes in two locales."""

from __future__ import annotations

import re

import pytest

from monitor_words import (
    BACK_TAB, ESCAPE, HELP_TITLE, LOCALES, PAUSED, SIZES, TAB, VIEWS, key_of, names_on, shown_view)
from speakers import Speakers
from waiting import wait_until

RATES = {"alpha": 40, "bravo": 25, "carol": 12, "delta": 4}
# From this size on there are lines around panels and a line of tabs.
WIDE = (80, 24)


def wait_for_view(terminal, view: str) -> None:
    wait_until(lambda: shown_view(terminal) == view, 30, lambda: f"the view {view} on\n{terminal.text}")


def wait_for_names(terminal, names: list[str]) -> None:
    wait_until(
        lambda: names_on(terminal, list(RATES)) == names, 60, lambda: f"{names} on\n{terminal.text}")


def check_overview(terminal, columns: int, rows: int) -> None:
    names = list(RATES)
    wait_until(lambda: [visitor["id"] for visitor in terminal.state()["visitors"]] == names, 60, "the order")
    # The smallest has room for three rows.
    wait_for_names(terminal, names if rows > 10 else names[:3])
    terminal.wait_for(rf"\b{len(names)} visitors")


def check_map(terminal, columns: int, rows: int) -> None:
    # Labels that would collide are left out; with four pointers there is room for all but on the smallest.
    least = 1 if rows <= 10 else len(RATES)
    wait_until(
        lambda: len(names_on(terminal, list(RATES))) >= least, 60, lambda: f"{least} labels on\n{terminal.text}")


def check_visitor(terminal, columns: int, rows: int) -> None:
    def busiest() -> dict:
        terminal.press("f")
        visitor = terminal.state()["visitors"][0]
        # Another may have become the busiest between the key and the state.
        terminal.wait_for(visitor["id"], 3)
        terminal.wait_for(re.escape(visitor["page"]), 3)
        return visitor

    visitor = wait_until(busiest, 60, "the busiest")
    if (columns, rows) >= WIDE:
        terminal.wait_for(rf"worker\s+{visitor['worker']}\b")
        terminal.wait_for(r"1000\s*[x×]\s*600")


def check_pages(terminal, columns: int, rows: int) -> None:
    for page in {visitor["page"] for visitor in terminal.state()["visitors"]}:
        terminal.wait_for(rf"{re.escape(page)}\s+1\b")


def check_workers(terminal, columns: int, rows: int) -> None:
    for worker in terminal.state()["workers"]:
        terminal.wait_for(rf"\b{worker['pid']}\b.*\brunning\b")
    total = sum(worker["connections"] for worker in terminal.state()["workers"])
    if (columns, rows) >= WIDE:
        terminal.wait_for(rf"\ball\b\D*\b{total}\b")


def check_health(terminal, columns: int, rows: int) -> None:
    for word in ["relayed", "encoded"] if rows > 10 else ["relayed"]:
        terminal.wait_for(word)


CHECKS = {"overview": check_overview, "map": check_map, "visitor": check_visitor, "pages": check_pages,
          "workers": check_workers, "health": check_health}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("columns, rows", SIZES)
def test_every_view_agrees_with_the_state(open_terminal, columns, rows, locale):
    terminal = open_terminal(columns, rows, locale=locale)
    speakers = Speakers(terminal, RATES)
    try:
        for view in VIEWS:
            terminal.press(key_of(view))
            wait_for_view(terminal, view)
            CHECKS[view](terminal, columns, rows)
            assert locale != "C" or terminal.text.isascii(), terminal.text
        for step in range(1, len(VIEWS) + 1):
            terminal.press(TAB)
            wait_for_view(terminal, VIEWS[(len(VIEWS) - 1 + step) % len(VIEWS)])
        terminal.press(BACK_TAB)
        wait_for_view(terminal, VIEWS[-2])
        terminal.press("?")
        terminal.wait_for(HELP_TITLE)
        terminal.press(ESCAPE)
        terminal.wait_without(HELP_TITLE)
        speakers.end()
        assert terminal.quit() == 0
        terminal.check_modes_restored()
    finally:
        speakers.end()


def test_the_tabs_can_be_clicked(open_terminal):
    terminal = open_terminal(120, 40)
    for view in reversed(VIEWS):
        terminal.wait_for(f"{key_of(view)} {view.title()}")
        row, column = terminal.find(f"{key_of(view)} {view.title()}")
        terminal.click(row, column + 2)
        wait_for_view(terminal, view)
    assert terminal.quit() == 0


def test_every_view_resizes_without_residue(open_terminal):
    terminal = open_terminal(120, 40, "--demo=30")
    terminal.wait_for("30 visitors")
    for view in VIEWS:
        terminal.press("f" if view == "visitor" else key_of(view))
        for columns, rows in [(40, 10), (300, 100), (60, 20), (80, 24)]:
            terminal.resize(columns, rows)
            wait_until(
                lambda: terminal.rows[-1].strip() and shown_view(terminal) == view, 20,
                lambda: f"{view} at {columns}x{rows}:\n{terminal.text}")
        # What is kept of the picture before is what is painted again at ^L.
        terminal.press("p")
        terminal.wait_for(PAUSED)
        before = terminal.settle().split("\n")[1:]
        terminal.press("\x0c")
        wait_until(lambda: terminal.settle().split("\n")[1:] == before, 20,
                   lambda: "\n".join([f"{view}, before:", *before, "now:", terminal.text]))
        terminal.press("p")
        terminal.wait_without(PAUSED)
    assert terminal.quit() == 0
