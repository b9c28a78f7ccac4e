"""What a viewer is told of the visitors of a page, taken up while a test goes on."""

from __future__ import annotations

from typing import Callable

from waiting import wait_until
from wire import Stream


class Watcher:
    """A viewer of the default shape that keeps everything it gets."""

    def __init__(self, server) -> None:
        self._stream = Stream(server)
        self._stream.socket.settimeout(60)
        self._messages = self._stream.messages(0.05)
        self.numbers: list[int] = []
        self.samples: list[dict] = []
        self.kills: list[str] = []

    def take(self) -> None:
        """Takes what has come."""
        for message in self._stream.messages(0.05):
            data = message.data
            if message.event == "reset":
                continue
            self.numbers.append(message.n)
            if "kill" in data:
                self.kills.append(data["kill"])
            else:
                self.samples.append(data)

    def until(self, probe: Callable[[], object], what: str, seconds: float = 30):
        """Takes what comes until `probe` answers something truthy."""
        def look():
            self.take()
            return probe()
        return wait_until(look, seconds, lambda: f"{what}; the newest are {self.samples[-5:]}")

    def until_sample(self, seconds: float = 30, **wanted) -> dict:
        """The newest sample once one came that says these keys."""
        def found():
            return next((s for s in reversed(self.samples)
                         if all(s.get(key) == value for key, value in wanted.items())), None)
        return self.until(found, f"a sample with {wanted}", seconds)

    def kinds(self) -> list[str]:
        return [sample.get("k", "move") for sample in self.samples]

    @property
    def ids(self) -> set[str]:
        return {sample["id"] for sample in self.samples}

    @property
    def moves(self) -> list[tuple[float, float]]:
        """Where the pointer was moved, in order."""
        return [(s["x"], s["y"]) for s in self.samples if "k" not in s]
