"""The control socket: `pointerscope ctl`, and clients that speak the protocol by hand."""

from __future__ import annotations

import json
import os
import socket
import subprocess

from server import BINARY, Server

NOBODY = 65534


def run_ctl(*arguments: str, as_user: int | None = None, **environment: str) -> subprocess.CompletedProcess:
    """`ctl` with these arguments, to its end; what it looks for by default is nowhere unless said otherwise."""
    clean = {key: value for key, value in os.environ.items() if key not in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME")}
    command = [BINARY, "ctl", *arguments]
    if as_user is not None:
        command = ["setpriv", f"--reuid={as_user}", f"--regid={as_user}", "--clear-groups", *command]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, env={**clean, **environment})


class Operator:
    """`ctl` for one server."""

    def __init__(self, path) -> None:
        self.path = str(path)

    def run(self, *arguments: str, **more) -> subprocess.CompletedProcess:
        return run_ctl(*arguments, "--control", self.path, **more)

    def ask(self, *arguments: str) -> str:
        """What it prints, where it has to end well."""
        ended = self.run(*arguments)
        assert ended.returncode == 0, (arguments, ended.returncode, ended.stderr)
        assert ended.stderr == ""
        return ended.stdout

    def json(self, *arguments: str):
        return json.loads(self.ask(*arguments, "--json"))

    def refusal(self, *arguments: str) -> tuple[int, str]:
        """The status and the one line of a command that is not done."""
        ended = self.run(*arguments)
        assert ended.stdout == "", ended.stdout
        assert ended.stderr.count("\n") == 1 and ended.stderr.startswith("pointerscope: "), ended.stderr
        return ended.returncode, ended.stderr.removeprefix("pointerscope: ").strip()

    def follow(self, *arguments: str) -> subprocess.Popen:
        """A command that goes on; its lines are text."""
        return subprocess.Popen(
            [BINARY, "ctl", *arguments, "--control", self.path], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def client(self) -> "Client":
        return Client(self.path)


class Client:
    """A client by hand, line by line."""

    def __init__(self, path: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def line(self) -> dict:
        """The next line; an empty object at the end."""
        try:
            text = self.file.readline()
        except ConnectionResetError:
            return {}
        assert text == b"" or text.endswith(b"\n")
        return json.loads(text) if text else {}

    def say(self, text: str | bytes) -> None:
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def ask(self, request: str) -> list[dict]:
        """Every line of an answer, its end included."""
        self.say(request + "\n")
        lines = []
        while not lines or not {"done", "error"} & lines[-1].keys():
            lines.append(self.line())
            assert lines[-1], f"it ended in the middle of {lines}"
        return lines

    def close(self) -> None:
        self.file.close()
        self.socket.close()


def start(folder, *options: str, workers: int = 2, **more) -> tuple[Server, Operator]:
    """A server with its control socket in `folder`."""
    path = os.path.join(str(folder), "control")
    server = Server.start("--workers", str(workers), "--control", path, *options, **more)
    return server, Operator(path)
