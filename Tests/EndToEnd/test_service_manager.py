"""What a service manager is told of the server, also where it does not listen, and the time before a stop."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from controlling import Operator
from server import BINARY, Server
from service_manager import NotifySocket, launch, monotonic_microseconds, started
from waiting import wait_until
from wire import RawWebSocket

PORTS = ["--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "1"]


@pytest.fixture
def manager(tmp_path):
    made = NotifySocket(str(tmp_path / "notify"))
    yield made
    made.close()


@pytest.fixture
def launched():
    """Servers that are launched, and stopped when the test is over."""
    servers: list[Server] = []

    def start(*options: str, **environment: str) -> Server:
        servers.append(started(launch([], *PORTS, *options, **environment)))
        return servers[-1]

    yield start
    for server in servers:
        server.stop_and_check()


def test_ready_reloading_stopping_and_signs_of_life(manager, launched, tmp_path):
    configuration = tmp_path / "conf"
    configuration.write_text("grace = 5s\n")
    before = monotonic_microseconds()
    server = launched(
        "--config", str(configuration), "--control", str(tmp_path / "control"), "--worker-drain", "0",
        NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="100000")
    first = manager.next()
    assert first["READY"] == "1"
    assert first["STATUS"] == f"Ready: 1 of 1 worker, ingest {server.ready['ingest']}, http {server.ready['http']}"
    assert [manager.any() for _ in range(4)] == [{"WATCHDOG": "1"}] * 4
    # A reload is told from its beginning to its end, by whomever it was asked for, done or refused.
    operator = Operator(tmp_path / "control")
    for number, (ask, text) in enumerate([
            (lambda: os.kill(server.pid, signal.SIGHUP), "grace = 5s\n"), (lambda: operator.ask("reload"), "grace = 5s\n"),
            (lambda: os.kill(server.pid, signal.SIGHUP), "grace = never\n")]):
        configuration.write_text(text)
        ask()
        reloading = manager.next()
        assert reloading["RELOADING"] == "1"
        assert before < int(reloading["MONOTONIC_USEC"]) <= monotonic_microseconds()
        before = int(reloading["MONOTONIC_USEC"])
        ready = manager.next()
        while "READY" not in ready:
            ready = manager.next()
        assert ready["STATUS"].startswith("Ready: 1 of 1 worker"), number
    server.event("reload_refused")
    # An operator who stops the worker wants none: that is told, and no reason to end the server.
    operator.ask("stop", "1")
    assert manager.next() == {"STATUS": "Not ready: no worker is running"}
    assert [manager.any() for _ in range(3)] == [{"WATCHDOG": "1"}] * 3
    operator.ask("restart", "1")
    os.kill(server.pid, signal.SIGTERM)
    stopping = manager.next()
    while "STOPPING" not in stopping:
        stopping = manager.next()
    assert stopping["STATUS"] == "Stopping" and int(stopping["EXTEND_TIMEOUT_USEC"]) > 5_000_000
    assert server.process.wait(timeout=30) == 0
    assert server.events("service_manager_not_told") == []


def test_no_sign_of_life_while_no_worker_serves(manager, launched):
    server = launched(NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="40000")
    # A worker that keeps dying soon after its start is replaced later each time: after 0, 0.1, 0.2, 0.4, 0.8 s.
    for death in range(1, 6):
        manager.beats(lambda: len(server.events("worker_ready")) == death)
        server.kill_worker(server.worker_pids()[0])
        server.event("worker_exited", count=death)
    # 40 would have come. One may have been on its way.
    assert manager.beats(lambda: len(server.events("worker_ready")) == 6) <= 2
    # That it is ready again may be said between them.
    beats = 0
    while beats < 3:
        said = manager.any()
        beats += said == {"WATCHDOG": "1"}
        assert "WATCHDOG" in said or said["STATUS"].startswith("Ready: "), said


def test_an_abstract_socket_and_a_watchdog_of_another(launched):
    manager = NotifySocket(f"@pointerscope-test-{os.getpid()}")
    server = launched(NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="1000", WATCHDOG_PID="1")
    assert manager.any()["READY"] == "1"
    assert server.stop() == 0
    messages = [manager.any()]
    while "STOPPING" not in messages[-1]:
        messages.append(manager.any())
    assert {"WATCHDOG": "1"} not in messages
    manager.close()


def test_a_full_socket_holds_nobody_up_and_hears_the_news_later(manager, launched):
    manager.fill()
    server = launched(NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="20000")
    RawWebSocket(server.ingest).say({"id": "x", "x": 1, "y": 2})
    wait_until(lambda: server.metrics()["pointerscope_events_relayed_total"] == 1)
    assert "unavailable" in server.event("service_manager_not_told")["why"]
    message = manager.any()
    while message == {"FILLED": "1"}:
        message = manager.any()
    assert message["READY"] == "1"
    assert len(server.events("service_manager_not_told")) == 1


@pytest.mark.parametrize("address, event, why", [
    ("/nowhere/notify", "service_manager_not_told", "No such file"),
    ("notify", "service_manager_unclear", "absolute path"),
    ("@", "service_manager_unclear", "absolute path"),
    ("vsock:2:1234", "service_manager_unclear", "absolute path"),
    ("/" + "x" * 200, "service_manager_unclear", "201 bytes"),
])
def test_a_socket_that_is_none_holds_nobody_up(launched, address, event, why):
    server = launched(NOTIFY_SOCKET=address, WATCHDOG_USEC="never")
    server.event(event)
    assert any(why in line["why"] for line in server.events(event)), server.events(event)
    assert server.get("/readyz").status == 200
    assert any("WATCHDOG_USEC never" in line["why"] for line in server.events("service_manager_unclear"))


# The time before a stop

def test_it_serves_on_while_it_says_that_it_is_not_ready(manager, launched, tmp_path):
    server = launched(
        "--drain-seconds", "100", "--control", str(tmp_path / "control"), NOTIFY_SOCKET=manager.address)
    visitor = RawWebSocket(server.ingest)
    os.kill(server.pid, signal.SIGTERM)
    assert server.event("leaving") | {"time": ""} == {
        "event": "leaving", "why": "SIGTERM", "seconds": 100, "time": ""}
    answer = server.get("/readyz")
    assert answer.status == 503 and "stopping" in answer.text
    assert server.get("/healthz").status == 200
    # Who is here stays, who comes is let in, and a worker that dies is replaced.
    visitor.say({"id": "old", "x": 1, "y": 2})
    new = RawWebSocket(server.ingest)
    new.say({"id": "new", "x": 1, "y": 2})
    wait_until(lambda: {each["id"] for each in server.state()["visitors"]} == {"old", "new"})
    server.kill_worker(server.worker_pids()[0])
    server.event("worker_ready", count=2)
    newer = RawWebSocket(server.ingest)
    newer.say({"id": "newer", "x": 1, "y": 2})
    wait_until(lambda: {each["id"] for each in server.state()["visitors"]} == {"newer"})
    while "STOPPING" not in (told := manager.next()):
        pass
    assert int(told["EXTEND_TIMEOUT_USEC"]) > 100_000_000
    # Workers are not changed any more.
    status, why = Operator(tmp_path / "control").refusal("scale", "2")
    assert status == 75 and "stopping" in why
    assert server.events("stopping") == []
    os.kill(server.pid, signal.SIGTERM)
    assert server.process.wait(timeout=10) == 0
    assert server.event("stopping")["why"] == "SIGTERM"


def test_the_time_ends_by_itself_and_not_before_ctrl_c(launched):
    server = launched("--drain-seconds", "0.4")
    os.kill(server.pid, signal.SIGTERM)
    assert server.process.wait(timeout=30) == 0
    assert "--drain-seconds" in server.event("stopping")["why"]
    server = launched("--drain-seconds", "100")
    os.kill(server.pid, signal.SIGINT)
    assert server.process.wait(timeout=30) == 0
    assert server.events("leaving") == []


def test_ctl_shutdown_waits_as_long_as_the_server_takes(launched, tmp_path):
    server = launched("--drain-seconds", "100", "--control", str(tmp_path / "control"))
    operator = Operator(tmp_path / "control")
    waiting = operator.follow("shutdown")
    assert "serves on for 100 s" in waiting.stdout.readline()
    server.event("leaving")
    assert operator.run("status").returncode == 75
    assert operator.ask("shutdown") == ""
    assert waiting.wait(timeout=30) == 0
    # It is told by the end of the server's sockets, which the kernel closes a moment before it is gone.
    assert server.process.wait(timeout=10) == 0
    waiting.stdout.close()
    waiting.stderr.close()


def test_a_time_that_is_none():
    ended = subprocess.run(
        [BINARY, "serve", "--headless", "--drain-seconds", "2h"], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 64 and "--drain-seconds 2h: must be a time up to 1h" in ended.stderr


def test_a_credential_that_cannot_be_read_is_refused(tmp_path):
    """It would leave a check out if it counted as none: here a link to nothing."""
    (tmp_path / "jwt-key").symlink_to(tmp_path / "nothing")
    ended = subprocess.run(
        [BINARY, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--auth", "password",
         "--state", str(tmp_path / "state"), "--jwt-audience", "x"],
        env=os.environ | {"CREDENTIALS_DIRECTORY": str(tmp_path)}, capture_output=True, text=True, timeout=60)
    assert ended.returncode != 0 and str(tmp_path / "jwt-key") in ended.stderr, ended.stderr
