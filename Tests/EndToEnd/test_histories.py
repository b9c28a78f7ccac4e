"""What was before a viewer came: the minutes that the server remembers and tells once."""

from __future__ import annotations

import json

import pytest

from alien_server import AlienServer
from people import People
from server import Server
from terminal import Top
from waiting import wait_until
from wire import Message, RawWebSocket, Stream, close_clients_of

FRAMES = "?shape=frames"
PATHS = {"sue": "/shop/cart", "pat": "/private"}


class Told:
    """The parts of one history, put together."""

    def __init__(self, messages: list[Message]) -> None:
        self.parts = [message.data for message in messages if message.event == "history"]
        self.last_id = messages[-1].id
        statuses = [message.data for message in messages if message.event == "status"]
        self.running = {row["pid"] for status in statuses for row in status["workers"]}
        heads = [part for part in self.parts if "totals" in part]
        self.totals = heads[0]["totals"] if heads else {}
        self.rest = heads[0].get("rest") if heads else None
        self.pages = {page["p"]: page["samples"] for part in self.parts for page in part.get("pages", [])}
        self.workers = {row["pid"]: row for part in self.parts for row in part.get("workers", [])}
        self.visitors = {row["id"]: row["s"] for part in self.parts for row in part.get("visitors", [])}


def count(series: list[list[int]]) -> int:
    return sum(map(sum, series))


def attach(server: Server, token: str = "", headers: str = "", query: str = FRAMES) -> Told:
    """Everything up to the first status, behind which no history begins, and to the end of one that has begun."""
    authority = f"Authorization: Bearer {token}\r\n" if token else ""
    stream = Stream(server, query, headers=authority + headers)
    messages: list[Message] = []
    for message in stream.messages():
        messages.append(message)
        told = [one for one in messages if one.event == "history"]
        if any(one.event == "status" for one in messages) and not (told and told[-1].data.get("more")):
            break
    stream.close()
    return Told(messages)


class Site:
    """A server that two visitors were seen on for some seconds, and who may see what of it."""

    def __init__(self, folder) -> None:
        people = People(folder)
        people.add("ann")
        create = ["token", "create"]
        self.whole = people.succeed(*create, "all", "--role", "operator").stdout.strip()
        self.shop = people.succeed(*create, "shop", "--role", "operator", "--scope", "page:/shop/*").stdout.strip()
        self.server = Server.start("--workers", "2", "--auth", "password", "--state", str(people.state))
        self.sent = {name: 0 for name in PATHS}
        self.visitors = {name: RawWebSocket(self.server.ingest) for name in PATHS}
        wait_until(self._is_told_of_three_seconds, 60, "three seconds of history")

    def _is_told_of_three_seconds(self) -> bool:
        for name in PATHS:
            self.say(name)
        seconds = attach(self.server, self.whole).totals.get("samples", [[], []])[1]
        return sum(1 for value in seconds if value > 0) >= 3

    def say(self, name: str) -> None:
        self.visitors[name].say([{"id": name, "x": 1, "y": self.sent[name], "p": PATHS[name]}] * 3)
        self.visitors[name].ping_and_wait()
        self.sent[name] += 3


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("histories"))
    yield site
    close_clients_of(site.server.ingest, site.server.http)
    site.server.stop_and_check()


def test_who_comes_later_is_told_what_was(site):
    told = attach(site.server, site.whole)
    assert count(told.totals["samples"]) + told.rest == sum(site.sent.values())
    assert told.totals["visitors"][1][-1] == 2 and max(told.totals["pages"][1]) == 2
    assert told.pages.keys() == set(PATHS.values()) and told.visitors.keys() == set(PATHS)
    assert all(0 < count(series) <= site.sent["sue"] for series in told.pages.values())
    assert told.running == told.workers.keys()
    assert "more" not in told.parts[-1] and all(part["more"] for part in told.parts[:-1])


def test_who_is_held_to_pages_is_told_of_those(site):
    told = attach(site.server, site.shop)
    assert told.pages.keys() == {"/shop/cart"} and told.visitors.keys() == {"sue"}
    assert told.workers == {} and told.totals.keys() == {"samples"}
    assert told.totals["samples"] == told.pages["/shop/cart"]


def test_a_filter_is_told_of_what_it_takes(site):
    told = attach(site.server, site.whole, query=FRAMES + "&page=/private")
    assert told.pages.keys() == {"/private"} and told.visitors.keys() == {"pat"}
    told = attach(site.server, site.whole, query=FRAMES + "&visitor=sue")
    assert told.pages == {} and told.visitors.keys() == {"sue"}


def test_who_goes_on_has_the_visitors_already(site):
    first = attach(site.server, site.whole)
    again = attach(site.server, site.whole, headers=f"Last-Event-ID: {first.last_id}\r\n")
    assert again.pages.keys() == first.pages.keys() and again.visitors == {}
    other = attach(site.server, site.whole, headers="Last-Event-ID: 0000000000000000-7\r\n")
    assert other.visitors.keys() == first.visitors.keys()


def test_a_poll_is_told_where_it_begins(site):
    header = {"Authorization": f"Bearer {site.whole}"}

    def poll(cursor: str = "") -> list[Message]:
        answer = site.server.get(f"/poll/adminname{FRAMES}{cursor}", headers=header)
        return [Message(block.encode()) for block in answer.text.split("\n\n") if block]

    first = Told(poll())
    assert first.visitors.keys() == set(PATHS)
    site.say("sue")
    assert Told(poll(f"&cursor={first.last_id}")).parts == []


def test_the_worker_that_was_killed_is_told_of(site):
    before = attach(site.server, site.whole)
    busy = max(before.workers, key=lambda pid: count(before.workers[pid]["samples"]))
    site.server.kill_worker(busy)

    def is_replaced() -> bool:
        told = attach(site.server, site.whole)
        return busy not in told.running and len(told.running) == 2 and told.running < told.workers.keys()

    wait_until(is_replaced, 60, "another worker that is told of")
    told = attach(site.server, site.whole)
    assert count(told.workers[busy]["samples"]) >= count(before.workers[busy]["samples"]) > 0
    assert count(told.totals["samples"]) + told.rest >= count(before.totals["samples"])


def test_the_terminal_begins_with_a_chart():
    at = 1_732_109_508_000
    samples = [[400] * 48, [40] * 115]
    visitor = {"id": "ann", "since": at - 500_000, "last": at - 60_000, "worker": 1, "rate": 0, "x": 1, "y": 2}
    messages = [
        ("keyframe", {"at": at, "visitors": [visitor]}),
        ("history", {"at": at, "totals": {"samples": samples}, "rest": 0, "more": True}),
        ("history", {"at": at, "visitors": [{"id": "ann", "s": "P" * 110 + "A" * 10}]}),
        ("status", {"workers": [], "viewers": 1, "totals": {}, "uptime": 600}),
    ]
    stream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + "".join(
        f"id: 00000000000000aa-7\nevent: {event}\ndata: {json.dumps(data)}\n\n" for event, data in messages)
    server = AlienServer(stream.encode())
    terminal = Top(120, 40, server.address)
    try:
        terminal.wait_for(r"\bann\b")

        def is_filled() -> bool:
            return any(sum("⠁" <= cell <= "⣿" or "▁" <= cell <= "█" for cell in row) > 50 for row in terminal.rows)

        wait_until(is_filled, 30, "a chart of the last minutes")
        assert terminal.quit() == 0
    finally:
        terminal.end()
        server.end()
