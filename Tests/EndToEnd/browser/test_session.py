"""What the dashboard does when its session ends, and signing out."""

from __future__ import annotations

import pytest

from chromium import Page
from fake_server import FakeServer
from test_dashboard import BOOT, PILL, open_with
from waiting import wait_until

ENDED = "document.getElementById('ended').open && document.getElementById('ended-text').textContent"
BUTTON = "document.getElementById('sign-out')"
ANN = {"name": "ann", "role": "viewer", "scope": "", "endsAt": 0, "token": "t0ken&"}


def check_it_is_over(page: Page, server: FakeServer, text: str) -> None:
    """It says so, offers the way back, and asks for no further stream."""
    page.wait_for(f"{ENDED} === {text!r}")
    page.wait_for(f"{PILL} === 'Signed out'")
    assert page.evaluate("document.getElementById('sign-in').getAttribute('href')") \
        == "../sign-in?return=%2Fadmin%2Fdemo"
    attached = len(server.streams)
    page.key("Escape")
    page.key("r")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate("new Promise((done) => setTimeout(done, 1200))")  # longer than the first retry
    assert len(server.streams) == attached and server.refused <= 1
    page.errors.clear()  # the browser reports the refusals


def test_without_a_sign_in_there_is_no_button(page: Page, server: FakeServer) -> None:
    open_with(page, server, 1)
    assert page.evaluate(f"{BUTTON}.hidden && !document.getElementById('ended').open")


def test_the_server_ends_a_stream_with_its_reason(page: Page, server: FakeServer) -> None:
    server.session = (200, ANN)
    open_with(page, server, 1)
    page.wait_for(f"!{BUTTON}.hidden && {BUTTON}.title === 'Signed in as ann (viewer)'")
    server.broadcast("signed-out", {"why": "taken-over", "by": "203.0.113.7"}, f"{BOOT}-101")
    server.stream(0).end()
    check_it_is_over(page, server, "You have signed in elsewhere. It was done from 203.0.113.7.")
    assert page.evaluate(f"{BUTTON}.hidden")


def test_after_an_error_the_server_is_asked(page: Page, server: FakeServer) -> None:
    server.session = (200, ANN)
    open_with(page, server, 1)
    server.session = (401, {"why": "idle"})
    server.refusal = 401
    server.stream(0).end()
    check_it_is_over(page, server, "You have not been here for a long time.")


def test_an_error_alone_is_outlasted(page: Page, server: FakeServer) -> None:
    server.session = (200, ANN)
    open_with(page, server, 1)
    server.stream(0).end()
    server.stream(1)
    page.wait_for(f"{PILL}.startsWith('Live')")
    assert not page.evaluate("document.getElementById('ended').open")


@pytest.mark.parametrize("where", ["here", "everywhere"])
def test_signing_out(page: Page, server: FakeServer, where: str) -> None:
    server.session = (200, ANN)
    open_with(page, server, 1)
    page.wait_for(f"!{BUTTON}.hidden")
    server.sign_out = 403
    page.evaluate(f"{BUTTON}.click()")
    choice = f"document.querySelector('#leave button[value={where}]')"
    page.evaluate(f"{choice}.click()")
    page.wait_for("document.getElementById('leave').open && !document.getElementById('leave-error').hidden")
    assert "403" in page.evaluate("document.getElementById('leave-error').textContent")
    server.sign_out = 200
    page.evaluate(f"{choice}.click()")
    wait_until(lambda: len(server.signed_out) == 2, what="the second try")
    # A request that changes something is believed by its Origin, so it has to have one.
    assert server.signed_out[1] == ({"token": "t0ken&", "where": where}, server.url)
    check_it_is_over(page, server, "You have signed out.")


def test_the_way_back_is_a_link(page: Page, server: FakeServer) -> None:
    server.session = (401, {"why": "expired"})
    page.navigate(f"{server.url}/admin/demo")
    page.wait_for(f"{ENDED} === 'Your session has come to its end.'")
    page.evaluate("document.getElementById('sign-in').click()")
    page.wait_for("location.pathname + location.search === '/sign-in?return=%2Fadmin%2Fdemo'")
    page.errors.clear()  # the browser reports the refusals
