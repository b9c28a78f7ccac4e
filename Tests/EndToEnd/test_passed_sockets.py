"""Listening sockets that a service manager has made (sd_listen_fds(3)), right and wrong ones."""

from __future__ import annotations

import os
import signal
import socket

import pytest

from server import children_of
from service_manager import LAUNCHED, ended, launch, listening, started
from test_children import environment_of
from waiting import wait_until
from wire import RawWebSocket


@pytest.fixture(autouse=True)
def nobody_is_left():
    """Whatever becomes of a test."""
    yield
    for server in LAUNCHED:
        if server.process.poll() is None:
            server.process.kill()
    LAUNCHED.clear()


def text(made: socket.socket) -> str:
    return "%s:%d" % made.getsockname()


def serve_on(server, ingest: socket.socket, http: socket.socket) -> None:
    """Both ports do what they are for."""
    assert server.ready["ingest"] == text(ingest) and server.ready["http"] == text(http)
    RawWebSocket(server.ingest).say({"id": "x", "x": 1, "y": 2})
    wait_until(lambda: server.metrics()["pointerscope_events_relayed_total"] >= 1)


def test_named_sockets_in_any_order_and_what_is_left_of_them():
    http, ingest = listening(), listening()
    server = started(launch(
        [http.fileno(), ingest.fileno()], "--workers", "2", LISTEN_FDS="2", LISTEN_FDNAMES="http:ingest"))
    serve_on(server, ingest, http)
    inode = {os.stat(made.fileno()).st_ino for made in (http, ingest)}
    for pid in children_of(server.pid):
        assert not [name for name in environment_of(pid) if name.startswith("LISTEN_")]
        assert not inode & {os.stat(f"/proc/{pid}/fd/{name}").st_ino for name in os.listdir(f"/proc/{pid}/fd")}
    # A reload reads everything again, and finds the same sockets.
    os.kill(server.pid, signal.SIGHUP)
    server.event("workers_changed")
    serve_on(server, ingest, http)
    server.stop_and_check()
    # The service manager has them still: who comes waits for the next server.
    early = socket.create_connection(ingest.getsockname())
    server = started(launch(
        [ingest.fileno(), http.fileno()], "--workers", "1", "--ingest", text(ingest), LISTEN_FDS="2"))
    serve_on(server, ingest, http)
    wait_until(lambda: server.metrics()["pointerscope_connections_accepted_total"] >= 2)
    server.stop_and_check()
    for made in (early, http, ingest):
        made.close()


def test_one_unit_calls_all_of_its_sockets_by_its_own_name(tmp_path):
    path = str(tmp_path / "ingest.sock")
    ingest, http = listening(socket.AF_UNIX, path), listening()
    server = started(launch(
        [ingest.fileno(), http.fileno()], "--workers", "1", LISTEN_FDS="2", LISTEN_FDNAMES="ps.socket:ps.socket"))
    assert server.ready["ingest"] == f"unix:{path}" and server.ready["http"] == text(http)
    server.stop_and_check()
    assert os.path.exists(path), "the file is the service manager's"
    ingest.close()
    http.close()


def test_one_socket_and_one_address():
    http = listening(socket.AF_INET6, ("::1", 0))
    server = started(launch(
        [http.fileno()], "--workers", "1", "--ingest", "127.0.0.1:0", LISTEN_FDS="1", LISTEN_FDNAMES="http"))
    assert server.ready["http"] == "[::1]:%d" % http.getsockname()[1]
    server.stop_and_check()
    http.close()


def test_sockets_that_are_for_another_process():
    made = listening()
    server = started(launch(
        [made.fileno()], "--workers", "1", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", LISTEN_FDS="1",
        LISTEN_PID="1"))
    assert server.ready["ingest"] != text(made)
    server.stop_and_check()
    made.close()


@pytest.mark.parametrize("variables, why", [
    ({"LISTEN_FDS": "many"}, "LISTEN_FDS many is no number of sockets"),
    ({"LISTEN_FDS": "-1"}, "LISTEN_FDS -1 is no number of sockets"),
    ({"LISTEN_FDS": "3"}, "3 sockets are passed, and there are two to be"),
    ({"LISTEN_FDS": "2", "LISTEN_PID": "me"}, "LISTEN_PID me is no process"),
    ({"LISTEN_FDS": "2", "LISTEN_FDNAMES": "http"}, "has 1 names, and LISTEN_FDS passes 2 sockets"),
    ({"LISTEN_FDS": "2", "LISTEN_FDNAMES": "http:https"}, "a socket is called https, and is to be ingest or http"),
    ({"LISTEN_FDS": "2", "LISTEN_FDNAMES": "http:http"}, "two sockets are called http"),
])
def test_variables_that_mean_nothing(variables, why):
    one, other = listening(), listening()
    status, said = ended([one.fileno(), other.fileno()], **variables)
    assert status == 78 and why in said and said.count("\n") == 1, said
    one.close()
    other.close()


def test_one_socket_for_both_ports():
    made = listening()
    status, said = ended([made.fileno(), made.fileno()], LISTEN_FDS="2")
    assert status == 78 and "descriptors 3 and 4, which are to be ingest and http, are one socket" in said, said
    assert said.count("\n") == 1
    made.close()
    # Two that share a port are no better: whom the kernel gives a connection is chance.
    pair = []
    for _ in range(2):
        pair.append(socket.socket())
        pair[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        pair[-1].bind(pair[0].getsockname() if len(pair) == 2 else ("127.0.0.1", 0))
        pair[-1].listen(16)
    status, said = ended([made.fileno() for made in pair], LISTEN_FDS="2", LISTEN_FDNAMES="http:ingest")
    assert status == 78 and f"descriptors 4 and 3" in said and f"are both bound to {text(pair[0])}" in said, said
    for made in pair:
        made.close()


def test_descriptors_that_are_no_listening_sockets(tmp_path):
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    abstract = listening(socket.AF_UNIX, f"\0pointerscope-{os.getpid()}")
    datagrams = listening(kind=socket.SOCK_DGRAM)
    with open(tmp_path / "file", "w") as file:
        for made, why in [
                (bound, "does not listen"), (datagrams, "is no stream socket"), (file, "is no socket"),
                (abstract, "neither to an IPv4 or IPv6 address nor to a path")]:
            status, said = ended([made.fileno()], LISTEN_FDS="1")
            assert status == 78 and f"descriptor 3, which is to be ingest, {why}" in said.replace("is bound ", ""), said
        status, said = ended([], LISTEN_FDS="1")
        assert status == 78 and "descriptor 3, which is to be ingest, is not open" in said
    for made in (bound, abstract, datagrams):
        made.close()


def test_an_address_that_says_otherwise_and_one_that_is_reached_from_elsewhere():
    made, open_to_all = listening(), listening(address=("0.0.0.0", 0))
    status, said = ended([made.fileno()], "--ingest", "127.0.0.1:1", LISTEN_FDS="1")
    assert status == 78 and f"listens at {text(made)}; leave one of the two out" in said
    # What options may not do without a sign-in a socket may not do either.
    status, said = ended([open_to_all.fileno()], LISTEN_FDS="1", LISTEN_FDNAMES="http")
    assert status == 78 and "LISTEN_FDS http 0.0.0.0" in said and "--public-url" in said
    made.close()
    open_to_all.close()
