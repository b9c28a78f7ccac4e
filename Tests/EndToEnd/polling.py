"""Whoever polls, over a network that cuts answers off."""

from __future__ import annotations

import random
import socket
import threading
import time

from wire import Message


class CuttingProxy:
    """Passes connections on, and cuts each at some moment within so many seconds, wherever the answer is then.

    Answers go on a few bytes at a time, so that a cut falls within them as well. A message of 64 KiB has to have a
    chance of getting through. Where `stalled` is told, all are cut when the seconds are over, and so many of the
    answers stop somewhere before that.
    """

    def __init__(self, server, seconds: float, bytes_a_second: int, stalled: float | None = None) -> None:
        self.server = server
        self.seconds = seconds
        self._chance = random.Random(12)
        self.pace = bytes_a_second
        self.stalled = stalled
        self.cuts = 0
        #: Of those, before a byte of the answer had gone on.
        self.cut_empty = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def http(self) -> tuple[str, int]:
        return self._listener.getsockname()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self.server.http) as upstream:
            request = client.recv(65536)
            ends = time.monotonic() + (self._chance.uniform(0, self.seconds) if self.stalled is None else self.seconds)
            stops = self._chance.random() if self._chance.random() < (self.stalled or 0) else 1
            upstream.sendall(request)
            passed = 0
            answer = b""
            length = None
            while time.monotonic() < ends:
                if length is None or len(answer) < length:
                    upstream.settimeout(max(0.001, ends - time.monotonic()))
                    try:
                        more = upstream.recv(65536)
                    except TimeoutError:
                        break
                    answer += more
                    if length is None and b"\r\n\r\n" in answer:
                        head = answer.split(b"\r\n\r\n")[0]
                        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
                        length = len(head) + 4 + int(fields[b"content-length"])
                    if not more:
                        break
                piece = answer[passed:passed + max(1, self.pace // 100)]
                if stops < 1 and length is not None:
                    piece = piece[:max(0, int(length * stops) - passed)]
                try:
                    client.sendall(piece)
                except OSError:
                    return
                passed += len(piece)
                if length is not None and passed == length:
                    return
                time.sleep(0.01)
            self.cuts += 1
            self.cut_empty += passed == 0


class Poller:
    """Asks for what comes next, and takes the whole messages of each answer, however it ended."""

    def __init__(self, server, query: str = "") -> None:
        self.server = server
        self.query = query
        self.cursor = ""
        self.answers = 0
        self.statuses: list[int] = []

    def ask(self) -> list[Message]:
        cursor = f"&cursor={self.cursor}" if self.cursor else ""
        with socket.create_connection(self.server.http, timeout=60) as connection:
            connection.sendall(
                f"GET /poll/me?x=1{self.query}{cursor} HTTP/1.1\r\nHost: localhost\r\n"
                "Connection: close\r\n\r\n".encode())
            answer = b""
            try:
                while more := connection.recv(65536):
                    answer += more
            except ConnectionError:
                pass
        self.answers += 1
        if b"\r\n\r\n" not in answer:
            return []
        head, body = answer.split(b"\r\n\r\n", 1)
        self.statuses.append(int(head.split(b" ")[1]))
        messages = [Message(block) for block in body.split(b"\n\n")[:-1]]
        if messages:
            self.cursor = messages[-1].id
        # Where a keyframe was cut off there is no picture to go on from.
        if messages and messages[-1].event == "keyframe" and messages[-1].data.get("more"):
            self.cursor = ""
        return messages
