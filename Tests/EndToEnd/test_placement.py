"""Workers that accept by themselves: at one listener for all (`shared`), or each at its own (`reuseport`)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections import Counter

import pytest

from controlling import Operator
from server import BINARY, Server, children_of, is_alive, state_of
from service_manager import ended, listening
from test_addresses import UnixSocket
from waiting import wait_until
from wire import RawSocket, RawWebSocket, handshake

BOTH = pytest.mark.parametrize("how", ["shared", "reuseport"])
TAKEN = "pointerscope_connections_taken_total"
ACCEPTED = "pointerscope_connections_accepted_total"
SWITCHING = b"HTTP/1.1 101 "


CALLERS: list[RawSocket] = []
"""Those who are held by nobody else: they are to stay."""


@pytest.fixture(autouse=True)
def let_callers_go():
    yield
    CALLERS.clear()


@pytest.fixture
def begin(start_server, tmp_path):
    """Starts servers with a control socket."""
    def begin(how: str, *options: str, workers: int = 2, **more) -> tuple[Server, Operator]:
        path = tmp_path / "control"
        server = start_server("--balance", how, "--control", str(path), *options, workers=workers, **more)
        return server, Operator(path)
    return begin


def call(server: Server) -> RawSocket:
    """Somebody who connects and says who it is, and has not been answered yet."""
    client = RawSocket(server.ingest)
    CALLERS.append(client)
    client.send(handshake())
    return client


def assert_answered(*clients: RawSocket) -> None:
    for client in clients:
        assert client.read_until(b"\r\n\r\n").startswith(SWITCHING)


def connections(server: Server) -> dict[int, int]:
    """What each worker that runs has, by its process."""
    return {worker["pid"]: worker["connections"] for worker in server.state()["workers"] if worker["pid"]}


def open_connections(server: Server) -> int:
    return sum(connections(server).values())


@BOTH
def test_a_thousand_visitors_find_both_workers(begin, how):
    server, _ = begin(how)
    visitors = [RawWebSocket(server.ingest) for _ in range(1000)]
    for number, visitor in enumerate(visitors):
        visitor.say({"id": f"v{number}", "x": 1, "y": 2})
    wait_until(lambda: len(server.state()["visitors"]) == 1000, 60, "everyone")
    counts = connections(server)
    assert sum(counts.values()) == 1000 and len(counts) == 2
    # By hash, or by who is quicker: nobody is left out.
    assert min(counts.values()) >= 100, counts
    found = server.metrics()
    # All but those whom the master took from a worker that was late with a heartbeat.
    assert found[ACCEPTED] == 1000 and found[TAKEN] >= 900
    for visitor in visitors[:500]:
        visitor.close()
    wait_until(lambda: open_connections(server) == 500, 60, "those who left to be gone")
    server.metrics().check_accounting()


@BOTH
def test_who_waits_at_a_worker_that_hangs_and_dies_is_served(begin, how):
    server, _ = begin(how)
    victim, other = server.worker_pids()
    os.kill(victim, signal.SIGSTOP)
    wait_until(lambda: state_of(victim) == "T", 30, "it to stand still")
    waiting = [call(server) for _ in range(40)]
    server.kill_worker(victim)
    assert_answered(*waiting)
    # The successor accepts as well.
    server.event("worker_ready", count=3)
    assert_answered(*[call(server) for _ in range(40)])
    assert other in connections(server) and len(connections(server)) == 2
    wait_until(lambda: open_connections(server) == 80, 30, "everyone")


@BOTH
def test_who_waits_at_a_worker_that_hangs_is_served_by_another(begin, how):
    """Before it is killed for that: the master takes whoever waits where a heartbeat is not answered."""
    server, _ = begin(how)
    victim, _ = server.worker_pids()
    os.kill(victim, signal.SIGSTOP)
    try:
        assert_answered(*[call(server) for _ in range(40)])
    finally:
        if is_alive(victim):
            os.kill(victim, signal.SIGCONT)


class Newcomers(threading.Thread):
    """Comes again and again and stays; what does not go as it should is kept."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.is_over = False
        self.here: list[RawSocket] = []
        self.cut = 0
        self.failures: list[str] = []

    def run(self) -> None:
        while not self.is_over and len(self.here) < 3000:
            try:
                client = RawSocket(self.server.ingest)
            except OSError as error:
                self.failures.append(f"connect: {error!r}")
                continue
            try:
                client.send(handshake())
                assert_answered(client)
                self.here.append(client)
            except (AssertionError, ConnectionResetError, BrokenPipeError):
                # It was a worker's that is no more.
                self.cut += 1
            except OSError as error:
                self.failures.append(f"handshake: {error!r}")

    def end(self) -> list[RawSocket]:
        self.is_over = True
        self.join(60)
        assert not self.failures, self.failures[:5]
        assert self.here
        return self.here


@BOTH
def test_while_workers_are_killed_nobody_is_refused_or_hangs(begin, how):
    server, _ = begin(how)
    newcomers = [Newcomers(server) for _ in range(3)]
    for newcomer in newcomers:
        newcomer.start()
    for count in range(1, 4):
        seen = sum(len(newcomer.here) for newcomer in newcomers)
        wait_until(lambda: sum(len(newcomer.here) for newcomer in newcomers) >= seen + 20, 60, "newcomers")
        server.kill_worker(server.worker_pids()[0])
        server.event("worker_exited", count=count)
    for newcomer in newcomers:
        newcomer.end()
        # Each can have been with one worker that was killed at that moment.
        assert newcomer.cut <= 3
    # Nobody was told that there is no room, or no worker.
    assert server.metrics()["pointerscope_connections_refused_total"] == 0
    assert_answered(call(server))


@BOTH
def test_reloads_and_scaling_drop_and_refuse_nobody(begin, how):
    server, operator = begin(how)
    newcomers = [Newcomers(server) for _ in range(2)]
    for newcomer in newcomers:
        newcomer.start()

    def settle(count: int) -> None:
        wait_until(lambda: len(operator.json("workers")) == count, 60, f"{count} workers")

    for step, count in [("reload", 2), ("scale 4", 4), ("reload", 4), ("scale 1", 1), ("scale 3", 3)]:
        seen = sum(len(newcomer.here) for newcomer in newcomers)
        operator.ask(*step.split())
        settle(count)
        wait_until(lambda: sum(len(newcomer.here) for newcomer in newcomers) >= seen + 10, 60, "newcomers")
    everyone = [client for newcomer in newcomers for client in newcomer.end()]
    assert [newcomer.cut for newcomer in newcomers] == [0, 0]
    wait_until(lambda: open_connections(server) == len(everyone), 60, "everyone to be somewhere")
    for number, client in enumerate(everyone):
        RawWebSocket.say(client, {"id": f"v{number}", "x": 1, "y": 2})
    wait_until(lambda: len(server.state()["visitors"]) == len(everyone), 60, "everyone to be heard")
    assert server.metrics()["pointerscope_connections_refused_total"] == 0
    # In the end those that came last accept, too.
    before = connections(server)
    assert_answered(*[call(server) for _ in range(200)])
    wait_until(lambda: open_connections(server) == len(everyone) + 200, 60, "those who came behind it")
    after = connections(server)
    assert len(after) == 3 and after.keys() == before.keys()


@BOTH
def test_a_worker_that_drains_takes_nobody_and_one_that_was_stopped_strands_nobody(begin, how):
    server, operator = begin(how)
    drained = {worker["worker"]: worker["pid"] for worker in operator.json("workers")}
    operator.ask("drain", "1")
    first = [call(server) for _ in range(50)]
    assert_answered(*first)
    wait_until(lambda: open_connections(server) == 50, 30, "everyone")
    assert connections(server).get(drained[1], 0) == 0
    operator.ask("restart", "1")
    assert_answered(*[call(server) for _ in range(50)])
    wait_until(lambda: len(connections(server)) == 2 and min(connections(server).values()) > 0, 30, "both")


@BOTH
def test_limits_of_addresses_hold_over_all_workers(begin, how):
    server, _ = begin(how, "--address-limit", "5", "--address-rate", "0", "--limit-loopback")
    inside = [call(server) for _ in range(5)]
    assert_answered(*inside)
    outside = [call(server) for _ in range(6)]
    for client in outside:
        assert client.read_to_end().startswith(b"HTTP/1.1 429 ")
    assert server.metrics()['pointerscope_connections_refused_total{reason="address_connections"}'] == 6
    assert server.event("connections_refused")["reason"] == "address_connections"
    # Beyond those that are told at a time they are cut.
    answers = Counter()
    for _ in range(40):
        try:
            answers[call(server).read_to_end()[:12]] += 1
        except (ConnectionResetError, BrokenPipeError):
            answers[b""] += 1
    assert set(answers) <= {b"HTTP/1.1 429", b""}
    inside[0].close()
    wait_until(lambda: open_connections(server) == 4, 30, "one to be gone")
    assert_answered(call(server))
    # Who dies with a worker gives back what it had.
    owners = connections(server)
    victim = max(owners, key=owners.get)
    server.kill_worker(victim)
    server.event("worker_ready", count=3)
    wait_until(lambda: victim not in connections(server), 30, "its end to be seen")
    again = [call(server) for _ in range(owners[victim])]
    assert_answered(*again)


@BOTH
def test_a_new_rule_for_addresses_holds_at_once(begin, tmp_path, how):
    path = tmp_path / "server.conf"
    path.write_text("address-rate = 0\n")
    server, operator = begin(how, "--config", str(path))
    inside = [call(server) for _ in range(3)]
    assert_answered(*inside)
    path.write_text("address-rate = 0\naddress-limit = 1\nlimit-loopback = yes\n")
    operator.ask("reload")
    # Whoever is here stays and counts for nobody.
    assert_answered(call(server))
    assert call(server).read_to_end().startswith(b"HTTP/1.1 429 ")
    path.write_text("address-rate = 0\n")
    wait_until(lambda: len(operator.json("workers")) == 2, 60, "the old workers to be gone")
    operator.ask("reload")
    assert_answered(*[call(server) for _ in range(3)])


@BOTH
def test_nobody_is_left_waiting_where_no_worker_runs(begin, how):
    server, operator = begin(how)
    for number in (1, 2):
        operator.ask("stop", str(number))
    wait_until(lambda: not server.worker_pids(), 30, "both to be gone")
    clients = [call(server) for _ in range(4)]
    for client in clients:
        assert client.read_to_end().startswith(b"HTTP/1.1 503 ")
    operator.ask("restart", "2")
    assert_answered(*[call(server) for _ in range(8)])


@BOTH
def test_an_upgrade_takes_the_listeners_along(tmp_path, how):
    program = tmp_path / "pointerscope"
    shutil.copy(BINARY, program)
    server = Server(subprocess.Popen(
        [program, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2",
         "--balance", how, "--control", str(tmp_path / "control")],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
    server.ready = server.event("ready", 60)
    operator = Operator(tmp_path / "control")
    try:
        visitors = [RawWebSocket(server.ingest) for _ in range(20)]
        newcomers = Newcomers(server)
        newcomers.start()
        wait_until(lambda: len(newcomers.here) > 20, 60, "newcomers")
        for count in (1, 2):
            operator.ask("upgrade")
            server.event("upgraded", count=count)
        seen = len(newcomers.here)
        wait_until(lambda: len(newcomers.here) > seen + 20, 60, "newcomers behind it")
        operator.ask("scale", "3")
        operator.ask("reload")
        wait_until(lambda: len(operator.json("workers")) == 3, 60, "three workers")
        everyone = [*visitors, *newcomers.end()]
        assert newcomers.cut == 0
        wait_until(lambda: open_connections(server) == len(everyone), 60, "everyone to be counted")
        for visitor in visitors:
            visitor.ping_and_wait()
    finally:
        server.stop_and_check()


def test_shared_is_taken_with_the_new_workers_and_left_so(begin, tmp_path):
    path = tmp_path / "server.conf"
    path.write_text("balance = round-robin\n")
    server, operator = Server.start(
        "--workers", "2", "--config", str(path), "--control", str(tmp_path / "control")), Operator(tmp_path / "control")
    try:
        assert_answered(call(server))
        assert server.metrics()[TAKEN] == 0
        for word, is_taken in [("shared", True), ("least-connections", False)]:
            path.write_text(f"balance = {word}\n")
            assert "with the new workers: balance" in operator.ask("reload").splitlines()
            wait_until(lambda: len(operator.json("workers")) == 2, 60, "the old workers to be gone")
            before = server.metrics()
            assert_answered(*[call(server) for _ in range(30)])
            after = server.metrics()
            assert after[ACCEPTED] == before[ACCEPTED] + 30
            assert (after[TAKEN] > before[TAKEN]) == is_taken
        path.write_text("balance = reuseport\n")
        assert "from the next start on: balance" in operator.ask("reload").splitlines()
    finally:
        server.stop_and_check()


@BOTH
def test_proxy_headers_come_first_there_too(begin, how):
    server, _ = begin(how, "--proxy-protocol=ingest", "--address-limit", "1", "--limit-loopback")
    clients = [RawSocket(server.ingest) for _ in range(4)]
    for client in clients[:3]:
        client.send(b"PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n" + handshake())
    assert_answered(*clients[:3])
    clients[3].send(handshake())
    assert clients[3].read_to_end() == b""


def test_shared_serves_the_file_of_a_unix_socket(begin, tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("s")
    monkeypatch.setattr(Server, "ingest", property(lambda self: self.ready["ingest"]))
    server, _ = begin("shared", f"--ingest=unix:{folder}/i.sock")
    clients = [UnixSocket(folder / "i.sock") for _ in range(30)]
    for client in clients:
        client.send(handshake(host="localhost"))
    assert_answered(*clients)
    assert server.metrics()[TAKEN] >= 20
    for client in clients:
        client.close()


def test_reuseport_is_refused_where_there_can_be_one_socket_alone(tmp_path):
    done = subprocess.run(
        [BINARY, "serve", "--headless", "--workers", "1", "--http", "127.0.0.1:0", "--balance", "reuseport",
         f"--ingest=unix:{tmp_path}/i.sock"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 78 and done.stderr.count("\n") == 1
    assert "--balance reuseport: there can be one listener alone at unix:" in done.stderr
    assert "take shared" in done.stderr
    made = listening()
    code, line = ended(
        [made.fileno()], "--workers", "1", "--balance", "reuseport", "--http", "127.0.0.1:0", LISTEN_FDS="1",
        LISTEN_FDNAMES="ingest")
    assert code == 78 and "--balance reuseport: the service manager passes one socket" in line
    made.close()


def test_reuseport_leaves_a_port_alone_that_somebody_has(start_server):
    """The kernel would divide the visitors of both among them."""
    server = start_server("--balance", "reuseport")
    done = subprocess.run(
        [BINARY, "serve", "--headless", "--workers", "1", "--http", "127.0.0.1:0", "--balance", "reuseport",
         "--ingest", server.ready["ingest"]], capture_output=True, text=True, timeout=60)
    assert done.returncode == 69 and "Address already in use" in done.stderr


def test_another_word_is_an_error():
    done = subprocess.run(
        [BINARY, "serve", "--headless", "--balance", "fairly"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 64 and done.stderr.count("\n") == 1
    for word in ("fairly", "least-connections", "round-robin", "shared", "reuseport"):
        assert word in done.stderr


def listeners_of(pid: int) -> int:
    """Sockets that a process has and that listen."""
    with open("/proc/net/tcp") as table:
        listening = {line.split()[9] for line in list(table)[1:] if line.split()[3] == "0A"}
    found = 0
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            continue
        found += target.removeprefix("socket:[").removesuffix("]") in listening
    return found


@pytest.mark.parametrize("how, master, worker", [
    ("least-connections", 2, 0), ("round-robin", 2, 0), ("shared", 2, 1), ("reuseport", 3, 1)])
def test_a_worker_has_no_more_listeners_than_it_accepts_at(begin, how, master, worker):
    server, _ = begin(how)
    assert listeners_of(server.pid) == master
    assert [listeners_of(pid) for pid in children_of(server.pid)] == [worker, worker]
