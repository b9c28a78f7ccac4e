"""The time in which who left a page may come to the next: `serve --grace`."""

from __future__ import annotations

import struct
import subprocess

import pytest

from samples import is_kill, take_until_killed
from server import BINARY
from waiting import wait_until
from wire import Stream, frame
from wire_v1 import Visitor


def row(server, visitor: Visitor) -> dict:
    return next(row for row in server.state()["visitors"] if row["id"] == visitor.id)


@pytest.mark.parametrize("says_bye", [True, False], ids=["bye", "1001"])
def test_a_visitor_goes_from_page_to_page(server, says_bye):
    stream = Stream(server)
    first = Visitor(server.ingest, path="/one")
    first.say_records(first.name("Ann"), first.move(3, 4))
    wait_until(lambda: row(server, first).get("name") == "Ann", what="a name in the state")
    since = row(server, first)["since"]
    if says_bye:
        first.say_records(first.bye())
        assert first.read_close()[0] == 1000
    else:  # as Firefox ends a page's connections before the page hears that it is left
        first.send(frame(struct.pack(">H", 1001), opcode=8))
        assert first.read_close()[0] == 1001
    second = Visitor(server.ingest, path="/two", token=first.token)
    wait_until(lambda: row(server, second)["page"] == "/two", what="the second page")
    assert second.id == first.id and row(server, second)["since"] == since
    assert server.metrics().samples["pointerscope_visitors_returned_total"] == 1
    second.close_well()
    said = take_until_killed(stream, [first.id])
    assert [message for message in said[:-1] if is_kill(message)] == []


def test_without_grace_whoever_leaves_a_page_has_left(start_server):
    server = start_server("--grace", "0")
    stream = Stream(server)
    visitor = Visitor(server.ingest)
    visitor.say_records(visitor.bye())
    assert stream.take(1)[0].data["id"] == visitor.id
    assert is_kill(stream.take(1)[0])
    assert server.metrics().samples["pointerscope_visitors_returned_total"] == 0


@pytest.mark.parametrize("value", ["61s", "2m", "soon", "-1"])
def test_a_grace_that_is_none_is_named_with_its_mend(value):
    ran = subprocess.run(
        [BINARY, "serve", "--headless", f"--grace={value}"], capture_output=True, text=True, timeout=30)
    assert ran.returncode == 64
    assert "--grace" in ran.stderr and "up to 1m" in ran.stderr
