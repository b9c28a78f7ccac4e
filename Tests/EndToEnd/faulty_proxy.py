"""A reverse proxy in front of the real server, under TLS where it is given a certificate, that does what is wrong."""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
import zlib
from typing import Callable

from alien_server import Double
from local_authority import Certificate
from server import Server

Head = dict[str, str]


class FaultyProxy(Double):
    """Passes `BASE/ws` on to the ingest port and the rest to the HTTP port, and adds what a proxy has to add.

    Each attribute below is a fault, or what takes the place of one.
    """

    def __init__(self, server: Server | None, certificate: Certificate | None = None, base: str = "",
                 version: ssl.TLSVersion | None = None) -> None:
        self.server = server
        self.base = base
        #: The Host that the server gets in the place of what came.
        self.host: str | None = None
        #: Fields of requests, in lower case, that go no further.
        self.dropped: set[str] = set()
        #: The same of answers.
        self.hidden: set[str] = set()
        #: What stands in each answer besides.
        self.added: Head = {}
        #: Answers of the proxy itself by path: a status, or the JSON that a function makes of the request's head.
        self.own: dict[str, int | Callable[[Head], dict]] = {}
        #: So many bytes of an answer are gathered before the first goes on.
        self.gathers = 0
        #: Whether event streams are compressed for those who take it.
        self.compresses = False
        self.stalls = False
        self.requests: list[tuple[str, Head]] = []
        self.is_over = threading.Event()
        self.context: ssl.SSLContext | None = None
        if certificate is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate.path, certificate.key)
            if version is not None:
                self.context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
                self.context.maximum_version = version
                self.context.set_ciphers("ALL:@SECLEVEL=0")
        super().__init__(self._serve)
        self.port = int(self.address.rsplit(":", 1)[1])

    def url(self, host: str = "localhost") -> str:
        return f"{'https' if self.context else 'http'}://{host}:{self.port}{self.base}"

    def end(self) -> None:
        self.is_over.set()
        super().end()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(30)
        if self.stalls:
            self.is_over.wait(60)
            return
        if self.context is None:
            return self._pass_on(connection)
        try:
            with self.context.wrap_socket(connection, server_side=True) as secured:
                self._pass_on(secured)
        except ssl.SSLError:
            pass

    def _pass_on(self, client: socket.socket) -> None:
        head, rest = read_head(client)
        if not head:
            return
        line, fields = split_head(head)
        method, target, _ = line.split(" ")
        self.requests.append((target, fields))
        path = target.split("?")[0].removeprefix(self.base) or "/"
        if path in self.own:
            return client.sendall(self._own_answer(self.own[path], fields))
        address = self.server.ingest if path == "/ws" else self.server.http
        sent = {**fields, "x-forwarded-for": client.getpeername()[0]}
        sent = {name: value for name, value in sent.items() if name not in self.dropped}
        if self.host is not None:
            sent["host"] = self.host
        text = f"{method} {target.removeprefix(self.base) or '/'} HTTP/1.1\r\n"
        text += "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        with socket.create_connection(address, timeout=30) as upstream:
            upstream.sendall(text.encode() + b"\r\n" + rest)
            answer, first = read_head(upstream)
            squeezes = self.compresses and "gzip" in fields.get("accept-encoding", "")
            squeezes = squeezes and b"text/event-stream" in answer
            client.sendall(self._changed(answer, squeezes))
            if b" 101 " in answer.split(b"\r\n")[0]:
                client.sendall(first)
                return relay(client, upstream)
            self._drain(client, upstream, first, squeezes)

    def _own_answer(self, own: int | Callable[[Head], dict], fields: Head) -> bytes:
        if isinstance(own, int):
            return b"HTTP/1.1 %d Of its own\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % own
        body = json.dumps(own(fields)).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    def _changed(self, answer: bytes, squeezes: bool) -> bytes:
        line, fields = split_head(answer)
        kept = {name: value for name, value in fields.items() if name not in self.hidden}
        kept.update(self.added)
        if squeezes:
            kept["content-encoding"] = "gzip"
        return (line + "\r\n" + "".join(f"{name}: {value}\r\n" for name, value in kept.items()) + "\r\n").encode()

    def _drain(self, client: socket.socket, upstream: socket.socket, first: bytes, squeezes: bool) -> None:
        squeeze = zlib.compressobj(wbits=31) if squeezes else None
        held = b""
        data = first
        while True:
            held += (squeeze.compress(data) + squeeze.flush(zlib.Z_SYNC_FLUSH)) if squeeze and data else data
            if len(held) >= self.gathers and held:
                client.sendall(held)
                held = b""
            data = upstream.recv(65536)
            if not data:
                return client.sendall(held)


def read_head(connection: socket.socket) -> tuple[bytes, bytes]:
    """A head without its end, and what came behind it; empty where none came."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b"", b""
        data += more
    head, rest = data.split(b"\r\n\r\n", 1)
    return head, rest


def split_head(head: bytes) -> tuple[str, Head]:
    line, *fields = head.decode().split("\r\n")
    return line, {name.lower(): value.strip() for name, value in (field.split(":", 1) for field in fields)}


def relay(one: socket.socket, other: socket.socket) -> None:
    """Passes bytes on both ways until either ends."""
    ends = {one: other, other: one}
    while True:
        pending = [end for end in ends if isinstance(end, ssl.SSLSocket) and end.pending()]
        for end in pending or select.select(list(ends), [], [], 30)[0]:
            data = end.recv(65536)
            if not data:
                return
            ends[end].sendall(data)
