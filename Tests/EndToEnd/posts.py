"""A client that posts events over one connection, and reads the answers as HTTP has them."""

from __future__ import annotations

import json
from typing import NamedTuple

from wire import RawSocket


class Answer(NamedTuple):
    """One answer; names of fields in lower case."""

    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def value(self):
        return json.loads(self.body)


def post_request(body, path: str = "/events", kind: str | None = "application/json", **fields: str) -> bytes:
    """The bytes of one request; what is no bytes is written as JSON."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"Host": "localhost", "Content-Type": kind, "Content-Length": str(len(body)),
             **{name.replace("_", "-"): value for name, value in fields.items()}}
    lines = [f"{name}: {value}\r\n" for name, value in named.items() if value is not None]
    return f"POST {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode() + body


class Poster(RawSocket):
    """A page that posts."""

    def post(self, body, path: str = "/events", kind: str | None = "application/json", **fields: str) -> Answer:
        self.send(post_request(body, path, kind, **fields))
        return self.answer()

    def answer(self) -> Answer:
        """The next answer, interim ones included."""
        head = self.read_until(b"\r\n\r\n").decode("latin-1")
        first, *lines = head.split("\r\n")[:-2]
        version, status, _ = first.split(" ", 2)
        assert version == "HTTP/1.1"
        fields: dict[str, str] = {}
        for line in lines:
            name, value = line.split(": ", 1)
            assert name.lower() not in fields, head
            fields[name.lower()] = value
        return Answer(int(status), fields, self.read_exactly(int(fields.get("content-length", 0))))
