"""The real server's pages under a path, behind proxies that pass it on and that take it off."""

from __future__ import annotations

import pytest

from chromium import Chromium, Page
from path_proxy import Nginx, ReverseProxy, find_nginx
from test_dashboard import IDS, PILL
from waiting import wait_until

needs_nginx = pytest.mark.skipif(find_nginx() is None, reason="nginx is not installed")
VIOLATIONS = ("window.violations = [];"
              "addEventListener('securitypolicyviolation', (e) => violations.push(e.blockedURI));")


@pytest.mark.parametrize("kind, strips", [
    pytest.param(ReverseProxy, False, id="passes"), pytest.param(ReverseProxy, True, id="strips"),
    pytest.param(Nginx, False, id="nginx-passes", marks=needs_nginx),
    pytest.param(Nginx, True, id="nginx-strips", marks=needs_nginx),
])
def test_a_visitor_of_the_sample_page_is_seen(
        chromium: Chromium, page: Page, start_server, kind, strips: bool) -> None:
    proxy = kind("/ps", strips)
    proxy.server = server = start_server("--public-url", proxy.url)
    visitor = chromium.new_page()
    try:
        page.run_before_load(VIOLATIONS)
        page.navigate(f"{proxy.url}/admin/ann")
        page.wait_for(f"{PILL}.startsWith('Live')")
        assert page.evaluate("document.getElementById('who').textContent") == "ann"
        visitor.run_before_load(VIOLATIONS)
        visitor.navigate(proxy.url + "/")
        visitor.call("Page.bringToFront")

        def moved() -> bool:
            visitor.move(100, 120)
            visitor.move(101, 121)
            return len(server.state()["visitors"]) == 1

        wait_until(moved, 60, "the visitor")
        shown = visitor.evaluate("document.getElementById('snippet').textContent")
        assert shown == proxy.url + "/pointerscope.js"
        page.call("Page.bringToFront")
        page.wait_for(f"{IDS}.length === 1")
        for tab in (page, visitor):
            assert tab.evaluate("violations") == [] and tab.errors == []
    finally:
        visitor.close()
        proxy.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_name_that_cannot_be_has_a_page(page: Page, start_server, scheme: str) -> None:
    server = start_server()
    page.emulate(prefers_color_scheme=scheme)
    page.run_before_load(VIOLATIONS)
    page.navigate(f"{server.http_url}/admin/me@x")
    assert "A-Z a-z 0-9" in page.evaluate("document.body.innerText")
    assert page.evaluate("document.querySelector('a.button').textContent") == "Open the dashboard as me-x"
    assert page.evaluate("document.querySelector('img').naturalWidth") > 0
    assert page.evaluate("getComputedStyle(document.querySelector('main')).borderRadius") == "14px"
    assert page.evaluate("violations") == []
    page.errors.clear()  # the browser reports the 404


def test_every_name_that_cannot_be_has_a_way_on(page: Page, start_server) -> None:
    server = start_server()
    asked = {"": "me", "Ann%20Lee": "Ann-Lee", "%F0%9F%98%80": "me", "%20a%C3%A9b%20": "a-b", "..%2e%20": "me",
             "x" * 80: "x" * 64}
    for text, name in asked.items():
        page.navigate(f"{server.http_url}/admin/{text}")
        href = page.evaluate("document.querySelector('a.button').href")
        assert href == f"{server.http_url}/admin/{name}", text
    page.navigate(href)
    page.wait_for(f"{PILL}.startsWith('Live')")
    page.errors.clear()  # the browser reports the 404s


def test_two_dashboards_are_one_viewer(chromium: Chromium, page: Page, start_server) -> None:
    """What the server says of the worker's script lets the worker do its work."""
    server = start_server()
    page.navigate(f"{server.http_url}/admin/ann")
    page.wait_for(f"{PILL}.startsWith('Live')")
    other = chromium.new_page(f"{server.http_url}/admin/ann", beside=page)
    try:
        other.bring_to_front()
        other.wait_for(f"{PILL}.startsWith('Live') && document.title.startsWith('0 ')")
        wait_until(lambda: server.state()["viewers"] == 1, 30, "one viewer")
        assert other.errors == []
    finally:
        other.close()
