"""`pointerscope doctor` before a reverse proxy that does one thing wrong at a time: it names that, and the mend."""

from __future__ import annotations

import email.utils
import json
import os
import subprocess
import time

import pytest

from alien_server import AlienServer, Double
from faulty_proxy import FaultyProxy
from local_authority import Authority
from server import BINARY


LEVELS = ("ok", "warn", "fail", "skip")


def session(address: str, by: str, forwarded: str):
    """What a server says that sees such a caller."""
    return lambda fields: {"name": "doctor", "client": {"address": address, "by": by, "forwarded": forwarded}}


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "ours")


@pytest.fixture(scope="module")
def certificate(authority):
    return authority.certificate()


@pytest.fixture
def start_proxy(server):
    proxies: list[FaultyProxy] = []

    def start(*more, **further) -> FaultyProxy:
        proxies.append(FaultyProxy(server, *more, **further))
        # The server of these tests knows of no proxy, and would say so.
        proxies[-1].own["/api/session"] = session("192.0.2.7", "header", "ok")
        return proxies[-1]

    yield start
    for proxy in proxies:
        proxy.end()


@pytest.fixture
def proxy(start_proxy, certificate) -> FaultyProxy:
    """One that does everything right, with a base path and TLS."""
    return start_proxy(certificate, base="/ps")


class Verdicts:
    """What the doctor said, by check."""

    def __init__(self, ended: subprocess.CompletedProcess) -> None:
        assert ended.stderr == "", ended.stderr
        self.status = ended.returncode
        self.told = json.loads(ended.stdout)
        self.checks = {check["check"]: check for check in self.told["checks"]}
        assert len(self.checks) == len(self.told["checks"]), "a check stands twice"
        for level in LEVELS:
            assert self.told[level] == sum(check["level"] == level for check in self.told["checks"])
        for check in self.told["checks"]:
            assert ("mend" in check) == (check["level"] in ("warn", "fail")), check
        assert self.status == (1 if self.told["fail"] else 0)

    def levels(self, *levels: str) -> set[str]:
        return {name for name, check in self.checks.items() if check["level"] in levels}

    def check(self, name: str, level: str, words: str = "", mend: str = "") -> None:
        found = self.checks.get(name)
        assert found and found["level"] == level, json.dumps(self.told, indent=1)
        assert words in found["text"] and mend in found.get("mend", ""), found


def doctor(*arguments, timeout: float = 120) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, "doctor", *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
        stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"})


def verdicts(*arguments) -> Verdicts:
    return Verdicts(doctor(*arguments, "--json"))


@pytest.fixture
def look(proxy, authority):
    """What the doctor says of the proxy as it is now; with `streams` after it has watched one for a while."""
    def say(*more, streams: bool = False) -> Verdicts:
        if not streams:
            proxy.own.setdefault("/receive/doctor", 401)
        return verdicts(proxy.url(), "--ca-file", authority.root, *more)
    return say


def test_a_server_of_this_machine_is_well(server):
    found = verdicts(server.http_url)
    assert found.status == 0 and not found.levels("fail"), found.told
    found.check("ingest", "ok", "ws://%s:%d" % server.ingest)
    found.check("stream", "ok")
    found.check("resume", "ok", "Last-Event-ID")
    found.check("descriptors", "ok", str(server.ready["capacity"]))
    assert found.told["url"] == server.http_url


def test_what_a_server_is_told_is_not_for_the_doctor(server):
    """Both may be started from one environment."""
    environment = {**os.environ, "POINTERSCOPE_INGEST": "127.0.0.1:0", "POINTERSCOPE_ORIGIN": "https://a.example"}
    ended = subprocess.run([BINARY, "doctor", "http://127.0.0.1:1"], capture_output=True, text=True, timeout=60,
                           env=environment)
    assert ended.returncode == 1 and ended.stderr == "", ended


def test_lines_for_a_person(server):
    ended = doctor(server.http_url)
    lines = ended.stdout.splitlines()
    assert ended.returncode == 0 and ended.stderr == ""
    assert lines[0] == "ok    connect       %s:%d" % server.http
    assert all(line.split()[0] in LEVELS for line in lines[:-1])
    assert lines[-1].endswith(" skipped") and " 0 fail, " in lines[-1]


def test_a_proxy_that_does_it_right(look, proxy):
    found = look(streams=True)
    assert found.status == 0 and not found.levels("fail"), found.told
    for check in ("connect", "certificate", "health", "ready", "host", "strangers", "assets", "headers", "ingest",
                  "origin", "stream", "compression", "resume"):
        found.check(check, "ok")
    found.check("certificate", "ok", "localhost, TLSv1.3")
    targets = {target.split("?")[0] for target, _ in proxy.requests}
    assert {"/ps/healthz", "/ps/readyz", "/ps/ws", "/ps/receive/doctor", "/ps/api/session", "/ps/metrics"} <= targets


def fault_no_upgrade(proxy):
    proxy.dropped = {"upgrade", "connection"}


def fault_ingest_elsewhere(proxy):
    proxy.own["/ws"] = 404


def fault_no_ingest(proxy):
    proxy.own["/ws"] = 502


def fault_wrong_host(proxy):
    proxy.host = "watch.example"


def fault_any_name(proxy):
    proxy.host = "127.0.0.1"


def fault_no_server(proxy):
    proxy.own["/healthz"] = 502


def fault_not_ready(proxy):
    proxy.own["/readyz"] = 503


def fault_gathers(proxy):
    proxy.gathers = 1 << 20


def fault_compresses(proxy):
    proxy.compresses = True


def fault_no_place(proxy):
    proxy.dropped = {"last-event-id"}


def fault_no_policy(proxy):
    proxy.hidden = {"content-security-policy"}


def fault_assets_elsewhere(proxy):
    proxy.own["/assets/dashboard/main.js"] = proxy.own["/main.js"] = 404


def fault_open_cookie(proxy):
    proxy.added = {"set-cookie": "pointerscope=1; HttpOnly; Path=/"}


@pytest.mark.parametrize("fault, check, level, words, mend", [
    (fault_no_upgrade, "ingest", "fail", "answers 426", "proxy_set_header Upgrade"),
    (fault_ingest_elsewhere, "ingest", "fail", "leads to something else", "--ingest"),
    (fault_no_ingest, "ingest", "fail", "answers 502", "the address of --ingest"),
    (fault_wrong_host, "host", "fail", "answers 421", "--public-url https://localhost"),
    (fault_any_name, "strangers", "warn", "doctor.invalid", "Host $host"),
    (fault_no_server, "health", "fail", "answers 502", "the address of its --http"),
    (fault_not_ready, "ready", "fail", "answers 503", "its log"),
    (fault_gathers, "stream", "fail", "nothing of it comes", "proxy_buffering off"),
    (fault_compresses, "compression", "fail", "(gzip)", "text/event-stream"),
    (fault_no_place, "resume", "fail", "does not reach the server", "pass the field on"),
    (fault_no_policy, "headers", "warn", "missing: Content-Security-Policy", "leave them"),
    (fault_assets_elsewhere, "assets", "fail", "main.js", "/ps/"),
    (fault_open_cookie, "cookies", "fail", "pointerscope is not Secure", "must begin with https"),
], ids=lambda value: value.__name__.removeprefix("fault_") if callable(value) else "")
def test_one_fault(look, proxy, fault, check, level, words, mend):
    fault(proxy)
    found = look(streams=check in ("stream", "compression", "resume"))
    found.check(check, level, words, mend)
    assert found.levels("fail") <= {check, "origin"} or check in ("host",), found.told


def test_a_page_of_another_origin(look):
    found = look("--page-origin", "https://shop.example")
    found.check("origin", "fail", "pages of https://shop.example are refused", "--origin https://shop.example")
    assert found.levels("fail") == {"origin"}


def test_a_proxy_that_stalls(look, proxy):
    proxy.own["/healthz"] = lambda fields: time.sleep(60)
    began = time.monotonic()
    found = look()
    found.check("health", "fail", "gives no answer within 5 s")
    assert time.monotonic() - began < 30


def test_a_port_that_stalls(start_proxy):
    proxy = start_proxy()
    proxy.stalls = True
    found = verdicts(proxy.url().replace("http:", "https:"))
    found.check("certificate", "fail", "does not finish a TLS handshake within 5 s")
    verdicts(proxy.url()).check("health", "fail", "gives no answer within 5 s")


def test_a_stream_without_a_pause():
    """Who never stops sending is left after a while."""
    def serve(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        while True:
            connection.sendall(b":" * 65536)

    flood = Double(serve)
    try:
        began = time.monotonic()
        found = verdicts("http://" + flood.address)
        assert time.monotonic() - began < 60 and found.status == 1
    finally:
        flood.end()


@pytest.mark.parametrize("made, words, mend", [
    ({"starts": -20, "ends": -10}, "expired on", "renew it"),
    ({"alternatives": "DNS:other.example"}, "it holds for other.example", "holds for localhost"),
])
def test_a_wrong_certificate_ends_it(start_proxy, authority, made, words, mend):
    proxy = start_proxy(authority.certificate(**made))
    found = verdicts(proxy.url(), "--ca-file", authority.root)
    found.check("certificate", "fail", words, mend)
    assert list(found.checks)[-1] == "certificate" and proxy.requests == []


def test_a_certificate_that_should_have_been_renewed(start_proxy, authority):
    proxy = start_proxy(authority.certificate(starts=-80, ends=10))
    found = verdicts(proxy.url(), "--ca-file", authority.root)
    found.check("certificate", "warn", "days), for localhost", "renewed")
    assert found.status == 0


def test_an_unknown_authority(start_proxy, certificate):
    verdicts(start_proxy(certificate).url()).check("certificate", "fail", "is not known here", "fullchain.pem")


def test_nobody_there():
    verdicts("http://127.0.0.1:1").check("connect", "fail", "Connection refused", "start the server")
    verdicts("http://nobody.invalid").check("name", "fail", "nobody.invalid", "A or AAAA record")


@pytest.mark.parametrize("answer, level, words", [
    (None, "ok", "nothing is served"),
    ("HTTP/1.1 308 Permanent Redirect\r\nLocation: {url}/\r\n", "ok", "http leads to https (308)"),
    ("HTTP/1.1 301 Moved\r\nLocation: https://other.example/\r\n", "warn", "https://other.example/"),
    ("HTTP/1.1 200 OK\r\n", "fail", "plain http is answered"),
])
def test_plain_http_beside_it(look, proxy, answer, level, words):
    text = answer and answer.format(url=proxy.url().removesuffix("/ps"))
    beside = AlienServer((text or "").encode() + b"Content-Length: 0\r\n\r\n", closes=True)
    if answer is None:
        beside.end()
    try:
        look("--plain-port", beside.address.rsplit(":", 1)[1]).check("redirect", level, words)
    finally:
        if answer is not None:
            beside.end()


def believing(fields: dict) -> dict:
    claimed = fields.get("x-forwarded-for")
    return {"client": {"address": claimed or "192.0.2.7", "by": "header", "forwarded": "ok"}}


@pytest.mark.parametrize("told, level, words, mend", [
    (session("192.0.2.7", "header", "ok"), "ok", "you are seen as 192.0.2.7", ""),
    (session("192.0.2.7", "proxy-protocol", "ok"), "ok", "by proxy-protocol", ""),
    (session("127.0.0.1", "peer", "missing"), "fail", "instead of yours", "X-Forwarded-For is missing"),
    (session("10.0.0.2", "peer", "untrusted-peer"), "fail", "is not trusted", "--trusted-proxy 10.0.0.2"),
    (session("127.0.0.1", "peer", "malformed"), "fail", "names an address that is none", "--forwarded"),
    (believing, "fail", "visitors can say who they are", "append to it"),
    (lambda fields: {"name": "doctor"}, "skip", "does not tell", ""),
])
def test_whose_address_is_seen(look, proxy, told, level, words, mend):
    proxy.own["/api/session"] = told
    look().check("forwarding", level, words, mend)


def test_the_clock_of_the_other(look, proxy):
    proxy.added = {"date": email.utils.formatdate(usegmt=True)}
    look().check("clock", "ok", "within")
    proxy.added = {"date": email.utils.formatdate(time.time() - 600, usegmt=True)}
    look().check("clock", "warn", "s behind this machine's", "timedatectl")


def test_what_needs_a_token(look, proxy, tmp_path):
    for path in ("/receive/doctor", "/api/session", "/metrics"):
        proxy.own[path] = 401
    found = look()
    # On this machine the room is known without.
    for check in ("stream", "forwarding"):
        found.check(check, "skip", "skipped: needs --token-file")
    assert found.status == 0
    (tmp_path / "token").write_text("ps_abc_def\nof the doctor\n")
    found = look("--token-file", tmp_path / "token")
    found.check("stream", "fail", "the token is not taken", "Authorization")
    sent = [fields.get("authorization") for _, fields in proxy.requests]
    assert "Bearer ps_abc_def" in sent


@pytest.mark.parametrize("text, words", [
    (None, "cannot be read: No such file"), ("", "holds no token"), ("two words\n", "holds no token"),
    ("x" * 5000, "is larger than 4 KiB")])
def test_a_token_file_that_is_none(tmp_path, text, words):
    file = tmp_path / "token"
    if text is not None:
        file.write_text(text)
    ended = doctor("http://127.0.0.1:1", "--token-file", file)
    assert ended.returncode == 66 and words in ended.stderr and ended.stdout == "", ended


def test_a_pipe_holds_nothing_up(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for held in (False, True):
        writer = os.open(tmp_path / "pipe", os.O_RDWR) if held else None
        began = time.monotonic()
        ended = doctor("http://127.0.0.1:1", "--token-file", tmp_path / "pipe")
        assert ended.returncode == 66 and time.monotonic() - began < 20, ended
        if writer is not None:
            os.close(writer)


def test_output_that_cannot_be_written(server):
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [BINARY, "doctor", server.http_url, "--json"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert ended.returncode == 74 and "No space left" in ended.stderr


@pytest.mark.parametrize("arguments, words", [
    (["ftp://a"], "http:// or https://"), (["a"], "needs a port"), (["--ingest-url", "http://a"], "ws:// or wss://"),
    (["--page-origin", "a"], "scheme://host"), (["--plain-port", "0"], "1 to 65535"), (["http://a/b?c"], "no ?")])
def test_what_is_no_request(arguments, words):
    ended = doctor(*arguments)
    assert ended.returncode == 64 and words in ended.stderr and ended.stderr.count("\n") == 1, ended.stderr


def test_a_public_server(start_server, certificate, authority):
    """All of it by the server's own means: its name, its path, the address behind a header."""
    proxy = FaultyProxy(None, certificate, base="/ps")
    try:
        proxy.server = start_server(
            "--public-url", proxy.url(), "--trusted-proxy", "127.0.0.0/8", "--sample")
        found = verdicts(proxy.url(), "--ca-file", authority.root)
        for check in ("host", "assets", "ingest", "origin", "stream", "caching", "clock", "headers", "hsts",
                      "forwarding"):
            found.check(check, "ok")
        proxy.dropped = {"x-forwarded-for"}
        verdicts(proxy.url(), "--ca-file", authority.root).check("forwarding", "fail", mend="--trusted-proxy is")
    finally:
        proxy.end()
