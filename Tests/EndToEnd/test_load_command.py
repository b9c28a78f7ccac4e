"""`pointerscope load` against the real server, and against servers that are none."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

from alien_server import AlienServer
from server import BINARY, children_of, is_alive
from waiting import wait_until

USAGE, NO_INPUT, UNAVAILABLE, CANNOT_CREATE, PROTOCOL = 64, 66, 69, 73, 76
UNMET = 1


def run(*arguments: str, seconds: float = 60) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, "load", *arguments], capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)


def report(*arguments: str, status: int = 0, seconds: float = 60) -> dict:
    """The JSON report of a run that ends with `status`."""
    result = run("--json", *arguments, seconds=seconds)
    assert result.returncode == status, result.stderr
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout)


def address(pair) -> str:
    return "%s:%d" % pair


def tree(pid: int) -> list[int]:
    return [pid, *children_of(pid)]


def test_everything_arrives(server):
    found = report(
        address(server.ingest), "--viewer", address(server.http), "--viewers", "2", "--visitors", "50", "--rate", "20",
        "--duration", "2s", "--pid", str(server.pid), "--require", "lost=0,errors=0,duplicates=0,disordered=0,sent=2000")
    assert found["met"] and found["offered"] == found["sent"] == 2000
    assert found["arrived"]["by_viewer"] == [2000, 2000]
    assert found["latency_ms"]["count"] == 4000 and found["handshake_ms"]["count"] == 50
    assert found["server"]["peak_bytes"] > 0 and found["errors"] == 0
    metrics = server.metrics()
    assert metrics["pointerscope_events_received_total"] == 2000
    metrics.check_accounting()


@pytest.mark.parametrize("options", [
    ["--rate", "natural"], ["--motion", "circle"], ["--motion", "random", "--batch", "7"],
    ["--batch", "4", "--coalesce", "4"], ["--ramp", "0.5s", "--churn", "10"], ["--processes", "3", "--viewers", "3"],
    ["--rate", "max", "--duration", "0.3s"],
])
def test_ways_of_loading(server, options):
    # Later options weigh more than earlier ones of the same name.
    found = report(
        address(server.ingest), "--viewer", address(server.http), "--visitors", "20", "--duration", "1.5s", *options)
    arrived = found["arrived"]
    assert found["sent"] > 0 and found["errors"] == 0
    # In a flood the server folds, and says how much.
    assert arrived["lost"] == 0 and arrived["received"] + arrived["conflated"] == found["sent"] * arrived["viewers"]
    assert arrived["duplicates"] == arrived["disordered"] == arrived["foreign"] == 0
    server.metrics().check_accounting()


def test_a_viewer_that_reads_slowly_is_behind_and_nothing_is_lost(server):
    found = report(
        address(server.ingest), "--viewer", address(server.http), "--viewer-rate", "32K", "--visitors", "100", "--rate",
        "50", "--duration", "2s", "--settle", "3s")
    arrived = found["arrived"]
    assert arrived["lost"] == 0 and arrived["under_way"] > 0
    assert arrived["received"] + arrived["under_way"] + arrived["conflated"] == found["sent"] == 10_000


def test_recording(server, tmp_path):
    path = tmp_path / "recording.jsonl"
    lines = [{"id": f"v{who}", "x": 10 + step, "y": 20, "t": 1000 + step * 100} for who in range(2) for step in range(5)]
    path.write_text("\n".join(json.dumps(line) for line in sorted(lines, key=lambda line: line["t"])))
    found = report(
        address(server.ingest), "--viewer", address(server.http), "--visitors", "2", "--motion", str(path), "--duration", "0.35s")
    # At 0, 100, 200 and 300 ms of each.
    assert found["sent"] == 8 and found["arrived"]["received"] == 8
    path.write_text("no recording")
    result = run(address(server.ingest), "--motion", str(path))
    assert result.returncode == NO_INPUT and "line 1 is no sample" in result.stderr


def test_a_stall_of_the_server_shows(server):
    """SIGSTOP for 2 s in the middle: p99.9 is about 2 s, because latency counts from when a sample was due."""
    def stall():
        wait_until(
            lambda: server.metrics()["pointerscope_events_received_total"] >= 1_000, 20, "a fifth of the samples")
        pids = tree(server.pid)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        # The stall itself.
        time.sleep(2)
        for pid in pids:
            os.kill(pid, signal.SIGCONT)

    thread = threading.Thread(target=stall)
    thread.start()
    found = report(
        address(server.ingest), "--viewer", address(server.http), "--visitors", "50", "--rate", "20", "--duration", "5s")
    thread.join()
    assert found["arrived"]["lost"] == 0
    assert 1800 <= found["latency_ms"]["p99.9"] <= 6000
    assert found["latency_ms"]["max"] >= 1900


def test_drain_measures_and_lets_the_server_go_on(server):
    found = report(
        address(server.ingest), "--visitors", "200", "--mode", "drain", "--pid", str(server.pid), "--queue", "32",
        "--coalesce", "16", "--duration", "1s", seconds=120)
    drain = found["drain"]
    assert drain["rounds"] > 0 and drain["frames"] == drain["rounds"] * 200 * 32 == drain["samples"]
    assert drain["frames_per_second"] > 0
    # The last pong may be ahead of what other connections still wait with.
    wait_until(lambda: server.metrics()["pointerscope_events_received_total"] == drain["samples"], 20, "the rest")


def test_drain_makes_so_many_rounds_with_a_rest_before_each(server):
    begin = time.monotonic()
    drain = report(
        address(server.ingest), "--visitors", "20", "--mode", "drain", "--pid", str(server.pid), "--rounds", "3",
        "--rest", "200ms", seconds=60)["drain"]
    assert drain["rounds"] == 3 and drain["frames"] == 3 * 20 * 16
    assert time.monotonic() - begin > 0.6


def has_joined(server, count: int):
    return lambda: server.metrics()["pointerscope_visitors_joined_total"] >= count


def is_stopped(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "T"


def test_a_server_goes_on_when_the_drain_that_stopped_it_is_killed(server):
    command = [
        BINARY, "load", address(server.ingest), "--visitors", "500", "--mode", "drain", "--pid", str(server.pid),
        "--queue", "1000", "--processes", "2", "--plain"]
    with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as parent:
        # Everyone has to be connected, or nobody would have joined to leave.
        wait_until(has_joined(server, 500), 20, "a first round")
        wait_until(lambda: all(map(is_stopped, tree(server.pid))), 20, "the server to stand still")
        workers = children_of(parent.pid)
        parent.kill()
    wait_until(lambda: not any(map(is_stopped, tree(server.pid))), 10, "the server to go on")
    wait_until(lambda: not any(map(is_alive, workers)), 10, "the generator's processes to end")
    wait_until(lambda: server.metrics()["pointerscope_visitors_left_total"] == 500, 20, "the visitors to come and go")
    server.metrics().check_accounting()


def test_an_unmet_requirement_has_a_status_of_its_own(server, tmp_path):
    page = tmp_path / "report.html"
    result = run(
        address(server.ingest), "--viewer", address(server.http), "--visitors", "5", "--duration", "2s", "--require",
        "lost=0,p99<1ns", "--report", str(page))
    assert result.returncode == UNMET
    # Verdicts are what stands on top, and colours are for terminals.
    lines = result.stdout.splitlines()
    assert lines[0] == "FAIL  1 of 2 conditions not met" and "\x1b" not in result.stdout
    assert re.fullmatch(r"  PASS  lost=0   0", lines[1]) and re.fullmatch(r"  FAIL  p99<1ns  [\d.]+ [mµn]?s", lines[2])
    # A plain line for each second, without a terminal, beside the report and not in it; what fails is told at once.
    assert re.search(r"^running .*offered \d+/s.*FAIL p99<1ns$", result.stderr, re.M)
    assert "running" not in result.stdout
    text = page.read_text()
    assert text.startswith("<!doctype html>") and "<svg" in text
    assert not re.search(r"https?://|src=|href=|@import|url\(", text), "the page needs something from elsewhere"
    assert f"<code>pointerscope load {address(server.ingest)} --viewer" in text and "&lt;1ns" in text
    assert os.uname().release in text and "<th>p95</th>" in text and "note warning" not in text


def test_an_interrupt_still_reports(server):
    process = subprocess.Popen(
        [BINARY, "load", address(server.ingest), "--viewer", address(server.http), "--visitors", "10", "--duration",
         "60s", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    wait_until(lambda: server.metrics()["pointerscope_events_received_total"] > 20, 20, "samples to arrive")
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    found = json.loads(output)
    assert process.returncode == 0 and found["interrupted"]
    assert found["arrived"]["received"] == found["sent"] > 20


@pytest.mark.parametrize("arguments, words", [
    (["--rate", "fast"], "--rate fast: must be"),
    (["--visitors", "-1"], "--visitors -1: must be"),
    (["--duration", "soon"], "--duration soon: must be a time"),
    (["--require", "p99"], "--require p99: 'p99' compares nothing"),
    (["--require", "p99<5ms"], "can only be judged with --viewer"),
    (["--viewers", "3"], "--viewers needs --viewer"),
    (["--mode", "drain"], "--mode drain needs --pid"),
    (["--ramp", "20s"], "--ramp must be shorter"),
    (["http://127.0.0.1"], "must begin with ws://"),
    (["wss://127.0.0.1"], "TLS"),
    (["192.0.2.1:80"], "--i-own-this-server"),
    (["--viewer", "192.0.2.1:80"], "--i-own-this-server"),
    (["127.0.0.1:1", "127.0.0.1:2"], "unexpected argument"),
    (["--visitor", "3"], "did you mean --visitors"),
])
def test_bad_arguments_give_one_line(arguments, words):
    result = run(*arguments)
    assert result.returncode == USAGE and words in result.stderr
    assert result.stderr.count("\n") == 1 and result.stdout == ""


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("answer, status, words", [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", PROTOCOL, "answered 200 instead of opening a WebSocket"),
    (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", PROTOCOL, "no WebSocket server"),
    (b"", PROTOCOL, "closed before answering"),
    (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
     b"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n", PROTOCOL, "does not fit the handshake"),
])
def test_a_server_that_is_none(answer, status, words):
    double = AlienServer(answer, closes=True)
    result = run(double.address, "--visitors", "3")
    double.end()
    assert result.returncode == status and words in result.stderr
    assert result.stderr.count("\n") == 1


def test_nobody_there(server):
    result = run(f"127.0.0.1:{closed_port()}")
    assert result.returncode == UNAVAILABLE and result.stderr.endswith("cannot connect: Connection refused\n")
    result = run(address(server.ingest), "--viewer", f"127.0.0.1:{closed_port()}")
    assert result.returncode == UNAVAILABLE and "viewer: cannot connect" in result.stderr
    result = run(address(server.ingest), "--viewer", address(server.http) + "/nothing")
    assert result.returncode == PROTOCOL and "viewer: the server answered 404" in result.stderr
    result = run("no-such-host.invalid:80")
    assert result.returncode == UNAVAILABLE and "no address is known" in result.stderr


def test_a_server_that_closes_everyone(start_server):
    """It takes the handshakes and goes: the run ends at once, is reported, and fails."""
    server = start_server()
    server.is_expected_to_fail = True
    process = subprocess.Popen(
        [BINARY, "load", address(server.ingest), "--visitors", "10", "--duration", "60s", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    wait_until(lambda: server.metrics()["pointerscope_events_received_total"] > 5, 20, "samples to arrive")
    server.stop()
    output, complaint = process.communicate(timeout=20)
    assert process.returncode == UNAVAILABLE
    assert "every visitor's connection has ended: the server closed the connection with code 1001" in complaint
    found = json.loads(output)
    assert found["open"] == 0 and found["error_kinds"] == {"closed-1001": 10}


def test_a_report_that_cannot_be_written(server, tmp_path):
    result = run(address(server.ingest), "--report", str(tmp_path / "nowhere" / "x.html"))
    assert result.returncode == CANNOT_CREATE and "--report" in result.stderr
