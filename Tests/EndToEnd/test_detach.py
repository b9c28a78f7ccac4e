"""A master whose front takes its leave; the front's part is played here, on the other end of its socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess

import pytest

from server import BINARY, START_SECONDS, STOP_SECONDS, Server, children_of, is_alive
from waiting import wait_until
from wire import RawWebSocket


class Front:
    """Starts a master as a front does, without a terminal."""

    def __init__(self, *options: str, typed: tuple[str, ...] = ()) -> None:
        self.socket, other = socket.socketpair()
        self.errors, their_errors = socket.socketpair()
        with other, their_errors:
            self.process = subprocess.Popen(
                [BINARY, "@master", f"{other.fileno()}:{len(typed)}" if typed else str(other.fileno()), *typed,
                 "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "1", *options],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=their_errors,
                pass_fds=[other.fileno()], start_new_session=True)
        self.socket.settimeout(START_SECONDS)
        self.text = b""

    def event(self, name: str) -> dict:
        """The data of the next message of this event."""
        while True:
            message, end, rest = self.text.partition(b"\n\n")
            if not end:
                piece = self.socket.recv(65536)
                assert piece, f"the master ended the stream before '{name}'"
                self.text += piece
                continue
            self.text = rest
            fields = dict(line.split(": ", 1) for line in message.decode().splitlines() if ": " in line)
            if fields.get("event") == name:
                return json.loads(fields["data"])

    def status_that(self, holds) -> dict:
        while True:
            status = self.event("status")
            if holds(status):
                return status

    def close(self) -> None:
        self.socket.close()
        self.errors.close()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.close()


@pytest.fixture
def open_front():
    fronts: list[Front] = []

    def start(*options: str, typed: tuple[str, ...] = ()) -> Front:
        fronts.append(Front(*options, typed=typed))
        return fronts[-1]

    yield start
    for front in fronts:
        front.end()


def has_said(name: str):
    """Whether the log of a status has a line of this event."""
    return lambda status: any(line["event"] == name for line in status["log"])


def served(front: Front) -> Server:
    """The master as other tests know a server, by what its status says."""
    status = front.status_that(has_said("ready"))
    server = Server.__new__(Server)
    server.process = front.process
    server.ready = next(line for line in status["log"] if line["event"] == "ready")
    return server


def test_a_front_that_detaches_leaves_the_server_running(open_front):
    front = open_front("--demo=2")
    server = served(front)
    everyone = [server.pid, *server.children()]
    for piece in (b"\nnonsense\ndet", b"ach", b"\n"):
        front.socket.sendall(piece)
    assert front.event("detached") == {"pid": front.process.pid}
    front.close()
    visitor = RawWebSocket(server.ingest)
    visitor.say([{"id": "late", "x": 1, "y": 2}])
    wait_until(lambda: "late" in [row["id"] for row in server.state()["visitors"]], 60, "the visitor")
    assert server.state()["viewers"] == 0
    # A worker that dies is replaced, and nothing that is said on the lost standard error harms anyone.
    first = server.worker_pids()[0]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: server.worker_pids() not in ([], [first]), 60, "another worker")
    assert front.process.poll() is None
    front.process.send_signal(signal.SIGTERM)
    assert front.process.wait(timeout=STOP_SECONDS) == 0
    wait_until(lambda: not any(map(is_alive, everyone)), 60, "everyone to be gone")


def test_who_comes_back_reads_the_log(open_front, tmp_path):
    front = open_front("--log", str(tmp_path / "log"))
    server = served(front)
    front.socket.sendall(b"detach\n")
    front.event("detached")
    front.close()
    connection = socket.create_connection(server.http)
    connection.sendall(b"GET /receive/back?shape=frames HTTP/1.1\r\nHost: localhost\r\n\r\n")
    back = Front.__new__(Front)
    back.socket, back.text = connection, b""
    status = back.status_that(lambda status: [row["name"] for row in status["audience"]] == ["back"])
    assert status["viewers"] == 1 and has_said("detached")(status)
    with open(tmp_path / "log") as file:
        written = [json.loads(line) for line in file]
    assert status["log"] == written[-len(status["log"]):]
    connection.close()


@pytest.mark.parametrize("last_words", [b"", b"detac", b"quit\n", b"detach"])
def test_a_front_that_goes_without_asking_ends_the_server(open_front, last_words):
    front = open_front()
    served(front)
    everyone = [front.process.pid, *children_of(front.process.pid)]
    front.socket.sendall(last_words)
    front.close()
    assert front.process.wait(timeout=STOP_SECONDS) == 0
    wait_until(lambda: not any(map(is_alive, everyone)), 60, "everyone to be gone")


def test_a_front_that_dies_right_behind_its_wish_has_detached(open_front):
    front = open_front()
    server = served(front)
    front.socket.sendall(b"detach\n")
    front.close()
    wait_until(lambda: server.state()["workers"], 60, "an answer")
    wait_until(lambda: server.metrics()["pointerscope_http_connections"] == 1, 60, "the stream to be gone")
    assert front.process.poll() is None


def test_the_terminal_is_no_viewer(open_front):
    front = open_front()
    server = served(front)
    status = front.status_that(lambda status: status["audience"])
    assert status["viewers"] == server.state()["viewers"] == server.metrics()["pointerscope_viewers"] == 0
    row, = status["audience"]
    assert (row["name"], row["shape"], row["hz"]) == ("(terminal)", "frames", 10)
    assert [line["event"] for line in status["log"]] == ["starting", "worker_started", "worker_ready", "ready"]


def test_what_was_typed_is_read_again_also_when_nobody_looks(open_front, tmp_path):
    path, log = tmp_path / "server.conf", tmp_path / "log"
    path.write_text("origin = https://one.example\n")
    options = ["--origin=https://one.example", f"--log={log}", "--grace=5s", "--worker-drain=0"]
    front = open_front(*options, typed=(
        "--ingest", "127.0.0.1:0", "--http=127.0.0.1:0", "--workers", "1", f"--log={log}", "--worker-drain=0",
        "--config", str(path)))

    def said(name: str) -> list[dict]:
        lines = log.read_text().splitlines(keepends=True) if log.exists() else []
        return [line for line in map(json.loads, (text for text in lines if text.endswith("\n"))) if line["event"] == name]

    [ready] = wait_until(lambda: said("ready"), START_SECONDS, "the server")
    address = ("127.0.0.1", int(ready["ingest"].rsplit(":", 1)[1]))
    os.kill(ready["pid"], signal.SIGHUP)
    wait_until(lambda: said("workers_changed"), 60, "the first reload")
    assert not said("options_changed") and not said("restart_needed"), "nothing has changed"
    wait_until(lambda: said("worker_exited"), 60, "the old worker to be gone")
    path.write_text("origin = https://two.example\nsampling = 5\n")
    os.kill(ready["pid"], signal.SIGHUP)
    wait_until(lambda: len(said("workers_changed")) == 2, 60, "the second reload")
    assert [line["options"] for line in said("options_changed")] == ["sampling", "origin"]
    assert RawWebSocket.status(address, extra="Origin: https://two.example\r\n") == 101
    front.process.terminate()
    assert front.process.wait(STOP_SECONDS) == 0
