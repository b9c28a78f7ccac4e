"""Suspended, detached, stalled, closed and killed: the server and the shell outlive what they should."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import time
from pathlib import Path

import pytest

from monitor_words import DETACHED, ESCAPE
from server import children_of, is_alive, whole_lines
from terminal import Top
from tmux import Tmux
from waiting import wait_until


@pytest.fixture
def shell():
    tmux = Tmux()
    yield tmux
    tmux.end()


def serve_in(shell: Tmux, *options: str) -> dict:
    """Starts a server as the shell's job; its ready line."""
    log = Path(shell.folder.name) / "log"
    shell.run("pointerscope", "serve", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--log", log.name, *options)

    def find() -> dict | None:
        lines = whole_lines(log.read_text().splitlines(keepends=True)) if log.exists() else []
        return next((line for line in map(json.loads, lines) if line["event"] == "ready"), None)
    ready = wait_until(find, 60, "the ready line")
    shell.wait_for("pointerscope")
    return ready


def received(ready: dict) -> float:
    connection = http.client.HTTPConnection(*ready["http"].rsplit(":", 1), timeout=60)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return float(re.search(r"(?m)^pointerscope_events_received_total (\S+)", text)[1])


def front_of(ready: dict) -> int:
    with open(f"/proc/{ready['pid']}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[1])


def check_gone(pids: list[int]) -> None:
    for pid in pids:
        wait_until(lambda: not is_alive(pid), 60, f"process {pid} to be gone")


def test_suspending_and_coming_back(shell):
    before = shell.modes("before")
    ready = serve_in(shell, "--demo=5")
    everyone = [ready["pid"], *children_of(ready["pid"])]
    front = front_of(ready)
    shell.wait_for("5 visitors")
    for mark in (10, 20):
        shell.press("C-z")
        shell.wait_for("Stopped")
        shell.check_shell(mark)
        assert shell.modes(f"stopped{mark}") == before
        # The world goes on.
        count = received(ready)
        wait_until(lambda: received(ready) > count, 30, "samples while the picture is suspended")
        shell.run("fg")
        shell.wait_for("5 visitors")
        # It is drawn again and again, and hears keys.
        shell.type("?")
        shell.wait_for("keys of")
        shell.press("Escape")
        wait_until(lambda: "keys of" not in shell.text, 30, "the help to close")
    shell.type("q")
    shell.wait_for("y stops|stop the server")
    shell.type("y")
    # What is typed while the server stops is still the front's to read.
    check_gone([*everyone, front])
    shell.check_shell(30)
    assert shell.modes("after") == before


def test_suspending_from_outside_and_a_shell_that_goes(shell):
    ready = serve_in(shell, "--demo=2")
    everyone = [front_of(ready), ready["pid"], *children_of(ready["pid"])]
    os.kill(everyone[0], signal.SIGTSTP)
    shell.wait_for("Stopped")
    shell.check_shell(10)
    shell.end()
    check_gone(everyone)


@pytest.mark.parametrize("victim", ["front", "master"])
def test_sigkill_leaves_a_shell_that_can_be_used(shell, victim):
    ready = serve_in(shell, "--demo=3")
    everyone = [front_of(ready), ready["pid"], *children_of(ready["pid"])]
    os.kill(everyone[0 if victim == "front" else 1], signal.SIGKILL)
    check_gone(everyone)
    shell.check_shell(10)


def test_detaching_and_coming_back_with_top(shell):
    before = shell.modes("before")
    ready = serve_in(shell, "--demo=4")
    everyone = [ready["pid"], *children_of(ready["pid"])]
    front = front_of(ready)
    shell.wait_for("4 visitors")
    shell.type("d")
    assert shell.wait_for(DETACHED)[1] == str(ready["pid"])
    check_gone([front])
    assert all(is_alive(pid) for pid in everyone)
    shell.check_shell(10)
    assert shell.modes("detached") == before
    count = received(ready)
    wait_until(lambda: received(ready) > count, 30, "samples without a terminal")
    shell.run("pointerscope", "top", "http://" + ready["http"])
    shell.wait_for("4 visitors")
    # It is not top's server to stop.
    shell.type("q")
    shell.check_shell(20)
    assert all(is_alive(pid) for pid in everyone)
    os.kill(ready["pid"], signal.SIGTERM)
    check_gone(everyone)


def test_the_terminal_closes(open_terminal):
    terminal = open_terminal(120, 40, "--demo=3")
    terminal.hang_up()
    assert terminal.wait_for_exit() in (0, -signal.SIGHUP)
    terminal.check_everyone_is_gone()


def test_the_terminal_of_top_closes(start_server):
    server = start_server("--demo=3")
    top = Top(120, 40, server.http_url)
    try:
        top.wait_for("3 visitors")
        top.hang_up()
        top.wait_for_exit()
        assert server.get("/healthz").status == 200
    finally:
        top.end()


def test_a_stalled_top_is_current_at_once(start_server):
    server = start_server("--demo=40")
    top = Top(200, 60, server.http_url)
    try:
        top.wait_for("40 visitors")
        top.reads.clear()
        time.sleep(8)
        # Nothing waits for it in the server: it reads, it only cannot write.
        wait_until(lambda: server.metrics()["pointerscope_events_pending"] < 1000, 30, "nothing to wait for it")
        begin, began = top.bytes_read, time.monotonic()
        top.reads.set()
        top.press("?")
        top.wait_for("keys of", 20)
        # What had been written before the stall, and pictures since; no eight seconds of them.
        assert top.bytes_read - begin < 250_000 + 100_000 * (time.monotonic() - began)
        top.press(ESCAPE)
        top.wait_without("keys of")
        assert top.quit() == 0
    finally:
        top.end()


def test_stalled_terminals_end_when_asked(start_server):
    server = start_server("--demo=40")
    top = Top(200, 60, server.http_url)
    try:
        top.wait_for("40 visitors")
        top.reads.clear()
        time.sleep(3)
        os.kill(top.pid, signal.SIGTERM)
        assert top.wait_for_exit() == 0
        top.check_line_restored()
    finally:
        top.end()
