"""What the binary prints for shells and for man, against what it takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server import BINARY

ROOT = Path(__file__).parents[2]


def printed(*arguments: str) -> str:
    ended = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and ended.stderr == "", ended.stderr
    return ended.stdout


def commands() -> list[str]:
    """Every command as the help lists it, in its words."""
    return [match for match in re.findall(r"^  ([a-z]+(?: [a-z]+)?)  +\S", printed("--help"), re.M)
            if match != "version"]


def flags(command: str) -> list[str]:
    return re.findall(r"^  (--[a-z-]+)", printed(*command.split(), "--help"), re.M)


def completed(*words: str) -> list[str]:
    """What bash offers for the last of these words."""
    quoted = " ".join(f"'{word}'" for word in words)
    script = (f"{printed('completion', 'bash')}\nCOMP_WORDS=({quoted})\nCOMP_CWORD={len(words) - 1}\n"
              "_pointerscope 2>/dev/null\nprintf '%s\\n' \"${COMPREPLY[@]}\"")
    ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split()


def test_bash_completes_commands_and_their_options() -> None:
    assert completed("pointerscope", "se") == ["serve"]
    assert completed("pointerscope", "config", "") == ["check", "show"]
    assert completed("pointerscope", "help", "to") == ["top", "token"]
    assert set(completed("pointerscope", "help", "ctl", "re")) == {"reload", "restart", "reopen"}
    assert completed("pointerscope", "help", "serve", "") == []
    assert {"serve", "ctl-reload", "pointerscope"} <= set(completed("pointerscope", "man", ""))
    assert completed("pointerscope", "man", "ctl-rel") == ["ctl-reload"]
    for command in commands():
        assert set(flags(command)) - {"--version"} <= set(completed("pointerscope", *command.split(), "--")), command


def test_bash_completes_values() -> None:
    assert completed("pointerscope", "serve", "--auth", "") == ["none", "password"]
    assert completed("pointerscope", "serve", "--auth", "=", "p") == ["password"]
    assert completed("pointerscope", "serve", "--auth", "=") == ["none", "password"]
    assert completed("pointerscope", "serve", "--workers", "") == []
    assert completed("pointerscope", "completion", "z") == ["zsh"]
    for command in ("top", "serve"):
        assert completed("pointerscope", command, "--view", "") == [
            "overview", "map", "visitor", "pages", "workers", "health"]
    assert completed("pointerscope", "top", "--sort", "cl") == ["clicks"]
    assert {"dark", "light", "contrast"} <= set(completed("pointerscope", "top", "--theme", ""))
    assert completed("pointerscope", "top", "--theme", str(ROOT / "Makef")) == [str(ROOT / "Makefile")]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_all_of_it(shell) -> None:
    text = printed("completion", shell)
    for command in commands():
        for flag in flags(command):
            if flag not in ("--help", "--version"):
                assert (f"{flag}[" in text or f"{flag}=" in text) if shell == "zsh" else f"-l {flag[2:]} " in text, flag
    # What stands behind `help`, and words that are no options.
    assert ("1ctl) known=('status:" if shell == "zsh" else "__pointerscope_words_are help'") in text
    assert "(overview map visitor pages workers health)" in text or "-a 'overview map visitor pages" in text
    assert "ctl-reload" in text
    program = shutil.which(shell)
    if program:
        ended = subprocess.run([program, "-n", "/dev/stdin"], input=text, capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stderr


def test_every_command_has_a_manual_page(tmp_path) -> None:
    subprocess.run([ROOT / ".ci" / "install-texts", BINARY, tmp_path], check=True, timeout=60)
    pages = {path.stem for path in (tmp_path / "man" / "man1").iterdir()}
    assert pages == {"pointerscope", *(f"pointerscope-{command.replace(' ', '-')}" for command in commands())}
    for command in commands():
        page = (tmp_path / "man" / "man1" / f"pointerscope-{command.replace(' ', '-')}.1").read_text()
        assert page.replace("\\-", "-").count(f"pointerscope {command}") >= 1
        for flag in flags(command):
            assert flag in page.replace("\\-", "-"), (command, flag)
        assert all(len(line) == 0 or line[0] != "'" for line in page.splitlines())
    groff = shutil.which("groff")
    if groff:
        for path in (tmp_path / "man" / "man1").iterdir():
            ended = subprocess.run([groff, "-man", "-Tutf8", "-ww", "-z", path], capture_output=True, text=True)
            assert ended.stderr == "", (path.name, ended.stderr)
    for part in ["bash-completion/completions/pointerscope", "zsh/site-functions/_pointerscope",
                 "fish/vendor_completions.d/pointerscope.fish"]:
        assert (tmp_path / part).stat().st_size > 1000


def test_documentation_names_every_option_of_serve() -> None:
    """Help, manual and completion are of one table; the documentation is written by hand."""
    operations = (ROOT / "docs" / "operations.md").read_text()
    for flag in flags("serve"):
        if flag not in ("--help", "--version"):
            assert f"`{flag}" in operations, flag


def test_wrong_words() -> None:
    for arguments, message in [(["completion", "csh"], "must be one of bash, zsh, fish"), (["man", "nothing"], "is no command")]:
        ended = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60)
        assert ended.returncode == 64 and message in ended.stderr and ended.stdout == "", ended
