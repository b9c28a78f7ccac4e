"""What stands while the dashboard is paused, and what goes on while nobody sees it."""

from __future__ import annotations

from chromium import Page
from fake_server import FakeServer
from test_dashboard import IDS, PILL, frame, now, open_with

#: The page's clock, which a test can put forward.
SKEW = """window.skew = 0;
    const realNow = performance.now.bind(performance);
    performance.now = () => realNow() + window.skew;"""

#: A tab that nobody sees, and that is given no animation frames.
UNSEEN = """window.requestAnimationFrame = () => 0;
    Object.defineProperty(document, 'hidden', { get: () => true });"""

#: Everything of the site that is to be seen, as it is to be seen.
SEEN = """[...document.querySelectorAll('#strip, #pages, #details, #log, #list .row:not([hidden]), .paper canvas')]
    .map((e) => e.className + ' ' + e.getAttribute('style') + ' ' + e.innerText).join('\\n')"""

FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 400))))"


def test_paused_everything_stands_times_included(page: Page, server: FakeServer) -> None:
    page.run_before_load(SKEW)
    open_with(page, server, 3)
    page.wait_for(f"{IDS}.length === 3")
    frame(server, 101, samples=[{"id": "v0", "x": x, "y": 5} for x in range(40)])
    page.key("j")
    page.wait_for("document.getElementById('details').innerText.includes('active')")
    page.key(" ")
    page.wait_for(f"{PILL} === 'Paused'")
    page.evaluate(FRAMES)
    before = page.evaluate(SEEN)
    page.evaluate("window.skew = 30000")
    page.evaluate(FRAMES)
    assert page.evaluate(SEEN) == before
    page.key(" ")
    page.wait_for("document.querySelectorAll('.row.idle:not([hidden])').length === 3")


def test_what_can_still_be_done_while_paused_is_done(page: Page, server: FakeServer) -> None:
    open_with(page, server, 3)
    page.wait_for(f"{IDS}.length === 3")
    page.key(" ")
    page.wait_for(f"{PILL} === 'Paused'")
    page.key("j")
    page.wait_for("document.querySelector('#details .name').textContent === 'v0'")
    page.evaluate("document.getElementById('filter').value = 'v2';"
                  "document.getElementById('filter').dispatchEvent(new Event('input'))")
    page.wait_for(f"{IDS}.join() === 'v2'")


def test_unseen_it_loses_nobody_and_keeps_nobody(page: Page, server: FakeServer) -> None:
    page.run_before_load(UNSEEN)
    server.on_attach = lambda stream: stream.send("keyframe", {"at": now(), "visitors": []}, "aa-1")
    page.navigate(f"{server.url}/admin/demo")
    server.stream(0)
    page.wait_for("document.title === '0 · Pointerscope'")
    for first in range(0, 11_000, 500):
        ids = [f"v{first + i}" for i in range(500)]
        frame(server, 2, joins=[{"id": id, "since": now(), "worker": 7} for id in ids])
        frame(server, 2, leaves=ids)
    frame(server, 3, joins=[{"id": f"w{i}", "since": now(), "worker": 7} for i in range(12)])
    page.wait_for("document.title === '12 · Pointerscope'")
    frame(server, 4, leaves=["w0"])
    page.wait_for("document.title === '11 · Pointerscope'")
