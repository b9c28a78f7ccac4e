"""That a copy of configuration and state, made while the server runs, is the backup that docs/day-two.md promises."""

from __future__ import annotations

import shutil
from pathlib import Path

from signing_in import Browser, admin, token
from waiting import wait_until
from wire_v1 import Visitor

RESUMED = 1
"""How, in a welcome: as the visitor of before."""
ORIGIN = "Origin: https://shop.example\r\n"


def configure(folder: Path) -> None:
    """What differs between two machines: where the state lies."""
    (folder / "etc/conf.d").mkdir(parents=True, exist_ok=True)
    (folder / "etc/conf.d/state.conf").write_text(f"state = {folder / 'state'}\n")


def sign_in(browser: Browser, name: str) -> None:
    """On a busy machine a password may have to be given again: 503, as its hash took too long."""
    def is_in() -> bool:
        status = browser.sign_in(name).status
        assert status in (303, 503), status
        return status == 303
    wait_until(is_in, 120, "the sign-in")


def test_a_copy_of_a_running_server_is_a_backup(start_server, tmp_path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    configure(here)
    (here / "etc/pointerscope.conf").write_text("auth = password\norigin = https://shop.example\n")
    for name in ("ann", "ben"):
        admin(here / "state", "add", name, "--role", "operator", password="correct horse battery")
    secret = token(here / "state", "create", "prometheus", "--role", "operator").strip()
    first = start_server("--config", str(here / "etc"), workers=1)
    browser = Browser(first)
    sign_in(browser, "ann")
    assert browser.get("/api/state").status == 200
    visitor = Visitor(first.ingest, extra=ORIGIN)
    # A process of its own writes it, behind the answer.
    wait_until(lambda: (here / "state/sessions").exists(), 30, "the session to be written")

    # What no copy can have is the socket of ctl, which is no file to read.
    shutil.copytree(here, there, ignore=shutil.ignore_patterns("control"))
    for name in ("ann", "ben"):
        admin(here / "state", "remove", name)
    first.stop()
    configure(there)
    second = start_server("--config", str(there / "etc"), workers=1)
    again = Browser(second, cookies=dict(browser.cookies))
    assert again.get("/api/state").status == 200, "who was signed in is signed in"
    assert Browser(second).get("/api/state", Authorization=f"Bearer {secret}").status == 200, "tokens hold"
    anew = Browser(second)
    sign_in(anew, "ben")
    assert anew.get("/api/state").status == 200, "passwords hold"
    back = Visitor(second.ingest, extra=ORIGIN, token=visitor.token)
    assert (back.welcome.how, back.id) == (RESUMED, visitor.id), "visitors are the ones they were"
