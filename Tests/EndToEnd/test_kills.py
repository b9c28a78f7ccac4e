"""kill -9 at the worst moment: of a worker, of a new one half-way through a reload, of the new master in an upgrade.

Only connections that lived on what was killed fall, nothing hangs, and presence and sums are exact afterwards.
"""

from __future__ import annotations

import os
import select
import signal

import pytest

import preload
from controlling import Operator, start
from server import Server, is_alive, state_of
from service_manager import launch, listening, started
from test_children import descriptors_of
from test_moving import connections, pid_of, settled
from test_upgrade import FAILING, Host
from waiting import wait_until
from wire import RawSocket, RawWebSocket, Stream, close_clients_of, handshake

EACH = 100
"""Visitors of each of two workers."""

HANGING = r"""
#include <sys/socket.h>
/* A page that says: [0] workers that begin now never get ready, [1] worker 1 hangs when so many connections were moved to
   it; and is told: [2] one hangs. */
static volatile unsigned char *page;
static int moved, most;

__attribute__((constructor)) static void look(void) {
    if (!has_role("pointerscope: worker 1") && !has_role("pointerscope: worker 2")) return;
    int file = open("FOLDER/page", O_RDWR | O_CLOEXEC);
    page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    most = has_role("pointerscope: worker 1") ? page[1] : 0;
    if (!page[0]) return;
    page[2] = 1;
    for (;;) usleep(1000);
}

ssize_t recvmsg(int from, struct msghdr *message, int flags) {
    ssize_t (*real)(int, struct msghdr *, int) = dlsym(RTLD_NEXT, "recvmsg");
    ssize_t count = real(from, message, flags);
    if (!most || count <= 0) return count;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head; head = CMSG_NXTHDR(message, head))
        if (head->cmsg_type == SCM_RIGHTS) moved += (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    return count;
}

int epoll_wait(int poller, struct epoll_event *events, int count, int timeout) {
    int (*real)(int, struct epoll_event *, int, int) = dlsym(RTLD_NEXT, "epoll_wait");
    if (!most || moved < most) return real(poller, events, count, timeout);
    page[2] = 1;
    /* No call from here on: a worker may make few. */
    for (;;) __asm__ volatile("");
}
"""


class Page:
    """What workers are told by the library above, and tell."""

    def __init__(self, folder) -> None:
        self.path = folder / "page"
        self.path.write_bytes(bytes(4096))
        self.environment = preload.environment(
            preload.build(folder, "hanging", HANGING.replace("FOLDER", str(folder))))

    def say(self, never_ready: bool = False, hang_with: int = 0) -> None:
        with open(self.path, "r+b") as file:
            file.write(bytes([never_ready, hang_with, 0]))

    def hangs(self) -> bool:
        return self.path.read_bytes()[2] == 1


class Crowd:
    """Visitors who number what they say, a viewer that counts, and who has fallen so far."""

    def __init__(self, server: Server, count: int) -> None:
        self.server = server
        self.viewer = Stream(server)
        self.visitors = {f"v{number}": RawWebSocket(server.ingest) for number in range(count)}
        self.said = dict.fromkeys(self.visitors, 0)
        self.heard = dict.fromkeys(self.visitors, 0)
        self.fallen: set[str] = set()
        self.left: set[str] = set()
        self.poll = select.poll()
        self.names = {visitor.socket.fileno(): name for name, visitor in self.visitors.items()}
        for number in self.names:
            self.poll.register(number, select.POLLIN)
        self.everybody_is_heard()

    @property
    def staying(self) -> set[str]:
        return self.visitors.keys() - self.fallen

    def speak(self) -> None:
        """Everybody who is there says the next number; what cannot be folded, so that each one counts."""
        for name in self.staying:
            self.said[name] += 1
            try:
                self.visitors[name].say({"id": name, "x": self.said[name], "y": 1, "k": "click"})
            except OSError:
                pass

    def look(self) -> set[str]:
        """Who has fallen by now; anything else than an end fails."""
        for number, _ in self.poll.poll(0):
            name = self.names[number]
            try:
                assert self.visitors[name].socket.recv(4096) == b"", name
            except ConnectionResetError:
                pass
            self.poll.unregister(number)
            self.fallen.add(name)
        return self.fallen

    def listen(self, until) -> None:
        """Takes what comes, in order and without gaps, until that is so."""
        while not until():
            data = self.viewer.take(1)[0].data
            if "kill" in data:
                assert data["kill"] in self.look() and data["kill"] not in self.left, data
                self.left.add(data["kill"])
            else:
                assert data["x"] == self.heard[data["id"]] + 1 and data["id"] not in self.left, data
                self.heard[data["id"]] += 1

    def everybody_is_heard(self) -> None:
        self.look()
        self.speak()
        self.listen(lambda: all(self.heard[name] == self.said[name] for name in self.staying))

    def check(self, may_have_fallen: set[str]) -> None:
        """Nobody else fell, whoever is there is heard, the server knows them alone, and every sample is somewhere."""
        self.look()
        wait_until(lambda: owners(self.server).keys() == self.visitors.keys() - self.look(), 30,
                   "exactly those to be present who are connected")
        assert self.fallen <= may_have_fallen
        self.everybody_is_heard()
        self.listen(lambda: self.left == self.fallen)
        metrics = self.server.metrics()
        metrics.check_accounting()
        assert metrics["pointerscope_visitors"] == metrics["pointerscope_connections"] == len(self.staying)
        assert metrics["pointerscope_events_relayed_total"] == sum(self.heard.values())
        missing = sum(self.said.values()) - sum(self.heard.values())
        never_read = sum(self.said.values()) - metrics["pointerscope_events_received_total"]
        assert never_read >= 0 and missing == never_read + metrics["pointerscope_events_lost_total"]


def owners(server: Server) -> dict[str, int]:
    return {visitor["id"]: visitor["worker"] for visitor in server.state()["visitors"]}


def living_on(server: Server, pid: int) -> set[str]:
    return {name for name, worker in owners(server).items() if worker == pid}


@pytest.fixture
def scene(tmp_path):
    page = Page(tmp_path)
    server, operator = start(tmp_path, env=page.environment)
    yield page, server, operator, Crowd(server, 2 * EACH)
    close_clients_of(server.ingest)
    server.stop_and_check()


def stop(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: state_of(pid) == "T", 30, f"{pid} to stand")


def test_of_a_worker_fall_those_who_lived_on_it_and_every_sample_is_accounted_for(scene):
    _, server, operator, crowd = scene
    victim = pid_of(operator, 1)
    for _ in range(20):
        crowd.speak()
    # What is said to one that stands is never read.
    stop(victim)
    crowd.speak()
    living = living_on(server, victim)
    assert len(living) == EACH
    server.kill_worker(victim)
    wait_until(lambda: settled(operator, [1, 2]), 30, "its successor")
    server.note_processes()
    crowd.check(living)
    assert crowd.fallen == living
    never_read = sum(crowd.said.values()) - server.metrics()["pointerscope_events_received_total"]
    assert never_read >= EACH


def test_a_new_worker_that_is_killed_before_it_is_ready_leaves_everything_as_it_was(scene):
    page, server, operator, crowd = scene
    pids, descriptors = sorted(server.worker_pids()), descriptors_of(server.pid)
    before = set(server.children())
    page.say(never_ready=True)
    reload = operator.follow("reload")
    wait_until(page.hangs, 30, "a new worker")
    wait_until(lambda: len(set(server.children()) - before) == 2, 30, "both of them")
    server.note_processes()
    crowd.everybody_is_heard()
    server.kill_worker(min(set(server.children()) - before))
    _, said = reload.communicate(timeout=60)
    assert reload.returncode == 70 and "ended before it was ready: signal 9" in said, said
    wait_until(lambda: set(server.children()) == before, 30, "the other new one to be gone")
    crowd.check(set())
    assert sorted(server.worker_pids()) == pids
    wait_until(lambda: descriptors_of(server.pid) == descriptors, 30, "no descriptor to be left")
    # The next one is as good as any.
    page.say()
    assert operator.ask("reload") == "reload: done, 2 workers run\n"
    server.note_processes()
    crowd.check(set())


def test_a_new_worker_that_never_gets_ready_is_let_go(scene):
    page, server, operator, crowd = scene
    pids, before = sorted(server.worker_pids()), set(server.children())
    page.say(never_ready=True)
    reload = operator.follow("reload")
    wait_until(page.hangs, 30, "a new worker")
    server.note_processes()
    _, said = reload.communicate(timeout=60)
    assert reload.returncode == 70 and "ended before it was ready: no heartbeat for 5 s; the workers of before" in said, said
    wait_until(lambda: set(server.children()) == before, 30, "the new ones to be gone")
    crowd.check(set())
    assert sorted(server.worker_pids()) == pids


def test_a_new_worker_that_is_killed_amid_the_move_takes_what_it_had_taken_over(scene):
    page, server, operator, crowd = scene
    page.say(hang_with=EACH // 4)
    operator.ask("reload")
    server.note_processes()
    wait_until(page.hangs, 30, "connections to be moved to it")
    victim = pid_of(operator, 1)
    crowd.speak()
    living = living_on(server, victim)
    page.say()
    server.kill_worker(victim)
    wait_until(lambda: settled(operator, [1, 2]), 60, "its successor, and the old ones to be gone")
    server.note_processes()
    crowd.check(living)
    assert 0 < len(crowd.fallen) < 2 * EACH
    print(f"{len(crowd.fallen)} of {len(living)} that were on their way or there")
    wait_until(lambda: sum(connections(operator).values()) == len(crowd.staying), 30, "the others")


class Halfway:
    """A server whose next upgrade hangs before it has taken over."""

    def __init__(self, folder) -> None:
        self.fault = folder / "fault"
        self.environment = preload.environment(
            preload.build(folder, "failing", FAILING), FAULT=str(self.fault))

    def begin(self, host: Host):
        """Asks for it, and returns who asked once the new program stands."""
        self.fault.write_text("h")
        host.renew()
        asked = host.operator.follow("upgrade")
        wait_until(lambda: self.fault.read_text() == "H", 60, "the new program to stand")
        return asked


def test_a_new_master_that_hangs_is_left_again(tmp_path):
    halfway = Halfway(tmp_path)
    host = Host(tmp_path, env=halfway.environment)
    server = host.server
    try:
        crowd = Crowd(server, 10)
        asked = halfway.begin(host)
        crowd.speak()
        _, said = asked.communicate(timeout=60)
        assert asked.returncode == 70 and said.strip().endswith(
            "the new program did not begin: it was not ready in time; the program of before goes on"), said
        crowd.check(set())
        assert server.metrics()['pointerscope_upgrades_total{result="returned"}'] == 1
        halfway.fault.unlink()
        assert host.operator.ask("upgrade").startswith("upgrade: done, ")
        crowd.check(set())
        close_clients_of(server.ingest)
    finally:
        server.stop_and_check()


def test_a_new_master_that_is_killed_takes_everything_along_and_leaves_nothing_in_the_way(tmp_path):
    """There is one process of it, and nobody to go back: what remains is to end at once, for whoever starts it anew."""
    halfway = Halfway(tmp_path)
    state = tmp_path / "state"
    host = Host(tmp_path, "--state", str(state), "--demo=3", env=halfway.environment)
    server = host.server
    server.event("demo_started")
    server.note_processes()
    crowd = Crowd(server, 10)
    asked = halfway.begin(host)
    # One that stands cannot see it, and ends when it goes on.
    slow = next(pid for pid in server.children() if is_worker(pid))
    stop(slow)
    os.kill(server.pid, signal.SIGKILL)
    assert server.process.wait(timeout=30) == -signal.SIGKILL
    assert asked.communicate(timeout=60)[1] and asked.returncode != 0
    wait_until(lambda: [pid for pid in server.everyone if is_alive(pid)] == [slow], 30, "all others to end")
    # The same places, the same state directory, at once.
    host_port, http_port = ("%s:%d" % address for address in (server.ingest, server.http))
    again = Server.start("--ingest", host_port, "--http", http_port, "--workers", "2", "--state", str(state),
                         "--control", host.operator.path)
    try:
        os.kill(slow, signal.SIGCONT)
        wait_until(lambda: not is_alive(slow), 30, "it to end, too")
        wait_until(lambda: crowd.look() == crowd.visitors.keys(), 30, "everybody to be told")
        assert host.operator.json("status")["pid"] == again.pid
        Crowd(again, 10).check(set())
        close_clients_of(again.ingest)
    finally:
        again.stop_and_check()
        server.stop_and_check()


def is_worker(pid: int) -> bool:
    with open(f"/proc/{pid}/cmdline") as file:
        return file.read().startswith("pointerscope: worker")


def test_where_a_service_manager_keeps_the_sockets_whoever_comes_meanwhile_waits(tmp_path):
    halfway = Halfway(tmp_path)
    ports = [listening(), listening()]
    options = ["--workers", "1", "--control", str(tmp_path / "control")]

    def begin(**variables: str) -> Server:
        return started(launch([port.fileno() for port in ports], *options, LISTEN_FDS="2", **variables))

    server = begin(LD_PRELOAD=halfway.environment["LD_PRELOAD"], FAULT=str(halfway.fault))
    operator = Operator(tmp_path / "control")
    halfway.fault.write_text("h")
    asked = operator.follow("upgrade")
    wait_until(lambda: halfway.fault.read_text() == "H", 60, "the new program to stand")
    os.kill(server.pid, signal.SIGKILL)
    server.process.wait(timeout=30)
    asked.communicate(timeout=60)
    newcomer = RawSocket(ports[0].getsockname())
    newcomer.send(handshake())
    again = begin()
    try:
        assert newcomer.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
        newcomer.close()
    finally:
        again.stop_and_check()
        server.stop_and_check()
        for port in ports:
            port.close()
