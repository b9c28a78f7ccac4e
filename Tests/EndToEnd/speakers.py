"""Visitors who keep sending at steady rates, for tests that look at who is how active."""

from __future__ import annotations

import threading
import time

from waiting import wait_until
from wire import RawWebSocket

PERIOD_SECONDS = 0.1


class Speakers:
    """Each of `rates` (samples a second) is a visitor on a socket of its own, on the page `/NAME` or what `pages`
    says; a rate of 0 speaks once and stays."""

    def __init__(self, server, rates: dict[str, float], pages: dict[str, str] | None = None) -> None:
        self.rates = dict(rates)
        self.pages = pages or {}
        self.server = server
        self.sockets: dict[str, RawWebSocket] = {}
        self.lock = threading.Lock()
        self.is_done = threading.Event()
        for name in rates:
            self.join(name, rates[name])
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def join(self, name: str, rate: float, page: str | None = None) -> None:
        if page is not None:
            self.pages[name] = page
        socket = RawWebSocket(self.server.ingest)
        socket.say(self.sample(name, 0))
        socket.ping_and_wait()
        wait_until(lambda: any(visitor["id"] == name for visitor in self.server.state()["visitors"]), 30, name)
        # No two begin in the same millisecond, so that their order is certain.
        time.sleep(0.002)
        with self.lock:
            self.rates[name] = rate
            self.sockets[name] = socket

    def leave(self, name: str) -> None:
        with self.lock:
            self.sockets.pop(name).close()
            del self.rates[name]

    def say(self, name: str, **fields) -> None:
        """One sample beside the steady ones."""
        with self.lock:
            self.sockets[name].say({**self.sample(name, 1), **fields})

    def sample(self, name: str, step: int) -> dict:
        return {"id": name, "x": 100 + step % 800, "y": 50 + step * 7 % 500, "w": 1000, "h": 600,
                "p": self.pages.get(name, f"/{name}")}

    def _run(self) -> None:
        begin, step = time.monotonic(), 0
        sent = {name: 0 for name in self.rates}
        while not self.is_done.wait(max(0.0, begin + step * PERIOD_SECONDS - time.monotonic())):
            step += 1
            with self.lock:
                for name, rate in self.rates.items():
                    due = int(rate * step * PERIOD_SECONDS)
                    count = min(due - sent.setdefault(name, due), 20)
                    sent[name] = due
                    if count:
                        try:
                            self.sockets[name].say([self.sample(name, step * 20 + offset) for offset in range(count)])
                        except OSError:
                            # The server was ended by the test.
                            return

    def end(self) -> None:
        self.is_done.set()
        self.thread.join(timeout=10)
        for socket in self.sockets.values():
            socket.close()
