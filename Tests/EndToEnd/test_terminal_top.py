"""`pointerscope top`: reconnecting, refusing what is no server, and text for those who want no picture."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from typing import Callable

import pytest

from alien_server import AlienServer
from fake_server import FakeServer
from frames_script import BEGIN, BOOT, as_stream, first_messages
from monitor_words import RECONNECTING, shown_view
from server import BINARY, Server
from speakers import Speakers
from terminal import Top
from waiting import wait_until

RATES = {"alpha": 40, "bravo": 25, "carol": 12}


@pytest.fixture
def watch():
    tops: list[Top] = []

    def start(url: str, *options: str, columns: int = 120, rows: int = 40, **more) -> Top:
        tops.append(Top(columns, rows, url, *options, **more))
        return tops[-1]

    yield start
    for top in tops:
        top.end()


def run_top(*options: str, seconds: float = 60, **variables) -> subprocess.CompletedProcess:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **variables}
    return subprocess.run(
        [BINARY, "top", *options], capture_output=True, text=True, timeout=seconds, env=environment,
        stdin=subprocess.DEVNULL)


def start_on(http_address: str) -> Server:
    """A server on an address that was another's."""
    server = Server(subprocess.Popen(
        [BINARY, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", http_address], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
    server.ready = server.event("ready", 30)
    return server


def test_it_shows_what_the_state_says(server, watch):
    speakers = Speakers(server, RATES)
    try:
        top = watch(server.http_url)
        top.wait_for(rf"\b{len(RATES)} visitors")
        top.wait_for(re.escape(server.http_url))
        for visitor in server.state()["visitors"]:
            top.wait_for(rf"\b{visitor['id']}\b.*{visitor['page']}\b")
        # Nobody else watches; it counts as one who does.
        top.wait_for(r"\b1 viewer")
        assert server.state()["viewers"] == 1
        # It is not its server to stop, so it does not ask.
        top.press("q")
        assert top.wait_for_exit() == 0
        top.check_modes_restored()
        wait_until(lambda: server.state()["viewers"] == 0, 60, "its stream to be gone")
    finally:
        speakers.end()


def test_it_resumes_a_stream_that_ends(watch):
    with FakeServer() as fake:
        fake.on_attach = lambda stream: stream.send_bytes(as_stream(first_messages()))
        top = watch(fake.url)
        first = fake.stream(0)
        assert first.query["shape"] == ["frames"] and first.query["hz"] == ["10"]
        top.wait_for(r"\blive\b")
        first.send("frame", {"at": BEGIN + 100, "joins": [{"id": "alpha", "since": BEGIN, "worker": 1}],
                             "samples": [{"id": "alpha", "x": 1, "y": 2}]}, f"{BOOT}-77")
        top.wait_for(r"\balpha\b")
        fake.refusal = 503
        first.end()
        top.wait_for(RECONNECTING)
        # What was known stays in sight.
        assert re.search(r"\balpha\b", top.text)
        fake.refusal = None
        second = fake.stream(1, 30)
        assert second.last_event_id == f"{BOOT}-77"
        top.wait_for(r"\blive\b")
        top.wait_without(RECONNECTING)
        top.wait_without(r"\balpha\b")
        top.press("q")
        assert top.wait_for_exit() == 0


def test_a_server_that_restarts_under_it(start_server, watch):
    first = start_server()
    address = first.ready["http"]
    speakers = Speakers(first, RATES)
    top = watch(first.http_url)
    top.wait_for(rf"\b{len(RATES)} visitors")
    os.kill(first.pid, signal.SIGKILL)
    first.process.wait()
    first.is_expected_to_fail = True
    speakers.end()
    top.wait_for(RECONNECTING)
    second = start_on(address)
    try:
        speakers = Speakers(second, {"delta": 30})
        top.wait_for(r"\bdelta\b", 30)
        top.wait_for(r"\b1 visitor\b")
        top.wait_without(RECONNECTING + r"|\balpha\b")
        assert top.quit() == 0
        speakers.end()
    finally:
        second.stop_and_check()


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p>\n"
FOREIGN = (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: price\ndata: {\"usd\":1}\n\n" * 2)
NO_SERVERS = [
    HTML, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"",
    b"\x00\x01\x02" * 99, b"HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n", FOREIGN,
    b"HTTP/1.1 301 Moved\r\nLocation: \x1b]0;owned\x07\r\n\r\n"]


@pytest.mark.parametrize("answer", NO_SERVERS)
def test_what_is_no_server_is_refused_in_a_line(answer):
    no_server = AlienServer(answer, closes=True)
    url = f"http://{no_server.address}"
    answer = run_top(url)
    no_server.end()
    assert answer.returncode == 69, answer
    assert answer.stdout == "" and answer.stderr.count("\n") == 1 and answer.stderr.startswith("pointerscope: ")
    assert url in answer.stderr and answer.stderr.strip().isprintable()


def test_where_nobody_listens(watch):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        url = "http://127.0.0.1:%d" % holder.getsockname()[1]
    answer = run_top(url)
    assert answer.returncode == 69 and url in answer.stderr and answer.stderr.count("\n") == 1
    top = watch(url)
    assert top.wait_for_exit() == 69
    top.check_modes_restored()
    top.wait_for("cannot be reached")


@pytest.mark.parametrize("words", [
    ["ftp://x"], ["--fps", "31"], ["--fps=0"], ["--glyphs=wide"], ["--colors=9"], ["a", "b"], ["--theme", ""],
    ["http://x:0"]])
def test_wrong_words_are_named(words):
    answer = run_top(*words)
    assert answer.returncode == 64 and answer.stdout == "" and answer.stderr.startswith("pointerscope: ")


def test_once(server):
    speakers = Speakers(server, RATES)
    try:
        def picture_in_order() -> dict:
            answer = run_top(server.http_url, "--once", "--json")
            assert answer.returncode == 0 and answer.stderr == "" and answer.stdout.count("\n") == 1
            picture = json.loads(answer.stdout)
            assert [visitor["id"] for visitor in picture["visitors"]] == list(RATES)
            return picture

        picture = wait_until(picture_in_order, 60, "the order")
        assert picture["visitorCount"] == len(RATES) and picture["link"] == "live"
        state = server.state()
        told = {visitor["id"]: visitor for visitor in state["visitors"]}
        for own in picture["visitors"]:
            for key in ("page", "since", "worker"):
                assert own[key] == told[own["id"]][key]
        assert [worker["pid"] for worker in picture["workers"]] == [worker["pid"] for worker in state["workers"]]
        answer = run_top(server.http_url, "--once", COLUMNS="100", LINES="30")
        lines = answer.stdout.split("\n")
        assert answer.returncode == 0 and len(lines) == 31 and "\x1b" not in answer.stdout
        assert all(any(name in line for line in lines) for name in RATES)
    finally:
        speakers.end()


def lines_of(process: subprocess.Popen, count: int) -> list[str]:
    return [process.stdout.readline() for _ in range(count)]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_pipe_gets_a_line_a_second(start_server, options):
    server = start_server()
    # The demo's visitors leave now and then.
    speakers = Speakers(server, {f"v{number}": number for number in range(5)})
    with subprocess.Popen(
            [BINARY, "top", server.http_url, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            stdin=subprocess.DEVNULL) as process:
        lines = lines_of(process, 3)
        if options:
            assert all(json.loads(line)["visitorCount"] == 5 for line in lines)
        else:
            assert all(re.match(r"\d\d:\d\d:\d\d, (silent for \d+ s, )?5 visitors, ", line) for line in lines), lines
        # A reader that has seen enough is no error.
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == ""
    speakers.end()


@pytest.mark.parametrize("options, environment", [(["--plain"], {}), ([], {"TERM": "dumb"})])
def test_plain_text_on_a_terminal(start_server, watch, options, environment):
    server = start_server("--demo=5")
    seen = bytearray()
    top = watch(server.http_url, *options, watcher=seen.extend, **environment)
    top.wait_for(r"(?s)\d\d:\d\d:\d\d, .*\d visitors.*\n\d\d:\d\d:\d\d, .*\d visitors")
    os.kill(top.pid, signal.SIGINT)
    assert top.wait_for_exit() == 0
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", seen), bytes(seen)
    top.check_modes_restored()


def colours_of(top: Top) -> set[str]:
    with top.lock:
        return {colour for row in top.screen.buffer.values() for cell in row.values() for colour in (cell.fg, cell.bg)}


def test_how_it_is_drawn(start_server, watch, tmp_path):
    server = start_server("--demo=8")

    def look(*options: str, **environment) -> Top:
        """The map, with somebody on it."""
        top = watch(server.http_url, *options, **environment)
        top.wait_for("8 visitors")
        top.press("2")
        wait_until(lambda: shown_view(top) == "map", 30, lambda: f"the map on\n{top.text}")
        return top

    def wait_for_colours(is_right: Callable[[set[str]], bool], *options: str, **environment) -> set[str]:
        top = look(*options, **environment)
        wait_until(lambda: is_right(colours_of(top)), 30, lambda: f"other colours than {colours_of(top)}")
        return colours_of(top)

    def wait_for_text(is_right: Callable[[str], object], *options: str) -> None:
        top = look(*options)
        wait_until(lambda: is_right(top.text), 30, lambda: f"other signs on\n{top.text}")

    plain, named = {"default"}, {"default", "black", "red", "green", "brown", "blue", "magenta", "cyan", "white"}
    for top in (look("--colors", "none"), look(NO_COLOR="1")):
        assert colours_of(top) == plain
    few = wait_for_colours(lambda colours: len(colours) > 1, "--colors", "16")
    assert all(colour.removeprefix("bright") in named for colour in few)
    dark = wait_for_colours(lambda colours: len(colours) > 4, "--colors", "true")
    wait_for_colours(lambda colours: len(colours) > 4 and colours != dark, "--colors", "true", "--theme", "light")
    assert look("--glyphs", "ascii").text.isascii()
    braille = re.compile("[\u2801-\u28ff]")
    wait_for_text(braille.search, "--glyphs", "braille")
    wait_for_text(lambda text: not braille.search(text) and not text.isascii(), "--glyphs", "blocks")
    theme = tmp_path / "theme"
    theme.write_text("# mine\ntitle = #123456 bold\n")
    wait_for_colours(lambda colours: "123456" in colours, "--colors", "true", "--theme", str(theme))
    theme.write_text("title = #123456\ntitel = #123456\n")
    answer = run_top(server.http_url, "--theme", str(theme))
    assert answer.returncode == 78 and answer.stderr.count("\n") == 1
    assert "2" in answer.stderr and "titel" in answer.stderr
