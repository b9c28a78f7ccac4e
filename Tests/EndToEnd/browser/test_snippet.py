"""The snippet in a real page, moved by the browser's own input pipeline."""

from __future__ import annotations

from itertools import pairwise

from chromium import Chromium, Page
from fake_server import FakeServer
from waiting import wait_until

KEY = "sessionStorage.getItem('pointerscope')"
#: Counts the connections that the page itself knows to be open: the server knows it earlier.
COUNTER = """
    window.opened = 0;
    window.WebSocket = class extends WebSocket {
        constructor(...parts) {
            super(...parts);
            this.addEventListener('open', () => { window.opened += 1; });
        }
    };"""


def go(page: Page, server: FakeServer) -> None:
    """Opens the sample page and waits for its connection."""
    page.run_before_load(COUNTER)
    page.navigate(server.url + "/")
    page.wait_for("window.opened >= 1")
    wait_until(lambda: server.sockets, what="the snippet's connection")


def last(server: FakeServer) -> dict:
    """The newest sample."""
    return server.samples[-1] if server.samples else {}


def move_until_seen(page: Page, server: FakeServer, x: int, y: int) -> str:
    """Moves to a place and returns the id that arrived from there."""

    def seen() -> str | None:
        page.move(x + 1, y)
        page.move(x, y)
        return next((s["id"] for s in server.samples if (s["x"], s["y"]) == (x, y)), None)

    return wait_until(seen, what=f"a sample at {x}, {y}")


def test_real_moves_arrive_in_order_and_the_last_one_arrives(page: Page, server: FakeServer) -> None:
    go(page, server)
    assert server.sockets[0].subprotocol == "json"
    path = [(100 + 4 * i, 50 + 2 * i) for i in range(200)]
    for x, y in path:
        page.move(x, y)
    wait_until(lambda: (last(server).get("x"), last(server).get("y")) == path[-1], what="the last move")
    moves = [(s["x"], s["y"]) for s in server.samples if "k" not in s]
    assert all(place in path for place in moves)
    assert all(a[0] <= b[0] for a, b in pairwise(moves))
    assert len({s["id"] for s in server.samples}) == 1
    first = server.samples[0]
    size = page.evaluate("[innerWidth, innerHeight]")
    assert [first["w"], first["h"]] == size and first["p"] == "/"


def test_a_click_is_down_up_click_in_order(page: Page, server: FakeServer) -> None:
    go(page, server)
    page.move(30, 30)
    page.click(30, 30)
    wait_until(lambda: last(server).get("k") == "click", what="the click")
    kinds = [s["k"] for s in server.samples if s.get("k") in ("down", "up", "click")]
    assert kinds == ["down", "up", "click"]


def test_at_most_one_message_a_frame(page: Page, server: FakeServer) -> None:
    page.run_before_load("""
        window.log = [];
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (text) { log.push('message'); return send.call(this, text); };
        (function frame() { log.push('frame'); requestAnimationFrame(frame); })();
    """)
    go(page, server)
    for i in range(300):
        page.move(i, i)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    log = page.evaluate("log")
    assert log.count("message") > 3
    assert ("message", "message") not in set(pairwise(log))


def test_a_reload_keeps_the_id_and_a_copied_tab_gets_another(
        chromium: Chromium, page: Page, server: FakeServer) -> None:
    go(page, server)
    first = move_until_seen(page, server, 40, 40)
    page.reload()
    wait_until(lambda: len(server.sockets) >= 2, what="the connection after the reload")
    assert move_until_seen(page, server, 50, 50) == first
    before = set(chromium.page_targets())
    page.evaluate(f"void window.open('{server.url}/')")  # gets a copy of sessionStorage
    [opened] = wait_until(lambda: set(chromium.page_targets()) - before, what="the other tab")
    other = chromium.attach(opened)
    other.wait_for("document.readyState === 'complete'")
    other.call("Page.bringToFront")
    wait_until(lambda: len(server.sockets) >= 3, what="the other tab's connection")
    second = move_until_seen(other, server, 60, 60)
    assert second != first
    other.close()
    page.call("Page.bringToFront")
    page.reload()
    assert move_until_seen(page, server, 70, 70) == first


def test_the_id_survives_a_walk_and_the_way_back(page: Page, server: FakeServer) -> None:
    go(page, server)
    first = move_until_seen(page, server, 40, 40)
    assert page.evaluate(KEY) is None
    page.navigate(server.url + "/plain")
    assert page.evaluate(KEY) == first
    wait_until(lambda: server.sockets[0].close_code is not None, what="the goodbye of the page")
    page.evaluate("history.back()")
    page.wait_for("location.pathname === '/'")
    wait_until(lambda: len(server.sockets) >= 2, what="the connection of the page that is back")
    assert move_until_seen(page, server, 50, 50) == first


def test_the_click_that_leads_away_arrives(page: Page, server: FakeServer) -> None:
    go(page, server)
    page.evaluate("addEventListener('click', () => { location.href = '/plain'; })")
    page.move(20, 20)
    page.click(20, 20)
    page.wait_for("location.pathname === '/plain'")
    wait_until(lambda: any(s.get("k") == "click" for s in server.samples), what="the click")


def test_closing_the_page_closes_the_connection(chromium: Chromium, server: FakeServer) -> None:
    page = chromium.new_page()
    go(page, server)
    page.close()
    wait_until(lambda: server.sockets[0].close_code is not None, what="the end of the connection")


def test_privacy_signals_are_obeyed(chromium: Chromium, server: FakeServer) -> None:
    for signal, value in (("globalPrivacyControl", "true"), ("doNotTrack", "'1'")):
        page = chromium.new_page()
        page.run_before_load(
            f"Object.defineProperty(Navigator.prototype, '{signal}', {{ get: () => {value} }});")
        page.navigate(server.url + "/")
        assert page.evaluate("document.getElementById('private').hidden") is False
        page.wait_for("performance.getEntriesByName(location.origin + '/pointerscope.js').length === 1")
        for i in range(20):
            page.move(i, i)
        page.click(30, 30)
        page.navigate(server.url + "/plain")
        assert page.evaluate(KEY) is None
        page.close()
    assert server.sockets == [] and server.messages == []


def test_a_lost_connection_comes_back_and_goes_on(page: Page, server: FakeServer) -> None:
    go(page, server)
    first = move_until_seen(page, server, 40, 40)
    server.sockets[0].close(1012)
    wait_until(lambda: len(server.sockets) >= 2, 60, "the next connection")
    wait_until(lambda: server.samples[-1].get("w"), what="the place of the pointer on the new connection")
    assert (last(server)["x"], last(server)["y"]) == (40, 40)
    assert move_until_seen(page, server, 80, 80) == first


def test_a_page_whose_ingest_is_away_is_left_alone(chromium: Chromium, server: FakeServer) -> None:
    page = chromium.new_page()
    page.run_before_load("window.thrown = []; addEventListener('error', (e) => thrown.push(e.message));"
                         "addEventListener('unhandledrejection', (e) => thrown.push(String(e.reason)));")
    page.navigate(server.url + "/plain")
    page.evaluate("""new Promise((done) => {
        const tag = document.createElement('script');
        tag.src = '/pointerscope.js';
        tag.dataset.ingest = 'ws://127.0.0.1:9';
        tag.onload = done;
        document.head.append(tag);
    })""")
    for i in range(50):
        page.move(i, i)
    page.click(5, 5)
    page.wait_for("performance.now() > 500")
    assert page.evaluate("thrown") == []
    page.close()
