"""The dashboard says whom somebody looks at, for as long as they do."""

from __future__ import annotations

from chromium import Page
from fake_server import FakeServer
from test_dashboard import IDS, open_with
from waiting import wait_until

DETAILS = "document.querySelector('#details .name').textContent"


def last_look(server: FakeServer) -> dict:
    return server.looks[-1] if server.looks else {}


def test_who_is_selected_is_looked_at(page: Page, server: FakeServer) -> None:
    server.session = (200, {"name": "ann", "role": "viewer", "scope": None, "endsAt": None, "token": "t0ken"})
    open_with(page, server, 3)
    page.wait_for(f"{IDS}.length === 3")
    word = server.stream(0).query["viewer"][0]
    assert len(word) == 22
    page.key("j")
    page.wait_for(f"{DETAILS} === 'v0'")
    wait_until(lambda: last_look(server) == {"viewer": word, "id": "v0", "token": "t0ken"}, 30, "v0 is looked at")
    page.key("j")
    wait_until(lambda: last_look(server).get("id") == "v1", 30, "v1 is looked at")
    # A new stream knows of nobody.
    said = len(server.looks)
    server.stream(0).end()
    server.stream(1)
    wait_until(lambda: len(server.looks) > said and last_look(server)["id"] == "v1", 30, "v1 is looked at again")
    page.key("Escape")
    wait_until(lambda: last_look(server)["id"] is None, 30, "nobody is looked at")


def test_who_looks_at_nobody_says_nothing(page: Page, server: FakeServer) -> None:
    open_with(page, server, 2)
    page.wait_for(f"{IDS}.length === 2")
    page.evaluate("new Promise((done) => setTimeout(done, 1500))")  # several turns of what would say it
    assert server.looks == []
