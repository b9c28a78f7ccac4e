"""The dashboard by keyboard, on a phone, by link, and for those who do not see it."""

from __future__ import annotations

import base64
import json
from importlib.resources import files

import pytest

from chromium import Page
from crowd import Crowd
from fake_server import FakeServer
from test_dashboard import IDS, INK, frame, keyframe, now, open_with, visitor

VIEW = "document.body.dataset.view"
#: Everything that a finger is meant for, as it is to be seen: what it is and how high.
TARGETS = """[...document.querySelectorAll('button, select, input, a, .row, [role=option]')]
    .filter((e) => e.checkVisibility() && e.id !== 'skip')
    .map((e) => [e.id || e.className || e.textContent, Math.round(e.getBoundingClientRect().height)])"""


def test_the_empty_dashboard_leads_on(page: Page, server: FakeServer) -> None:
    server.on_attach = lambda stream: keyframe(stream, [], 1)
    page.navigate(f"{server.url}/admin/demo")
    page.wait_for("!document.getElementById('empty').hidden")
    assert page.evaluate("document.querySelector('#empty a').href") == f"{server.url}/"
    tag = f'<script async src="{server.url}/pointerscope.js"></script>'
    assert page.evaluate("document.querySelector('#empty code').textContent") == tag
    page.evaluate("document.querySelector('#empty button').click()")
    page.wait_for("document.querySelector('#empty output').textContent !== ''")
    for sign in ("ring", "faint", "shading", "tick"):
        assert page.evaluate("document.querySelector('.legend').innerText").count(sign) >= 1
    frame(server, 2, joins=[{"id": "v0", "since": now(), "worker": 7}])
    page.wait_for("document.getElementById('empty').hidden")


def test_on_a_phone_everything_is_reachable_and_large_enough(page: Page, server: FakeServer) -> None:
    page.resize(390, 844)
    server.on_attach = lambda stream: keyframe(stream, [visitor(i, id=f"sixteen-letters-{i}") for i in range(9)], 1)
    page.navigate(f"{server.url}/admin/demo")
    page.wait_for("document.title.startsWith('9 ')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for tab, part in (("pages", "pages"), ("visitors", "list"), ("journal", "log"), ("map", "map")):
        page.evaluate(f"document.querySelector('#tabs [data-tab={tab}]').click()")
        page.wait_for(f"document.getElementById('{part}').checkVisibility()")
        if tab == "visitors":
            page.wait_for(f"{IDS}.length === 9")
            cut = "[...document.querySelectorAll('.row:not([hidden]) :is(.id, .page)')]" \
                  ".filter((e) => e.scrollWidth > e.clientWidth)"
            assert page.evaluate(f"{cut}.length") == 0
        small = [target for target in page.evaluate(TARGETS) if target[1] < 44]
        assert small == [], tab
    # The tables behind the light are wider than the phone; the way back is not.
    worker = {"pid": 4242, "state": "running", "connections": 12345, "rate": 1234.5, "restarts": 0, "rss": 11_400_000}
    server.broadcast("status", {"workers": [worker], "viewers": 1, "totals": {"received": 1}}, "00000000000000aa-1")
    page.evaluate("document.getElementById('health-light').click()")
    page.wait_for("document.getElementById('health').innerText.includes('4242')")
    outside = "[...document.querySelectorAll('button, .figure')].filter((e) => e.checkVisibility())" \
              ".filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.id)"
    assert page.evaluate(outside) == []


def test_the_pages_filter_everything_with_one_press(page: Page, server: FakeServer) -> None:
    visitors = [visitor(i, p="/a" if i < 2 else "/b") for i in range(5)]
    server.on_attach = lambda stream: keyframe(stream, visitors, 1)
    page.navigate(f"{server.url}/admin/demo")
    page.wait_for(f"{IDS}.length === 5")
    button = "[...document.querySelectorAll('#pages button')].find((e) => e.innerText.startsWith('/a'))"
    page.wait_for(f"!!{button}")
    page.evaluate(f"{button}.click()")
    page.wait_for(f"{IDS}.sort().join() === 'v0,v1'")
    page.wait_for("document.querySelector('#strip b').textContent === '2'")
    page.wait_for("document.getElementById('found').textContent === '2 of 5 visitors'")
    # Who has just left is still in the list, and not counted.
    frame(server, 2, leaves=["v0"])
    page.wait_for("document.querySelector('.row.leaving')"
                  " && document.getElementById('found').textContent === '1 of 4 visitors'", 20)
    assert page.evaluate("location.hash") == "#page=/a"
    assert page.evaluate("document.querySelectorAll('.tile:not([hidden])').length") == 1
    page.reload()
    page.wait_for(f"{IDS}.sort().join() === 'v0,v1'")
    page.key("Escape")
    page.wait_for(f"{IDS}.length === 5 && location.hash === ''")
    page.key("]")
    page.wait_for("location.hash === '#page=/b'")


def test_a_link_leads_back_to_a_visitor_and_a_filter(page: Page, server: FakeServer) -> None:
    server.on_attach = lambda stream: keyframe(stream, [visitor(i) for i in range(12)], 1)
    page.navigate(f"{server.url}/admin/demo#visitor=v3&filter=id:3&view=visitor")
    page.wait_for(f"{VIEW} === 'visitor'")
    page.wait_for("document.querySelector('#details .name').textContent === 'v3'")
    page.key("Escape")
    page.wait_for(f"{VIEW} === 'site' && {IDS}.join() === 'v3'")
    assert page.evaluate("document.getElementById('filter').value") == "id:3"
    page.evaluate("document.getElementById('filter').value = 'rate>x'")
    page.evaluate("document.getElementById('filter').dispatchEvent(new Event('input'))")
    page.wait_for("document.getElementById('found').textContent === 'rate> needs a number'")


def test_by_keyboard_alone_from_arrival_to_a_visitors_path(page: Page, server: FakeServer) -> None:
    open_with(page, server, 3)
    page.wait_for(f"{IDS}.length === 3")
    seen = []
    for _ in range(40):
        page.key("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        if seen[-1] == "list":
            break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", seen[-1]
    assert seen[0] == "skip" and seen[-1] == "list"
    page.key("ArrowDown")
    page.key("ArrowDown")
    active = "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
    page.wait_for(f"{active}?.getAttribute('aria-label')?.startsWith('v1, on /shop')")
    page.key("Enter")
    page.wait_for(f"{VIEW} === 'visitor'")
    for n in range(30):
        frame(server, 101 + n, samples=[{"id": "v1", "x": 10 * n, "y": 5 * n}])
    page.wait_for(f"{INK % '.map canvas:first-of-type'} > 100")
    page.key("Escape")
    page.wait_for(f"{VIEW} === 'site'")


def test_the_palette_finds_and_does(page: Page, server: FakeServer) -> None:
    open_with(page, server, 12)
    page.wait_for("document.title.startsWith('12 ')")
    page.key("k", control=True)
    page.wait_for("document.getElementById('palette').open")
    for key in "v11":
        page.key(key)
    page.wait_for("document.querySelectorAll('#offers li').length === 1")
    page.key("Enter")
    page.wait_for("document.querySelector('#details .name').textContent === 'v11'")
    page.key("k", control=True)
    for key in "health":
        page.key(key)
    page.key("Enter")
    page.wait_for(f"{VIEW} === 'health'")


def test_what_is_shown_can_be_taken_along(page: Page, server: FakeServer) -> None:
    page.run_before_load("""window.saved = {};
        const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { window.blob = blob; return make.call(URL, blob); };
        HTMLAnchorElement.prototype.click = function () { window.saved[this.download] = window.blob; };""")
    open_with(page, server, 3)
    page.wait_for(f"{IDS}.length === 3")
    for kind in ("csv", "json", "png"):
        page.key("e")
        page.wait_for("document.getElementById('export').open")
        page.evaluate(f"document.querySelector('#export button[value={kind}]').click()")
        page.wait_for(f"Object.keys(saved).some((name) => name.endsWith('.{kind}'))")
    read = """(async (kind) => {
        const [, blob] = Object.entries(saved).find(([name]) => name.endsWith(kind));
        return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
    })('%s')"""
    csv = base64.b64decode(page.evaluate(read % "csv")).decode().splitlines()
    assert len(csv) == 4 and csv[1].startswith('"v0","","/shop","active",')
    assert [row["id"] for row in json.loads(base64.b64decode(page.evaluate(read % "json")))] == ["v0", "v1", "v2"]
    assert page.evaluate("Object.entries(saved).find(([name]) => name.endsWith('png'))[1].type") == "image/png"


def test_on_a_wall_there_are_no_controls(page: Page, server: FakeServer) -> None:
    server.on_attach = lambda stream: keyframe(stream, [visitor(0)], 1)
    page.navigate(f"{server.url}/admin/demo?wall")
    page.wait_for("document.title.startsWith('1 ')")
    shown = "['pause', 'filter', 'log', 'list'].filter((id) => document.getElementById(id).checkVisibility())"
    assert page.evaluate(shown) == []
    assert page.evaluate("document.getElementById('map').checkVisibility()")


VIEWS = {
    "site": "", "visitor": "#visitor=visitor-001&view=visitor", "health": "#view=health",
    "filtered": "#page=/shop&filter=nobody", "help": "?", "palette": "k", "export": "e",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_view(page: Page, server: FakeServer, scheme: str) -> None:
    axe = files("axe_core_python").joinpath("axe.min.js").read_text()
    page.emulate(prefers_color_scheme=scheme)
    with Crowd(server, 12):
        for name, way in VIEWS.items():
            for width in (1440, 390) if scheme == "light" else (1440,):
                page.resize(width, 844)
                place = way if way.startswith("#") else ""
                page.navigate(f"{server.url}/admin/demo?{name}{width}{place}")
                page.wait_for("parseInt(document.title) === 12 && document.getElementById('found').textContent !== ''")
                if way and not way.startswith("#"):
                    page.key(way, control=way == "k")
                page.evaluate(axe)
                found = page.evaluate("axe.run().then(({ violations }) => violations.map((v) => "
                                      "[v.id, v.nodes.map((n) => n.target.join(' ') + ': ' + n.failureSummary)]))")
                assert found == [], (name, width, scheme)
