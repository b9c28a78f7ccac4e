"""The processes that hash passwords and write files for a master, spoken to as it does."""

from __future__ import annotations

import os
import signal
import socket
import struct

import pytest

from people import PASSWORD, People
from server import BINARY, is_alive
from waiting import wait_until

COMPARE, MAKE = 1, 2
MATCHES, DIFFERS, MADE, FAILED = 1, 2, 3, 4


class Helper:
    """A process of this role, whose only business is the socket that it is given."""

    def __init__(self, *arguments: str, directory: int | None = None, env: dict[str, str] | None = None) -> None:
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(30)
        # A descriptor that a careless parent left open.
        stray = os.open("/dev/null", os.O_RDONLY)
        actions = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), 3), (os.POSIX_SPAWN_DUP2, stray, 17)]
        if directory is not None:
            actions.insert(1, (os.POSIX_SPAWN_DUP2, directory, 4))
        self.pid = os.posix_spawn(BINARY, [BINARY, *arguments], {**os.environ, **(env or {})}, file_actions=actions)
        theirs.close()
        os.close(stray)

    def ask(self, kind: int, number: int, password: bytes, text: bytes) -> None:
        self.socket.sendall(
            struct.pack("=HHHHQ", 1, kind, len(password), len(text), number) + password.ljust(1024, b"\0")
            + text.ljust(256, b"\0"))

    def answer(self) -> tuple[int, int, bytes]:
        record = self.read(272)
        version, outcome, zero, count, number = struct.unpack("=HHHHQ", record[:16])
        assert (version, zero) == (1, 0)
        return number, outcome, record[16:16 + count]

    def read(self, count: int) -> bytes:
        parts = b""
        while len(parts) < count:
            part = self.socket.recv(count - len(parts))
            assert part, "the helper has gone"
            parts += part
        return parts

    def wait(self) -> int:
        """The exit status (negative: a signal)."""
        status = None

        def has_ended() -> bool:
            nonlocal status
            pid, raw = os.waitpid(self.pid, os.WNOHANG)
            status = os.waitstatus_to_exitcode(raw) if pid else None
            return bool(pid)
        wait_until(has_ended, 30, f"process {self.pid} to exit")
        self.pid = None
        return status

    def end(self) -> None:
        self.socket.close()
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


@pytest.fixture
def hasher():
    helper = Helper("@hash")
    yield helper
    helper.end()


def test_it_makes_and_compares(hasher):
    hasher.ask(MAKE, 7, PASSWORD.encode(), bytes(range(16)))
    number, outcome, text = hasher.answer()
    assert (number, outcome) == (7, MADE) and text.startswith(b"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$")
    # Two at once are answered one after the other.
    hasher.ask(COMPARE, 8, PASSWORD.encode(), text)
    hasher.ask(COMPARE, 9, b"something else", text)
    hasher.ask(COMPARE, 10, PASSWORD.encode(), b"$argon2id$v=19$m=999999999,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
    assert [hasher.answer()[:2] for _ in range(3)] == [(8, MATCHES), (9, DIFFERS), (10, FAILED)]


def test_what_an_admin_command_made_is_known(hasher, tmp_path):
    people = People(tmp_path)
    people.add("anna")
    text = (people.state / "admins").read_text().splitlines()[1].split()[4]
    hasher.ask(COMPARE, 1, PASSWORD.encode(), text.encode())
    assert hasher.answer() == (1, MATCHES, b"")


def test_it_ends_with_its_master(hasher):
    hasher.socket.close()
    assert hasher.wait() == 0


def test_interrupts_are_the_masters_to_carry_out(hasher):
    hasher.ask(MAKE, 1, PASSWORD.encode(), bytes(16))
    hasher.answer()
    os.kill(hasher.pid, signal.SIGINT)
    hasher.ask(MAKE, 2, PASSWORD.encode(), bytes(16))
    assert hasher.answer()[0] == 2
    os.kill(hasher.pid, signal.SIGTERM)
    assert hasher.wait() == -signal.SIGTERM


def test_nothing_else_is_open(hasher):
    hasher.ask(MAKE, 1, PASSWORD.encode(), bytes(16))
    hasher.answer()
    assert sorted(int(name) for name in os.listdir(f"/proc/{hasher.pid}/fd")) == [0, 1, 2, 3]


def test_no_memory_is_left_in_a_file():
    """Nor may its limit be raised again; developers who want to look are told of elsewhere."""
    helper = Helper("@hash", env={"POINTERSCOPE_DEBUGGABLE": "no"})
    helper.ask(MAKE, 1, PASSWORD.encode(), bytes(16))
    helper.answer()
    with open(f"/proc/{helper.pid}/limits", encoding="ascii") as file:
        limits = file.read()
    os.kill(helper.pid, signal.SIGTERM)
    helper.wait()
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core")] == [["0", "0"]]


def test_no_password_stays_in_its_memory(hasher):
    """After an answer the password is nowhere that can be written, nor is the record that brought it."""
    secret = b"a password with a mark 7b3f9c"
    hasher.ask(MAKE, 1, secret, bytes(16))
    hasher.answer()
    try:
        memory = open(f"/proc/{hasher.pid}/mem", "rb")
    except PermissionError:
        pytest.skip("no other process can be looked into here")
    with memory:
        for line in open(f"/proc/{hasher.pid}/maps", encoding="ascii"):
            fields = line.split()
            if "w" not in fields[1] or fields[-1] in ("[vvar]", "[vsyscall]"):
                continue
            start, end = (int(part, 16) for part in fields[0].split("-"))
            memory.seek(start)
            assert secret not in memory.read(end - start), line


@pytest.mark.parametrize("record", [b"\2" + bytes(1295), bytes(1296), b"\1\0\3" + bytes(1293)])
def test_what_is_no_request_ends_it(hasher, record):
    hasher.socket.sendall(record)
    assert hasher.wait() == 70


def test_half_a_request_is_none(hasher):
    hasher.socket.sendall(bytes(100))
    hasher.socket.close()
    assert hasher.wait() == 0


@pytest.fixture
def keeper(tmp_path):
    place = tmp_path / "state"
    place.mkdir(mode=0o700)
    directory = os.open(place, os.O_RDONLY)
    helper = Helper("@keep", str(place), directory=directory)
    os.close(directory)
    helper.place = place
    yield helper
    helper.end()


WRITE, REMOVE, ADMINS = 1, 2, 1
NO_FILE = bytes(32)


def wish(action: int, number: int, contents: bytes = b"", replaced: bytes = NO_FILE) -> bytes:
    return struct.pack("=HBBIQ", 1, action, ADMINS, len(contents), number) + replaced + contents


def kept(helper: Helper) -> tuple[int, int, int, bytes]:
    record = helper.read(48)
    version, outcome, code, number = struct.unpack("=HHiQ", record[:16])
    assert version == 1
    return number, outcome, code, record[16:]


def test_files_are_written_whole(keeper):
    keeper.socket.sendall(wish(WRITE, 1, b"one"))
    number, outcome, code, stamp = kept(keeper)
    assert (number, outcome, code) == (1, 1, 0) and (keeper.place / "admins").read_bytes() == b"one"
    status = (keeper.place / "admins").stat()
    assert struct.unpack("=Qqqq", stamp) == (status.st_ino, 3, status.st_mtime_ns, status.st_ctime_ns)
    keeper.socket.sendall(wish(WRITE, 2, b"two", stamp))
    assert kept(keeper)[:3] == (2, 1, 0)
    # One that is based on what was before somebody else's change is not written.
    keeper.socket.sendall(wish(WRITE, 3, b"three", stamp))
    assert kept(keeper)[:3] == (3, 2, 0) and (keeper.place / "admins").read_bytes() == b"two"
    keeper.socket.sendall(wish(REMOVE, 4))
    assert kept(keeper)[:3] == (4, 1, 0) and not (keeper.place / "admins").exists()


def test_what_it_was_given_it_finishes(keeper):
    """Also where its master is gone before, and where somebody tells both to end."""
    keeper.socket.sendall(wish(REMOVE, 1))
    assert kept(keeper)[:2] == (1, 1)
    os.kill(keeper.pid, signal.SIGTERM)
    os.kill(keeper.pid, signal.SIGINT)
    keeper.socket.sendall(wish(WRITE, 2, bytes(3_000_000)))
    keeper.socket.close()
    assert keeper.wait() == 0
    assert (keeper.place / "admins").stat().st_size == 3_000_000


def test_half_a_file_is_not_written(keeper):
    keeper.socket.sendall(wish(WRITE, 1, bytes(1_000))[:-1])
    keeper.socket.close()
    assert keeper.wait() == 0
    assert not (keeper.place / "admins").exists()


def test_a_directory_that_others_may_use_is_not_written(keeper):
    keeper.place.chmod(0o755)
    keeper.socket.sendall(wish(WRITE, 1, b"one"))
    assert kept(keeper)[1] == 3 and not (keeper.place / "admins").exists()
    keeper.place.chmod(0o700)
    keeper.socket.sendall(wish(WRITE, 2, b"one"))
    assert kept(keeper)[1] == 1


def test_commands_and_the_keeper_wait_for_each_other(keeper, tmp_path):
    """While the keeper writes what it read, commands change the file: nothing of either is lost."""
    people = People(tmp_path)
    people.add("anna")
    for number in range(1, 30):
        status = (keeper.place / "admins").stat()
        contents = (keeper.place / "admins").read_bytes()
        stamp = struct.pack("=Qqqq", status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        if number % 3 == 0:
            people.add(f"admin{number}")
        keeper.socket.sendall(wish(WRITE, number, contents, stamp))
        assert kept(keeper)[1] == (2 if number % 3 == 0 else 1)
    assert len(people.admins()) == 10
    assert is_alive(keeper.pid)
