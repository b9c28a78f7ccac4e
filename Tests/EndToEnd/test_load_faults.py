"""What `pointerscope load` does when its surroundings fail it: signals, servers, terminals, disks, limits."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import resource
import shlex
import signal
import socket
import subprocess
import threading

import pytest

from alien_server import Double
from server import BINARY, children_of, is_alive
from terminal import Program
from waiting import wait_until

UNMET, USAGE, SYSTEM, INPUT_OUTPUT, PROTOCOL = 1, 64, 71, 74, 76
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def address(pair) -> str:
    return "%s:%d" % pair


def start(*arguments: str, **more) -> subprocess.Popen:
    return subprocess.Popen(
        [BINARY, "load", *arguments],
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **more})


def has_sent(server, count: int):
    return lambda: server.metrics()["pointerscope_events_received_total"] >= count


@pytest.fixture
def open_double():
    doubles = []

    def make(serve) -> Double:
        doubles.append(Double(serve))
        return doubles[-1]

    yield make
    for double in doubles:
        double.end()


def shake_hands(connection: socket.socket, first: bytes = b"", protocol: bytes = b"json") -> None:
    """Answers a WebSocket's opening handshake; `first` goes in front of the answer."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(4096)
    key = next(line.split(b":")[1].strip() for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
    connection.sendall(
        first + b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Protocol: " + protocol + b"\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")


def test_a_terminal_of_another_size_does_not_end_the_run(server):
    program = Program(100, 30, ["load", address(server.ingest), "--visitors", "5", "--duration", "60s"])
    try:
        program.wait_for("running|sending")
        for columns, rows in [(120, 40), (40, 10), (80, 24)]:
            program.resize(columns, rows)
            wait_until(has_sent(server, server.metrics()["pointerscope_events_received_total"] + 30), 20, "samples")
            assert not program.has_ended()
        program.press("q")
        assert program.wait_for_exit(20) == 0
        program.check_modes_restored()
    finally:
        program.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_to_the_whole_group_ends_it_with_a_report(server, number):
    process = start(
        address(server.ingest), "--visitors", "10", "--duration", "60s", "--json", "--processes", "2",
        start_new_session=True)
    wait_until(has_sent(server, 20), 20, "samples to arrive")
    os.killpg(process.pid, number)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    found = json.loads(output)
    assert found["interrupted"] and found["sent"] >= 20 and found["errors"] == 0


def test_a_second_interrupt_waits_for_nobody(server):
    process = start(address(server.ingest), "--visitors", "10", "--duration", "60s", "--json")
    wait_until(has_sent(server, 20), 20, "samples to arrive")
    workers = children_of(process.pid)
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    process.send_signal(signal.SIGINT)
    # A second one that came with the first would be the same signal.
    wait_until(lambda: signal.SIGINT not in pending(process.pid), 10, "the first to be taken")
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=15)
    assert process.returncode == 0 and json.loads(output)["interrupted"]
    wait_until(lambda: not any(map(is_alive, workers)), 10, "its processes to be gone")


def pending(pid: int) -> set[int]:
    """Signals that wait for a process."""
    with open(f"/proc/{pid}/status") as file:
        masks = [int(line.split()[1], 16) for line in file if line.startswith(("SigPnd", "ShdPnd"))]
    return {number for number in range(1, 65) for mask in masks if mask >> (number - 1) & 1}


def test_a_report_that_nobody_reads_can_be_left(server):
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(writing, bytes(65536))
    with pytest.raises(BlockingIOError):
        while True:
            os.write(writing, b"x")
    os.set_blocking(writing, True)
    process = start(address(server.ingest), "--visitors", "5", "--duration", "0.3s", "--json", stdout=writing)
    os.close(writing)
    wait_until(has_sent(server, 15), 20, "samples to arrive")

    def has_gone() -> bool:
        process.send_signal(signal.SIGINT)
        return process.poll() is not None

    wait_until(has_gone, 15, "the end")
    assert process.returncode == -signal.SIGINT
    process.stderr.close()
    os.close(reading)


def test_a_server_that_talks_without_end_keeps_nobody_waiting(open_double):
    def talk(connection: socket.socket) -> None:
        shake_hands(connection)
        while True:
            connection.sendall(b"\x81\x01a" * 20_000)

    process = start(open_double(talk).address, "--visitors", "3", "--duration", "1s", "--settle", "0.5s", "--json")
    output, _ = process.communicate(timeout=30)
    found = json.loads(output)
    assert found["sent"] == found["offered"] == 30


def test_the_servers_own_tree_only(server):
    """A tree with the generator in it would be stopped with the one who continues it."""
    line = (f"{shlex.quote(BINARY)} load {address(server.ingest)} --mode drain --visitors 5 --duration 1s --pid $$; "
            "status=$?; exit $status")
    shell = subprocess.Popen(
        ["bash", "-c", line], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True)
    try:
        output, complaint = shell.communicate(timeout=15)
    finally:
        if shell.poll() is None:
            os.killpg(shell.pid, signal.SIGKILL)
            shell.communicate()
    assert shell.returncode == USAGE and output == ""
    assert "this command itself is among its processes" in complaint and complaint.count("\n") == 1


def test_a_drain_whose_worker_dies_counts_what_was_worked_off(server):
    process = start(
        address(server.ingest), "--visitors", "200", "--mode", "drain", "--pid", str(server.pid), "--queue", "200",
        "--coalesce", "8", "--duration", "4s", "--json")
    wait_until(has_sent(server, 80_000), 30, "two rounds")
    server.kill_worker(server.worker_pids()[0])
    output, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, complaint
    found = json.loads(output)
    drain, left = found["drain"], found["open"]
    assert drain["broken_rounds"] == 1 and drain["rounds"] > 2 and 0 < left < 200
    # Rounds before and after are whole: of everyone, and then of everyone who is left.
    of_everyone, rest = divmod(drain["frames"] - drain["rounds"] * left * 200, (200 - left) * 200)
    assert rest == 0 and 1 <= of_everyone < drain["rounds"]
    assert 0 < drain["slowest_round"] <= drain["frames_per_second"] <= drain["fastest_round"]
    wait_until(lambda: server.metrics()["pointerscope_connections"] == 0, 20, "the visitors to be gone")
    assert drain["frames"] <= server.metrics()["pointerscope_events_received_total"]


def test_nothing_is_kept_open_that_is_not_used(server, open_double, tmp_path):
    """Neither the page of --report while the run goes on, nor the connection of a stream that has ended."""
    page = tmp_path / "page.html"
    is_running, is_closed = threading.Event(), threading.Event()

    def serve(connection: socket.socket) -> None:
        if b"GET /receive" in connection.recv(4096):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            is_running.wait(60)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
            is_closed.set()

    process = start(
        address(server.ingest), "--viewer", open_double(serve).address, "--visitors", "2", "--duration", "60s",
        "--report", str(page), "--json")
    wait_until(has_sent(server, 10), 20, "samples")
    is_running.set()
    assert is_closed.wait(10)
    targets = [os.readlink(f"/proc/{process.pid}/fd/{number}") for number in os.listdir(f"/proc/{process.pid}/fd")]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert str(page) not in targets, targets
    assert "</html>" in page.read_text()


@pytest.mark.parametrize("arguments", [["--json"], []])
def test_a_full_disk_is_a_failure(server, arguments):
    with open("/dev/full", "w") as full:
        process = start(
            address(server.ingest), "--visitors", "2", "--duration", "0.2s", *arguments, stdout=full)
        _, complaint = process.communicate(timeout=20)
    assert process.returncode == INPUT_OUTPUT
    assert "standard output" in complaint.splitlines()[-1]


def test_a_page_that_finds_no_room_is_a_failure(server):
    process = start(address(server.ingest), "--visitors", "2", "--duration", "0.2s", "--report", "/dev/full")
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == 73 and "--report /dev/full: No space left" in complaint


def test_conditions_of_several_options_are_all_held(server):
    process = start(
        address(server.ingest), "--visitors", "2", "--duration", "0.2s", "--require", "sent=1", "--require", "errors=0",
        "--json")
    output, _ = process.communicate(timeout=20)
    assert process.returncode == UNMET and not json.loads(output)["met"]


def test_a_track_of_one_sample_comes_once_a_second(server, tmp_path):
    path = tmp_path / "one.jsonl"
    path.write_text('{"id":"a","x":1,"y":2,"t":5}\n')
    process = start(address(server.ingest), "--visitors", "3", "--motion", str(path), "--duration", "1.5s", "--json")
    output, _ = process.communicate(timeout=20)
    assert json.loads(output)["sent"] == 6


def test_too_few_descriptors_are_named(server):
    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    process = start(address(server.ingest), "--visitors", "1", preexec_fn=few)
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == SYSTEM and "ulimit -n" in complaint and complaint.count("\n") == 1


def test_a_source_that_is_not_of_this_machine(server):
    process = start(address(server.ingest), "--visitors", "2", "--source", "192.0.2.1")
    output, complaint = process.communicate(timeout=20)
    assert process.returncode == USAGE and "the address of --source: Cannot assign" in complaint
    assert complaint.count("\n") == 1 and output == ""


@pytest.mark.parametrize("target, words", [
    ("ws://[::1", "IPv6 address in brackets"), ("::1", "IPv6 address in brackets"), (":8081", "names no host"),
    ("ws://ann:secret@127.0.0.1", "names a user"),
])
def test_addresses_that_are_none(target, words):
    process = start(target)
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == USAGE and words in complaint and complaint.count("\n") == 1


def test_a_page_is_no_event_stream(server, open_double):
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>hello")
        connection.recv(4096)

    process = start(
        address(server.ingest), "--viewer", open_double(answer).address, "--visitors", "2", "--duration", "1s")
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == PROTOCOL and "no event stream" in complaint
