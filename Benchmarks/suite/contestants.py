"""The servers under test, each started the same way: a ready line on standard error, SIGTERM at the end."""

import json
import os
import shutil
import subprocess
import threading
import time

from . import processes
from .paths import BENCHMARKS, RELEASE

READY_SECONDS = 20
STOP_SECONDS = 10
FLAGS = ["--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2"]


class Server:
    """A contestant that runs."""

    def __init__(self, command, environment, core):
        before = os.sched_getaffinity(0)
        # Inherited by the child, so that not even its first instruction runs elsewhere.
        os.sched_setaffinity(0, core)
        try:
            begin = time.monotonic()
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                env=environment, start_new_session=True)
        finally:
            os.sched_setaffinity(0, before)
        self._ready = None
        self._complaints = []
        self._is_decided = threading.Event()
        threading.Thread(target=self._read_log, daemon=True).start()
        self._is_decided.wait(READY_SECONDS)
        if self._ready is None:
            self.process.kill()
            raise RuntimeError(f"{self.process.args[0]} did not get ready: {' '.join(self._complaints)}")
        self.start_seconds = self._ready_at - begin
        self.ingest = self._ready["ingest"]
        self.http = self._ready["http"]
        self.pid = self._ready["pid"]

    def _read_log(self):
        """Waits for the ready line, then reads on, so that a server that logs much is never held up."""
        for line in self.process.stderr:
            if self._ready is not None:
                continue
            try:
                value = json.loads(line)
            except ValueError:
                self._complaints.append(line.decode(errors="replace").strip())
                continue
            if value.get("event") == "ready":
                self._ready_at = time.monotonic()
                self._ready = value
                self._is_decided.set()
        self._is_decided.set()

    def pss_bytes(self):
        return processes.pss_bytes(self.pid)

    def cpu_seconds(self):
        return processes.cpu_seconds(self.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Pointerscope:
    """This project, as `make build` leaves it."""

    name = "Pointerscope"
    has_metrics = True

    def missing(self):
        for product in ["pointerscope", "pointerscope-bench"]:
            if not (RELEASE / product).exists():
                return f"no release build of {product}: run make build first"
        return None

    def version(self):
        return "Pointerscope, static release build"

    def start(self, core):
        return Server([RELEASE / "pointerscope", "serve", "--headless", *FLAGS], None, core)


class Node:
    """The same architecture on Node: cluster, ws, JSON.parse, process.send, one SSE write a sample."""

    name = "Node"
    has_metrics = False

    def __init__(self):
        # NodeSource's node does not look where Debian puts its packages.
        self.environment = {**os.environ, "NODE_PATH": "/usr/share/nodejs"}

    def missing(self):
        if not shutil.which("node"):
            return "node is not installed"
        probe = subprocess.run(
            ["node", "-e", "require('ws')"], env=self.environment, capture_output=True, check=False)
        return "the package node-ws is not installed" if probe.returncode else None

    def version(self):
        script = "console.log('Node', process.version + ', ws', require('ws/package.json').version)"
        return subprocess.check_output(["node", "-e", script], env=self.environment, text=True).strip()

    def start(self, core):
        command = [shutil.which("node"), BENCHMARKS / "node" / "server.js", *FLAGS]
        return Server(command, self.environment, core)
