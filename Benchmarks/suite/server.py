"""A contestant that runs: pinned from its first instruction, ready when it says so, stopped with SIGTERM."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time

from . import processes

READY_SECONDS = 20
STOP_SECONDS = 10
PROBE_SECONDS = 0.001


class Server:
    """Started on `core`. It is ready with the line on standard error that says so, or, where it knows no such line,
    when `probe`, an address, takes connections."""

    def __init__(self, command, environment, core, probe=None, folder=None):
        self._folder = folder
        before = os.sched_getaffinity(0)
        # Inherited by the child, so that not even its first instruction runs elsewhere.
        os.sched_setaffinity(0, core)
        try:
            begin = time.monotonic()
            self.process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, env=environment, start_new_session=True)
        finally:
            os.sched_setaffinity(0, before)
        self._ready = None
        self._complaints = []
        self._is_decided = threading.Event()
        if probe is not None:
            self._await_port(probe)
        threading.Thread(target=self._read_log, daemon=True).start()
        self._is_decided.wait(READY_SECONDS)
        if self._ready is None:
            self.__exit__()
            raise RuntimeError(f"{command[0]} did not get ready: {' '.join(self._complaints)}")
        self.start_seconds = self._ready_at - begin
        self.ingest = self._ready["ingest"]
        self.http = self._ready["http"]
        self.pid = self._ready["pid"]

    def _await_port(self, address):
        host, _, port = address.rpartition(":")
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection((host, int(port))).close()
            except ConnectionRefusedError:
                time.sleep(PROBE_SECONDS)
                continue
            self._is_ready({"ingest": address, "http": address, "pid": self.process.pid})
            return

    def _is_ready(self, value):
        self._ready_at = time.monotonic()
        self._ready = value
        self._is_decided.set()

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
                self._is_ready(value)
        self._is_decided.set()

    def own_bytes(self):
        return processes.own_bytes(self.pid)

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
            members = processes.tree(self.process.pid)
            for member in reversed(members):
                processes.kill(member)
            self.process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
