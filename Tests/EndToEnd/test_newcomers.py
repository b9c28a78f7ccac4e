"""Who comes, and who only posts, is where there is room and somebody who answers; whoever is not is counted."""

from __future__ import annotations

import collections
import http.client
import json
import os
import signal
import time

import pytest

from controlling import start
from server import is_alive
from waiting import wait_until
from wire import RawSocket, handshake


@pytest.fixture
def begin(tmp_path):
    started = []

    def begin(*options: str):
        started.append(start(tmp_path, *options))
        return started[-1]

    yield begin
    for server, _ in started:
        server.stop_and_check()


def post(server, name: str) -> None:
    """By a connection of its own that is closed behind it, like those of `sendBeacon`."""
    client = http.client.HTTPConnection(*server.ingest, timeout=60)
    client.request("POST", "/events", json.dumps({"id": name, "x": 1, "y": 1}), {"Content-Type": "application/json"})
    assert client.getresponse().status == 200
    client.close()


def owners(server) -> collections.Counter:
    """How many visitors each worker has, by its process."""
    return collections.Counter(visitor["worker"] for visitor in server.state()["visitors"])


@pytest.mark.parametrize("order", ["reload", "restart 1"])
def test_those_who_only_post_go_to_all_workers_alike(begin, order) -> None:
    server, operator = begin()
    for number in range(1_200):
        post(server, f"p{number}")
    assert min(owners(server).values()) > 500
    pids = {worker["worker"]: worker["pid"] for worker in operator.json("workers")}
    old = set(pids.values()) if order == "reload" else {pids[1]}
    operator.ask(*order.split())
    server.note_processes()
    wait_until(lambda: not any(is_alive(pid) for pid in old), 60, "the old ones to be gone")
    wait_until(lambda: sum(owners(server).values()) == 1_200 and not old & set(owners(server)), 30, "all of them")
    # They go 256 at a time.
    assert len(owners(server)) == 2 and min(owners(server).values()) >= 600 - 256


@pytest.mark.parametrize("balance", ["least-connections", "round-robin"])
def test_newcomers_do_not_wait_for_a_worker_that_hangs_and_those_who_do_are_counted(begin, balance) -> None:
    server, operator = begin("--balance", balance)
    hung = operator.json("workers")[0]["pid"]
    os.kill(hung, signal.SIGSTOP)
    began = time.monotonic()
    newcomers = []
    # A heartbeat a second: the second that it does not answer shows that it hangs, and the fifth has it replaced.
    while is_alive(hung) and time.monotonic() - began < 30:
        newcomer = RawSocket(server.ingest)
        newcomer.send(handshake())
        newcomers.append((time.monotonic() - began, newcomer))
        time.sleep(0.05)  # they come all the while, one after the other
    server.note_processes()
    answered = []
    for since, newcomer in newcomers:
        try:
            answered.append((since, newcomer.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")))
        except (AssertionError, OSError):
            answered.append((since, False))
    # Between two heartbeats nobody knows; the machine may be slow on top.
    late = [since for since, is_good in answered if not is_good]
    assert all(is_good for since, is_good in answered if since > 3.5), late
    wait_until(lambda: server.metrics()['pointerscope_connections_refused_total{reason="no_worker"}'] == len(late), 30,
               f"{len(late)} who are counted")
    assert server.metrics()["pointerscope_connections_accepted_total"] == len(newcomers) - len(late)
    assert late, "nobody was handed to it"
    for _, newcomer in newcomers:
        newcomer.close()
