"""What a newcomer's machine is told: what is missing, in one line, and where the built binary goes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server import BINARY

TOP = Path(__file__).resolve().parents[2]
# What the scripts may use of a machine; whatever else they find in these tests is a stand-in.
ORDINARY = ["sh", "awk", "cat", "dirname", "echo", "env", "head", "id", "mktemp", "printf", "readlink", "rm", "sed",
            "sort"]
ALL_THERE = "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0000000000)"


class Machine:
    """A path with nothing on it but ordinary programs and stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = folder / "asked"
        self.toolchain = folder.parent / "toolchain/bin"
        self.toolchain.mkdir(parents=True)
        for name in ORDINARY:
            found = shutil.which(name)
            assert found, name
            (folder / name).symlink_to(found)

    def has(self, name: str, script: str, folder: Path | None = None) -> None:
        program = (folder or self.folder) / name
        program.unlink(missing_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def has_swift(self, says: str, ldd: str = ALL_THERE) -> None:
        """A toolchain in a folder of its own, of which a link is on the path."""
        self.has("swift", f"echo '{says}'", self.toolchain)
        self.has("clang", "exit 1", self.toolchain)
        self.has("ldd", f"echo '{ldd}'")
        (self.folder / "swift").unlink(missing_ok=True)
        (self.folder / "swift").symlink_to(self.toolchain / "swift")

    def has_apt(self) -> None:
        self.has("apt-get", f"echo \"$@\" >>{self.asked}")

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(TOP / ".ci" / script), *arguments], env={"PATH": str(self.folder)}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60)

    def complaint(self, script: str, *arguments: str) -> str:
        """The one line that it fails with."""
        result = self.run(script, *arguments)
        assert result.returncode == 1
        assert result.stderr.startswith("pointerscope: ") and result.stderr.count("\n") == 1, result.stderr
        return result.stderr


@pytest.fixture
def machine(tmp_path) -> Machine:
    folder = tmp_path / "bin"
    folder.mkdir()
    return Machine(folder)


def test_a_good_toolchain_is_passed_over_in_silence(machine):
    for version in ("6.3", "6.3.1", "6.10", "7.0.2"):
        machine.has_swift(f"Swift version {version} (swift-{version}-RELEASE)")
        result = machine.run("check-toolchain", "swift")
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_no_swift(machine):
    assert "https://www.swift.org/install/linux" in machine.complaint("check-toolchain", "swift")


@pytest.mark.parametrize("version", ["5.10.1", "6.2.4"])
def test_an_old_swift(machine, version):
    machine.has_swift(f"Swift version {version} (swift-{version}-RELEASE)")
    line = machine.complaint("check-toolchain", "swift")
    assert version in line and "6.3" in line


def test_a_toolchain_without_its_libraries(machine):
    machine.has_swift("never asked", ldd="\tlibxml2.so.2 => not found\n\tlibcurl.so.4 => not found")
    line = machine.complaint("check-toolchain", "swift")
    assert "libxml2.so.2 libcurl.so.4" in line and "apt-get" not in line
    machine.has_apt()
    assert "apt-get install libxml2 libcurl4\n" in machine.complaint("check-toolchain", "swift")


def test_a_swift_behind_a_wrapper(machine):
    """It is asked where its toolchain lies, and the libraries of that one are looked at."""
    machine.has_swift("never asked", ldd="\tlibxml2.so.2 => not found")
    resources = machine.toolchain.parent / "lib/swift"
    machine.has("swift", f"""echo '{{"paths": {{"runtimeResourcePath": "{resources}"}}}}'""")
    assert "libxml2.so.2" in machine.complaint("check-toolchain", "swift")


def test_a_swift_that_does_not_start(machine):
    machine.has_swift("")
    machine.has("swift", "echo 'cannot execute: wrong machine' >&2; exit 126")
    assert "wrong machine" in machine.complaint("check-toolchain", "swift")


WANTED = ["sh:dash", "git:git", "+stdc++:libstdc++-12-dev", "ncurses.h+ncursesw:libncurses-dev", "/nowhere:nowhere"]
MISSING = "git, the library stdc++, the library ncursesw with its header ncurses.h, /nowhere"
PACKAGES = "git libstdc++-12-dev libncurses-dev nowhere"


def test_without_apt_the_libraries_are_named(machine):
    machine.has_swift("Swift version 6.3")
    line = machine.complaint("install-packages", *WANTED)
    assert MISSING in line and PACKAGES in line and "apt-get" not in line


def test_without_sudo_the_command_is_named(machine):
    machine.has_apt()
    machine.has("id", "echo 1000")
    assert f"{MISSING}; as root: apt-get install {PACKAGES}\n" in machine.complaint("install-packages", *WANTED)


@pytest.mark.parametrize("user", [0, 1000])
def test_what_is_missing_is_installed(machine, user):
    machine.has_apt()
    machine.has("id", f"echo {user}")
    if user:
        machine.has("sudo", f"echo sudo >>{machine.asked}; exec \"$@\"")
    result = machine.run("install-packages", *WANTED)
    assert result.returncode == 0 and PACKAGES in result.stdout
    asked = machine.asked.read_text().splitlines()
    assert asked.count("sudo") == (2 if user else 0)
    assert asked[-1] == f"install -y --no-install-recommends {PACKAGES}"


def test_what_cannot_be_installed_is_said(machine):
    machine.has_apt()
    machine.has("id", "echo 0")
    machine.has("apt-get", "exit 100")
    assert f"apt-get install {PACKAGES}" in machine.complaint("install-packages", *WANTED)


def test_nothing_is_asked_of_a_machine_that_has_it_all(machine):
    machine.has("git", "")
    machine.has("clang", "exit 0")
    machine.has("python3", "exit 0")
    wanted = [*WANTED[:-1], "ensurepip.py:python3-venv", f"{TOP}/Makefile:make", "stdlib.h+:libc6-dev"]
    result = machine.run("install-packages", *wanted)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def make(*arguments: str) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(
        ["make", "-s", "-C", str(TOP), *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=60)


def test_install_and_uninstall(tmp_path):
    places = [f"BINARY={BINARY}", f"DESTDIR={tmp_path}", "PREFIX=/usr"]
    result = make("install", *places)
    assert (result.returncode, result.stderr) == (0, "")
    installed = tmp_path / "usr/bin/pointerscope"
    assert subprocess.check_output([installed, "--version"], text=True).startswith("pointerscope ")
    assert (tmp_path / "usr/share/doc/pointerscope/operations.md").read_text()
    # Zsh has one place for what packages bring, and another one for what is installed beside them.
    assert (tmp_path / "usr/share/zsh/vendor-completions/_pointerscope").exists()
    beside = [f"BINARY={BINARY}", f"DESTDIR={tmp_path}", "PREFIX=/usr/local"]
    assert make("install", *beside).returncode == 0
    assert (tmp_path / "usr/local/share/zsh/site-functions/_pointerscope").exists()
    assert make("uninstall", *beside).returncode == 0
    assert make("uninstall", *places).returncode == 0
    assert not [path for path in tmp_path.rglob("*") if not path.is_dir()]


def test_nothing_to_install(tmp_path):
    result = make("install", f"BINARY={tmp_path}/gone", f"DESTDIR={tmp_path}")
    assert result.returncode != 0 and "make build comes first" in result.stderr


def test_top_watches_what_runs(server):
    result = make("top", f"BINARY={BINARY}", "URL=%s:%d --once" % server.http)
    assert result.returncode == 0 and "0 visitors" in result.stdout, result.stdout + result.stderr


def test_what_is_no_file_is_declared_so():
    """A folder called docs or a file called test would keep such a target from ever running."""
    text = (TOP / "Makefile").read_text().replace("\\\n", " ")
    phony = set(re.search(r"(?m)^\.PHONY:(.*)$", text)[1].split())
    assert phony == {name for name in re.findall(r"(?m)^([a-z-]+):(?!=)", text)}


def test_where_things_go_by_default():
    assert " /usr/local/bin/pointerscope\n" in make("-n", "install", f"BINARY={BINARY}").stdout
