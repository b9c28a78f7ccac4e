"""Makes the pictures of the documents from the real thing: every view of a terminal, and the dashboard, of one demo.

    .venv/bin/python Tests/EndToEnd/make_screenshots.py docs/images
"""

from __future__ import annotations

import html
import os
import select
import signal
import sys
from pathlib import Path

from chromium import Chromium
from monitor_words import ESCAPE, HOME, NO_VISITORS, VIEWS, key_of
from terminal import Terminal

NAMED = {
    "default": "#d8dee9", "black": "#3b4252", "red": "#e06c75", "green": "#98c379", "brown": "#e5c07b",
    "blue": "#61afef", "magenta": "#c678dd", "cyan": "#56b6c2", "white": "#d8dee9",
    "brightblack": "#6b7280", "brightgreen": "#b5e890", "brightcyan": "#7fdbe8", "brightblue": "#8cc8ff",
    "brightred": "#ff8b94", "brightmagenta": "#e0a0ff", "brightbrown": "#ffe08a", "brightwhite": "#ffffff",
}
BACKGROUND = "#11151c"
COLUMNS, ROWS, VISITORS = 120, 36, 40
# The font's cell at 14 px, and the margin around the screen.
CELL_WIDTH, CELL_HEIGHT, MARGIN = 8.43, 17, 14


def colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return NAMED.get(name, "#" + name)


def page_of(terminal: Terminal) -> str:
    """The screen as HTML, one span a run of equal style, or a sign outside ASCII."""
    lines = []
    with terminal.lock:
        for row in range(terminal.screen.lines):
            spans, cells = [], terminal.screen.buffer[row]
            for column in range(terminal.screen.columns):
                cell = cells[column]
                if not cell.data:
                    # The second half of a wide sign.
                    continue
                foreground, background = colour(cell.fg, NAMED["default"]), colour(cell.bg, BACKGROUND)
                if cell.reverse:
                    foreground, background = background, foreground
                style = f"color:{foreground};background:{background}"
                style += ";font-weight:bold" if cell.bold else ""
                if not cell.data.isascii():
                    # A sign that the font borrows from another one must not widen its column.
                    is_wide = column + 1 < terminal.screen.columns and not cells[column + 1].data
                    style += (f";display:inline-block;width:{2 if is_wide else 1}ch;height:{CELL_HEIGHT}px"
                              ";vertical-align:top")
                    spans.append([style, cell.data])
                elif spans and spans[-1][0] == style:
                    spans[-1][1] += cell.data
                else:
                    spans.append([style, cell.data])
            lines.append("".join(f'<span style="{s}">{html.escape(text)}</span>' for s, text in spans))
    body = "\n".join(lines)
    return (f'<!doctype html><meta charset="utf-8">'
            f'<body style="margin:0;padding:{MARGIN}px;background:{BACKGROUND}">'
            f'<pre style="margin:0;font:14px/{CELL_HEIGHT}px \'DejaVu Sans Mono\',monospace">{body}</pre>')


def whole_picture(terminal: Terminal) -> str:
    """The screen while nothing is being painted."""
    while True:
        before = terminal.bytes_read
        select.select([], [], [], 0.04)
        page = page_of(terminal)
        if terminal.bytes_read == before:
            return page


def keep(terminal: Terminal, browser: Chromium, path: Path) -> None:
    text = path.with_suffix(".html")
    text.write_text(whole_picture(terminal), encoding="utf-8")
    page = browser.new_page()
    page.resize(round(COLUMNS * CELL_WIDTH) + 2 * MARGIN, ROWS * CELL_HEIGHT + 2 * MARGIN)
    page.navigate(text.resolve().as_uri())
    page.screenshot(path)
    page.close()
    text.unlink()


def keep_views(terminal: Terminal, folder: Path) -> None:
    with Chromium.launch() as browser:
        # The visitor's path grows while the others are looked at.
        terminal.press("f")
        select.select([], [], [], 25)
        keep(terminal, browser, folder / "terminal-visitor.png")
        terminal.press(ESCAPE)
        for view in VIEWS:
            if view == "visitor":
                continue
            terminal.press(key_of(view))
            select.select([], [], [], 2)
            keep(terminal, browser, folder / f"terminal-{view}.png")
        # A question about a worker, and what is remembered of what went wrong.
        terminal.press(key_of("workers") + HOME + "R")
        terminal.wait_for(r"\? y/N")
        keep(terminal, browser, folder / "terminal-question.png")
        terminal.press(ESCAPE)
        terminal.press(key_of("overview"))
        select.select([], [], [], 1)
        kill_a_worker(terminal)
        keep(terminal, browser, folder / "terminal-warning.png")
        terminal.press("i" + ESCAPE)
        terminal.press(key_of("overview") + "?")
        select.select([], [], [], 1)
        keep(terminal, browser, folder / "terminal-help.png")
        terminal.press(ESCAPE)


def kill_a_worker(terminal: Terminal) -> None:
    pid = terminal.state()["workers"][0]["pid"]
    os.kill(pid, signal.SIGKILL)
    terminal.wait_for(rf"worker {pid} was killed")
    select.select([], [], [], 3)


def keep_empty_views(folder: Path) -> None:
    """What is seen before anybody is there."""
    terminal = Terminal(COLUMNS, ROWS, COLORTERM="truecolor")
    terminal.connect()
    try:
        with Chromium.launch() as browser:
            for view in ("overview", "map"):
                terminal.press(key_of(view))
                terminal.wait_for(NO_VISITORS)
                select.select([], [], [], 2)
                keep(terminal, browser, folder / f"terminal-empty-{view}.png")
        assert terminal.quit() == 0
    finally:
        terminal.end()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    keep_empty_views(folder)
    terminal = Terminal(COLUMNS, ROWS, f"--demo={VISITORS}", COLORTERM="truecolor")
    terminal.connect()
    try:
        # A minute of history makes a picture of a minute.
        select.select([], [], [], 65)
        keep_views(terminal, folder)
        with Chromium.launch() as browser:
            page = browser.new_page(scheme="dark")
            page.resize(1280, 760)
            page.navigate("http://%s:%d/admin/demo" % terminal.http)
            select.select([], [], [], 25)
            page.screenshot(folder / "dashboard.png")
        assert terminal.quit() == 0
    finally:
        terminal.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
