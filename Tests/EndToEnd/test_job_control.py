"""A shell's job: Control-Z and back, the background, and a server that is left running."""

from __future__ import annotations

import os
import re
import signal
import shlex

import pytest

from server import BINARY, children_of, is_alive
from terminal import ADDRESSES, Terminal
from waiting import wait_until
from wire import RawWebSocket

SERVE = f"{shlex.quote(BINARY)} serve --ingest 127.0.0.1:0 --http 127.0.0.1:0 --workers 1"


class Shell(Terminal):
    """An interactive bash on a pty of its own."""

    def __init__(self) -> None:
        super().__init__(120, 40, program=["/bin/bash", "--norc", "--noprofile", "-i"], PS1="ready> ", TERM="xterm-256color")
        self.wait_for("ready> ")

    def run(self, command: str) -> None:
        self.press(command + "\n")

    def check_usable(self, word: str) -> None:
        """The shell answers, and echoes what is typed."""
        self.run(f"echo {word}$((40+2))")
        self.wait_for(rf"^{word}42\s*$")
        assert f"echo {word}$((40+2))" in self.text, "what is typed can be seen"

    def wait_for(self, pattern: str, seconds: float = 20) -> re.Match:
        return super().wait_for("(?m)" + pattern, seconds)

    def leave(self, keys: str = "q") -> None:
        """Quits, and waits until what is typed next is the shell's to read."""
        pid = self.child()
        self.press(keys)
        wait_until(lambda: not is_alive(pid), 10, "it to be gone")

    def child(self) -> int:
        return wait_until(lambda: children_of(self.pid), 10, "the shell's child")[0]


@pytest.fixture
def shell():
    shell = Shell()
    yield shell
    shell.end()


@pytest.fixture
def leftovers():
    """Processes that a test leaves running on purpose."""
    pids: list[int] = []
    yield pids
    for pid in pids:
        if is_alive(pid):
            os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not is_alive(pid), 10, f"process {pid} to be gone")


def state_of(pid: int) -> str:
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def test_control_z_and_back_under_top(server, shell):
    client = RawWebSocket(server.ingest)
    client.say({"id": "ann", "x": 1, "y": 2})
    shell.run(f"{shlex.quote(BINARY)} top {server.http_url}")
    shell.wait_for(r"\bann\b")
    pid = shell.child()
    for _ in range(2):
        shell.press("\x1a")
        shell.wait_for("Stopped")
        assert state_of(pid) == "T"
        shell.check_usable("stopped")
        shell.run("fg")
        shell.wait_for(r"\bann\b.*\n")
        wait_until(lambda: "pointerscope" in shell.rows[0] and "ready>" not in shell.text, 20, "the picture")
    client.say({"id": "bob", "x": 1, "y": 2})
    shell.wait_for(r"\bbob\b")
    shell.leave()
    shell.check_usable("after")


def test_in_the_background_it_leaves_the_terminal_alone(server, shell):
    shell.run(f"{shlex.quote(BINARY)} top {server.http_url}")
    shell.wait_for(r"\blive\b")
    pid = shell.child()
    shell.press("\x1a")
    shell.wait_for("Stopped")
    shell.run("bg")
    wait_until(lambda: state_of(pid) != "T", 10, "it to go on in the background")
    before = shell.text
    client = RawWebSocket(server.ingest)
    client.say({"id": "ann", "x": 1, "y": 2})
    client.ping_and_wait()
    shell.check_usable("background")
    assert "ann" not in shell.text and before
    shell.run("fg")
    shell.wait_for(r"\bann\b")
    shell.leave()
    shell.check_usable("after")


def test_started_in_the_background(server, shell):
    shell.run(f"{shlex.quote(BINARY)} top {server.http_url} &")
    pid = shell.child()
    shell.check_usable("started")
    assert state_of(pid) != "T"
    shell.run("fg")
    shell.wait_for(r"\blive\b")
    shell.leave()
    shell.check_usable("after")


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_stopped_by_somebody_else(server, shell, number):
    shell.run(f"{shlex.quote(BINARY)} top {server.http_url}")
    shell.wait_for(r"\blive\b")
    os.kill(shell.child(), number)
    shell.wait_for("Stopped")
    shell.run("fg")
    shell.wait_for(r"\blive\b")
    wait_until(lambda: "pointerscope" in shell.rows[0] and "Stopped" not in shell.text, 20, "the whole picture")
    shell.leave()
    shell.check_usable("after")


def test_control_z_leaves_the_server_running(shell):
    shell.run(SERVE)
    shell.wait_for(r"\blive\b")
    http = wait_until(lambda: re.search(ADDRESSES.pattern, shell.text), 20, "addresses").group(2)
    front = shell.child()
    master = children_of(front)[0]
    shell.press("\x1a")
    shell.wait_for("Stopped")
    assert state_of(front) == "T" and state_of(master) != "T"
    host, port = http.rsplit(":", 1)
    shell.run(f"exec 9<>/dev/tcp/{host}/{port}; printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&9; "
              "head -1 <&9; exec 9>&-")
    shell.wait_for("HTTP/1.1 200")
    shell.run("fg")
    shell.wait_for(r"\blive\b")
    shell.leave()
    shell.check_usable("after")
    wait_until(lambda: not is_alive(master), 10, "the server to be gone")


def test_an_interrupt_while_stopped_ends_it(server, shell):
    shell.run(f"{shlex.quote(BINARY)} top {server.http_url}")
    shell.wait_for(r"\blive\b")
    pid = shell.child()
    shell.press("\x1a")
    shell.wait_for("Stopped")
    shell.run("kill %1")
    wait_until(lambda: not is_alive(pid), 10, "it to be gone")
    shell.check_usable("after")


def test_where_no_shell_could_bring_it_back(server):
    """Its own session, no shell: Control-Z is passed over."""
    terminal = Terminal(120, 40, program=[BINARY, "top", server.http_url])
    try:
        terminal.wait_for(r"\blive\b")
        terminal.press("\x1a")
        client = RawWebSocket(server.ingest)
        client.say({"id": "ann", "x": 1, "y": 2})
        terminal.wait_for(r"\bann\b")
        assert state_of(terminal.pid) != "T"
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        terminal.check_modes_restored()
    finally:
        terminal.end()


def test_detach_and_come_back(shell, leftovers):
    shell.run(SERVE)
    shell.wait_for(r"\blive\b")
    http = wait_until(lambda: re.search(ADDRESSES.pattern, shell.text), 20, "addresses").group(2)
    master = children_of(shell.child())[0]
    leftovers.append(master)
    shell.press("d")
    said = shell.wait_for(r"the server goes on as process (\d+);")
    assert int(said.group(1)) == master
    shell.check_usable("detached")
    assert f'pointerscope top http://{http}"' in shell.text.replace("\n", "") and f'"kill {master}"' in shell.text
    shell.run(f"clear; {shlex.quote(BINARY)} top http://{http}")
    shell.wait_for(r"\blive\b")
    shell.leave()
    shell.check_usable("again")
    shell.run(f"kill {master}")
    wait_until(lambda: not is_alive(master), 10, "the server to be gone")


def test_detached_it_survives_the_terminal(leftovers):
    terminal = Terminal(120, 40)
    try:
        terminal.connect()
        leftovers.extend(terminal.everyone)
        terminal.press("d")
        assert terminal.wait_for_exit() == 0
        terminal.check_modes_restored()
        workers = [pid for pid in terminal.everyone if pid != terminal.server_pid]
        os.kill(workers[0], signal.SIGKILL)
        wait_until(lambda: len(children_of(terminal.server_pid)) == 2 and not is_alive(workers[0]), 10, "a new worker")
        leftovers.extend(children_of(terminal.server_pid))
    finally:
        terminal.end()
    client = RawWebSocket(terminal.ingest)
    client.say({"id": "ann", "x": 1, "y": 2})
    wait_until(lambda: [visitor["id"] for visitor in terminal.state()["visitors"]] == ["ann"], 10, "ann")
    assert is_alive(terminal.server_pid)
    os.kill(terminal.server_pid, signal.SIGTERM)
    wait_until(lambda: not any(is_alive(pid) for pid in leftovers), 10, "everyone to be gone")


def test_a_server_with_visitors_is_asked_about(shell):
    shell.run(SERVE)
    shell.wait_for(r"\blive\b")
    address = wait_until(lambda: re.search(ADDRESSES.pattern, shell.text), 20, "addresses").group(1)
    host, port = address.rsplit(":", 1)
    client = RawWebSocket((host, int(port)))
    client.say({"id": "ann", "x": 1, "y": 2})
    shell.wait_for(r"\bann\b")
    front = shell.child()
    shell.press("q")
    shell.wait_for(r"\(y")
    shell.press("n")
    client.say({"id": "bob", "x": 1, "y": 2})
    shell.wait_for(r"\bbob\b")
    assert is_alive(front)
    shell.press("q")
    shell.wait_for(r"\(y")
    shell.press("y")
    wait_until(lambda: not is_alive(front), 10, "the front to be gone")
    shell.check_usable("after")
