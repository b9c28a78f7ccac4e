"""What dies takes only its own with it."""

from __future__ import annotations

import os
import select
import signal

from frames import Picture
from wire import RawWebSocket, Stream
from waiting import wait_until

CONNECTIONS = 1000


def worker_of(server) -> dict[str, int]:
    return {visitor["id"]: visitor["worker"] for visitor in server.state()["visitors"]}


def is_closed(visitor: RawWebSocket) -> bool:
    # Not select(2): a thousand connections leave few numbers below its bound.
    poll = select.poll()
    poll.register(visitor.socket, select.POLLIN)
    if not poll.poll(0):
        return False
    try:
        return visitor.socket.recv(4096) == b""
    except ConnectionResetError:
        return True


def test_kill_one_of_two_workers_under_a_thousand_connections(server):
    viewer = Stream(server)
    visitors = {f"v{number}": RawWebSocket(server.ingest) for number in range(CONNECTIONS)}
    for number, (name, visitor) in enumerate(visitors.items()):
        visitor.say({"id": name, "x": number, "y": 0})
    joined = viewer.take(CONNECTIONS)
    owners = worker_of(server)
    assert len(owners) == CONNECTIONS
    victim = server.worker_pids()[0]
    fallen = {name for name, pid in owners.items() if pid == victim}
    assert len(fallen) == CONNECTIONS // 2, "round robin"

    os.kill(victim, signal.SIGKILL)
    kills = viewer.take(len(fallen))
    assert {message.data["kill"] for message in kills} == fallen
    wait_until(lambda: all(is_closed(visitors[name]) for name in fallen), 60, "the fallen to be closed")

    survivors = [name for name in visitors if name not in fallen]
    for name in survivors:
        visitors[name].say({"id": name, "x": 1, "y": 1})
    after = viewer.take(len(survivors))
    assert [message.data for message in after if "kill" in message.data] == []
    assert {message.data["id"] for message in after} == set(survivors)

    server.event("worker_ready", count=3)
    fresh = [RawWebSocket(server.ingest) for _ in range(4)]
    for number, visitor in enumerate(fresh):
        visitor.say({"id": f"fresh{number}", "x": 1, "y": 1})
    last = viewer.take(4)
    assert victim not in worker_of(server).values()
    assert set(worker_of(server).values()) == set(server.worker_pids())

    ids = [message.n for message in [*joined, *kills, *after, *last]]
    assert ids == list(range(ids[0], ids[0] + len(ids))), "viewers' ids go on without a gap"
    metrics = server.metrics()
    metrics.check_accounting()
    assert server.event("worker_exited")["worker_pid"] == victim
    assert metrics["pointerscope_worker_restarts_total"] == 1


def test_what_a_killed_worker_had_received_is_accounted_for(start_server):
    server = start_server(workers=1)
    visitors = [RawWebSocket(server.ingest) for _ in range(20)]
    payload = [{"id": "x", "x": number, "y": 1} for number in range(500)]
    for visitor in visitors:
        visitor.say(payload)
    os.kill(server.worker_pids()[0], signal.SIGKILL)
    server.event("worker_ready", count=2)
    metrics = server.metrics()
    metrics.check_accounting()
    exited = server.event("worker_exited")
    assert metrics["pointerscope_events_lost_total"] == exited["events_lost"]
    wait_until(lambda: server.state()["visitors"] == [], 60, "the fallen to have left")


def test_a_worker_that_pauses_loses_nobody(start_server):
    server = start_server(workers=2)
    viewer = Stream(server)
    visitors = [RawWebSocket(server.ingest) for _ in range(10)]
    for number, visitor in enumerate(visitors):
        visitor.say({"id": f"v{number}", "x": 0, "y": 0})
    viewer.take(10)
    paused = server.worker_pids()[0]
    os.kill(paused, signal.SIGSTOP)
    for number, visitor in enumerate(visitors):
        visitor.say({"id": f"v{number}", "x": 1, "y": 0})
    assert len(viewer.take(5)) == 5, "the other worker goes on"
    os.kill(paused, signal.SIGCONT)
    assert len(viewer.take(5)) == 5
    assert server.events("worker_exited") == []


def test_a_whole_tree_stopped_and_continued_loses_nobody(start_server):
    server = start_server(workers=2)
    viewer = Stream(server)
    visitors = [RawWebSocket(server.ingest) for _ in range(4)]
    for number, visitor in enumerate(visitors):
        visitor.say({"id": f"v{number}", "x": 0, "y": 0})
    viewer.take(4)
    tree = [server.pid, *server.children()]
    for pid in tree:
        os.kill(pid, signal.SIGSTOP)
    # Standing still for longer than a worker may be silent is what the test is about.
    assert select.select([viewer.socket], [], [], 8)[0] == []
    for pid in reversed(tree):
        os.kill(pid, signal.SIGCONT)
    for number, visitor in enumerate(visitors):
        visitor.say({"id": f"v{number}", "x": 1, "y": 0})
    assert [message.data["x"] for message in viewer.take(4)] == [1, 1, 1, 1]
    assert server.events("worker_exited") == []


def test_a_worker_that_never_answers_is_replaced(start_server):
    server = start_server(workers=1)
    frozen = server.worker_pids()[0]
    os.kill(frozen, signal.SIGSTOP)
    assert server.event("worker_unresponsive", 30)["worker_pid"] == frozen
    server.event("worker_ready", count=2)
    fresh = RawWebSocket(server.ingest)
    fresh.say({"id": "fresh", "x": 1, "y": 1})
    fresh.ping_and_wait()


def counters_page(pid: int) -> str:
    """The page that a worker counts in, which its master reads at any time."""
    folder = f"/proc/{pid}/fd"
    return next(path for path in (f"{folder}/{number}" for number in os.listdir(folder))
                if os.readlink(path).startswith("/memfd:"))


def test_workers_that_write_nonsense_over_their_counters_do_not_take_the_master_along(start_server):
    server = start_server(workers=2)
    for byte in (0x7F, 0xFF):
        victims = server.worker_pids()
        for pid in victims:
            with open(counters_page(pid), "r+b", buffering=0) as page:
                os.pwrite(page.fileno(), bytes([byte]) * 4088, 8)
        # Rates and shares are made of what stands there, once a second, and sums by whoever asks.
        picture = Picture(Stream(server, "?shape=frames"))
        for _ in range(2):
            picture.until_status()
        assert server.get("/metrics").status == 200
        for pid in victims:
            server.kill_worker(pid)
        wait_until(lambda: len(set(server.worker_pids()) - set(victims)) == 2, 30, "others in their places")
    assert server.get("/metrics").status == 200
    late = RawWebSocket(server.ingest)
    late.say({"id": "late", "x": 1, "y": 1})
    wait_until(lambda: "late" in worker_of(server), 30, "somebody new to be there")
