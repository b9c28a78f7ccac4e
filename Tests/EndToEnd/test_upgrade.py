"""Another program takes the server's place in its process, and nobody who is connected notices."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time

import preload
import pytest

from controlling import Operator
from samples import assert_without_gaps, is_kill
from server import BINARY, Server
from service_manager import NotifySocket, launch, listening, started
from signing_in import Browser, admin, start_guarded, token
from test_detach import has_said, open_front, served  # noqa: F401
from waiting import wait_until
from wire import RawSocket, RawWebSocket, Stream, text


class Host:
    """A server whose program lies in a folder of its own, so that another one can be put in its place."""

    def __init__(self, folder, *options: str, **more) -> None:
        self.program = folder / "pointerscope"
        shutil.copy(BINARY, self.program)
        process = subprocess.Popen(
            [self.program, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0",
             "--workers", "2", "--control", str(folder / "control"), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
        self.server = Server(process)
        self.server.ready = self.server.event("ready", 60)
        self.server.note_processes()
        self.operator = Operator(folder / "control")

    def renew(self, source=BINARY) -> None:
        """Puts another file where the program lies."""
        fresh = self.program.with_name("fresh")
        shutil.copy(source, fresh)
        fresh.rename(self.program)


@pytest.fixture
def host(tmp_path):
    hosts = []

    def begin(*options: str, **more) -> Host:
        hosts.append(Host(tmp_path, *options, **more))
        return hosts[-1]

    yield begin
    for one in hosts:
        one.server.stop_and_check()


class Speaker(threading.Thread):
    """A visitor that counts: x is how many samples it has sent."""

    def __init__(self, server: Server, name: str) -> None:
        super().__init__(daemon=True)
        self.name = name
        self.count = 0
        self.is_over = False
        self.failure = None
        self.socket = RawWebSocket(server.ingest)

    def run(self) -> None:
        try:
            while not self.is_over:
                self.count += 1
                whole = text({"id": self.name, "x": self.count, "y": 1, "k": "click"})
                # Cut where it hurts: the rest of a message comes while nobody, or somebody else, reads.
                self.socket.send(whole[:7])
                time.sleep(0.001)
                self.socket.send(whole[7:])
        except OSError as error:
            self.failure = error

    def end(self) -> None:
        self.is_over = True
        self.join()
        assert self.failure is None, self.failure
        self.socket.ping_and_wait()


class Newcomers(threading.Thread):
    """Comes again and again, and keeps whatever else than a handshake was answered."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.count = 0
        self.is_over = False
        self.failures: list[str] = []

    def run(self) -> None:
        while not self.is_over:
            try:
                assert RawWebSocket.status(self.server.ingest) == 101
                assert self.server.get("/healthz").status == 200
                self.count += 1
            except (AssertionError, OSError) as error:
                self.failures.append(repr(error))

    def end(self) -> None:
        self.is_over = True
        self.join()
        assert self.failures == [] and self.count > 0


def test_nobody_notices_twenty_upgrades(host):
    one = host()
    server, operator = one.server, one.operator
    pids = sorted(server.worker_pids())
    speakers = [Speaker(server, f"speaker{index}") for index in range(4)]
    stream = Stream(server)
    # Whoever does not read stands in the middle of a message, whatever program writes the rest.
    slow = Stream(server, receive_buffer=2048)
    frames = Stream(server, "?shape=frames&hz=30")
    keyframe = next(frames.messages())
    assert keyframe.event in ("keyframe", "history")
    half_said = RawWebSocket(server.ingest)
    half_said.send(text({"id": "half", "x": 5, "y": 6})[:9])
    follower = operator.follow("logs", "-f", "--json")
    newcomers = Newcomers(server)
    for thread in [*speakers, newcomers]:
        thread.start()
    descriptors = None
    for round_ in range(20):
        one.renew()
        if round_ == 17:
            # Half a request has its time, whichever program waits for the rest.
            half_asked = RawSocket(server.http)
            half_asked.send(b"GET /healthz HTTP/1.1\r\nHost: local")
        assert operator.ask("upgrade").startswith("upgrade: done, ")
        if round_ == 1:
            descriptors = len(os.listdir(f"/proc/{server.pid}/fd"))
    for thread in [*speakers, newcomers]:
        thread.end()
    # Everything that anybody has is there still: a half request, half a message, a stream of each shape.
    half_asked.send(b"host\r\n\r\n")
    assert half_asked.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    half_said.send(text({"id": "half", "x": 5, "y": 6})[9:])
    half_said.ping_and_wait()
    sent = {speaker.name: speaker.count for speaker in speakers} | {"half": 1}
    messages = stream.take(sum(sent.values()))
    assert_without_gaps(messages, after=0)
    assert [message.id for message in slow.take(len(messages))] == [message.id for message in messages]
    for name, count in sent.items():
        xs = [message.data["x"] for message in messages if message.data["id"] == name]
        assert xs == (list(range(1, count + 1)) if name != "half" else [5]), name
    seen = next(message for message in frames.messages() if "half" in message.text)
    assert seen.event in ("frame", "keyframe")
    metrics = server.metrics()
    assert metrics["pointerscope_events_received_total"] == sum(sent.values())
    assert metrics['pointerscope_upgrades_total{result="done"}'] == 20
    assert metrics["pointerscope_worker_restarts_total"] == 0
    metrics.check_accounting()
    assert sorted(server.worker_pids()) == pids and server.process.poll() is None
    assert operator.json("status")["pid"] == server.pid == server.process.pid
    assert abs(len(os.listdir(f"/proc/{server.pid}/fd")) - descriptors) <= 2
    with open(f"/proc/{server.pid}/comm") as file:
        assert file.read() == "pointerscope\n"
    # Who followed the log was told of each.
    for _ in range(20):
        while json.loads(follower.stdout.readline())["event"] != "upgraded":
            pass
    follower.kill()
    follower.communicate()
    # A worker of before still tells when somebody goes, and is still looked after.
    half_said.close()
    assert next(message for message in stream.messages() if is_kill(message)).data == {"kill": "half"}
    server.kill_worker(pids[0])
    wait_until(lambda: len(set(server.worker_pids()) - set(pids)) == 1, 60, "the worker's successor")
    server.note_processes()
    operator.ask("reload")
    wait_until(lambda: not set(server.worker_pids()) & set(pids), 60, "the others' successors")
    server.note_processes()
    assert RawWebSocket.status(server.ingest) == 101


def test_a_signal_upgrades_and_the_log_goes_on(tmp_path):
    log = tmp_path / "log"
    program = tmp_path / "pointerscope"
    shutil.copy(BINARY, program)
    process = subprocess.Popen(
        [program, "serve", "--headless", "--ingest", f"unix:{tmp_path}/ingest", "--http", "127.0.0.1:0",
         "--workers", "1", "--control", str(tmp_path / "control"), "--log", str(log), "--demo=3"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def events(name: str) -> list[dict]:
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in map(json.loads, lines) if line["event"] == name]

    try:
        wait_until(lambda: events("ready"), 60, "it")
        demo = wait_until(lambda: events("demo_started"), 60, "the demo")[0]["pid"]
        os.kill(process.pid, signal.SIGUSR2)
        wait_until(lambda: events("upgraded"), 60, "the upgrade")
        assert events("upgraded")[0]["why"] == "SIGUSR2"
        operator = Operator(tmp_path / "control")
        assert operator.json("status")["ingest"] == f"unix:{tmp_path}/ingest"
        before = operator.json("status")["totals"]["received"]
        wait_until(lambda: operator.json("status")["totals"]["received"] > before, 60, "the demo to go on")
        # Its children are its own still: the end of one is seen, and a socket's file goes with the server.
        os.kill(demo, signal.SIGKILL)
        wait_until(lambda: events("demo_exited"), 60, "its end to be seen")
        process.terminate()
        assert process.wait(timeout=30) == 0
        assert not (tmp_path / "ingest").exists() and not (tmp_path / "control").exists()
    finally:
        process.kill()


def program_of_another_version(path):
    """A program that says that it keeps its state otherwise."""
    compiler = shutil.which("clang") or shutil.which("cc")
    source = r'#include <stdio.h>' '\n' r'int main(void) { puts("pointerscope-upgrade: state 1000, hub 1"); }'
    subprocess.run([compiler, "-x", "c", "-", "-o", str(path)], input=source.encode(), check=True)
    return path


def test_what_cannot_take_over_is_refused(host, tmp_path):
    config = tmp_path / "server.conf"
    config.write_text("grace = 5s\n")
    one = host("--config", str(config))
    server, operator, program = one.server, one.operator, one.program
    visitor = RawWebSocket(server.ingest)
    stream = Stream(server)
    program.unlink()
    assert operator.refusal("upgrade") == (
        71, f"the program {program} cannot be started: open: No such file or directory")
    program.write_text("not a program\n")
    program.chmod(0o755)
    code, line = operator.refusal("upgrade")
    assert code in (70, 71) and str(program) in line, line
    one.renew("/bin/false")
    code, line = operator.refusal("upgrade")
    assert code == 70 and "it is no Pointerscope that can take over (exit status 1)" in line, line
    assert line.endswith("the program of before goes on")
    one.renew(program_of_another_version(tmp_path / "other"))
    code, line = operator.refusal("upgrade")
    assert code == 70 and "it takes over state 1000, hub 1" in line and "a new start is needed" in line, line
    # A script cannot be started by its descriptor, which is how what was checked is what is started.
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\nexit 0\n")
    script.chmod(0o755)
    one.renew(script)
    refused = (71, f"{program} is a script (#!): put the program itself in its place")
    assert operator.refusal("upgrade") == refused == operator.refusal("reload")
    one.renew()
    config.write_text("grace = never\n")
    code, line = operator.refusal("upgrade")
    assert code == 78 and line.startswith(f"{config}:1: "), line
    config.write_text("grace = 6s\n")
    code, line = operator.refusal("upgrade")
    assert (code, line) == (78, "these options have changed and need a new start: grace"), line
    config.write_text("grace = 5s\n")
    assert len(server.events("upgrade_refused")) == 7
    assert server.metrics()['pointerscope_upgrades_total{result="refused"}'] == 7
    # Nobody noticed anything, and now it works.
    visitor.say({"id": "there", "x": 1, "y": 2})
    assert stream.take(1)[0].data["id"] == "there"
    assert operator.ask("upgrade").startswith("upgrade: done, ")
    visitor.say({"id": "there", "x": 2, "y": 2})
    assert stream.take(1)[0].data["x"] == 2


def test_what_it_waits_for_behind_a_reload_is_said(host):
    one = host("--worker-drain", "2")
    server, operator = one.server, one.operator
    half = RawSocket(server.ingest)
    half.send(b"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\n[")
    wait_until(lambda: server.metrics()["pointerscope_connections"] == 1, 60, "it")
    operator.ask("reload")
    server.note_processes()
    code, line = operator.refusal("upgrade")
    found = re.search(r"that cannot be handed over, a post that is not whole .*; come again in (\d+) s at the latest; "
                      "the program of before goes on$", line)
    assert code == 75 and found and 1 <= int(found[1]) <= 7, line
    half.close()
    wait_until(lambda: len(operator.json("workers")) == 2, 60, "the old ones to be gone")
    assert operator.ask("upgrade").startswith("upgrade: done, ")


def test_who_is_signed_in_stays_so(tmp_path):
    servers = []

    def begin(*options: str) -> Server:
        servers.append(Server.start("--workers", "1", *options))
        return servers[-1]

    state = tmp_path / "state"
    server = start_guarded(begin, state)
    try:
        operator = Operator(state / "control")
        ann = Browser(server)
        assert ann.sign_in().status == 303
        cookies = "; ".join(f"{name}={value}" for name, value in ann.cookies.items())
        stream = Stream(server, headers=f"Cookie: {cookies}\r\n")
        secret = token(state, "create", "probe").strip()
        wait_until(lambda: server.events("tokens_read"), 60, "the token to be known")
        waiting = Browser(server)
        form = waiting.get("/sign-in")
        for _ in range(3):
            assert operator.ask("upgrade").startswith("upgrade: done, ")
            server.note_processes()
        assert ann.get("/api/state").status == 200
        assert Browser(server, headers={"Authorization": f"Bearer {secret}"}).get("/api/state").status == 200
        # A form of before is taken, and the process that hashes is there again.
        assert waiting.post(form.action, form.fields | {"name": "ann", "password": "wrong"}).status in (401, 403)
        RawWebSocket(server.ingest).say({"id": "there", "x": 1, "y": 2})
        assert stream.take(1)[0].data["id"] == "there"
        assert 'pointerscope_upgrades_total{result="done"} 3' in ann.get("/metrics").text
        # Its stream is still this session's: it ends with it.
        admin(state, "remove", "ann")
        assert any(message.event == "signed-out" for message in stream.messages())
        # Nobody else gets in between: the directory is this server's all the time.
        other = Server.start("--workers", "1", "--auth", "password", "--state", str(state), wait=False)
        assert other.process.wait(timeout=60) == 69
    finally:
        for one in servers:
            one.stop_and_check()


def test_the_terminal_goes_on(open_front, tmp_path):
    front = open_front("--control", str(tmp_path / "control"))
    server = served(front)
    operator = Operator(tmp_path / "control")
    assert operator.ask("upgrade").startswith("upgrade: done, ")
    front.status_that(has_said("upgraded"))
    visitor = RawWebSocket(server.ingest)
    visitor.say([{"id": "late", "x": 1, "y": 2}])
    wait_until(lambda: "late" in [row["id"] for row in server.state()["visitors"]], 60, "the visitor")
    assert server.state()["viewers"] == 0
    # It still ends with its terminal.
    front.socket.close()
    assert front.process.wait(timeout=60) == 0


def test_a_service_manager_sees_the_same_service(tmp_path):
    manager = NotifySocket(str(tmp_path / "notify"))
    ports = [listening(), listening()]
    server = started(launch(
        [port.fileno() for port in ports], "--workers", "1", "--control", str(tmp_path / "control"),
        NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="200000", LISTEN_FDS="2"))
    try:
        assert manager.next()["READY"] == "1"
        operator = Operator(tmp_path / "control")
        for _ in range(2):
            assert operator.ask("upgrade").startswith("upgrade: done, ")
            assert manager.next()["READY"] == "1"
            assert manager.any() == {"WATCHDOG": "1"}
        assert RawWebSocket.status(ports[0].getsockname()) == 101
        assert server.get("/readyz").status == 200
    finally:
        server.stop_and_check()
        for one in [manager, *ports]:
            one.close()


FAILING = r"""
/* Fails where the new program makes its poller, while a file says so: it crashes, is refused memory, or hangs, which
   it writes there. */
static int is_successor(void) {
    const char *left = getenv("_POINTERSCOPE_SUCCESSION");
    return left && strchr(left, ',') != NULL;
}

int epoll_create1(int flags) {
    int (*real)(int) = dlsym(RTLD_NEXT, "epoll_create1");
    const char *path = getenv("FAULT");
    char fault = 0;
    int file = path && is_successor() ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file >= 0) {
        if (read(file, &fault, 1) != 1) fault = 0;
        if (fault == 'h' && pwrite(file, "H", 1, 0) == 1) for (;;) pause();
        close(file);
    }
    if (fault == 'c') *(volatile int *)0 = 1;
    if (fault == 'r') return errno = ENOMEM, -1;
    return real(flags);
}
"""


def test_a_program_that_does_not_begin_is_left_again(host, tmp_path):
    fault = tmp_path / "fault"
    library = preload.build(tmp_path, "failing", FAILING)
    one = host(env=preload.environment(library, FAULT=str(fault)))
    server, operator = one.server, one.operator
    pids = sorted(server.worker_pids())
    visitor = RawWebSocket(server.ingest)
    stream = Stream(server)
    x = 0
    for letter, why in (("c", "it crashed"), ("r", "epoll_create1: Cannot allocate memory")):
        fault.write_text(letter)
        one.renew()
        code, line = operator.refusal("upgrade")
        assert code == 70, line
        assert line == f"the new program did not begin: {why}; the program of before goes on"
        x += 1
        visitor.say({"id": "there", "x": x, "y": 2})
        assert stream.take(1)[0].data["x"] == x
    assert [event["why"] for event in server.events("upgrade_returned")][0] == "it crashed"
    metrics = server.metrics()
    assert metrics['pointerscope_upgrades_total{result="returned"}'] == 2
    assert sorted(server.worker_pids()) == pids
    fault.unlink()
    assert operator.ask("upgrade").startswith("upgrade: done, ")
    visitor.say({"id": "there", "x": 9, "y": 2})
    assert stream.take(1)[0].data["x"] == 9
