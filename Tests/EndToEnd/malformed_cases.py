"""Frames that a visitor must not send and the codes they are closed with: data for test_malformed.py.

Every payload that could be taken for a sample speaks for visitors whom nobody may ever see.
"""

from __future__ import annotations

import json
import struct
from typing import NamedTuple

from wire import frame

GOOD = '{"id":"bad","x":1,"y":2}'


class Case(NamedTuple):
    """Bytes to send and the close code, or the HTTP status, that they must be answered with."""

    name: str
    data: bytes
    expected: int


def named(name: str) -> str:
    """A name that looks well behind `pytest -k`."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)[:60].strip("-")


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(struct.pack(">H", code) + reason, opcode=8)


def json_case(expected: int, payload: str, name: str) -> Case:
    return Case(f"{expected}-{named(name)}", frame(payload.encode()), expected)


def sample(**changes) -> str:
    """A sample in JSON with keys changed, or left out where the change is `...`."""
    value = {"id": "bad", "x": 1, "y": 2, **changes}
    return json.dumps({key: item for key, item in value.items() if item is not ...})


def declared(length: int, opcode: int = 1, fin: bool = True) -> bytes:
    """A frame's head that announces `length` bytes, in the 64-bit form, without any of them."""
    return bytes([(0x80 if fin else 0) | opcode, 0xFF]) + struct.pack(">Q", length) + b"mask"


RESERVED_OPCODES = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]
FORBIDDEN_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535]
NOT_UTF8 = {
    "a lone continuation": b"\x80", "an impossible byte": b"\xff", "a lead alone": b"\xc3", "cut short": b"\xe2\x82",
    "overlong slash": b"\xc0\xaf", "overlong in three": b"\xe0\x80\xaf", "overlong in four": b"\xf0\x80\x80\xaf",
    "a surrogate": b"\xed\xa0\x80", "beyond the last": b"\xf4\x90\x80\x80", "five bytes": b"\xf8\x88\x80\x80\x80",
}
NOT_JSON = [
    "", " ", "{", "}", "[", "]", "{]", "[}", GOOD[:-1], GOOD[:-4], "[" + GOOD, GOOD + "]", GOOD + GOOD, GOOD + ",",
    GOOD + " x", "[" + GOOD + ",]", "[," + GOOD + "]", "[" + GOOD + " " + GOOD + "]", '{"id":"bad","x":1,"y":2,}',
    '{,"id":"bad","x":1,"y":2}', '{"id":"bad" "x":1,"y":2}', '{"id" "bad","x":1,"y":2}', '{"id"::"bad","x":1,"y":2}',
    "{'id':'bad','x':1,'y':2}", '{id:"bad",x:1,y:2}', '{"id":"bad","x":1,"y":2}//', '/**/' + GOOD, "\ufeff" + GOOD,
    "undefined", "nul", "True", "tru", "nulll", '"', '"bad', r'"\x41"', r'"\u12"', r'"\u12G4"', '"\t"', '"\n"',
    '"\0"', '{"id":"bad","x":NaN,"y":2}', '{"id":"bad","x":1,"y":Infinity}', '{"id":"bad","x":1,"y":-Infinity}',
    '{"id":5,"x":1,"y":2', '[{"id":5},', "\v" + GOOD, "\u00a0" + GOOD, "\0", GOOD + "\0",
]
NOT_NUMBERS = [
    "+1", "01", "-01", "1.", ".5", "-", "-.5", "1e", "1e+", "1.e5", "0x10", "1_000", "1,5", "--1", "1e5.5", "00", "1f",
]
NOT_ACCEPTABLE = {
    "null": "null",
    "a number": "1",
    "a string": '"bad"',
    "true": "true",
    "a number in an array": "[1]",
    "an array in an array": f"[[{GOOD}]]",
    "null behind a sample": f"[{GOOD},null]",
    "an empty object": "{}",
    "a bad one behind a good one": f"[{GOOD},{sample(x=...)}]",
    "a bad one before a good one": f"[{sample(y=...)},{GOOD}]",
    "no id": sample(id=...),
    "no x": sample(x=...),
    "no y": sample(y=...),
    "a number as id": sample(id=5),
    "null as id": sample(id=None),
    "an empty id": sample(id=""),
    "65 bytes of id": sample(id="i" * 65),
    "66 bytes of id in 33 characters": sample(id="é" * 33),
    "a control character in id": sample(id="bad\n"),
    "NUL in id": sample(id="bad\0"),
    "DEL in id": sample(id="bad\x7f"),
    "half a pair in id": r'{"id":"bad\ud800","x":1,"y":2}',
    "a string as x": sample(x="1"),
    "null as y": sample(y=None),
    "true as x": sample(x=True),
    "an array as x": sample(x=[1]),
    "x too large for a double": '{"id":"bad","x":1e400,"y":2}',
    "y too small": '{"id":"bad","x":1,"y":-1e309}',
    "id twice": '{"id":"bad","id":"bad","x":1,"y":2}',
    "x twice": '{"id":"bad","x":1,"y":2,"x":1}',
    "id twice, escaped": r'{"id":"bad","x":1,"y":2,"\u0069d":"bad"}',
    "k twice": '{"id":"bad","k":"up","x":1,"y":2,"k":"up"}',
    "an unknown k": sample(k="jump"),
    "k in capitals": sample(k="MOVE"),
    "null as k": sample(k=None),
    "a number as k": sample(k=1),
    "negative b": sample(b=-1),
    "b with a fraction": sample(b=1.5),
    "b too large": sample(b=65536),
    "a string as b": sample(b="1"),
    "negative w": sample(w=-1),
    "negative h": sample(h=-0.5),
    "w too large": '{"id":"bad","x":1,"y":2,"w":1e999}',
    "a string as t": sample(t="now"),
    "null as h": sample(h=None),
    "a number as p": sample(p=1),
    "257 bytes of p": sample(p="/" * 257),
    "nesting of 17": '{"id":"bad","x":1,"y":2,"z":' + "[" * 16 + "]" * 16 + "}",
    "nesting of 17 without samples": "[" * 17 + "]" * 17,
    "257 ids": "[" + ",".join(sample(id=f"bad{number}") for number in range(257)) + "]",
}
LONGEST = 65536

FRAME_CASES: list[Case] = [
    Case("1002-no-mask", frame(GOOD.encode(), mask=None), 1002),
    *(Case(f"1002-rsv-{bits}", frame(GOOD.encode(), rsv=bits), 1002) for bits in (1, 2, 4, 7)),
    *(Case(f"1002-opcode-{opcode}", frame(b"", opcode=opcode), 1002) for opcode in RESERVED_OPCODES),
    *(Case(f"1002-fragmented-control-{opcode}", frame(b"", opcode=opcode, fin=False), 1002)
      for opcode in (8, 9, 10)),
    *(Case(f"1002-long-control-{opcode}", frame(b"c" * 126, opcode=opcode), 1002) for opcode in (8, 9, 10)),
    Case("1002-continuation-of-nothing", frame(GOOD.encode(), opcode=0), 1002),
    Case("1002-continuation-of-an-ended-message", frame(b"[]") + frame(GOOD.encode(), opcode=0), 1002),
    Case("1002-text-inside-a-message", frame(b"[", fin=False) + frame(GOOD.encode()), 1002),
    Case("1002-length-not-shortest-16", b"\x81\xfe\x00\x02mask" + b"\x36\x3c", 1002),
    Case("1002-length-not-shortest-64", b"\x81\xff" + struct.pack(">Q", 200) + b"mask" + b"x" * 200, 1002),
    Case("1002-close-of-one-byte", frame(b"\x03", opcode=8), 1002),
    *(Case(f"1002-close-code-{code}", close(code), 1002) for code in FORBIDDEN_CODES),
    Case("1007-close-reason", close(1000, b"\xff"), 1007),
    Case("1003-binary", frame(GOOD.encode(), opcode=2), 1003),
    Case("1003-empty-binary", frame(b"", opcode=2), 1003),
    Case("1003-first-fragment-of-binary", frame(b"", opcode=2, fin=False), 1003),
    *(Case("1007-utf8-" + named(name), frame(b'{"id":"bad' + data + b'","x":1,"y":2}'), 1007)
      for name, data in NOT_UTF8.items()),
    Case("1007-cut-short-by-the-end", frame(b'"\xe2\x82'), 1007),
    Case("1007-at-once", frame(b'{"id":"bad\xff', fin=False), 1007),
    Case("1007-across-fragments", frame(b'["\xe2\x82', fin=False) + frame(b'\xe2"]', opcode=0), 1007),
    *(json_case(1007, payload, f"json {index} {payload}") for index, payload in enumerate(NOT_JSON)),
    *(json_case(1007, '{"id":"bad","x":%s,"y":2}' % number, f"number {index} {number}")
      for index, number in enumerate(NOT_NUMBERS)),
    Case("1007-not-JSON-in-fragments", frame(b'{"id":"bad",', fin=False) + frame(b'"x":1,"y":2]', opcode=0), 1007),
    *(json_case(1008, payload, name) for name, payload in NOT_ACCEPTABLE.items()),
    *(Case(f"1009-declared-{length:x}", declared(length), 1009)
      for length in (LONGEST + 1, 1 << 32, (1 << 63) - 1, 1 << 63)),
    *(Case(f"1009-before-opcode-{opcode}", declared(LONGEST + 1, opcode), 1009) for opcode in (0, 2, 3, 9)),
    Case("1009-second-fragment", frame(b" " * 200, fin=False) + declared(LONGEST, opcode=0), 1009),
    Case("1009-in-all", frame(b" " * LONGEST, fin=False) + frame(b" ", opcode=0), 1009),
    Case("1009-65-fragments",
         frame(b"[", fin=False) + frame(b"", opcode=0, fin=False) * 63 + frame(b"]", opcode=0), 1009),
]
