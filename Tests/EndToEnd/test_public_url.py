"""A server under a public name and a path, behind proxies that pass the path on and that take it off."""

from __future__ import annotations

import email.utils
import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from typing import Callable, Iterator
from urllib.parse import urljoin, urlsplit

import pytest

from path_proxy import Nginx, ReverseProxy, find_nginx
from server import BINARY
from test_http import get
from waiting import wait_until
from wire import RawSocket, RawWebSocket, handshake, text

needs_nginx = pytest.mark.skipif(find_nginx() is None, reason="nginx is not installed")
PROXIES = [
    pytest.param(ReverseProxy, False, id="passes"),
    pytest.param(ReverseProxy, True, id="strips"),
    pytest.param(Nginx, False, id="nginx-passes", marks=needs_nginx),
    pytest.param(Nginx, True, id="nginx-strips", marks=needs_nginx),
]


@pytest.fixture
def put_behind(start_server) -> Iterator[Callable]:
    """Starts a server behind a proxy that it knows."""
    proxies = []

    def start(kind, strips: bool, base: str = "/ps", *options: str):
        proxy = kind(base, strips)
        proxies.append(proxy)
        server = start_server("--public-url", proxy.url, *options)
        proxy.server = server
        return proxy, server

    yield start
    for proxy in proxies:
        proxy.close()


def fetch(url: str, **headers: str):
    """Status, fields and body of what is there; redirections are not followed."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def crawl(start: str) -> set[str]:
    """Everything that pages, styles and modules below `start` refer to; all of it must be there."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        url = waiting.pop().split("?")[0]
        if url in seen or "/receive/" in url:
            continue
        seen.add(url)
        status, _, body = fetch(url)
        assert status == 200, url
        found = re.findall(r'(?:src|href)="([^"<{}]+)"', body) + re.findall(r"(?:from|import) '(\./[^']+)'", body)
        # Where to sign in is a matter of --auth.
        waiting += [urljoin(url, target) for target in found if not target.endswith("/sign-in")]
    return seen


@pytest.mark.parametrize("kind, strips", PROXIES)
def test_everything_works_under_the_path(put_behind, kind, strips):
    proxy, _ = put_behind(kind, strips, "/a/ps")
    seen = crawl(proxy.url + "/")
    paths = {urlsplit(url).path for url in seen}
    assert all(path.startswith("/a/ps/") for path in paths), paths
    assert {"/a/ps/admin/demo", "/a/ps/pointerscope.js", "/a/ps/assets/dashboard/main.js", "/a/ps/api/state",
            "/a/ps/assets/sample/field.js", "/a/ps/assets/dashboard/picture.js"} <= paths
    status, fields, _ = fetch(proxy.url)
    if kind is Nginx or not strips:
        assert status == 301 and urljoin(proxy.url, fields["Location"]) == proxy.url + "/"


@pytest.mark.parametrize("kind, strips", PROXIES)
def test_samples_go_from_the_sample_page_to_a_stream(put_behind, kind, strips):
    proxy, server = put_behind(kind, strips)
    origin = proxy.url.removesuffix("/ps")
    page = fetch(proxy.url + "/")[2]
    ingest = re.search(r'data-ingest="([^"]+)"', page)[1]
    assert ingest == proxy.url.replace("http", "ws") + "/ws"
    assert f'("{ingest}","{proxy.url}/")' in fetch(proxy.url + "/pointerscope.js")[2]
    stream = RawSocket(("127.0.0.1", proxy.port))
    stream.send(f"GET /ps/receive/ann HTTP/1.1\r\nHost: localhost:{proxy.port}\r\n\r\n".encode())
    stream.read_until(b"retry: 2000")
    visitor = RawSocket(("127.0.0.1", proxy.port))
    visitor.send(handshake("/ps/ws", f"localhost:{proxy.port}", f"Origin: {origin}\r\n"))
    assert visitor.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
    visitor.send(text({"id": "v", "x": 1, "y": 2}))
    assert b'{"id":"v","x":1,"y":2' in stream.read_until(b'"y":2')
    wait_until(lambda: server.state()["viewers"] == 1, 30, "the viewer")
    visitor.close()
    stream.close()


@needs_nginx
def test_without_a_public_url_a_path_that_is_taken_off_works_too(start_server):
    """As nginx does it by itself: with the server's own address for Host."""
    server = start_server()
    proxy = Nginx("/scope", strips=True, names_host=False)
    proxy.server = server
    try:
        paths = {urlsplit(url).path for url in crawl(proxy.url + "/")}
        assert all(path.startswith("/scope/") for path in paths)
        assert "/scope/assets/dashboard/picture.js" in paths
    finally:
        proxy.close()


def test_top_watches_under_a_path(put_behind):
    proxy, server = put_behind(ReverseProxy, False)
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "ann", "x": 1, "y": 2})
    visitor.ping_and_wait()
    for url in (proxy.url, proxy.url + "/"):
        ended = subprocess.run([BINARY, "top", "--once", "--json", url], capture_output=True, text=True, timeout=60,
                               stdin=subprocess.DEVNULL)
        assert ended.returncode == 0, ended.stderr
        said = json.loads(ended.stdout)
        assert said["url"] == proxy.url and [row["id"] for row in said["visitors"]] == ["ann"]
    wrong = subprocess.run([BINARY, "top", "--once", proxy.url + "x"], capture_output=True, text=True, timeout=60)
    assert wrong.returncode == 69 and "answered 404" in wrong.stderr


def test_which_hosts_are_answered(start_server):
    server = start_server("--public-url", "https://watch.localhost:8443/ps")
    assert server.ready["url"] == "https://watch.localhost:8443/ps/"
    for host in ("watch.localhost", "watch.localhost:8443", "WATCH.localhost.", "localhost", "[::1]"):
        assert get(server, "/healthz", host=host).status == 200, host
        assert RawWebSocket.status(server.ingest, host=host) == 101
    for host in ("watch.example", "localhost.evil.example"):
        answer = get(server, "/healthz", host=host)
        assert answer.status == 421
        assert answer.body == b"only watch.localhost:8443 and loopback names are answered here\n"
        assert RawWebSocket.status(server.ingest, host=host) == 421


def test_its_pages_are_served_whatever_the_list(start_server):
    server = start_server("--public-url", "https://watch.localhost/ps", "--origin", "https://shop.example")
    for origin, status in [("https://watch.localhost", 101), ("https://shop.example", 101),
                           ("http://watch.localhost", 403), ("https://watch.localhost:8443", 403)]:
        assert RawWebSocket.status(server.ingest, f"Origin: {origin}\r\n") == status, origin


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "serve", "--headless", *arguments], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("url, said", [
    ("http://watch.example.org", "passwords would cross the network in the clear"),
    ("watch.example.org", "must begin with https:// or http://"),
    ("https://localhost/a//b", "empty part"), ("https://localhost/?x", "no ?"), ("https://a@localhost", "no password"),
])
def test_a_public_url_that_is_none(url, said):
    ended = run("--public-url", url)
    assert ended.returncode == 64
    assert len(ended.stderr.splitlines()) == 1 and f"--public-url {url}" in ended.stderr and said in ended.stderr


def test_one_in_the_file_is_named_by_its_line(tmp_path):
    file = tmp_path / "ps.conf"
    file.write_text("# here\npublic-url = http://watch.example.org\n")
    ended = run("--config", str(file))
    assert ended.returncode == 78 and "ps.conf:2" in ended.stderr and "https://watch.example.org" in ended.stderr


def test_the_date(server):
    """RFC 9110, section 6.6.1: on every answer, streams and refusals too, and of now."""
    for path in ("/", "/healthz", "/nothing", "/api/state", "/receive/ann?hz=7"):
        said = email.utils.parsedate_to_datetime(get(server, path).fields["date"]).timestamp()
        assert abs(said - time.time()) < 5, path
    stream = RawSocket(server.http)
    stream.send(b"GET /receive/ann HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"\r\nDate: " in stream.read_until(b"\r\n\r\n")
    stream.close()


@pytest.mark.parametrize("path", ["/admin/Jos%C3%A9", "/admin/me@x", "/receive/me@x", "/admin/"])
def test_names_that_cannot_be(server, path):
    answer = server.get(path)
    assert answer.status == 404 and answer.text == "a name is 1 to 64 of the characters A-Z a-z 0-9 - . _ ~\n"
    page = server.get(path, headers={"Accept": "text/html,*/*"})
    assert page.status == 404 and page.text.startswith("<!doctype html>") and "A-Z a-z 0-9" in page.text


def test_who_is_signed_in_where_nobody_has_to(server):
    answer = server.get("/api/session")
    assert answer.status == 200 and json.loads(answer.text) == {
        "auth": "none", "client": {"address": "127.0.0.1", "by": "peer", "forwarded": "missing"}}
