"""A proxy that drops, repeats and reorders messages of `pointerscope.v1`: what the server says of it, held against what
the proxy did."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Callable

import pytest

from frame_proxy import FrameProxy
from test_v1_gaps import GAPS, MISSING, REPEATED, counts
from wire import Stream
from wire_v1 import Resync, Visitor

Place = tuple[int, int]


class Page(Visitor):
    """A visitor behind a proxy, who says a sync where it is asked for one, and in every 128th message."""

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, 0, 0)
        self.said: list[list[Place]] = [[(0, 0)]]
        """Where each message says that the pointer was."""
        self.syncs: set[int] = set()
        """The numbers of those that begin with one."""
        self.since_sync = 0
        self.resyncs = 0

    def speak(self, chance: random.Random, moves: int = 1) -> None:
        """One message of so many moves."""
        self.since_sync += 1
        asked = [record for record in self.told if isinstance(record, Resync)]
        records = []
        if asked or self.since_sync == 128:
            self.told = [record for record in self.told if not isinstance(record, Resync)]
            self.resyncs += len(asked)
            self.since_sync = 0
            self.syncs.add(self.sequence)
            records.append(self.sync())
        places = []
        for _ in range(moves):
            # Some of them in two bytes, some not.
            reach = chance.choice([30, 30, 2000])
            records.append(self.move(chance.randrange(reach), chance.randrange(reach)))
            places.append((self.x, self.y))
        self.said.append(places)
        self.say_records(*records)


@dataclass
class Wire:
    """Faults by number of message: how a proxy treats one page, and what it has passed on."""

    drops: Callable[[int], bool] = lambda number: False
    repeats: dict[int, int] = field(default_factory=dict)
    """How often a message comes again at once."""
    again: dict[int, int] = field(default_factory=dict)
    """Behind which later message a message comes once more."""
    delays: dict[int, int] = field(default_factory=dict)
    """Behind which later message a message comes instead of in its place."""
    passed: list[int] = field(default_factory=list)
    """The numbers of what went on, in order."""
    kept: dict[int, list[tuple[int, bytes]]] = field(default_factory=dict)

    def __call__(self, number: int, frame: bytes) -> list[bytes]:
        frames = []
        if number in self.again:
            self.kept.setdefault(self.again[number], []).append((number, frame))
        if number in self.delays:
            self.kept.setdefault(self.delays[number], []).append((number, frame))
        elif not self.drops(number):
            frames += [(number, frame)] * (1 + self.repeats.get(number, 0))
        frames += self.kept.pop(number, [])
        self.passed += [number for number, _ in frames]
        return [frame for _, frame in frames]


class Account:
    """What a server has to count of what came, and the messages that it has to take."""

    def __init__(self, passed: list[int], syncs: set[int]) -> None:
        self.gaps = self.missing = self.repeated = 0
        self.taken = []
        newest, is_behind_gap = -1, False
        for number in passed:
            if number <= newest:
                self.repeated += 1
                continue
            if number > newest + 1:
                self.gaps += 1
                self.missing += number - newest - 1
                is_behind_gap = True
            is_behind_gap = is_behind_gap and number not in syncs
            newest = number
            if not is_behind_gap:
                self.taken.append(number)


def random_wire(chance: random.Random, messages: int) -> tuple[Wire, int]:
    """A wire that treats a page badly, but for its hello and its end, and how many messages it swallows for good."""
    wire, dropped, number = Wire(), set(), 1
    while number < messages - 130:
        match chance.randrange(8):
            case 0:
                size = chance.choice([1, 1, 2, 3, chance.randrange(1, 120)])
                dropped.update(range(number, number + size))
                number += size
            case 1:
                wire.repeats[number] = chance.choice([1, 1, 2, 5])
            case 2:
                # Swapped with the next one, or overtaken by a few.
                wire.delays[number] = number + chance.choice([1, 1, 1, 2, 7])
            case 3:
                wire.again[number] = number + chance.choice([1, 5, 60, 100])
        # What is kept comes behind a message that goes on.
        number += chance.randrange(1, 12)
    wire.drops = lambda number: number in dropped
    return wire, len(dropped)


def places_of(stream: Stream, visitors: list[Page], count: int) -> dict[str, list[Place]]:
    """Where viewers saw each of the visitors, all in all `count` times."""
    found: dict[str, list[Place]] = {visitor.id: [] for visitor in visitors}
    for message in stream.take(count, seconds=20):
        found[message.data["id"]].append((message.data["x"], message.data["y"]))
    return found


@pytest.fixture
def through() -> Iterator[Callable]:
    """Makes a page that speaks through a proxy with these faults."""
    proxies = []

    def make(server, wire: Wire) -> Page:
        proxies.append(FrameProxy(server.ingest, wire))
        return Page(proxies[-1].address)

    yield make
    for proxy in proxies:
        proxy.close()


@pytest.mark.parametrize("seed", range(8))
def test_every_gap_is_counted_and_its_neighbours_lose_nothing(start_server, through, seed):
    # One worker, so that damaged and undamaged connections stand side by side.
    server = start_server(workers=1)
    stream = Stream(server)
    chance = random.Random(seed)
    messages = 400
    damaged = [random_wire(chance, messages) for _ in range(3)]
    wires = [*(wire for wire, _ in damaged), Wire(), Wire()]
    pages = [through(server, wire) for wire in wires] + [Page(server.ingest)]
    for _ in range(messages):
        for page in pages:
            page.speak(chance, chance.randrange(4))
            # How soon it hears that a sync is asked for.
            if chance.randrange(4) == 0:
                page.ping_and_wait()
    for page in pages:
        page.ping_and_wait()
    accounts = [Account(wire.passed, page.syncs) for wire, page in zip(wires, pages)]
    for (_, swallowed), account, wire in zip(damaged, accounts, wires):
        # The account is the proxy's: what it swallowed, and what it held back until something newer had come.
        assert account.gaps > 0 and account.repeated > 0
        assert account.missing == swallowed + sum(number not in account_of_first(wire) for number in wire.delays)
        assert not wire.kept
    assert counts(server) == (
        sum(account.gaps for account in accounts), sum(account.missing for account in accounts),
        sum(account.repeated for account in accounts))
    expected = {
        page.id: [place for number in account.taken for place in page.said[number]]
        for page, account in zip(pages, [*accounts, Account(list(range(messages + 1)), set())])}
    for page in pages[len(damaged):]:
        assert expected[page.id] == [place for places in page.said for place in places]
        assert page.resyncs == 0
    assert places_of(stream, pages, sum(map(len, expected.values()))) == expected
    server.metrics().check_accounting()


def account_of_first(wire: Wire) -> set[int]:
    """The messages that came before any newer one."""
    found, newest = set(), -1
    for number in wire.passed:
        if number > newest:
            found.add(number)
            newest = number
    return found


def test_nothing_is_said_of_a_wire_without_faults(server, through):
    stream = Stream(server)
    page = through(server, Wire())
    chance = random.Random(1)
    for _ in range(1000):
        page.speak(chance)
    page.ping_and_wait()
    assert counts(server) == (0, 0, 0) and page.resyncs == 0
    assert places_of(stream, [page], 1001)[page.id] == [place for places in page.said for place in places]


def lossy_range(first: int, count: int) -> Wire:
    return Wire(drops=lambda number: first <= number < first + count)


def say(page: Page, count: int, chance: random.Random) -> None:
    """So many messages, each of which has been heard before the next."""
    for _ in range(count):
        page.speak(chance)
        page.ping_and_wait()


@pytest.mark.parametrize("size", [1, 100, 127, 128, 129, 200, 253, 254, 256 + 1, 256 + 127, 256 + 128, 512 + 254])
def test_gaps_that_a_byte_cannot_tell(server, through, size):
    """Behind a gap of 128 and more all looks late, until the server has heard two of it and asked."""
    stream = Stream(server)
    wire = lossy_range(20, size)
    page = through(server, wire)
    say(page, 19 + size, random.Random(size))
    assert counts(server) == (0, 0, 0)
    say(page, 6, random.Random(size))
    gaps, missing, late = counts(server)
    assert (gaps, missing) == (1, size)
    looks_late = size % 256 >= 128
    assert late <= 2 if looks_late else late == 0
    taken = [number for number in wire.passed if number < 20]
    expected = [place for number in taken for place in page.said[number]]
    sync = min(number for number in page.syncs if number >= 20 + size)
    # No more than those that the server needs to see it, and the one before it was asked.
    assert sync - (20 + size) <= 2
    expected += [place for places in page.said[sync:] for place in places]
    assert places_of(stream, [page], len(expected))[page.id] == expected


@pytest.mark.parametrize("age", [1, 2, 60, 126, 127])
def test_what_comes_again_late_changes_nothing(server, through, age):
    stream = Stream(server)
    page = through(server, Wire(again={30: 30 + age}))
    say(page, 200, random.Random(age))
    assert counts(server) == (0, 0, 1) and page.resyncs == 0
    assert places_of(stream, [page], 201)[page.id] == [place for places in page.said for place in places]


@pytest.mark.parametrize("age", [128, 150, 200, 253])
def test_what_comes_again_far_too_late_is_got_over(server, through, age):
    """A byte cannot tell it from a gap. What it does ends with the sync that the server asks for."""
    stream = Stream(server)
    page = through(server, Wire(again={30: 30 + age}))
    say(page, 30 + age, random.Random(age))
    assert counts(server)[0] == 1
    say(page, 20, random.Random(age))
    last = max(page.syncs)
    assert last - (30 + age) <= 5
    before = [place for places in page.said[:30 + age + 1] for place in places]
    expected = before + [place for places in page.said[last:] for place in places]
    assert places_of(stream, [page], len(expected))[page.id] == expected
    assert counts(server)[:2] == (1, 255 - age)


def test_a_sync_that_is_lost_is_asked_for_again(server, through):
    stream = Stream(server)
    # 5 is lost; 7 is the sync that is asked for behind 6; 9 is the next.
    wire = Wire(drops=lambda number: number in (5, 7))
    page = through(server, wire)
    say(page, 12, random.Random(2))
    assert page.syncs == {7, 9}
    assert counts(server) == (2, 2, 0)
    expected = [place for number in (0, 1, 2, 3, 4, 9, 10, 11, 12) for place in page.said[number]]
    assert places_of(stream, [page], len(expected))[page.id] == expected


def test_what_is_lost_behind_a_gap_is_another_gap(server, through):
    stream = Stream(server)
    page = through(server, Wire(drops=lambda number: number in (5, 7, 8)))
    chance = random.Random(3)
    say(page, 4, chance)
    # 6 shows the gap, but the page hears of it behind 8 only.
    for _ in range(4):
        page.speak(chance)
    page.ping_and_wait()
    say(page, 3, chance)
    assert page.syncs == {9}
    assert counts(server) == (2, 3, 0)
    expected = [place for number in (0, 1, 2, 3, 4, 9, 10, 11) for place in page.said[number]]
    assert places_of(stream, [page], len(expected))[page.id] == expected


def test_what_is_lost_behind_a_sync_is_another_gap(server, through):
    stream = Stream(server)
    page = through(server, Wire(drops=lambda number: number in (5, 8)))
    say(page, 14, random.Random(4))
    assert page.syncs == {7, 10}
    assert counts(server) == (2, 2, 0)
    expected = [place for number in (0, 1, 2, 3, 4, 7, 10, 11, 12, 13, 14) for place in page.said[number]]
    assert places_of(stream, [page], len(expected))[page.id] == expected


def test_what_is_lost_before_the_end_cannot_be_seen(server, through):
    """No message shows it; docs/protocol.md says so."""
    page = through(server, Wire(drops=lambda number: number > 5))
    say(page, 9, random.Random(5))
    page.close_well()
    metrics = server.metrics()
    assert (metrics[GAPS], metrics[MISSING], metrics[REPEATED]) == (0, 0, 0)
    assert metrics["pointerscope_events_received_total"] == 6
