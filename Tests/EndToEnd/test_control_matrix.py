"""Every command of `ctl` and every status that one can end with, while visitors load the server, and beside whatever
others do at its socket."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from control_site import VISITORS, Site
from controlling import NOBODY, Operator, run_ctl
from in_the_way import Impostor, a_thousand_clients, garbage, nobody, stalled_clients, strangers
from server import BINARY, binary_for_anyone
from waiting import wait_until

ALL = [["status"], ["workers"], ["info", "1"], ["logs"], ["logs", "-f"], ["events"], ["reopen"], ["reload"], ["upgrade"],
       ["scale", "3"], ["restart", "1"], ["stop", "1"], ["drain", "1"], ["shutdown"]]
"""Every command, with what it needs."""


@pytest.fixture(scope="module")
def site():
    """One for all that does its visitors no harm, which is looked at in the end."""
    one = Site("--worker-drain", "2s")
    try:
        one.begin_load()
        yield one
        before = one.server.metrics()
        found = one.end_load()
        assert found["errors"] == 0 and found["opened"] == VISITORS, "nobody's connection was closed"
        arrived = found["arrived"]
        assert (arrived["lost"], arrived["duplicates"], arrived["disordered"], arrived["resets"]) == (0, 0, 0, 0), found
        assert before["pointerscope_events_lost_total"] == 0 and before["pointerscope_worker_restarts_total"] == 0
    finally:
        one.close()


def at_once(operator: Operator, commands: list[list[str]], **more) -> dict[str, subprocess.CompletedProcess]:
    """All of them beside each other, by their words."""
    with ThreadPoolExecutor(len(commands)) as pool:
        ended = pool.map(lambda words: operator.run(*words, **more), commands)
        return {" ".join(words): one for words, one in zip(commands, ended, strict=True)}


def statuses(ended: dict[str, subprocess.CompletedProcess]) -> dict[str, int]:
    return {name: one.returncode for name, one in ended.items()}


def test_these_are_all_commands() -> None:
    overview = run_ctl("--help").stdout
    assert {words[0] for words in ALL} == set(re.findall(r"^  ctl (\w+)", overview, re.M))


@pytest.mark.parametrize("others", [nobody, stalled_clients, a_thousand_clients, garbage, strangers])
def test_everything_is_done_beside(site, others) -> None:
    if others is strangers and os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    ask = site.operator.ask
    with others(site.operator.path):
        assert ask("status").startswith("state ") and ask("workers").count("running") == 2
        assert "restarts" in ask("info", "2") and ask("logs", "-n", "3").count("\n") == 3
        log, lives = site.follow("logs", "-f", "-n", "0"), site.follow("events")
        requests = 'pointerscope_control_requests_total{request="%s"}'
        wait_until(lambda: site.server.metrics()[requests % "events"] >= 1
                   and site.server.metrics()["pointerscope_control_clients"] >= 2, 30, "those who follow")
        assert ask("reopen").startswith("the log goes on in ")
        assert ask("reload") == "reload: done, 2 workers run\n"
        site.settle(1, 2)
        site.renew()
        assert ask("upgrade").startswith("upgrade: done, ")
        assert ask("scale", "3") == "scale 3: done, 3 workers run\n"
        wait_until(lambda: site.operator.json("info", "3")["connections"] > 0, 30, "its share of the connections")
        assert "gets no more connections" in ask("drain", "3")
        assert "stays stopped" in ask("stop", "3")
        wait_until(lambda: (3, "stopped") in site.numbers(), 60, "it to be stopped")
        ask("scale", "2")
        site.settle(1, 2)
        assert ask("restart", "1") == "restart 1: done, 2 workers run\n"
        site.settle(1, 2)
        assert "stays stopped" in ask("stop", "2")
        wait_until(lambda: site.numbers() == [(1, "running"), (2, "stopped")], 60, "it to be stopped")
        assert ask("restart", "2") == "restart 2: done, 2 workers run\n"
        site.settle(1, 2)
        assert site.server.get("/readyz").status == 200
        for follower, word in ((log, "workers_changed"), (lives, "listening")):
            while json.loads(follower.stdout.readline())["event"] != word:
                pass
            follower.terminate()
            follower.communicate(timeout=60)
    site.server.note_processes()
    assert site.operator.json("status")["visitors"] == VISITORS


def test_others_get_no_further_than_the_door(site) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    shutil.copy(binary_for_anyone(), site.folder / "ctl")
    requests = "pointerscope_control_requests_total"
    own = f'{requests}{{request="workers"}}'

    def ask(words: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", site.folder / "ctl", "ctl", *words,
             "--control", site.operator.path], capture_output=True, text=True, timeout=60, cwd="/")

    before = site.server.metrics()[requests] - site.server.metrics()[own]
    # As the server makes it, open to everyone, and as a file of theirs.
    for mode, owner in [(0o600, 0), (0o666, 0), (0o600, NOBODY)]:
        os.chmod(site.operator.path, mode)
        os.chown(site.operator.path, owner, owner)
        for words in ALL:
            ended = ask(words)
            assert ended.returncode == 77 and ended.stdout == "" and ended.stderr.count("\n") == 1, (words, ended)
            assert "another user's" in ended.stderr
        # Root is let in whosever the file is.
        site.operator.ask("workers")
    os.chown(site.operator.path, 0, 0)
    os.chmod(site.operator.path, 0o600)
    assert site.server.metrics()[requests] - site.server.metrics()[own] == before


def test_what_stands_still_is_said_and_nothing_is_done_later(site) -> None:
    before = site.server.metrics()["pointerscope_control_requests_total"]
    os.kill(site.server.pid, signal.SIGSTOP)
    try:
        ended = at_once(site.operator, ALL)
    finally:
        os.kill(site.server.pid, signal.SIGCONT)
    assert set(statuses(ended).values()) == {69}, statuses(ended)
    assert {one.stderr for one in ended.values()} == {
        f"pointerscope: the server at {site.operator.path} does not answer\n"}
    assert site.server.metrics()["pointerscope_control_requests_total"] == before, "nobody's shutdown waits for it"


def test_what_cannot_be_printed_is_a_fault(site) -> None:
    printing = [words for words in ALL if words[0] not in ("shutdown", "stop", "drain", "scale")]
    for words in printing:
        with open("/dev/full", "w") as full:
            process = subprocess.Popen(
                [BINARY, "ctl", *words, "--control", site.operator.path], stdout=full, stderr=subprocess.PIPE, text=True)
            if words == ["events"]:
                wait_until(lambda: site.server.metrics()["pointerscope_control_clients"] >= 1, 30, "it")
                site.operator.ask("restart", "1")
            _, said = process.communicate(timeout=60)
        assert process.returncode == 74 and "standard output: " in said and said.count("\n") == 1, (words, said)
        site.settle(1, 2)
    site.server.note_processes()


def test_what_is_typed_wrong_gets_no_further(site) -> None:
    for words in ALL:
        for more in (["--no-such"], ["1", "2", "3"], ["--control", ""], ["--control", "none"]):
            ended = run_ctl(*words, *more)
            assert ended.returncode == 64 and ended.stdout == "" and ended.stderr, (words, more, ended)
        if len(words) > 1 and words[1].isdigit():
            for number in ("0", "257", "-1", "one", "1.0", "99999999999999999999"):
                ended = site.operator.run(words[0], number)
                assert ended.returncode == 64 and ended.stderr.count("\n") == 1, (words, number, ended)


@pytest.mark.parametrize("greeting, hangs, status, said", [
    (b"", True, 69, "does not answer"),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", False, 69, "is no Pointerscope server"),
    (b"x" * 300_000, False, 69, "is no Pointerscope server"),
    (b'{"pointerscope":2,"version":"9","pid":1}\n', False, 69, "speaks version 2 of the control protocol"),
    (b'{"error":"never","status":77}\n', False, 77, "never"),
    (b'{"pointerscope":1,"version":"1","pid":1}\n', False, 69, "ended in the middle of its answer"),
])
def test_who_is_no_server(tmp_path, greeting, hangs, status, said) -> None:
    impostor = Impostor(tmp_path / "control", greeting, hangs)
    ended = at_once(Operator(tmp_path / "control"), ALL)
    impostor.close()
    for name, one in ended.items():
        # Who followed cannot know more than that the server is there and said no more.
        is_cut = said.startswith("ended") and name in ("logs -f", "events")
        assert one.returncode == (75 if is_cut else status), (name, one)
        assert ("not read in time" if is_cut else said) in one.stderr and one.stdout == "", (name, one)


def test_nobody_is_there(tmp_path) -> None:
    assert set(statuses(at_once(Operator(tmp_path / "control"), ALL)).values()) == {69}
