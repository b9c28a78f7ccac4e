"""Configuration in files and folders: what holds, who said so, and what is wrong with it."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from server import BINARY


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POINTERSCOPE_")}
    return subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        env={**kept, **environment})


@pytest.fixture
def folder(tmp_path):
    """As a package would leave it: a file of its own, and two that others put there."""
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "pointerscope.conf").write_text("ingest = 127.0.0.1:0\nhttp = 127.0.0.1:0\nworkers = 1\n")
    (tmp_path / "conf.d" / "20-site.conf").write_text("origin = https://b.example\nworkers = 3\nfps = 5\n")
    (tmp_path / "conf.d" / "10-site.conf").write_text("# first\norigin = https://a.example\nworkers = 2\n")
    (tmp_path / "conf.d" / ".20-site.conf.swp.conf").write_text("nonsense")
    (tmp_path / "conf.d" / "20-site.conf.dpkg-old").write_text("nonsense")
    return tmp_path


def test_a_folder_is_read_in_order(folder) -> None:
    ended = run("config", "show", "--json", "--config", str(folder))
    assert ended.returncode == 0, ended.stderr
    held = json.loads(ended.stdout)
    last = f"{folder}/conf.d/20-site.conf"
    assert held["workers"] == {"value": "3", "origin": f"{last}:2"}
    assert held["origin"]["value"] == ["https://a.example", "https://b.example"]
    assert held["ingest"]["origin"] == f"{folder}/pointerscope.conf:1"
    assert held["grace"] == {"value": "5s", "origin": "default"}


def test_what_is_shown_is_a_configuration(folder, tmp_path) -> None:
    shown = run("config", "show", "--origin", "--config", f"{folder}/")
    assert shown.returncode == 0 and f"# {folder}/pointerscope.conf:1\ningest = 127.0.0.1:0\n" in shown.stdout
    assert "# default\ngrace = 5s\n" in shown.stdout
    again = tmp_path / "again.conf"
    again.write_text(shown.stdout)
    plain = run("config", "show", "--config", str(folder))
    assert run("config", "show", "--config", str(again)).stdout == plain.stdout
    assert "#" not in plain.stdout


def test_the_environment_weighs_more(folder) -> None:
    ended = run("config", "show", "--origin", POINTERSCOPE_CONFIG=str(folder), POINTERSCOPE_WORKERS="9",
                POINTERSCOPE_ORIGIN="https://c.example")
    assert "# POINTERSCOPE_WORKERS\nworkers = 9\n" in ended.stdout, ended.stderr
    assert "# POINTERSCOPE_ORIGIN\norigin = https://c.example\n" in ended.stdout


def test_the_server_starts_with_a_folder(folder, start_server) -> None:
    server = start_server("--config", str(folder), workers=1)
    assert len(server.state()["workers"]) == 1  # the flag weighs more


def test_check_says_that_all_is_well(folder) -> None:
    ended = run("config", "check", "--config", str(folder))
    assert ended.returncode == 0 and "5 settings" in ended.stdout and str(folder) in ended.stdout, ended
    assert run("config", "check").returncode == 0


@pytest.mark.parametrize("text, message", [
    ("worker = 3", "conf.d/30.conf:1: unknown option worker; did you mean workers?"),
    ("workers = 0", "conf.d/30.conf:1: workers 0: must be"),
    ("workers", "conf.d/30.conf:1: must read name = value"),
    ("visitors = many", "conf.d/30.conf:1: visitors many: "),  # of load
    ("http = 0.0.0.0:80\nauth = none", "--auth none"),
    ("ingest = 127.0.0.1:9\nhttp = 127.0.0.1:9", "give them two ports"),
    ("config = x", "conf.d/30.conf:1: unknown option config"),
])
def test_check_says_what_is_wrong(folder, text, message) -> None:
    (folder / "conf.d" / "30.conf").write_text(text + "\n")
    ended = run("config", "check", "--config", str(folder))
    assert ended.returncode == 78 and ended.stdout == "", ended
    assert message in ended.stderr and ended.stderr.count("\n") == 1, ended.stderr


def test_bad_words(tmp_path) -> None:
    assert run("config").returncode == 64 and "config check" in run("config").stderr
    ended = run("config", "chek")
    assert ended.returncode == 64 and "config check" in ended.stderr
    assert run("config", "--help").returncode == 0
    assert "FILE:LINE" in run("config", "show", "--help").stdout
    assert run("config", "check", "--config", str(tmp_path / "gone")).returncode == 78
    assert run("config", "check", POINTERSCOPE_WORKERS="x").returncode == 64


def test_a_pipe_is_not_waited_for(folder) -> None:
    pipe = folder / "conf.d" / "40.conf"
    os.mkfifo(pipe)
    ended = run("config", "check", "--config", str(folder))
    assert ended.returncode == 78 and f"{pipe}: is a pipe or a device that says nothing" in ended.stderr, ended
    # One that somebody writes into is read, as a shell's <(...) is.
    text = subprocess.run(["bash", "-c", f"{BINARY} config show --config <(echo workers = 5)"],
                          capture_output=True, text=True, timeout=60)
    assert "workers = 5\n" in text.stdout, text


def test_a_reload_is_not_held_up_by_a_pipe(folder, start_server, tmp_path) -> None:
    socket = tmp_path / "control"
    server = start_server("--config", str(folder), "--control", str(socket), workers=1)
    os.mkfifo(folder / "conf.d" / "40.conf")
    ended = run("ctl", "reload", "--control", str(socket))
    assert ended.returncode == 78 and "is no regular file" in ended.stderr, ended
    assert server.get("/readyz").status == 200


@pytest.mark.parametrize("spoil, why", [
    (lambda place: (place.rename(place.with_name("x")), place.write_text("")), "Not a directory"),
    (lambda place: (place.rename(place.with_name("x")), place.symlink_to("nowhere")), "No such file"),
])
def test_a_folder_that_is_none_is_not_passed_over(folder, spoil, why) -> None:
    spoil(folder / "conf.d")
    ended = run("config", "check", "--config", str(folder))
    assert ended.returncode == 78 and f"conf.d cannot be read: {why}" in ended.stderr, ended


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_a_folder_without_the_right_to_read_it_is_not_passed_over(folder) -> None:
    (folder / "conf.d").chmod(0o100)
    try:
        ended = run("config", "check", "--config", str(folder))
        assert ended.returncode == 78 and "conf.d cannot be read: Permission denied" in ended.stderr, ended
    finally:
        (folder / "conf.d").chmod(0o700)


def test_a_value_is_one_line(folder) -> None:
    ended = run("config", "show", POINTERSCOPE_LOG="/tmp/x\nworkers = 9")
    assert ended.returncode == 64 and "must not have control characters" in ended.stderr, ended
    assert "log = /tmp/x\n" in run("config", "show", POINTERSCOPE_LOG="  /tmp/x ").stdout
    (folder / "conf.d" / "a\nworkers = 7\n#.conf").write_text("fps = 9\n")
    shown = run("config", "show", "--origin", "--config", str(folder)).stdout
    assert "\nworkers = 7\n" not in shown and "fps = 9\n" in shown


def test_a_mark_in_front_is_passed_over(tmp_path) -> None:
    path = tmp_path / "marked.conf"
    path.write_bytes("workers = 5\n".encode("utf-8-sig"))
    assert "workers = 5\n" in run("config", "show", "--config", str(path)).stdout
