"""What the monitor says, in one place, so that a test names what it means and not how it is worded."""

from __future__ import annotations

import re

VIEWS = ["overview", "map", "visitor", "pages", "workers", "health"]
SIZES = [(40, 10), (80, 24), (120, 40), (300, 100)]
LOCALES = ["C.UTF-8", "C"]

ASKS_TO_STOP = r"stop the server|y stops"
PAUSED = r"\bpaused\b"
NO_VISITORS = "nobody is here yet"
RECONNECTING = r"reconnecting"
DETACHED = r"the server goes on as process (\d+)"
ENDED_UNEXPECTEDLY = "the server ended unexpectedly"
HELP_TITLE = r"keys of "

# As CSI u: a bare ESC and the key behind it may come in one read, and are another key then.
ENTER, ESCAPE, TAB, BACK_TAB, BACKSPACE = "\r", "\x1b[27u", "\t", "\x1b[Z", "\x7f"
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
PAGE_UP, PAGE_DOWN, HOME, END = "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"


def key_of(view: str) -> str:
    return str(VIEWS.index(view) + 1)


def filtered(count: int, total: int) -> str:
    """The status line while a filter lets so many through."""
    return rf"\b{count} of {total} match"


def sorted_by(order: str, is_reversed: bool = False) -> str:
    return rf"by {order}{' reversed' if is_reversed else r'(?! reversed)'}"


def shown_view(terminal) -> str | None:
    """The view that the header names, or the one whose tab is drawn otherwise than the others."""
    with terminal.lock:
        screen = terminal.screen
        lines = screen.display
        first = lines[0].split()
        if first and first[0].lower() in VIEWS:
            return first[0].lower()
        for row, line in enumerate(lines):
            places = {view: line.find(f"{key_of(view)} {view.title()}") for view in VIEWS}
            if min(places.values()) < 0:
                continue
            looks: dict[tuple, list[str]] = {}
            for view, column in places.items():
                cell = screen.buffer[row][column + 2]
                looks.setdefault((cell.fg, cell.bg, cell.reverse, cell.bold), []).append(view)
            alone = [views[0] for views in looks.values() if len(views) == 1]
            return alone[0] if len(alone) == 1 else None
    return None


def names_on(terminal, names: list[str]) -> list[str]:
    """The names in the order in which rows of the screen have them first."""
    found = []
    for row in terminal.rows:
        for name in names:
            if name not in found and re.search(rf"(?<![\w/]){re.escape(name)}\b", row):
                found.append(name)
    return found
