"""`pointerscope serve` on a real pty, its screen kept by a terminal emulator."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import termios
import threading

import pyte

from server import BINARY, Metrics, children_of, is_alive
from waiting import wait_until

ADDRESSES = re.compile(r"ingest (127\.0\.0\.1:\d+).*http (127\.0\.0\.1:\d+)")


class Screen(pyte.Screen):
    """The emulator with what it lacks of xterm and ncurses uses: SU, SD and REP (ECMA-48, section 8.3)."""

    last_drawn = " "

    def draw(self, data: str) -> None:
        super().draw(data)
        self.last_drawn = data[-1:] or self.last_drawn

    def scroll_up(self, count: int = 1) -> None:
        self._scroll(count or 1, upwards=True)

    def scroll_down(self, count: int = 1) -> None:
        self._scroll(count or 1, upwards=False)

    def _scroll(self, count: int, upwards: bool) -> None:
        top, bottom = self.margins or (0, self.lines - 1)
        kept = self.cursor.y
        self.cursor.y = bottom if upwards else top
        for _ in range(count):
            self.index() if upwards else self.reverse_index()
        self.cursor.y = kept

    def repeat(self, count: int = 1) -> None:
        self.draw(self.last_drawn * (count or 1))


class Stream(pyte.ByteStream):
    """The parser that knows them."""

    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down", "b": "repeat"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "repeat"}


class Terminal:
    """A front process, its pty, and the picture."""

    def __init__(self, columns: int, rows: int, *options: str, locale: str = "C.UTF-8", **environment) -> None:
        self.screen = Screen(columns, rows)
        self.feed = Stream(self.screen)
        self.lock = threading.Lock()
        self.reads = threading.Event()
        self.reads.set()
        self.bytes_read = 0
        self.master, slave = pty.openpty()
        self.modes_before = termios.tcgetattr(slave)
        self._set_size(slave, columns, rows)
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for number in range(3):
                os.dup2(slave, number)
            os.closerange(3, 256)
            variables = {**os.environ, "TERM": "xterm-256color", "LC_ALL": locale, **environment}
            os.execve(BINARY, [BINARY, "serve", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0",
                               "--workers", "2", *options], variables)
        self.slave = slave
        self.status: int | None = None
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    @staticmethod
    def _set_size(descriptor: int, columns: int, rows: int) -> None:
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> None:
        while True:
            self.reads.wait()
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            if not data:
                return
            with self.lock:
                self.bytes_read += len(data)
                self.feed.feed(data)

    @property
    def text(self) -> str:
        with self.lock:
            return "\n".join(self.screen.display)

    @property
    def rows(self) -> list[str]:
        return self.text.split("\n")

    def resize(self, columns: int, rows: int) -> None:
        with self.lock:
            self.screen.resize(rows, columns)
        self._set_size(self.slave, columns, rows)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def wait_for(self, pattern: str, seconds: float = 20) -> re.Match:
        return wait_until(lambda: re.search(pattern, self.text), seconds, f"{pattern!r} on\n{self.text}")

    def connect(self) -> None:
        """Waits for the picture and learns the addresses from it."""
        wait_until(self._learn_addresses, 20, f"the addresses on\n{self.text}")
        self.server_pid = children_of(self.pid)[0]
        self.everyone = [self.server_pid, *children_of(self.server_pid)]

    def _learn_addresses(self) -> bool:
        """Whether both ports are on the screen and answer; a picture may be half painted."""
        found = re.search(ADDRESSES.pattern, self.text)
        if not found:
            return False
        self.ingest, self.http = [
            ("127.0.0.1", int(address.rsplit(":", 1)[1])) for address in found.groups()]
        try:
            for address in (self.ingest, self.http):
                socket.create_connection(address, timeout=5).close()
            return True
        except OSError:
            return False

    def get(self, path: str) -> str:
        connection = http.client.HTTPConnection(*self.http, timeout=20)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def state(self) -> dict:
        return json.loads(self.get("/api/state"))

    def metrics(self) -> Metrics:
        return Metrics(self.get("/metrics"))

    def wait_for_exit(self, seconds: float = 5) -> int:
        """The exit status (negative: a signal), and that it came in time."""
        def ended():
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            return (status,) if pid else None
        self.status = os.waitstatus_to_exitcode(wait_until(ended, seconds, "the front to exit")[0])
        return self.status

    def check_everyone_is_gone(self) -> None:
        for pid in self.everyone:
            wait_until(lambda: not is_alive(pid), 10, f"process {pid} to be gone")

    def check_modes_restored(self) -> None:
        assert termios.tcgetattr(self.slave) == self.modes_before

    def end(self) -> None:
        if self.status is None:
            self.reads.set()
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for descriptor in (self.slave, self.master):
            os.close(descriptor)
        self.reader.join(timeout=10)
