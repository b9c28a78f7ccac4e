"""What processes that hold visitors' data may do, and who may look into them."""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

import preload
from controlling import NOBODY, Operator
from server import BINARY, Server
from wire import RawWebSocket

SHIMS = Path(__file__).parents[2] / "Sources" / "CPointerscopeShims"

CONFINED = {"POINTERSCOPE_DEBUGGABLE": "no"}
"""For servers of a plain user too, who would not see much of them."""


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}


def keeps_to_itself(pid: int) -> bool:
    """Whether what the kernel tells of it is root's, as of a process that cannot be dumped (proc(5))."""
    limits = Path(f"/proc/{pid}/limits").read_text()
    return os.stat(f"/proc/{pid}/stat").st_uid == 0 and bool(re.search(r"Max core file size +0 +0 ", limits))


def compile_c(folder: Path, name: str, source: str, *more: Path) -> str:
    compiler = shutil.which("clang") or shutil.which("cc")
    assert compiler, "no C compiler"
    path = folder / name
    subprocess.run(
        [compiler, "-std=c2x", "-O1", "-Wall", "-x", "c", "-", *map(str, more), f"-I{SHIMS / 'include'}", "-o",
         str(path)],
        input=source.encode(), check=True)
    return str(path)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A server of a user who may do little."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can start it as somebody else")
    folder = tmp_path_factory.mktemp("plain")
    os.chown(folder, NOBODY, NOBODY)
    os.chmod(folder, 0o700)
    for parent in folder.parents[:3]:
        os.chmod(parent, os.stat(parent).st_mode | 0o055)
    binary = folder / "pointerscope"
    shutil.copy(BINARY, binary)
    os.chmod(binary, 0o755)
    server = Server(subprocess.Popen(
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", str(binary), "serve", "--headless",
         "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2", "--control", str(folder / "control")],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder))
    server.ready = server.event("ready", 60)
    server.note_processes()
    server.operator, server.binary = Operator(folder / "control"), binary
    yield server
    server.stop_and_check()


def test_master_and_workers_keep_to_themselves_and_know_each_other(plain):
    assert all(keeps_to_itself(pid) for pid in [plain.pid, *plain.worker_pids()])
    for pid in plain.worker_pids():
        assert (status_of(pid)["Seccomp"], status_of(pid)["NoNewPrivs"]) == ("2", "1")
    # What the master tells of them it has from there, as the user that it is.
    workers = plain.operator.json("workers")
    assert len(workers) == 2 and all(worker["rss"] > 1 << 20 for worker in workers)
    metrics = plain.metrics()
    for name in ["master", "worker-1", "worker-2"]:
        assert metrics[f'process_resident_memory_bytes{{process="{name}"}}'] > 1 << 20
        assert metrics[f'process_max_fds{{process="{name}"}}'] > 0
        assert metrics[f'process_cpu_seconds_total{{process="{name}"}}'] >= 0
    assert metrics['process_open_fds{process="master"}'] > 5
    # Replacing a worker takes what it takes: the program by its descriptor, channels, a page.
    plain.kill_worker(plain.worker_pids()[0])
    plain.event("worker_ready", count=3)
    assert plain.operator.ask("reload")


def as_nobody(plain, *arguments):
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", str(plain.binary), "serve", "--headless",
            "--control", "none", *arguments]


def test_who_has_the_port_is_found_out_all_the_same(plain):
    def why_not(address):
        ended = subprocess.run(
            as_nobody(plain, "--http", address, "--ingest", "127.0.0.1:0"), capture_output=True, text=True, timeout=60,
            cwd=plain.binary.parent)
        assert ended.returncode == 69
        return ended.stderr

    # One that names another port, as it asked for any, may be somebody else.
    assert f"a program of user {NOBODY} has it" in why_not(plain.ready["http"])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
    named = subprocess.Popen(
        as_nobody(plain, "--http", address, "--ingest", "127.0.0.1:0"), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=plain.binary.parent)
    try:
        assert any('"event":"ready"' in line for line in named.stderr)
        assert f"a Pointerscope server has it, process {named.pid}" in why_not(address)
    finally:
        named.terminate()
        named.communicate(timeout=60)


def test_developers_may_look(start_server):
    server = start_server("--debuggable", workers=1)
    pids = [server.pid, *server.worker_pids()]
    assert [status_of(pid)["Seccomp"] for pid in pids] == ["0", "0"]
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    for pid in pids:
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"Max core file size +\S+ +%s " % ("unlimited" if hard < 0 else hard), limits)


TRIES = r"""
#define _GNU_SOURCE
#include "pointerscope_shims.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define TRY(NAME, CALL) if (strcmp(wanted, NAME) == 0) { errno = 0; result = (long)(CALL); }

int main(int count, char **arguments) {
    const char *wanted = arguments[1];
    long result = -2;
    char byte = 0;
    int pair[2];
    struct sockaddr_un nobody = {.sun_family = AF_UNIX, .sun_path = "/nowhere"};
    int before = socket(AF_UNIX, SOCK_STREAM, 0);
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int accepts = count > 2;
    if (ps_confine_worker(accepts) != 0) return 99;
    TRY("open", open("/etc/passwd", O_RDONLY))
    TRY("create", open("/tmp/pointerscope-made", O_WRONLY | O_CREAT, 0600))
    TRY("unlink", unlink("/tmp/pointerscope-nothing"))
    TRY("readlink", readlink("/proc/self/exe", &byte, 1))
    TRY("fork", fork())
    TRY("kill", kill(getppid(), 0))
    TRY("signal another", syscall(SYS_tgkill, getppid(), getppid(), 0))
    TRY("run memory", mprotect(page, 4096, PROT_READ | PROT_EXEC))
    TRY("map code", mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0)
    TRY("limits", syscall(SYS_prlimit64, 0, 7, 0, 0))
    TRY("newest", syscall(100000))
    TRY("execute", execl("/bin/true", "true", (char *)0))
    TRY("trace", ptrace(PTRACE_TRACEME, 0, 0, 0))
    TRY("socket", socket(AF_INET, SOCK_STREAM, 0))
    TRY("connect", connect(before, (struct sockaddr *)&nobody, sizeof nobody))
    TRY("bind", bind(before, (struct sockaddr *)&nobody, sizeof nobody))
    TRY("listen", listen(before, 1))
    TRY("block", fcntl(before, F_SETFL, 0))
    TRY("flags", fcntl(before, F_GETFL) & O_NONBLOCK)
    TRY("accept", accept4(before, 0, 0, SOCK_CLOEXEC))
    TRY("write", write(pair[0], "x", 1))
    TRY("read", (write(pair[0], "x", 1), read(pair[1], &byte, 1)))
    TRY("memory", mmap(0, 1 << 22, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0)
    TRY("allocate", (free(malloc(1 << 24)), 0))
    TRY("abort", (abort(), 0))
    char text[64];
    int length = snprintf(text, sizeof text, "%ld %d\n", result, result == -1 ? errno : 0);
    return write(1, text, length) != length;
}
"""


@pytest.fixture(scope="module")
def tries(tmp_path_factory):
    """A program that takes on the filter of a worker and then tries one thing."""
    return compile_c(tmp_path_factory.mktemp("tries"), "tries", TRIES, SHIMS / "filter.c")


@pytest.mark.parametrize("what, outcome", [
    ("open", (-1, errno.EPERM)), ("create", (-1, errno.EPERM)), ("unlink", (-1, errno.EPERM)),
    ("readlink", (-1, errno.EPERM)), ("fork", (-1, errno.EPERM)), ("kill", (-1, errno.EPERM)),
    ("signal another", (-1, errno.EPERM)), ("run memory", (-1, errno.EPERM)), ("map code", (-1, errno.EPERM)),
    ("limits", (-1, errno.EPERM)), ("newest", (-1, errno.ENOSYS)), ("execute", signal.SIGSYS),
    ("trace", signal.SIGSYS), ("socket", signal.SIGSYS), ("connect", signal.SIGSYS), ("bind", signal.SIGSYS),
    ("listen", signal.SIGSYS), ("accept", (-1, errno.EPERM)), ("abort", signal.SIGABRT), ("write", (1, 0)), ("read", (1, 0)), ("memory", (0, 0)),
    ("allocate", (0, 0)),
])
def test_what_the_filter_lets_through(tries, what, outcome):
    ended = subprocess.run([tries, what], capture_output=True, text=True, timeout=60)
    if isinstance(outcome, signal.Signals):
        assert ended.returncode == -outcome, (ended.returncode, ended.stdout)
    else:
        assert (ended.returncode, ended.stdout) == (0, "%d %d\n" % outcome)


def test_who_has_a_listener_may_accept_and_no_more(tries):
    outcomes = [
        subprocess.run([tries, what, "accepts"], capture_output=True, text=True, timeout=60)
        for what in ("accept", "open", "socket", "block", "flags", "write")]
    # It listens nowhere.
    assert outcomes[0].stdout == f"-1 {errno.EINVAL}\n" and outcomes[1].stdout == f"-1 {errno.EPERM}\n"
    assert outcomes[2].returncode == -signal.SIGSYS
    # The master, whose listener it is, too, would wait in its accept.
    assert outcomes[3].stdout == f"-1 {errno.EPERM}\n" and outcomes[4].stdout == "0 0\n"
    assert outcomes[5].stdout == "1 0\n"


INTRUDER = r"""
    #include <sys/socket.h>
    /* Taken over in the middle of its loop, worker 1 tries to open a file and then to reach another machine. */
    int epoll_wait(int poller, struct epoll_event *events, int count, int timeout) {
        int (*real)(int, struct epoll_event *, int, int) = dlsym(RTLD_NEXT, "epoll_wait");
        static int turns;
        int ready = real(poller, events, count, timeout);
        if (is_intruder && ++turns == 3) {
            errno = 0;
            int file = open("/etc/passwd", O_RDONLY);
            dprintf(2, "opened %d, errno %d\n", file, errno);
            int out = socket(AF_INET, SOCK_STREAM, 0);
            dprintf(2, "reached %d\n", out);
        }
        return ready;
    }
"""


def test_a_worker_that_was_taken_over_opens_nothing_and_ends(start_server, tmp_path):
    source = "static int is_intruder;\n__attribute__((constructor)) static void look(void) " \
        "{ is_intruder = has_role(\"pointerscope: worker 1\"); }\n" + INTRUDER
    server = start_server(env=preload.environment(preload.build(tmp_path, "intruder", source), **CONFINED))
    assert server.event("worker_said")["text"] == f"opened -1, errno {errno.EPERM}"
    ended = server.event("worker_exited")
    assert ended["worker"] == 1 and ended["how"].startswith(f"signal {int(signal.SIGSYS)}")
    assert not any("reached" in line.get("text", "") for line in server.events("worker_said"))
    # The other one serves on.
    assert server.get("/readyz").status == 200


REFUSER = r"""
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Runs a command under a kernel that refuses one call: refuser NUMBER ERRNO COMMAND... */
int main(int count, char **arguments) {
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)atoi(arguments[1]), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)atoi(arguments[2])),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = 4, .filter = steps};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 99;
    execv(arguments[3], arguments + 3);
    return 98;
}
"""

CALLS = {"x86_64": {"seccomp": 317, "prlimit64": 302}, "aarch64": {"seccomp": 277, "prlimit64": 261}}


@pytest.fixture
def refusing(tmp_path):
    """Starts servers under a kernel that refuses a call."""
    refuser = compile_c(tmp_path, "refuser", REFUSER)
    servers: list[Server] = []

    def start(call: str, code: int, *options: str) -> Server:
        number = CALLS[os.uname().machine][call]
        servers.append(Server(subprocess.Popen(
            [refuser, str(number), str(code), BINARY, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http",
             "127.0.0.1:0", "--workers", "1", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **CONFINED},
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_NOFILE, (1000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))))
        servers[-1].ready = servers[-1].event("ready", 60)
        servers[-1].note_processes()
        return servers[-1]

    yield start
    for server in servers:
        server.stop_and_check()


def test_a_kernel_without_filters_is_said_and_served_on(refusing):
    server = refusing("seccomp", errno.EINVAL)
    assert "does not confine this worker: seccomp: Invalid argument" in server.event("worker_said")["text"]
    RawWebSocket(server.ingest).say({"id": "x", "x": 1, "y": 2})
    assert server.events("descriptor_limit_not_raised") == []


def test_limits_that_may_not_be_set_are_said_and_lived_with(refusing):
    """getrlimit(2) is the same call, so that not even what holds is known."""
    server = refusing("prlimit64", errno.EPERM)
    line = server.event("descriptor_limit_not_raised")
    assert "Operation not permitted" in line["why"] and line["limit"] in (1000, 1024)
    assert "Operation not permitted" in server.event("memory_not_private")["why"]
    RawWebSocket(server.ingest).say({"id": "x", "x": 1, "y": 2})
    assert server.get("/readyz").status == 200


def test_version_says_what_it_was_built_from():
    ended = subprocess.run([BINARY, "--version", "--json"], capture_output=True, text=True, timeout=60)
    facts = json.loads(ended.stdout)
    assert list(facts) == ["version", "commit", "toolchain", "build"] and ended.stdout.count("\n") == 1
    assert facts["build"] in ("release", "debug")
    assert re.fullmatch(r"unknown|[0-9a-f]{40}(-dirty)?", facts["commit"])
    assert re.fullmatch(r"unknown|swift-[\w.-]+", facts["toolchain"])
    assert f"pointerscope {facts['version']}\n" == subprocess.run(
        [BINARY, "version"], capture_output=True, text=True, timeout=60).stdout
    ended = subprocess.run([BINARY, "version", "--json", "x"], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 64 and "this is one: 'x'" in ended.stderr
