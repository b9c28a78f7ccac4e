"""Which worker a connection goes to."""

from __future__ import annotations

from collections import Counter

import pytest

from waiting import wait_until
from wire import RawWebSocket

EACH = 6


def workers_of(server) -> dict[str, int]:
    return {visitor["id"]: visitor["worker"] for visitor in server.state()["visitors"]}


def come(server, names: list[str]) -> dict[str, RawWebSocket]:
    visitors = {name: RawWebSocket(server.ingest) for name in names}
    for name, visitor in visitors.items():
        visitor.say({"id": name, "x": 1, "y": 2})
    wait_until(lambda: set(names) <= set(workers_of(server)), 30, "everyone")
    return visitors


@pytest.mark.parametrize("how, after", [("least-connections", [EACH, EACH]), ("round-robin", [EACH // 2, 3 * EACH // 2])])
def test_who_is_left_alone(start_server, how: str, after: list[int]) -> None:
    server = start_server("--balance", how, workers=2)
    visitors = come(server, [f"a{number}" for number in range(2 * EACH)])
    owners = workers_of(server)
    assert sorted(Counter(owners.values()).values()) == [EACH, EACH]
    lonely = min(owners.values())
    for name, visitor in visitors.items():
        if owners[name] == lonely:
            visitor.socket.close()
    wait_until(lambda: lonely not in workers_of(server).values(), 30, "a worker without anybody")
    others = come(server, [f"b{number}" for number in range(EACH)])
    assert sorted(Counter(workers_of(server).values()).values()) == after
    assert len(others) == EACH


def test_a_worker_that_came_back_is_filled_first(start_server) -> None:
    server = start_server(workers=2)
    visitors = come(server, [f"a{number}" for number in range(2 * EACH)])
    victim = server.worker_pids()[0]
    server.kill_worker(victim)
    server.event("worker_ready", count=3)
    wait_until(lambda: victim not in workers_of(server).values(), 30, "those of the dead to leave")
    visitors |= come(server, [f"b{number}" for number in range(EACH)])
    assert sorted(Counter(workers_of(server).values()).values()) == [EACH, EACH]
    assert len(visitors) == 3 * EACH
