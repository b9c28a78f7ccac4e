"""What strangers say is readable in full, is nobody else's, and hides nothing."""

from __future__ import annotations

from chromium import Page
from fake_server import FakeServer
from test_dashboard import IDS, frame, keyframe, open_with, visitor

ROWS = "[...document.querySelectorAll('.row:not([hidden])')]"
#: Who stands where the colour of the selection is, two frames after a key.
HIGHLIGHTED = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const rows = %s;
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.backgroundColor = 'var(--accent-wash)';
    const colour = getComputedStyle(probe).backgroundColor;
    probe.remove();
    done(rows.filter((row) => getComputedStyle(row).backgroundColor === colour)
        .map((row) => row.querySelector('.id').textContent));
})))""" % ROWS


def open_on(page: Page, server: FakeServer, visitors: list[dict]) -> None:
    server.on_attach = lambda stream: keyframe(stream, visitors, 100)
    page.navigate(f"{server.url}/admin/demo")
    page.wait_for(f"{IDS}.length === {len(visitors)}")


def test_a_long_path_can_be_read_whole(page: Page, server: FakeServer) -> None:
    path = "/" + "long-path/" * 24 + "caf%C3%A9"
    open_on(page, server, [visitor(0, p=path)])
    readable = path.replace("caf%C3%A9", "café")
    cell = "document.querySelector('.row:not([hidden]) .page')"
    page.wait_for(f"{cell}.textContent === '{readable}'")
    assert page.evaluate(f"{cell}.title") == f"{readable} ({path})"
    page.key("j")
    field = "[...document.querySelectorAll('#details dd bdi')].find((e) => e.textContent.includes('café'))"
    page.wait_for(f"{field}?.textContent === '{readable}'")
    assert page.evaluate(f"{field}.scrollWidth <= {field}.closest('dd').clientWidth + 1")
    assert page.evaluate("document.getElementById('pages').innerText.includes('café')")


def test_no_id_is_shown_as_another_and_none_as_nothing(page: Page, server: FakeServer) -> None:
    ids = ["ann\u202e", "ann·", "ann", " ", "  ", "\u3164"]
    open_on(page, server, [visitor(i, id=id) for i, id in enumerate(ids)])
    shown = page.evaluate(IDS)
    assert sorted(shown) == sorted(["ann\\u202e", "ann·", "ann", "␣", "␣␣", "\\u3164"])


def test_the_highlight_stands_where_the_selected_one_stands_and_the_list_follows(
        page: Page, server: FakeServer) -> None:
    open_with(page, server, 200)
    page.wait_for(f"{IDS}.includes('v5')")
    for _ in range(6):
        page.key("j")
    page.wait_for("document.querySelector('#details .name').textContent === 'v5'")
    for sort in ("arrival", "name", "activity"):
        page.key("s")
        assert page.evaluate(HIGHLIGHTED) == ["v5"], sort
        assert page.evaluate(f"""(() => {{
            const row = {ROWS}.find((row) => row.classList.contains('selected')).getBoundingClientRect();
            const list = document.getElementById('list').getBoundingClientRect();
            return row.top >= list.top - 1 && row.bottom <= list.bottom + 1;
        }})()"""), sort


def test_an_option_says_who_where_and_what_and_no_bare_numbers(page: Page, server: FakeServer) -> None:
    open_on(page, server, [visitor(0)])
    page.call("Accessibility.enable")
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    options = [node["name"]["value"] for node in nodes if node.get("role", {}).get("value") == "option"]
    assert "v0, on /shop, active" in options


def test_the_first_announcement_is_made_once(page: Page, server: FakeServer) -> None:
    page.run_before_load("""window.heard = [];
        new MutationObserver(() => {
            const text = document.getElementById('announcer')?.textContent;
            if (text && text !== heard.at(-1)) heard.push(text);
        }).observe(document, { subtree: true, childList: true, characterData: true });""")
    open_on(page, server, [visitor(0), visitor(1)])
    page.wait_for("heard.length > 0")
    assert page.evaluate("heard") == ["2 visitors here."]


def test_a_change_of_page_is_shown_as_one(page: Page, server: FakeServer) -> None:
    open_on(page, server, [visitor(0), visitor(1)])
    frame(server, 101, samples=[{"id": "v0", "x": 1, "y": 1, "p": "/cart"}])
    page.wait_for(f"{ROWS}.find((row) => row.classList.contains('moved'))?.innerText.includes('/cart')")
    page.wait_for("document.querySelector('#log .move')?.textContent.includes('/cart')")
    page.key("j")
    way = "[...document.querySelectorAll('#details ol bdi')].map((e) => e.textContent).join()"
    page.wait_for(f"{way} === '/cart,/shop'")
