"""`top` and `load` at a server that wants to know who looks: tokens, sessions, and what is said without either."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from server import BINARY
from sign_in_server import SignInServer
from terminal import Top
from waiting import wait_until


@pytest.fixture
def server():
    server = SignInServer()
    yield server
    server.end()


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text("ps_1_secret\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def open_top(server: SignInServer, tmp_path: Path):
    tops: list[Top] = []

    def start(*options: str, **more) -> Top:
        tops.append(Top(100, 30, server.address, *options, home=tmp_path, **more))
        return tops[-1]

    yield start
    for top in tops:
        top.end()


# What is asked last stands at the end of the screen.
NAME, PASSWORD = r"name:\s*\Z", r"password:\s*\Z"


def run(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(home), "XDG_STATE_HOME": str(home / "state"),
             **environment})


def session_file(server: SignInServer, home: Path) -> Path:
    return home / "state/pointerscope/sessions" / server.address.replace(":", "_")


def give(top: Top, name: str, password: str) -> None:
    top.wait_for(NAME)
    top.press(f"{name}\n")
    top.wait_for(PASSWORD)
    top.press(f"{password}\n")


# Tokens


@pytest.mark.parametrize("place", ["option", "variable", "configuration"])
def test_a_token_is_shown_and_stands_nowhere_else(server: SignInServer, token_file: Path, tmp_path: Path, place: str):
    arguments, environment = ["top", server.address, "--once", "--json"], {}
    if place == "option":
        # The option goes before the variable.
        arguments += ["--token-file", str(token_file)]
        environment["POINTERSCOPE_TOKEN"] = "another"
    elif place == "variable":
        environment = {"POINTERSCOPE_TOKEN": " ps_1_secret ", "POINTERSCOPE_TOKEN_FILE": "/nowhere"}
    else:
        (tmp_path / "conf").write_text(f"token-file = {token_file}\n")
        arguments += ["--config", str(tmp_path / "conf")]
    done = run(*arguments, home=tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["visitors"][0]["id"] == "user123"
    [(headers, _)] = server.asked("GET", "/")
    assert headers["authorization"] == "Bearer ps_1_secret"
    assert all("secret" not in path for _, path, _, _ in server.requests)
    assert "secret" not in done.stdout + done.stderr
    assert not (tmp_path / "state").exists()


def test_a_token_is_in_no_list_of_processes(server: SignInServer, open_top, token_file: Path):
    top = open_top("--token-file", str(token_file))
    top.wait_for(r"\blive\b")
    assert b"secret" not in Path(f"/proc/{top.pid}/cmdline").read_bytes()
    assert top.quit() == 0


def test_files_that_hold_no_secret(server: SignInServer, tmp_path: Path, token_file: Path):
    for mode in [0o644, 0o640, 0o604]:
        token_file.chmod(mode)
        done = run("top", server.address, "--token-file", str(token_file), home=tmp_path)
        assert done.returncode == 66
        assert done.stderr == (
            f"pointerscope: --token-file {token_file} can be read by others than its owner; "
            "chmod 600 keeps it secret\n")
    token_file.chmod(0o600)
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path, said in [("pipe", "is no regular file"), (".", "is no regular file"), ("none", "No such file")]:
        done = run("top", server.address, "--token-file", str(tmp_path / path), home=tmp_path)
        assert done.returncode == 66 and said in done.stderr and done.stderr.count("\n") == 1
    for text in ["", "\n", "two words", "line\nline", "ümlaut", "a" * 5000, "=="]:
        token_file.write_text(text)
        done = run("top", server.address, "--token-file", str(token_file), home=tmp_path)
        assert done.returncode == 66 and "holds no token" in done.stderr and done.stderr.count("\n") == 1
    done = run("top", server.address, home=tmp_path, POINTERSCOPE_TOKEN="a b")
    assert done.returncode == 64 and done.stderr == "pointerscope: POINTERSCOPE_TOKEN holds no token\n"
    assert server.requests == []


def test_a_token_that_is_not_taken(server: SignInServer, tmp_path: Path):
    done = run("top", server.address, "--once", home=tmp_path, POINTERSCOPE_TOKEN="ps_2_other")
    assert done.returncode == 77
    assert done.stderr == f"pointerscope: http://{server.address} answered 401: it wants to know who asks\n"


def test_a_token_goes_to_no_other_server(server: SignInServer, tmp_path: Path, token_file: Path):
    other = SignInServer()
    server.elsewhere = f"http://{other.address}"
    done = run("top", server.address, "--once", "--token-file", str(token_file), home=tmp_path)
    assert done.returncode == 69 and "sends elsewhere" in done.stderr
    assert other.requests == []
    other.end()


# Nobody to ask


def test_without_a_terminal_the_option_is_named(server: SignInServer, tmp_path: Path):
    done = run("top", server.address, home=tmp_path)
    assert done.returncode == 77
    assert done.stderr.splitlines()[-1].endswith("--token-file FILE names a token")
    assert server.asked("POST", "/") == []


def test_a_stream_that_is_ended_for_want_of_a_token(server: SignInServer, tmp_path: Path, token_file: Path):
    process = subprocess.Popen(
        [BINARY, "top", server.address, "--json", "--token-file", str(token_file)], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "user123" in process.stdout.readline()
    server.tokens.clear()
    server.sign_out("revoked", "10.0.0.7")
    _, said = process.communicate(timeout=30)
    assert process.returncode == 77
    assert said == f"pointerscope: http://{server.address} ended the stream: it was revoked, from 10.0.0.7\n"


# Somebody to ask


def test_signing_in_is_kept_for_the_next_start(server: SignInServer, open_top, tmp_path: Path):
    top = open_top()
    give(top, "ann", "correct horse")
    top.wait_for(r"\blive\b")
    [(headers, body)] = server.asked("POST", "/api/session")
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"name": "ann", "password": "correct horse", "takeOver": False}
    file = session_file(server, tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    cookies = server.asked("GET", "/receive/")[-1][0]["cookie"]
    assert file.read_text() == cookies and cookies.endswith("; pointerscope-device=d1")
    assert top.quit() == 0
    top.check_line_restored()
    assert "horse" not in top.text
    again = open_top()
    again.wait_for(r"\blive\b")
    assert len(server.asked("POST", "/")) == 1
    assert again.quit() == 0


def test_a_session_that_is_over_is_forgotten(server: SignInServer, open_top, tmp_path: Path):
    file = session_file(server, tmp_path)
    file.parent.mkdir(parents=True, mode=0o700)
    file.write_text("pointerscope=old")
    file.chmod(0o600)
    done = run("top", server.address, home=tmp_path)
    assert done.returncode == 77 and not file.exists()
    assert server.asked("GET", "/receive/")[0][0]["cookie"] == "pointerscope=old"
    # One that others could have written is not shown to anybody.
    file.write_text("pointerscope=theirs")
    file.chmod(0o644)
    top = open_top()
    give(top, "ann", "correct horse")
    top.wait_for(r"\blive\b")
    assert "cookie" not in server.asked("GET", "/receive/")[1][0]
    assert top.quit() == 0


def test_three_wrong_passwords_are_enough(server: SignInServer, open_top, tmp_path: Path):
    top = open_top()
    for _ in range(3):
        give(top, "ann", "wrong")
    assert top.wait_for_exit() == 77
    assert "not signed in after 3 tries" in top.text
    assert not session_file(server, tmp_path).exists()
    top.check_line_restored()


@pytest.mark.parametrize("reply", ["y", "n"])
def test_taking_over(server: SignInServer, open_top, reply: str):
    server.taken = {"since": 1_732_109_508, "address": "10.0.0.7\u001b[31m"}
    top = open_top()
    give(top, "ann", "correct horse")
    top.wait_for(r"ann is signed in since 13:31:48 from 10\.0\.0\.7.*; take over\? \[y/N\]\s*\Z")
    top.press(f"{reply}\n")
    if reply == "y":
        top.wait_for(r"\blive\b")
        assert json.loads(server.asked("POST", "/api/session")[1][1]) == {"ticket": "t-1"}
        assert top.quit() == 0
    else:
        assert top.wait_for_exit() == 77
        assert len(server.asked("POST", "/")) == 1


def test_a_server_that_puts_off(server: SignInServer, open_top):
    server.retry_after = 42
    top = open_top()
    give(top, "ann", "correct horse")
    assert top.wait_for_exit() == 75
    assert "wants the next try in 42 s" in top.text


def test_who_is_signed_out_is_told_and_asked(server: SignInServer, open_top, tmp_path: Path):
    top = open_top()
    give(top, "ann", "correct horse")
    top.wait_for(r"\blive\b")
    server.sign_out("taken-over", "10.0.0.9")
    top.wait_for(r"ended the stream: you have signed in elsewhere, from 10\.0\.0\.9")
    assert not session_file(server, tmp_path).exists()
    give(top, "ann", "correct horse")
    top.wait_for(r"\blive\b")
    assert top.quit() == 0
    top.check_line_restored()
    top.check_modes_restored()


def test_a_server_that_starts_anew_asks_anew(server: SignInServer, open_top):
    top = open_top()
    give(top, "ann", "correct horse")
    top.wait_for(r"\blive\b")
    server.lose()
    top.wait_for(r"answered 401: it wants to know who asks")
    give(top, "ann", "correct horse")
    top.wait_for(r"\blive\b")
    assert top.quit() == 0


def test_whoever_gives_up_gets_the_terminal_back(server: SignInServer, open_top):
    top = open_top()
    top.wait_for(NAME)
    top.press("ann\n")
    top.wait_for(PASSWORD)
    top.press("\x03")
    top.wait_for_exit()
    top.check_line_restored()
    other = open_top()
    other.wait_for(NAME)
    other.press("\x04")
    assert other.wait_for_exit() == 77


# load


def test_load_shows_its_viewers_token(server: SignInServer, tmp_path: Path, token_file: Path):
    arguments = ["load", "ws://127.0.0.1:1/", "--visitors", "0", "--viewer", server.address, "--duration", "1s",
                 "--settle", "1s"]
    run(*arguments, "--token-file", str(token_file), home=tmp_path)
    paths = {path.split("?")[0]: headers for _, path, headers, _ in server.requests}
    assert set(paths) == {"/metrics", "/receive/load"}
    assert all(headers["authorization"] == "Bearer ps_1_secret" for headers in paths.values())
    done = run(*arguments, home=tmp_path)
    assert done.returncode == 77
    assert "--token-file FILE names one" in done.stderr
