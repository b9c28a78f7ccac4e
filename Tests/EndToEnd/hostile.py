"""Ids, pages and figures that were made to harm a terminal."""

from __future__ import annotations

import random

ID_BYTES, PAGE_BYTES = 64, 256
INJECTIONS = [
    "\x1b[2J", "\x1b]0;owned\x07", "\x1b[666;666m", "\x1bP+q544e\x1b\\", "\x1bc", "\x1b[?1337h", "\x9b31m", "\x07",
    "\x00", "\x0e", "\r\n\x1b[H", "\x1b]8;;http://x\x1b\\", "\x1b[6n", "\x7f", "\x85", "\x1b(0", "\x1b[?1049l"]
SIGNS = [
    "\u202e", "\u2066", "\u200d", "\u200b", "\u200f", "\u2028", "\ufeff", "\u00ad", "\u061c", "\ufe0f", "\u0301",
    "\u0334", "\u20dd", "\U0001F469\u200d\U0001F680", "\U0001F1E9\U0001F1EA", "\U0001F42D", "漢", "ｗ", "שלום", "العربية",
    "ﷺ", "\u1112\u1161\u11ab", "\u115f", "\ufffd", "\uffff", "\U000e0041", "\U0010ffff", "ẞ", "ﬁ", "⣿", "█", "─", "\u3000",
    "\u2062", "ก็็็็็", "𝔘", "\u0600", "\U0001F3FD", "%s", "\\x1b[31m", "<b>", "'\"`$(reboot)", " ", "-", "/"]
NUMBERS = [0, -0.0, 1, -1, 1e308, -1e308, 5e-324, 1e15, -1e15, 2**53, 4294967296, -2147483649, 0.1]


def cut(text: str, limit: int) -> str:
    """As many whole characters as fit in so many bytes."""
    data = text.encode("utf-8", "ignore")[:limit]
    return data.decode("utf-8", "ignore")


def acceptable(chance: random.Random) -> str:
    """An id that a server accepts: 1 to 64 bytes without a control character."""
    kind = chance.randrange(5)
    if kind == 0:
        text = chance.choice(SIGNS) * 64
    elif kind == 1:
        text = bytes(chance.randrange(256) for _ in range(64)).decode("utf-8", "ignore")
    elif kind == 2:
        text = "".join(chr(chance.randrange(0x20, 0x30000)) for _ in range(30))
    else:
        text = "".join(chance.choice(SIGNS) for _ in range(chance.randrange(1, 20)))
    text = "".join(sign for sign in text if not ("\ud800" <= sign <= "\udfff") and not is_control(sign))
    return cut(text, ID_BYTES).strip("\x00") or "x"


def is_control(sign: str) -> bool:
    return sign < " " or "\x7f" <= sign <= "\x9f"


def anything(chance: random.Random, limit: int = PAGE_BYTES) -> str:
    """Text that holds escape sequences too."""
    parts = [chance.choice(INJECTIONS if chance.random() < 0.4 else SIGNS) for _ in range(chance.randrange(1, 12))]
    return cut("".join(parts), limit) or "/"


def number(chance: random.Random) -> float:
    return chance.choice(NUMBERS) if chance.random() < 0.5 else chance.uniform(-5000, 5000)


def sample(chance: random.Random, name: str) -> dict:
    found = {"id": name, "x": number(chance), "y": number(chance), "p": anything(chance)}
    if chance.random() < 0.5:
        found.update(w=abs(number(chance)), h=abs(number(chance)))
    if chance.random() < 0.3:
        found["k"] = chance.choice(["down", "up", "click", "scroll", "enter", "leave"])
    return found
