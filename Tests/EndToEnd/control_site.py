"""A server in a folder of its own with visitors that load it, for those who ask it for things."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import preload
from controlling import Operator
from server import BINARY, Server, whole_lines
from waiting import wait_until

VISITORS, RATE = 150, 20

SLOW = r"""
/* Workers do not start, for as long as there is a file that says so, or worker 2 ends as it starts. */
__attribute__((constructor)) static void linger(void) {
    if (!has_role("pointerscope: worker 1") && !has_role("pointerscope: worker 2") && !has_role("pointerscope: worker 3"))
        return;
    for (int tries = 0; tries < 900 && access("FOLDER/slow", F_OK) == 0; tries++) usleep(10000);
    if (access("FOLDER/ill", F_OK) == 0 && has_role("pointerscope: worker 2")) _exit(3);
}
"""


class Site:
    """A server with program, configuration and log in a folder of its own, and visitors that load it."""

    def __init__(self, *options: str, descriptors: int | None = None) -> None:
        # Where others may look for the socket.
        self.folder = Path(tempfile.mkdtemp(prefix="pointerscope-matrix-"))
        self.folder.chmod(0o755)
        self.program, self.log = self.folder / "pointerscope", self.folder / "log"
        self.config = self.folder / "server.conf"
        shutil.copy(BINARY, self.program)
        self.config.write_text("grace = 5s\n")
        self.operator = Operator(self.folder / "control")
        library = preload.build(self.folder, "slow", SLOW.replace("FOLDER", str(self.folder)))

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.server = Server(subprocess.Popen(
            [self.program, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2",
             "--control", self.operator.path, "--log", self.log, "--config", self.config, *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=preload.environment(library), preexec_fn=limit if descriptors else None))
        self.server.ready = wait_until(lambda: next(iter(self.events("ready")), None), 60, "it")
        self.server.note_processes()
        self.load = None

    def events(self, name: str) -> list[dict]:
        lines = self.log.read_text().splitlines(keepends=True) if self.log.is_file() else []
        return [line for line in map(json.loads, whole_lines(lines)) if line["event"] == name]

    def begin_load(self) -> None:
        ingest, http = ("%s:%d" % getattr(self.server, port) for port in ("ingest", "http"))
        self.load = subprocess.Popen(
            [BINARY, "load", ingest, "--viewer", http, "--visitors", str(VISITORS), "--rate", str(RATE), "--duration", "20m",
             "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        wait_until(lambda: self.operator.json("status")["visitors"] == VISITORS, 60, "everybody")

    def end_load(self) -> dict:
        """What it says of itself."""
        self.load.send_signal(signal.SIGINT)
        text, _ = self.load.communicate(timeout=60)
        self.load = None
        return json.loads(text)

    def numbers(self) -> list[tuple[int, str]]:
        return [(worker["worker"], worker["state"]) for worker in self.operator.json("workers")]

    def settle(self, *numbers: int) -> None:
        """Waits until these workers run, and no others are left."""
        wait_until(lambda: self.numbers() == [(number, "running") for number in numbers], 60, f"workers {numbers}")

    def follow(self, *arguments: str) -> subprocess.Popen:
        return self.operator.follow(*arguments, "--json")

    def renew(self, source=BINARY) -> None:
        fresh = self.folder / "fresh"
        shutil.copy(source, fresh)
        fresh.rename(self.program)

    def close(self) -> None:
        try:
            if self.load:
                self.load.kill()
                self.load.communicate()
            self.server.stop_and_check()
        finally:
            shutil.rmtree(self.folder)
