"""Small raw clients: a WebSocket that sends whatever bytes it is told to, and an event-stream reader."""

from __future__ import annotations

import base64
import json
import os
import select
import socket
import struct
import time
import weakref

TIMEOUT_SECONDS = 60

_open_clients: weakref.WeakSet[RawSocket | Stream] = weakref.WeakSet()


def close_clients_of(*addresses: tuple[str, int]) -> None:
    """Closes what is still connected to these addresses, so that a server need not wait for it to stop."""
    for client in list(_open_clients):
        try:
            if client.socket.getpeername() in addresses:
                client.close()
        except OSError:
            pass


def handshake(path: str = "/", host: str = "127.0.0.1", extra: str = "", key: str | None = None) -> bytes:
    """The bytes of an opening handshake."""
    key = key or base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{extra}\r\n").encode()


def frame(payload: bytes, opcode: int = 1, fin: bool = True, mask: bytes | None = b"\x11\x22\x33\x44",
          rsv: int = 0) -> bytes:
    """One frame as a client sends it; `mask=None` leaves the mask out."""
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if mask is not None else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", len(payload))
    if mask is None:
        return head + payload
    repeated = (mask * (len(payload) // 4 + 1))[:len(payload)]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(payload), "big")
    return head + mask + masked


def text(value) -> bytes:
    """A text frame of JSON, or of a str as it is."""
    return frame((value if isinstance(value, str) else json.dumps(value)).encode())


class RawSocket:
    """A TCP connection that is written and read byte by byte where a test wants it."""

    def __init__(self, address: tuple[str, int], receive_buffer: int | None = None) -> None:
        self.socket = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(TIMEOUT_SECONDS)
        self.socket.connect(address)
        _open_clients.add(self)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_in_pieces(self, data: bytes, cuts: list[int]) -> None:
        """Sends with a segment's end at each cut; stops when the peer has closed."""
        start = 0
        for end in [*cuts, len(data)]:
            try:
                self.socket.sendall(data[start:end])
            except (BrokenPipeError, ConnectionResetError):
                return
            start = end

    def read_until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            more = self.socket.recv(65536)
            assert more, f"closed; so far: {self.buffer[:300]!r}"
            self.buffer += more
        head, self.buffer = self.buffer.split(mark, 1)
        return head + mark

    def read_exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            more = self.socket.recv(65536)
            assert more, f"closed; so far: {self.buffer[:300]!r}"
            self.buffer += more
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_to_end(self) -> bytes:
        """Everything until the peer closes."""
        while True:
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                data, self.buffer = self.buffer, b""
                return data
            self.buffer += more

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Ends the connection with a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class RawWebSocket(RawSocket):
    """A WebSocket behind its handshake."""

    def __init__(self, address: tuple[str, int], extra: str = "Sec-WebSocket-Protocol: json\r\n") -> None:
        super().__init__(address)
        self.send(handshake(extra=extra))
        self.head = self.read_until(b"\r\n\r\n")
        assert self.head.startswith(b"HTTP/1.1 101 "), self.head

    @staticmethod
    def status(address: tuple[str, int], extra: str = "", host: str = "127.0.0.1") -> int:
        """The status that a handshake with these further fields is answered with."""
        socket = RawSocket(address)
        socket.send(handshake(extra=extra, host=host))
        head = socket.read_until(b"\r\n\r\n")
        socket.close()
        return int(head.split(b" ")[1])

    def say(self, value) -> None:
        self.send(text(value))

    def read_frame(self) -> tuple[int, bytes]:
        first, second = self.read_exactly(2)
        assert second & 0x80 == 0, "a server's frame is masked"
        length = second
        if length == 126:
            length = struct.unpack(">H", self.read_exactly(2))[0]
        assert length != 127
        return first & 15, self.read_exactly(length)

    def read_close(self) -> tuple[int, str]:
        """The code and reason of the close frame, other frames passed over."""
        while True:
            opcode, payload = self.read_frame()
            if opcode == 8:
                return (struct.unpack(">H", payload[:2])[0], payload[2:].decode()) if payload else (1005, "")

    def ping_and_wait(self) -> None:
        """Returns once the worker has taken everything that was sent before."""
        self.send(frame(b"sync", opcode=9))
        while self.read_frame() != (10, b"sync"):
            pass

    def close_well(self) -> None:
        self.send(frame(struct.pack(">H", 1000), opcode=8))
        self.read_to_end()
        self.close()


class Message:
    """One message of an event stream."""

    def __init__(self, block: bytes) -> None:
        self.id = self.event = ""
        lines = []
        for line in block.decode().split("\n"):
            name, _, value = line.partition(": ")
            if name == "id":
                self.id = value
            elif name == "event":
                self.event = value
            elif name == "data":
                lines.append(value)
        self.text = "\n".join(lines)

    @property
    def data(self):
        return json.loads(self.text)

    @property
    def n(self) -> int:
        return int(self.id.rsplit("-", 1)[1])


class Stream:
    """A viewer: the event stream of one connection, read when asked."""

    def __init__(self, server, query: str = "", headers: str = "", receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(TIMEOUT_SECONDS)
        self.socket.connect(server.http)
        _open_clients.add(self)
        self.socket.sendall(
            f"GET /receive/adminname{query} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            more = self.socket.recv(4096)
            assert more, self.buffer
            self.buffer += more
        self.head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        self.bytes_read = 0

    def read_blocks(self, seconds: float = TIMEOUT_SECONDS):
        """Blocks of lines, comments included, until the stream ends or nothing comes for so long."""
        while True:
            while b"\n\n" in self.buffer:
                block, self.buffer = self.buffer.split(b"\n\n", 1)
                yield block
            self.socket.settimeout(seconds)
            try:
                more = self.socket.recv(1 << 20)
            except socket.timeout:
                return
            if not more:
                return
            self.bytes_read += len(more)
            self.buffer += more

    def messages(self, seconds: float = TIMEOUT_SECONDS):
        """Messages, without comments and the `retry` block."""
        for block in self.read_blocks(seconds):
            message = Message(block)
            if message.text:
                yield message

    def take(self, count: int, seconds: float = TIMEOUT_SECONDS) -> list[Message]:
        """The next `count` messages; fails when they do not come."""
        taken: list[Message] = []
        if count == 0:
            return taken
        for message in self.messages(seconds):
            taken.append(message)
            if len(taken) == count:
                return taken
        raise AssertionError(f"{len(taken)} of {count} messages came")

    def read_available(self) -> None:
        """Moves what has arrived into the buffer without waiting."""
        while select.select([self.socket], [], [], 0)[0]:
            more = self.socket.recv(1 << 20)
            if not more:
                return
            self.bytes_read += len(more)
            self.buffer += more

    def close(self) -> None:
        self.socket.close()


def deadline(seconds: float) -> float:
    return time.monotonic() + seconds
