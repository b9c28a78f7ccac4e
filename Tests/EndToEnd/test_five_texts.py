"""Manual pages, help, completion, configuration and documentation tell of the same commands and options, with the same
placeholders, defaults and names in the environment: what one of the five says and another does not is a fault."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from server import BINARY

DOCS = Path(__file__).resolve().parents[2] / "docs"
EVERYWHERE = {"--help", "--version"}
"""Every command has them, and no table."""
ELSEWHERE = {"load": "load.md"}
"""Commands with a document of their own; operations.md has the others."""


@cache
def printed(*arguments: str) -> str:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("POINTERSCOPE_")}
    ended = subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=60, env={**plain, "XDG_STATE_HOME": "/none"})
    assert ended.returncode == 0 and ended.stderr == "", ended.stderr
    return ended.stdout


def commands() -> list[str]:
    found = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  +\S", printed("--help"), re.M)
    assert len(found) > 20
    return [command for command in found if command != "version"]


class Option:
    """One as the help tells of it."""

    def __init__(self, flag: str, argument: str, text: str) -> None:
        self.flag, self.argument = flag, argument
        # With a colon it is one that is written into the text, as one that the program finds out.
        default = re.search(r"\(default(:?) (\S+)\)\s*$", text)
        self.default = default[2] if default and not default[1] else None
        self.known = default[2] if default else None

    @property
    def usage(self) -> str:
        return self.flag + self.argument


def options(command: str) -> dict[str, Option]:
    """Of the help, by flag, but for what every command has."""
    text = printed(*command.split(), "--help")
    text = text.split("\nOptions:\n")[1].split("\n\n")[0]
    found = re.findall(r"^  (--[a-z-]+)((?: \S+|\[=\S+\])?)(?=  |$)(.*(?:\n {4,}.*)*)", text, re.M)
    return {flag: Option(flag, argument, more) for flag, argument, more in found if flag not in EVERYWHERE}


def pairs() -> list[tuple[str, Option]]:
    return [(command, option) for command in commands() for option in options(command).values()]


def manual(command: str) -> dict[str, tuple[str, str | None]]:
    """Of the manual page, by flag: placeholder and default."""
    text = printed("man", command.replace(" ", "-")).replace("\\-", "-")
    found = {}
    for entry in text.split("\n.SH OPTIONS\n")[1].split("\n.SH ")[0].split(".TP\n")[1:]:
        head, *rest = entry.splitlines()
        head = re.sub(r'"|\\f[IR]', "", head)
        flag, argument = re.fullmatch(r"\.(?:B|BI|BR) (--[a-z-]+)(.*)", head).group(1, 2)
        default = re.search(r"^Default: (.*)$|\(default (\S+)\)$", "\n".join(rest), re.M)
        found[flag] = (argument.replace(" ", ""), (default[1] or default[2]) if default else None)
    return {flag: entry for flag, entry in found.items() if flag not in EVERYWHERE}


def bash(command: str) -> set[str]:
    words = ["pointerscope", *command.split(), "--"]
    quoted = " ".join(f"'{word}'" for word in words)
    script = (f"{printed('completion', 'bash')}\nCOMP_WORDS=({quoted})\nCOMP_CWORD={len(words) - 1}\n"
              "_pointerscope 2>/dev/null\nprintf '%s\\n' \"${COMPREPLY[@]}\"")
    said = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60).stdout
    return {word.rstrip("=") for word in said.split()} - EVERYWHERE


def zsh(command: str) -> set[str]:
    block = re.search(rf"^        '{command}'\)\n(.*?) ;;$", printed("completion", "zsh"), re.M | re.S)
    return set(re.findall(r"'(?:\*|\([^)]*\))?(--[a-z-]+)[=\[-]", block[1])) - EVERYWHERE if block else set()


def fish(command: str) -> set[str]:
    start = f"complete -c pointerscope -n '__pointerscope_words_begin {command}' -l "
    lines = [line.removeprefix(start) for line in printed("completion", "fish").splitlines() if line.startswith(start)]
    return {f"--{line.split()[0]}" for line in lines} - EVERYWHERE


def documented(command: str) -> str:
    return (DOCS / ELSEWHERE.get(command, "operations.md")).read_text()


@pytest.mark.parametrize("command", commands())
def test_help_manual_and_completion_say_the_same(command) -> None:
    told = options(command)
    page = manual(command)
    assert set(page) == set(told)
    for flag, option in told.items():
        placeholder, default = page[flag]
        assert placeholder == option.argument.strip(), flag
        assert default == option.default, flag
    for shell in (bash, zsh, fish):
        assert shell(command) == set(told), shell.__name__
    # What it is, in a line, is the same everywhere.
    [summary] = re.findall(rf"^  {command}  +(.*)$", printed("--help"), re.M)
    page = printed("man", command.replace(" ", "-")).replace("\\-", "-").replace("\\(aq", "'")
    assert f" - {summary}\n" in page


@pytest.mark.parametrize("command", commands())
def test_documentation_names_all_of_it(command) -> None:
    text = documented(command)
    assert f"pointerscope {command}" in text, "the command"
    missing = [flag for flag in options(command) if not re.search(rf"{flag}(?![a-z-])", text)]
    assert missing == []


def test_documentation_names_nothing_else() -> None:
    """Its tables of options: flag with placeholder, environment and default are those of some command's help."""
    rows = re.findall(r"^\| `(--[^`]+)` \| `(POINTERSCOPE_[A-Z_]+)` \| (.*?) \|", (DOCS / "operations.md").read_text(), re.M)
    assert len(rows) > 70
    told = [option for _, option in pairs()]
    for usage, environment, default in rows:
        usage = usage.replace("\\|", "|")
        same = [option for option in told if option.usage == usage]
        assert same, f"{usage} is no option"
        flag = re.match(r"--[a-z-]+", usage)[0]
        assert environment == "POINTERSCOPE_" + flag[2:].upper().replace("-", "_")
        value = re.fullmatch(r"`([^`$]*)`", default)
        if value:
            assert value[1] in {option.known for option in same}, (usage, default)
        else:
            assert None in {option.default for option in same}, (usage, "has a default, which the table does not say")


def test_configuration_takes_all_of_it(tmp_path) -> None:
    file = tmp_path / "server.conf"

    def check(line: str) -> subprocess.CompletedProcess:
        file.write_text(line + "\n")
        return subprocess.run(
            [BINARY, "config", "check", "--config", file], capture_output=True, text=True, timeout=60)

    names = {option.flag[2:] for _, option in pairs()} - {"config"}
    for name in sorted(names):
        said = check(f"{name} = \x01").stderr
        assert "unknown option" not in said, said
        ended = check(f"{name}x = 1")
        if f"{name}x" not in names:
            assert ended.returncode == 78 and f"{file}:1: unknown option {name}x" in ended.stderr, ended
    # What holds without a word of anybody's is what the help says.
    shown = dict(line.split(" = ", 1) for line in printed("config", "show").splitlines())
    told = {option.flag[2:]: option.default for option in options("serve").values() if option.default}
    assert shown == told


def test_the_environment_is_asked_for_all_of_it() -> None:
    """A value that can be none is refused by the option's name there."""
    for command, option in pairs():
        if not option.default or not re.fullmatch(r"\d+[a-zA-Z]?", option.default):
            continue
        name = "POINTERSCOPE_" + option.flag[2:].upper().replace("-", "_")
        ended = subprocess.run(
            [BINARY, *command.split()], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            env={**os.environ, name: "never-a-number"})
        assert ended.returncode == 64 and name in ended.stderr, (command, name, ended)
