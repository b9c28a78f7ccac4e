"""Two minutes of a server's life in the frames shape, the same in every run.

The last message says that it is 0.4 s past a full second, and every time in it has a fraction of at most 0.4 s; so for
half a second after it has arrived nothing that is counted in seconds changes, and a picture held within that time is
always the same. Nobody moves between 1.8 s before the end and the last full second, because a trail is 1.5 s long.
Where there is little room for many, trails are shorter than what can be timed; then everybody stands still at the end.
"""

from __future__ import annotations

import json
import math
import random
from typing import Iterator

# 2026-01-01 00:00:00 UTC.
BEGIN = 1_767_225_600_000
SECONDS = 120
LAST_TICK = SECONDS * 10 + 4
SETTLED_SECONDS = 0.5
BOOT = "feedfacecafebeef"
PAGES = ["/", "/pricing", "/docs/install", "/docs/operations", "/checkout", "/blog/2026/mice", ""]
WORKERS = [4242, 4243]
VIEWPORTS = [(1920, 1080), (1280, 720), (390, 844), (2560, 1440)]
NAMES = [
    "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett", "kilo", "lima",
    "mike", "november", "oscar", "papa", "quebec", "romeo", "zoë", "山田太郎", "דנה", "cafe\u0301", "\U0001F42D mouse",
    "sixty-four-bytes-" + "x" * 47,
]
# These have not moved for a while when it ends.
RESTING = set(NAMES[14:18])
# This one leaves before the end, and comes back once.
LEAVER = "visitor-who-left"

Message = tuple[str, dict]


class Visitor:
    """Somebody who moves on a path of their own, every `step` ticks of a tenth of a second."""

    def __init__(self, name: str, index: int, chance: random.Random) -> None:
        self.name, self.index = name, index
        self.page = PAGES[index * index % len(PAGES)]
        self.worker = WORKERS[index % 2]
        self.since = BEGIN - 60_000 * (index + 1) + 200
        self.width, self.height = VIEWPORTS[index % len(VIEWPORTS)]
        self.step = 1 + index // 3
        self.turns = chance.uniform(0.03, 0.09), chance.uniform(0.02, 0.11)
        self.shift = chance.uniform(0, 6), chance.uniform(0, 6)

    def sample(self, tick: int, stands_at_end: bool) -> dict:
        moment = min(tick, LAST_TICK - 4) if stands_at_end else tick
        x = self.width * (0.5 + 0.42 * math.sin(moment * self.turns[0] + self.shift[0]))
        y = self.height * (0.5 + 0.42 * math.cos(moment * self.turns[1] + self.shift[1]))
        found = {"id": self.name, "x": round(x, 1), "y": round(y, 1)}
        second, tenth = divmod(tick, 10)
        kind = None
        if (second + self.index * 3) % 7 == 0:
            kind = {0: "down", 1: "up", 2: "click"}.get(tenth)
        elif (second + self.index * 5) % 11 == 0:
            kind = {3: "scroll"}.get(tenth)
        # A ring spreads around each click for a while, in steps too short to be caught.
        if kind and tick < LAST_TICK - 22:
            found.update(k=kind, b=1 if kind == "down" else 0)
        found.update(w=self.width, h=self.height)
        if self.page:
            found["p"] = self.page
        return found

    def entry(self) -> dict:
        return {"id": self.name, "since": self.since, "worker": self.worker}


def messages(stands_at_end: bool) -> Iterator[Message]:
    """Everything after the first keyframe, in order."""
    chance = random.Random(20_261_120)
    crowd = [Visitor(name, index, chance) for index, name in enumerate(NAMES)]
    leaver = Visitor(LEAVER, 5, chance)
    for tick in range(1, LAST_TICK + 1):
        joins = [visitor.entry() for visitor in crowd if tick == 1 + visitor.index * 3]
        leaves = []
        if tick in (102, 604):
            joins.append({**leaver.entry(), "since": BEGIN + tick * 100})
        if tick in (504, 904):
            leaves.append(LEAVER)
        samples = [visitor.sample(tick, stands_at_end) for visitor in crowd if moves(visitor, tick)]
        if 102 <= tick < 504:
            samples.append(leaver.sample(tick, stands_at_end))
        frame = {key: value for key, value in [("joins", joins), ("samples", samples), ("leaves", leaves)] if value}
        if frame:
            yield "frame", {"at": BEGIN + tick * 100, **frame}
        if tick % 10 == 2:
            yield "status", status(tick // 10, chance)


def moves(visitor: Visitor, tick: int) -> bool:
    if tick <= 1 + visitor.index * 3 or tick % visitor.step:
        return visitor.name not in RESTING and tick >= LAST_TICK - 4
    if LAST_TICK - 4 > tick > LAST_TICK - 22:
        return False
    # Where a moment of a visitor is shown in seconds it has to lie in the first half of one.
    is_resting = visitor.name in RESTING and tick > LAST_TICK - 100 * (1 + visitor.index % 4) - 50
    return not is_resting and (tick % 10 <= 4 or visitor.name not in RESTING)


def status(second: int, chance: random.Random) -> dict:
    """What a server with two workers says of itself in its `second`-th second."""
    workers = []
    for index, pid in enumerate(WORKERS):
        rate = 60 + 40 * math.sin(second / 9 + index * 2) + chance.uniform(0, 8)
        workers.append({
            "pid": pid, "state": "running", "connections": 12 + index, "rate": round(rate, 1), "restarts": index,
            "rss": 5_300_000 + 4096 * (second // 7) + index * 700_000, "cpu": round(0.01 + rate / 4000, 3),
            "folded": 17 * index, "received": second * 70 + index * 1000})
    spread = 0.1 + 0.05 * math.sin(second / 5)
    return {
        "workers": workers, "viewers": 2,
        "totals": {"received": second * 140, "relayed": second * 140, "conflated": 17, "kills": second // 9},
        "uptime": 3600.3 + second, "ingest": "127.0.0.1:8081", "http": "127.0.0.1:2112",
        "audience": [
            {"name": "me", "shape": "frames", "hz": 10, "behind": 0, "conflated": 0, "sent": 1000 * second,
             "age": 60.25 + second, "idle": 0.1},
            {"name": "slow", "shape": "samples", "behind": 1234, "conflated": 5 * second, "sent": 200 * second,
             "age": 30.25 + second, "idle": 4.25}],
        "latency": {
            "relayed": {"p50": round(spread, 3), "p99": round(spread * 5, 3), "max": round(spread * 9, 3)},
            "encoded": {"p50": 48.5, "p99": 99.25, "max": 101.5}},
        "refused": {"1002": 1, "1003": 0, "1007": 2, "1008": 5, "1009": 0, "handshake": 3, "origin": 0, "capacity": 0},
        "log": [
            {"event": "ready", "time": "2025-12-31T23:00:00.123Z", "ingest": "127.0.0.1:8081", "workers": 2},
            {"event": "worker_exited", "time": "2025-12-31T23:30:00.500Z", "worker": 1, "worker_pid": 4240,
             "how": "signal 9 (Killed)", "events_lost": 0},
            {"event": "worker_started", "time": "2025-12-31T23:30:00.512Z", "worker": 1, "worker_pid": 4243}],
    }


def first_messages() -> list[Message]:
    """What a viewer gets when it attaches: nobody is here."""
    return [("keyframe", {"at": BEGIN, "visitors": []}),
            ("status", status(0, random.Random(1)))]


def as_stream(items: list[Message]) -> bytes:
    """The bytes of these messages."""
    return b"".join(
        f"id: {BOOT}-{number}\nevent: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
        for number, (event, data) in enumerate(items))
