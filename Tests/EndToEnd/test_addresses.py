"""Where a server listens: files of Unix sockets, both families, and the Hosts that are this machine."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from server import BINARY, Server
from waiting import wait_until
from wire import RawSocket, RawWebSocket, handshake, text


class UnixSocket(RawSocket):
    """The same as a TCP connection, over a file."""

    def __init__(self, path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(path))
        self.buffer = b""


def get(path, target: str = "/healthz", fields: str = "Host: localhost\r\n") -> tuple[int, bytes]:
    """Status and body of one request over a file."""
    client = UnixSocket(path)
    client.send(f"GET {target} HTTP/1.1\r\n{fields}Connection: close\r\n\r\n".encode())
    answer = client.read_to_end()
    client.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


@pytest.fixture
def folder(tmp_path_factory) -> Path:
    """A short path: a socket's has 107 bytes."""
    return tmp_path_factory.mktemp("s")


@pytest.fixture
def server(folder, start_server):
    """A server that listens at files alone."""
    return start_files(folder, start_server)


def start_files(folder: Path, start_server, *options: str, **more) -> Server:
    return start_server(f"--ingest=unix:{folder}/i.sock", f"--http=unix:{folder}/h.sock", *options, **more)


def metrics(folder: Path) -> dict[str, float]:
    status, body = get(folder / "h.sock", "/metrics")
    assert status == 200
    lines = [line.rsplit(" ", 1) for line in body.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def refusal(*options: str) -> str:
    """What a server that does not start says."""
    done = subprocess.run(
        [BINARY, "serve", "--headless", "--workers=1", *options], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "\n" not in done.stderr.strip(), done.stderr
    return done.stderr


# conftest closes the clients of TCP addresses; a file has none.
@pytest.fixture(autouse=True)
def without_ports(monkeypatch):
    monkeypatch.setattr(Server, "ingest", property(lambda self: address_of(self.ready["ingest"])))
    monkeypatch.setattr(Server, "http", property(lambda self: address_of(self.ready["http"])))


def address_of(text: str):
    if text.startswith("unix:"):
        return text
    host, port = text.rsplit(":", 1)
    return host.strip("[]"), int(port)


def test_everything_works_over_files(folder, server):
    assert server.ready["ingest"] == f"unix:{folder}/i.sock"
    assert server.ready["http"] == f"unix:{folder}/h.sock"
    visitor = UnixSocket(folder / "i.sock")
    visitor.send(handshake(host="localhost") + text({"id": "ann", "x": 1, "y": 2}))
    assert visitor.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
    state = wait_until(
        lambda: (json.loads(get(folder / "h.sock", "/api/state")[1])["visitors"] or None), 30, "the visitor")
    assert [row["id"] for row in state] == ["ann"]
    visitor.close()


def test_the_sample_page_names_no_file(folder, server):
    """A browser reaches none; whoever stands in front of the file is this machine."""
    assert b'data-ingest="ws://localhost"' in get(folder / "h.sock", "/")[1]


def test_a_proxy_behind_a_file_is_believed_as_unix(folder, start_server):
    start_files(folder, start_server, "--trusted-proxy=unix")
    client = UnixSocket(folder / "h.sock")
    client.send(
        b"GET /receive/me?shape=frames HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 6.6.6.6, 192.0.2.1\r\n\r\n")
    while b"event: status" not in (block := client.read_until(b"\n\n")):
        pass
    row, = json.loads(block.split(b"data: ", 1)[1])["audience"]
    assert row["from"] == "192.0.2.1"
    client.close()


def test_a_client_of_http_reaches_it(folder, server):
    """As `curl --unix-socket FILE http://localhost/healthz` does, which is not on every machine."""
    client = http.client.HTTPConnection("localhost")
    client.sock = socket.socket(socket.AF_UNIX)
    client.sock.connect(f"{folder}/h.sock")
    client.request("GET", "/healthz")
    answer = client.getresponse()
    assert answer.status == 200 and answer.read() == b"ok\n"
    client.close()


def test_the_host_is_looked_at_as_ever(folder, server):
    assert get(folder / "h.sock", fields="Host: evil.example\r\n")[0] == 421
    visitor = UnixSocket(folder / "i.sock")
    visitor.send(handshake(host="evil.example"))
    assert visitor.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 421 ")


def test_the_files_are_for_owner_and_group_and_go_with_the_server(folder, server):
    for name in ("i.sock", "h.sock"):
        mode = (folder / name).stat().st_mode
        assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660
    assert server.stop() == 0
    assert os.listdir(folder) == []


def test_the_files_can_belong_to_a_group(folder, start_server):
    start_files(folder, start_server, f"--socket-group={os.getgid()}")
    assert (folder / "h.sock").stat().st_gid == os.getgid()


def test_a_server_that_was_killed_is_followed_by_another(folder, start_server):
    first = start_files(folder, start_server)
    first.is_expected_to_fail = True
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(60)
    assert sorted(os.listdir(folder)) == ["h.sock", "i.sock"]
    start_files(folder, start_server)
    assert get(folder / "h.sock")[0] == 200


def test_a_running_server_keeps_its_files(folder, server):
    said = refusal(f"--ingest=unix:{folder}/i.sock", "--http=127.0.0.1:0")
    assert f"process {server.pid}" in said and "in use" in said and f"top unix:{folder}/h.sock" in said, said
    assert get(folder / "h.sock")[0] == 200
    # What it had begun to listen at before is gone with it.
    said = refusal(f"--ingest=unix:{folder}/other.sock", f"--http=unix:{folder}/h.sock")
    assert f"process {server.pid}" in said
    assert sorted(os.listdir(folder)) == ["h.sock", "i.sock"]


def test_one_of_many_that_start_at_once_gets_the_file(folder):
    options = [BINARY, "serve", "--headless", "--workers=1", "--ingest=127.0.0.1:0", f"--http=unix:{folder}/h.sock"]
    many = [subprocess.Popen(options, stderr=subprocess.PIPE, text=True) for _ in range(6)]
    try:
        wait_until(lambda: sum(one.poll() is not None for one in many) == 5, 60, "five to give up")
        assert get(folder / "h.sock")[0] == 200
        for one in many:
            if one.poll() is not None:
                assert one.returncode == 69 and "in use" in one.stderr.read()
    finally:
        for one in many:
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
            one.wait(60)
            one.stderr.close()
    assert os.listdir(folder) == []


@pytest.mark.parametrize("path, words", [
    ("missing/h.sock", "there is no folder"), ("file", "no socket"), ("link", "no socket"), (".", "no socket"),
    ("x" * 200, "and the system takes 107"),
])
def test_a_path_that_cannot_be(folder, path, words):
    (folder / "file").write_text("mine")
    (folder / "link").symlink_to(folder / "file")
    assert words in refusal("--ingest=127.0.0.1:0", f"--http=unix:{folder}/{path}")
    assert (folder / "file").read_text() == "mine"


def test_the_demo_and_top_reach_a_file(folder, start_server):
    start_files(folder, start_server, "--demo=3")
    wait_until(lambda: metrics(folder)["pointerscope_visitors"] == 3, 60, "three visitors")
    done = subprocess.run(
        [BINARY, "top", f"unix:{folder}/h.sock", "--once", "--json"], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    picture = json.loads(done.stdout)
    assert picture["url"] == f"unix:{folder}/h.sock" and picture["visitorCount"] == 3


def test_the_demo_reaches_a_mapped_address(start_server):
    """An IPv6 socket whose peers are IPv4 ones, on loopback."""
    server = start_server("--ingest=[::ffff:127.0.0.1]:0", "--http=[::ffff:127.0.0.1]:0", "--demo=2")
    port = server.http[1]

    def visitors() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/api/state")
        state = json.loads(connection.getresponse().read())
        connection.close()
        return len(state["visitors"])
    wait_until(lambda: visitors() == 2, 60, "two visitors")
    assert audience(("127.0.0.1", port)) == [{"127.0.0.1"}]


def audience(address) -> list[set[str]]:
    """The addresses of those who watch frames, as the status tells them."""
    client = RawSocket(address)
    client.send(b"GET /receive/me?shape=frames HTTP/1.1\r\nHost: localhost\r\n\r\n")
    while True:
        block = client.read_until(b"\n\n")
        if b"event: status" in block:
            client.close()
            status = json.loads(block.split(b"data: ", 1)[1])
            return [{row.get("from") for row in status["audience"]}]


@pytest.mark.parametrize("option", ["--ingest", "--http"])
@pytest.mark.parametrize("address", ["[::]:0", "0.0.0.0:0"])
def test_without_sign_in_nothing_but_loopback_is_served(option, address):
    others = {"--ingest": "--http=127.0.0.1:0", "--http": "--ingest=127.0.0.1:0"}
    assert "only loopback addresses" in refusal(f"{option}={address}", others[option])


# Hosts, on both ports

LOOPBACK = ["localhost.", "LOCALHOST", "app.localhost:80", "127.0.0.1.", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]:1"]
FOREIGN = ["localhost.evil.example", "127.0.0.1.evil.example", "[::2]", "128.0.0.1", ""]


@pytest.mark.parametrize("host", LOOPBACK)
def test_spellings_of_loopback_are_answered(start_server, host):
    server = start_server(workers=1)
    assert RawWebSocket.status(server.ingest, host=host) == 101
    assert server.get("/healthz", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", FOREIGN)
def test_other_hosts_are_not(start_server, host):
    server = start_server(workers=1)
    assert RawWebSocket.status(server.ingest, host=host) == 421
    assert server.get("/healthz", headers={"Host": host}).status == 421


def test_http_1_0_needs_no_host(start_server):
    """RFC 9112 section 3.2 asks for one in HTTP/1.1 alone; health checks speak 1.0."""
    server = start_server(workers=1)
    for path in ("/healthz", "/readyz", "/metrics"):
        client = RawSocket(server.http)
        client.send(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        assert client.read_to_end().startswith(b"HTTP/1.1 200 ")
    client = RawSocket(server.ingest)
    client.send(b"GET / HTTP/1.0\r\n\r\n")
    assert client.read_to_end().startswith(b"HTTP/1.1 426 ")
    client = RawSocket(server.http)
    client.send(b"GET /healthz HTTP/1.1\r\n\r\n")
    assert client.read_to_end().startswith(b"HTTP/1.1 400 ")


def test_an_origin_is_compared_as_browsers_write_it(start_server, tmp_path):
    file = tmp_path / "conf"
    file.write_text("origin = https://A.example:443\norigin = http://b.example:80, http://c.example:81\n")
    server = start_server("--config", str(file), workers=1)
    for origin, status in [
            ("https://a.example", 101), ("http://b.example", 101), ("http://c.example:81", 101),
            ("https://a.example:443", 403), ("http://c.example", 403)]:
        assert RawWebSocket.status(server.ingest, extra=f"Origin: {origin}\r\n") == status, origin


def test_a_key_twice_in_a_file_names_both_lines(tmp_path):
    file = tmp_path / "conf"
    file.write_text("workers = 1\nworkers = 2\n")
    done = subprocess.run([BINARY, "serve", "--config", str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 78
    assert f"{file}:2: workers is set on line 1 already" in done.stderr


