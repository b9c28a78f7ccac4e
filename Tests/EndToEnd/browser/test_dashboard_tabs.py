"""All dashboards of a browser share one stream, whichever of them comes, goes or sleeps."""

from __future__ import annotations

import time
from typing import Any

import pytest

from fake_server import FakeServer
from test_dashboard import PILL, frame, keyframe, now, visitor
from waiting import wait_until

#: More than HTTP/1.1 has connections for a host.
TABS = 9
CLICKS = "document.getElementById('details').innerText.match(/clicks\\s+(\\d+) click/)?.[1]"


def open_streams(server: FakeServer) -> int:
    return sum(stream.is_open for stream in server.streams)


@pytest.fixture(params=["chromium", "firefox"])
def tabs(request: pytest.FixtureRequest, server: FakeServer):
    """Nine dashboards in one browser, all live."""
    browser: Any = request.getfixturevalue(request.param)
    server.on_attach = lambda stream: keyframe(stream, [visitor(i) for i in range(3)], 100)
    opened: list[Any] = []
    for _ in range(TABS):
        opened.append(browser.new_page(f"{server.url}/admin/demo#visitor=v1", beside=opened[0] if opened else None))
    for tab in opened:
        tab.bring_to_front()
        tab.wait_for(f"{PILL}.startsWith('Live') && document.title.startsWith('3 ')")
    yield opened
    for tab in opened:
        tab.close()


def click(server: FakeServer, n: int) -> None:
    frame(server, n, samples=[{"id": "v1", "x": n, "y": 5, "k": "click"}])


def test_nine_dashboards_have_one_stream_and_none_misses_anything(tabs, server: FakeServer) -> None:
    n = 200

    def settled() -> bool:
        nonlocal n
        frame(server, (n := n + 1), samples=[{"id": "v0", "x": n, "y": 5}])  # streams meet at the same frame
        return open_streams(server) == 1

    wait_until(settled, 30, "one stream for all")
    for _ in range(5):
        click(server, (n := n + 1))
    for tab in tabs:
        tab.bring_to_front()
        tab.wait_for(f"{CLICKS} === '5'")
    # There is room for every other page of the server.
    tabs[-1].navigate(f"{server.url}/")
    assert tabs[-1].evaluate("document.title").startswith("Pointerscope")
    # Whoever opened the stream goes.
    began = time.monotonic()
    tabs.pop(0).close()
    for _ in range(5):
        click(server, (n := n + 1))
    for tab in tabs[:-1]:
        tab.bring_to_front()
        tab.wait_for(f"{CLICKS} === '10'")
    assert open_streams(server) == 1
    assert time.monotonic() - began < 20  # ten times what it may take; what counts is that nothing is missing
    # One that comes later has the whole picture at once.
    server.on_attach = lambda stream: keyframe(stream, [visitor(i) for i in range(4)], 300)
    late = tabs[0]
    late.bring_to_front()
    late.reload()
    late.wait_for("document.title.startsWith('4 ')")
    frame(server, (n := n + 1), joins=[{"id": "new", "since": now(), "worker": 7}])
    late.wait_for("document.title.startsWith('5 ')")
