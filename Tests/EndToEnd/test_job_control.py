"""A shell's job beyond Control-Z: the background, stopping without a word, and a server left alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess

import pytest

from monitor_words import ASKS_TO_STOP
from server import BINARY, children_of, is_alive, state_of
from terminal import Top
from tmux import Tmux
from waiting import wait_until
from wire import RawWebSocket


@pytest.fixture
def shell():
    tmux = Tmux()
    yield tmux
    tmux.end()


def job_of(shell: Tmux) -> int:
    """The process that the shell started last."""
    bash = int(shell.ask("#{pane_pid}"))
    return wait_until(lambda: children_of(bash), 30, "the shell's job")[0]


def leave(shell: Tmux, mark: int) -> None:
    """Quits, and waits until what is typed next is the shell's to read."""
    pid = job_of(shell)
    shell.type("q")
    wait_until(lambda: not is_alive(pid), 30, "it to be gone")
    shell.check_shell(mark)


def visitor(server, name: str) -> RawWebSocket:
    client = RawWebSocket(server.ingest)
    client.say({"id": name, "x": 1, "y": 2})
    client.ping_and_wait()
    return client


def test_in_the_background_it_leaves_the_terminal_alone(server, shell):
    shell.run("pointerscope", "top", server.http_url)
    shell.wait_for(r"\blive\b")
    pid = job_of(shell)
    shell.press("C-z")
    shell.wait_for("Stopped")
    before = shell.modes("before")
    shell.run("bg")
    wait_until(lambda: state_of(pid) != "T", 30, "it to go on in the background")
    client = visitor(server, "ann")
    shell.check_shell(10)
    assert not re.search(r"\bann\b", shell.text) and shell.modes("background") == before and client
    shell.run("fg")
    shell.wait_for(r"\bann\b")
    leave(shell, 20)


def test_started_in_the_background(server, shell):
    shell.type(f"pointerscope top {server.http_url} &")
    shell.press("Enter")
    pid = job_of(shell)
    client = visitor(server, "ann")
    shell.check_shell(10)
    assert state_of(pid) != "T" and client
    shell.run("fg")
    shell.wait_for(r"\bann\b")
    leave(shell, 20)


def test_stopped_without_a_word(server, shell):
    before = shell.modes("before")
    shell.run("pointerscope", "top", server.http_url)
    shell.wait_for(r"\blive\b")
    os.kill(job_of(shell), signal.SIGSTOP)
    # The terminal is still in our mode, where a line feed does not lead to the first column.
    shell.wait_for("topped|ready>")
    shell.run("fg")
    shell.wait_for(r"\A pointerscope.*\blive\b")
    wait_until(lambda: not re.search("topped|ready>", shell.text), 30, "the whole picture")
    client = visitor(server, "ann")
    shell.wait_for(r"\bann\b")
    leave(shell, 10)
    assert shell.modes("after") == before and client


def test_killed_while_it_is_stopped(server, shell):
    shell.run("pointerscope", "top", server.http_url)
    shell.wait_for(r"\blive\b")
    pid = job_of(shell)
    shell.press("C-z")
    shell.wait_for("Stopped")
    shell.run("kill", "%1")
    wait_until(lambda: not is_alive(pid), 30, "it to be gone")
    shell.check_shell(10)


def test_lines_can_be_stopped_too(server, shell):
    shell.run("pointerscope", "top", server.http_url, "--plain")
    shell.wait_for("0 visitors, ")
    shell.press("C-z")
    shell.wait_for("Stopped")
    shell.check_shell(10)
    client = visitor(server, "ann")
    shell.run("fg")
    shell.wait_for(r"1 visitor, .*\bann\b|1 visitor, ")
    pid = job_of(shell)
    shell.press("C-c")
    wait_until(lambda: not is_alive(pid) and client, 30, "it to be gone")
    shell.check_shell(20)


def test_where_no_shell_could_bring_it_back(server):
    """A session of its own without a shell: Control-Z is passed over."""
    top = Top(120, 40, server.http_url)
    try:
        top.wait_for(r"\blive\b")
        top.press("\x1a")
        client = visitor(server, "ann")
        top.wait_for(r"\bann\b")
        assert state_of(top.pid) != "T" and client
        assert top.quit() == 0
        top.check_modes_restored()
    finally:
        top.end()


def test_detached_it_survives_the_terminal(open_terminal):
    terminal = open_terminal()
    terminal.press("d")
    assert terminal.wait_for_exit() == 0
    terminal.check_modes_restored()
    assert terminal.screen.margins in (None, (0, 39)), "every line scrolls"
    terminal.wait_for(rf"process {terminal.server_pid}; ")
    said = terminal.text.replace("\n", "")
    again = re.search(r'"([^"]+)" shows it again', said).group(1)
    assert again == f"{BINARY} top {terminal.url}"
    shown = subprocess.run(
        ["sh", "-c", f"{again} --once --json"], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert shown.returncode == 0 and json.loads(shown.stdout)["url"] == terminal.url
    assert f'"kill {terminal.server_pid}" stops it' in said
    terminal.hang_up()
    worker = next(pid for pid in terminal.everyone if pid != terminal.server_pid)
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: not is_alive(worker) and len(children_of(terminal.server_pid)) == 2, 30, "a new worker")
    terminal.everyone += children_of(terminal.server_pid)
    client = RawWebSocket(terminal.ingest)
    client.say({"id": "ann", "x": 1, "y": 2})
    wait_until(lambda: [entry["id"] for entry in terminal.state()["visitors"]] == ["ann"], 30, "ann")
    assert all(is_alive(pid) for pid in terminal.everyone if pid != worker)
    client.close()
    os.kill(terminal.server_pid, signal.SIGTERM)


def test_a_server_with_visitors_is_asked_about(open_terminal):
    terminal = open_terminal()
    client = RawWebSocket(terminal.ingest)
    client.say({"id": "ann", "x": 1, "y": 2})
    terminal.wait_for(r"\bann\b")
    terminal.press("q")
    terminal.wait_for(ASKS_TO_STOP)
    terminal.press("n")
    terminal.wait_without(ASKS_TO_STOP)
    client.say({"id": "bob", "x": 1, "y": 2})
    terminal.wait_for(r"\bbob\b")
    assert not terminal.has_ended()
    client.close()
    assert terminal.quit() == 0


def test_settings_are_kept(server):
    first = Top(120, 40, server.http_url)
    try:
        first.wait_for(r"\blive\b")
        first.press("5")
        first.wait_for(r"restarts")
        assert first.quit() == 0
        path = first.home / "config" / "pointerscope" / "monitor.conf"
        assert "view = workers" in path.read_text()
        second = Top(120, 40, server.http_url, home=first.home)
        try:
            second.wait_for(r"\blive\b")
            assert second.quit() == 0
        finally:
            second.end()
        path.unlink()
        path.parent.chmod(0o500)
        path.parent.rmdir()
        path.parent.write_text("a file where the folder should be")
        third = Top(120, 40, server.http_url, home=first.home)
        try:
            third.wait_for(r"\blive\b")
            third.press("4")
            third.wait_for("page")
            assert third.quit() == 0
            third.wait_for("the settings could not be kept in ")
        finally:
            third.end()
    finally:
        first.end()
