"""The real binary, started with ports of the kernel's choice and read through its log."""

from __future__ import annotations

import atexit
import functools
import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Iterable, Iterator

from waiting import wait_until

BINARY = os.path.abspath(os.environ.get(
    "POINTERSCOPE", Path(__file__).resolve().parents[2] / ".build/release/pointerscope"))
if os.geteuid() != 0:
    # Tests look into servers, which only root may where they keep to themselves.
    os.environ["POINTERSCOPE_DEBUGGABLE"] = "1"
START_SECONDS = 60
STOP_SECONDS = 30
"""Far more than the five that are promised, which one test looks at."""


@functools.cache
def binary_for_anyone() -> str:
    """A copy of the binary where other users get to it, too: this tree may lie in root's own folder."""
    folder = tempfile.mkdtemp(prefix="pointerscope-binary-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.chmod(folder, 0o755)
    return shutil.copy(BINARY, folder)


class Server:
    """One `pointerscope serve --headless` and everything it says."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process
        self.lines: list[dict] = []
        self.raw_lines: list[str] = []
        self.is_expected_to_fail = False
        self.everyone: set[int] = {process.pid}
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()

    @classmethod
    def start(cls, *options: str, wait: bool = True, **more) -> "Server":
        arguments = [BINARY, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        process = subprocess.Popen(
            [*arguments, *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, **more)
        server = cls(process)
        if wait:
            server.ready = server.event("ready", START_SECONDS)
            server.note_processes()
        return server

    def _read_log(self) -> None:
        for raw in self.process.stderr:
            line = raw.decode(errors="replace")
            self.raw_lines.append(line)
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                pass

    # What it says

    def events(self, name: str) -> list[dict]:
        return [line for line in self.lines if line.get("event") == name]

    def event(self, name: str, seconds: float = 30, count: int = 1) -> dict:
        """The count-th log line of this event, awaited."""
        def found():
            lines = self.events(name)
            return lines[count - 1] if len(lines) >= count else None
        return wait_until(found, seconds, f"log line '{name}' no. {count}")

    @property
    def ingest(self) -> tuple[str, int]:
        host, port = self.ready["ingest"].rsplit(":", 1)
        return host, int(port)

    @property
    def http(self) -> tuple[str, int]:
        host, port = self.ready["http"].rsplit(":", 1)
        return host, int(port)

    @property
    def pid(self) -> int:
        return self.ready["pid"]

    @property
    def ingest_url(self) -> str:
        return "ws://%s:%d/" % self.ingest

    @property
    def http_url(self) -> str:
        return "http://%s:%d" % self.http

    def get(self, path: str, method: str = "GET", headers: dict | None = None):
        """The answer to one request, with its body read."""
        connection = http.client.HTTPConnection(*self.http, timeout=60)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            response.text = response.read().decode()
            return response
        finally:
            connection.close()

    def state(self) -> dict:
        return json.loads(self.get("/api/state").text)

    def metrics(self) -> "Metrics":
        return Metrics(self.get("/metrics").text)

    # Its processes

    def children(self) -> list[int]:
        return children_of(self.pid)

    def worker_pids(self) -> list[int]:
        return [worker["pid"] for worker in self.state()["workers"] if worker["pid"]]

    def note_processes(self) -> None:
        self.everyone.update([self.pid, *self.children()])

    def kill_worker(self, pid: int) -> None:
        """Ends a worker as the kernel would; it is gone when this returns."""
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_alive(pid), 60, f"worker {pid} to be gone")

    def pss_bytes(self) -> int:
        """Memory of the whole tree, shared pages divided among those who share them."""
        return sum(pss_bytes(pid) for pid in [self.pid, *self.children()])

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends the signal and returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=STOP_SECONDS)

    def stop_and_check(self) -> None:
        """Ends it, if it still runs, and asserts that it ended well and left nobody behind."""
        if self.process.poll() is None:
            self.note_processes_if_alive()
            status = self.stop()
            assert status == 0 or self.is_expected_to_fail, f"exit {status}: {self.raw_lines[-20:]}"
        for pid in self.everyone:
            wait_until(lambda: not is_alive(pid), 60, f"process {pid} to be gone")
        self._reader.join(timeout=10)
        self.process.stderr.close()

    def note_processes_if_alive(self) -> None:
        try:
            self.everyone.update(children_of(self.process.pid))
        except OSError:
            pass


class Metrics:
    """A Prometheus text, strictly parsed."""

    def __init__(self, text: str) -> None:
        self.samples: dict[str, float] = {}
        self.types: dict[str, str] = {}
        family = None
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, family, kind = line.split(" ")
                assert family not in self.types, f"{family} stands twice"
                assert kind in ("counter", "gauge", "histogram", "summary")
                self.types[family] = kind
            elif line.startswith("# HELP "):
                continue
            else:
                name, value = line.rsplit(" ", 1)
                stem = name.split("{")[0]
                if self.types.get(family) in ("histogram", "summary"):
                    stem = stem.removesuffix("_sum").removesuffix("_count").removesuffix("_bucket")
                assert stem == family, f"{name} stands outside its family"
                assert name not in self.samples, f"{name} stands twice"
                self.samples[name] = float(value)
        assert text.endswith("\n")

    def __getitem__(self, name: str) -> float:
        """A sample by its full name, or the sum of a family."""
        if name in self.samples:
            return self.samples[name]
        parts = [value for key, value in self.samples.items() if key.startswith(name + "{")]
        assert parts, f"no metric {name}"
        return sum(parts)

    def check_accounting(self) -> None:
        """The contract's two sums, and that nothing was lost."""
        prefix = "pointerscope_events_"
        received = self[prefix + "received_total"]
        folded = self[prefix + 'conflated_total{stage="relay"}']
        lost = self[prefix + "lost_total"]
        assert received == self[prefix + "relayed_total"] + folded + lost
        offered = self[prefix + "offered_total"]
        delivered = self[prefix + "delivered_total"]
        conflated = self[prefix + 'conflated_total{stage="viewer"}']
        assert offered == delivered + conflated + self[prefix + "undelivered_total"] + self[prefix + "pending"]


def children_of(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def state_of(pid: int) -> str:
    """The letter of a process's state: R, S, T and so on (proc_pid_stat(5))."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return state_of(pid) != "Z"
    except OSError:
        return False


def whole_lines(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a log that is being written: the last may not be whole yet."""
    return (line for line in lines if line.endswith("\n"))


def pss_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def resident_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmRSS")


def peak_bytes(pid: int) -> int:
    """The most that was resident since the start, or since `reset_peak`."""
    return _status_bytes(pid, "VmHWM")


def reset_peak(pid: int) -> None:
    """Lets the peak begin anew (proc(5), clear_refs)."""
    with open(f"/proc/{pid}/clear_refs", "w") as file:
        file.write("5")


def _status_bytes(pid: int, key: str) -> int:
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
    return 0
