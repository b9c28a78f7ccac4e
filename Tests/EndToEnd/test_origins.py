"""Whose pages the ingest port serves."""

from __future__ import annotations

import time

import pytest

from waiting import wait_until
from wire import RawSocket, RawWebSocket, handshake


def test_the_origin_list(start_server):
    server = start_server("--origin", "https://site.example", "--origin", "https://shop.example")
    for origin, status in [
        ("https://site.example", 101), ("https://shop.example", 101), ("https://other.example", 403),
        ("https://site.example.evil.example", 403), ("null", 403), (None, 403),
    ]:
        assert RawWebSocket.status(server.ingest, f"Origin: {origin}\r\n" if origin else "") == status, origin


@pytest.mark.parametrize("origin, status", [
    (None, 101), ("http://localhost", 101), ("https://localhost:8443", 101), ("http://shop.localhost:3000", 101),
    ("http://127.0.0.1:2112", 101), ("http://127.8.9.10", 101), ("http://[::1]:5173", 101),
    ("https://anywhere.example", 403), ("http://localhost.evil.example", 403), ("null", 403), ("file://", 403),
    ("chrome-extension://abcdefgh", 403),
])
def test_without_a_list_pages_of_this_machine_are_served(server, origin, status):
    assert RawWebSocket.status(server.ingest, f"Origin: {origin}\r\n" if origin else "") == status


def test_a_refused_page_is_told_what_would_admit_it(start_server):
    server = start_server(workers=2)
    told = {}
    for origin, mend in [("null", "--origin null"), ("https://shop.example", "--origin ORIGIN")]:
        visitor = RawSocket(server.ingest)
        visitor.send(handshake(extra=f"Origin: {origin}\r\n"))
        answer = visitor.read_to_end().decode()
        assert answer.startswith("HTTP/1.1 403 ") and mend in answer
        # Two workers' words may come in any order: the first is waited for.
        told = told or server.event("origin_refused")
    assert told["origin"] == "null" and "--origin null" in told["mend"] and told["count"] == 1
    # However many there are, the log has a line a second.
    begun = time.monotonic()
    for _ in range(200):
        assert RawWebSocket.status(server.ingest, "Origin: https://shop.example\r\n") == 403

    def all_are_told() -> bool:
        RawWebSocket.status(server.ingest, "Origin: https://shop.example\r\n")
        return sum(line["count"] for line in server.events("origin_refused")) >= 202

    wait_until(all_are_told, 30, "the next line")
    lines = server.events("origin_refused")
    assert len(lines) <= 2 + (time.monotonic() - begun)
    assert lines[1]["origin"] == "https://shop.example" and "--origin https://shop.example" in lines[1]["mend"]
    assert server.metrics()['pointerscope_connections_refused_total{reason="origin"}'] >= 202


def test_a_hostile_origin_steers_no_log(server):
    visitor = RawSocket(server.ingest)
    visitor.send(handshake().replace(b"\r\n\r\n", b"\r\nOrigin: \xc2\x9b31m\xe2\x80\xae\r\n\r\n"))
    assert visitor.read_to_end().startswith(b"HTTP/1.1 403 ")
    line = server.event("origin_refused")
    assert line["origin"] == "" and "mend" not in line


def test_an_origin_that_is_too_long_is_told_as_cut(server):
    visitor = RawSocket(server.ingest)
    visitor.send(handshake(extra=f"Origin: https://{'o' * 300}.example\r\n"))
    assert visitor.read_to_end().startswith(b"HTTP/1.1 403 ")
    line = server.event("origin_refused")
    assert line["origin"] == "https://" + "o" * 248 + "…" and "mend" not in line


def test_a_page_from_a_file_is_served_where_that_is_said(start_server):
    server = start_server("--origin", "null", "--origin", "http://localhost:3000")
    for origin, status in [("null", 101), ("http://localhost:3000", 101), ("http://localhost", 403)]:
        assert RawWebSocket.status(server.ingest, f"Origin: {origin}\r\n") == status, origin


def test_a_refused_head_has_no_body(server):
    for request in [
        "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "HEAD / HTTP/1.1\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n",
    ]:
        visitor = RawSocket(server.ingest)
        visitor.send(request.encode())
        head, _, body = visitor.read_to_end().partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 4") and b"Content-Length: " in head and body == b""
