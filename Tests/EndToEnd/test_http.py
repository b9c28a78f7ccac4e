"""The HTTP port as a server of HTTP/1.1: methods, connections, pipelining, hosts, conditional requests."""

from __future__ import annotations

import pytest

from wire import RawSocket, Stream

PAGES = ["/", "/pointerscope.js", "/admin/adminname", "/healthz", "/readyz", "/metrics", "/api/state"]
FILES = ["/", "/pointerscope.js", "/admin/adminname", "/assets/dashboard/main.js", "/assets/dashboard/layout.css"]


def ask(path: str, method: str = "GET", extra: str = "", host: str = "localhost", version: str = "1.1") -> bytes:
    return f"{method} {path} HTTP/{version}\r\nHost: {host}\r\n{extra}\r\n".encode()


class Answer:
    """One response, read to the end of its body and no further."""

    def __init__(self, caller: RawSocket, to: str = "GET") -> None:
        lines = caller.read_until(b"\r\n\r\n")[:-4].decode().split("\r\n")
        version, status, _ = lines[0].split(" ", 2)
        assert version == "HTTP/1.1"
        self.status = int(status)
        self.fields: dict[str, str] = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            assert name.lower() not in self.fields, f"{name} stands twice"
            self.fields[name.lower()] = value
        has_body = to != "HEAD" and self.status not in (204, 304)
        self.body = caller.read_exactly(int(self.fields.get("content-length", 0))) if has_body else b""


def get(server, path: str, method: str = "GET", extra: str = "", **more) -> Answer:
    """The answer on a connection of its own, which must end behind it when that was asked for."""
    caller = RawSocket(server.http)
    caller.send(ask(path, method, extra + "Connection: close\r\n", **more))
    answer = Answer(caller, method)
    assert answer.fields["connection"] == "close"
    assert caller.read_to_end() == b"", "something follows the body"
    caller.close()
    return answer


@pytest.mark.parametrize("path", [*PAGES, "/favicon.ico", "/assets/dashboard/main.js", "/nothing"])
def test_head_is_get_without_the_body(server, path):
    got, headed = get(server, path), get(server, path, "HEAD")
    assert headed.status == got.status and headed.body == b""
    assert headed.fields.keys() == got.fields.keys()
    changing = {"date", "content-length"} if path in ("/metrics", "/api/state") else {"date"}
    for name in got.fields.keys() - changing:
        assert headed.fields[name] == got.fields[name]


@pytest.mark.parametrize("path", [
    "/nothing", "/index.html", "/admin", "/admin/", "/admin/a/b", "/receive", "/receive/", "/receive/a/b", "/api",
    "/api/", "/api/state/", "/metrics/", "//", "/assets/", "/assets/dashboard/", "/assets/dashboard/nothing.js",
    "/assets/dashboard/../../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/%", "/%zz", "/%00", "/Healthz",
])
def test_nothing_there(server, path):
    for method in ("GET", "HEAD"):
        assert get(server, path, method).status == 404


@pytest.mark.parametrize("path", [*PAGES, "/receive/adminname", "/favicon.ico", "/assets/dashboard/main.js"])
def test_other_methods_are_refused(server, path):
    for method in ("BREW", "get"):
        assert get(server, path, method).status == 501, "methods that nobody knows"
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        answer = get(server, path, method)
        assert answer.status == 405, method
        assert {word.strip() for word in answer.fields["allow"].split(",")} == {"GET", "HEAD"}


def test_a_connection_is_kept(server):
    caller = RawSocket(server.http)
    for path in PAGES * 3 + ["/nothing", "/favicon.ico", "/"]:
        caller.send(ask(path))
        answer = Answer(caller)
        assert answer.fields["connection"] == "keep-alive"
        assert answer.status == {"/nothing": 404, "/favicon.ico": 204}.get(path, 200)
    caller.send(ask("/", method="DELETE"))
    assert Answer(caller).status == 405
    caller.send(ask("/healthz"))
    assert Answer(caller).body == b"ok\n"


@pytest.mark.parametrize("extra, version, is_kept", [
    ("", "1.1", True), ("Connection: keep-alive\r\n", "1.1", True), ("Connection: close\r\n", "1.1", False),
    ("Connection: x, Close\r\n", "1.1", False), ("Connection: x\r\nConnection: close\r\n", "1.1", False),
    ("", "1.0", False),
])
def test_when_a_connection_is_kept(server, extra, version, is_kept):
    caller = RawSocket(server.http)
    caller.send(ask("/healthz", extra=extra, version=version))
    assert Answer(caller).body == b"ok\n"
    if is_kept:
        caller.send(ask("/readyz"))
        assert Answer(caller).body == b"ready\n"
    else:
        assert caller.read_to_end() == b""


def test_pipelined_requests_are_answered_in_order(server):
    caller = RawSocket(server.http)
    asked = [(method, path) for method in ("GET", "HEAD") for path in PAGES]
    asked = [*asked, ("POST", "/"), ("GET", "/nothing")] * 5
    caller.send(b"".join(ask(path, method) for method, path in asked))
    answers = [Answer(caller, method) for method, _ in asked]
    assert [answer.status for answer in answers] == [
        405 if method == "POST" else 404 if path == "/nothing" else 200 for method, path in asked]
    for (method, path), answer in zip(asked, answers, strict=True):
        if (method, path) == ("GET", "/healthz"):
            assert answer.body == b"ok\n"
        if method == "HEAD" and path == "/admin/adminname":
            assert answer.fields["content-length"] == str(len(answers[asked.index(("GET", path))].body))


def test_a_stream_may_follow_on_the_same_connection(server):
    caller = RawSocket(server.http)
    caller.send(ask("/healthz") + ask("/receive/adminname"))
    assert Answer(caller).body == b"ok\n"
    assert b"text/event-stream" in caller.read_until(b"\r\n\r\n")
    assert caller.read_until(b"retry: 2000\n")


def test_requests_in_single_bytes(server):
    caller = RawSocket(server.http)
    two = ask("/healthz", extra="Accept: */*\r\n") + ask("/nothing", method="HEAD")
    caller.send_in_pieces(two, list(range(1, len(two))))
    assert Answer(caller).body == b"ok\n"
    assert Answer(caller, "HEAD").status == 404


@pytest.mark.parametrize("extra, body", [
    ("Content-Length: 44\r\n", b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n.."),
    ("Transfer-Encoding: chunked\r\n", b"2\r\nok\r\n0\r\n\r\n"),
])
def test_a_body_is_no_request(server, extra, body):
    """Nobody needs a body here: it is passed over, or the connection ends; it is never taken for a request."""
    caller = RawSocket(server.http)
    caller.send_in_pieces(ask("/healthz", extra=extra) + body, [])
    answer = caller.read_to_end()
    assert answer.startswith(b"HTTP/1.1 ") and answer.count(b"HTTP/1.1 ") == 1
    assert b"ready" not in answer


@pytest.mark.parametrize("host", [
    "localhost", "LocalHost", "localhost:2112", "127.0.0.1", "127.0.0.1:80", "127.8.9.10", "[::1]", "[::1]:2112",
    "localhost.", "localhost.:80", "demo.localhost.", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]:2112",
])
def test_loopback_hosts(server, host):
    assert get(server, "/healthz", host=host).status == 200


@pytest.mark.parametrize("host", [
    "evil.example", "evil.example:2112", "localhost.evil.example", "127.0.0.1.evil.example", "evil.localhost.example",
    "xlocalhost", "127.0.0.1x", "128.0.0.1", "0.0.0.0", "192.168.1.1", "[::2]", "[fe80::1]", "1270.0.1", "127.0.0", "",
])
def test_foreign_hosts(server, host):
    for path in ("/", "/healthz", "/receive/adminname", "/api/state", "/nothing", "/assets/dashboard/main.js"):
        assert get(server, path, host=host).status == 421
    assert server.state()["viewers"] == 0


def test_the_targets_host_weighs_more(server):
    assert get(server, "http://localhost:1/healthz").status == 200
    assert get(server, "http://evil.example/healthz").status == 421
    assert get(server, "http://localhost/healthz", host="evil.example").status in (200, 421)


def test_queries_and_escapes(server):
    assert get(server, "/healthz?deep=true&x").body == b"ok\n"
    assert get(server, "/%68ealthz").body == b"ok\n"
    assert get(server, "/admin/adminname?x=/../..").status == 200


@pytest.mark.parametrize("path", FILES)
def test_conditional_requests(server, path):
    first = get(server, path)
    tag = first.fields["etag"]
    assert tag.startswith('"') and tag.endswith('"') and first.body
    for condition in (tag, f"W/{tag}", f'"other", {tag}', f'W/"x" ,{tag},"y"', "*"):
        for method in ("GET", "HEAD"):
            again = get(server, path, method, f"If-None-Match: {condition}\r\n")
            assert (again.status, again.body) == (304, b""), condition
            assert again.fields["etag"] == tag
    for condition in ('"other"', tag.strip('"'), f'"{tag[1:-2]}"', '""', ""):
        again = get(server, path, "GET", f"If-None-Match: {condition}\r\n")
        assert (again.status, again.body) == (200, first.body), condition


def test_what_changes_has_no_tag(server):
    for path in ("/metrics", "/api/state", "/healthz", "/readyz"):
        answer = get(server, path)
        assert "etag" not in answer.fields and answer.fields["cache-control"] == "no-store"


def test_many_idle_callers_hold_up_nobody(server):
    idle = [RawSocket(server.http) for _ in range(300)]
    for number, caller in enumerate(idle):
        caller.send(ask("/healthz")[:number % 40])
    stream = Stream(server)
    assert get(server, "/healthz").body == b"ok\n"
    stream.close()
    for number, caller in enumerate(idle):
        caller.send(ask("/healthz")[number % 40:])
        assert Answer(caller).body == b"ok\n"
