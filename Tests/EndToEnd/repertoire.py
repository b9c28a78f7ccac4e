"""Checks every byte that goes to a terminal against what a well-behaved program sends.

ECMA-48: C0 controls below 0x20, ESC Fe and nF sequences, CSI with parameters, and text. Whatever data put among
them would have to look like one of ours; so the lists are short, and parameters are checked too.
"""

from __future__ import annotations

import re

# CR, LF, BS and TAB move the cursor; SO and SI switch to the line-drawing set and back.
CONTROLS = {0x08, 0x09, 0x0A, 0x0D, 0x0E, 0x0F}
# Save and restore the cursor, keypad modes, reverse index.
ESCAPES = set("78=>M")
CHARACTER_SETS = re.compile(r"[()][AB0]")
# Cursor moves, erasing, inserting and deleting, scrolling, repeating, tab stops, cursor shape.
PLAIN_FINALS = set("ABCDEFGHIJKLMPSTXZ@bdfg`a")
MODES = {1, 3, 4, 7, 8, 12, 25, 1000, 1002, 1003, 1006, 1034, 1047, 1048, 1049, 2004, 2026}
SINGLE_STYLES = {
    0, 1, 2, 3, 4, 7, 22, 23, 24, 27, 39, 49, *range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108)}
# Characters that change what stands beside them: C1 controls, direction, joiners and tags without a width.
UNSAFE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


class Offence(AssertionError):
    """What was sent, and what stood before it."""


class Repertoire:
    """Takes in a program's output in pieces of any size; `offence` is the first thing that must not be there."""

    def __init__(self) -> None:
        self.rest = b""
        self.last = b""
        self.offence: str | None = None
        self.count = 0

    def feed(self, data: bytes) -> None:
        if self.offence:
            return
        self.count += len(data)
        text, position = self.rest + data, 0
        while position < len(text):
            length = self._take(text, position)
            if length == 0:
                break
            position += length
            if self.offence:
                self.offence += f" behind {text[max(0, position - 80):position]!r}"
                return
        self.rest = text[position:]

    def check(self) -> None:
        if self.offence:
            raise Offence(self.offence)

    def _take(self, text: bytes, position: int) -> int:
        """Length of what begins there; 0 where it has not all arrived."""
        byte = text[position]
        if byte == 0x1B:
            return self._take_escape(text, position)
        if byte < 0x20 and byte not in CONTROLS or byte == 0x7F:
            self.offence = f"the control byte 0x{byte:02x}"
            return 1
        if byte < 0x80:
            return 1
        length = 2 if byte >> 5 == 6 else 3 if byte >> 4 == 14 else 4 if byte >> 3 == 30 else 1
        if position + length > len(text):
            return 0
        try:
            character = text[position:position + length].decode()
        except UnicodeDecodeError:
            self.offence = f"bytes that are no UTF-8: {text[position:position + length]!r}"
            return length
        if UNSAFE.match(character):
            self.offence = f"U+{ord(character):04X}"
        return length

    def _take_escape(self, text: bytes, position: int) -> int:
        rest = text[position + 1:position + 64].decode("latin-1")
        if not rest:
            return 0
        if rest[0] in ESCAPES:
            return 2
        if rest[0] in "()":
            if len(rest) < 2:
                return 0
            if not CHARACTER_SETS.match(rest):
                self.offence = f"ESC {rest[:2]!r}"
            return 3
        if rest[0] != "[":
            self.offence = f"ESC {rest[:8]!r}"
            return 2
        found = re.match(r"\[([0-?]*)([ -/]*)([@-~])", rest)
        if not found:
            if len(rest) < 40 and re.fullmatch(r"\[[0-?]*[ -/]*", rest):
                return 0
            self.offence = f"ESC {rest[:16]!r}"
            return 2
        if not self._is_ours(*found.groups()):
            self.offence = f"ESC {found[0]!r}"
        return 1 + found.end()

    @staticmethod
    def _is_ours(parameters: str, between: str, final: str) -> bool:
        if between:
            return (between, final) in {("!", "p"), (" ", "q")}
        if final in "hl":
            numbers = re.fullmatch(r"\??(\d+(?:;\d+)*)", parameters)
            return bool(numbers) and {int(word) for word in numbers[1].split(";")} <= MODES
        if final == "r":
            return re.fullmatch(r"(\d+;\d+)?", parameters) is not None
        if final == "m":
            return is_style(parameters)
        if final == "t":
            return parameters in {"22;0;0", "23;0;0"}
        return final in PLAIN_FINALS and re.fullmatch(r"\d*(;\d+)?", parameters) is not None


def is_style(parameters: str) -> bool:
    """Whether SGR parameters are attributes and colours only, each complete (ECMA-48, 8.3.117; ITU-T T.416)."""
    words = [int(word or 0) for word in parameters.split(";")] if re.fullmatch(r"[\d;]*", parameters) else [999]
    while words:
        first = words.pop(0)
        if first in (38, 48):
            kind = words.pop(0) if words else None
            count = {5: 1, 2: 3}.get(kind, 99)
            if len(words) < count or any(word > 255 for word in words[:count]):
                return False
            del words[:count]
        elif first not in SINGLE_STYLES:
            return False
    return True
