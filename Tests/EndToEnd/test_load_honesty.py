"""That `pointerscope load` does not flatter: neither the server, nor itself, nor a run that was cut short."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import threading

import pytest

from server import children_of
from test_load_command import address, report, run
from test_load_faults import has_sent, open_double, pending, shake_hands, start
from waiting import wait_until

UNMET, NO_INPUT, UNAVAILABLE, INTERRUPTED, PROTOCOL = 1, 66, 69, 75, 76
EVENT_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

__all__ = ["open_double"]


def hold(connection: socket.socket) -> None:
    """Reads until the other side ends it."""
    while connection.recv(1 << 20):
        pass


def test_what_the_generator_did_not_come_to_was_offered(server):
    """Ten million a second is beyond any machine: what fell due is told, and whose fault it is."""
    found = report(
        address(server.ingest), "--visitors", "100", "--rate", "100000", "--duration", "300ms", "--require", "unsent=0",
        status=UNMET)
    assert found["offered"] == 3_000_000
    assert found["sent"] < found["offered"] and found["unsent"] == found["offered"] - found["sent"]
    assert 0 < found["omitted"] <= found["unsent"] and found["generator"]["is_limit"]
    # The time over which it was sent, which is longer than planned, makes the rate.
    assert found["seconds"] > 0.303 and abs(found["rate"] * found["seconds"] / found["sent"] - 1) < 1e-3
    wait_until(has_sent(server, found["sent"]), 60, "everything sent to arrive")


def test_the_last_moment_of_a_run_is_sent(server):
    """A turn that begins before the end and takes beyond it must not be the last: at 50,000/s it leaves some out."""
    for _ in range(8):
        found = report(address(server.ingest), "--visitors", "50", "--rate", "1000", "--duration", "100ms")
        assert found["offered"] == 5_000 and found["omitted"] == 0


def test_an_interrupted_run_offers_what_fell_due_until_then(server):
    process = start(
        address(server.ingest), "--visitors", "10", "--rate", "natural", "--duration", "10m", "--json")
    wait_until(has_sent(server, 20), 20, "samples to arrive")
    process.send_signal(signal.SIGINT)
    found = json.loads(process.communicate(timeout=20)[0])
    assert found["interrupted"] and found["offered"] == found["sent"] >= 20


@pytest.mark.parametrize("options", [["--ramp", "1s"], ["--churn", "1"]])
def test_who_comes_later_moves_at_once(server, options):
    """With one visitor there is nobody else whose sample could wake the process."""
    process = start(
        address(server.ingest), "--visitors", "1", "--rate", "natural", "--duration", "10m", "--json", *options)
    joins = 2 if "--churn" in options else 1
    wait_until(lambda: server.metrics()["pointerscope_visitors_joined_total"] >= joins, 30, "the visitor")
    received = server.metrics()["pointerscope_events_received_total"]
    wait_until(has_sent(server, received + 1), 30, "its samples")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    process.communicate()


def test_what_arrived_is_not_known_if_nobody_waited_for_it(server):
    process = start(
        address(server.ingest), "--visitors", "10", "--viewer", address(server.http), "--duration", "60s", "--json",
        "--require", "lost=0,received>=0,sent>0")
    wait_until(has_sent(server, 20), 20, "samples to arrive")
    for worker in children_of(process.pid):
        os.kill(worker, signal.SIGSTOP)
    process.send_signal(signal.SIGINT)
    wait_until(lambda: signal.SIGINT not in pending(process.pid), 10, "the first to be taken")
    process.send_signal(signal.SIGINT)
    found = json.loads(process.communicate(timeout=20)[0])
    assert process.returncode == UNMET and found["arrived"] is None
    assert [verdict["met"] for verdict in found["requirements"]] == [False, False, True]


def test_two_signals_at_once_still_tell_what_arrived(server):
    process = start(
        address(server.ingest), "--visitors", "10", "--viewer", address(server.http), "--duration", "60s", "--json")
    wait_until(has_sent(server, 20), 20, "samples to arrive")
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    found = json.loads(process.communicate(timeout=20)[0])
    assert process.returncode == 0 and found["arrived"]["received"] > 0


def test_a_short_run_knows_what_the_server_weighs(server):
    found = report(address(server.ingest), "--visitors", "5", "--duration", "200ms", "--pid", str(server.pid))
    assert found["server"]["peak_bytes"] > 1_000_000
    found = report(
        address(server.ingest), "--visitors", "5", "--duration", "200ms", "--pid", str(server.pid), "--require",
        "memory<1kB,memory>1MiB", status=UNMET)
    assert [verdict["met"] for verdict in found["requirements"]] == [False, True]


def test_a_write_that_failed_was_not_sent(open_double):
    """Nothing is passed on, so that all that was sent is missing: no more and no less."""
    accepted = []

    def serve(connection: socket.socket) -> None:
        head = connection.recv(4096, socket.MSG_PEEK)
        if head.startswith(b"GET /receive"):
            connection.sendall(EVENT_STREAM)
            hold(connection)
            return
        if head.startswith(b"GET /metrics"):
            return
        shake_hands(connection)
        accepted.append(connection)
        if len(accepted) % 10:
            connection.recv(65536)
            # Closed with a reset: what is under way fails on the other side's next write.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        hold(connection)

    double = open_double(serve)
    found = report(
        double.address, "--visitors", "50", "--rate", "max", "--batch", "16", "--coalesce", "8", "--viewer",
        double.address, "--duration", "1s", "--settle", "500ms")
    assert found["errors"] >= 40 and found["arrived"]["received"] == 0
    assert found["arrived"]["missing"] == found["sent"]


def test_an_end_behind_the_last_words_is_seen(open_double):
    accepted = []

    def serve(connection: socket.socket) -> None:
        accepted.append(connection)
        is_first = len(accepted) == 1
        shake_hands(connection)
        if not is_first:
            connection.sendall(b"\x81\x03bye")
            connection.shutdown(socket.SHUT_WR)
        hold(connection)

    found = report(open_double(serve).address, "--visitors", "6", "--rate", "0.01", "--duration", "1s")
    assert found["errors"] == 5 and found["open"] == 1 and found["error_kinds"] == {"closed-1006": 5}


def test_a_server_that_pings_without_end_and_reads_nothing_fills_no_memory(open_double):
    def serve(connection: socket.socket) -> None:
        shake_hands(connection)
        while True:
            connection.sendall((b"\x89\x7d" + bytes(125)) * 500)

    found = report(
        open_double(serve).address, "--visitors", "2", "--rate", "50", "--duration", "1s", "--settle", "500ms")
    assert found["generator"]["bytes"] < 100 << 20


def test_interrupted_before_the_first_sample(open_double):
    """The server's counts are asked for before; while it thinks about them nothing has been measured."""
    has_asked = threading.Event()

    def serve(connection: socket.socket) -> None:
        head = connection.recv(4096, socket.MSG_PEEK)
        if head.startswith(b"GET /receive"):
            connection.sendall(EVENT_STREAM)
        elif head.startswith(b"GET /metrics"):
            has_asked.set()
        else:
            shake_hands(connection)
        hold(connection)

    double = open_double(serve)
    process = start(
        double.address, "--visitors", "2", "--viewer", double.address, "--duration", "60s", "--json", "--require",
        "errors=0")
    assert has_asked.wait(20)
    process.send_signal(signal.SIGINT)
    output, complaint = process.communicate(timeout=20)
    assert process.returncode == INTERRUPTED and output == "" and "before anything was measured" in complaint


def test_a_drain_that_is_broken_off_reports_its_whole_rounds(server):
    process = start(
        address(server.ingest), "--visitors", "200", "--mode", "drain", "--pid", str(server.pid), "--queue", "200",
        "--coalesce", "8", "--duration", "60s", "--json")
    wait_until(has_sent(server, 80_000), 30, "two rounds")
    process.send_signal(signal.SIGINT)
    wait_until(lambda: process.poll() is not None or signal.SIGINT not in pending(process.pid), 10, "it to be taken")
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    output, complaint = process.communicate(timeout=20)
    assert process.returncode == 0, complaint
    drain = json.loads(output)["drain"]
    assert drain["rounds"] >= 1 and drain["frames"] == drain["rounds"] * 40_000


def test_connects_are_those_that_came_about(open_double):
    accepted = []

    def serve(connection: socket.socket) -> None:
        accepted.append(connection)
        if len(accepted) > 5:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            return
        shake_hands(connection)
        hold(connection)

    found = report(open_double(serve).address, "--visitors", "50", "--duration", "200ms")
    assert found["opened"] == 5
    assert round(found["connects_per_second"] * found["opening_seconds"], 2) == 5


def test_a_viewers_fault_is_told_before_a_visitors(open_double):
    """One visitor is refused, and so is the viewer: without it there is nothing to be measured."""
    accepted = []

    def serve(connection: socket.socket) -> None:
        head = connection.recv(4096, socket.MSG_PEEK)
        if head.startswith(b"GET /receive"):
            wait_until(lambda: len(accepted) == 5, 20)
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        accepted.append(connection)
        if len(accepted) == 1:
            connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            return
        shake_hands(connection)
        hold(connection)

    double = open_double(serve)
    result = run(double.address, "--visitors", "5", "--viewer", double.address, seconds=20)
    assert result.returncode == PROTOCOL and "viewer: the server answered 404" in result.stderr


def test_two_runs_do_not_take_one_anothers_visitors_for_their_own(server):
    runs = [start(address(server.ingest), "--visitors", "3", "--duration", "10m", "--json") for _ in range(2)]
    wait_until(lambda: len(server.state()["visitors"]) == 6, 20, "all visitors")
    for process in runs:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        process.communicate()


def test_a_pipe_is_no_recording(server):
    result = run(address(server.ingest), "--motion", "/dev/stdin")
    assert result.returncode == NO_INPUT and "not a regular file" in result.stderr
