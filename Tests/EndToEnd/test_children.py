"""What the master's children are started with, and what becomes of a start that fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

import preload
from server import BINARY, children_of, is_alive
from waiting import wait_until
from wire import RawWebSocket, Stream

FEW_VARIABLES = {
    "LD_LIBRARY_PATH", "LD_PRELOAD", "GLIBC_TUNABLES", "SWIFT_BACKTRACE", "ASAN_OPTIONS", "UBSAN_OPTIONS",
    "POINTERSCOPE_DEBUGGABLE"}


def environment_of(pid: int) -> dict[str, str]:
    with open(f"/proc/{pid}/environ") as file:
        return dict(entry.split("=", 1) for entry in file.read().split("\0") if entry)


def descriptors_of(pid: int) -> dict[str, int]:
    """How many descriptors of which kind a process has open."""
    kinds: dict[str, int] = {}
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            kind = os.readlink(f"/proc/{pid}/fd/{name}").split(":[")[0]
        except OSError:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
    return kinds


def test_children_get_the_few_variables_they_need(start_server):
    secrets = {"AWS_SECRET_ACCESS_KEY": "s3cret", "POINTERSCOPE_WORKERS": "7", "HOME": "/nowhere", "LD_PRELOADED": "no"}
    needed = {"LD_LIBRARY_PATH": "/nowhere/lib", "GLIBC_TUNABLES": "glibc.malloc.arena_max=2"}
    server = start_server("--demo=2", env={**os.environ, **secrets, **needed})
    server.event("demo_started")
    children = children_of(server.pid)
    assert len(children) == 3
    for pid in children:
        variables = environment_of(pid)
        assert set(variables) <= FEW_VARIABLES
        assert variables.items() >= needed.items()
    # A successor gets no more than the first.
    server.kill_worker(server.worker_pids()[0])
    server.event("worker_ready", count=3)
    for pid in children_of(server.pid):
        assert set(environment_of(pid)) <= FEW_VARIABLES


def test_the_binary_is_bound_before_it_runs_and_looks_for_nothing_beside_it():
    readelf = shutil.which("readelf")
    assert readelf, "binutils are needed to build"
    dynamic = subprocess.run([readelf, "-dW", BINARY], capture_output=True, text=True, check=True).stdout
    segments = subprocess.run([readelf, "-lW", BINARY], capture_output=True, text=True, check=True).stdout
    assert not re.search(r"\((RPATH|RUNPATH)\)", dynamic), "make build links with --disable-local-rpath"
    assert "BIND_NOW" in dynamic and re.search(r"FLAGS_1\).*\bNOW\b.*\bPIE\b", dynamic)
    assert "GNU_RELRO" in segments
    assert re.search(r"GNU_STACK .* RW +0x", segments), "the stack is not to be executed"


def test_arguments_are_those_of_main_whatever_was_loaded_before(start_server, tmp_path):
    library = preload.build(tmp_path, "setenv", r"""
        __attribute__((constructor)) static void set(void) {
            setenv("POINTERSCOPE_TEST_ADDED", "1", 1);
            for (int count = 0; count < 100; count++) {
                char name[32];
                snprintf(name, sizeof name, "ADDED_%d", count);
                setenv(name, "x", 1);
            }
        }
    """)
    environment = preload.environment(library)
    version = subprocess.run([BINARY, "--version"], env=environment, capture_output=True, text=True, timeout=60)
    assert version.returncode == 0 and version.stdout.startswith("pointerscope ")
    # Those of the workers and of the demo as well, or nobody would ever be ready.
    server = start_server("--demo=3", env=environment)
    wait_until(lambda: len(server.state()["visitors"]) == 3, 60, "the demo's visitors")
    # And the environment is read as it is by then.
    ended = subprocess.run(
        [BINARY, "serve", "--headless"], env={**environment, "POINTERSCOPE_WORKERS": "many"},
        capture_output=True, text=True, timeout=60)
    assert ended.returncode == 64 and "POINTERSCOPE_WORKERS" in ended.stderr


LIMITS = [24, 40, 60, 80, 120, 160, 200, 240, 400]
"""MiB of address space: from too little to load more than the program itself to more than enough."""


@pytest.mark.parametrize("mebibytes", LIMITS)
def test_too_little_memory_is_said_at_the_start(mebibytes):
    def limit() -> None:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (mebibytes << 20, mebibytes << 20))

    process = subprocess.Popen(
        [BINARY, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2"],
        stderr=subprocess.PIPE, text=True, preexec_fn=limit)
    first = process.stderr.readline()
    if '"starting"' in first:
        assert mebibytes > 192
        for line in process.stderr:
            if '"ready"' in line:
                process.terminate()
        assert process.wait(timeout=30) == 0
    else:
        assert process.wait(timeout=30) == 71, first
        assert "memory" in first and "ulimit -v" in first
        assert process.stderr.read() == ""
    process.stderr.close()


def test_a_worker_that_cannot_start_ends_the_start(tmp_path):
    """Memory is refused to the workers alone, as by a machine that has just enough left for their master."""
    library = preload.build(tmp_path, "scarce", r"""
        void *mmap(void *at, size_t length, int protection, int flags, int file, off_t offset) {
            void *(*real)(void *, size_t, int, int, int, off_t) = dlsym(RTLD_NEXT, "mmap");
            if (length == 32 << 20 && has_role("@worker")) { errno = ENOMEM; return MAP_FAILED; }
            return real(at, length, protection, flags, file, offset);
        }
    """)
    process = subprocess.Popen(
        [BINARY, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0"],
        stderr=subprocess.PIPE, text=True, env=preload.environment(library))
    _, said = process.communicate(timeout=60)
    assert process.returncode == 71
    last = said.strip().splitlines()[-1]
    assert last.startswith("pointerscope: a worker could not start") and "memory" in last
    assert '"event":"ready"' not in said


REFUSING_POLLER = r"""
    /* Refuses to watch a process once, when there is a file that says so; it says which process that was. */
    int epoll_ctl(int poller, int operation, int descriptor, struct epoll_event *event) {
        int (*real)(int, int, int, struct epoll_event *) = dlsym(RTLD_NEXT, "epoll_ctl");
        const char *order = getenv("REFUSE_ONCE");
        char path[64], target[64] = "";
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
        ssize_t count = readlink(path, target, sizeof target - 1);
        (void)count;
        if (operation == EPOLL_CTL_ADD && order && strstr(target, "[pidfd]") && unlink(order) == 0) {
            errno = ENOSPC;
            return -1;
        }
        return real(poller, operation, descriptor, event);
    }
"""


def test_a_worker_that_cannot_be_watched_leaves_nothing(start_server, tmp_path):
    library = preload.build(tmp_path, "refusing", REFUSING_POLLER)
    order = tmp_path / "refuse"
    server = start_server(workers=2, env=preload.environment(library, REFUSE_ONCE=str(order)))
    viewer = Stream(server)
    victim = children_of(server.pid)[0]
    descriptors = descriptors_of(server.pid)
    order.touch()
    server.kill_worker(victim)
    assert "No space left" in server.event("worker_not_started")["why"]
    server.event("worker_ready", count=3)
    # Neither a process nor a zombie, neither a channel nor a descriptor is left of the one in between.
    children = children_of(server.pid)
    assert len(children) == 2 and all(is_alive(pid) for pid in children)
    assert set(children) == set(server.worker_pids())
    wait_until(
        lambda: descriptors_of(server.pid) == descriptors, 60,
        lambda: f"the descriptors of before, {descriptors}; they are {descriptors_of(server.pid)}")
    visitors = [RawWebSocket(server.ingest) for _ in range(4)]
    for number, visitor in enumerate(visitors):
        visitor.say({"id": f"v{number}", "x": number, "y": 0})
    assert {message.data["id"] for message in viewer.take(4)} == {"v0", "v1", "v2", "v3"}
    assert server.metrics()["pointerscope_worker_restarts_total"] == 2


def test_a_demo_that_cannot_be_watched_leaves_nothing(start_server, tmp_path):
    library = preload.build(tmp_path, "refusing", REFUSING_POLLER.replace("order &&", "has_demo() && order &&").replace(
        "/* Refuses", """static int has_demo(void) {
            char path[64], list[256] = "";
            snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
            int file = open(path, O_RDONLY);
            ssize_t count = read(file, list, sizeof list - 1);
            close(file);
            int children = 0;
            for (ssize_t at = 0; at < count; at++) children += list[at] == ' ';
            return children == 3;
        }
        /* Refuses"""))
    order = tmp_path / "refuse"
    order.touch()
    server = start_server("--demo=3", workers=2, env=preload.environment(library, REFUSE_ONCE=str(order)))
    assert "No space left" in server.event("demo_not_started")["why"]
    assert set(children_of(server.pid)) == set(server.worker_pids())
