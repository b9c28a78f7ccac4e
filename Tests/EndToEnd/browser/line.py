"""The line between a page and a server, which a test can cut and mend."""

from __future__ import annotations

import socket
import struct
import threading


class Line:
    """Carries bytes both ways between a port of its own and `there`; while it is cut, whoever comes is reset."""

    def __init__(self, there: tuple[str, int]) -> None:
        self._there = there
        self._is_cut = False
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._listener.close()

    @property
    def url(self) -> str:
        """Where a page connects to."""
        return "ws://127.0.0.1:%d" % self._listener.getsockname()[1]

    def cut(self) -> None:
        """Ends every connection without a word, and lets none through until `mend`."""
        with self._lock:
            self._is_cut = True
            ends, self._ends = self._ends, []
        for end in ends:
            self._reset(end)

    def mend(self) -> None:
        """Lets connections through again."""
        with self._lock:
            self._is_cut = False

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._is_cut:
                    self._reset(near)
                    continue
                far = socket.create_connection(self._there)
                self._ends += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was cut

    @staticmethod
    def _reset(end: socket.socket) -> None:
        try:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RDWR)  # wakes whoever reads from it
        except OSError:
            pass
        end.close()
