"""Request heads that are refused on either port: data for test_malformed.py."""

from __future__ import annotations

from typing import Callable

from malformed_cases import Case, named

HANDSHAKE_FIELDS = {
    "Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version": "13",
}


def head(line: str, fields: dict[str, str | None], extra: str) -> bytes:
    lines = [line, *(f"{name}: {value}" for name, value in fields.items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n" + extra + "\r\n").encode("latin-1")


def opening(line: str = "GET / HTTP/1.1", extra: str = "", **changes: str | None) -> bytes:
    """A handshake's head with fields changed, or left out where the change is None."""
    named_changes = {name.replace("_", "-"): value for name, value in changes.items()}
    return head(line, {**HANDSHAKE_FIELDS, **named_changes}, extra)


def request(line: str = "GET /healthz HTTP/1.1", extra: str = "", **changes: str | None) -> bytes:
    return head(line, {"Host": "localhost", **changes}, extra)


def framing_cases(make: Callable[..., bytes], path: str) -> list[Case]:
    """Faults of HTTP itself: the same on both ports, whatever the path."""
    line = f"GET {path} HTTP/1.1"
    bad_fields = {
        "space before a colon": "X-Bad : 1\r\n",
        "tab before a colon": "X-Bad\t: 1\r\n",
        "no colon": "X-Bad\r\n",
        "no name": ": 1\r\n",
        "a space in a name": "X Bad: 1\r\n",
        "a folded line": "X-Bad: 1\r\n 2\r\n",
        "NUL in a value": "X-Bad: a\0b\r\n",
        "a control byte in a value": "X-Bad: a\x01b\r\n",
        "DEL in a value": "X-Bad: \x7f\r\n",
        "CR in a value": "X-Bad: a\rb\r\n",
        "bare LF behind a field": "X-Bad: 1\n",
        "a bracket in a name": "X(Bad): 1\r\n",
        "length and chunked": "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "two lengths": "Content-Length: 3\r\nContent-Length: 4\r\n",
        "no number": "Content-Length: abc\r\n",
        "a sign": "Content-Length: +3\r\n",
        "a negative length": "Content-Length: -1\r\n",
        "an endless length": "Content-Length: 99999999999999999999\r\n",
        "two hosts": "Host: localhost\r\n",
        "an unknown coding": "Transfer-Encoding: zip\r\n",
    }
    bad_lines = {
        "two spaces": f"GET  {path} HTTP/1.1",
        "no version": f"GET {path}",
        "no target": "GET HTTP/1.1",
        "a tab": f"GET\t{path}\tHTTP/1.1",
        "a space in front": f" GET {path} HTTP/1.1",
        "a space behind": f"GET {path} HTTP/1.1 ",
        "no such version": f"GET {path} HTTP/1.x",
        "another protocol": f"GET {path} HTCP/1.1",
        "NUL in the target": f"GET {path}\0 HTTP/1.1",
        "a target without slash": "GET x HTTP/1.1",
        "no method": f"{path} HTTP/1.1",
        "a bracket in the method": f"G(T {path} HTTP/1.1",
        "high bytes in the target": f"GET {path}\xff HTTP/1.1",
    }
    return [
        *(Case("400-" + named(name), make(line, extra), 400) for name, extra in bad_fields.items()),
        *(Case("400-" + named(name), make(bad_line), 400) for name, bad_line in bad_lines.items()),
        Case("400-bare-LF", make(line).replace(b"\r\n", b"\n"), 400),
        Case("400-bare-LF-behind-the-request-line", make(line).replace(b"\r\n", b"\n", 1), 400),
        Case("400-bare-LF-at-the-end", make(line)[:-2] + b"\n", 400),
        Case("400-no-Host", make(line, Host=None), 400),
        Case("400-no-such-Host", make(line, Host="a b"), 400),
        Case("400-TLS", b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + b"t" * 32, 400),
        Case("421-foreign-host", make(line, Host="evil.example"), 421),
        Case("421-dressed-up-host", make(line, Host="localhost.evil.example"), 421),
        Case("431-head-of-17-KiB", make(line, "X-Bad: " + "x" * 17 * 1024 + "\r\n"), 431),
        Case("431-endless-request-line", make(f"GET {path}?{'q' * 17 * 1024} HTTP/1.1"), 431),
        Case("431-101-fields", make(line, "X: 1\r\n" * 101), 431),
        Case("505-version-2", make(f"GET {path} HTTP/2.0"), 505),
    ]


HANDSHAKE_CASES: list[Case] = [
    *framing_cases(opening, "/"),
    Case("400-no-key", opening(Sec_WebSocket_Key=None), 400),
    Case("400-empty-key", opening(Sec_WebSocket_Key=""), 400),
    Case("400-short-key", opening(Sec_WebSocket_Key="AAAA"), 400),
    Case("400-long-key", opening(Sec_WebSocket_Key="A" * 24), 400),
    Case("400-key-not-base64", opening(Sec_WebSocket_Key="A!AAAAAAAAAAAAAAAAAAAA=="), 400),
    Case("400-two-keys", opening(extra="Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"), 400),
    Case("400-no-Connection", opening(Connection="keep-alive"), 400),
    Case("426-version-8", opening(Sec_WebSocket_Version="8"), 426),
    Case("426-version-14", opening(Sec_WebSocket_Version="14"), 426),
    Case("426-no-Upgrade", opening(Upgrade=None), 426),
    Case("426-another-Upgrade", opening(Upgrade="h2c"), 426),
    Case("405-POST", opening("POST / HTTP/1.1"), 405),
    Case("400-body", opening(extra="Content-Length: 3\r\n") + b"abc", 400),
]

REQUEST_CASES: list[Case] = framing_cases(request, "/no/such/page")
