"""What operators ask a running server for, who may, and what the rest of the world can do to that."""

from __future__ import annotations

import json
import os
import pty
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from controlling import NOBODY, Operator, run_ctl, start
from server import BINARY, Server, is_alive, whole_lines
from waiting import wait_until
from wire import RawWebSocket


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One server for those who do it no harm, its log in a file."""
    folder = tmp_path_factory.mktemp("control")
    path = folder / "a-name-that-makes-the-lines-of-the-log-that-tell-of-it-longer-than-they-were-before.log"
    path.touch()
    server = Server.__new__(Server)
    process = subprocess.Popen(
        [BINARY, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2",
         "--control", str(folder / "control"), "--log", str(path)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    Server.__init__(server, process)
    server.ready = wait_until(
        lambda: next((line for line in log_lines(path) if line["event"] == "ready"), None), 60, "ready")
    server.log_path = path
    server.operator = Operator(folder / "control")
    server.note_processes()
    yield server
    server.stop_and_check()
    assert not (folder / "control").exists(), "the socket goes with its server"


def log_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in whole_lines(path.read_text().splitlines(keepends=True))]


def test_status_for_people_and_for_scripts(running):
    with_visitor = RawWebSocket(running.ingest)
    with_visitor.say({"id": "somebody", "x": 1, "y": 2})
    wait_until(lambda: running.operator.json("status")["visitors"] == 1, 30, "the visitor")
    status = running.operator.json("status")
    assert status["state"] == "ready" and status["pid"] == running.pid
    assert status["ingest"] == running.ready["ingest"] and status["http"] == running.ready["http"]
    assert status["capacity"] == running.ready["capacity"] and status["connections"] == 1
    assert status["running"] == 2 and len(status["workers"]) == 2 and status["totals"]["received"] >= 1
    assert status["log"] == str(running.log_path) and status["control"] == running.operator.path
    text = running.operator.ask("status")
    assert f"process {running.pid}" in text and "ready" in text and "\x1b" not in text
    names = [line.split()[0] for line in text.splitlines()]
    assert names == ["state", "server", "ingest", "http", "workers", "connections", "visitors", "viewers", "events",
                     "log", "control"]
    with_visitor.socket.close()


def test_workers_and_one_of_them(running):
    workers = running.operator.json("workers")
    assert [worker["worker"] for worker in workers] == [1, 2]
    assert [worker["pid"] for worker in workers] == running.worker_pids()
    assert all(worker["state"] == "running" and worker["rss"] > 0 for worker in workers)
    table = running.operator.ask("workers").splitlines()
    assert table[0].split() == ["ID", "PID", "STATE", "CONNECTIONS", "EVENTS/S", "RESTARTS", "MEMORY", "CPU", "UPTIME"]
    for line, worker in zip(table[1:], workers, strict=True):
        assert line.split()[:3] == [str(worker["worker"]), str(worker["pid"]), "running"]
    # Columns stand under each other.
    assert len({line.index("running") for line in table[1:]} | {table[0].index("STATE")}) == 1
    assert running.operator.json("info", "2")["pid"] == workers[1]["pid"]
    info = running.operator.ask("info", "1")
    assert f"process      {workers[0]['pid']}" in info
    titles = [Path(f"/proc/{worker['pid']}/cmdline").read_bytes() for worker in workers]
    assert [title.split(b"\0")[0] for title in titles] == [b"pointerscope: worker 1", b"pointerscope: worker 2"]


def test_colour_is_for_terminals(running):
    def on_terminal(**environment: str) -> str:
        leading, following = pty.openpty()
        subprocess.run(
            [BINARY, "ctl", "workers", "--control", running.operator.path], stdout=following, timeout=60,
            stdin=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm", "NO_COLOR": "", **environment})
        os.close(following)
        text = b""
        while chunk := _read(leading):
            text += chunk
        os.close(leading)
        return text.decode()

    def _read(descriptor: int) -> bytes:
        try:
            return os.read(descriptor, 65536)
        except OSError:
            return b""

    assert "\x1b[32mrunning" in on_terminal()
    assert "\x1b" not in on_terminal(NO_COLOR="1") and "\x1b" not in on_terminal(TERM="dumb")


@pytest.mark.parametrize("arguments, status, said", [
    (["info", "9"], 67, "there is no worker 9"),
    (["info"], 64, "ID is missing: "),
    (["info", "0"], 64, "must be a whole number from 1 to 256"),
    (["info", "many"], 64, "must be a whole number from 1 to 256"),
    (["logs", "--lines", "5000"], 64, "must be a whole number from 0 to 4096"),
    (["status", "now"], 64, "unexpected argument 'now'"),
    (["wrokers"], 64, "unknown command 'ctl wrokers'; did you mean ctl workers?"),
])
def test_what_is_not_done_says_why(running, arguments, status, said):
    code, line = running.operator.refusal(*arguments)
    assert (code, said in line) == (status, True), line


def test_help_and_the_options_that_serve_and_ctl_share():
    overview = run_ctl("--help")
    assert overview.returncode == 0 and "ctl status" in overview.stdout and "ctl logs" in overview.stdout
    assert run_ctl().returncode == 64
    page = run_ctl("logs", "--help")
    for word in ["--follow", "--lines N", "--control PATH", "--state DIR", "--json"]:
        assert word in page.stdout
    assert run_ctl("status", "--control", "none").returncode == 64
    assert run_ctl("status", "--control", "x" * 108).returncode == 64


def test_logs(running):
    lines = log_lines(running.log_path)
    asked = running.operator.ask("logs", "--lines", "2", "--json").splitlines()
    assert [json.loads(line) for line in asked] == lines[-2:]
    text = running.operator.ask("logs", "-n", "4096")
    assert text.count("\n") == len(lines) and "  ready  ingest=127.0.0.1:" in text
    assert running.operator.ask("logs", "--lines", "0") == ""
    following = running.operator.follow("logs", "-f", "-n", "1", "--json")
    assert json.loads(following.stdout.readline()) == lines[-1]
    assert running.operator.ask("reopen").startswith("the log goes on in ")
    assert json.loads(following.stdout.readline())["event"] == "log_reopened"
    following.terminate()
    following.communicate(timeout=60)
    # Whoever reads a pipe and goes is no fault.
    piped = subprocess.run(
        ["sh", "-c", f"'{BINARY}' ctl logs -f --control '{running.operator.path}' | head -n 1"],
        capture_output=True, text=True, timeout=60, input="")
    assert piped.stderr == "" and piped.stdout.count("\n") == 1


def test_a_log_that_was_renamed_is_let_go(running, tmp_path):
    old = running.log_path.with_suffix(".1")
    for ask, why in [(lambda: running.operator.ask("reopen"), "ctl"),
                     (lambda: os.kill(running.pid, signal.SIGUSR1), "SIGUSR1")]:
        running.log_path.rename(old)
        before = old.stat().st_size
        ask()
        wait_until(lambda: running.log_path.exists() and log_lines(running.log_path), 30, "the new log")
        assert [(line["event"], line["why"]) for line in log_lines(running.log_path)] == [("log_reopened", why)]
        assert old.stat().st_size == before, "nothing more goes into the old one"
        assert stat.S_IMODE(running.log_path.stat().st_mode) == 0o640
    # What cannot be opened leaves the log where it was.
    running.log_path.rename(old)
    running.log_path.mkdir()
    code, line = running.operator.refusal("reopen")
    assert code == 73 and "open" in line
    assert log_lines(old)[-1]["event"] == "log_not_reopened"
    running.log_path.rmdir()
    running.operator.ask("reopen")


def test_events_are_the_lives_of_workers(running):
    following = running.operator.follow("events", "--json")
    wait_until(lambda: running.operator.ask("status") and following.poll() is None and
               running.metrics()['pointerscope_control_requests_total{request="events"}'] >= 1, 30, "the follower")
    victim = running.worker_pids()[0]
    running.kill_worker(victim)
    seen = [json.loads(following.stdout.readline()) for _ in range(4)]
    assert [event["event"] for event in seen] == ["exit", "fork", "online", "listening"]
    assert seen[0]["pid"] == victim and "signal 9" in seen[0]["how"]
    assert len({event["pid"] for event in seen[1:]}) == 1 and {event["worker"] for event in seen} == {1}
    following.terminate()
    following.communicate(timeout=60)
    running.note_processes()


def test_nonsense_gets_a_line_and_the_end(running):
    before = running.metrics()
    for text, reason in [
            (b"frobnicate\n", "unknown"), (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "unknown"), (b"\n", "unknown"),
            (b"\x00\xff\n", "malformed"), (b"x" * 64, "too_long"), (os.urandom(1 << 16) + b"\n", None)]:
        client = running.operator.client()
        assert client.line() == {"pointerscope": 1, "version": running.operator.json("status")["version"],
                                 "pid": running.pid}
        try:
            client.say(text)
        except OSError:
            pass  # it was cut off, which is right
        refusal = client.line()
        if refusal or reason:
            assert refusal["status"] == 64 and refusal["error"]
            assert client.line() == {}
        client.close()
        if reason:
            name = f'pointerscope_control_refused_total{{reason="{reason}"}}'
            assert running.metrics()[name] > before[name]


def test_requests_may_come_ahead_and_one_byte_at_a_time(running):
    client = running.operator.client()
    client.line()
    for byte in b"workers\r\nstatus\n":
        client.say(bytes([byte]))
    lines = [client.line() for _ in range(5)]
    assert [next(iter(line)) for line in lines] == ["worker", "worker", "done", "status", "done"]
    client.close()
    # Who ends its side still gets what it asked for, as of `printf 'status\n' | nc -U`.
    client = running.operator.client()
    client.say("status\nworkers\n")
    client.socket.shutdown(1)
    kinds = []
    while line := client.line():
        kinds.append(next(iter(line)))
    assert kinds == ["pointerscope", "status", "done", "worker", "worker", "done"]
    client.close()


def test_a_thousand_clients_cost_nobody_anything(running):
    before = running.metrics()
    clients = [running.operator.client() for _ in range(1000)]
    assert running.operator.json("status")["state"] == "ready"
    assert running.get("/readyz").status == 200
    metrics = running.metrics()
    assert metrics["pointerscope_control_clients"] <= 16
    refused = 'pointerscope_control_refused_total{reason="capacity"}'
    assert metrics[refused] - before[refused] > 900
    turned_away = [client for client in clients if "error" in client.line()]
    assert len(turned_away) > 900
    for client in clients:
        client.close()
    assert running.operator.json("status")["state"] == "ready"


def test_an_operator_gets_in_beside_those_who_follow(running):
    followers = []
    for _ in range(16):
        followers.append(running.operator.client())
        followers[-1].line()
        followers[-1].say("events\n")
    wait_until(lambda: running.metrics()["pointerscope_control_clients"] == 16, 30, "all places to be taken")
    # `ctl` asks again for as long as it takes to find out who is missed least.
    assert running.operator.json("status")["state"] == "ready"
    displaced = 'pointerscope_control_refused_total{reason="displaced"}'
    assert running.metrics()[displaced] == 1
    [told] = [line for line in (follower.line() for follower in followers[:1]) if line]
    assert told["status"] == 75 and "followed for longest without news" in told["error"]
    assert followers[0].line() == {}
    # The others follow on.
    victim = running.worker_pids()[0]
    running.kill_worker(victim)
    for follower in followers[1:]:
        assert follower.line()["event"]["event"] in ("exit", "fork")
    for follower in followers:
        follower.close()
    wait_until(lambda: len(running.worker_pids()) == 2, 30, "the next one")
    running.note_processes()


def test_a_reader_that_stops_is_cut_and_told(running):
    stalled = running.operator.client()
    stalled.line()
    stalled.say("follow 0\n")
    busy = running.operator.client()
    busy.line()
    cut = 'pointerscope_control_refused_total{reason="stalled"}'
    before = running.metrics()[cut]

    def is_cut() -> bool:
        busy.say("reopen\n" * 100)
        for _ in range(200):
            busy.line()
        return running.metrics()[cut] > before

    wait_until(is_cut, 60, "the reader to be cut")
    lines = []
    while line := stalled.line():
        lines.append(line)
    assert set(map(lambda line: next(iter(line)), lines[:-1])) == {"log"}
    assert lines[-1]["status"] == 75 and "were not read in time" in lines[-1]["error"]
    stalled.close()
    busy.close()


def test_nobody_else_may_ask(running, tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    path = Path(running.operator.path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    folders = [folder for folder in path.parents if folder != Path("/")]
    modes = {folder: stat.S_IMODE(folder.stat().st_mode) for folder in folders}
    try:
        for folder in folders:
            folder.chmod(modes[folder] | 0o055)
        # A debug binary may lie where nobody else can start it.
        ended = running.operator.run("status", as_user=NOBODY)
        if "setpriv" in ended.stderr:
            pytest.skip(ended.stderr)
        assert ended.returncode == 77 and "is another user's" in ended.stderr, ended.stderr
        # The file's mode is not all there is.
        path.chmod(0o666)
        before = running.metrics()['pointerscope_control_refused_total{reason="user"}']
        ended = running.operator.run("shutdown", as_user=NOBODY)
        assert ended.returncode == 77 and "this server is another user's" in ended.stderr, ended.stderr
        assert running.metrics()['pointerscope_control_refused_total{reason="user"}'] == before + 1
    finally:
        path.chmod(0o600)
        for folder in folders:
            folder.chmod(modes[folder])


def test_there_is_no_server(tmp_path):
    operator = Operator(tmp_path / "control")
    assert operator.refusal("status")[0] == 69
    server, operator = start(tmp_path, workers=1)
    server.is_expected_to_fail = True
    # Another one does not take its place, and the first goes on.
    other = subprocess.run(
        [BINARY, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--control", operator.path],
        capture_output=True, text=True, timeout=60)
    assert other.returncode == 69 and f"process {server.pid}" in other.stderr and other.stderr.count("\n") == 1
    assert operator.json("status")["pid"] == server.pid
    server.note_processes()
    server.process.kill()
    server.stop_and_check()
    assert os.path.exists(operator.path), "a killed server leaves its file"
    code, line = operator.refusal("status")
    assert code == 69 and "was killed" in line
    # The next one takes it over, and a shutdown is over when the server is.
    server, operator = start(tmp_path, workers=1)
    assert operator.ask("shutdown") == ""
    # Its descriptors are closed in the moment before.
    wait_until(lambda: not is_alive(server.pid), 10, "it to be gone")
    assert server.process.wait(timeout=60) == 0
    server.stop_and_check()


def test_where_it_is_by_itself(tmp_path):
    runtime, state = tmp_path / "run", tmp_path / "state"
    runtime.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "XDG_STATE_HOME"}
    environment["XDG_RUNTIME_DIR"] = str(runtime)
    first = Server.start("--workers", "1", env=environment)
    second = Server.start("--workers", "1", env=environment)
    third = Server.start("--workers", "1", "--state", str(state), env=environment)
    fourth = Server.start("--workers", "1", "--control", "none", env=environment)
    try:
        def pid(*arguments: str) -> int:
            ended = run_ctl("status", "--json", *arguments, XDG_RUNTIME_DIR=str(runtime),
                            HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / "none"))
            assert ended.returncode == 0, ended.stderr
            return json.loads(ended.stdout)["pid"]

        assert pid() == first.pid
        unavailable = second.event("control_unavailable")
        assert f"process {first.pid}" in unavailable["why"] and "--control" in unavailable["mend"]
        assert pid("--state", str(state)) == third.pid
        assert not fourth.events("control_unavailable")
    finally:
        for server in [first, second, third, fourth]:
            server.stop_and_check()
    ended = run_ctl("status", HOME=str(tmp_path))
    assert ended.returncode == 69 and "--control PATH" in ended.stderr
