"""Servers that are none: what `pointerscope top` may find at an address."""

from __future__ import annotations

import socket
import threading


class AlienServer:
    """Answers every connection with some bytes, at once or one by one, and then holds it open or closes it."""

    def __init__(self, answer: bytes, closes: bool = False, seconds_per_byte: float = 0) -> None:
        self.answer = answer
        self.closes = closes
        self.seconds_per_byte = seconds_per_byte
        self.requests: list[bytes] = []
        self.is_over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                self.requests.append(connection.recv(65536))
                if not self.seconds_per_byte:
                    connection.sendall(self.answer)
                for index in range(len(self.answer) if self.seconds_per_byte else 0):
                    connection.sendall(self.answer[index:index + 1])
                    if self.is_over.wait(self.seconds_per_byte):
                        return
                if not self.closes:
                    self.is_over.wait(60)
            except OSError:
                pass

    def end(self) -> None:
        self.is_over.set()
        # Closing alone would leave accept(2) where it is.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(timeout=10)
