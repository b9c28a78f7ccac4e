"""Who asks, behind proxies: the one field that is believed, and PROXY headers, from whoever may send them."""

from __future__ import annotations

import itertools
import json
import socket
import struct
import time

import pytest

from waiting import wait_until
from wire import RawSocket, handshake, text

LINE = b"PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n"
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
LOCAL = SIGNATURE + b"\x20\0\0\0"
BINARY = SIGNATURE + b"\x21\x11\0\x0f" + bytes([192, 0, 2, 1, 192, 0, 2, 2]) + struct.pack(">HH", 1, 2) + b"\4\0\0"
NAMES = map("v{}".format, itertools.count())
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def viewer_address(server, fields: str = "", start: bytes = b"", source: str | None = None):
    """Whom the server takes a viewer for: an address, or None."""
    client, name = connected(server.http, source), next(NAMES)
    head = f"GET /receive/{name}?shape=frames&hz=60 HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n"
    client.send(start + head.encode())
    try:
        while True:
            # The first status may be from before this viewer came.
            block = client.read_until(b"\n\n")
            if b"event: status" in block:
                rows = json.loads(block.split(b"data: ", 1)[1])["audience"]
                for row in rows:
                    if row["name"] == name:
                        return row.get("from")
    finally:
        client.close()


def connected(address, source: str | None = None) -> RawSocket:
    if source is None:
        return RawSocket(address)
    client = RawSocket.__new__(RawSocket)
    client.socket = socket.create_connection(address, 60, source_address=(source, 0))
    client.buffer = b""
    return client


def metrics(server, start: bytes = b"") -> dict[str, float]:
    client = RawSocket(server.http)
    client.send(start + b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    body = client.read_to_end().split(b"\r\n\r\n", 1)[1].decode()
    client.close()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
            for line in body.splitlines() if not line.startswith("#")}


def refused(server, reason: str, port: str = "", start: bytes = b"") -> float:
    return metrics(server, start)[f'pointerscope_{port}connections_refused_total{{reason="{reason}"}}']


# The one field

def test_nobody_is_believed_by_default(start_server):
    server = start_server(workers=1)
    fields = "X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n"
    assert viewer_address(server, fields) == "127.0.0.1"


def test_only_the_named_peers_are_believed(start_server):
    server = start_server("--trusted-proxy=127.0.0.2", "--trusted-proxy=10.0.0.0/8", workers=1)
    field = "X-Forwarded-For: 6.6.6.6, 192.0.2.1, 10.1.1.1\r\n"
    assert viewer_address(server, field) == "127.0.0.1"
    assert viewer_address(server, field, source="127.0.0.3") == "127.0.0.3"
    assert viewer_address(server, field, source="127.0.0.2") == "192.0.2.1"
    assert viewer_address(server, source="127.0.0.2") == "127.0.0.2"


@pytest.mark.parametrize("name, fields, expected", [
    ("X-Forwarded-For", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: [2001:db8::1]:80\r\n", "2001:db8::1"),
    ("X-Forwarded-For", "Forwarded: for=6.6.6.6\r\n", "127.0.0.1"),
    ("Forwarded", 'Forwarded: for=6.6.6.6, for="[2001:db8::1]:80";proto=https\r\n', "2001:db8::1"),
    ("forwarded", "Forwarded: for=_secret\r\nX-Forwarded-For: 6.6.6.6\r\n", None),
    ("X-Real-IP", "X-Real-IP: 192.0.2.1\r\nX-Forwarded-For: 6.6.6.6\r\n", "192.0.2.1"),
    ("CF-Connecting-IP", "CF-Connecting-IP: 2001:db8::2\r\nX-Real-IP: 6.6.6.6\r\n", "2001:db8::2"),
])
def test_exactly_one_header_is_believed(start_server, name, fields, expected):
    server = start_server("--trusted-proxy=127.0.0.0/8", f"--forwarded={name}", workers=1)
    assert viewer_address(server, fields) == expected


def test_what_cannot_be_read_is_the_proxys_own_and_counted(start_server):
    server = start_server("--trusted-proxy=127.0.0.0/8", workers=1)
    assert viewer_address(server, "X-Forwarded-For: 192.0.2.1, nonsense\r\n") == "127.0.0.1"
    assert viewer_address(server, "X-Forwarded-For: ,\r\n") == "127.0.0.1"
    told = metrics(server)
    assert told['pointerscope_forwarded_malformed_total{reason="malformed"}'] == 1
    assert told['pointerscope_forwarded_malformed_total{reason="empty"}'] == 1
    assert told['pointerscope_forwarded_malformed_total{reason="repeated"}'] == 0


def test_no_other_header_changes_the_host(start_server):
    server = start_server("--trusted-proxy=127.0.0.0/8", workers=1)
    client = RawSocket(server.http)
    client.send(b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost\r\n\r\n")
    assert client.read_until(b"\r\n").startswith(b"HTTP/1.1 421 ")


# PROXY headers

@pytest.fixture
def behind(start_server):
    return start_server("--proxy-protocol", workers=1)


@pytest.mark.parametrize("start, expected", [
    (LINE, "192.0.2.1"), (BINARY, "192.0.2.1"), (LOCAL, "127.0.0.1"), (b"PROXY UNKNOWN\r\n", None),
    (SIGNATURE + b"\x21\0\0\0", None), (b"PROXY TCP6 2001:db8::1 ::1 1 2\r\n", "2001:db8::1"),
])
def test_a_header_says_who_is_behind_it(behind, start, expected):
    assert viewer_address(behind, start=start) == expected


@pytest.mark.parametrize("start", [LINE, BINARY, LOCAL])
def test_both_ports_answer_behind_a_header(behind, start):
    for pieces in (False, True):
        visitor = RawSocket(behind.ingest)
        said = start + handshake() + text({"id": "ann", "x": 1, "y": 2})
        visitor.send_in_pieces(said, list(range(1, len(said))) if pieces else [])
        assert visitor.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
        visitor.close()
        client = RawSocket(behind.http)
        client.send_in_pieces(start + HEALTH, list(range(1, len(start + HEALTH))) if pieces else [])
        assert client.read_to_end().startswith(b"HTTP/1.1 200 ")
    wait_until(lambda: metrics(behind, LINE)["pointerscope_events_received_total"] == 2, 30, "the samples")


@pytest.mark.parametrize("said, reason", [
    (HEALTH, "proxy_absent"), (b"\x16\x03\x01\x02", "proxy_absent"), (b"PROXY TCP4 1.2.3.4\r\n", "proxy_malformed"),
    (SIGNATURE + b"\x11\x11\0\x0c", "proxy_malformed"), (b"PROXY UNKNOWN " + b"x" * 200, "proxy_too_long"),
    (SIGNATURE + b"\x20\0\xff\xff", "proxy_too_long"),
])
def test_whatever_begins_otherwise_is_closed_and_counted(behind, said, reason):
    for address, port in ((behind.ingest, ""), (behind.http, "http_")):
        client = RawSocket(address)
        client.send(said)
        assert client.read_to_end() == b""
        wait_until(lambda: refused(behind, reason, port, LINE) == 1, 30, reason)


def test_a_header_that_ends_before_its_end_is_malformed(behind):
    for address, port in ((behind.ingest, ""), (behind.http, "http_")):
        # Who only looks whether the port is open is nobody to count.
        RawSocket(address).close()
        client = RawSocket(address)
        client.send(LINE[:-1])
        client.socket.shutdown(socket.SHUT_WR)
        assert client.read_to_end() == b""
        wait_until(lambda: refused(behind, "proxy_malformed", port, LINE) == 1, 30, "it counted")
        assert refused(behind, "proxy_absent", port, LINE) == 0


def test_a_header_has_three_seconds(behind):
    """However it comes; and what it is not has no effect on others."""
    for address, port in ((behind.ingest, ""), (behind.http, "http_")):
        began = time.monotonic()
        silent, slow = RawSocket(address), RawSocket(address)
        slow.send(LINE[:-1])
        for client in (silent, slow):
            assert client.read_to_end() == b""
            assert 2.9 < time.monotonic() - began < 30
        wait_until(lambda: refused(behind, "proxy_late", port, LINE) == 2, 30, "both counted")


def test_who_sends_none_keeps_nobody_out(behind):
    crowd = [RawSocket(address) for address in (behind.ingest, behind.http) for _ in range(200)]
    for _ in range(20):
        client = RawSocket(behind.http)
        client.send(LINE + HEALTH)
        assert client.read_to_end().startswith(b"HTTP/1.1 200 ")
        visitor = RawSocket(behind.ingest)
        visitor.send(LINE + handshake())
        assert visitor.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
        visitor.close()
    for client in crowd:
        assert client.read_to_end() == b""
        client.close()
    for port in ("", "http_"):
        wait_until(lambda: refused(behind, "proxy_late", port, LINE) == 200, 30, "all of them counted")


@pytest.mark.parametrize("which, both", [("ingest", "http"), ("http", "ingest")])
def test_one_port_alone_may_speak_it(start_server, which, both):
    server = start_server(f"--proxy-protocol={which}", workers=1)
    start = {"ingest": b"", "http": b"", which: LINE}
    visitor = RawSocket(server.ingest)
    visitor.send(start["ingest"] + handshake())
    assert visitor.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
    client = RawSocket(server.http)
    client.send(start["http"] + HEALTH)
    assert client.read_to_end().startswith(b"HTTP/1.1 200 ")
    # Where it is not spoken it is no request.
    other = RawSocket(getattr(server, both))
    other.send(LINE + HEALTH)
    assert other.read_to_end().startswith(b"HTTP/1.1 400 ")


def test_only_trusted_proxies_may_speak_it(start_server):
    server = start_server("--proxy-protocol", "--trusted-proxy=127.0.0.2", workers=1)
    for address, port in ((server.ingest, ""), (server.http, "http_")):
        client = RawSocket(address)
        client.send(LINE + HEALTH)
        assert client.read_to_end() == b""
    def told(reason: str, port: str) -> float:
        client = connected(server.http, "127.0.0.2")
        client.send(LINE + b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        body = client.read_to_end().decode()
        return float(body.split(f'pointerscope_{port}connections_refused_total{{reason="{reason}"}} ')[1].split()[0])
    for port in ("", "http_"):
        wait_until(lambda: told("proxy_untrusted", port) == 1, 30, "the stranger counted")
    visitor = connected(server.ingest, "127.0.0.2")
    visitor.send(LINE + handshake())
    assert visitor.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
    visitor.close()


def test_a_header_that_names_nobody_lends_no_trust(start_server):
    """Else whatever a stranger says in a field would be its proxy's word."""
    server = start_server("--proxy-protocol=http", "--trusted-proxy=127.0.0.1", workers=1)
    field = "X-Forwarded-For: 6.6.6.6\r\n"
    for start, expected in [
            (b"PROXY UNKNOWN\r\n", None), (SIGNATURE + b"\x21\0\0\0", None), (LINE, "192.0.2.1"), (LOCAL, "6.6.6.6")]:
        assert viewer_address(server, field, start=start) == expected
