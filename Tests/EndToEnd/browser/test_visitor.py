"""What a visitor does in a real page, with real input, is what a viewer of the real server is told.

Each of these was wrong in a browser once; the right value stands in the test's name.
"""

from __future__ import annotations

import json
import time

import pytest

from website import RECORDER, tag
from waiting import wait_until
from watcher import Watcher

TALL = "height: 5000px;"


@pytest.fixture
def server(start_server):
    """The real one, in the place of the fake of the other browser tests."""
    return start_server()


def visitors(server) -> list[dict]:
    return server.state()["visitors"]


def open_page(visitor, url: str, watcher: Watcher) -> None:
    """Goes there and waits until the server has its visitor, and the page what hears more than that."""
    before = len(watcher.samples)
    visitor.navigate(url)
    watcher.until(lambda: len(watcher.samples) > before, "the opening sample")
    # That is fetched after the welcome; on a slow machine what a visitor does before is over by then.
    wait_until(lambda: visitor.evaluate("typeof navigator.pointerscope?.hear") == "function", 30, "what hears it")


def move_until_seen(visitor, watcher: Watcher, x: int, y: int) -> dict:
    """Moves there until it is told: what listens to moves is loaded when the server asks for them."""
    def seen() -> dict | None:
        visitor.move(x + 1, y)
        visitor.move(x, y)
        return next((s for s in reversed(watcher.samples) if (s["x"], s["y"]) == (x, y)), None)
    return wait_until(seen, 30, lambda: f"a move to {x}, {y}; the newest are {watcher.samples[-5:]}")


# Presence, scrolling, places


def test_a_visitor_who_moves_no_pointer_is_present(visitor, server, site) -> None:
    watcher = Watcher(server)
    open_page(visitor, site.page("/still", tag(server), "<button>one</button><button>two</button>", style=TALL), watcher)
    assert len(visitors(server)) == 1
    first = watcher.samples[0]
    assert first["k"] == "leave" and first["p"] == "/still"
    assert [first["w"], first["h"]] == visitor.evaluate("[innerWidth, innerHeight]")
    assert (first["sx"], first["sy"]) == (0, 0) and first["dh"] >= 5000
    visitor.key("Tab")
    visitor.evaluate("scrollTo(0, 700)")
    watcher.until_sample(k="scroll", sy=700)
    assert len(watcher.ids) == 1 and len(visitors(server)) == 1


def test_scrolling_is_seen_and_places_are_the_documents(visitor, server, site) -> None:
    watcher = Watcher(server)
    open_page(visitor, site.page("/tall", tag(server), style=TALL), watcher)
    move_until_seen(visitor, watcher, 100, 120)
    visitor.wheel(100, 120, 1200)
    visitor.wait_for("scrollY > 0")
    visitor.evaluate("scrollTo(0, 2345)")
    assert watcher.until_sample(k="scroll", sy=2345)["y"] == 120
    move_until_seen(visitor, watcher, 200, 220)
    offsets = [s["sy"] for s in watcher.samples if "sy" in s]
    assert offsets[-1] == 2345


@pytest.mark.parametrize("name", ["plain", "scrolled", "framed", "zoomed"])
def test_a_thousand_moves_arrive_in_order_with_their_times(visitor, start_server, site, name: str) -> None:
    server = start_server("--sampling", "120")
    body = f"<iframe src='{site.other_url}/empty' style='position: absolute; left: 900px; top: 0'></iframe>"
    site.pages["/empty"] = ""
    style = TALL + ("zoom: 1.25;" if name == "zoomed" else "")
    url = site.page("/moves", tag(server), body if name == "framed" else "", f"<script>{RECORDER}</script>", style)
    watcher = Watcher(server)
    open_page(visitor, url, watcher)
    if name == "scrolled":
        visitor.evaluate("scrollTo(0, 1500)")
        watcher.until_sample(k="scroll", sy=1500)
    move_until_seen(visitor, watcher, 3, 3)  # what hears moves is there
    visitor.evaluate("void (heard.length = 0)")
    before = len(watcher.samples)
    path = [(5 + i % 400, 5 + i // 5) for i in range(1000)]
    began = time.monotonic()
    for number, place in enumerate(path):
        while (early := began + number * 0.005 - time.monotonic()) > 0:
            time.sleep(early)  # a mouse reports so often, whatever the page does
        visitor.move_many([place])
    watcher.until_sample(60, x=path[-1][0], y=path[-1][1])
    heard = visitor.evaluate("heard")
    told = [s for s in watcher.samples[before:] if "k" not in s and (s["x"], s["y"]) not in ((3, 3), (4, 3))]
    heard = [one for one in heard if (round(one[0]), round(one[1])) not in ((3, 3), (4, 3))]
    places = [(round(x), round(y)) for x, y, _ in heard]
    assert places[-1] == path[-1]
    # Neighbours at one place, or in one step of the wire's clock, may be one.
    # A machine that is busy has its server ask for less.
    slowest = min([line["rate"] for line in server.events("sampling") if line["rate"]], default=120)
    assert_is_told([(*place, time) for place, (_, _, time) in zip(places, heard)],
                   [(s["x"], s["y"], s["t"]) for s in told], max(20, 1100 / slowest))
    assert watcher.numbers == list(range(watcher.numbers[0], watcher.numbers[0] + len(watcher.numbers)))


def assert_is_told(heard: list[tuple], told: list[tuple], gap: float) -> None:
    """Every place that is told was heard, in that order, within 2 ms of its time; none is left out that is told of
    by no other within so many milliseconds."""
    position = 0
    for x, y, time in told:
        found = next((i for i in range(position, len(heard))
                      if heard[i][:2] == (x, y) and abs(heard[i][2] - time) <= 2.1), None)
        assert found is not None, f"{(x, y, time)} was not heard after {heard[max(0, position - 1):position + 3]}"
        left_out = heard[position:found]
        assert all(any(abs(other[2] - one[2]) < gap for other in (heard[found], heard[max(0, position - 1)])) or
                   one[:2] == heard[found][:2] for one in left_out), f"left out: {heard[max(0, position - 1):found + 1]}"
        position = found + 1
    assert heard[position:] == [] or all(one[:2] == told[-1][:2] for one in heard[position:])


# Presses that end without a release


def test_a_finger_that_scrolls_is_released(chromium, server, site) -> None:
    page = chromium.new_page()
    page.call("Emulation.setTouchEmulationEnabled", {"enabled": True})
    watcher = Watcher(server)
    open_page(page, site.page("/touch", tag(server), style=TALL), watcher)

    def tapped() -> bool:
        page.touch("touchStart", (200, 600))
        page.touch("touchEnd")
        return "up" in watcher.kinds()
    wait_until(tapped, 30, "a tap")  # what hears it comes after the welcome
    page.touch("touchStart", (200, 600))
    for y in range(590, 200, -10):
        page.touch("touchMove", (200, y))
    page.touch("touchEnd")
    watcher.until(lambda: "scroll" in watcher.kinds() and "cancel" in watcher.kinds(), "scrolls and the end of a press")
    kinds = watcher.kinds("down", "up", "cancel")
    assert kinds[-2:] == ["down", "cancel"] and kinds.count("cancel") == 1
    assert any(s.get("pt") == "touch" for s in watcher.samples)
    page.close()


def test_a_phone_is_told_in_its_own_pixels(chromium, server, site) -> None:
    page = chromium.new_page()
    page.call("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 3, "mobile": True})
    page.call("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
    watcher = Watcher(server)
    open_page(page, site.page("/phone", tag(server), "<button>here</button>", style=TALL), watcher)
    first = watcher.samples[0]
    assert (first["w"], first["h"], first["dw"], first["k"]) == (390, 844, 390, "leave")

    def tapped() -> dict | None:
        page.touch("touchStart", (300, 700))
        page.touch("touchEnd")
        # Of the first tap what hears it may have come in time for the end alone.
        return "up" in watcher.kinds() and watcher.find(lambda s: s.get("k") == "click")
    click = wait_until(tapped, 30, "a tap")
    assert (click["x"], click["y"]) == (300, 700)
    assert {(s["x"], s["y"]) for s in watcher.samples if s.get("k") in ("down", "up")} == {(300, 700)}
    assert {s["pt"] for s in watcher.samples if "pt" in s} == {"touch"}
    # A second finger changes nothing of the first one's stroke.
    before = watcher.kinds("down").count("down")
    page.touch("touchStart", (100, 600), (200, 500))
    page.touch("touchEnd")
    watcher.until(lambda: watcher.kinds("down").count("down") > before, "the stroke of two fingers")
    assert watcher.find(lambda s: (s["x"], s["y"]) == (200, 500)) is None
    assert len(watcher.ids) == 1
    page.close()


@pytest.mark.parametrize("what", ["<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' width=200 height=200>",
                                  "<a href='/elsewhere' style='display:block;width:200px;height:200px'>a link</a>"])
def test_a_mouse_that_drags_a_picture_or_a_link_is_released(page, server, site, what: str) -> None:
    # Firefox without a screen ends no drag: the page is told nothing more of the mouse.
    watcher = Watcher(server)
    open_page(page, site.page("/drag", tag(server), what), watcher)
    move_until_seen(page, watcher, 50, 50)
    page.press()
    for step in range(60, 200, 10):
        page.move(step, step, buttons=1)
    page.release()
    watcher.until(lambda: {"up", "cancel"} & set(watcher.kinds()), "the end of the press")
    kinds = [kind for kind in watcher.kinds() if kind in ("down", "up", "cancel")]
    assert kinds in (["down", "cancel"], ["down", "up"], ["down", "cancel", "up"])


# From page to page


def test_a_walk_over_pages_is_one_visit(visitor, server, site) -> None:
    for path in ("/one", "/two", "/three"):
        site.page(path, tag(server))
    watcher = Watcher(server)
    open_page(visitor, site.url + "/one", watcher)
    [first] = visitors(server)
    for path in ("/two", "/three", "/one"):
        visitor.navigate(site.url + path)
        watcher.until(lambda: watcher.samples[-1].get("p") == path or
                      any(s.get("p") == path for s in watcher.samples[-3:]), path)
    assert watcher.ids == {first["id"]} and watcher.kills == []
    [still] = visitors(server)
    assert still["since"] == first["since"]


def test_a_closed_page_is_gone_after_the_grace_time(chromium, server, site) -> None:
    page = chromium.new_page()
    watcher = Watcher(server)
    open_page(page, site.page("/one", tag(server)), watcher)
    page.close()
    watcher.until(lambda: watcher.kills, "the kill", 20)
    assert watcher.kills == list(watcher.ids)


def test_a_change_of_route_is_told_at_once(visitor, server, site) -> None:
    watcher = Watcher(server)
    open_page(visitor, site.page("/app", tag(server, "data-hash")), watcher)
    visitor.evaluate("history.pushState(0, '', '/app/cart')")
    watcher.until(lambda: any(s.get("p", "").startswith("/app/cart") for s in watcher.samples), "the pushed route", 5)
    visitor.evaluate("history.back()")
    watcher.until(lambda: watcher.samples[-1].get("p") == "/app", "the way back", 5)
    visitor.evaluate("void (location.hash = '#/orders')")
    watcher.until(lambda: "#/orders" in (watcher.samples[-1].get("p") or ""), "the hash route", 5)


# Clicks


def test_a_click_is_what_the_visitor_did(visitor, server, site) -> None:
    body = ("<button id=b style='position:absolute;left:400px;top:300px;width:100px;height:40px'>go</button>"
            "<label style='position:absolute;left:100px;top:100px'>name <input type=checkbox id=c></label>")
    watcher = Watcher(server)
    open_page(visitor, site.page("/clicks", tag(server), body), watcher)
    visitor.evaluate("b.click()")
    visitor.click(110, 108)
    assert visitor.evaluate("c.checked") is True
    watcher.until(lambda: "click" in watcher.kinds(), "the click on the label")
    move_until_seen(visitor, watcher, 20, 20)
    visitor.evaluate("b.focus()")
    visitor.key("Enter")
    watcher.until(lambda: watcher.kinds().count("click") >= 2, "the click by a key")
    move_until_seen(visitor, watcher, 30, 30)
    clicks = [(s["x"], s["y"]) for s in watcher.samples if s.get("k") == "click"]
    assert clicks == [(110, 108), (450, 320)]
    assert [s.get("el", "").split(".")[0].split("#")[0] for s in watcher.samples if s.get("k") == "click"][1] == "button"


# What pages do to their own scripts


@pytest.mark.parametrize("head", [
    "<script>Array.prototype.toJSON = Object.prototype.toJSON = () => 'mine'</script>",
    "<script>JSON.stringify = () => '{}'; Array.prototype.join = () => 'mine'</script>",
    "<form name=hidden></form><img name=currentScript><img name=documentElement>",
    "<form name=visibilityState></form><form name=pointerscope><input name=start></form><iframe name=WebSocket hidden></iframe>",
    "<img name=referrer><img name=body><form name=location></form><img name=addEventListener>",
])
def test_what_a_page_overwrites_or_shadows_changes_nothing(visitor, server, site, head: str) -> None:
    watcher = Watcher(server)
    inline = head if head.startswith("<script") else ""
    body = "" if inline else head
    open_page(visitor, site.page("/odd", "", body + tag(server), inline), watcher)
    move_until_seen(visitor, watcher, 60, 70)
    assert len(watcher.ids) == 1
    assert server.metrics()["pointerscope_events_received_total"] > 0


@pytest.mark.parametrize("first", ["inline", "module", "import"])
def test_a_copy_that_cannot_work_does_not_silence_one_that_can(visitor, server, site, first: str) -> None:
    text = server.get("/pointerscope.js").text
    url = f"{server.http_url}/pointerscope.js"
    head = {"inline": f"<script>{text}</script>", "module": f"<script type=module src='{url}'></script>",
            "import": f"<script type=module>import('{url}')</script>"}[first]
    watcher = Watcher(server)
    site.page("/twice", "", "", head)
    visitor.navigate(site.url + "/twice")
    visitor.evaluate("new Promise((done) => setTimeout(done, 300))")
    visitor.evaluate(f"""new Promise((done) => {{
        const tag = document.createElement('script');
        tag.src = '{url}';
        tag.onload = () => done(1);
        document.head.append(tag);
    }})""")
    watcher.until(lambda: watcher.samples, "the visitor")
    move_until_seen(visitor, watcher, 60, 70)
    assert len(watcher.ids) == 1 and len(visitors(server)) == 1


def test_a_document_opened_anew_is_watched_by_a_second_tag(visitor, server, site) -> None:
    watcher = Watcher(server)
    open_page(visitor, site.page("/open", tag(server)), watcher)
    markup = f"<!doctype html><body>new{tag(server)}</body>"
    visitor.evaluate(f"void (document.open(), document.write({json.dumps(markup)}), document.close())")
    visitor.wait_for("document.body && document.body.textContent.includes('new')")

    def moved() -> bool:
        visitor.move(61, 71)
        visitor.move(60, 70)
        return (60, 70) in watcher.moves
    wait_until(moved, 20, "a move in the document that was opened anew")
    assert len(visitors(server)) == 1


# Frames


def test_a_frame_that_does_not_speak_is_left_for(visitor, server, site, other_site) -> None:
    other_site.pages["/inner"] = "<body>inner"
    body = f"<iframe src='{other_site.url}/inner' style='position:absolute;left:300px;top:100px;width:300px;height:300px'>"
    watcher = Watcher(server)
    open_page(visitor, site.page("/outer", tag(server), body), watcher)
    move_until_seen(visitor, watcher, 100, 150)
    for step in range(5):
        visitor.move(400 + step, 200)
    watcher.until(lambda: watcher.kinds()[-1] == "leave", "the pointer leaving into the frame")
    assert not any(s["x"] >= 300 for s in watcher.samples if s.get("k") != "leave")
    move_until_seen(visitor, watcher, 100, 160)
    assert len(watcher.ids) == 1


def test_frames_of_one_origin_speak_through_the_top_page(visitor, server, site) -> None:
    site.page("/inner", tag(server), "inner")
    body = "".join(f"<iframe src='/inner' style='position:absolute;left:{x}px;top:100px;width:200px;height:200px;"
                   "border:0'></iframe>" for x in (300, 550))
    watcher = Watcher(server)
    open_page(visitor, site.page("/outer", tag(server), body), watcher)
    visitor.wait_for("frames.length === 2")
    top = move_until_seen(visitor, watcher, 100, 50)["id"]

    def seen() -> bool:
        visitor.move(401, 200)
        visitor.move(400, 200)
        return (400, 200) in watcher.moves
    wait_until(seen, 20, "the move in the frame, in the top page's coordinates")
    assert watcher.ids == {top}
    visitor.reload()
    watcher.until(lambda: watcher.samples[-1].get("p") == "/outer", "the page after the reload")
    assert move_until_seen(visitor, watcher, 110, 60)["id"] == top
    assert watcher.ids == {top}
