"""Workers that are replaced, added, drained and stopped while everybody else goes on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time

import pytest

from controlling import Operator, start
from samples import is_kill, take_until_killed
from server import BINARY, Server, is_alive
from waiting import wait_until
from wire import RawSocket, RawWebSocket, Stream
from wire_v1 import Visitor


@pytest.fixture
def begin(tmp_path):
    """Starts servers with a control socket, which are checked to have stopped well."""
    started = []

    def begin(*options: str, drain: str = "200ms", **more):
        started.append(start(tmp_path, "--worker-drain", drain, *options, **more))
        return started[-1]

    yield begin
    for server, _ in started:
        server.stop_and_check()


def numbers_and_states(operator) -> list[tuple[int, str]]:
    return [(worker["worker"], worker["state"]) for worker in operator.json("workers")]


def connect_to(server, operator, number: int) -> RawWebSocket:
    """A visitor whom this worker has."""
    while True:
        before = connections(operator)
        visitor = RawWebSocket(server.ingest)
        visitor.ping_and_wait()
        after = connections(operator)
        if after[number] > before[number]:
            return visitor
        visitor.close_well()
        wait_until(lambda: connections(operator) == before, 30, "it to be gone")


def connections(operator) -> dict[int, int]:
    return {worker["worker"]: worker["connections"] for worker in operator.json("workers")
            if worker["state"] in ("running", "draining")}


class Readiness:
    """Asks /readyz again and again, and keeps what else than 200 came."""

    def __init__(self, server: Server) -> None:
        self.failures: list = []
        self.asked = 0
        self._server = server
        self._ended = False
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        while not self._ended:
            try:
                answer = self._server.get("/readyz")
                self.asked += 1
                if answer.status != 200:
                    self.failures.append(answer.text)
            except OSError as error:
                self.failures.append(repr(error))
            time.sleep(0.005)

    def end(self) -> None:
        self._ended = True
        self._thread.join()


def test_twenty_reloads_under_load(begin):
    server, operator = begin("--demo=60")
    wait_until(lambda: server.state()["totals"]["received"] > 100, 60, "the load")
    readiness = Readiness(server)
    descriptors = len(os.listdir(f"/proc/{server.pid}/fd"))
    before = set(server.worker_pids())
    for _ in range(20):
        assert "done" in wait_until(lambda: operator.run("reload").stdout, 60, "the reload")
        server.note_processes()
    assert [state for _, state in numbers_and_states(operator)].count("running") == 2
    wait_until(lambda: numbers_and_states(operator) == [(1, "running"), (2, "running")], 60, "the old ones to be gone")
    assert not before & set(server.worker_pids())
    wait_until(lambda: operator.json("status")["connections"] == 60, 60, "everybody to be back")
    readiness.end()
    assert readiness.failures == [] and readiness.asked > 20
    assert abs(len(os.listdir(f"/proc/{server.pid}/fd")) - descriptors) <= 2
    metrics = server.metrics()
    assert metrics["pointerscope_events_lost_total"] == 0
    assert metrics["pointerscope_worker_restarts_total"] == 0
    assert metrics['pointerscope_worker_changes_total{result="done"}'] >= 20
    wait_until(lambda: server.metrics().check_accounting() is None, 30, "the sums")


def test_one_is_replaced_and_its_visitors_notice_nothing(begin):
    server, operator = begin()
    stays, goes = connect_to(server, operator, 2), connect_to(server, operator, 1)
    goes.say({"id": "goes", "x": 1, "y": 1})
    pids = {worker["worker"]: worker["pid"] for worker in operator.json("workers")}
    following = operator.follow("events", "--json")
    wait_until(lambda: server.metrics()['pointerscope_control_requests_total{request="events"}'] == 1, 30, "it")
    assert operator.ask("restart", "1") == "restart 1: done, 2 workers run\n"
    seen = [json.loads(following.stdout.readline())["event"] for _ in range(5)]
    assert seen == ["fork", "online", "listening", "disconnect", "exit"]
    following.terminate()
    following.communicate(timeout=60)
    wait_until(lambda: not is_alive(pids[1]), 30, "the old one to be gone")
    after = {worker["worker"]: worker["pid"] for worker in operator.json("workers")}
    assert after[2] == pids[2] and after[1] != pids[1]
    for visitor in (stays, goes):
        visitor.ping_and_wait()
    assert operator.refusal("restart", "9") == (67, "there is no worker 9")
    for visitor in (stays, goes):
        visitor.close()


def test_viewers_see_nobody_leave_who_comes_back(begin):
    server, operator = begin("--grace", "30s", workers=1)
    viewer = Stream(server)
    first = Visitor(server.ingest, path="/one")
    first.say_records(first.move(3, 4))
    wait_until(lambda: operator.json("status")["visitors"] == 1, 30, "the visitor")
    # Nobody else is there to take its connection.
    operator.ask("stop", "1")
    assert first.read_close() == (1001, "the server is renewed; come back")
    first.close()
    wait_until(lambda: numbers_and_states(operator) == [(1, "stopped")], 30, "it to be gone")
    operator.ask("restart", "1")
    server.note_processes()
    second = Visitor(server.ingest, path="/one", token=first.token)
    assert second.id == first.id
    assert server.metrics()["pointerscope_visitors_returned_total"] == 1
    second.say_records(second.bye())
    second.read_close()
    server.stop()
    said = take_until_killed(viewer, [first.id])
    assert [message for message in said[:-1] if is_kill(message)] == []


def test_closing_is_spread_over_the_time(begin):
    server, operator = begin(drain="1s", workers=1)
    visitors = [RawWebSocket(server.ingest) for _ in range(50)]
    for number, visitor in enumerate(visitors):
        visitor.say({"id": f"v{number}", "x": 1, "y": 1})
    wait_until(lambda: operator.json("status")["visitors"] == 50, 30, "everybody")
    began = time.monotonic()
    operator.ask("stop", "1")
    ends = []
    for visitor in visitors:
        assert visitor.read_close()[0] == 1001
        ends.append(time.monotonic() - began)
    assert ends[-1] - ends[0] > 0.4, "they do not come back all at once"
    for visitor in visitors:
        visitor.close()


def test_a_worker_is_stopped_and_comes_back(begin):
    server, operator = begin()
    visitor = connect_to(server, operator, 1)
    assert "worker 1 drains" in operator.ask("stop", "1")
    visitor.ping_and_wait()
    wait_until(lambda: numbers_and_states(operator) == [(1, "stopped"), (2, "running")], 30, "it to be stopped")
    assert server.get("/readyz").status == 200
    assert operator.refusal("stop", "1")[0] == 75
    # A reload leaves it alone.
    operator.ask("reload")
    wait_until(lambda: numbers_and_states(operator) == [(1, "stopped"), (2, "running")], 30, "the reload")
    visitor.ping_and_wait()
    assert "no worker runs now" in operator.ask("stop", "2")
    assert visitor.read_close()[0] == 1001
    visitor.close()
    wait_until(lambda: server.get("/readyz").status == 503, 30, "it not to be ready")
    assert operator.run("status").returncode == 75
    operator.ask("restart", "2")
    operator.ask("restart", "1")
    assert numbers_and_states(operator) == [(1, "running"), (2, "running")]
    assert server.get("/readyz").status == 200
    server.note_processes()


def test_a_worker_that_drains_keeps_whom_it_has(begin):
    server, operator = begin()
    viewer = Stream(server)
    visitor = connect_to(server, operator, 1)
    operator.ask("drain", "1")
    assert numbers_and_states(operator) == [(1, "draining"), (2, "running")]
    assert operator.refusal("drain", "1")[0] == 75
    for _ in range(4):
        other = RawWebSocket(server.ingest)
        other.ping_and_wait()
        other.close_well()
    visitor.say({"id": "stays", "x": 1, "y": 2})
    assert viewer.take(1)[0].data["id"] == "stays"
    assert connections(operator)[1] == 1
    visitor.close_well()
    wait_until(lambda: numbers_and_states(operator) == [(1, "stopped"), (2, "running")], 30, "it to be stopped")
    viewer.close()


def test_more_and_fewer(begin):
    server, operator = begin()
    assert "done" in operator.ask("scale", "4")
    assert numbers_and_states(operator) == [(number, "running") for number in (1, 2, 3, 4)]
    server.note_processes()
    everybody = [RawWebSocket(server.ingest) for _ in range(8)]
    for visitor in everybody:
        visitor.ping_and_wait()
    assert connections(operator) == {1: 2, 2: 2, 3: 2, 4: 2}
    assert "3 workers drain" in operator.ask("scale", "1")
    wait_until(lambda: numbers_and_states(operator) == [(1, "running")], 30, "three to be gone")
    assert operator.json("status")["connections"] == 8
    for visitor in everybody:
        visitor.ping_and_wait()
    assert "already" in operator.ask("scale", "1")
    assert operator.refusal("scale", "0")[0] == 64
    for visitor in everybody:
        visitor.close()


def test_killed_in_the_middle_of_draining(begin):
    server, operator = begin(drain="30s")
    visitors = [RawWebSocket(server.ingest) for _ in range(20)]
    for number, visitor in enumerate(visitors):
        visitor.say({"id": f"v{number}", "x": 1, "y": 1})
    wait_until(lambda: operator.json("status")["visitors"] == 20, 30, "everybody")
    # A request that is not whole is answered where it is, however long that takes.
    posts = [RawSocket(server.ingest) for _ in range(2)]
    for post in posts:
        post.send(b"POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                  b"Content-Length: 40\r\n\r\n[")
    wait_until(lambda: connections(operator) == {1: 11, 2: 11}, 30, "the posts")
    old = {worker["worker"]: worker["pid"] for worker in operator.json("workers")}
    operator.ask("restart", "1")
    assert (1, "draining") in numbers_and_states(operator)
    server.kill_worker(old[1])
    wait_until(lambda: numbers_and_states(operator) == [(1, "running"), (2, "running")], 30, "it to be gone")
    assert operator.json("status")["visitors"] == 20
    for visitor in visitors:
        visitor.ping_and_wait()
    metrics = server.metrics()
    assert metrics["pointerscope_worker_restarts_total"] == 0, "nobody is to follow it"
    metrics.check_accounting()
    server.note_processes()
    for visitor in visitors:
        visitor.close()


def test_a_program_that_does_not_work_changes_nothing(tmp_path):
    program = tmp_path / "pointerscope"
    shutil.copy(BINARY, program)
    process = subprocess.Popen(
        [program, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2",
         "--control", str(tmp_path / "control"), "--worker-drain", "200ms"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    server = Server(process)
    server.ready = server.event("ready", 60)
    operator = Operator(tmp_path / "control")
    pids = server.worker_pids()
    good = tmp_path / "good"
    program.rename(good)
    try:
        assert operator.refusal("reload") == (
            71, f"the program {program} cannot be started: open: No such file or directory")
        program.write_text("not a program\n")
        program.chmod(0o755)
        code, line = operator.refusal("reload")
        assert code == 70 and "before it was ready" in line and "the workers of before go on" in line
        program.unlink()
        shutil.copy("/bin/false", program)
        code, line = operator.refusal("reload")
        assert code == 70 and "exit status 1" in line, line
        assert server.worker_pids() == pids and server.get("/readyz").status == 200
        assert [event["why"] for event in server.events("reload_refused")]
        assert len(server.events("workers_not_changed")) == 2
        program.unlink()
        shutil.copy(good, program)
        operator.ask("reload")
        wait_until(lambda: not set(server.worker_pids()) & set(pids), 30, "the new ones")
        assert server.metrics()['pointerscope_worker_changes_total{result="failed"}'] == 3
    finally:
        server.stop_and_check()


def test_a_configuration_is_read_again(begin, tmp_path):
    path = tmp_path / "server.conf"
    path.write_text("origin = https://one.example\ngrace = 5s\n")
    server, operator = begin("--config", str(path))

    def admits(origin: str) -> bool:
        return RawWebSocket.status(server.ingest, extra=f"Origin: {origin}\r\n") == 101

    assert admits("https://one.example") and not admits("https://two.example")
    # A bad one changes nothing and says where.
    path.write_text("origin = https://two.example\ngrase = 5s\n")
    code, line = operator.refusal("reload")
    assert code == 78 and line.startswith(f"{path}:2: unknown option grase"), line
    os.kill(server.pid, signal.SIGHUP)
    server.event("reload_refused", count=2)
    assert admits("https://one.example") and not admits("https://two.example")
    path.write_text("origin = https://two.example\ngrace = 6s\n")
    os.kill(server.pid, signal.SIGHUP)
    assert server.event("options_changed")["options"] == "origin"
    assert server.event("restart_needed")["options"] == "grace"
    server.event("workers_changed")
    assert admits("https://two.example") and not admits("https://one.example")
    wait_until(lambda: len(operator.json("workers")) == 2, 30, "the old ones to be gone")
    # One that dies is followed by one that has the new settings, too.
    server.kill_worker(server.worker_pids()[0])
    wait_until(lambda: numbers_and_states(operator) == [(1, "running"), (2, "running")], 30, "the next one")
    for _ in range(2):
        assert admits("https://two.example") and not admits("https://one.example")
    server.note_processes()
