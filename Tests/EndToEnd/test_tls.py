"""`pointerscope top` over https: whom it believes, and in which words it does not."""

from __future__ import annotations

import json
import os
import ssl
import subprocess

import pytest

from faulty_proxy import FaultyProxy
from local_authority import Authority
from server import BINARY
from terminal import Top
from wire import RawWebSocket


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "ours")


@pytest.fixture
def start_proxy(server):
    proxies: list[FaultyProxy] = []

    def start(certificate=None, **more) -> FaultyProxy:
        proxies.append(FaultyProxy(server, certificate, **more))
        return proxies[-1]

    yield start
    for proxy in proxies:
        proxy.end()


def top(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, "top", "--once", "--json", *arguments], capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8", **environment})


@pytest.mark.parametrize("host, alternatives", [
    ("localhost", "DNS:localhost"), ("127.0.0.1", "IP:127.0.0.1"), ("LocalHost", "DNS:localhost")])
def test_a_server_is_watched_over_tls(server, start_proxy, authority, host, alternatives):
    client = RawWebSocket(server.ingest)
    client.say({"id": "ann", "x": 1, "y": 2, "p": "/cart"})
    client.ping_and_wait()
    proxy = start_proxy(authority.certificate(alternatives=alternatives))
    ended = top(proxy.url(host), "--ca-file", str(authority.root))
    assert ended.returncode == 0 and ended.stderr == "", ended.stderr
    picture = json.loads(ended.stdout)
    assert picture["url"] == proxy.url(host) and picture["link"] == "live"
    assert [visitor["id"] for visitor in picture["visitors"]] == ["ann"]


def test_a_base_path_goes_in_front(start_proxy, authority):
    proxy = start_proxy(authority.certificate(), base="/ps")
    for slash in ["", "/"]:
        ended = top(proxy.url() + slash, "--ca-file", str(authority.root))
        assert ended.returncode == 0, ended.stderr
    assert all(target.startswith("/ps/receive/") for target, _ in proxy.requests)
    plain = start_proxy(base="/ps")
    assert top(plain.url()).returncode == 0


def test_the_systems_authorities_are_believed(start_proxy, authority):
    proxy = start_proxy(authority.certificate())
    ended = top(proxy.url(), SSL_CERT_FILE=str(authority.root))
    assert ended.returncode == 0, ended.stderr
    # Those of a file take their place.
    other = Authority(authority.folder / "elsewhere")
    ended = top(proxy.url(), "--ca-file", str(other.root), SSL_CERT_FILE=str(authority.root))
    assert ended.returncode == 69


def check_refused(ended: subprocess.CompletedProcess, status: int, words: str) -> None:
    assert ended.returncode == status and ended.stdout == "", ended.stdout
    assert words in ended.stderr and ended.stderr.count("\n") == 1, ended.stderr


@pytest.mark.parametrize("made, words", [
    ({"starts": -20, "ends": -10}, "shows a certificate that expired on 20"),
    ({"starts": 5}, "shows a certificate that is not valid before 20"),
    ({"alternatives": "DNS:other.example,IP:192.0.2.1"}, "is for another name: it holds for other.example, 192.0.2.1"),
])
def test_a_wrong_certificate_is_told_in_words(start_proxy, authority, made, words):
    proxy = start_proxy(authority.certificate(**made))
    check_refused(top(proxy.url(), "--ca-file", str(authority.root)), 69, words)
    # Nobody sends a request to a server that is not believed.
    assert proxy.requests == []


def test_nobody_is_believed_without_an_authority(start_proxy, authority):
    proxy = start_proxy(authority.certificate())
    check_refused(top(proxy.url()), 69, "its issuer is not known here (/CN=Authority of a test)")
    lone = authority.lone()
    check_refused(top(start_proxy(lone).url()), 69, "is signed by itself and by nobody who is believed here")
    # One that is named is believed, whoever signed it.
    assert top(start_proxy(lone).url(), "--ca-file", str(lone.path)).returncode == 0


def test_a_chain_that_lacks_a_link(start_proxy, authority):
    between = Authority(authority.folder / "between", "Between", under=authority)
    leaf = between.certificate()
    proxy = start_proxy(leaf)
    words = "comes alone, and its issuer is not known here (/CN=Between)"
    check_refused(top(proxy.url(), "--ca-file", str(authority.root)), 69, words)
    leaf.path.write_bytes(leaf.path.read_bytes() + between.root.read_bytes())
    assert top(start_proxy(leaf).url(), "--ca-file", str(authority.root)).returncode == 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nothing_older_than_tls_1_2_is_spoken(start_proxy, authority):
    proxy = start_proxy(authority.certificate(), version=ssl.TLSVersion.TLSv1_1)
    check_refused(top(proxy.url(), "--ca-file", str(authority.root)), 69, "speaks nothing as new as TLS 1.2")
    newer = start_proxy(authority.certificate(), version=ssl.TLSVersion.TLSv1_2)
    assert top(newer.url(), "--ca-file", str(authority.root)).returncode == 0


def test_a_port_that_speaks_no_tls(server, start_proxy):
    check_refused(top("https://%s:%d" % server.http), 69, "speaks no TLS there")
    stalled = start_proxy()
    stalled.stalls = True
    check_refused(top(stalled.url().replace("http:", "https:")), 69, "does not finish a TLS handshake within 5 s")


@pytest.mark.parametrize("text, words", [("", "holds no certificate"), (None, "cannot be read: No such file")])
def test_a_file_without_authorities(tmp_path, text, words):
    file = tmp_path / "ca.pem"
    if text is not None:
        file.write_text(text)
    check_refused(top("https://127.0.0.1:1", "--ca-file", str(file)), 66, words)


def test_a_pipe_in_the_place_of_a_file_holds_nothing_up(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    check_refused(top("https://127.0.0.1:1", "--ca-file", str(tmp_path / "pipe")), 66, "holds no certificate")


def test_the_picture_over_tls(start_proxy, authority):
    proxy = start_proxy(authority.certificate())
    screen = Top(120, 40, proxy.url(), "--ca-file", str(authority.root))
    try:
        screen.wait_for("visitors")
    finally:
        screen.end()


def test_nobody_loads_the_library_without_need(server):
    """A server without sign-in has neither library of OpenSSL in memory, after a visitor's handshake either, nor does the
    binary ask for them."""
    wanted = subprocess.run(["ldd", BINARY], capture_output=True, text=True).stdout
    assert "libssl" not in wanted and "libcrypto" not in wanted
    RawWebSocket(server.ingest).close()
    for pid in [server.pid, *server.children()]:
        with open(f"/proc/{pid}/maps") as maps:
            loaded = maps.read()
        assert "libssl" not in loaded and "libcrypto" not in loaded


def test_a_machine_without_the_library(tmp_path, server):
    """The loader is shown another file in its place: that is what a machine without it looks like."""
    (tmp_path / "libssl.so.3").write_text("no library")
    hidden = {"LD_LIBRARY_PATH": str(tmp_path)}
    check_refused(top("https://127.0.0.1:1", **hidden), 69, "in Debian: apt-get install libssl3")
    assert top(server.http_url, **hidden).returncode == 0


def test_a_machine_without_the_library_for_signing_in(tmp_path, start_server):
    """Who checks signatures by public keys needs it, and is told at once; who does not serves without."""
    (tmp_path / "libcrypto.so.3").write_text("no library")
    hidden = os.environ | {"LD_LIBRARY_PATH": str(tmp_path)}
    state = ["--state", str(tmp_path / "state")]
    key = tmp_path / "key.pem"
    key.write_bytes(subprocess.run(
        "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout", shell=True, capture_output=True,
        check=True).stdout)
    ended = subprocess.run(
        [BINARY, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--auth", "password",
         "--jwt-key", key, "--jwt-audience", "x", *state], env=hidden, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 69 and ended.stdout == ""
    assert "in Debian: apt-get install libssl3" in ended.stderr
    made = subprocess.run(
        [BINARY, "token", "create", "x", *state], env=hidden, capture_output=True, text=True, timeout=60)
    assert made.returncode == 0 and made.stdout.startswith("ps_")
    server = start_server("--auth", "password", *state, env=hidden)
    RawWebSocket(server.ingest).close()
    assert server.get("/readyz").status == 200
    bearer = {"Authorization": f"Bearer {made.stdout.strip()}"}
    assert server.get("/api/state", headers=bearer).status == 200
