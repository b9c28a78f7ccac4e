"""The units of systemd that come with the server, as far as systemd's own tools judge them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"
UNITS = ["pointerscope.service", "pointerscope.socket", "pointerscope-http.socket"]

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")


def settings(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (PACKAGING / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


@needs_systemd
def test_little_is_exposed():
    ended = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", PACKAGING / "pointerscope.service"],
        capture_output=True, text=True, timeout=60)
    level = re.search(r"Overall exposure level for pointerscope.service: ([\d.]+)", ended.stdout)
    assert level and float(level[1]) <= 1.3, ended.stdout + ended.stderr


@needs_systemd
def test_systemd_understands_the_units(tmp_path):
    """Copies, so that the program and its manual need not be installed."""
    for name in UNITS:
        text = (PACKAGING / name).read_text().replace("/usr/bin/pointerscope", "/bin/true")
        (tmp_path / name).write_text(re.sub("^Documentation=.*\n", "", text, flags=re.M))
    ended = subprocess.run(
        ["systemd-analyze", "verify", *[tmp_path / name for name in UNITS]], capture_output=True, text=True, timeout=60)
    said = [line for line in ended.stderr.splitlines() if "pointerscope" in line]
    assert said == [], ended.stderr


def members(name: str) -> set[str]:
    """The system calls of a group."""
    text = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, timeout=60, check=True).stdout
    words = [line.strip() for line in text.splitlines()[1:]]
    found = {word for word in words if word and word[0] not in "#@"}
    return found.union(*[members(word) for word in words if word.startswith("@")])


@needs_systemd
def test_what_the_server_asks_the_kernel_for_is_let_through():
    """All that a trace of master, workers and helpers shows and is not in every program."""
    allowed = members("@default")
    for line in settings("pointerscope.service")["SystemCallFilter"]:
        calls = set()
        for word in line.lstrip("~").split():
            calls |= members(word) if word.startswith("@") else {word}
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    wanted = """
        accept4 bind capget clone clone3 close_range connect dup2 epoll_ctl epoll_pwait2 epoll_wait eventfd2 fcntl flock
        fsync getpeername getrandom getsockname getsockopt getdents64 ioctl kill listen lseek madvise memfd_create mkdir
        mmap mprotect openat pidfd_open pidfd_send_signal pipe2 poll prctl pread64 prlimit64 readlink recvfrom recvmsg
        rename renameat seccomp sendmsg sendto set_robust_list setsid setsockopt shutdown sigaltstack signalfd4 socket
        socketpair statfs unlink unlinkat utimensat vfork waitid wait4 write"""
    assert set(wanted.split()) - allowed == set()


def test_sockets_have_the_names_that_the_server_asks_for():
    for name, role in [("pointerscope.socket", "ingest"), ("pointerscope-http.socket", "http")]:
        assert settings(name)["FileDescriptorName"] == [role]
        assert settings(name)["Service"] == ["pointerscope.service"]
    service = settings("pointerscope.service")
    assert service["Type"] == ["notify"] and service["User"] == ["pointerscope"]
    assert service["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
