"""What draws on the terminal: this project's front process, and three that people leave open all day.

Each contestant's `open` gives a program on a pty that has something to draw: Pointerscope and the system monitors a
machine on which a demo of so many visitors runs, goaccess a log to which a line is appended for each of their samples.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from . import processes
from .on_terminal import OnTerminal
from .paths import BENCHMARKS, POINTERSCOPE
from .server import Server

# What a visitor of the demo sends while the terminal is looked at.
SAMPLES_PER_VISITOR = 16
PORTS = ["--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2"]
START_SECONDS = 20


def binary():
    return str(POINTERSCOPE)


def understands(word, *command):
    """Whether the help of a command of the release binary knows a word."""
    answer = subprocess.run([binary(), *command, "--help"], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and word in answer.stdout


def headless(visitors):
    """A server whose demo keeps the machine busy."""
    command = [binary(), "serve", "--headless", *PORTS, f"--demo={visitors}"]
    return Server(command, None, os.sched_getaffinity(0))


class Monitor:
    """What the contestants have in common: a home of their own, so that nobody's settings are read or written."""

    package = None
    command = None

    def missing(self):
        if shutil.which(self.command) is None:
            return f"{self.command} is not installed (make bench-terminal installs it)"
        return None

    def version(self):
        answer = subprocess.run([self.command, "--version"], capture_output=True, text=True, check=False)
        words = answer.stdout.split("\n")[0].replace("version:", "").replace(" - ", " ").split()
        return " ".join([self.name, *words[-1:]]).rstrip(".")

    @contextlib.contextmanager
    def home(self):
        with tempfile.TemporaryDirectory(prefix="bench-terminal-") as folder:
            yield pathlib.Path(folder), {
                "HOME": folder, "XDG_CONFIG_HOME": f"{folder}/config", "XDG_STATE_HOME": f"{folder}/state"}


class Front(Monitor):
    """`pointerscope serve --demo=N`: the front process alone; master, workers and demo are others."""

    name = "Pointerscope"

    def __init__(self, *options):
        self.options, self.program = options, binary()

    def missing(self):
        return None if os.path.exists(binary()) else "no release build of pointerscope: run make build first"

    def version(self):
        return "Pointerscope, static release build, 10 pictures a second"

    @contextlib.contextmanager
    def open(self, drain, visitors):
        with self.home() as (_, environment):
            command = [self.program, "serve", *PORTS, f"--demo={visitors}", *self.options]
            with OnTerminal(drain, command, environment) as terminal:
                deadline = time.monotonic() + START_SECONDS
                while not (terminal.count.bytes and processes.children(terminal.pid)):
                    if time.monotonic() > deadline or terminal.process.poll() is not None:
                        raise RuntimeError("pointerscope serve drew nothing")
                    time.sleep(0.05)
                yield terminal


class SystemMonitor(Monitor):
    """Draws a machine on which the demo runs."""

    @contextlib.contextmanager
    def open(self, drain, visitors):
        with headless(visitors), self.home() as (folder, environment):
            command, more = self.prepare(folder)
            with OnTerminal(drain, command, {**environment, **more}) as terminal:
                yield terminal


class Btop(SystemMonitor):
    name, command = "btop", "btop"

    def version(self):
        return super().version() + ", update_ms 100, the least it takes"

    def prepare(self, folder):
        settings = folder / "config" / "btop"
        settings.mkdir(parents=True)
        (settings / "btop.conf").write_text("#? Config file for btop\nupdate_ms=100\n")
        return ["btop"], {}


class Htop(SystemMonitor):
    name, command = "htop", "htop"

    def version(self):
        return super().version() + ", -d 1: 0.1 s, the least it takes"

    def prepare(self, folder):
        return ["htop", "-d", "1"], {"HTOPRC": str(folder / "htoprc")}


class Goaccess(Monitor):
    """Reads a log as it grows."""

    name, command = "goaccess", "goaccess"

    def version(self):
        return super().version() + ", its terminal screen, which has no rate to set"

    @contextlib.contextmanager
    def open(self, drain, visitors):
        with self.home() as (folder, environment):
            log = folder / "access.log"
            log.touch()
            writer = subprocess.Popen([
                sys.executable, BENCHMARKS / "suite" / "append_log.py", log, str(visitors * SAMPLES_PER_VISITOR)])
            try:
                # An empty log is refused.
                time.sleep(0.5)
                command = ["goaccess", str(log), "--log-format=COMBINED", "--no-global-config"]
                with OnTerminal(drain, command, environment) as terminal:
                    yield terminal
            finally:
                writer.kill()
                writer.wait()


def contestants():
    return [Front(), Btop(), Htop(), Goaccess()]
