"""The command line, the log, signals and processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time

import pytest

from server import BINARY, binary_for_anyone, children_of, is_alive, whole_lines
from waiting import wait_until
from wire import RawWebSocket, Stream


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        env={**os.environ, **environment})


def test_help_lists_what_exists():
    overview = run("--help")
    assert overview.returncode == 0 and "serve" in overview.stdout and overview.stderr == ""
    page = run("serve", "--help")
    assert page.returncode == 0
    for option in ["ingest", "http", "public-url", "workers", "headless", "demo", "auth", "origin", "log", "config"]:
        assert f"--{option}" in page.stdout
    assert run("--version").stdout.startswith("pointerscope ")
    assert run().returncode == 64


@pytest.mark.parametrize("arguments, named, status", [
    (["--workers", "0"], "--workers 0", 64),
    (["--frobnicate"], "--frobnicate", 64),
    (["--ingest", "nowhere"], "--ingest nowhere", 64),
    (["--http", "0.0.0.0:0"], "--auth none", 64),
    (["--ingest", "192.0.2.1:1"], "loopback", 64),
    (["--auth", "magic"], "--auth magic", 64),
    (["--config", "/nonexistent"], "/nonexistent", 78),
    (["--log", "/nonexistent/log"], "/nonexistent/log", 73),
])
def test_a_bad_flag_names_itself(arguments, named, status):
    ended = run("serve", "--headless", *arguments)
    assert ended.returncode == status
    assert named in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("arguments, status, said", [
    (["sevre"], 64, "unknown command 'sevre'; did you mean serve?"),
    (["help", "sevre"], 64, "unknown command 'sevre'; did you mean serve?"),
    (["--hepl"], 64, "unknown option '--hepl'; did you mean help?"),
    (["-v"], 64, "did you mean version?"),
    (["version", "x"], 64, "takes no argument"),
    (["help", "serve", "top"], 64, "help takes one command"),
    (["help"], 0, "Commands:"),
    (["help", "help"], 0, "Commands:"),
    (["help", "--help"], 0, "Commands:"),
    (["help", "serve"], 0, "--ingest HOST:PORT"),
    (["--help", "top"], 0, "--once"),
    (["load", "-h"], 0, "--visitors N"),
    (["version"], 0, "pointerscope 0."),
    (["-V"], 0, "pointerscope 0."),
    (["--version"], 0, "pointerscope 0."),
    (["serve", "--version"], 0, "pointerscope 0."),
    (["top", "-V"], 0, "pointerscope 0."),
    (["serve", "--demo", "40"], 64, "did you mean --demo=40?"),
])
def test_what_people_type(arguments, status, said):
    ended = run(*arguments)
    assert ended.returncode == status
    text, other = (ended.stderr, ended.stdout) if status else (ended.stdout, ended.stderr)
    assert said in text and other == ""
    assert status == 0 or text.count("\n") == 1


def test_a_configuration_that_cannot_be_read_says_why(tmp_path):
    latin, large, closed = tmp_path / "latin", tmp_path / "large", tmp_path / "closed"
    latin.write_bytes(b"# a\n# \xe4\n")
    large.write_bytes(b"#" * (1 << 20) + b"\n")
    closed.write_text("")
    closed.chmod(0)
    for path, why in [
            (tmp_path, "is a directory without pointerscope.conf"), (tmp_path / "gone", "No such file or directory"),
            (latin, "is not UTF-8 text: line 2"), (large, "is larger than 1 MiB"), (closed, "Permission denied")]:
        if path == closed and os.access(path, os.R_OK):
            continue  # root reads everything
        ended = run("serve", "--headless", "--config", str(path))
        assert ended.returncode == 78 and ended.stderr.startswith(f"pointerscope: --config {path}: "), ended.stderr
        assert why in ended.stderr and ended.stderr.count("\n") == 1
        ended = run("top", "--theme", str(path))
        assert ended.returncode == 78 and (why.split(" without")[0] in ended.stderr or path == large), ended.stderr


def test_what_it_tells_to_run_can_be_run(tmp_path):
    """By the name where a shell finds it, else by the path; quoted where a shell needs that."""
    folder = tmp_path / "it's here"
    folder.mkdir()
    linked = folder / "pointerscope"
    linked.symlink_to(BINARY)
    environment = {**os.environ, "PATH": os.environ["PATH"]}

    def hint(argv: list[str], **more) -> str:
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, **{"env": environment, **more})
        assert ended.returncode == 64
        return ended.stderr.split("(")[1].split(" help lists")[0]

    assert hint([BINARY, "nonsense"]) == BINARY
    assert hint([os.path.relpath(BINARY, folder), "nonsense"], cwd=folder) == os.path.relpath(BINARY, folder)
    found = {**environment, "PATH": f"{folder}:{environment['PATH']}"}
    assert hint([BINARY, "nonsense"], env=found) == "pointerscope"
    quoted = hint([str(linked), "nonsense"])
    shell = subprocess.run(["sh", "-c", f"{quoted} version"], capture_output=True, text=True, timeout=60)
    assert shell.returncode == 0 and shell.stdout.startswith("pointerscope 0.")


@pytest.mark.parametrize("arguments", [["version"], ["help"], ["help", "serve"], ["load", "--help"], ["--version"]])
def test_a_reader_who_goes_is_no_fault(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    # Python ignores SIGPIPE, and a child would inherit that.
    process = subprocess.Popen([BINARY, *arguments], stdout=writing, stderr=subprocess.PIPE, restore_signals=True)
    os.close(writing)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 0 and complaint == b""


def test_an_option_is_not_suggested_for_itself(tmp_path):
    path = tmp_path / "pointerscope.conf"
    path.write_text("config = elsewhere\n")
    ended = run("serve", "--headless", "--config", str(path))
    assert ended.returncode == 78 and "config" in ended.stderr and "did you mean" not in ended.stderr


@pytest.mark.parametrize("option", ["--ingest", "--http"])
def test_an_address_in_use_is_said(option):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        address = "127.0.0.1:%d" % holder.getsockname()[1]
        ended = run("serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", option, address)
    assert ended.returncode == 69
    assert option in ended.stderr and address in ended.stderr and "in use" in ended.stderr
    # It is this very program that holds it.
    name = os.path.basename(open("/proc/self/cmdline").read().split("\0")[0])
    assert f"{name} (process {os.getpid()}) has it" in ended.stderr


@pytest.mark.parametrize("option", ["--ingest", "--http"])
def test_a_server_of_ours_in_the_way_is_told_with_its_commands(server, option):
    address = server.ready[option[2:]]
    ended = run("serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", option, address)
    assert ended.returncode == 69 and ended.stderr.count("\n") == 1
    watch, stop = (words for words in ended.stderr.split('"')[1::2])
    assert stop == f"kill {server.pid}"
    told = subprocess.run(
        ["sh", "-c", f"{watch} --once --json"], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0 and len(json.loads(told.stdout)["workers"]) == 2
    subprocess.run(["sh", "-c", stop], check=True)
    assert server.process.wait(timeout=30) == 0


def test_any_host_in_the_way_is_found():
    """Who listens on all addresses is in the way of each of them, also where it is IPv6 that does."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as holder:
        address = "127.0.0.1:%d" % holder.getsockname()[1]
        ended = run("serve", "--headless", "--http", address, "--ingest", "127.0.0.1:0")
    assert ended.returncode == 69 and f"(process {os.getpid()}) has it" in ended.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as somebody else")
def test_what_is_another_users_is_told_as_far_as_it_is_known():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        address = "127.0.0.1:%d" % holder.getsockname()[1]
        ended = subprocess.run(
            [binary_for_anyone(), "serve", "--headless", "--http", address, "--ingest", "127.0.0.1:0"], user=65_534,
            group=65_534, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 69 and "a program of user 0 has it" in ended.stderr


def test_environment_and_file(start_server, tmp_path):
    config = tmp_path / "pointerscope.conf"
    config.write_text("# mine\nworkers = 1\n")
    environment = {**os.environ, "POINTERSCOPE_CONFIG": str(config)}
    assert start_server(env=environment).ready["workers"] == 2, "the flag weighs more than the file"
    ended = run("serve", "--headless", POINTERSCOPE_WORKERS="many")
    assert ended.returncode == 64 and "POINTERSCOPE_WORKERS many" in ended.stderr
    config.write_text("wrokers = 1\n")
    ended = run("serve", "--headless", "--config", str(config))
    assert ended.returncode == 78 and f"{config}:1" in ended.stderr and "workers" in ended.stderr


def test_the_ready_line(server):
    ready = server.ready
    assert ready["pid"] == server.process.pid
    assert ready["workers"] == 2
    assert ready["ingest"].startswith("127.0.0.1:") and not ready["ingest"].endswith(":0")
    assert all(json.loads(line)["event"] for line in server.raw_lines)
    assert ready["capacity"] > 0


def test_the_log_file(start_server, tmp_path):
    path = tmp_path / "server.log"
    server = start_server("--log", str(path), wait=False)
    ready = wait_until(
        lambda: next((json.loads(line) for line in whole_lines(path.read_text().splitlines(keepends=True))
                      if '"event":"ready"' in line), None) if path.exists() else None, 30, "ready in the file")
    server.ready = ready
    server.note_processes()
    assert server.raw_lines == []


def test_children_are_workers_and_one_demo(start_server):
    server = start_server("--demo=3")
    server.event("demo_started")
    assert sorted(server.children()) == sorted([*server.worker_pids(), server.event("demo_started")["pid"]])
    wait_until(lambda: len(server.state()["visitors"]) == 3, 60, "three visitors")


def test_the_demo_comes_from_an_admitted_origin(start_server):
    server = start_server("--demo=3", "--origin", "https://example.org")
    wait_until(lambda: len(server.state()["visitors"]) == 3, 60, "three visitors")


def test_the_binary_brings_its_runtime_and_no_foundation():
    with open(BINARY, "rb") as file:
        image = file.read()
    for module in (b"$s10Foundation", b"$s20FoundationEssentials", b"$s8Dispatch"):
        assert module not in image, f"{module.decode()} is linked in"
    libraries = subprocess.run(["ldd", BINARY], capture_output=True, text=True, timeout=60).stdout
    assert "libswift" not in libraries


def test_a_worker_has_nothing_else_open(server):
    for pid in server.worker_pids():
        targets = {int(fd): os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
        kinds = sorted(target.split(":")[0].split("(")[0].strip() for fd, target in targets.items() if fd > 2)
        assert targets[0] == targets[1] == "/dev/null"
        assert kinds.count("socket") == 2, targets
        assert kinds.count("/memfd") == 1, targets
        assert set(kinds) <= {"socket", "/memfd", "anon_inode"}, targets


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(server, number):
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "ann", "x": 1, "y": 2})
    viewer = Stream(server)
    visitor.ping_and_wait()
    server.process.send_signal(number)
    assert visitor.read_close()[0] == 1001
    visitor.close()
    assert server.process.wait(timeout=60) == 0
    assert viewer.take(1)[0].data in ({"id": "ann", "x": 1, "y": 2}, {"kill": "ann"})


def test_it_stops_within_five_seconds_though_nobody_answers(start_server):
    """The promise to whoever stops it; a machine that stands still for seconds may break it now and then."""
    def seconds_to_stop() -> float:
        server = start_server()
        visitors = [RawWebSocket(server.ingest) for _ in range(4)]
        viewer = Stream(server)
        began = time.monotonic()
        assert server.stop() == 0 and visitors and viewer
        return time.monotonic() - began

    assert any(seconds_to_stop() <= 5 for _ in range(3))


def test_interrupting_a_child_alone_does_nothing(start_server):
    server = start_server("--demo=1")
    server.event("demo_started")
    for pid in server.children():
        os.kill(pid, signal.SIGINT)
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "ann", "x": 1, "y": 2})
    visitor.ping_and_wait()
    assert server.events("worker_exited") == [] and server.events("demo_exited") == []


def test_no_orphan_survives_the_master(start_server):
    server = start_server("--demo=2")
    server.event("demo_started")
    server.is_expected_to_fail = True
    orphans = children_of(server.pid)
    assert len(orphans) == 3
    os.kill(server.pid, signal.SIGKILL)
    server.process.wait(timeout=60)
    for pid in orphans:
        wait_until(lambda: not is_alive(pid), 60, f"{pid} to follow its master")


def test_a_dying_worker_is_replaced_with_growing_delay(start_server):
    server = start_server(workers=1)
    for count in range(1, 4):
        server.event("worker_ready", count=count)
        os.kill(server.events("worker_ready")[-1]["worker_pid"], signal.SIGKILL)
    server.event("worker_ready", count=4)
    assert server.state()["workers"][0]["restarts"] == 3
    assert server.get("/readyz").status == 200


def test_children_ignore_interrupts_from_their_first_moment(start_server):
    """Ctrl-C while it starts reaches the children before they have done anything about it."""
    for _ in range(5):
        server = start_server("--demo=1", workers=1, wait=False)
        interrupted: set[int] = set()
        until = time.monotonic() + 30
        while len(interrupted) < 2 or not server.events("demo_started"):
            for pid in set(children_of(server.process.pid)) - interrupted:
                os.kill(pid, signal.SIGINT)
                interrupted.add(pid)
            assert server.events("worker_exited") + server.events("demo_exited") == []
            assert time.monotonic() < until
        server.ready = server.event("ready", 30)
        wait_until(lambda: server.state()["visitors"] or server.events("demo_exited"), 60, "the demo's visitor")
        assert server.events("worker_exited") + server.events("demo_exited") == []
