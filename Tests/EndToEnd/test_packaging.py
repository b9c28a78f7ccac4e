"""What packaging/ ships and makes, as far as that can be seen without making a package; `make check-deb` has the rest."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from people import People
from server import BINARY

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
STATE = "state = /var/lib/pointerscope"


def run(*command: str | Path, given: str = "", **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(part) for part in command], input=given, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PATH": f"{Path(BINARY).parent}:{os.environ['PATH']}", **environment})


@pytest.fixture
def folder(tmp_path) -> Path:
    """/etc/pointerscope as the package leaves it, with the state in a folder of the test's."""
    (tmp_path / "etc/conf.d").mkdir(parents=True)
    text = (PACKAGING / "pointerscope.conf").read_text()
    assert text.count(STATE) == 1
    (tmp_path / "etc/pointerscope.conf").write_text(text.replace(STATE, f"state = {tmp_path}/state"))
    return tmp_path


def test_the_configuration_is_well_also_with_what_it_suggests(folder) -> None:
    file = folder / "etc/pointerscope.conf"
    for text in (file.read_text(), re.sub(r"^#(\w)", r"\1", file.read_text(), flags=re.M)):
        file.write_text(text)
        ended = run(BINARY, "config", "check", "--config", folder / "etc")
        assert ended.returncode == 0, ended.stderr
    assert run(BINARY, "config", "show", "--config", folder / "etc").stdout.count("public-url = https://watch.example.org")


def test_the_unit_says_nothing_that_is_not_there() -> None:
    unit = (PACKAGING / "pointerscope.service").read_text().replace("\\\n", " ")
    lines = re.findall(r"^Exec\w+=[-+!:@]*/usr/bin/pointerscope (.*)$", unit, re.M)
    assert any(line.startswith("serve --headless") for line in lines)
    for line in lines:
        words = line.split()
        names = [word for word in words if not word.startswith("-")][:2 if words[0] == "ctl" else 1]
        told = run(BINARY, "help", *names)
        assert told.returncode == 0, told.stderr
        for option in [word for word in words if word.startswith("--")]:
            assert f"{option} " in told.stdout or f"{option}\n" in told.stdout, option


class TestAdminExists:
    """What the service asks before it starts."""

    def ask(self, folder: Path) -> subprocess.CompletedProcess:
        return run(PACKAGING / "admin-exists", folder / "etc")

    def test_nobody(self, folder) -> None:
        for _ in range(2):
            ended = self.ask(folder)
            assert ended.returncode == 1 and "pointerscope admin add NAME" in ended.stdout, ended
            (folder / "state").mkdir(mode=0o700, exist_ok=True)

    def test_somebody_and_nobody_again(self, folder) -> None:
        people = People(folder)
        people.add("ann")
        assert (self.ask(folder).returncode, self.ask(folder).stdout) == (0, "")
        people.succeed("admin", "remove", "ann")
        assert self.ask(folder).returncode == 1

    @pytest.mark.parametrize("more", ["auth = none\n", "auth = password\njwt-key = {folder}/key\njwt-audience = us\n"])
    def test_where_none_is_needed(self, folder, more) -> None:
        (folder / "key").write_text("0123456789abcdef0123456789abcdef\n")
        (folder / "key").chmod(0o600)
        (folder / "etc/conf.d/site.conf").write_text(more.format(folder=folder))
        assert self.ask(folder).returncode == 0

    def test_what_is_wrong_is_for_the_server_to_say(self, folder) -> None:
        (folder / "etc/conf.d/site.conf").write_text("worker = 3\n")
        assert self.ask(folder).returncode == 0


class TestChangelog:
    TEXT = """# Changelog

## [Unreleased]

## [0.2.0] - 2026-03-04

### Added

- One thing, which is told in a line that is so long that it has to be broken where the next one begins, with `code # in it`.
- Another.

### Security

- A third.

## [0.1.0]

### Added

- All of it.

## [0.0.9] - 2026-01-02

### Added

- Before.
"""

    def test_it_is_debian_s_own_form(self) -> None:
        ended = run(PACKAGING / "write-changelog", "0.2.0+x", "1772600000", given=self.TEXT)
        assert ended.returncode == 0, ended.stderr
        entries = ended.stdout.split("\npointerscope (")
        assert ended.stdout.startswith("pointerscope (0.2.0+x) unstable; urgency=medium\n\n  * Added: One thing, ")
        assert "\n  * Security: A third.\n\n -- " in entries[0] and "Wed, 04 Mar 2026 04:53:20 +0000\n" in entries[0]
        assert len(entries) == 2 and entries[1].startswith("0.0.9) ") and "02 Jan 2026" in entries[1]
        assert max(len(line) for line in ended.stdout.splitlines() if not line.startswith(" -- ")) <= 80
        assert all(re.match(r"pointerscope \(|  \* |    \S| -- |$", line) for line in ended.stdout.splitlines())

    def test_ours_is_read(self) -> None:
        ended = run(PACKAGING / "write-changelog", "1", "0", given=(PACKAGING.parent / "CHANGELOG.md").read_text())
        assert ended.returncode == 0 and ended.stdout.count("\n  * ") > 0, ended.stderr


class TestBillOfMaterials:
    def test_it_names_what_is_loaded_and_what_is_linked(self, tmp_path) -> None:
        # Of any program it has to tell; ours is of Debian's libraries alone only as a release.
        binary = tmp_path / "program"
        (tmp_path / "program.c").write_text("int main(void) { return 0; }\n")
        assert run("gcc", tmp_path / "program.c", "-o", binary).returncode == 0
        first, second = (run(PACKAGING / "write-sbom", binary, "1.2.3", "1700000000") for _ in range(2))
        assert first.returncode == 0, first.stderr
        assert first.stdout == second.stdout
        bill = json.loads(first.stdout)
        assert bill["spdxVersion"] == "SPDX-2.3" and bill["creationInfo"]["created"] == "2023-11-14T22:13:20Z"
        names = {package["SPDXID"]: package["name"] for package in bill["packages"]}
        assert {"pointerscope", "libc6", "libssl3", "libargon2-dev", "zlib1g-dev", "swift"} <= set(names.values())
        assert len(names) == len(bill["packages"])
        [openssl] = [package for package in bill["packages"] if package["name"] == "libssl3"]
        assert openssl["sourceInfo"].endswith("; here for libcrypto.so.3, libssl.so.3")
        kinds = {(link["relationshipType"], names.get(link["relatedSpdxElement"])) for link in bill["relationships"]}
        assert {("STATIC_LINK", "zlib1g-dev"), ("DYNAMIC_LINK", "libc6"), ("STATIC_LINK", "swift"),
                ("DESCRIBES", "pointerscope")} <= kinds

    def test_a_library_of_nobody_is_refused(self, tmp_path) -> None:
        (tmp_path / "own.c").write_text("int own(void) { return 0; }\n")
        (tmp_path / "program.c").write_text("int own(void);\nint main(void) { return own(); }\n")
        assert run("gcc", "-shared", "-fPIC", tmp_path / "own.c", "-o", tmp_path / "libofnobody.so").returncode == 0
        binary = tmp_path / "program"
        assert run("gcc", tmp_path / "program.c", "-o", binary, f"-L{tmp_path}", "-lofnobody").returncode == 0
        ended = run(PACKAGING / "write-sbom", binary, "1", "0")
        assert ended.returncode == 1 and "libofnobody.so belongs to no Debian package" in ended.stderr

    def test_sources_of_archives_are_told_as_dpkg_wants_them(self) -> None:
        ended = run(PACKAGING / "write-sbom", "--static")
        assert re.fullmatch(r"argon2 \(= \S+\), zlib \(= \S+\)\n", ended.stdout), ended.stdout + ended.stderr


@pytest.mark.parametrize("name", ["day-two.md", "install.md"])
def test_commands_in_the_documents_are_there(name) -> None:
    text = (PACKAGING.parent / "docs" / name).read_text()
    commands = set(re.findall(r"\bpointerscope ((?:ctl|admin|token|config) [a-z]+|serve|top|doctor|check|version)\b", text))
    commands |= {f"ctl {word}" for word in re.findall(r"`ctl ([a-z]+)", text)}
    assert len(commands) >= 3
    for command in commands - {"version"}:
        told = run(BINARY, "help", *command.split())
        assert told.returncode == 0, f"{command}: {told.stderr}"
