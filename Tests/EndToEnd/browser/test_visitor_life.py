"""A page's connection over navigation, servers that go, networks that block, and wishes for privacy."""

from __future__ import annotations

import time

import pytest

from chromium import Page
from line import Line
from path_proxy import ReverseProxy
from website import tag
from test_visitor import move_until_seen, open_page, visitors
from waiting import wait_until
from watcher import Watcher


@pytest.fixture
def server(start_server):
    """The real one, in the place of the fake of the other browser tests."""
    return start_server()


def test_the_click_that_leads_away_arrives_fifty_times_of_fifty(visitor, server, site) -> None:
    link = "<a href='{}' style='position:absolute;left:0;top:0;width:300px;height:300px'>on</a>"
    site.page("/a", tag(server), link.format("/b"))
    site.page("/b", tag(server), link.format("/a"))
    watcher = Watcher(server)
    open_page(visitor, site.url + "/a", watcher)
    here = "/a"
    for count in range(1, 51):
        # What hears clicks comes after the welcome; a place of this round's own shows that it is there.
        move_until_seen(visitor, watcher, 10 + 2 * count, 20)
        visitor.click(100 + count, 150)
        here = "/b" if here == "/a" else "/a"
        visitor.wait_for(f"location.pathname === '{here}'")
        watcher.until(lambda: len([s for s in watcher.samples if s.get("p") == here]) >= (count + 1) // 2,
                      f"page {count}")
    clicks = [s["x"] for s in watcher.samples if s.get("k") == "click"]
    assert clicks == [100 + count for count in range(1, 51)]
    assert len(watcher.ids) == 1 and watcher.kills == []


def test_a_page_from_the_back_forward_cache_is_the_same_visitor(visitor, server, site) -> None:
    site.page("/one", tag(server))
    site.page("/plain", "")
    watcher = Watcher(server)
    open_page(visitor, site.url + "/one", watcher)
    move_until_seen(visitor, watcher, 40, 40)  # so it was welcomed
    [first] = watcher.ids
    visitor.navigate(site.url + "/plain")
    visitor.evaluate("void history.back()")
    visitor.wait_for("location.pathname === '/one'")

    def seen() -> bool:
        visitor.move(51, 50)
        visitor.move(50, 50)
        return (50, 50) in watcher.moves
    wait_until(seen, 20, "a move after the way back")
    assert watcher.ids == {first} and watcher.kills == []


def test_a_restarted_server_has_its_visitor_back_within_five_seconds_of_a_move(visitor, start_server, site) -> None:
    server = start_server()
    watcher = Watcher(server)
    open_page(visitor, site.page("/one", tag(server)), watcher)
    host, port = server.ingest
    http_host, http_port = server.http
    server.stop_and_check()
    visitor.evaluate("new Promise((done) => setTimeout(done, 8000))")  # long enough for a backoff to grow
    again = start_server("--ingest", f"{host}:{port}", "--http", f"{http_host}:{http_port}")
    visitor.move(70, 70)
    wait_until(lambda: len(visitors(again)) == 1, 5 + 5, "the visitor")
    visitor.errors.clear()  # while it was away each try is told on the console


def test_ten_seconds_without_a_network_cost_nobody_their_identity(visitor, server, site) -> None:
    with Line(server.ingest) as line:
        watcher = Watcher(server)
        open_page(visitor, site.page("/one", tag(server, f'data-endpoint="{line.url}"')), watcher)
        move_until_seen(visitor, watcher, 40, 40)
        ids = set(watcher.ids)
        go_offline(visitor, True)
        line.cut()
        began = time.monotonic()
        step = 0
        while time.monotonic() < began + 10:
            step += 1
            visitor.move(100 + step % 50, 200)
            visitor.evaluate("new Promise((done) => setTimeout(done, 100))")
        assert not any(s["y"] == 200 for s in watcher.samples)
        before = len(watcher.samples)
        line.mend()
        if not go_offline(visitor, False):
            visitor.move(100 + step % 50, 201)
            visitor.move(100 + step % 50, 200)
        watcher.until(lambda: len(watcher.samples) > before, "the visitor, with 5 s to come and 5 to be slow in", 10)
        # Where the pointer had gone meanwhile is the first that is told.
        back = watcher.samples[before]
        assert (back["x"], back["y"], back["p"]) == (100 + step % 50, 200, "/one")
        assert watcher.ids == ids
        move_until_seen(visitor, watcher, 60, 60)
    visitor.errors.clear()  # each try is told on the console


def go_offline(visitor, is_offline: bool) -> bool:
    """Takes the network away as far as a page is told of that, or gives it back; whether this browser can."""
    if not isinstance(visitor, Page):
        return False
    visitor.call("Network.emulateNetworkConditions", {
        "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
    return True


def test_where_websockets_are_blocked_the_page_posts(visitor, server, site) -> None:
    site.headers["Content-Security-Policy"] = (
        f"connect-src http://127.0.0.1:{server.ingest[1]}; script-src 'unsafe-inline' {server.http_url}")
    watcher = Watcher(server)
    visitor.navigate(site.page("/blocked", tag(server)))

    def seen() -> bool:
        visitor.move(81, 80)
        visitor.move(80, 80)
        return (80, 80) in watcher.moves
    visitor.errors.clear()  # what was blocked is told on the console
    wait_until(seen, 60, "a move that was posted")
    visitor.errors.clear()
    assert server.metrics()['pointerscope_identity_tokens_total{result="new"}'] == 0  # nobody got through
    visitor.errors.clear()


def test_where_websockets_are_swallowed_the_page_posts(visitor, start_server) -> None:
    proxy = ReverseProxy("/ps", strips=False)
    proxy.swallows_websockets = True
    proxy.server = server = start_server("--public-url", proxy.url)
    try:
        watcher = Watcher(server)
        visitor.navigate(proxy.url + "/")

        def seen() -> bool:
            visitor.move(81, 80)
            visitor.move(80, 80)
            return (80, 80) in watcher.moves
        wait_until(seen, 60, "a move that was posted")
        assert proxy.requests.count(("GET", "/ps/ws")) == 2
        assert server.metrics()['pointerscope_identity_tokens_total{result="new"}'] == 0
        visitor.errors.clear()  # what was given up is told on the console
    finally:
        proxy.close()


@pytest.mark.parametrize("signal, value", [("globalPrivacyControl", "true"), ("doNotTrack", "'1'"), ("doNotTrack", "'yes'")])
def test_who_asks_not_to_be_watched_is_not_connected_at_all(visitor, server, site, signal: str, value: str) -> None:
    site.page("/private", tag(server))
    visitor.run_before_load(f"Object.defineProperty(Navigator.prototype, '{signal}', {{ get: () => {value} }});")
    visitor.navigate(site.url + "/private")
    visitor.wait_for(f"performance.getEntriesByName('{server.http_url}/pointerscope.js').length === 1")
    for place in range(10, 200, 10):
        visitor.move(place, place)
    visitor.click(30, 30)
    visitor.evaluate("new Promise((done) => setTimeout(done, 500))")
    assert server.metrics()["pointerscope_connections_accepted_total"] == 0
    assert visitor.evaluate("sessionStorage.length") == 0


def test_a_copied_tab_is_a_visitor_of_its_own(chromium, server, site) -> None:
    page = chromium.new_page()
    watcher = Watcher(server)
    open_page(page, site.page("/one", tag(server)), watcher)
    before = set(chromium.page_targets())
    page.evaluate(f"void window.open('{site.url}/one')")  # gets a copy of sessionStorage
    [opened] = wait_until(lambda: set(chromium.page_targets()) - before, what="the other tab")
    other = chromium.attach(opened)
    other.call("Page.bringToFront")
    watcher.until(lambda: len(watcher.ids) == 2, "two visitors")
    assert len(visitors(server)) == 2
    other.close()
    page.close()
