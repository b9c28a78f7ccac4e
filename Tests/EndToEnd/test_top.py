"""`pointerscope top` at an address: what it asks, what it refuses, and what it writes for scripts."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess

import pytest

from alien_server import AlienServer
from server import BINARY, Server
from terminal import Top
from waiting import wait_until
from wire import RawWebSocket

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@pytest.fixture
def open_top():
    tops: list[Top] = []

    def start(url: str, *options: str, **more) -> Top:
        tops.append(Top(120, 40, url, *options, **more))
        return tops[-1]

    yield start
    for top in tops:
        top.end()


@pytest.fixture
def alien_server():
    servers: list[AlienServer] = []

    def start(answer: bytes, **more) -> AlienServer:
        servers.append(AlienServer(answer, **more))
        return servers[-1]

    yield start
    for server in servers:
        server.end()


def top(*arguments: str, timeout: float = 30, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, "top", *arguments], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment})


def visitor(server: Server, name: str, page: str = "/cart", count: int = 5) -> RawWebSocket:
    client = RawWebSocket(server.ingest)
    client.say([{"id": name, "x": 10 + index, "y": 20, "p": page} for index in range(count)])
    client.ping_and_wait()
    return client


# On a terminal

def test_it_goes_on_where_it_was(alien_server, open_top):
    keyframe = b'id: 00000000000000aa-7\nevent: keyframe\ndata: {"at":1000,"visitors":[{"id":"ann","since":1}]}\n\n'
    alien = alien_server(STREAM + b"retry: 100\n\n" + keyframe, closes=True)
    terminal = open_top(alien.address)
    terminal.wait_for(r"\bann\b")
    wait_until(lambda: len(alien.requests) >= 2, 60, "a second request")
    assert b"Last-Event-ID" not in alien.requests[0]
    assert b"\r\nLast-Event-ID: 00000000000000aa-7\r\n" in alien.requests[1]
    assert b"\r\nHost: %s\r\n" % alien.address.encode() in alien.requests[0]
    assert re.match(rb"GET /receive/[\w.~-]+\?shape=frames&hz=10 HTTP/1.1\r\n", alien.requests[0])
    assert terminal.quit() == 0


def test_a_stream_in_chunks(alien_server, open_top):
    message = b'event: keyframe\ndata: {"at":1000,"visitors":[{"id":"ann","since":1}]}\n\n'
    head = STREAM[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
    alien = alien_server(head + b"%x\r\n%s\r\n" % (len(message), message))
    terminal = open_top(alien.address)
    terminal.wait_for(r"\bann\b")
    assert terminal.quit() == 0


# What is no server

def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        return "127.0.0.1:%d" % holder.getsockname()[1]


def check_refused(ended: subprocess.CompletedProcess, status: int, *said: str) -> None:
    assert ended.returncode == status, ended
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    for words in said:
        assert words in ended.stderr


def test_nobody_is_there():
    address = closed_port()
    check_refused(top(address), 69, f"http://{address} cannot be reached: Connection refused")
    check_refused(top("no-such-host.invalid:1"), 69, "http://no-such-host.invalid:1 cannot be found")


@pytest.mark.parametrize("url, said", [
    ("ftp://127.0.0.1", "https://"), ("nowhere", "needs a port"), ("http://a/b?c", "no ?"), ("a:0", "1 to 65535")])
def test_a_url_that_is_none(url, said):
    check_refused(top(url), 64, url, said)


@pytest.mark.parametrize("answer, said", [
    (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "answered 404: is that a Pointerscope server?"),
    (b"HTTP/1.1 421 Misdirected\r\nContent-Length: 0\r\n\r\n", "answered 421: it answers loopback names only"),
    (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello", "something else"),
    (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
    (b"\x16\x03\x01\x00\xff" + bytes(range(256)) * 100, "does not speak HTTP"),
    (b"", "hung up without an answer"),
    (STREAM + b"data: {\"price\":1}\n\n", "not of a Pointerscope server"),
    (STREAM[:-2] + b"Transfer-Encoding: chunked\r\n\r\nnone\r\n", "does not cut its answer into chunks"),
    (b"HTTP/1.1 100 Continue\r\n\r\n" * 20, "not within what is read here: more than 8 interim answers"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", "not within what is read here: the head is longer than 16 KiB"),
    (STREAM + b"data: " + b"x" * (2 << 20) + b"\n\n", "sends a message of more than 1 MiB, the most that is read here"),
    (b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n", "an ingest port"),
])
def test_what_is_no_server_is_said(alien_server, answer, said):
    alien = alien_server(answer, closes=True)
    check_refused(top(alien.address), 69, f"http://{alien.address} ", said)


@pytest.mark.parametrize("answer, pace, said", [
    (b"", 0, "gives no answer within 5 s"),
    (STREAM, 0.4, "gives no answer within 5 s"),
    (STREAM, 0, "sends nothing on its event stream"),
    (STREAM + b":\n" * 100_000, 0, "sends nothing on its event stream"),
])
def test_whoever_dawdles_is_given_up(alien_server, answer, pace, said):
    alien = alien_server(answer, seconds_per_byte=pace)
    check_refused(top(alien.address), 69, said)


# Without a terminal

LINE = re.compile(
    r"\d\d:\d\d:\d\d, (silent for \d+ s, )?\d+ visitors?, [\d.]+ samples a second, \d+ viewers?, (busiest .+ a second, )?2 workers\n")


def test_a_pipe_gets_a_line_a_second(server):
    client = visitor(server, "ann", count=50)
    process = subprocess.Popen(
        [BINARY, "top", server.http_url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"})
    lines = [process.stdout.readline() for _ in range(3)]
    assert all(LINE.fullmatch(line) for line in lines), lines
    assert any("1 visitor," in line and "busiest ann on /cart with" in line for line in lines), lines
    process.stdout.close()
    assert process.wait(timeout=60) == 0, "whoever read has seen enough"
    assert process.stderr.read() == "" and client
    process.stderr.close()


def test_lines_tell_of_trouble(start_server):
    server = start_server()
    process = subprocess.Popen(
        [BINARY, "top", server.http_url], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    assert LINE.fullmatch(process.stdout.readline())
    server.stop()
    # It says so with its first or second line; the end of the output would be empty lines.
    assert any(", reconnecting, attempt " in process.stdout.readline() for _ in range(20))
    process.terminate()
    assert process.wait(timeout=60) == 0
    process.stdout.close()


def test_plain_text_in_the_c_locale(server, open_top):
    client = visitor(server, "a\u202eb\u0301")
    terminal = open_top(server.http_url, "--plain", locale="C")
    terminal.wait_for(r"1 visitor, .* samples a second")
    assert terminal.text.isascii() and client
    terminal.press("\x03")
    assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("name", ["", "no-such-terminal"])
def test_terminals_that_show_lines_only(server, open_top, name):
    terminal = open_top(server.http_url, TERM=name)
    terminal.wait_for("no graph on this terminal: .*; a line a second instead")
    terminal.wait_for(r"\d visitors, \d+ samples a second")
    terminal.press("\x03")
    assert terminal.wait_for_exit() == 0


def test_once_is_the_overview_as_text(server):
    client = visitor(server, "ann")
    ended = top(server.http_url, "--once", COLUMNS="100", LINES="30")
    assert ended.returncode == 0 and ended.stderr == "" and client
    lines = ended.stdout.splitlines()
    assert len(lines) == 30 and max(len(line) for line in lines) <= 100
    assert "pointerscope" in lines[0] and re.search(r"\bann\b", ended.stdout) and "\x1b" not in ended.stdout
    plain = top(server.http_url, "--once", LC_ALL="C", COLUMNS="", LINES="")
    assert plain.stdout.isascii() and len(plain.stdout.splitlines()) == 24


def test_once_as_json(server):
    client = visitor(server, "ann", count=50)
    quiet = visitor(server, "bob", page="/\u202e\"", count=1)
    ended = top(server.http_url, "--once", "--json")
    assert ended.returncode == 0 and ended.stderr == "" and client and quiet
    picture = json.loads(ended.stdout)
    assert picture["url"] == server.http_url and picture["link"] == "live" and picture["visitorCount"] == 2
    assert [entry["id"] for entry in picture["visitors"]] == ["ann", "bob"]
    busiest = picture["visitors"][0]
    assert (busiest["page"], busiest["x"], busiest["y"], busiest["k"]) == ("/cart", 59, 20, "move")
    assert sorted(worker["pid"] for worker in picture["workers"]) == sorted(server.worker_pids())
    assert {page["page"] for page in picture["pages"]} == {"/cart", "/\u202e\""}
    command = f"{shlex.quote(BINARY)} top {server.http_url} --once --json | jq -r '.visitors[0].id'"
    assert subprocess.run(command, shell=True, capture_output=True, text=True, timeout=30).stdout == "ann\n"


UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]|[\x00-\x1f](?<!\n)")


@pytest.mark.parametrize("options", [["--once", "--json"], ["--json"], [], ["--once"]])
def test_what_is_not_to_be_seen_goes_to_nobody_raw(server, options):
    """JSON has it as escapes, lines and pictures a mark in its place."""
    name, page = "a\u202eb\u200bc\u3164", "/x\u009b31m\u0085\u2066\x7f"
    client = visitor(server, name, page, count=200)
    process = subprocess.Popen(
        [BINARY, "top", server.http_url, *options], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "100"})
    # A line a second until somebody has enough, or one answer.
    text = process.stdout.readline() if "--once" not in options else process.stdout.read()
    process.terminate()
    process.communicate(timeout=30)
    text = text.decode()
    assert UNSEEN.search(text) is None, ascii(text)
    if "--json" in options:
        row, = json.loads(text)["visitors"]
        assert (row["id"], row["page"]) == (name, page)
    else:
        assert "a·b·c·" in text and "/x·31m···" in text, text
    state = server.get("/api/state").text
    assert UNSEEN.search(state) is None and json.loads(state)["visitors"][0]["page"] == page and client


def test_once_waits_for_a_slow_reader(server):
    clients = [RawWebSocket(server.ingest) for _ in range(5)]
    names = [f"{number:03}-" + "x" * 60 for number in range(500)]
    for index, client in enumerate(clients):
        client.say([{"id": name, "x": 1, "y": 2, "p": "/" + "y" * 99} for name in names[index::5]])
        client.ping_and_wait()
    process = subprocess.Popen(
        [BINARY, "top", server.http_url, "--once", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL)
    # Longer than a picture is waited for; more is to be told than a pipe holds.
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=12)
    told, said = process.communicate(timeout=30)
    assert process.returncode == 0 and said == b"" and clients
    assert len(told) > 65536 and sorted(entry["id"] for entry in json.loads(told)["visitors"]) == names


def test_once_gives_up(alien_server):
    alien = alien_server(STREAM + b'event: keyframe\ndata: {"at":1000,"visitors":[]}\n\n')
    check_refused(top(alien.address, "--once"), 69, f"http://{alien.address} told too little for a picture within 10 s")


def test_output_that_cannot_be_written(server):
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [BINARY, "top", server.http_url, "--once", "--json"], stdout=full, stderr=subprocess.PIPE, text=True,
            stdin=subprocess.DEVNULL, timeout=30)
    assert ended.returncode == 74 and "No space left" in ended.stderr
