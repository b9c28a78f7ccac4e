"""The snippet in real pages of another origin, moved by the browser's own input pipeline, on the real server."""

from __future__ import annotations

from typing import Iterator

import pytest

from chromium import Chromium, Page
from server import Server
from waiting import wait_until
from watcher import Watcher
from website import Site, tag

KEY = "sessionStorage.pointerscope"
TALL = "<style>body { margin: 0; height: 5000px }</style>"


@pytest.fixture
def server(start_server) -> Server:
    """The real one, in the place of the browser tests' usual stand-in."""
    return start_server()


@pytest.fixture
def site(server: Server) -> Iterator[Site]:
    made = Site()
    made.tag = tag(server)
    made.pages = {"/": made.tag + TALL, "/plain": "plain"}
    yield made
    made.close()


@pytest.fixture
def watcher(server: Server) -> Iterator[Watcher]:
    made = Watcher(server)
    yield made
    made.close()


def go(page: Page, site: Site, watcher: Watcher, path: str = "/") -> None:
    """Opens a page and waits until its visitor has been seen, and what it does is told."""
    page.navigate(site.url + path)
    page.call("Page.bringToFront")
    count = 0

    def heard() -> bool:
        nonlocal count
        count += 1
        page.move(5 + count % 2, 5)
        return bool(watcher.find(lambda s: s.get("p") == path)) and watcher.last.get("y") == 5

    wait_until(heard, what="the first move")


def test_a_visitor_is_there_without_moving(page: Page, site: Site, watcher: Watcher, server: Server) -> None:
    page.navigate(site.url + "/")
    wait_until(lambda: watcher.samples, what="the hello")
    hello = watcher.samples[0]
    size = page.evaluate("[innerWidth, innerHeight, document.documentElement.scrollHeight]")
    assert (hello["k"], hello["p"], hello["sx"], hello["sy"]) == ("leave", "/", 0, 0)
    assert [hello["w"], hello["h"], hello["dh"]] == size and size[2] == 5000
    assert len(server.state()["visitors"]) == 1
    page.key("Tab")
    page.evaluate("scrollTo(0, 1234)")
    wait_until(lambda: watcher.find(lambda s: s.get("sy") == 1234), what="the scroll")


@pytest.mark.parametrize("scrolled", [0, 700])
def test_a_thousand_moves_arrive_in_order_exact_and_in_time(
        page: Page, site: Site, watcher: Watcher, scrolled: int) -> None:
    go(page, site, watcher)
    page.evaluate("window.seen = []; addEventListener('pointermove', (e) => {"
                  "  for (const c of [...e.getCoalescedEvents(), e]) seen.push(["
                  "    Math.round(c.clientX), Math.round(c.clientY), performance.timeOrigin + c.timeStamp]); });"
                  f"scrollTo(0, {scrolled})")
    before = len(watcher.samples)
    for i in range(1000):
        page.move(100 + i % 900, 50 + (i * 7) % 500)
    wait_until(lambda: (watcher.last["x"], watcher.last["y"]) == (199, 50 + 999 * 7 % 500), what="the last move")
    seen = page.evaluate("seen")
    # What came before, where it had moved to, may arrive behind it.
    moves = [s for s in watcher.samples[before:] if "k" not in s and "sy" not in s and s["y"] != 5]
    index = 0
    for sample in moves:
        # A pointer may rest for some events; the one that is told is the one that had its turn.
        while index < len(seen) and not (
                seen[index][:2] == [sample["x"], sample["y"]] and abs(sample["t"] - seen[index][2]) <= 2.0):
            index += 1
        assert index < len(seen), f"{sample} is out of order, elsewhere or not in time"
    assert len(moves) > 100


def test_clicks_are_what_the_visitor_did(page: Page, site: Site, watcher: Watcher) -> None:
    site.pages["/"] = site.tag + """<style>body { margin: 0 } #b { position: absolute; left: 200px; top: 100px;
        width: 80px; height: 40px }</style><label id=l><input type=checkbox id=c> yes</label>
        <button id=b class="buy now">b</button><button id=n>n</button>"""
    go(page, site, watcher)
    rect = page.evaluate("(({x, y, width, height}) => [x + width - 4, y + height / 2])(l.getBoundingClientRect())")
    page.move(*rect)
    page.click(*rect)
    assert page.evaluate("c.checked") is True
    page.evaluate("b.click(); n.click()")
    page.evaluate("new Promise((done) => setTimeout(done, 400))")
    page.evaluate("b.focus()")
    page.key("Enter")
    wait_until(lambda: "button#b.buy.now" in [s.get("el") for s in watcher.samples], what="the key's click")
    clicks = [(s["el"], s["x"], s["y"]) for s in watcher.samples if s.get("k") == "click"]
    assert [click[0] for click in clicks] == ["label#l", "button#b.buy.now"]
    assert clicks[1][1:] == (240, 120)
    assert watcher.kinds("down", "up") == ["down", "up"]


def test_what_is_dragged_is_let_go(page: Page, site: Site, watcher: Watcher) -> None:
    site.pages["/"] = site.tag + '<body style="margin:0"><a id=a href="/x" style="position:absolute;top:50px">a link</a>'
    go(page, site, watcher)
    page.move(10, 60)
    page.call("Input.dispatchMouseEvent", {"type": "mousePressed", "x": 10, "y": 60, "button": "left", "buttons": 1,
                                           "clickCount": 1})
    for i in range(20):
        page.move(10 + 5 * i, 60, buttons=1)
    page.call("Input.dispatchMouseEvent", {"type": "mouseReleased", "x": 110, "y": 60, "button": "left",
                                           "clickCount": 1})
    page.move(300, 200)
    page.move(301, 200)
    wait_until(lambda: watcher.kinds("cancel", "up"), what="the release")
    assert watcher.kinds("down", "cancel", "up") == ["down", watcher.kinds("cancel", "up")[0]]


def test_routes_are_told_at_once(page: Page, site: Site, watcher: Watcher) -> None:
    go(page, site, watcher)
    for work, path in [("history.pushState(0, '', '/cart?q=1')", "/cart"),
                       ("history.replaceState(0, '', '/t/0123456789abcdef0123')", "/t/*"),
                       ("history.back()", "/")]:
        before = len(watcher.samples)
        page.evaluate(work)
        wait_until(lambda: any(s.get("p") == path for s in watcher.samples[before:]), what=path)


def test_a_walk_is_one_visitor_and_a_copied_tab_another(
        chromium: Chromium, page: Page, site: Site, watcher: Watcher) -> None:
    go(page, site, watcher)
    assert page.evaluate(KEY) == ""
    page.reload()
    # Who is gone before the welcome has the old token alone, which is used up.
    before = len(watcher.samples)
    wait_until(lambda: len(watcher.samples) > before + 1 or page.move(7 + len(watcher.samples) % 2, 5),
               what="the page after the reload")
    page.navigate(site.url + "/plain")
    assert page.evaluate(KEY).startswith("~")
    page.evaluate("history.back()")
    page.wait_for("location.pathname === '/'")
    go(page, site, watcher)
    assert len(watcher.ids) == 1
    assert not any("kill" in message for message in watcher.messages)
    before = set(chromium.page_targets())
    page.evaluate(f"void window.open('{site.url}/')")
    [opened] = wait_until(lambda: set(chromium.page_targets()) - before, what="the other tab")
    other = chromium.attach(opened)
    wait_until(lambda: len(watcher.ids) == 2, what="another visitor")
    other.close()


def test_the_click_that_leads_away_arrives(page: Page, site: Site, watcher: Watcher) -> None:
    go(page, site, watcher)
    for round_ in range(10):
        page.evaluate("addEventListener('click', () => { location.href = '/plain'; })")
        page.move(20, 20)
        page.click(20, 20)
        page.wait_for("location.pathname === '/plain'")
        wait_until(lambda: len(watcher.kinds("click")) == round_ + 1, what="the click")
        go(page, site, watcher)


def test_privacy_signals_are_obeyed(chromium: Chromium, site: Site, watcher: Watcher, server: Server) -> None:
    for signal, value in (("globalPrivacyControl", "true"), ("doNotTrack", "'1'"), ("doNotTrack", "'yes'")):
        page = chromium.new_page()
        page.run_before_load(f"Object.defineProperty(Navigator.prototype, '{signal}', {{ get: () => {value} }});")
        page.navigate(site.url + "/")
        page.wait_for("!!window.pointerscope")
        for i in range(20):
            page.move(i, i)
        page.evaluate("pointerscope.start()")
        page.navigate(site.url + "/plain")
        assert page.evaluate(KEY) is None
        page.close()
    assert watcher.samples == [] and server.state()["visitors"] == []


def test_nothing_that_markup_names_is_believed(page: Page, site: Site, watcher: Watcher) -> None:
    names = ["hidden", "currentScript", "documentElement", "visibilityState", "addEventListener", "location"]
    shadows = "".join(f'<img name={n}><form name={n} data-endpoint="ws://127.0.0.1:9"></form>' for n in names)
    site.pages["/"] = shadows + '<iframe name=pointerscope></iframe><a id=doNotTrack>x</a>' + site.tag + TALL
    go(page, site, watcher)
    assert page.evaluate("typeof pointerscope.stop") == "function"


@pytest.mark.parametrize("way", ["module", "import", "inline", "injected"])
def test_ways_to_get_it_onto_a_page(page: Page, site: Site, watcher: Watcher, server: Server, way: str) -> None:
    source = f"{server.http_url}/pointerscope.js"
    site.pages["/"] = {
        "module": f'<script type=module src="{source}"></script>',
        "import": f"<script type=module>await import('{source}'); pointerscope.start();</script>",
        "inline": f"<script>{server.get('/pointerscope.js').text}</script>",
        "injected": f"<script>document.head.append(Object.assign(document.createElement('script'), {{src: '{source}'}}))"
                    "</script>",
    }[way] + TALL
    go(page, site, watcher)


def test_the_module_begins_with_start(page: Page, site: Site, watcher: Watcher, server: Server) -> None:
    site.pages["/"] = (f"<script type=module>import {{ start, identify }} from '{server.http_url}/pointerscope.mjs';"
                       "start({ hash: '' }); identify('Ann');</script>" + TALL)
    go(page, site, watcher)
    wait_until(lambda: watcher.find(lambda s: s.get("n") == "Ann"), what="the name")


def test_a_copy_that_cannot_work_says_why_and_silences_nobody(
        page: Page, site: Site, watcher: Watcher, server: Server) -> None:
    source = f"{server.http_url}/pointerscope.js"
    site.pages["/"] = f"<script type=module data-debug>import '{source}';</script>" + TALL
    page.run_before_load("window.said = []; console.warn = (text) => said.push(text);")
    page.navigate(site.url + "/")
    page.wait_for("said.some((text) => text.includes('no tag of its own'))")
    page.evaluate(f"document.head.append(Object.assign(document.createElement('script'), {{src: '{source}'}}))")
    wait_until(lambda: watcher.samples, what="the copy with a tag")


def test_a_page_that_is_written_anew_can_be_watched_again(
        page: Page, site: Site, watcher: Watcher, server: Server) -> None:
    go(page, site, watcher)
    page.evaluate(f"document.open(); document.write(`<title>new</title>{site.tag.replace('</', '<' + chr(92) + '/')}`);"
                  "document.close();")
    before = len(watcher.samples)

    def heard() -> bool:
        page.move(40 + len(watcher.samples) % 3, 77)
        return any(s["y"] == 77 for s in watcher.samples[before:])

    wait_until(heard, what="a move on the new page")
    assert len(watcher.ids) == 1 and len(server.state()["visitors"]) == 1


def test_frames_of_the_same_origin_speak_through_the_top_page(
        page: Page, site: Site, watcher: Watcher, server: Server) -> None:
    site.pages["/frame"] = site.tag + "<body style='margin:0'>frame"
    site.pages["/"] = site.tag + ("<body style='margin:0'><iframe src=/frame style='position:absolute; left:100px;"
                                  "top:200px; width:300px; height:200px; border:5px solid'></iframe>")
    go(page, site, watcher)

    def inside() -> bool:
        page.move(150 + len(watcher.samples) % 3, 250)
        return watcher.last.get("y") == 250

    wait_until(inside, what="a move in the frame")
    page.click(152, 250)
    wait_until(lambda: watcher.kinds("click"), what="the click in the frame")
    assert (watcher.last["x"], watcher.last["y"]) == (152, 250)
    assert len(watcher.ids) == 1 and len(server.state()["visitors"]) == 1


def test_a_frame_without_it_is_out_of_the_page(page: Page, site: Site, watcher: Watcher) -> None:
    site.pages["/"] = site.tag + ("<body style='margin:0'><iframe src=/plain style='position:absolute; left:100px;"
                                  "top:200px; width:300px; height:200px'></iframe>")
    go(page, site, watcher)
    page.move(150, 150)
    for x in range(150, 160):
        page.move(x, 250)
    wait_until(lambda: watcher.last.get("k") == "leave", what="going into the frame")
    page.move(500, 100)
    wait_until(lambda: watcher.last.get("x") == 500, what="coming back")
    assert watcher.find(lambda s: s.get("x") == 500 and s.get("k") == "enter")


def test_a_lost_connection_comes_back_as_the_same_visitor(page: Page, site: Site, watcher: Watcher, server: Server) -> None:
    go(page, site, watcher)
    before = len(watcher.samples)
    server.kill_worker(server.worker_pids()[0])
    server.kill_worker(server.worker_pids()[-1])

    def heard() -> bool:
        page.move(40 + len(watcher.samples) % 3, 88)
        return any(s["y"] == 88 and "k" not in s for s in watcher.samples[before:])

    wait_until(heard, 60, "a move after the loss")
    assert len(watcher.ids) == 1
    page.errors.clear()  # the browser reports the connection


def test_a_page_whose_ingest_is_away_is_left_alone(chromium: Chromium, site: Site, server: Server) -> None:
    page = chromium.new_page()
    page.run_before_load("window.thrown = []; addEventListener('error', (e) => thrown.push(e.message));"
                         "addEventListener('unhandledrejection', (e) => thrown.push(String(e.reason)));")
    site.pages["/"] = site.tag.replace("async", 'async data-endpoint="ws://127.0.0.1:9"')
    page.navigate(site.url + "/")
    for i in range(50):
        page.move(i, i)
    page.click(5, 5)
    page.wait_for("performance.now() > 500")
    assert page.evaluate("thrown") == []
    page.close()
