"""Drain, restart and reload from the terminal of the server itself, and why not from elsewhere."""

from __future__ import annotations

import json
import os
import re
import signal

import pytest

from monitor_words import ASKS_TO_STOP, DOWN, ESCAPE, HOME, key_of, shown_view
from server import is_alive, whole_lines
from terminal import Top
from tmux import Tmux
from waiting import wait_until
from wire import RawWebSocket

QUIET = ("--worker-drain", "200ms", "--control", "none")


@pytest.fixture
def scene(open_terminal):
    """The Workers view of a server with two workers, which has no control socket."""
    terminal = open_terminal(110, 30, *QUIET)
    terminal.press(key_of("workers"))
    wait_until(lambda: shown_view(terminal) == "workers", 30, lambda: terminal.text)
    yield terminal
    if terminal.status is None:
        terminal.everyone += [pid for pid, _, _ in workers(terminal) if pid]
        terminal.quit()


def workers(terminal) -> list[tuple[int, str, int]]:
    return [(worker["pid"], worker["state"], worker["number"]) for worker in terminal.state()["workers"]]


def choose(terminal, pid: int) -> None:
    """Chooses the row of a process, by a click."""
    terminal.wait_for(rf"\b{pid} +running")
    terminal.click(*terminal.find(rf"\b{pid} +running"))


def answer(terminal, key: str, question: str, reply: str) -> None:
    """Presses a key that asks, and answers once the question can be read."""
    terminal.press(key)
    terminal.wait_for(rf"{question}.*\? y/N")
    terminal.press(reply)


def events(terminal, name: str) -> list[dict]:
    with open(terminal.own_log.name, encoding="utf-8") as file:
        return [line for line in map(json.loads, whole_lines(file)) if line["event"] == name]


def test_restart(scene):
    (one, _, _), (other, _, _) = workers(scene)
    choose(scene, other)
    for answer in ("n", ESCAPE, "\r", "x"):
        scene.press("R")
        scene.wait_for(rf"restart worker 2 \(pid {other}, 0 connections\)\? y/N")
        scene.press(answer)
        scene.wait_for(rf"not done: restart worker 2 \(pid {other}\)")
        scene.wait_without(r"\? y/N")
    assert [pid for pid, _, _ in workers(scene)] == [one, other]
    scene.press("R")
    scene.wait_for(r"\? y/N")
    scene.press("y")
    scene.wait_for(rf"restart worker 2 \(pid {other}\): done, 2 workers run")
    wait_until(lambda: not is_alive(other), 60, "the old one to be gone")
    after = wait_until(lambda: len(workers(scene)) == 2 and workers(scene), 60, "two workers")
    assert after[0] == (one, "running", 1) and after[1][0] != other and after[1][1:] == ("running", 2)
    # What became of it stands in the list, and raises no alarm.
    scene.press("i")
    scene.wait_for(rf"restart worker 2 \(pid {other}\): done, 2 workers run; {other} ended after [\d.]+ s")
    assert "Workers !" not in scene.text
    scene.press(ESCAPE)


def test_what_is_typed_with_the_key_is_no_answer(scene):
    before = workers(scene)
    choose(scene, before[0][0])
    # All in one read, as over a slow line or by a macro: nobody has seen the question.
    for typed, question in (
            ("Ry", "restart worker 1"), ("RY", "restart worker 1"), ("Dyyy", "drain worker 1"), ("Ly", "reload 2"),
            (":reload\ry", "reload 2")):
        scene.press(typed)
        scene.wait_for(rf"{question}.*\? y/N")
        scene.settle()
        scene.wait_for(rf"{question}.*\? y/N")
        scene.press("n")
        scene.wait_for("not done: ")
    visitor = RawWebSocket(scene.ingest)
    visitor.say({"id": "otter", "x": 1, "y": 2})
    scene.wait_for(r"\b1 visitor\b")
    scene.press("qy")
    scene.wait_for(ASKS_TO_STOP)
    scene.settle()
    assert workers(scene) == before and not events(scene, "reloading") and not events(scene, "workers_changed")
    scene.press("n")
    scene.wait_without(ASKS_TO_STOP)
    visitor.close_well()
    scene.wait_for(r"\b0 visitors\b")


def test_drain_and_start_again(scene):
    (one, _, _), _ = workers(scene)
    visitors = [RawWebSocket(scene.ingest) for _ in range(4)]
    for visitor in visitors:
        visitor.ping_and_wait()
    scene.wait_for(rf"\b{one} +running +2\b")
    choose(scene, one)
    scene.press("D")
    scene.wait_for(rf"drain worker 1 \(pid {one}, 2 connections\)\? y/N")
    scene.press("n")
    scene.wait_for("not done: drain worker 1")
    answer(scene, "D", r"drain worker 1", "y")
    scene.wait_for(rf"drain worker 1 \(pid {one}\): worker 1 gets no more connections")
    scene.wait_for(rf"\b{one} +draining")
    # Once more is refused by the server, in its words.
    answer(scene, "D", r"drain worker 1", "y")
    scene.wait_for(rf"drain worker 1 \(pid {one}\): not done, it is so already")
    for visitor in visitors:
        visitor.close_well()
    wait_until(lambda: (0, "stopped", 1) in workers(scene), 60, "it to be stopped")
    scene.wait_for(r"- +stopped")
    scene.press(HOME + "R")
    scene.wait_for(r"start worker 1\? y/N")
    scene.press("y")
    scene.wait_for("start worker 1: done, 2 workers run")
    assert [state for _, state, _ in workers(scene)] == ["running", "running"]


def test_reload_by_command_and_menu(scene):
    before = {pid for pid, _, _ in workers(scene)}
    scene.press(":rel\t\r")
    scene.wait_for(r"reload 2 workers \(0 connections\)\? y/N")
    scene.press(ESCAPE)
    scene.wait_for("not done: reload")
    assert events(scene, "reloading") == []
    scene.press("m")
    scene.wait_for("reload all workers")
    scene.click(*scene.find("reload all workers"))
    scene.wait_for(r"reload 2 workers .*\? y/N")
    scene.press("y")
    scene.wait_for("reload: done, 2 workers run")
    wait_until(lambda: not any(map(is_alive, before)), 60, "the old ones to be gone")
    assert len(events(scene, "reloading")) == 1


def test_a_worker_that_is_gone_meanwhile(scene):
    (one, _, _), _ = workers(scene)
    choose(scene, one)
    # The picture that is held does not know it, and the server is not asked about another process.
    scene.press("p")
    scene.wait_for("paused")
    scene.press("R")
    scene.wait_for(rf"restart worker 1 \(pid {one}")
    os.kill(one, signal.SIGKILL)
    wait_until(lambda: (one, "running", 1) not in workers(scene), 60, "it to be replaced")
    successor = wait_until(
        lambda: next((pid for pid, state, number in workers(scene) if (state, number) == ("running", 1)), 0), 60, "it")
    scene.press("y")
    scene.wait_for(rf"restart worker 1 \(pid {one}\): not done, it is gone meanwhile")
    scene.press("p")
    scene.wait_for(rf"\b{successor} +running")
    assert is_alive(successor) and len(events(scene, "workers_changed")) == 0
    # And the one that is shown is.
    choose(scene, successor)
    scene.press("R")
    scene.wait_for(rf"restart worker 1 \(pid {successor}")
    os.kill(successor, signal.SIGKILL)
    scene.wait_without(rf"\b{successor} +running")
    scene.press("y")
    scene.wait_for(rf"not done: worker 1 \(pid {successor}\) is gone meanwhile")


def test_elsewhere_it_says_why_not(scene):
    top = Top(110, 30, scene.url, "--view=workers")
    try:
        top.wait_for(r"\brunning\b")
        assert "R restart" not in top.text and "R restart" in scene.text
        for keys in ("R", "D", "L", ":reload\r"):
            top.press(keys)
            top.wait_for("this needs the server's own terminal, or pointerscope ctl on its machine")
            top.press(DOWN)
            top.wait_without("this needs the server")
        top.press("m")
        top.wait_for("restart it")
        top.click(*top.find("restart it"))
        top.wait_for("this needs the server's own terminal")
    finally:
        top.end()


def test_with_a_socket_both_ways_stand_side_by_side(tmp_path):
    """In tmux, which is a terminal of its own; `ctl` sees what the terminal did."""
    window = Tmux(100, 24)
    try:
        path = tmp_path / "control"
        window.run(
            "pointerscope", "serve", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "1", "--control",
            str(path), "--worker-drain", "100ms", "--view", "workers")
        window.wait_for(r"R restart")
        window.type("R")
        window.wait_for(r"restart worker 1 \(pid (\d+), 0 connections\)\? y/N")
        window.press("Escape")
        window.wait_for("not done: restart worker 1")
        window.type("R")
        window.wait_for(r"restart worker 1 .*\? y/N")
        window.type("y")
        window.wait_for(r"restart worker 1 \(pid \d+\): done, 1 workers? run")
        window.type("q")
        window.check_shell(7)
        assert not path.exists()
        assert re.search("ready>", window.text)
    finally:
        window.end()
