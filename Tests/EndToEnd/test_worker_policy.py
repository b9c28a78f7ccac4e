"""Workers that do not last: those that die at their start, and those that need more and more memory."""

from __future__ import annotations

import json

import pytest

import preload
from controlling import Operator, start
from server import Server
from waiting import wait_until
from wire import RawWebSocket, close_clients_of

LEFT = "no worker is running: they kept ending and were given up (pointerscope ctl restart ID)"

ILL = r"""
#include <unistd.h>
/* Worker N ends as it starts, as long as there is a file of that name. */
__attribute__((constructor)) static void end_early(void) {
    for (int number = 1; number <= 2; number++) {
        char role[64], path[4096];
        snprintf(role, sizeof role, "pointerscope: worker %d", number);
        snprintf(path, sizeof path, "FOLDER/ill-%d", number);
        if (has_role(role) && access(path, F_OK) == 0) _exit(3);
    }
}
"""


class Illness:
    """Decides which workers end as they start."""

    def __init__(self, folder) -> None:
        self._folder = folder
        self.environment = preload.environment(preload.build(folder, "ill", ILL.replace("FOLDER", str(folder))))

    def begin(self, number: int) -> None:
        (self._folder / f"ill-{number}").touch()

    def end(self, number: int) -> None:
        (self._folder / f"ill-{number}").unlink()


@pytest.fixture
def illness(tmp_path) -> Illness:
    return Illness(tmp_path)


def states(operator: Operator) -> list[tuple[int, str]]:
    return [(worker["worker"], worker["state"]) for worker in operator.json("workers")]


def fell(server: Server, number: int, illness: Illness) -> None:
    """Kills a worker whose successors all end as they start; returns when it was given up."""
    count = len(server.events("worker_errored"))
    illness.begin(number)
    [pid] = [worker["pid"] for worker in server.state()["workers"] if worker["number"] == number]
    server.kill_worker(pid)
    line = server.event("worker_errored", 60, count=count + 1)
    assert line["worker"] == number and line["how"] == "exit status 3", line
    assert "times in a row within 1 s of its start" in line["why"] and f"ctl restart {number}" in line["mend"]


def test_who_dies_at_its_start_is_given_up_and_brought_back(tmp_path, illness) -> None:
    server, operator = start(tmp_path, "--max-restarts", "3", env=illness.environment)
    try:
        events = operator.follow("events", "--json")
        wait_until(lambda: server.metrics()['pointerscope_control_requests_total{request="events"}'] == 1, 30, "it")
        stays = RawWebSocket(server.ingest)
        fell(server, 1, illness)
        ends = len([line for line in server.events("worker_exited") if line["worker"] == 1])
        assert ends in (3, 4), "the death of one that had lived for a second does not count"
        assert states(operator) == [(1, "errored"), (2, "running")]
        assert "1 running, 1 errored" in operator.ask("status")
        assert operator.json("status")["errored"] == 1
        assert server.metrics()["pointerscope_workers_errored"] == 1
        assert server.get("/readyz").status == 200
        assert operator.refusal("drain", "1") == (
            75, "worker 1 was given up and has no connections (pointerscope ctl restart 1 brings it back)")
        seen = [json.loads(events.stdout.readline()) for _ in range(2 + 2 * (ends - 1))]
        events.terminate()
        events.communicate(timeout=60)
        assert [line["event"] for line in seen][-2:] == ["exit", "errored"], seen
        # Nobody is left.
        fell(server, 2, illness)
        assert server.get("/readyz").status == 503 and server.get("/readyz").text == LEFT + "\n"
        assert operator.run("status").returncode == 75
        assert operator.refusal("restart", "1") == (
            70, "worker 1 ended before it was ready: exit status 3; no worker runs")
        assert states(operator) == [(1, "errored"), (2, "errored")]
        restarts = server.metrics()["pointerscope_worker_restarts_total"]
        # A stop takes one for stopped that was given up.
        assert "stays stopped" in operator.ask("stop", "1")
        assert states(operator) == [(1, "stopped"), (2, "errored")]
        illness.end(1)
        illness.end(2)
        assert operator.ask("restart", "1") == "restart 1: done, 1 workers run\n"
        assert server.get("/readyz").status == 200
        assert operator.ask("reload") == "reload: done, 2 workers run\n"
        wait_until(lambda: states(operator) == [(1, "running"), (2, "running")], 30, "both")
        metrics = server.metrics()
        assert metrics["pointerscope_workers_errored"] == 0
        assert metrics["pointerscope_worker_restarts_total"] == restarts, "nobody was started unasked"
        RawWebSocket(server.ingest).ping_and_wait()
        stays.socket.close()
    finally:
        server.stop_and_check()


def test_a_server_whose_workers_never_start_can_be_asked_and_helped(tmp_path, illness) -> None:
    for number in (1, 2):
        illness.begin(number)
    operator = Operator(tmp_path / "control")
    server = Server.start(
        "--workers", "2", "--control", operator.path, "--max-restarts", "2", wait=False, env=illness.environment)
    try:
        server.event("worker_errored", 60, count=2)
        ended = operator.run("status", "--json")
        assert ended.returncode == 75
        status = json.loads(ended.stdout)
        assert (status["state"], status["running"], status["errored"]) == (LEFT, 0, 2)
        assert server.events("ready") == []
        illness.end(2)
        assert operator.ask("restart", "2") == "restart 2: done, 1 workers run\n"
        # One is there, and the other one was given up.
        server.ready = server.event("ready")
        assert server.get("/readyz").status == 200
        illness.end(1)
        assert operator.ask("restart", "1") == "restart 1: done, 2 workers run\n"
    finally:
        server.stop_and_check()


GREEDY = r"""
static char *want;
char *kept;
__attribute__((constructor)) static void look(void) {
    int file = open("FOLDER/want", O_RDWR);
    if (has_role("pointerscope: worker 1")) want = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
}
/* Worker 1 takes 64 MiB for nothing when it is told to, once. */
int epoll_wait(int poller, struct epoll_event *events, int count, int timeout) {
    int (*real)(int, struct epoll_event *, int, int) = dlsym(RTLD_NEXT, "epoll_wait");
    if (want && *want) {
        *want = 0;
        kept = malloc(64 << 20);
        memset(kept, 1, 64 << 20);
    }
    return real(poller, events, count, timeout);
}
"""


def test_a_worker_that_grows_is_replaced(tmp_path) -> None:
    (tmp_path / "want").write_bytes(bytes(4096))
    library = preload.build(tmp_path, "greedy", GREEDY.replace("FOLDER", str(tmp_path)))
    server, operator = start(
        tmp_path, "--max-memory-restart", "60M", "--worker-drain", "200ms", env=preload.environment(library))
    try:
        before = {worker["number"]: worker["pid"] for worker in server.state()["workers"]}
        visitors = [RawWebSocket(server.ingest) for _ in range(10)]
        for number, visitor in enumerate(visitors):
            visitor.say({"id": f"v{number}", "x": 1, "y": 1})
        with open(tmp_path / "want", "r+b") as file:
            file.write(b"\1")
        line = server.event("worker_over_memory")
        assert (line["worker"], line["worker_pid"], line["limit"]) == (1, before[1], 60 << 20)
        assert 64 << 20 <= line["bytes"] < 200 << 20
        assert server.event("workers_changed")["what"] == "restart 1 for its memory"
        wait_until(lambda: states(operator) == [(1, "running"), (2, "running")], 60, "the old one to be gone")
        after = {worker["number"]: worker["pid"] for worker in server.state()["workers"]}
        assert after[1] != before[1] and after[2] == before[2]
        metrics = server.metrics()
        assert metrics["pointerscope_worker_memory_restarts_total"] == 1
        assert metrics["pointerscope_worker_restarts_total"] == 0
        assert len(server.events("worker_over_memory")) == 1
        assert server.get("/readyz").status == 200
        # Nobody was let go of.
        for visitor in visitors:
            visitor.ping_and_wait()
        close_clients_of(server.ingest)
    finally:
        server.stop_and_check()


def connections(operator) -> dict[int, int]:
    return {worker["worker"]: worker["connections"] for worker in operator.json("workers")
            if worker["state"] == "running"}


def test_connections_move_until_all_have_the_same(tmp_path) -> None:
    server, operator = start(tmp_path, workers=2)
    try:
        visitors = [RawWebSocket(server.ingest) for _ in range(60)]
        for number, visitor in enumerate(visitors):
            visitor.say({"id": f"v{number}", "x": 1, "y": 1})
        wait_until(lambda: connections(operator) == {1: 30, 2: 30}, 30, "everybody")
        # More workers: a quarter each.
        operator.ask("scale", "4")
        wait_until(lambda: connections(operator) == {1: 15, 2: 15, 3: 15, 4: 15}, 30, "all to have the same")
        # A new one in the place of another.
        operator.ask("restart", "1")
        wait_until(lambda: connections(operator) == {1: 15, 2: 15, 3: 15, 4: 15}, 30, "the same after a restart")
        for number, visitor in enumerate(visitors):
            visitor.say({"id": f"v{number}", "x": 2, "y": 2})
            visitor.ping_and_wait()
        assert len(server.state()["visitors"]) == 60
        # One that dies takes its own with it, and gets as many of the others.
        [pid] = [worker["pid"] for worker in server.state()["workers"] if worker["number"] == 4]
        server.kill_worker(pid)
        wait_until(lambda: sorted(connections(operator).values()) == [11, 11, 11, 12], 30, "the same after a death")
        metrics = server.metrics()
        metrics.check_accounting()
    finally:
        close_clients_of(server.ingest)
        server.stop_and_check()
