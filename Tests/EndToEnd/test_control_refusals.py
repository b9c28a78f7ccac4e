"""Every status of `ctl` other than 0, while visitors load the server; none of them costs anybody anything."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from control_site import VISITORS, Site
from controlling import Client, Operator
from server import BINARY
from waiting import wait_until

FEW = 3000
"""Descriptors: enough for the visitors, too few for 200 workers."""


@pytest.fixture
def begin():
    made = []

    def begin(*options: str, **more) -> Site:
        made.append(Site(*options, **more))
        made[-1].begin_load()
        return made[-1]

    yield begin
    for one in made:
        one.close()


def changing(site: Site, *words: str) -> subprocess.Popen:
    """A command that is under way until the file `slow` is removed."""
    count = len(site.events("worker_started"))
    (site.folder / "slow").touch()
    process = subprocess.Popen(
        [BINARY, "ctl", *words, "--control", site.operator.path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: len(site.events("worker_started")) > count, 30, "the new worker")
    return process


def test_what_cannot_be_is_refused_and_nobody_notices(begin) -> None:
    site = begin("--worker-drain", "2s", "--max-restarts", "2", descriptors=FEW)
    refusal = site.operator.refusal
    for word in ("info", "restart", "stop", "drain"):
        assert refusal(word, "9") == (67, "there is no worker 9")
    code, line = refusal("scale", "200")
    assert code == 71 and "the limit of descriptors is too low for 200 workers" in line
    # The log.
    site.log.rename(site.folder / "log.1")
    site.log.mkdir()
    code, line = refusal("reopen")
    assert code == 73 and "open" in line
    site.log.rmdir()
    site.operator.ask("reopen")
    # The configuration.
    site.config.write_text("grase = 5s\n")
    for word in ("reload", "upgrade"):
        code, line = refusal(word)
        assert code == 78 and line.startswith(f"{site.config}:1: unknown option grase"), line
    site.config.write_text("grace = 7s\n")
    assert refusal("upgrade") == (78, "these options have changed and need a new start: grace")
    site.config.write_text("grace = 5s\n")
    # The program.
    site.program.unlink()
    for word in ("reload", "upgrade"):
        assert refusal(word) == (71, f"the program {site.program} cannot be started: open: No such file or directory")
    site.renew("/bin/false")
    code, line = refusal("reload")
    assert code == 70 and "ended before it was ready: exit status 1; the workers of before go on" in line
    code, line = refusal("upgrade")
    assert code == 70 and "it is no Pointerscope that can take over (exit status 1)" in line
    site.renew()
    # Something else is being done.
    process = changing(site, "restart", "1")
    for words in (["reload"], ["upgrade"], ["scale", "3"], ["restart", "2"], ["stop", "2"], ["drain", "2"]):
        code, line = refusal(*words)
        assert code == 75 and line.endswith("restart 1 is under way"), (words, code, line)
    # What changes nothing is answered meanwhile.
    for words in (["status"], ["workers"], ["info", "1"], ["logs"], ["reopen"]):
        site.operator.ask(*words)
    (site.folder / "slow").unlink()
    output, said = process.communicate(timeout=60)
    assert (process.returncode, output, said) == (0, "restart 1: done, 2 workers run\n", "")
    site.settle(1, 2)
    # It is so already.
    site.operator.ask("stop", "2")
    wait_until(lambda: site.numbers() == [(1, "running"), (2, "stopped")], 60, "it to be stopped")
    for word in ("stop", "drain"):
        assert refusal(word, "2") == (75, "it is so already")
    site.operator.ask("restart", "2")
    site.settle(1, 2)
    found = site.end_load()
    assert found["errors"] == 0 and found["opened"] == VISITORS, found
    assert (found["arrived"]["lost"], found["arrived"]["duplicates"]) == (0, 0)


def test_one_that_was_given_up(begin) -> None:
    site = begin("--worker-drain", "2s", "--max-restarts", "2")
    ask, refusal = site.operator.ask, site.operator.refusal
    lives = site.follow("events")
    wait_until(lambda: site.server.metrics()['pointerscope_control_requests_total{request="events"}'] == 1, 30, "it")
    (site.folder / "ill").touch()
    [pid] = [worker["pid"] for worker in site.operator.json("workers") if worker["worker"] == 2]
    site.server.kill_worker(pid)
    errored = [(1, "running"), (2, "errored")]
    wait_until(lambda: site.numbers() == errored, 60, "it to be given up")
    while json.loads(lives.stdout.readline())["event"] != "errored":
        pass
    lives.terminate()
    lives.communicate(timeout=60)
    assert "1 running, 1 errored" in ask("status") and "errored" in ask("info", "2")
    code, line = refusal("drain", "2")
    assert code == 75 and "ctl restart 2 brings it back" in line
    assert refusal("restart", "2") == (70, "worker 2 ended before it was ready: exit status 3; the workers of before go on")
    assert refusal("reload")[0] == 70 and site.numbers() == errored
    # What goes on in the server's place knows of it, and starts it no more than the one before did.
    before = len(site.events("worker_started"))
    assert ask("upgrade").startswith("upgrade: done, ")
    assert site.numbers() == errored and len(site.events("worker_started")) == before
    assert ask("scale", "3") == "scale 3: done, 2 workers run\n"
    assert site.numbers() == [(1, "running"), (2, "errored"), (3, "running")]
    ask("scale", "2")
    wait_until(lambda: site.numbers() == errored, 60, "the third to be gone")
    assert "stays stopped" in ask("stop", "2")
    assert site.numbers() == [(1, "running"), (2, "stopped")]
    (site.folder / "ill").unlink()
    assert ask("restart", "2") == "restart 2: done, 2 workers run\n"
    site.settle(1, 2)
    site.server.note_processes()


def test_no_worker_is_left(begin) -> None:
    site = begin("--worker-drain", "0")
    for number in ("1", "2"):
        site.operator.ask("stop", number)
    wait_until(lambda: {state for _, state in site.numbers()} == {"stopped"}, 60, "both to be stopped")
    ended = site.operator.run("status")
    assert ended.returncode == 75 and ended.stdout.startswith("state ") and ended.stderr == ""
    assert json.loads(site.operator.run("status", "--json").stdout)["state"] != "ready"
    assert site.server.get("/readyz").status == 503
    for words in (["workers"], ["info", "1"], ["logs"], ["reopen"]):
        site.operator.ask(*words)
    assert site.operator.ask("upgrade").startswith("upgrade: done, ")
    assert {state for _, state in site.numbers()} == {"stopped"}
    for number in ("1", "2"):
        site.operator.ask("restart", number)
    site.operator.ask("status")
    assert site.server.get("/readyz").status == 200
    site.server.note_processes()


def say_much(client: Client, lines: int) -> None:
    """Has so many lines written to the log."""
    for _ in range(lines // 100):
        client.say("reopen\n" * 100)
        for _ in range(200):
            client.line()


def test_all_places_are_taken_by_who_reads_nothing(begin) -> None:
    site = begin()
    busy = Client(site.operator.path)
    busy.line()
    # An answer that fits into no socket's memory.
    say_much(busy, 4096)
    busy.close()
    greedy = [Client(site.operator.path) for _ in range(16)]
    for client in greedy:
        client.say("logs 4096\n")
    wait_until(lambda: site.server.metrics()['pointerscope_control_requests_total{request="logs"}'] == 16, 30, "them")
    # They may read slowly, so nobody is let go at once; whoever does so for 10 s is.
    assert site.operator.refusal("status") == (75, "16 others are being answered; try again in a moment")
    assert wait_until(lambda: site.operator.run("status").returncode == 0, 60, "a place")
    assert site.server.metrics()['pointerscope_control_refused_total{reason="stalled"}'] >= 1
    for client in greedy:
        client.close()


def test_who_follows_and_does_not_read_is_told(begin) -> None:
    site = begin()
    slow = site.follow("logs", "-f", "-n", "0")
    wait_until(lambda: site.server.metrics()['pointerscope_control_requests_total{request="follow"}'] == 1, 30, "it")
    busy = Client(site.operator.path)
    busy.line()
    cut = 'pointerscope_control_refused_total{reason="stalled"}'

    def is_cut() -> bool:
        say_much(busy, 1000)
        return site.server.metrics()[cut] == 1

    wait_until(is_cut, 120, "it to be cut")
    output, said = slow.communicate(timeout=60)
    assert slow.returncode == 75 and "not read in time" in said and said.count("\n") == 1, said
    assert output.count("\n") > 100 and {json.loads(line)["event"] for line in output.splitlines()} <= {"log_reopened"}
    busy.close()
    found = site.end_load()
    assert found["errors"] == 0 and found["arrived"]["lost"] == 0


def test_a_server_that_goes(begin) -> None:
    site = begin()
    # Those who follow are told by its end.
    followers = [site.follow("logs", "-f"), site.follow("events")]
    for word in ("follow", "events"):
        wait_until(lambda: site.server.metrics()[
            f'pointerscope_control_requests_total{{request="{word}"}}'] == 1, 30, "it")
    assert site.operator.ask("shutdown") == ""
    for follower in followers:
        _, said = follower.communicate(timeout=60)
        assert follower.returncode == 69 and said == "pointerscope: the server has ended\n", said
    assert site.server.process.wait(timeout=60) == 0
    assert not os.path.exists(site.operator.path)
    assert Operator(site.operator.path).refusal("status")[0] == 69
