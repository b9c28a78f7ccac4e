"""Limits and odd surroundings: each has a decided outcome, and nobody else pays for it."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import time

import pytest

from server import BINARY
from waiting import wait_until
from wire import RawSocket, RawWebSocket, Stream, handshake


def limit_descriptors(count: int):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


def test_viewers_cannot_take_the_descriptors_that_ingest_needs(start_server):
    server = start_server(preexec_fn=limit_descriptors(512))
    viewers = []
    for _ in range(400):
        try:
            viewers.append(RawSocket(server.http))
            viewers[-1].send(b"GET /receive/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        except OSError:
            break
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "ann", "x": 1, "y": 2})
    visitor.ping_and_wait()
    os.kill(server.event("worker_ready")["worker_pid"], signal.SIGKILL)
    server.event("worker_ready", count=3)
    for viewer in viewers:
        viewer.close()
    wait_until(lambda: server.get("/healthz").status == 200, 60, "health again")
    assert server.events("worker_not_started") == []


def test_too_few_descriptors_are_said():
    ended = subprocess.run(
        [BINARY, "serve", "--headless", "--workers", "2"], capture_output=True, text=True, timeout=60,
        preexec_fn=limit_descriptors(64))
    assert ended.returncode == 71
    assert "64 descriptors is too low" in ended.stderr and "ulimit -n" in ended.stderr


@pytest.mark.parametrize("count", [4, 5, 6, 7, 8])
@pytest.mark.parametrize("arguments", [
    ["serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0"], ["top", "127.0.0.1:1", "--once"],
    ["load", "127.0.0.1:1"], ["serve", "--frobnicate"],
])
def test_nobody_ends_without_a_word_however_few_descriptors_there_are(count, arguments):
    ended = subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        preexec_fn=limit_descriptors(count))
    assert ended.returncode in (64, 69, 71)
    assert ended.stderr.startswith("pointerscope: ") and ended.stderr.count("\n") == 1


def test_a_head_that_trickles_in_has_its_time_in_all(server):
    slow = RawSocket(server.ingest)
    started = time.monotonic()
    for byte in handshake():
        try:
            slow.send(bytes([byte]))
        except OSError:
            break
        # A byte now and then is what the test is about; it ends when the server has had enough.
        if select.select([slow.socket], [], [], 0.5)[0]:
            break
        assert time.monotonic() - started < 40
    assert server.metrics()['pointerscope_connections_refused_total{reason="handshake_timeout"}'] == 1


def test_a_worker_told_to_stop_turns_nobody_away(server):
    stubborn = [RawWebSocket(server.ingest) for _ in range(4)]
    victim = server.worker_pids()[0]
    os.kill(victim, signal.SIGTERM)
    server.event("worker_stopping")
    newcomers = [RawWebSocket(server.ingest) for _ in range(20)]
    for number, newcomer in enumerate(newcomers):
        newcomer.say({"id": f"v{number}", "x": 1, "y": 1})
        newcomer.ping_and_wait()
    # Half a second is between the worker's own deadline for those who never answer and its master's for it.
    for visitor in stubborn:
        visitor.close()
    assert server.event("worker_exited")["how"] == "exit status 0"
    server.event("worker_ready", count=3)


def test_an_ignored_sigchld_is_no_blindfold(start_server):
    server = start_server(preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    os.kill(server.worker_pids()[0], signal.SIGKILL)
    assert server.event("worker_exited")["how"].startswith("signal 9")
    server.event("worker_ready", count=3)


def test_logs_that_cannot_be_written(start_server, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    ended = subprocess.run(
        [BINARY, "serve", "--headless", "--log", str(fifo)], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 73 and str(fifo) in ended.stderr
    address = "127.0.0.1:0"
    process = subprocess.Popen(
        [BINARY, "serve", "--headless", "--ingest", address, "--http", address, "--log", "/dev/full"],
        stderr=subprocess.PIPE)
    children = wait_until(
        lambda: open(f"/proc/{process.pid}/task/{process.pid}/children").read().split(), 60, "workers")
    assert children
    process.terminate()
    assert process.wait(timeout=60) == 0
    process.stderr.close()


def test_a_page_and_a_viewport_hold_until_they_change(server):
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "ann", "x": 1, "y": 2, "w": 1280, "h": 720, "p": "/here"})
    visitor.say({"id": "ann", "x": 3, "y": 4})
    visitor.ping_and_wait()
    # What came before an answered ping is with the master.
    assert server.state()["visitors"][0]["page"] == "/here"
    keyframe = Stream(server, "?shape=frames").take(1)[0]
    shown = keyframe.data["visitors"][0]
    assert (shown["x"], shown["y"], shown["w"], shown["h"], shown["p"]) == (3, 4, 1280, 720, "/here")
