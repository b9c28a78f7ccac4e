"""A crowd of made-up visitors for the dashboard: keyframes, frames and statuses at a steady rate."""

from __future__ import annotations

import json
import math
import random
import threading
import time

from fake_server import FakeServer, FakeStream

BOOT = "00000000000000aa"
PAGES = ["/", "/shop", "/shop/shoes", "/cart", "/checkout", "/about", "/blog/2026/on-pointers"]
SCREENS = [(1440, 900), (1920, 1080), (1280, 720), (1728, 1117), (390, 844), (2560, 1440)]


class Walker:
    """A pointer that reaches for one target after another, as a hand does, and clicks on some."""

    def __init__(self, number: int, dice: random.Random) -> None:
        self.dice = dice
        self.id = f"visitor-{number:03d}" if number % 7 else f"{dice.getrandbits(64):x}"
        self.w, self.h = dice.choice(SCREENS)
        self.page = dice.choice(PAGES)
        self.x, self.y = dice.random() * self.w, dice.random() * self.h
        self._aim()

    def _aim(self) -> None:
        self.start = (self.x, self.y)
        self.target = (self.dice.random() * self.w, self.dice.random() * self.h)
        self.steps = self.dice.randint(12, 60)
        self.step = -self.dice.choice([0, 0, 0, 10, 40, 90])

    def samples(self) -> list[dict]:
        """What it sends in one 60th of a second: nothing while it rests."""
        self.step += 1
        if self.step <= 0:
            return []
        part = self.step / self.steps
        eased = part * part * (3 - 2 * part)
        arc = math.sin(math.pi * part) * 0.06
        (x0, y0), (x1, y1) = self.start, self.target
        self.x = x0 + (x1 - x0) * eased + (y1 - y0) * arc
        self.y = y0 + (y1 - y0) * eased - (x1 - x0) * arc
        sample = {"id": self.id, "x": round(self.x), "y": round(self.y)}
        if self.step < self.steps:
            return [sample]
        self._aim()
        if self.dice.random() > 0.15:
            return [sample]
        return [sample, {**sample, "k": "down"}, {**sample, "k": "up"}, {**sample, "k": "click"}]


class Crowd:
    """Feeds a fake server's viewers; `start` and `stop` a thread that keeps the pace."""

    def __init__(self, server: FakeServer, count: int, hz: int = 30, seed: int = 7,
                 restless: bool = False) -> None:
        dice = random.Random(seed)
        self.walkers = [Walker(number, dice) for number in range(count)]
        if restless:  # everyone moves all the time
            for walker in self.walkers:
                walker.dice = _Restless(dice.getrandbits(32))
        self._server = server
        self._hz = hz
        self._n = 0
        self._since = int(time.time() * 1000) - 60_000
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        server.on_attach = self._attach

    def __enter__(self) -> Crowd:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _id(self) -> str:
        return f"{BOOT}-{self._n}"

    def _attach(self, stream: FakeStream) -> None:
        now = int(time.time() * 1000)
        visitors = [{"id": walker.id, "since": self._since + 100 * i, "worker": 4242 + i % 2, "rate": 20.5,
                     "last": now, "x": round(walker.x), "y": round(walker.y), "w": walker.w,
                     "h": walker.h, "p": walker.page} for i, walker in enumerate(self.walkers)]
        half = len(visitors) // 2
        stream.send("keyframe", {"at": now, "visitors": visitors[:half], "more": True}, self._id())
        stream.send("keyframe", {"at": now, "visitors": visitors[half:]}, self._id())
        stream.send("status", self._status(), self._id())

    def _status(self) -> dict:
        rate = self._n / 10
        return {"workers": [{"pid": 4242 + i, "state": "running", "connections": len(self.walkers) // 2,
                             "rate": 1234.5 + i, "restarts": i, "rss": 11_400_000} for i in range(2)],
                "viewers": 1, "totals": {"events_received": self._n, "events_delivered": self._n,
                                         "events_conflated": 0, "events_lost": 0},
                "uptime": 4321.5, "ingest": "127.0.0.1:8081", "http": "127.0.0.1:2112", "rate": rate}

    def _run(self) -> None:
        started = time.monotonic()
        tick = 0
        while not self._stopping.is_set():
            tick += 1
            pause = started + tick / self._hz - time.monotonic()
            if pause > 0:
                self._stopping.wait(pause)
            samples = [sample for _ in range(60 // self._hz) for walker in self.walkers
                       for sample in walker.samples()]
            self._n += len(samples)
            frame = {"at": int(time.time() * 1000), "joins": [], "samples": samples, "leaves": []}
            self._server.broadcast("frame", json.dumps(frame, separators=(",", ":")), self._id())
            if tick % self._hz == 0:
                self._server.broadcast("status", self._status(), self._id())


class _Restless(random.Random):
    """Dice that never choose a rest."""

    def choice(self, options):  # noqa: ANN001, ANN201
        return options[0]


class Throng:
    """So many visitors that Python could not move each of them live: frames made beforehand, told round and round.

    `guests` more are there at a time: with every frame one comes whom nobody has seen before, and one goes.
    """

    FRAMES = 90

    def __init__(self, server: FakeServer, count: int, pages: int, samples: int, hz: int = 30, seed: int = 7,
                 guests: int = 0) -> None:
        dice = random.Random(seed)
        self._server = server
        self._hz = hz
        self._n = 0
        self._count = count
        self._pages = pages
        self._guests = guests
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._frames = []
        places = [[dice.random() * 1280, dice.random() * 720] for _ in range(count)]
        self._places = places
        for number in range(self.FRAMES):
            parts = []
            for visitor in dice.sample(range(count), samples):
                place = places[visitor]
                place[0] = min(1280, max(0, place[0] + dice.gauss(0, 60)))
                place[1] = min(720, max(0, place[1] + dice.gauss(0, 40)))
                kind = ',"k":"click"' if dice.random() < 0.01 else ""
                page = f',"p":"{self._page(visitor + number)}"' if dice.random() < 0.002 else ""
                parts.append(f'{{"id":"visitor-{visitor}","x":{place[0]:.0f},"y":{place[1]:.0f}{kind}{page}}}')
            self._frames.append(",".join(parts))
        server.on_attach = self._attach

    def __enter__(self) -> Throng:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _page(self, number: int) -> str:
        return f"/shop/department-{number % self._pages}"

    def _attach(self, stream: FakeStream) -> None:
        now = int(time.time() * 1000)
        visitors = [{"id": f"visitor-{i}", "since": now - 60_000 + i, "worker": 4242 + i % 2, "rate": 2.4, "last": now,
                     "x": round(self._places[i][0]), "y": round(self._places[i][1]), "w": 1280, "h": 720,
                     "p": self._page(i)} for i in range(self._count)]
        for first in range(0, self._count, 400):
            part = {"at": now, "visitors": visitors[first:first + 400]}
            if first + 400 < self._count:
                part["more"] = True
            stream.send("keyframe", part, f"{BOOT}-{self._n}")

    def _run(self) -> None:
        started = time.monotonic()
        tick = 0
        while not self._stopping.is_set():
            tick += 1
            pause = started + tick / self._hz - time.monotonic()
            if pause > 0:
                self._stopping.wait(pause)
            self._n += 1000
            at = int(time.time() * 1000)
            joins, first, leaves = self._turn(tick, at)
            samples = f"{first}{self._frames[tick % self.FRAMES]}"
            text = f'{{"at":{at},"joins":[{joins}],"samples":[{samples}],"leaves":[{leaves}]}}'
            self._server.broadcast("frame", text, f"{BOOT}-{self._n}")
            if tick % self._hz == 0:
                status = {"workers": [{"pid": 4242, "state": "running"}], "viewers": 1, "totals": {"received": self._n}}
                self._server.broadcast("status", status, f"{BOOT}-{self._n}")

    def _turn(self, tick: int, at: int) -> tuple[str, str, str]:
        """Who comes with a frame, its first sample, and who goes."""
        if not self._guests:
            return "", "", ""
        come = f'{{"id":"guest-{tick}","since":{at},"worker":4242}}'
        sample = f'{{"id":"guest-{tick}","x":{tick % 1280},"y":{tick % 720},"w":1280,"h":720,"p":"{self._page(tick)}"}},'
        return come, sample, f'"guest-{tick - self._guests}"' if tick > self._guests else ""
