"""Whoever reads standard error may stall: nobody who writes there ever waits."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import socket
import subprocess
import termios
import tty
from contextlib import contextmanager
from typing import Callable, Iterator

import pytest

import preload
from listening import QuietServer
from server import BINARY, binary_for_anyone, children_of, is_alive
from waiting import wait_until
from wire import RawWebSocket, Stream

STOP_SECONDS = 30
ARGUMENTS = [BINARY, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2"]
NOBODY = 65_534


def fill(descriptor: int) -> None:
    """Writes until nothing more is taken, and leaves the descriptor blocking, as a shell's is."""
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    for piece in (b"\n" * 4096, b"\n"):
        while True:
            try:
                os.write(descriptor, piece)
            except BlockingIOError:
                break
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags & ~os.O_NONBLOCK)


def a_pipe() -> tuple[int, int]:
    return os.pipe()


def a_terminal() -> tuple[int, int]:
    reader, writer = pty.openpty()
    tty.setraw(writer)
    return reader, writer


def a_stopped_terminal() -> tuple[int, int]:
    """Control-S was pressed: it takes nothing, though it is empty."""
    reader, writer = pty.openpty()
    termios.tcflow(writer, termios.TCOOFF)
    return reader, writer


def a_socket() -> tuple[int, int]:
    ends = socket.socketpair()
    return ends[0].detach(), ends[1].detach()


KINDS: list[Callable[[], tuple[int, int]]] = [a_pipe, a_terminal, a_stopped_terminal, a_socket]


@contextmanager
def running(writer: int, **more) -> Iterator[subprocess.Popen]:
    """A server whose standard error is `writer`; it must end well within the time of a stop."""
    arguments = [binary_for_anyone(), *ARGUMENTS[1:]] if "user" in more else ARGUMENTS
    process = subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writer, **more)
    everyone: set[int] = {process.pid}
    try:
        yield process
        everyone |= set(children_of(process.pid))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=STOP_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
        for pid in everyone:
            wait_until(lambda: not is_alive(pid), 60, f"process {pid} to be gone")


def read_lines(reader: int, process: subprocess.Popen, until: Callable[[bytes], bool]) -> list[dict]:
    """The log's lines, read until what came satisfies `until`; what filled the way is passed over."""
    data = b""
    os.set_blocking(reader, False)

    def has_come() -> bool:
        nonlocal data
        try:
            data += os.read(reader, 65_536)
        except (BlockingIOError, OSError):
            pass
        return until(data)

    wait_until(has_come, 60, lambda: f"the log; it is {data[-500:]!r}")
    lines = data.replace(b"\r", b"").split(b"\n")
    return [json.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}")]


def relay_one_sample(process: subprocess.Popen) -> QuietServer:
    server = QuietServer(process.pid)
    viewer = Stream(server)
    visitor = RawWebSocket(server.ingest)
    for x in range(50):
        visitor.say({"id": "ann", "x": x, "y": 0})
    assert [message.data["x"] for message in viewer.take(50)] == list(range(50))
    visitor.close_well()
    viewer.close()
    return server


@pytest.mark.parametrize("kind", KINDS)
def test_the_relay_goes_on_though_nobody_reads_the_log(kind):
    reader, writer = kind()
    fill(writer)
    with running(writer) as process:
        server = relay_one_sample(process)
        # Each death writes lines; a write that waits would hold up the successor and the relay.
        for _ in range(3):
            replace_a_worker(process)
        relay_one_sample(process)
        assert server.http != server.ingest
    os.close(reader)
    os.close(writer)


def replace_a_worker(process: subprocess.Popen) -> None:
    """Has a worker stop, which is followed by four lines of the log."""
    victim = children_of(process.pid)[0]
    os.kill(victim, signal.SIGTERM)
    wait_until(lambda: victim not in children_of(process.pid) and len(children_of(process.pid)) == 2, 60,
               "the victim to be replaced")


def test_a_terminal_with_less_room_than_there_is_to_say():
    """A terminal that has some room takes no more than that: a blocking write waits with the rest for a reader."""
    reader, writer = a_terminal()
    fill(writer)
    with running(writer) as process:
        relay_one_sample(process)
        for _ in range(15):
            replace_a_worker(process)
        for _ in range(20):
            os.read(reader, 300)
            replace_a_worker(process)
        relay_one_sample(process)
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize("kind", [a_pipe, a_terminal, a_socket])
def test_what_was_said_meanwhile_comes_when_somebody_reads(kind):
    reader, writer = kind()
    fill(writer)
    with running(writer) as process:
        relay_one_sample(process)
        lines = read_lines(reader, process, lambda data: b'"event":"ready"' in data and data.endswith(b"\n"))
        assert [line["event"] for line in lines][:2] == ["starting", "worker_started"]
        assert os.get_blocking(writer), "others who write there are not to find it changed"
    os.close(reader)
    os.close(writer)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as somebody else")
@pytest.mark.parametrize("kind", [a_pipe, a_terminal])
def test_a_descriptor_that_may_not_be_opened_again(kind):
    """As behind `su` or in a container: the terminal or pipe is another user's."""
    reader, writer = kind()
    os.fchmod(writer, 0o600)
    with running(writer, user=NOBODY, group=NOBODY) as process:
        lines = read_lines(reader, process, lambda data: b'"event":"ready"' in data and data.endswith(b"\n"))
        assert lines[0]["event"] == "starting"
        os.set_blocking(reader, True)
        fill(writer)
        relay_one_sample(process)
    os.close(reader)
    os.close(writer)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as somebody else")
def test_the_last_lines_come_whatever_writes_them():
    reader, writer = a_pipe()
    os.fchmod(writer, 0o600)
    with running(writer, user=NOBODY, group=NOBODY) as process:
        QuietServer(process.pid)
    os.close(writer)
    with os.fdopen(reader) as log:
        assert json.loads(log.read().splitlines()[-1])["event"] == "stopped"


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_that_fails_ends_though_nobody_reads_why(kind):
    reader, writer = kind()
    fill(writer)
    occupied = socket.create_server(("127.0.0.1", 0))
    address = "%s:%d" % occupied.getsockname()
    for arguments, status in [(["--http", address], 69), (["--log", "/nonexistent/log"], 73), (["--demo=x"], 64)]:
        ended = subprocess.run([*ARGUMENTS, *arguments], stderr=writer, timeout=60)
        assert ended.returncode == status
    occupied.close()
    os.close(reader)
    os.close(writer)


def test_children_that_say_much_hang_no_more_than_their_master(tmp_path):
    """A worker's and the demo's last words go to the log, as much of them as a person reads."""
    library = preload.build(tmp_path, "loud", r"""
        __attribute__((constructor)) static void say(void) {
            if (!has_role("@worker") && !has_role("@demo")) return;
            for (int count = 0; count < 100000; count++) {
                ssize_t written = write(2, "something is wrong\n", 19);
                (void)written;
            }
        }
    """)
    reader, writer = a_pipe()
    process = subprocess.Popen(
        [*ARGUMENTS, "--demo=2"], stderr=writer, env=preload.environment(library), stdin=subprocess.DEVNULL)
    os.close(writer)
    try:
        lines = read_lines(reader, process, lambda data: b"demo_said" in data and data.endswith(b"\n"))
        said = [line for line in lines if line["event"] == "worker_said"]
        assert {line["worker"] for line in said} == {1, 2}
        assert {line["text"] for line in said} == {"something is wrong"}
        assert len(said) <= 2 * 20 * 2
        assert "ready" in [line["event"] for line in lines]
    finally:
        process.terminate()
        assert process.wait(timeout=STOP_SECONDS) == 0
        os.close(reader)


def test_a_line_that_the_disk_had_no_room_for_leaves_the_others_whole(start_server, tmp_path):
    path = tmp_path / "server.log"
    size = 6_000

    def limit_files() -> None:
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    server = start_server("--log", str(path), wait=False, preexec_fn=limit_files)
    quiet = QuietServer(server.process.pid)
    server.ready = {"ingest": "127.0.0.1:%d" % quiet.ingest[1], "http": "127.0.0.1:%d" % quiet.http[1],
                    "pid": server.process.pid}
    dropped = 'pointerscope_log_lines_dropped_total'
    while server.metrics()[dropped] == 0:
        replace_a_worker(server.process)
    assert path.stat().st_size == size
    assert not path.read_text().endswith("\n"), "the last line was cut"
    # Somebody makes room behind what is there.
    import resource
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    replace_a_worker(server.process)
    wait_until(lambda: "log_lines_dropped" in path.read_text(), 60, "the log to go on")
    before, after = path.read_text()[:size], path.read_text()[size:]
    assert after.startswith("\n")
    whole = before.split("\n")[:-1] + [line for line in after.split("\n") if line]
    assert all(json.loads(line)["event"] for line in whole)
