"""Senders and viewers for the tests that need many samples: Python is quick enough when arrays are prepared."""

from __future__ import annotations

import re
import select
import threading
import time
from collections import defaultdict
from typing import Callable

from wire import RawWebSocket, Stream, frame

SAMPLE = re.compile(rb'id: [0-9a-f]+-(\d+)\ndata: \{"id":"([^"]+)","x":(\d+),"y":(\d+)')
# A kill has a number too.
NUMBERED = re.compile(rb'id: [0-9a-f]+-(\d+)\ndata: \{(?:"kill":"|"id":"([^"]+)","x":(\d+),)')


def batch(visitor: str, first: int, count: int) -> bytes:
    """A frame with an array of samples numbered in x."""
    samples = ",".join('{"id":"%s","x":%d,"y":7}' % (visitor, first + offset) for offset in range(count))
    return frame(f"[{samples}]".encode())


BURST = 50
"""Frames that may be late together; after a longer pause the rest comes later, not all at once."""


class PacedSender(threading.Thread):
    """Sends `rate` samples a second for `seconds`, in arrays of 20, over some connections.

    `heard` says how many of them a viewer has; where it is given, at most `WINDOW` are on their way.
    """

    WINDOW = 8000

    def __init__(self, server, rate: int, seconds: float, connections: int = 20,
                 heard: Callable[[], int] | None = None) -> None:
        super().__init__(daemon=True)
        self.rate, self.seconds = rate, seconds
        self.sockets = [RawWebSocket(server.ingest) for _ in range(connections)]
        self.sent = [0] * connections
        self.frames = 0
        self.heard = heard

    def run(self) -> None:
        began = time.monotonic()
        total = int(self.rate * self.seconds) // 20
        while self.frames < total:
            due = int((time.monotonic() - began) * self.rate / 20) + 1
            if due - self.frames > BURST:
                began += (due - self.frames - BURST) * 20 / self.rate
                due = self.frames + BURST
            if self.heard:
                due = min(due, (self.heard() + self.WINDOW) // 20)
            while self.frames < min(due, total):
                index = self.frames % len(self.sockets)
                self.sockets[index].send(batch(f"v{index}", self.sent[index], 20))
                self.sent[index] += 20
                self.frames += 1
            time.sleep(0.002)

    def finish(self) -> int:
        """Waits until every worker has taken everything; returns how many samples there were."""
        self.join(timeout=self.seconds * 10 + 30)
        assert not self.is_alive()
        for socket in self.sockets:
            socket.ping_and_wait()
        return sum(self.sent)

    def close(self) -> None:
        for socket in self.sockets:
            socket.close()


class CountingViewer(threading.Thread):
    """Reads a stream as fast as it comes: counts, order, the newest of each visitor, the longest silence."""

    def __init__(self, server) -> None:
        super().__init__(daemon=True)
        self.stream = Stream(server)
        self.count = 0
        self.newest: dict[str, int] = defaultdict(lambda: -1)
        self.disordered = 0
        self.gaps = 0
        self.last_n = None
        self.longest_silence = 0.0
        self.is_done = threading.Event()

    def run(self) -> None:
        rest = self.stream.buffer
        heard = None
        while not self.is_done.is_set():
            if not select.select([self.stream.socket], [], [], 0.2)[0]:
                continue
            more = self.stream.socket.recv(1 << 20)
            if not more:
                return
            now = time.monotonic()
            if heard is not None and not self.is_done.is_set():
                self.longest_silence = max(self.longest_silence, now - heard)
            heard = now
            rest += more
            end = rest.rfind(b"\n\n") + 2
            self.take(rest[:end])
            rest = rest[end:]

    def take(self, text: bytes) -> None:
        for n, visitor, x in NUMBERED.findall(text):
            n, visitor = int(n), visitor.decode()
            if self.last_n is not None and n != self.last_n + 1:
                self.gaps += 1
            self.last_n = n
            if not visitor:
                continue
            x = int(x)
            if x <= self.newest[visitor]:
                self.disordered += 1
            self.newest[visitor] = x
            self.count += 1


def newest_in(text: bytes) -> dict[str, int]:
    """The last x of each visitor in an event stream's text."""
    newest = {}
    for _, visitor, x, _ in SAMPLE.findall(text):
        newest[visitor.decode()] = int(x)
    return newest
