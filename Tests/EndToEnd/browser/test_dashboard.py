"""The dashboard in a real page, against a server that says exactly what the test wants."""

from __future__ import annotations

import re
import time
from typing import Any

from chromium import Page
from crowd import Crowd
from fake_server import FakeServer, FakeStream
from waiting import wait_until

BOOT = "00000000000000aa"
IDS = "[...document.querySelectorAll('.row:not([hidden]) .id')].map((e) => e.textContent)"
PILL = "document.getElementById('connection').innerText.trim()"
#: Pixels of a canvas that are not transparent.
INK = """((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) count += 1;
    return count;
})(document.querySelector('%s'))"""

#: Keeps every text of the pill, which says some things for seconds only, and the most rows that left at a time.
RECORDER = """
    window.said = [];
    window.mostLeaving = 0;
    new MutationObserver(() => {
        const text = document.getElementById('connection')?.textContent.trim();
        if (text && text !== said.at(-1)) said.push(text);
        const leaving = document.querySelectorAll('.row.leaving:not([hidden])').length;
        mostLeaving = Math.max(mostLeaving, leaving);
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });"""


def now() -> int:
    return int(time.time() * 1000)


def visitor(number: int, **more: Any) -> dict:
    """A visitor of a keyframe."""
    return {"id": f"v{number}", "since": now() - 1000 + number, "worker": 7, "rate": 0, "last": now(),
            "x": 10 * number, "y": 20, "w": 1000, "h": 600, "p": "/shop", **more}


def keyframe(stream: FakeStream, visitors: list[dict], n: int, boot: str = BOOT) -> None:
    stream.send("keyframe", {"at": now(), "visitors": visitors}, f"{boot}-{n}")


def frame(server: FakeServer, n: int, **parts: list) -> None:
    """A frame to every viewer."""
    data = {"at": now(), "joins": [], "samples": [], "leaves": [], **parts}
    server.broadcast("frame", data, f"{BOOT}-{n}")


def open_with(page: Page, server: FakeServer, count: int, name: str = "demo") -> None:
    """Opens the dashboard on a server where `count` visitors are."""
    server.on_attach = lambda stream: keyframe(stream, [visitor(i) for i in range(count)], 100)
    page.run_before_load(RECORDER)
    page.navigate(f"{server.url}/admin/{name}")
    page.wait_for(f"{PILL}.startsWith('Live')")


#: What is shown of strangers, and how it is kept apart from the text around it.
SHOWN = """[...document.querySelectorAll(
    '.row:not([hidden]) .id, .row:not([hidden]) .page, #details .name, #details dd bdi, #log bdi, #who')]
    .map((e) => [e.textContent, getComputedStyle(e).unicodeBidi])"""


def wait_until_said(page: Page, pattern: str) -> None:
    """Waits until the pill has said this at some time."""
    page.wait_for(f"said.some((text) => /^{pattern}$/.test(text))")


def connect_again(page: Page) -> None:
    """Presses the pill, when it can be, until the stream goes on."""
    page.wait_for("""(() => {
        const pill = document.getElementById('connection');
        if (!pill.disabled && !(performance.now() - window.pressedAt < 2000)) {
            window.pressedAt = performance.now();
            pill.click();
        }
        return said.includes('Live, resumed');
    })()""")


def test_it_asks_for_frames_under_the_admins_name(page: Page, server: FakeServer) -> None:
    open_with(page, server, 1, name="site.one")
    stream = server.stream(0)
    assert stream.path == "/receive/site.one"
    # What the page calls itself goes with what it asks for, so that it can say whom it looks at.
    [word] = stream.query.pop("viewer")
    assert len(word) == 22
    assert stream.query == {"shape": ["frames"], "hz": ["30"]}
    assert page.evaluate("document.getElementById('who').textContent") == "site.one"


def test_visitors_are_text_in_the_document_with_page_position_and_rate(page: Page, server: FakeServer) -> None:
    open_with(page, server, 3)
    page.wait_for(f"{IDS}.length === 3")
    assert sorted(page.evaluate(IDS)) == ["v0", "v1", "v2"]
    row = "[...document.querySelectorAll('.row')].find((row) => row.querySelector('.id').textContent === 'v2')"
    page.wait_for(f"{row}.querySelector('.position').textContent === '20, 20'")
    assert page.evaluate(f"{row}.querySelector('.page').textContent") == "/shop"
    frame(server, 101, samples=[{"id": "v2", "x": 333, "y": 44, "p": "/cart"}])
    page.wait_for(f"{row}.querySelector('.position').textContent === '333, 44'")
    assert page.evaluate(f"{row}.querySelector('.page').textContent") == "/cart"
    assert float(page.evaluate(f"{row}.querySelector('.rate').textContent")) > 0


def test_strangers_ids_stay_text(page: Page, server: FakeServer) -> None:
    evil = ["<img src=x onerror=alert(1)>", "\u202egnol", "a" * 64, "\"'&amp;", "😀"]
    server.on_attach = lambda stream: keyframe(stream, [visitor(i, id=id) for i, id in enumerate(evil)], 1)
    page.navigate(server.url + "/admin/demo")
    page.wait_for(f"{IDS}.length === 5")
    shown = [id.replace("\u202e", "\\u202e") for id in evil]
    assert sorted(page.evaluate(IDS)) == sorted(shown)
    assert page.evaluate("document.querySelectorAll('main img').length") == 0


def test_joins_and_leaves_are_shown_and_announced(page: Page, server: FakeServer) -> None:
    open_with(page, server, 2)
    frame(server, 101, joins=[{"id": "new", "since": now(), "worker": 7}], leaves=["v1"])
    page.wait_for(f"{IDS}.includes('new')")
    log = "[...document.querySelectorAll('#log li')].map((line) => line.className + ' ' + " \
          "line.querySelector('bdi').textContent)"
    page.wait_for(f"{log}.includes('join new') && {log}.includes('leave v1')")
    page.wait_for(f"!{IDS}.includes('v1')")
    assert page.evaluate("mostLeaving") == 1
    page.wait_for("document.getElementById('announcer').textContent.includes('1 joined, 1 left')")


def test_a_broken_stream_resumes_where_it_stopped(page: Page, server: FakeServer) -> None:
    open_with(page, server, 2)
    frame(server, 123, samples=[{"id": "v0", "x": 1, "y": 1}])
    page.wait_for("document.querySelectorAll('.row').length > 0")
    server.on_attach = lambda stream: keyframe(stream, [visitor(1), visitor(9)], 130)
    # Whoever is let in again at once says only for a moment that the stream broke.
    server.refusal = 503
    server.stream(0).end()
    wait_until_said(page, "Reconnecting.*")
    server.refusal = None
    connect_again(page)
    assert server.stream(1).last_event_id == f"{BOOT}-123"
    page.wait_for(f"{IDS}.includes('v9') && !{IDS}.includes('v0')")
    page.errors.clear()  # the browser reports the refusals


def test_a_restarted_server_is_said_and_its_picture_taken(page: Page, server: FakeServer) -> None:
    open_with(page, server, 2)
    server.on_attach = lambda stream: keyframe(stream, [visitor(5)], 3, boot="00000000000000bb")
    server.stream(0).end()
    wait_until_said(page, "Live, server restarted")
    page.wait_for(f"{IDS}.join() === 'v5'")


def test_refusals_are_outlasted(page: Page, server: FakeServer) -> None:
    open_with(page, server, 1)
    server.refusal = 503
    server.stream(0).end()
    wait_until_said(page, r"Reconnecting in \d+ s")
    wait_until(lambda: server.refused >= 2, 60, "a second attempt")
    assert page.evaluate(IDS) == ["v0"]
    server.refusal = None
    server.on_attach = lambda stream: keyframe(stream, [visitor(1)], 200)
    connect_again(page)
    page.errors.clear()  # the browser reports the refusals


def test_a_pause_holds_the_picture_and_loses_nothing(page: Page, server: FakeServer) -> None:
    open_with(page, server, 1)
    page.wait_for(f"{IDS}.length === 1")
    page.key(" ")
    page.wait_for(f"{PILL} === 'Paused'")
    for n in range(5):
        frame(server, 101 + n, joins=[{"id": f"late{n}", "since": now(), "worker": 7}])
    server.broadcast("status", {"viewers": 77}, f"{BOOT}-106")
    page.evaluate("new Promise((done) => setTimeout(done, 500))")
    assert page.evaluate(IDS) == ["v0"]
    page.key(" ")
    page.wait_for(f"{IDS}.length === 6")
    page.key("h")
    page.wait_for("document.getElementById('health').innerText.includes('77')")


def test_keys_select_focus_and_go_back(page: Page, server: FakeServer) -> None:
    open_with(page, server, 3)
    page.wait_for(f"{IDS}.length === 3")
    name = "document.querySelector('#details .name').textContent"
    page.key("j")
    page.wait_for(f"{name} === 'v0'")
    page.key("ArrowDown")
    page.wait_for(f"{name} === 'v1'")
    page.key("k")
    page.wait_for(f"{name} === 'v0'")
    assert page.evaluate("document.querySelector('.row[aria-selected=true] .id').textContent") == "v0"
    shown = "document.querySelector('.map canvas:last-of-type').getAttribute('aria-label')"
    page.wait_for(f"{shown} === '3 pointers on 1 page'")
    page.key("Enter")
    page.wait_for(f"{shown} === 'The path of v0 on /shop'")
    page.key("Escape")
    page.key("Escape")
    page.wait_for("document.getElementById('details').hidden")
    page.key("?")
    page.wait_for("document.getElementById('help').open")
    page.key("Escape")
    page.wait_for("!document.getElementById('help').open")


def test_a_thousand_visitors_need_only_the_rows_that_are_seen(page: Page, server: FakeServer) -> None:
    open_with(page, server, 1000)
    page.wait_for("document.title.startsWith('1000 ')")
    assert page.evaluate("document.querySelectorAll('.row').length") < 80
    page.evaluate("document.getElementById('list').scrollTop = 1e9")
    page.wait_for(f"{IDS}.includes('v999')")
    assert page.evaluate("document.querySelectorAll('.row').length") < 80
    row = "[...document.querySelectorAll('.row')].find((row) => row.querySelector('.id').textContent === 'v999')"
    assert page.evaluate(f"{row}.getAttribute('aria-posinset') + ' of ' + {row}.getAttribute('aria-setsize')") \
        == "1000 of 1000"


def test_the_chart_and_the_map_draw_what_happens(page: Page, server: FakeServer) -> None:
    with Crowd(server, 5, restless=True):
        page.navigate(server.url + "/admin/demo")
        page.wait_for(f"{IDS}.length === 5")
        page.wait_for(f"{INK % '.map canvas:first-of-type'} > 300")
        page.wait_for(f"{INK % '.paper canvas'} > 300")
        shift = "document.querySelector('.paper canvas').style.transform"
        before = page.evaluate(shift)
        page.wait_for(f"{shift} !== '{before}'")


def test_the_theme_follows_the_system_and_the_button(page: Page, server: FakeServer) -> None:
    open_with(page, server, 1)
    theme = "document.documentElement.dataset.theme"
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate(prefers_color_scheme="dark")
    page.wait_for(f"{theme} === 'dark' && {ground} !== '{light}'")
    page.key("t")
    page.wait_for(f"{theme} === 'light' && {ground} === '{light}'")
    page.reload()
    page.wait_for(f"{theme} === 'light'")


def test_less_motion_means_no_trails_and_a_chart_that_steps(page: Page, server: FakeServer) -> None:
    page.emulate(prefers_reduced_motion="reduce")
    with Crowd(server, 5, restless=True):
        page.navigate(server.url + "/admin/demo")
        page.wait_for(f"{INK % '.paper canvas'} > 300")
        assert page.evaluate(INK % ".map canvas:first-of-type") == 0
        assert page.evaluate(INK % ".map canvas:last-of-type") > 100
        shifts, milliseconds = page.evaluate("""new Promise((done) => {
            const seen = new Set();
            const start = performance.now();
            (function look() {
                seen.add(document.querySelector('.paper canvas').style.transform);
                if (performance.now() - start < 2500) requestAnimationFrame(look);
                else done([seen.size, performance.now() - start]);
            })();
        })""")
        assert shifts <= 2 + milliseconds / 1000


def test_nothing_of_it_breaks_its_content_security_policy(page: Page, server: FakeServer) -> None:
    page.run_before_load("window.violations = [];"
                         "addEventListener('securitypolicyviolation', (e) => violations.push(e.blockedURI));")
    open_with(page, server, 3)
    for key in ("j", "Enter", "t", "s", "?"):
        page.key(key)
    assert page.evaluate("violations") == []


def test_what_is_not_to_be_seen_is_shown_and_kept_apart(page: Page, server: FakeServer) -> None:
    """Control, bidirectional and invisible characters of strangers steer nothing and hide nothing."""
    server.on_attach = lambda stream: keyframe(
        stream, [visitor(0, id="a\u202eb\u200bc", p="/x\u009b31m\u0085\u2066y")], 100)
    page.navigate(f"{server.url}/admin/d%E2%80%AEemo")
    page.wait_for("document.querySelectorAll('.row:not([hidden])').length === 1")
    page.key("j")
    frame(server, 101, joins=[{"id": "\ufeffbob\u3164", "since": now(), "worker": 7}])
    page.wait_for("document.querySelector('#log bdi') && !document.getElementById('details').hidden")
    page.wait_for("document.querySelectorAll('.row:not([hidden])').length === 2")
    shown = page.evaluate(SHOWN)
    texts = [text for text, _ in shown]
    for text in [r"a\u202eb\u200bc", r"/x\u009b31m\u0085\u2066y", r"\ufeffbob\u3164", r"d\u202eemo"]:
        assert text in texts, texts
    assert {isolation for _, isolation in shown} == {"isolate"}, shown
    seen = page.evaluate("document.body.innerText + document.title")
    assert not re.search("[\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]", seen)
