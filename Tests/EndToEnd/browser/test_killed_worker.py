"""Pages whose worker was killed: back on another one, soon, and not all at once."""

from __future__ import annotations

import time

import pytest

from test_visitor import visitors
from waiting import wait_until
from watcher import Watcher
from website import tag

PAGES = 6


@pytest.fixture
def server(start_server):
    """The real one, in the place of the fake of the other browser tests."""
    return start_server()


def workers(server) -> dict[str, int]:
    return {visitor["id"]: visitor["worker"] for visitor in visitors(server)}


def test_pages_of_a_killed_worker_are_back_on_another_within_two_seconds(chromium, firefox, server, site) -> None:
    watcher = Watcher(server)
    url = site.page("/", tag(server))
    pages = [browser.new_page() for browser in (chromium, firefox) for _ in range(PAGES // 2)]
    for page in pages:
        page.navigate(url)
        # Only who was welcomed knows that the server is well.
        page.wait_for("document.visibilityState === 'visible'")
    wait_until(lambda: len(workers(server)) == PAGES, 30, "everybody")
    wait_until(lambda: sum(w["connections"] for w in server.state()["workers"]) == PAGES, 30, "their connections")
    before = workers(server)
    victim = server.worker_pids()[0]
    fallen = {name for name, pid in before.items() if pid == victim}
    assert 0 < len(fallen) < PAGES
    server.kill_worker(victim)
    began, back = time.monotonic(), {}

    def all_are_back() -> bool:
        for name, pid in workers(server).items():
            # Within its grace time somebody who is cut is present still, on the worker of before.
            if name in fallen and pid != victim:
                back.setdefault(name, time.monotonic() - began)
        return back.keys() == fallen

    # Nobody touches them. At most 1.5 s and a handshake by their clocks, which a machine with other work lets wait.
    wait_until(all_are_back, 10, lambda: f"{fallen} to be back: {back}")
    print({name: round(seconds, 2) for name, seconds in back.items()})
    assert watcher.kills == [] and workers(server).keys() == before.keys()
    for page in pages:
        page.errors.clear()  # the browser reports the connection
        page.close()
