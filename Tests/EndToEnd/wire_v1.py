"""A visitor that speaks `pointerscope.v1`, written from docs/protocol.md and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
from typing import NamedTuple

from wire import RawWebSocket, frame

BEAT = 8
LONGEST_BEAT = 20
POINTER_TYPES = {"": 0, "mouse": 1, "pen": 2, "touch": 3}


def uv(number: int) -> bytes:
    """An unsigned varint."""
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def sv(number: int) -> bytes:
    """A signed varint, zigzag."""
    return uv(number * 2 if number >= 0 else -number * 2 - 1)


def text(value: str | bytes) -> bytes:
    encoded = value.encode() if isinstance(value, str) else value
    return uv(len(encoded)) + encoded


class Writer:
    """What a page keeps of its connection, and the records that it makes of what happens on it."""

    def __init__(self, x: int = 0, y: int = 0, scroll: tuple[int, int] = (0, 0), clock: int | None = None) -> None:
        self.x, self.y = x, y
        self.scroll_x, self.scroll_y = scroll
        self.clock = int(time.time() * 1000) if clock is None else clock
        self.units = 0
        self.beat = BEAT
        self.sequence = 0
        """Of the next message, never wrapped."""

    @property
    def now(self) -> int:
        """Epoch milliseconds of what was written last."""
        return self.clock + 2 * self.units

    # Messages

    def message(self, *records: bytes) -> bytes:
        """The next message, of these records."""
        number = self.sequence
        self.sequence += 1
        return bytes([number & 0xFF]) + b"".join(records)

    # Records

    def hello(self, *, token: bytes | str = b"", path: str | bytes = "/", instance: bytes = b"", known: bool = True,
              visible: bool = True, name: str | bytes | None = None, viewport: tuple[int, int] = (1280, 720),
              document: tuple[int, int] = (1280, 3000), ratio: int = 100, pointer: int = 1, more: bytes = b"") -> bytes:
        flags = known | visible << 1 | (name is not None) << 2
        body = bytes([flags]) + uv(self.clock) + (instance or os.urandom(8)) + text(token) + text(path)
        body += sv(self.x) + sv(self.y) + sv(self.scroll_x) + sv(self.scroll_y)
        body += b"".join(map(uv, (*viewport, *document, ratio))) + bytes([pointer])
        if name is not None:
            body += text(name)
        return b"\x01" + text(body + more)

    def _place(self, x: int, y: int, after: int) -> tuple[int, int]:
        moved = x - self.x, y - self.y
        self.x, self.y = x, y
        self.units += after
        return moved

    def move(self, x: int, y: int, after: int = BEAT, compact: bool = True) -> bytes:
        """A move to a place of the viewport, `after` so many units of 2 ms; in two bytes where they do."""
        dx, dy = self._place(x, y, after)
        step = after - self.beat + 1
        if after <= LONGEST_BEAT:
            self.beat = after
        if compact and 0 <= step <= 3 and -64 <= dx < 64 and -32 <= dy < 32:
            return (0x8000 | step << 13 | (dx & 0x7F) << 6 | dy & 0x3F).to_bytes(2, "big")
        return b"\x02" + uv(after) + sv(dx) + sv(dy)

    def _at(self, kind: int, x: int | None, y: int | None, after: int) -> bytes:
        dx, dy = self._place(self.x if x is None else x, self.y if y is None else y, after)
        return bytes([kind]) + uv(after) + sv(dx) + sv(dy)

    def down(self, x=None, y=None, buttons: int = 1, after: int = 1) -> bytes:
        return self._at(3, x, y, after) + uv(buttons)

    def up(self, x=None, y=None, buttons: int = 0, after: int = 1) -> bytes:
        return self._at(4, x, y, after) + uv(buttons)

    def cancel(self, x=None, y=None, after: int = 1) -> bytes:
        return self._at(5, x, y, after)

    def click(self, x=None, y=None, element: str = "", after: int = 1) -> bytes:
        return self._at(6, x, y, after) + text(element)

    def enter(self, x=None, y=None, after: int = 1) -> bytes:
        return self._at(9, x, y, after)

    def leave(self, x=None, y=None, after: int = 1) -> bytes:
        return self._at(10, x, y, after)

    def scroll(self, x: int, y: int, after: int = 1) -> bytes:
        """The page is scrolled to there now."""
        dx, dy = x - self.scroll_x, y - self.scroll_y
        self.scroll_x, self.scroll_y = x, y
        self.units += after
        return b"\x07" + uv(after) + sv(dx) + sv(dy)

    def wheel(self, dx: int, dy: int, after: int = 1) -> bytes:
        self.units += after
        return b"\x08" + uv(after) + sv(dx) + sv(dy)

    def visibility(self, visible: bool, after: int = 1) -> bytes:
        self.units += after
        return b"\x0b" + uv(after) + bytes([visible])

    def resize(self, width: int, height: int, document: tuple[int, int], after: int = 1) -> bytes:
        self.units += after
        return b"\x0c" + uv(after) + uv(width) + uv(height) + uv(document[0]) + uv(document[1])

    def page(self, path: str | bytes, scroll=(0, 0), document=(1280, 3000), after: int = 1) -> bytes:
        self.units += after
        self.scroll_x, self.scroll_y = scroll
        return b"\x0d" + uv(after) + text(path) + sv(scroll[0]) + sv(scroll[1]) + uv(document[0]) + uv(document[1])

    def name(self, value: str | bytes) -> bytes:
        return b"\x0e" + text(value)

    def bye(self, after: int = 1) -> bytes:
        self.units += after
        return b"\x0f" + uv(after)

    def sync(self) -> bytes:
        """To be the first record of the next message."""
        self.beat = BEAT
        return (b"\x10" + uv(self.sequence) + uv(self.now) + sv(self.x) + sv(self.y) + sv(self.scroll_x)
                + sv(self.scroll_y))

    def pointer(self, kind: int) -> bytes:
        return bytes([0x11, kind])


# What the server says

class Welcome(NamedTuple):
    how: int
    id: str
    token: bytes
    rate: int
    batch: int


class Rate(NamedTuple):
    rate: int
    batch: int


class MoveAway(NamedTuple):
    spread: int


class Stop(NamedTuple):
    reason: int


class Resync(NamedTuple):
    pass


class Reader:
    """The records of a message."""

    def __init__(self, message: bytes) -> None:
        self.rest = message

    def byte(self) -> int:
        value, self.rest = self.rest[0], self.rest[1:]
        return value

    def uv(self) -> int:
        value = shift = 0
        while True:
            digit = self.byte()
            value |= (digit & 0x7F) << shift
            shift += 7
            if digit < 0x80:
                return value

    def text(self) -> bytes:
        count = self.uv()
        assert len(self.rest) >= count, self.rest
        value, self.rest = self.rest[:count], self.rest[count:]
        return value


def server_records(message: bytes) -> list[tuple]:
    """What a message of the server says; what a later version says is passed over."""
    reader, records = Reader(message), []
    while reader.rest:
        kind = reader.byte()
        if kind == 1:
            body = Reader(reader.text())
            records.append(Welcome(body.byte(), body.text().decode(), body.text(), body.byte(), body.uv()))
        elif kind == 2:
            records.append(Rate(reader.byte(), reader.uv()))
        elif kind == 4:
            records.append(MoveAway(reader.uv()))
        elif kind == 5:
            records.append(Stop(reader.byte()))
        elif kind == 6:
            records.append(Resync())
        else:
            assert 0x40 <= kind < 0x80, f"the server says {kind}"
            reader.text()
    return records


class Visitor(RawWebSocket, Writer):
    """A page's connection: it has said who it is when this returns, and been told, unless it is `silent`."""

    def __init__(self, address, x: int = 10, y: int = 20, *, scroll=(0, 0), clock: int | None = None,
                 extra: str = "", silent: bool = False, **hello) -> None:
        Writer.__init__(self, x, y, scroll, clock)
        RawWebSocket.__init__(self, address, f"Sec-WebSocket-Protocol: pointerscope.v1\r\n{extra}")
        assert b"\r\nSec-WebSocket-Protocol: pointerscope.v1\r\n" in self.head, self.head
        self.told: list[tuple] = []
        """What the server has said and nobody has asked for."""
        if not silent:
            self.say_records(self.hello(**hello))
            self.welcome = self.hear(Welcome)

    @property
    def id(self) -> str:
        return self.welcome.id

    @property
    def token(self) -> bytes:
        return self.welcome.token

    def say_records(self, *records: bytes) -> None:
        """One message of these records."""
        self.send_message(self.message(*records))

    def send_message(self, message: bytes) -> None:
        self.send(frame(message, opcode=2))

    def hear(self, kind: type):
        """The next record of this kind that the server says; others are kept."""
        while True:
            for index, record in enumerate(self.told):
                if isinstance(record, kind):
                    return self.told.pop(index)
            opcode, payload = self.read_frame()
            assert opcode != 8, f"closed: {payload!r}"
            if opcode == 2:
                self.told += server_records(payload)

    def ping_and_wait(self) -> None:
        """Returns once the worker has taken everything that was sent before."""
        self.send(frame(b"sync", opcode=9))
        while True:
            opcode, payload = self.read_frame()
            assert opcode != 8, f"closed: {payload!r}"
            if (opcode, payload) == (10, b"sync"):
                return
            if opcode == 2:
                self.told += server_records(payload)


# Identities

def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    written = ""
    while True:
        number, digit = divmod(number, 36)
        written = digits[digit] + written
        if number == 0:
            return written


def signed_id(key: bytes, random: bytes) -> str:
    """The id over these 9 random bytes."""
    drawn = _base64url(random)
    return "~" + drawn + _base64url(hmac.new(key, b"id\0" + drawn.encode(), hashlib.sha256).digest()[:3])


def signed_token(key: bytes, visitor: str, stamp: int) -> bytes:
    """A token for an id, issued at `stamp` (epoch milliseconds)."""
    signed = f"{visitor}.{_base36(stamp)}"
    return f"{signed}.{_base64url(hmac.new(key, b'token' + bytes(1) + signed.encode(), hashlib.sha256).digest()[:16])}" \
        .encode()
