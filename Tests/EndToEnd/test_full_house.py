"""A server that has no place left: who was there first stays, whatever is changed, and whoever comes is told."""

from __future__ import annotations

import re
import threading

import pytest

from controlling import Operator
from test_limits import limit_descriptors
from waiting import wait_until
from wire import RawSocket, RawWebSocket, handshake

DESCRIPTORS = 300
POLICIES = ["least-connections", "round-robin", "shared", "reuseport"]
REFUSED = 'pointerscope_connections_refused_total{reason="capacity"}'


def metric(server, name: str) -> int:
    text = server.get("/metrics").text
    return int(float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE).group(1)))


def answer_of(server) -> tuple[bytes, RawSocket]:
    """What somebody who comes now is told."""
    client = RawSocket(server.ingest)
    client.send(handshake())
    return client.read_until(b"\r\n\r\n")[9:12], client


@pytest.mark.parametrize("what", [("reload",), ("restart", "1"), ("upgrade",)], ids=lambda what: what[0])
@pytest.mark.parametrize("how", POLICIES)
def test_newcomers_get_no_place_of_those_who_are_there(start_server, tmp_path, how: str, what: tuple) -> None:
    server = start_server("--balance", how, "--control", str(tmp_path / "control"), 
                          workers=2, preexec_fn=limit_descriptors(DESCRIPTORS))
    operator = Operator(tmp_path / "control")
    capacity = server.event("ready")["capacity"]
    inside = []
    while len(inside) < capacity:
        inside.append(RawWebSocket(server.ingest))
    answers, late, is_over = [], [], threading.Event()

    def come() -> None:
        while not is_over.is_set():
            answer, client = answer_of(server)
            answers.append(answer)
            late.append(client)

    newcomers = threading.Thread(target=come)
    newcomers.start()
    wait_until(lambda: answers, what="a newcomer")
    for _ in range(3):
        # Workers of the time before may have to hand over yet.
        wait_until(lambda: operator.run(*what).returncode == 0, what="a change")
    is_over.set()
    newcomers.join()
    assert set(answers) == {b"503"}
    for visitor in inside:
        visitor.ping_and_wait()
    assert metric(server, "pointerscope_connections") == capacity
    assert metric(server, REFUSED) == len(answers)


@pytest.mark.parametrize("how", POLICIES)
def test_a_burst_fills_all_places_that_are_free(start_server, how: str) -> None:
    server = start_server("--balance", how,  workers=2,
                          preexec_fn=limit_descriptors(DESCRIPTORS))
    capacity = server.event("ready")["capacity"]
    inside = [RawWebSocket(server.ingest) for _ in range(capacity)]
    for size in (50, 100, 150):
        for visitor in inside[:size]:
            visitor.close()
        del inside[:size]
        wait_until(lambda: metric(server, "pointerscope_connections") == capacity - size, what="room")
        burst = [RawSocket(server.ingest) for _ in range(size)]
        for client in burst:
            client.send(handshake())
        assert {client.read_until(b"\r\n\r\n")[9:12] for client in burst} == {b"101"}
        # Those come in by hand from now on.
        for client in burst:
            client.close()
        wait_until(lambda: metric(server, "pointerscope_connections") == capacity - size, what="room again")
        inside += [RawWebSocket(server.ingest) for _ in range(size)]
