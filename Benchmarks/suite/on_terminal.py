"""A program on a pty of its own, and what it costs."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import time

from . import processes

STOP_SECONDS = 10


class OnTerminal:
    """Runs `command` on a terminal of 120x40 that takes everything at once."""

    def __init__(self, drain, command, environment, columns=120, rows=40):
        self._drain = drain
        self.descriptor, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        variables = {
            **os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8", **environment}
        variables.pop("NO_COLOR", None)
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=variables, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.pid = self.process.pid
        self.count = drain.add(self.descriptor)

    def press(self, keys):
        os.write(self.descriptor, keys.encode())

    def pin(self, core):
        """Keeps the process, without its children, on a core; the rest of the machine stays anyone's."""
        for task in os.listdir(f"/proc/{self.pid}/task"):
            os.sched_setaffinity(int(task), core)

    def measure(self, seconds):
        """What it takes and writes over the next seconds; it must live to their end."""
        cpu = processes.Stopwatch(self.pid)
        size, pictures, begin = self.count.bytes, self.count.pictures, time.monotonic()
        time.sleep(seconds)
        share = cpu.share()
        wall = time.monotonic() - begin
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.process.args[0]} ended with {self.process.returncode}")
        memory = processes.memory_kib(self.pid)
        return {
            "cpu_percent": share * 100,
            "kib_per_second": (self.count.bytes - size) / wall / 1024,
            "pictures_per_second": (self.count.pictures - pictures) / wall,
            "rss_mib": memory["Rss"] / 1024,
            "pss_mib": memory["Pss"] / 1024,
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._drain.remove(self.descriptor)
        os.close(self.descriptor)
