"""Stands between a page and a server, and passes the page's WebSocket messages on as a test tells it to."""

from __future__ import annotations

import socket
import threading
from typing import Callable

from faulty_proxy import read_head

Faults = Callable[[int, bytes], list[bytes]]
"""Given the number of a message on its connection, from 0 on, and its frame: the frames to pass on instead."""


class FrameProxy:
    """A TCP proxy in front of a server's ingest port; `address` is where a page finds it.

    What `faults` makes of each message of the page goes on to the server. Control frames, and all that the server
    says, go on as they are.
    """

    def __init__(self, server: tuple[str, int], faults: Faults) -> None:
        self.server = server
        self.faults = faults
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self.listener.getsockname()
        self.failure: BaseException | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                page, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(page,), daemon=True).start()

    def _serve(self, page: socket.socket) -> None:
        with page, socket.create_connection(self.server, timeout=60) as upstream:
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            head, rest = read_head(page)
            upstream.sendall(head + b"\r\n\r\n")
            threading.Thread(target=self._pass_back, args=(upstream, page), daemon=True).start()
            try:
                self._pass_messages(page, upstream, rest)
            except OSError:
                # Either end is gone, and with it the other.
                pass
            except BaseException as failure:
                self.failure = failure
                raise

    @staticmethod
    def _pass_back(upstream: socket.socket, page: socket.socket) -> None:
        try:
            while data := upstream.recv(65536):
                page.sendall(data)
            page.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _pass_messages(self, page: socket.socket, upstream: socket.socket, data: bytes) -> None:
        frames = Frames(data)
        number = 0
        while (frame := frames.next_whole(page)) is not None:
            passed = [frame]
            if frame[0] & 15 == 2:
                passed = self.faults(number, frame)
                number += 1
            upstream.sendall(b"".join(passed))

    def close(self) -> None:
        self.listener.close()
        assert self.failure is None, self.failure


class Frames:
    """A client's frames, of messages in one piece, out of what comes on its connection; `data` came before."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def next_whole(self, connection: socket.socket) -> bytes | None:
        """The next frame as it came; None where the connection has ended."""
        while (length := self._length()) is None or len(self.data) < length:
            more = connection.recv(65536)
            if not more:
                return None
            self.data += more
        frame, self.data = self.data[:length], self.data[length:]
        return frame

    def next(self, connection: socket.socket) -> tuple[int, bytes] | None:
        """The opcode and payload of the next frame; None where the connection has ended."""
        frame = self.next_whole(connection)
        if frame is None:
            return None
        start = 4 if frame[1] & 127 == 126 else 2
        mask, payload = frame[start:start + 4], frame[start + 4:]
        return frame[0] & 15, bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))

    def _length(self) -> int | None:
        """Bytes of the frame that begins here; None where its head is not whole."""
        if len(self.data) < 4:
            return None
        length = self.data[1] & 127
        if length < 126:
            return 2 + 4 + length
        assert length == 126, "a page's messages are shorter than 64 KiB"
        return 4 + 4 + int.from_bytes(self.data[2:4], "big")
