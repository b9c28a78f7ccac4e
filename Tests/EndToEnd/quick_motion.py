"""So many minutes of a site in quick motion, followed by polls through a proxy that cuts every answer off."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from polling import CuttingProxy, Poller
from wire import RawWebSocket

#: Each minute a hand moves for so long, sixty samples for every second of the minute, and then rests: longer than any
#: answer is let live.
MOVING_SECONDS = 48
SAMPLES_A_MINUTE = 3600
#: Each minute somebody comes, says so much, and goes.
GUEST_SAMPLES = 20
#: A network in which an answer ends only when it is cut: as many bytes a second, and so many answers that stop midway.
PACE = 20_000
STALLED = 0.3
#: How often the hand speaks, in seconds of the clock on the wall.
PERIOD_SECONDS = 0.01
SHAPES = {"samples": "", "frames": "&shape=frames&hz=60"}


@dataclass
class Heard:
    """What the polls of one shape brought, in order."""

    positions: list[int] = field(default_factory=list)
    guests: dict[str, list[int]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    #: Numbers of messages; in the samples shape each counts one.
    numbers: list[int] = field(default_factory=list)
    #: Messages that would say that something was missed.
    anew: int = 0
    answers: int = 0
    cut_midway: int = 0
    cut_empty: int = 0

    def sample(self, told: dict) -> None:
        if told["id"] == "quick":
            self.positions.append(told["x"])
        else:
            self.guests.setdefault(told["id"], []).append(told["x"])


class QuickMotion:
    """`minutes` of the site, `speed` times as fast as the clock; answers are cut after `cut_seconds` of the site."""

    def __init__(self, server, minutes: int, speed: float, cut_seconds: float = 5) -> None:
        self.server = server
        self.minutes = minutes
        self.speed = speed
        self.cut_seconds = cut_seconds
        self.said = 0
        self.heard = {shape: Heard() for shape in SHAPES}
        self.failures: list[BaseException] = []
        self._is_over = threading.Event()

    def run(self) -> None:
        """Returns when everybody has gone and both shapes have told so."""
        pollers = {shape: self._begin(query) for shape, query in SHAPES.items()}
        followers = [threading.Thread(target=self._follow, args=(shape, *pollers[shape])) for shape in SHAPES]
        for follower in followers:
            follower.start()
        try:
            self._say()
        finally:
            for follower in followers:
                follower.join(timeout=60)
            self._is_over.set()
            for _, proxy in pollers.values():
                proxy.close()
        assert not self.failures, self.failures[0]

    def check(self) -> None:
        """Nothing was lost and nothing doubled, of nobody."""
        assert self.said == self.minutes * SAMPLES_A_MINUTE
        guests = {f"guest-{minute}": list(range(GUEST_SAMPLES)) for minute in range(self.minutes)}
        for shape, heard in self.heard.items():
            assert heard.positions == list(range(self.said)), shape
            assert heard.guests == guests, shape
            assert sorted(heard.gone) == sorted([*guests, "quick"]), shape
            assert heard.anew == 0, shape
        numbers = self.heard["samples"].numbers
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        # Every sample, and everybody's end.
        assert len(numbers) == self.said + self.minutes * (GUEST_SAMPLES + 1) + 1

    def _begin(self, query: str) -> tuple[Poller, CuttingProxy]:
        """One who polls through a proxy of its own, from a moment that is known for certain."""
        proxy = CuttingProxy(self.server, self.cut_seconds / self.speed, int(PACE * self.speed), stalled=STALLED)
        direct = Poller(self.server, query)
        direct.ask()
        poller = Poller(proxy, query)
        poller.cursor = direct.cursor
        return poller, proxy

    def _say(self) -> None:
        hand = RawWebSocket(self.server.ingest)
        began = time.monotonic()
        for minute in range(self.minutes):
            guest = RawWebSocket(self.server.ingest)
            guest.say([{"id": f"guest-{minute}", "x": x, "y": 0} for x in range(GUEST_SAMPLES)])
            start = began + minute * 60 / self.speed
            while self.said < (minute + 1) * SAMPLES_A_MINUTE:
                moved = min(1, (time.monotonic() - start) * self.speed / MOVING_SECONDS)
                due = minute * SAMPLES_A_MINUTE + int(moved * SAMPLES_A_MINUTE)
                # However late this is, no message is longer than a hand's.
                for first in range(self.said, due, 200):
                    hand.say([{"id": "quick", "x": x, "y": 0} for x in range(first, min(due, first + 200))])
                self.said = due
                time.sleep(PERIOD_SECONDS)
            guest.close_well()
            time.sleep(max(0, start + 60 / self.speed - time.monotonic()))
        hand.close_well()

    def _follow(self, shape: str, poller: Poller, proxy: CuttingProxy) -> None:
        heard = self.heard[shape]
        try:
            while "quick" not in heard.gone and not self._is_over.is_set():
                for message in poller.ask():
                    if message.event in ("keyframe", "reset"):
                        heard.anew += 1
                    elif message.event == "frame":
                        heard.numbers.append(message.n)
                        for told in message.data["samples"]:
                            heard.sample(told)
                        heard.gone += message.data["leaves"]
                    elif message.event == "" and "kill" in message.data:
                        heard.numbers.append(message.n)
                        heard.gone.append(message.data["kill"])
                    elif message.event == "":
                        heard.numbers.append(message.n)
                        heard.sample(message.data)
        except BaseException as failure:
            self.failures.append(failure)
        heard.answers = poller.answers
        heard.cut_midway, heard.cut_empty = proxy.cuts - proxy.cut_empty, proxy.cut_empty
