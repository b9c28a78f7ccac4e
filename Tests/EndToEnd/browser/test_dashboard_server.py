"""The dashboard and the real server: filters that the server applies, one stream for all tabs, polls for streams."""

from __future__ import annotations

import time
from typing import Callable, Iterator

import pytest

from chromium import Chromium, Page
from path_proxy import ReverseProxy
from server import Server
from test_dashboard import IDS, PILL
from test_dashboard_tabs import CLICKS, TABS
from waiting import wait_until
from wire import RawWebSocket, close_clients_of

#: As many as have the dashboard ask for a page alone, and some; one connection speaks for up to 256 of them.
CROWD = 320
SOCKETS = 2
#: Of them are on `/few`; the others are on five other pages.
FEW = 20
SHOWN_PAGES = "[...new Set([...document.querySelectorAll('.row:not([hidden]) .page')].map((e) => e.textContent))]"
COUNT = "parseInt(document.title)"


def page_of(number: int) -> str:
    return "/few" if number < FEW else f"/many/{number % 5}"


class Crowd:
    """Visitors of the real server, by number."""

    def __init__(self, server: Server) -> None:
        self.sockets = [RawWebSocket(server.ingest) for _ in range(SOCKETS)]
        for part, socket in enumerate(self.sockets):
            numbers = range(part, CROWD, SOCKETS)
            for first in range(0, len(numbers), 50):
                socket.say([self.sample(number) for number in numbers[first:first + 50]])
            socket.ping_and_wait()

    @staticmethod
    def sample(number: int, x: int = 0, **more) -> dict:
        return {"id": f"v{number}", "x": x, "y": 5, "w": 1000, "h": 600, "p": page_of(number), **more}

    def say(self, number: int, x: int = 0, **more) -> None:
        self.sockets[number % SOCKETS].say(self.sample(number, x, **more))


@pytest.fixture(scope="module")
def real() -> Iterator[Server]:
    """One server for all of these; ordinary pages ask it, so it is told of no public URL."""
    server = Server.start("--workers", "1")
    yield server
    close_clients_of(server.ingest, server.http)
    server.stop_and_check()


@pytest.fixture
def proxy(real: Server) -> Iterator[ReverseProxy]:
    """What stands before it, and keeps what was asked for."""
    between = ReverseProxy("", strips=False)
    between.server = real
    yield between
    between.close()


@pytest.fixture
def crowd(real: Server) -> Iterator[Crowd]:
    """Everybody; gone, and known to be gone, when the test is over."""
    visitors = Crowd(real)
    yield visitors
    for socket in visitors.sockets:
        socket.close_well()
    wait_until(lambda: not real.state()["visitors"], 30, "everybody to be gone")


def filters_asked(proxy: ReverseProxy) -> int:
    return proxy.requests.count(("POST", "/receive/ann/filter"))


def streams(proxy: ReverseProxy) -> list[str]:
    return [target for _, target in proxy.requests if target.startswith("/receive/ann?")]


def polls(proxy: ReverseProxy) -> list[str]:
    return [target for _, target in proxy.requests if target.startswith("/poll/ann?")]


def test_a_page_that_is_chosen_is_asked_of_the_server_alone(
        page: Page, real: Server, proxy: ReverseProxy, crowd: Crowd) -> None:
    page.navigate(f"{proxy.url}/admin/ann")
    page.wait_for(f"{COUNT} === {CROWD}")
    asked = streams(proxy)
    button = "[...document.querySelectorAll('#pages button')].find((e) => e.innerText.startsWith('/few'))"
    page.wait_for(f"!!{button}")
    page.evaluate(f"{button}.click()")
    # The title tells how many the dashboard knows: only whom the server sends.
    page.wait_for(f"{COUNT} === {FEW}")
    assert filters_asked(proxy) == 1
    # The same stream goes on.
    assert streams(proxy) == asked
    assert real.state()["viewers"] == 1
    page.wait_for(f"{IDS}.length > 0 && {SHOWN_PAGES}.join() === '/few'")
    # The other pages are counted all the same.
    page.wait_for("document.querySelector('#pages .all .count').textContent === '%d'" % CROWD)
    # Who comes to the page comes, who leaves it goes, and what others do is not heard.
    before = real.metrics()["pointerscope_events_delivered_total"]
    for x in range(50):
        crowd.say(CROWD - 1, x)
    crowd.say(CROWD - 2, p="/few")
    page.wait_for(f"{COUNT} === {FEW + 1}")
    crowd.say(0, p="/many/0")
    crowd.say(CROWD - 2, p="/many/0")
    page.wait_for(f"{COUNT} === {FEW - 1}")
    assert real.metrics()["pointerscope_events_delivered_total"] - before < 10
    # The link leads back to the same.
    assert page.evaluate("location.hash") == "#page=/few"
    page.reload()
    wait_until(lambda: filters_asked(proxy) == 2, 60, "the filter after the reload")
    page.wait_for(f"{COUNT} === {FEW - 1} && {SHOWN_PAGES}.join() === '/few'")
    page.key("Escape")
    page.wait_for(f"{COUNT} === {CROWD} && location.hash === ''")
    real.metrics().check_accounting()


def test_where_streams_are_cut_it_polls_and_misses_nothing(
        page: Page, real: Server, proxy: ReverseProxy, crowd: Crowd) -> None:
    proxy.cut_seconds = 1
    page.navigate(f"{proxy.url}/admin/ann#visitor=v7")
    page.wait_for(f"{PILL} === 'Live, by polling' && {COUNT} === {CROWD}")
    assert page.evaluate("document.getElementById('connection').title").startswith("Streams were cut on the way twice")
    assert len(streams(proxy)) == 2
    page.wait_for(f"{CLICKS} === '0'")
    asked = len(polls(proxy))
    for turn in range(6):
        for x in range(10):
            crowd.say(7, turn * 10 + x, k="click")
        # Each ten are in the answer to another poll, behind which the next one is asked for.
        page.wait_for(f"{CLICKS} === '{turn * 10 + 10}'")
        wait_until(lambda: len(polls(proxy)) > asked + turn, 30, "the next poll")
    assert page.evaluate(CLICKS) == "60"
    assert page.evaluate(PILL) == "Live, by polling"
    # A page goes with the polls, too.
    page.navigate(f"{proxy.url}/admin/ann#page=/few&visitor=v7")
    page.wait_for(f"{COUNT} === {FEW}")
    wait_until(lambda: "page=%2Ffew" in polls(proxy)[-1], 30, "polls for the page alone")
    # Where the way is free again, one key brings the stream back.
    proxy.cut_seconds = None
    page.key("r")
    page.wait_for(f"{PILL}.startsWith('Live') && {PILL} !== 'Live, by polling'")
    wait_until(lambda: real.state()["viewers"] == 1, 30, "one stream, and no poll beside it")
    page.errors.clear()  # the browser reports what was cut


def test_nine_dashboards_have_one_stream_when_the_first_goes(chromium: Chromium, real: Server) -> None:
    ann = RawWebSocket(real.ingest)

    def click() -> None:
        ann.say({"id": "ann", "x": 3, "y": 5, "p": "/", "k": "click"})

    click()
    tabs: list[Page] = []
    for _ in range(TABS):
        url = f"{real.http_url}/admin/ann#visitor=ann"
        tabs.append(chromium.new_page(url, beside=tabs[0] if tabs else None))
        tabs[-1].wait_for(f"{PILL}.startsWith('Live')")
    for tab in tabs:
        tab.bring_to_front()
        tab.wait_for(f"{CLICKS} === '0'")  # all have the keyframe, and count from there
    wait_until(lambda: real.state()["viewers"] == 1, 30, "one stream for all")
    click()
    for tab in tabs:
        tab.bring_to_front()
        tab.wait_for(f"{CLICKS} === '1'")
    tabs.pop(0).close()
    for _ in range(5):
        click()
    assert _seconds_until(lambda: tabs[-1].evaluate(CLICKS) == "6") < 20  # ten times what it may take
    for tab in tabs:
        tab.bring_to_front()
        tab.wait_for(f"{CLICKS} === '6'")
        assert tab.errors == []
    assert real.state()["viewers"] == 1
    for tab in tabs:
        tab.close()
    ann.close_well()
    wait_until(lambda: real.state()["viewers"] == 0 and not real.state()["visitors"], 30, "nobody to be left")


def _seconds_until(probe: Callable[[], bool]) -> float:
    began = time.monotonic()
    wait_until(probe, 60)
    return time.monotonic() - began
