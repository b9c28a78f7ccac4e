"""The documented configurations in the real nginx, Caddy and HAProxy: they work, and without a line the doctor says
which one is missing."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import urllib.request

import pytest

from local_authority import Authority
from proxies import DOCUMENTS, Caddy, CaddyPath, HAProxy, HAProxyPath, Nginx, NginxPath, Proxy, program
from server import BINARY, Server
from test_doctor import Verdicts
from waiting import wait_until

ALL = [Nginx, NginxPath, Caddy, CaddyPath, HAProxy, HAProxyPath]
"""Each document once. Below a path the server must know it, and so does whoever names a client's address."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "ours")


@pytest.fixture(scope="module")
def certificate(authority):
    return authority.certificate()


class Deployment:
    """A server and the proxy in front of it."""

    def __init__(self, proxy: Proxy, server: Server, authority: Authority, token: str | None) -> None:
        self.proxy, self.server, self.authority, self.token = proxy, server, authority, token

    def doctor(self, *options: str) -> Verdicts:
        token = ["--token-file", self.token] if self.token else []
        return Verdicts(subprocess.run(
            [BINARY, "doctor", self.proxy.url, "--ca-file", str(self.authority.root), "--json", *token, *options],
            capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL))

    def post(self, events):
        """What answers who posts events as a page of the public URL."""
        request = urllib.request.Request(
            self.proxy.url + "/events", json.dumps(events).encode(), {"Content-Type": "text/plain;charset=UTF-8"})
        context = ssl.create_default_context(cafile=str(self.authority.root))
        with urllib.request.urlopen(request, context=context, timeout=60) as answer:
            return json.load(answer)


@pytest.fixture
def deploy(tmp_path, start_server, authority, certificate):
    """Starts one of the documents, some lines of it left out, and the server with the options that it names."""
    started: list[Proxy] = []

    def start(kind: type[Proxy], *without: str, options: bool | list[str] = True) -> Deployment:
        if program(kind.name) is None:
            pytest.skip(f"{kind.name} is not installed")
        proxy = kind(tmp_path / "proxy", certificate, tuple(line for line in without if line))
        started.append(proxy)
        chosen = ["--public-url", proxy.url, "--trusted-proxy", "127.0.0.1"] if options is True else options
        chosen = [proxy.url if word == "" else word for word in chosen]
        if "--auth" in chosen:
            chosen = ["--public-url", proxy.url, *chosen]
        return Deployment(proxy.start(server := start_server(*chosen)), server, authority, None)

    yield start
    for proxy in started:
        proxy.end()


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.document)
def test_a_document_works(deploy, kind):
    made = deploy(kind)
    plain = ["--plain-port", str(made.proxy.plain_port)] if not made.proxy.base else []
    found = made.doctor(*plain)
    assert not found.levels("fail"), found.told
    for check in ("connect", "certificate", "health", "ready", "host", "strangers", "assets", "headers", "ingest",
                  "origin", "stream", "compression", "resume"):
        found.check(check, "ok")
    if plain:
        # Caddy leads to the port that https has outside, and a test's is another one.
        found.check("redirect", "warn" if kind is Caddy else "ok", "http leads to ")
    assert made.post([{"id": "ann", "x": 1, "y": 2}]) == {"interval": 5000}
    assert [row["id"] for row in made.server.state()["visitors"]] == ["ann"]
    ended = subprocess.run(
        [BINARY, "top", made.proxy.url, "--ca-file", str(made.authority.root), "--once", "--json"],
        capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert ended.returncode == 0 and json.loads(ended.stdout)["link"] == "live", ended.stderr


def test_a_list_of_origins_is_no_fault(deploy):
    """A list refuses who names no origin, as the doctor does first; it is another page's that is to be refused."""
    made = deploy(Nginx, options=["--trusted-proxy", "127.0.0.1", "--public-url", "", "--origin", "https://shop.example"])
    found = made.doctor()
    found.check("ingest", "ok")
    found.check("origin", "ok")
    made.doctor("--page-origin", "https://shop.example").check("origin", "ok")
    made.doctor("--page-origin", "https://other.example").check(
        "origin", "fail", mend="--origin https://other.example")


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.document)
def test_what_the_server_adds(deploy, kind):
    found = deploy(kind).doctor()
    for check in ("forwarding", "caching", "clock", "hsts"):
        found.check(check, "ok")


@pytest.mark.parametrize("kind, line, check, level, words", [
    (Nginx, "proxy_set_header Upgrade $http_upgrade;", "ingest", "fail", "Upgrade $http_upgrade"),
    (Nginx, "proxy_set_header Connection upgrade;", "ingest", "fail", "Connection upgrade"),
    (Nginx, "proxy_http_version 1.1;", "ingest", "fail", "proxy_http_version 1.1"),
    (Nginx, "proxy_set_header Host $host;", "strangers", "warn", "proxy_set_header Host $host"),
    (Nginx, "proxy_pass http://127.0.0.1:8081;", "ingest", "fail", "must lead the path"),
    (Nginx, "proxy_pass http://127.0.0.1:2112;", "health", "fail", ""),
    (Caddy, "reverse_proxy 127.0.0.1:8081", "ingest", "fail", "must lead the path"),
    (HAProxy, "use_backend ingest", "ingest", "fail", "must lead the path"),
    (HAProxy, "server pointerscope 127.0.0.1:8081", "ingest", "fail", "the address of --ingest"),
], ids=lambda value: value if isinstance(value, str) and len(value) > 20 else "")
def test_a_line_that_is_missing(deploy, kind, line, check, level, words):
    found = deploy(kind, line).doctor()
    found.check(check, level, mend=words)
    assert found.levels("fail") <= {check, "origin", "stream", "assets"}, found.told


@pytest.mark.parametrize("kind, line", [
    (Nginx, "return 301"), (HAProxy, "http-request redirect")], ids=["nginx", "haproxy"])
def test_plain_http_that_leads_nowhere(deploy, kind, line):
    made = deploy(kind, line)
    # Without the line nginx has nothing to answer with, and HAProxy answers as over https.
    made.doctor("--plain-port", str(made.proxy.plain_port)).check("redirect", "fail" if kind is HAProxy else "ok")


@pytest.mark.parametrize("kind", [Nginx, Caddy, HAProxy])
def test_a_chain_that_is_cut(tmp_path, start_server, authority, kind):
    """The certificate alone in the place of the chain, as with cert.pem instead of fullchain.pem."""
    if program(kind.name) is None:
        pytest.skip(f"{kind.name} is not installed")
    between = Authority(tmp_path / "between", "Between", under=authority)
    proxy = kind(tmp_path / "proxy", between.certificate())
    try:
        made = Deployment(proxy.start(server := start_server()), server, authority, None)
        made.doctor().check("certificate", "fail", "comes alone", mend="fullchain.pem")
    finally:
        proxy.end()


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.document)
def test_people_and_programs_sign_in(deploy, tmp_path, kind):
    """All options that the document names: without a token what is open is looked at, with one all of it."""
    state = tmp_path / "state"
    made = deploy(kind, options=["--trusted-proxy", "127.0.0.1", "--auth", "password", "--state", str(state)])
    found = made.doctor()
    assert not found.levels("fail", "warn"), found.told
    found.check("assets", "ok", "the page to sign in on")
    found.check("cookies", "ok", "HttpOnly and Secure")
    for check in ("stream", "forwarding"):
        found.check(check, "skip", "skipped: needs --token-file")
    made.token = str(tmp_path / "token")
    with open(made.token, "w") as file:
        subprocess.run(
            [BINARY, "token", "create", "doctor", "--state", str(state)], stdout=file, check=True, timeout=60)

    def signed_in() -> Verdicts:
        found = made.doctor()
        found.check("stream", "ok")
        return found

    # A server notices a new token within a second.
    found = wait_until(signed_in, 60, "the token to be taken")
    assert not found.levels("fail", "warn"), found.told
    for check in ("assets", "resume", "forwarding", "cookies"):
        found.check(check, "ok")


@pytest.mark.parametrize("kind, line", [
    (Nginx, "proxy_set_header X-Forwarded-For $remote_addr;"), (NginxPath, "proxy_set_header X-Forwarded-For"),
    (HAProxy, "set-header X-Forwarded-For"), (HAProxyPath, "set-header X-Forwarded-For"),
])
def test_addresses_that_are_not_passed_on(deploy, kind, line):
    found = deploy(kind, line).doctor()
    found.check("forwarding", "fail")
    assert "X-Forwarded-For" in found.checks["forwarding"]["mend"]


@pytest.mark.parametrize("kind", [Nginx, Caddy, HAProxy])
def test_options_of_the_server_that_are_missing(deploy, kind):
    made = deploy(kind, options=[])
    made.doctor().check("forwarding", "fail", mend="--trusted-proxy")


@pytest.mark.parametrize("kind", [NginxPath, CaddyPath, HAProxyPath])
def test_a_path_that_the_server_does_not_know(deploy, kind):
    made = deploy(kind, options=["--trusted-proxy", "127.0.0.1"])
    found = made.doctor()
    assert found.levels("fail") & {"health", "assets"} and "/ps" in json.dumps(found.told)


def test_what_nginx_does_to_streams_by_hand(deploy):
    """Where somebody turns against them what the server asks for, the doctor says that as well."""
    class Gathering(Nginx):
        FRAME = Nginx.FRAME.replace("gzip on;", "proxy_ignore_headers X-Accel-Buffering;")

    made = deploy(Gathering)
    made.doctor().check("stream", "fail", mend="proxy_buffering off")


@pytest.mark.parametrize("line, level", [
    ("encode gzip", "fail"), ("@pages not path /receive/*\n\tencode @pages gzip", "ok")], ids=["all", "pages"])
def test_what_caddy_does_to_streams_by_compression(deploy, line, level):
    """Caddy 2.6 compresses event streams like any text, whatever they say; the document has what keeps it off."""
    class Encoding(Caddy):
        def text(self, server):
            return super().text(server).replace("\ttls ", f"\t{line}\n\ttls ", 1)

    document = " ".join((DOCUMENTS.parent / "deploy.md").read_text().split())
    assert level == "fail" or all(f"`{part}`" in document for part in line.split("\n\t"))
    deploy(Encoding).doctor().check("compression", level)


def test_what_nginx_does_to_streams_by_compression(deploy):
    class Compressing(Nginx):
        FRAME = Nginx.FRAME.replace("gzip on;", "gzip on; gzip_types *; gzip_proxied any; gzip_min_length 0;")

    found = deploy(Compressing).doctor()
    assert found.levels("fail") & {"compression", "stream"}, found.told
