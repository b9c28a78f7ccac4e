"""`pointerscope serve` and `pointerscope top` on a real pty, their screen kept by a terminal emulator."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import tempfile
import termios
import threading
import time
from pathlib import Path
from typing import Callable

from emulator import Screen, Stream
from monitor_words import ASKS_TO_STOP
from server import BINARY, Metrics, children_of, is_alive, state_of, whole_lines
from waiting import wait_until, wait_until_holds
from wire import close_clients_of

# What decides how a picture looks; a test says what it wants, whatever terminal it is run from.
INHERITED_NO_MORE = {"COLORTERM", "NO_COLOR", "LANG", "LC_CTYPE", "COLUMNS", "LINES", "TMUX", "TERM_PROGRAM"}
# Application keys, mouse reports, the other screen, pasting in brackets, pictures at once.
MODES_OF_PICTURES = {1, 1000, 1002, 1003, 1006, 1047, 1049, 2004, 2026}


class Program:
    """A process, its pty, and the picture; settings are kept in a home of its own, or in `home`."""

    def __init__(self, columns: int, rows: int, arguments: list[str], locale: str = "C.UTF-8",
                 home: Path | None = None, watcher: Callable[[bytes], None] | None = None,
                 standard_input: str | None = None, **environment) -> None:
        self.screen = Screen(columns, rows)
        self.feed = Stream(self.screen)
        self.lock = threading.Lock()
        self.reads = threading.Event()
        self.reads.set()
        self.is_hung_up = False
        self.bytes_read = 0
        self.watcher = watcher
        self.own_home = None if home else tempfile.mkdtemp(prefix="pointerscope-home-")
        self.home = Path(home or self.own_home)
        self.master, slave = pty.openpty()
        self.modes_before = termios.tcgetattr(slave)
        self._set_size(slave, columns, rows)
        variables = {key: value for key, value in os.environ.items() if key not in INHERITED_NO_MORE}
        variables.update({
            "TERM": "xterm-256color", "LC_ALL": locale, "TZ": "UTC", "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"), "XDG_STATE_HOME": str(self.home / "state"),
            **environment})
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for number in range(3):
                os.dup2(slave, number)
            if standard_input:
                os.dup2(os.open(standard_input, os.O_RDONLY), 0)
            os.closerange(3, 256)
            os.execve(BINARY, [BINARY, *arguments], variables)
        self.slave = slave
        self.status: int | None = None
        self.everyone: list[int] = [self.pid]
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    @staticmethod
    def _set_size(descriptor: int, columns: int, rows: int) -> None:
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> None:
        while not self.is_hung_up:
            self.reads.wait()
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            # Read and fed in one step, so that who holds the lock knows that nothing is on its way.
            with self.lock:
                try:
                    data = os.read(self.master, 65536)
                except OSError:
                    return
                if not data:
                    return
                self.bytes_read += len(data)
                self.feed.feed(data)
                if self.watcher:
                    self.watcher(data)

    # What is seen

    @property
    def text(self) -> str:
        with self.lock:
            return "\n".join(self.screen.display)

    @property
    def rows(self) -> list[str]:
        return self.text.split("\n")

    def wait_for(self, pattern: str, seconds: float = 30) -> re.Match:
        return wait_until(lambda: re.search(pattern, self.text), seconds, lambda: f"{pattern!r} on\n{self.text}")

    def wait_without(self, pattern: str, seconds: float = 30) -> None:
        wait_until(lambda: not re.search(pattern, self.text), seconds, lambda: f"no {pattern!r} on\n{self.text}")

    def find(self, pattern: str) -> tuple[int, int]:
        """Row and column, from 0, of the first place where this stands; a wide sign counts once."""
        for row, line in enumerate(self.rows):
            found = re.search(pattern, line)
            if found:
                return row, found.start()
        raise AssertionError(f"no {pattern!r} on\n{self.text}")

    @property
    def first_row(self) -> str:
        """The header alone, which is quickly read on a large screen."""
        with self.lock:
            cells = self.screen.buffer[0]
            return "".join(cells[column].data for column in range(self.screen.columns))

    def _rests(self) -> bool:
        """Whether all it wrote is in the picture, and it has taken every key and waits for more."""
        with self.lock:
            if select.select([self.master], [], [], 0)[0]:
                return False
        if self.has_ended():
            return True
        unread = struct.unpack("i", fcntl.ioctl(self.slave, termios.FIONREAD, bytes(4)))[0]
        return unread == 0 and state_of(self.pid) != "R"

    def settle(self, quiet: float = 0.25, seconds: float = 60) -> str:
        """The picture once nothing was written for a while, though the program could have."""
        def is_quiet() -> bool:
            before, began = self.bytes_read, time.monotonic()
            select.select([], [], [], quiet)
            # Whoever held us up may have held up the program too.
            stood_still = time.monotonic() - began > quiet + 0.05
            return not stood_still and self._rests() and self.bytes_read == before
        wait_until(is_quiet, seconds, lambda: f"a picture that stands still:\n{self.text}")
        return self.text

    # What is done

    def resize(self, columns: int, rows: int) -> None:
        with self.lock:
            self.screen.resize(rows, columns)
        self._set_size(self.slave, columns, rows)

    def press(self, keys: str) -> None:
        """Types what is a whole number of keys: behind a bare ESC its effect is to be awaited."""
        os.write(self.master, keys.encode())

    def click(self, row: int, column: int, times: int = 1) -> None:
        """Presses and lets go the left button at a cell (from 0), as SGR mode reports it (xterm, DEC mode 1006).

        All at once, so that two are a double click however slow the machine is.
        """
        place = f"\x1b[<0;{column + 1};{row + 1}"
        self.press(f"{place}M{place}m" * times)

    def wheel(self, row: int, column: int, notches: int) -> None:
        """Turns the wheel over a cell: up for a negative number, down for a positive one."""
        self.press(f"\x1b[<{65 if notches > 0 else 64};{column + 1};{row + 1}M" * abs(notches))

    def drag(self, start: tuple[int, int], end: tuple[int, int], button: int = 0) -> None:
        """Holds a button down from one cell to another, as DEC mode 1002 reports it; 2 is the right one."""
        (row, column), (last_row, last_column) = start, end
        middle = f"{(column + last_column) // 2 + 1};{(row + last_row) // 2 + 1}"
        goal = f"{last_column + 1};{last_row + 1}"
        self.press(f"\x1b[<{button};{column + 1};{row + 1}M\x1b[<{32 + button};{middle}M"
                   f"\x1b[<{32 + button};{goal}M\x1b[<{button};{goal}m")

    def click_right(self, row: int, column: int) -> None:
        self.press(f"\x1b[<2;{column + 1};{row + 1}M\x1b[<2;{column + 1};{row + 1}m")

    # How it ends

    def has_ended(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def quit(self, seconds: float = 30) -> int:
        """Presses q, says yes where it asks, and returns the exit status.

        Visitors who never answer the server's close are to be gone before: it waits nearly as long for them as its
        front waits for it.
        """
        self.press("q")
        wait_until(
            lambda: self.has_ended() or re.search(ASKS_TO_STOP, self.text), seconds,
            lambda: f"an end or a question on\n{self.text}")
        if self.status is None:
            self.press("y")
        return self.wait_for_exit(seconds)

    def wait_for_exit(self, seconds: float = 30) -> int:
        """The exit status (negative: a signal), and that it came in time."""
        wait_until(self.has_ended, seconds, lambda: f"process {self.pid} to exit; its screen:\n{self.text}")
        return self.status

    def check_everyone_is_gone(self) -> None:
        for pid in self.everyone:
            wait_until(lambda: not is_alive(pid), 60, f"process {pid} to be gone")

    def check_line_restored(self) -> None:
        """Input and output are treated as before; a terminal that takes nothing can be given back no further."""
        assert termios.tcgetattr(self.slave) == self.modes_before

    def check_modes_restored(self) -> None:
        """The terminal is as it was found: its line discipline, and what escape sequences changed."""
        self.check_line_restored()
        wait_until_holds(self._check_private_modes)

    def _check_private_modes(self) -> None:
        with self.lock:
            # pyte keeps DEC's private modes shifted by five bits.
            private = {mode >> 5 for mode in self.screen.mode if mode >= 32}
            assert not private & MODES_OF_PICTURES, private
            assert {7, 25} <= private, "lines wrap and the cursor is seen"
            margins = self.screen.margins
            assert margins is None or tuple(margins) == (0, self.screen.lines - 1), margins

    def end(self) -> None:
        if not self.has_ended():
            self.reads.set()
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = -signal.SIGKILL
        self.hang_up()
        if self.own_home:
            shutil.rmtree(self.own_home, ignore_errors=True)

    def hang_up(self) -> None:
        """Closes the terminal, as a window that is closed does."""
        if self.is_hung_up:
            return
        self.is_hung_up = True
        self.reads.set()
        self.reader.join(timeout=10)
        for descriptor in (self.slave, self.master):
            os.close(descriptor)


class Top(Program):
    """`pointerscope top URL`."""

    def __init__(self, columns: int, rows: int, url: str, *options: str, **more) -> None:
        super().__init__(columns, rows, ["top", url, *options], **more)


class Terminal(Program):
    """A front process, with the server behind it."""

    def __init__(self, columns: int, rows: int, *options: str, home: Path | None = None, **more) -> None:
        self.own_log = tempfile.NamedTemporaryFile(prefix="pointerscope-log-")
        super().__init__(
            columns, rows, ["serve", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2",
                            "--log", self.own_log.name, *options], home=home, **more)

    def connect(self) -> None:
        """Waits for the picture, and for the server to say where it listens."""
        def find_ready() -> dict | None:
            with open(self.own_log.name, encoding="utf-8") as file:
                return next((line for line in map(json.loads, whole_lines(file)) if line["event"] == "ready"), None)
        ready = wait_until(find_ready, 60, lambda: f"a server that is ready; its screen:\n{self.text}")
        self.ingest, self.http = [
            ("127.0.0.1", int(ready[name].rsplit(":", 1)[1])) for name in ("ingest", "http")]
        self.server_pid = ready["pid"]
        self.everyone = [self.server_pid, *children_of(self.server_pid)]
        self.wait_for(r"\blive\b")

    def close_clients(self) -> None:
        """Closes who is still connected: the server need not wait for them to answer its close."""
        close_clients_of(self.ingest, self.http)

    @property
    def url(self) -> str:
        return "http://%s:%d" % self.http

    def get(self, path: str) -> str:
        connection = http.client.HTTPConnection(*self.http, timeout=60)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def state(self) -> dict:
        return json.loads(self.get("/api/state"))

    def metrics(self) -> Metrics:
        return Metrics(self.get("/metrics"))
