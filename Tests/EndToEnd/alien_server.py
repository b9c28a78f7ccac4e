"""Servers that are none of ours: what `top` and `load` may find at an address."""

from __future__ import annotations

import socket
import threading
from typing import Callable


class Double:
    """Gives each connection to `serve`, in a thread of its own, and closes it behind that."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self.serve = serve
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection: socket.socket) -> None:
        with connection:
            try:
                self.serve(connection)
            except OSError:
                pass

    def end(self) -> None:
        # Closing alone would leave accept(2) where it is.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(timeout=10)


class AlienServer(Double):
    """Answers every connection with some bytes, at once or one by one, and then holds it open or closes it."""

    def __init__(self, answer: bytes, closes: bool = False, seconds_per_byte: float = 0) -> None:
        self.answer = answer
        self.closes = closes
        self.seconds_per_byte = seconds_per_byte
        self.requests: list[bytes] = []
        self.is_over = threading.Event()
        super().__init__(self._answer)

    def _answer(self, connection: socket.socket) -> None:
        self.requests.append(connection.recv(65536))
        if not self.seconds_per_byte:
            connection.sendall(self.answer)
        for index in range(len(self.answer) if self.seconds_per_byte else 0):
            connection.sendall(self.answer[index:index + 1])
            if self.is_over.wait(self.seconds_per_byte):
                return
        if not self.closes:
            self.is_over.wait(60)

    def end(self) -> None:
        self.is_over.set()
        super().end()
