"""What goes wrong around the terminal: crashes, closed descriptors, odd files, texts that steer terminals."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess

import pytest

from monitor_words import PAUSED
from server import BINARY
from terminal import Terminal, Top
from waiting import wait_until


@pytest.fixture
def programs():
    """Ends whatever is put into the list."""
    started: list[Terminal | Top] = []
    yield started
    for program in started:
        program.end()
        program.check_everyone_is_gone()


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGUSR1, signal.SIGALRM])
def test_a_crash_gives_the_terminal_back(programs, number):
    terminal = Terminal(120, 40, "--demo=3")
    programs.append(terminal)
    terminal.connect()
    # What is written as it dies is not the rest of a picture that a crash cut off.
    terminal.press("p")
    terminal.wait_for(PAUSED)
    terminal.settle()
    os.kill(terminal.pid, number)
    assert terminal.wait_for_exit() == -number
    terminal.check_modes_restored()


def test_what_was_confirmed_is_not_undone(programs):
    terminal = Terminal(120, 40, "--demo=3")
    programs.append(terminal)
    terminal.connect()
    terminal.wait_for("3 visitors")
    # Nothing answers a question that could not be seen yet.
    terminal.press("q")
    terminal.wait_for("y stops")
    terminal.press("yd")
    assert terminal.wait_for_exit() == 0
    assert "goes on as process" not in terminal.text


def test_only_standard_output_has_to_be_the_terminal(programs):
    terminal = Terminal(120, 40, "--demo=3", standard_input=os.devnull)
    programs.append(terminal)
    terminal.connect()
    terminal.wait_for("3 visitors")
    assert terminal.quit() == 0
    terminal.check_modes_restored()


@pytest.mark.parametrize("options", [["--json"], ["--plain"], [], ["--once"]])
def test_standard_output_is_closed(server, options):
    ended = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", BINARY, "top", server.http_url, *options], timeout=60,
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 74, ended.stderr
    assert ended.stderr.count("\n") == 1 and "write" in ended.stderr


def test_help_into_a_full_disk():
    with open("/dev/full", "wb") as full:
        for arguments in (["--help"], ["--version"], ["top", "--help"]):
            ended = subprocess.run([BINARY, *arguments], stdout=full, stderr=subprocess.PIPE, timeout=60)
            assert ended.returncode == 74 and b"No space left" in ended.stderr


def test_settings_that_lead_to_no_file_are_left_alone(server, programs, tmp_path):
    folder = tmp_path / "config" / "pointerscope"
    folder.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        (folder / "monitor.conf").symlink_to(tmp_path / "socket")
        top = Top(120, 40, server.http_url, home=tmp_path)
        programs.append(top)
        top.wait_for("live")
        top.press("3")
        assert top.quit() == 0
        assert stat.S_ISSOCK(os.stat(tmp_path / "socket").st_mode)
        top.wait_for("could not be kept")


def test_settings_in_a_pipe_hold_nobody_up(server, programs, tmp_path):
    folder = tmp_path / "config" / "pointerscope"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "monitor.conf")
    top = Top(120, 40, server.http_url, home=tmp_path)
    programs.append(top)
    top.wait_for("live")
    assert top.quit() == 0


@pytest.mark.parametrize("arguments", [
    ["top", "\x1b[31mx"], ["top", "127.0.0.1:1\n\x1b[2J"], ["top", "--glyphs", "\x1b]0;x\x07"],
    ["serve", "--config", "/nowhere\x1b[31m"], ["serve", "--origin", "\x1b\n"], ["\x1b[31m"],
    ["top", "--theme", "/nowhere\x1b[31m\u202e"]])
def test_arguments_steer_no_terminal(arguments):
    ended = subprocess.run([BINARY, *arguments], capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    text = ended.stderr.decode()
    assert ended.returncode in (64, 78) and text.endswith("\n")
    assert all(sign.isprintable() for sign in text[:-1]), text


def test_a_terminals_name_steers_no_terminal(server, programs):
    top = Top(120, 40, server.http_url, TERM="\x1b[31mevil\x07", watcher=(seen := bytearray()).extend)
    programs.append(top)
    top.wait_for("0 visitors")
    assert b"\x1b" not in seen and b"\x07" not in seen
    os.kill(top.pid, signal.SIGTERM)
    assert top.wait_for_exit() == 0


def test_a_configuration_from_another_system(server, tmp_path):
    file = tmp_path / "config"
    file.write_bytes(b"# made elsewhere\r\nglyphs = ascii\r\n\r\nfps = 3\r\n")
    ended = subprocess.run(
        [BINARY, "top", server.http_url, "--once", "--config", file], capture_output=True, text=True, timeout=60,
        env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert ended.returncode == 0 and ended.stdout.isascii(), ended.stderr


def test_a_name_behind_two_dashes(server):
    ended = subprocess.run([BINARY, "top", "--once", "--", server.http_url], capture_output=True, timeout=60)
    assert ended.returncode == 0


def test_a_server_that_is_stopped_behind_its_front(programs):
    terminal = Terminal(120, 40, "--demo=3")
    programs.append(terminal)
    terminal.connect()
    os.kill(terminal.server_pid, signal.SIGTERM)
    assert terminal.wait_for_exit() == 0
    terminal.check_modes_restored()
    wait_until(lambda: "the server was stopped" in terminal.text, 30, "a word on that")
