"""The screen of a terminal, kept by pyte with what that lacks."""

from __future__ import annotations

import unicodedata

import pyte
from wcwidth import wcwidth


class Screen(pyte.Screen):
    """The emulator with what it lacks of xterm and ncurses uses: SU, SD and REP (ECMA-48, section 8.3)."""

    last_drawn = " "

    def draw(self, data: str) -> None:
        """Draws text; pyte leaves out all that follows a mark that has no width and no combining class."""
        start = 0
        if not data.isascii():
            for index, character in enumerate(data):
                if wcwidth(character) == 0 and not unicodedata.combining(character):
                    super().draw(data[start:index])
                    self._join(character)
                    start = index + 1
        super().draw(data[start:])
        self.last_drawn = data[-1:] or self.last_drawn

    def _join(self, mark: str) -> None:
        """Puts a mark without a width into the cell before the cursor."""
        line = self.buffer[self.cursor.y]
        column = max(self.cursor.x - 1, 0)
        if not line[column].data and column > 0:
            column -= 1
        line[column] = line[column]._replace(data=line[column].data + mark)

    def scroll_up(self, count: int = 1) -> None:
        self._scroll(count or 1, upwards=True)

    def scroll_down(self, count: int = 1) -> None:
        self._scroll(count or 1, upwards=False)

    def _scroll(self, count: int, upwards: bool) -> None:
        top, bottom = self.margins or (0, self.lines - 1)
        kept = self.cursor.y
        self.cursor.y = bottom if upwards else top
        for _ in range(count):
            self.index() if upwards else self.reverse_index()
        self.cursor.y = kept

    def repeat(self, count: int = 1) -> None:
        self.draw(self.last_drawn * (count or 1))


class Stream(pyte.ByteStream):
    """The parser that knows them."""

    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down", "b": "repeat"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "repeat"}
