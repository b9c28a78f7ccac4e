"""Makes the pictures of the README from the real thing: a terminal and the dashboard of one demo.

    .venv/bin/python Tests/EndToEnd/make_screenshots.py docs/images
"""

from __future__ import annotations

import html
import select
import sys
from pathlib import Path

from chromium import Chromium
from terminal import Terminal

NAMED = {
    "default": "#d8dee9", "black": "#3b4252", "red": "#e06c75", "green": "#98c379", "brown": "#e5c07b",
    "blue": "#61afef", "magenta": "#c678dd", "cyan": "#56b6c2", "white": "#d8dee9",
    "brightblack": "#6b7280", "brightgreen": "#b5e890", "brightcyan": "#7fdbe8", "brightblue": "#8cc8ff",
    "brightred": "#ff8b94", "brightmagenta": "#e0a0ff", "brightbrown": "#ffe08a", "brightwhite": "#ffffff",
}
BACKGROUND = "#11151c"


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
                foreground, background = colour(cell.fg, NAMED["default"]), colour(cell.bg, BACKGROUND)
                if cell.reverse:
                    foreground, background = background, foreground
                style = f"color:{foreground};background:{background}"
                style += ";font-weight:bold" if cell.bold else ""
                if not cell.data.isascii():
                    # A sign that the font borrows from another one must not widen its column.
                    style += ";display:inline-block;width:1ch;height:17px;vertical-align:top"
                    spans.append([style, cell.data])
                elif spans and spans[-1][0] == style:
                    spans[-1][1] += cell.data
                else:
                    spans.append([style, cell.data])
            lines.append("".join(f'<span style="{s}">{html.escape(text)}</span>' for s, text in spans))
    body = "\n".join(lines)
    return (f'<!doctype html><meta charset="utf-8"><body style="margin:0;padding:14px;background:{BACKGROUND}">'
            f'<pre style="margin:0;font:14px/17px \'DejaVu Sans Mono\',monospace">{body}</pre>')


def whole_picture(terminal: Terminal) -> str:
    """The screen while nothing is being painted."""
    while True:
        before = terminal.bytes_read
        select.select([], [], [], 0.04)
        page = page_of(terminal)
        if terminal.bytes_read == before:
            return page


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    terminal = Terminal(120, 36, "--demo=24")
    terminal.connect()
    try:
        # A minute of history makes a picture of a minute.
        select.select([], [], [], 65)
        text = folder / "terminal.html"
        text.write_text(whole_picture(terminal), encoding="utf-8")
        with Chromium.launch() as browser:
            page = browser.new_page()
            page.resize(1040, 640)
            page.navigate(text.resolve().as_uri())
            page.screenshot(folder / "terminal.png")
        text.unlink()
        with Chromium.launch() as browser:
            page = browser.new_page(scheme="dark")
            page.resize(1280, 760)
            page.navigate("http://%s:%d/admin/demo" % terminal.http)
            select.select([], [], [], 25)
            page.screenshot(folder / "dashboard.png")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
    finally:
        terminal.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
