"""Connections that arrive while no worker runs."""

from __future__ import annotations

import os
import signal

import preload
from waiting import wait_until
from wire import RawSocket, RawWebSocket, handshake

REFUSED = 'pointerscope_connections_refused_total{reason="no_worker"}'


def kill_until_it_has_to_wait(server) -> None:
    """Ends worker after worker, until the next one is put off for seconds."""
    for _ in range(12):
        pid = wait_until(lambda: next(iter(server.worker_pids()), None), 60, "a worker")
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        wait_until(lambda: pid not in server.worker_pids(), 60, "its end to be seen")
        if len(server.events("worker_exited")) >= 7:
            return


def test_without_a_worker_it_is_503_and_counted(start_server):
    server = start_server(workers=1)
    kill_until_it_has_to_wait(server)
    ready = len(server.events("worker_ready"))
    visitors = [RawSocket(server.ingest) for _ in range(5)]
    visitors[0].send(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for visitor in visitors[1:]:
        visitor.send(handshake())
    for visitor in visitors:
        answer = visitor.read_to_end()
        assert answer.startswith(b"HTTP/1.1 503 ") and b"Retry-After: " in answer and answer.endswith(b"\r\n\r\n")
    assert server.metrics()[REFUSED] == 5
    line = server.event("connections_refused")
    assert line["reason"] == "no_worker" and line["count"] >= 1
    assert server.get("/readyz").status == 503
    # The successor is there in its time, and then everything is as before.
    server.event("worker_ready", 60, count=ready + 1)
    ann = RawWebSocket(server.ingest)
    ann.say({"id": "ann", "x": 1, "y": 1})
    wait_until(lambda: server.state()["visitors"], 30, "a visitor")
    assert server.metrics()[REFUSED] == 5


def test_the_moment_between_two_workers_refuses_nobody(start_server, tmp_path):
    """The successor takes its time, so that everyone who comes meanwhile finds no worker."""
    library = preload.build(tmp_path, "slow", r"""
        __attribute__((constructor)) static void wait_a_moment(void) {
            if (has_role("@worker")) usleep(300 * 1000);
        }
    """)
    server = start_server(workers=1, env=preload.environment(library))
    server.kill_worker(server.worker_pids()[0])
    server.event("worker_exited")
    waiting = [RawSocket(server.ingest) for _ in range(20)]
    for visitor in waiting:
        visitor.send(handshake())
    for visitor in waiting:
        assert visitor.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
    # The log is read beside this.
    server.event("worker_ready", count=2)
    assert len(server.events("worker_ready")) == 2
    assert server.metrics()[REFUSED] == 0
