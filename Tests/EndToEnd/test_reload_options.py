"""A configuration that is read again: what holds at once, what with the new workers, and what changes nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import shutil
import signal
import subprocess
import time

import pytest

from controlling import Operator, start
from server import BINARY, Server
from signing_in import Browser, EventStream, admin, token
from waiting import wait_until
from wire import RawWebSocket


@pytest.fixture
def begin(tmp_path):
    """Starts servers with a configuration file, which are checked to have stopped well."""
    started = []
    path = tmp_path / "server.conf"

    def begin(text: str, *options: str):
        path.write_text(text)
        started.append(start(tmp_path, "--worker-drain", "0", "--config", str(path), *options, workers=1))
        return path, *started[-1]

    yield begin
    for server, _ in started:
        server.stop_and_check()


def settle(operator) -> None:
    """Until one more reload is possible."""
    wait_until(lambda: len(operator.json("workers")) == 1, 60, "the old worker to be gone")


def test_each_option_holds_when_it_is_said_to(begin):
    path, server, operator = begin("origin = https://one.example\n")
    before = server.worker_pids()
    path.write_text("origin = https://two.example\nsampling = 17\nlog-level = warning\ngrace = 6s\n")
    assert operator.ask("reload").splitlines() == [
        "at once: sampling, log-level", "with the new workers: origin", "from the next start on: grace",
        "reload: done, 1 workers run"]
    assert server.metrics()["pointerscope_sampling_rate"] == 17
    assert server.worker_pids() != before
    # What was written last is that less is written; memory has it all.
    assert [(line["options"], line["taken"]) for line in server.events("options_changed")] == [
        ("sampling log-level", "at once")]
    lines = [json.loads(line) for line in operator.ask("logs", "-n", "100", "--json").splitlines()]
    told = {line["event"]: line for line in lines}
    assert told["restart_needed"]["options"] == "grace"
    assert told["options_changed"] | {"time": ""} == {
        "event": "options_changed", "options": "origin", "taken": "with the new workers", "time": ""}
    assert {"workers_changed", "worker_ready"} <= told.keys() and not server.events("workers_changed")
    settle(operator)
    # Nothing has changed: nothing is said. What a new start is needed for is said as long as it is.
    assert operator.ask("reload").splitlines() == [
        "from the next start on: grace", "reload: done, 1 workers run"]
    settle(operator)
    path.write_text("origin = https://two.example\nsampling = 5..60\ngrace = 5s\n")
    os.kill(server.pid, signal.SIGHUP)
    assert server.event("options_changed", count=2)["options"] == "sampling log-level"
    server.event("workers_changed")
    assert server.metrics()["pointerscope_sampling_rate"] == 0


def test_limits_of_addresses_hold_at_once(begin):
    path, server, operator = begin("limit-loopback = yes\n")
    path.write_text("limit-loopback = yes\naddress-limit = 1\n")
    assert operator.ask("reload").startswith("at once: address-limit\n")
    settle(operator)
    first = RawWebSocket(server.ingest)
    first.ping_and_wait()
    assert RawWebSocket.status(server.ingest) == 429
    path.write_text("")
    os.kill(server.pid, signal.SIGHUP)
    server.event("workers_changed", count=2)
    assert RawWebSocket.status(server.ingest) == 101
    first.close()


def test_a_program_that_fails_leaves_what_is_for_new_workers(tmp_path):
    program, path = tmp_path / "pointerscope", tmp_path / "server.conf"
    shutil.copy(BINARY, program)
    path.write_text("")
    process = subprocess.Popen(
        [program, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "1",
         "--control", str(tmp_path / "control"), "--worker-drain", "0", "--config", str(path)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    server = Server(process)
    server.ready = server.event("ready", 60)
    operator = Operator(tmp_path / "control")
    try:
        good = tmp_path / "good"
        program.rename(good)
        path.write_text("origin = https://a.example\nsampling = 9\n")
        ended = operator.run("reload")
        assert ended.returncode == 71 and "cannot be started" in ended.stderr
        assert ended.stdout == "at once: sampling\nwith the new workers: origin\n"
        shutil.copy("/bin/false", program)
        ended = operator.run("reload")
        assert ended.returncode == 70 and "before it was ready" in ended.stderr
        assert ended.stdout == "with the new workers: origin\nnot taken: origin\n"
        assert server.event("workers_not_changed")["options_not_taken"] == "origin"
        assert RawWebSocket.status(server.ingest, extra="Origin: https://a.example\r\n") == 403
        assert server.metrics()["pointerscope_sampling_rate"] == 9
        program.unlink()
        shutil.copy(good, program)
        assert operator.ask("reload") == "with the new workers: origin\nreload: done, 1 workers run\n"
        assert RawWebSocket.status(server.ingest, extra="Origin: https://a.example\r\n") == 101
    finally:
        server.stop_and_check()


def signed(secret: bytes, **more) -> str:
    """A JWT of somebody who may watch."""
    def encoded(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"aud": "us", "sub": "robot", "role": "viewer", "exp": int(time.time()) + 600, **more}
    text = f"{encoded({'alg': 'HS256'})}.{encoded(claims)}"
    code = hmac.digest(secret, text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(code).rstrip(b'=').decode()}"


def test_whoever_is_let_in_no_more_is_out_at_once(begin, tmp_path):
    state, key = tmp_path / "state", tmp_path / "key"
    for name in ("ann", "bob"):
        admin(state, "add", name, password="correct horse battery")
    program = token(state, "create", "robot").strip()
    key.write_bytes(b"a" * 32)
    text = (f"auth = password\nstate = {state}\njwt-key = {key}\njwt-audience = us\n"
            "trusted-proxy = 127.0.0.1\nauth-header = remote-user\n")
    path, server, operator = begin(text)

    def status(**headers: str) -> int:
        return Browser(server).get("/api/state", **headers).status

    def stream(headers: dict[str, str]) -> EventStream:
        return EventStream(server, "/receive/x", headers)

    browser = Browser(server)
    browser.sign_in("ann")
    cookie = {"Cookie": f"pointerscope={browser.session}"}
    jwt = {"Authorization": f"Bearer {signed(b'a' * 32)}"}
    streams = {
        "session": stream(cookie), "token": stream({"Authorization": f"Bearer {program}"}),
        "jwt": stream(jwt), "header": stream({"Remote-User": "bob"})}

    # An admin and a token that are revoked: the reload is over, and so are they.
    admin(state, "remove", "ann")
    token(state, "revoke", "robot")
    os.kill(server.pid, signal.SIGHUP)
    for name, why in [("session", "removed"), ("token", "revoked")]:
        assert streams[name].wait_for("signed-out")["why"] == why
        streams[name].wait_for_end(30)
    assert browser.get("/api/state").status == 401
    server.event("workers_changed")
    settle(operator)

    # Another key in the same file: what it has not signed is nobody's.
    key.write_bytes(b"b" * 32)
    assert "at once: jwt-key\n" in operator.ask("reload")
    assert streams["jwt"].wait_for("signed-out")["why"] == "changed"
    assert status(**jwt) == 401
    assert status(Authorization=f"Bearer {signed(b'b' * 32)}") == 200
    settle(operator)

    # A header that is believed no more.
    assert status(Remote_User="bob") == 200
    path.write_text(text.replace("auth-header = remote-user\n", "auth-header = x-other\nsessions-per-admin = 2\n"))
    said = operator.ask("reload")
    assert "at once: sessions-per-admin\nwith the new workers: auth-header\n" in said, said
    assert streams["header"].wait_for("signed-out")["why"] == "changed"
    assert status(Remote_User="bob") == 401 and status(X_Other="bob") == 200
    browsers = [Browser(server), Browser(server)]
    for one in browsers:
        one.sign_in("bob")
    assert [one.get("/api/state").status for one in browsers] == [200, 200]
    settle(operator)

    # No key at all; and what cannot be used changes nothing of the rest.
    assert (state / "admins").exists()
    good = path.read_text()
    for change, said in [
            (lambda: key.unlink(), f"{path}:3: jwt-key {key}: cannot be read: No such file or directory"),
            (lambda: key.write_bytes(b"short"), f"{path}:3: jwt-key {key}: "),
            (lambda: (key.write_bytes(b"b" * 32), (state / "admins").write_text("admins 1\nnonsense\n")),
             f"{state}/admins:")]:
        change()
        path.write_text(good + "origin = https://a.example\nlog-level = warning\n")
        code, line = operator.refusal("reload")
        assert code == 78 and line.startswith(said), line
        assert RawWebSocket.status(server.ingest, extra="Origin: https://a.example\r\n") == 403
    assert [one.get("/api/state").status for one in browsers] == [200, 200]


def test_a_socket_file_that_somebody_removes(tmp_path):
    ingest, http = tmp_path / "ingest.sock", tmp_path / "http.sock"
    path = tmp_path / "control"
    process = subprocess.Popen(
        [BINARY, "serve", "--headless", "--ingest", f"unix:{ingest}", "--http", f"unix:{http}", "--workers", "1",
         "--control", str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    server = Server(process)
    server.ready = server.event("ready", 60)
    operator = Operator(path)
    try:
        ingest.unlink()
        lost = server.event("socket_file_lost")
        assert (lost["option"], lost["path"], lost["why"]) == ("--ingest", str(ingest), "somebody has removed it")
        http.unlink()
        http.write_text("")
        assert "another file is in its place" in server.event("socket_file_lost", count=2)["why"]
        # Operators are to get in: theirs is made anew.
        path.unlink()
        assert server.event("socket_file_made")["path"] == str(path)
        assert operator.json("status")["pid"] == server.pid
        assert len(server.events("socket_file_lost")) == 3, "each is said once"
    finally:
        server.stop_and_check()
    assert http.exists() and not path.exists(), "what is somebody else's stays"
