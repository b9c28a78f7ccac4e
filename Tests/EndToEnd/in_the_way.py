"""Ways in which others are in the way at a control socket, and who answers there without being a server."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from contextlib import contextmanager
from typing import Iterator

from controlling import NOBODY, Client


@contextmanager
def nobody(path: str) -> Iterator[None]:
    yield


@contextmanager
def stalled_clients(path: str) -> Iterator[None]:
    """Some that take nothing of what they asked for, and one that asks for half a thing."""
    clients = [Client(path) for _ in range(5)]
    for client in clients[:2]:
        client.say("follow 4096\n")
    for client in clients[2:4]:
        client.say("logs 4096\n" * 100)
    clients[4].say("stat")
    yield
    for client in clients:
        client.close()


@contextmanager
def a_thousand_clients(path: str) -> Iterator[None]:
    clients = [Client(path) for _ in range(1000)]
    yield
    for client in clients:
        client.close()


@contextmanager
def garbage(path: str) -> Iterator[None]:
    """One after the other says what is no request, for as long as this lasts."""
    said = [b"frobnicate\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x00\xff\n", b"x" * 64, b"stop\n", b"stop 0\n",
            b"scale 99999\n", b"\n" * 1024, b"status\n" * 1000, os.urandom(4096), b'{"shutdown":1}\n',
            b"shutdown now\n", b"restart 1 2\n"]
    is_over = threading.Event()
    rounds = 0

    def talk() -> None:
        nonlocal rounds
        while not is_over.is_set():
            for text in said:
                try:
                    with socket.socket(socket.AF_UNIX) as client:
                        client.connect(path)
                        client.sendall(text)
                        client.settimeout(5)
                        while client.recv(65536):
                            if text.startswith(b"status"):
                                break  # it is answered, and goes before it has read all of it
                except OSError:
                    pass  # it was turned away, or cut in the middle, which is right
            rounds += 1

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    yield
    is_over.set()
    thread.join(timeout=60)
    assert rounds > 0 and not thread.is_alive()


STRANGER = r"""
import json, socket, sys
count = 0
while True:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(sys.argv[1])
        try:
            client.sendall(b"shutdown\n")
        except BrokenPipeError:
            pass  # it was turned away before
        line = json.loads(client.makefile().readline())
    assert line["status"] == 77 and "another user's" in line["error"], line
    if count == 0:
        print("begun", flush=True)
    count += 1
"""


@contextmanager
def strangers(path: str) -> Iterator[None]:
    """Somebody else, whose the socket's file has become, asks again and again for the server's end."""
    before = os.stat(path)
    os.chown(path, NOBODY, NOBODY)
    processes = [subprocess.Popen(
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "/usr/bin/python3", "-c", STRANGER, path],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/") for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "begun\n", process.stderr.read()
    yield
    ended = [process.poll() for process in processes]
    for process in processes:
        process.kill()
        _, complaint = process.communicate(timeout=60)
        assert complaint == ""
    os.chown(path, before.st_uid, before.st_gid)
    assert ended == [None, None], "they were turned away each time, and never let in"


class Impostor:
    """Listens at a path and is no server: greets everyone with `greeting`, and then `hangs` or goes."""

    def __init__(self, path, greeting: bytes, hangs: bool) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(64)
        self.greeting, self.hangs = greeting, hangs
        self.kept: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.sendall(self.greeting)
            if self.hangs:
                self.kept.append(client)
            else:
                threading.Thread(target=self._part, args=(client,), daemon=True).start()

    @staticmethod
    def _part(client: socket.socket) -> None:
        """Hears the request, so that it is no reset, and goes."""
        client.settimeout(10)
        try:
            client.recv(4096)
        except OSError:
            pass
        client.close()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for client in self.kept:
            client.close()
