"""The commands about people and programs, on a state directory of a test's own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from server import BINARY

PASSWORD = "correct horse battery"


class People:
    """Runs `admin` and `token` on the directory `state`, which need not be there."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"

    def run(self, *arguments: str, given: str | bytes = "", **environment: str) -> subprocess.CompletedProcess:
        text = given.decode("latin-1") if isinstance(given, bytes) else given
        return subprocess.run(
            [BINARY, *arguments, "--state", str(self.state)], capture_output=True, text=True, timeout=60, input=text,
            encoding="latin-1" if isinstance(given, bytes) else "utf-8", env={**os.environ, **environment})

    def succeed(self, *arguments: str, **more) -> subprocess.CompletedProcess:
        ended = self.run(*arguments, **more)
        assert ended.returncode == 0, ended.stderr
        return ended

    def add(self, name: str, *options: str) -> None:
        self.succeed("admin", "add", name, "--password-stdin", *options, given=PASSWORD + "\n")

    def admins(self) -> dict[str, dict]:
        return {entry["name"]: entry for entry in json.loads(self.succeed("admin", "list", "--json").stdout)}

    def tokens(self) -> list[dict]:
        return json.loads(self.succeed("token", "list", "--json").stdout)

    def fail(self, status: int, said: str, *arguments: str, **more) -> None:
        """The command ends with this status, one line, and nothing on standard output."""
        ended = self.run(*arguments, **more)
        assert (ended.returncode, ended.stdout) == (status, ""), (ended.returncode, ended.stderr)
        assert said in ended.stderr and len(ended.stderr.strip().splitlines()) == 1, ended.stderr
