"""What a service manager is to the server: a socket that is told how it is, and listening sockets passed on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

from server import BINARY, START_SECONDS, Server

LAUNCH = """
import os, sys
numbers, command = sys.argv[1].split(","), sys.argv[2:]
# Out of the way first, so that none is overwritten before it is copied.
high = [os.dup2(int(number), 100 + index, inheritable=False) for index, number in enumerate(numbers) if number]
for index, number in enumerate(high):
    os.dup2(number, 3 + index, inheritable=True)
os.environ.setdefault("LISTEN_PID", str(os.getpid()))
os.environ.setdefault("WATCHDOG_PID", str(os.getpid()))
os.execv(command[0], command)
"""
"""The process that becomes the server: descriptors from 3 on, and variables that name itself."""


class NotifySocket:
    """The socket of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)

    def next(self, seconds: float = 60) -> dict[str, str]:
        """The next message but signs of life, as a dictionary."""
        while True:
            message = self.any(seconds)
            if message != {"WATCHDOG": "1"}:
                return message

    def any(self, seconds: float = 60) -> dict[str, str]:
        """The next message."""
        self.socket.settimeout(seconds)
        return dict(line.split("=", 1) for line in self.socket.recv(65536).decode().split("\n"))

    def beats(self, until) -> int:
        """How many signs of life come until this is so."""
        count = 0
        while not until():
            try:
                count += self.any(0.02) == {"WATCHDOG": "1"}
            except TimeoutError:
                continue
        return count

    def fill(self) -> None:
        """Sends what nobody asked for until there is no room."""
        sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sender.setblocking(False)
        sender.connect(self.socket.getsockname())
        try:
            while True:
                sender.send(b"FILLED=1")
        except BlockingIOError:
            sender.close()

    def close(self) -> None:
        self.socket.close()


def listening(family: int = socket.AF_INET, address=("127.0.0.1", 0), kind: int = socket.SOCK_STREAM) -> socket.socket:
    """A socket as a service manager passes it: bound, and listening unless it cannot."""
    made = socket.socket(family, kind)
    made.bind(address)
    if kind == socket.SOCK_STREAM:
        made.listen(16)
    return made


def command(*options: str) -> list[str]:
    return [BINARY, "serve", "--headless", *options]


def launch(sockets: list[int], *options: str, **environment: str) -> Server:
    """A server that is passed these descriptors, and started by a process that becomes it."""
    numbers = ",".join(str(number) for number in sockets)
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, numbers, *command(*options)], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=sockets, env={**os.environ, **environment})
    LAUNCHED.append(Server(process))
    return LAUNCHED[-1]


LAUNCHED: list[Server] = []


def started(server: Server) -> Server:
    server.ready = server.event("ready", START_SECONDS)
    server.note_processes()
    return server


def ended(sockets: list[int], *options: str, **environment: str) -> tuple[int, str]:
    """The status and the last words of a server that does not start."""
    server = launch(sockets, *options, **environment)
    status = server.process.wait(timeout=60)
    server._reader.join(timeout=60)
    return status, "".join(server.raw_lines)


def monotonic_microseconds() -> int:
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
