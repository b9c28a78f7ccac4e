"""What a viewer is told of the visitors of a page, taken up whenever a test asks for it."""

from __future__ import annotations

from typing import Callable

from waiting import wait_until
from wire import Stream


class Watcher:
    """A viewer of the default shape that keeps everything it gets, in order."""

    def __init__(self, server) -> None:
        self._stream = Stream(server)
        self._messages: list[dict] = []
        self._numbers: list[int] = []

    @property
    def messages(self) -> list[dict]:
        """Everything that has come by now: samples and kills."""
        self._stream.read_available()
        for message in self._stream.messages(0.001):
            if message.event != "reset":
                self._messages.append(message.data)
                self._numbers.append(message.n)
        return self._messages

    @property
    def numbers(self) -> list[int]:
        """The n of each message."""
        return self._numbers[:len(self.messages)]

    @property
    def samples(self) -> list[dict]:
        return [message for message in self.messages if "kill" not in message]

    @property
    def kills(self) -> list[str]:
        return [message["kill"] for message in self.messages if "kill" in message]

    @property
    def last(self) -> dict:
        return (self.samples or [{}])[-1]

    @property
    def ids(self) -> set[str]:
        return {sample["id"] for sample in self.samples}

    @property
    def moves(self) -> list[tuple[float, float]]:
        """Where the pointer was moved, in order."""
        return [(s["x"], s["y"]) for s in self.samples if "k" not in s]

    def kinds(self, *wanted: str) -> list[str]:
        """What happened, in order: all of it, or what is wanted."""
        kinds = [sample.get("k", "move") for sample in self.samples]
        return [kind for kind in kinds if not wanted or kind in wanted]

    def find(self, check: Callable[[dict], object]) -> dict | None:
        """The first sample of which that is true."""
        return next((sample for sample in self.samples if check(sample)), None)

    def until(self, probe: Callable[[], object], what: str, seconds: float = 30):
        """Waits until `probe` answers something truthy."""
        return wait_until(probe, seconds, lambda: f"{what}; the newest are {self.samples[-5:]}")

    def until_sample(self, seconds: float = 30, **wanted) -> dict:
        """The newest sample once one came that says these keys."""
        def found():
            return next((s for s in reversed(self.samples)
                         if all(s.get(key) == value for key, value in wanted.items())), None)
        return self.until(found, f"a sample with {wanted}", seconds)

    def close(self) -> None:
        self._stream.close()
