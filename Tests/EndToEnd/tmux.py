"""A shell with job control in tmux, which is a terminal of its own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from pathlib import Path

from server import BINARY
from waiting import wait_until


class Tmux:
    """One window of 120x40 in which bash waits for commands, `pointerscope` among them.

    It stands in a folder of its own, so that nothing of this machine (its user, where the repository lies) is on the
    screen, where a test could take it for what it looks for.
    """

    PROMPT = "ready>"

    def __init__(self, columns: int = 120, rows: int = 40) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="pointerscope-tmux-")
        self.socket = str(Path(self.folder.name) / "socket")
        variables = {
            **os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": self.folder.name,
            "PS1": self.PROMPT + " ", "HISTFILE": "", "PATH": f"{self.folder.name}:{os.environ['PATH']}"}
        variables.pop("TMUX", None)
        (Path(self.folder.name) / "pointerscope").symlink_to(Path(BINARY).resolve())
        subprocess.run(
            [*self.command("-f", "/dev/null"), "new-session", "-d", "-x", str(columns), "-y", str(rows),
             "-c", self.folder.name, "bash", "--noprofile", "--norc", "-i"], env=variables, check=True)
        self.wait_for(self.PROMPT)

    def command(self, *options: str) -> list[str]:
        return ["tmux", "-S", self.socket, *options]

    def type(self, text: str) -> None:
        """Types text as it is."""
        subprocess.run([*self.command(), "send-keys", "-l", text], check=True)

    def press(self, key: str) -> None:
        """A key by tmux's name for it, such as C-z or Enter."""
        subprocess.run([*self.command(), "send-keys", key], check=True)

    def run(self, *words: str) -> None:
        self.type(shlex.join(words))
        self.press("Enter")

    def ask(self, what: str) -> str:
        """What tmux knows by a name of its formats."""
        return subprocess.run(
            [*self.command(), "display-message", "-p", what], check=True, capture_output=True, text=True).stdout.strip()

    @property
    def text(self) -> str:
        return subprocess.run(
            [*self.command(), "capture-pane", "-p"], check=True, capture_output=True, text=True).stdout

    def wait_for(self, pattern: str, seconds: float = 60) -> re.Match:
        return wait_until(lambda: re.search(pattern, self.text), seconds, lambda: f"{pattern!r} on\n{self.text}")

    def is_asking(self) -> bool:
        """Whether the cursor stands right behind a prompt."""
        place = subprocess.run(
            [*self.command(), "display-message", "-p", "#{cursor_x} #{cursor_y}"], check=True, capture_output=True,
            text=True).stdout
        column, row = map(int, place.split())
        return column == len(self.PROMPT) + 1 and self.text.split("\n")[row].startswith(self.PROMPT)

    def check_shell(self, mark: int) -> None:
        """The shell asks, answers, and shows what is typed while it is typed."""
        wait_until(self.is_asking, 60, lambda: f"a prompt on\n{self.text}")
        self.type(f"echo $(({mark}+1))shell")
        self.wait_for(rf"\$\(\({mark}\+1\)\)shell")
        self.press("Enter")
        self.wait_for(rf"\b{mark + 1}shell")

    def modes(self, mark: str) -> str:
        """What stty says of the terminal while a command runs in it."""
        path = Path(self.folder.name) / mark
        self.type(f"stty -a > {mark}.part; mv {mark}.part {mark}")
        self.press("Enter")
        wait_until(path.exists, 60, "stty's answer")
        return path.read_text()

    def end(self) -> None:
        subprocess.run([*self.command(), "kill-server"], check=False, capture_output=True)
        self.folder.cleanup()
