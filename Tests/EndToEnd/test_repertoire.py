"""That the checker of a terminal's bytes lets ours pass and nothing else."""

from __future__ import annotations

import pytest

from repertoire import Repertoire

OURS = [
    b"\x1b[?1049h\x1b[22;0;0t\x1b[1;24r\x1b(B\x1b[m\x1b[4l\x1b[?7h\x1b[?1h\x1b=\x1b[H\x1b[2J",
    b"\x1b[38;5;208mtext\x1b[39;49m\x1b[1;38;2;1;2;255m\x1b[12;40H\x1b[3X\x1b[5d\x1b[7G \x1b[K",
    "│ ⣿⡀ 漢字 é │\r\n".encode(),
    b"\x1b[?1000h\x1b[?1006h\x1b[?25l\x1b7\x1b8",
]
ALIEN = [
    b"\x07", b"\x1b]0;title\x07", b"\x1b[666m", b"\x1b[38;5m", b"\x1b[6;6;6m", b"\x1bP+q\x1b\\", b"\x1b[5n", b"\x1bc",
    b"\x1b[?1337h", b"\xc2\x9b31m", b"\x9b31m", "\u202e".encode(), "\u200d".encode(), b"\x00", b"\x7f", b"\xff",
    b"\x1b[1\x1b[m", b"\x1b[>c", b"\x1b[38;2;1;2;300m", "\U000e0041".encode(),
]


@pytest.mark.parametrize("size", [1, 3, 4096])
def test_ours_passes(size):
    for text in OURS:
        checker = Repertoire()
        for start in range(0, len(text), size):
            checker.feed(text[start:start + size])
        checker.check()
        assert checker.rest == b""


@pytest.mark.parametrize("size", [1, 4096])
@pytest.mark.parametrize("text", ALIEN)
def test_what_is_not_ours_is_seen(text, size):
    checker = Repertoire()
    text = b"before " + text + b" behind it and more, so that nothing stays open for want of an end........"
    for start in range(0, len(text), size):
        checker.feed(text[start:start + size])
    assert checker.offence
