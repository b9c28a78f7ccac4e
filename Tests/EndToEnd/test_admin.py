"""`pointerscope admin`: who may sign in, and the directory that says so."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import termios
from concurrent.futures import ThreadPoolExecutor

import pytest

import preload
from people import PASSWORD, People
from server import BINARY
from terminal import Program
from tmux import Tmux
from waiting import wait_until

PHC = re.compile(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}")


@pytest.fixture
def people(tmp_path):
    return People(tmp_path)


def test_a_life_of_an_admin(people):
    people.add("anna", "--role", "operator")
    people.add("ben", "--scope", "page:/shop/* page:/cart")
    listed = people.admins()
    assert list(listed) == ["anna", "ben"]
    assert listed["anna"]["role"] == "operator" and listed["anna"]["scope"] is None
    assert listed["ben"]["role"] == "viewer" and listed["ben"]["scope"] == "page:/shop/* page:/cart"
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", listed["ben"]["created"]) and listed["ben"]["seen"] is None
    table = people.succeed("admin", "list").stdout.splitlines()
    assert table[0].split() == ["NAME", "ROLE", "SCOPE", "CREATED", "SEEN"] and len(table) == 3

    before = (people.state / "admins").read_text()
    people.succeed("admin", "passwd", "ben", "--password-stdin", given="another password\n")
    people.succeed("admin", "role", "ben", "operator")
    people.succeed("admin", "scope", "ben", "all")
    after = (people.state / "admins").read_text()
    assert people.admins()["ben"] == {**listed["ben"], "role": "operator", "scope": None}
    hashes = [PHC.findall(text) for text in (before, after)]
    assert len(hashes[0]) == len(hashes[1]) == 2
    assert hashes[0][0] == hashes[1][0] and hashes[0][1] != hashes[1][1]
    assert PASSWORD not in after

    people.succeed("admin", "remove", "ben")
    assert list(people.admins()) == ["anna"]
    assert "nobody can sign in any more" in people.succeed("admin", "remove", "anna").stderr
    assert people.succeed("admin", "list", "--json").stdout == "[]\n"


def test_the_directory_is_its_owners_alone(people):
    old = os.umask(0)
    try:
        people.add("anna")
    finally:
        os.umask(old)
    assert stat.S_IMODE(people.state.stat().st_mode) == 0o700
    for name in os.listdir(people.state):
        assert stat.S_IMODE((people.state / name).stat().st_mode) == 0o600, name


@pytest.mark.parametrize("arguments, status, said", [
    (["admin", "add"], 64, "NAME is missing"),
    (["admin", "role", "anna"], 64, "ROLE is missing"),
    (["admin", "add", "a b"], 64, "a b: must have 1 to 64 letters"),
    (["admin", "add", "anna"], 65, "anna is there already"),
    (["admin", "add", "ben"], 64, "add --password-stdin"),
    (["admin", "add", "ben", "--role", "root"], 64, "--role root: must be one of viewer, operator"),
    (["admin", "add", "ben", "--scope", "/shop"], 64, "--scope /shop: must be all, or"),
    (["admin", "role", "anna", "root"], 64, "root: must be one of viewer, operator"),
    (["admin", "role", "ben", "viewer"], 67, "there is no admin ben"),
    (["admin", "passwd", "ben"], 67, "there is no admin ben"),
    (["admin", "remove", "ben"], 67, "there is no admin ben"),
    (["admin", "remove", "anna", "ben"], 64, "unexpected argument 'ben'"),
    (["admin", "ad", "ben"], 64, "did you mean admin add?"),
    (["admin", "list", "--jsn"], 64, "did you mean --json?"),
])
def test_what_is_wrong_is_told(people, arguments, status, said):
    people.add("anna")
    before = (people.state / "admins").read_bytes()
    people.fail(status, said, *arguments)
    assert (people.state / "admins").read_bytes() == before


@pytest.mark.parametrize("given, said", [
    ("", "at least 12 bytes"), ("elevenbytes\n", "at least 12 bytes"), ("x" * 1025, "at most 1024 bytes"),
    ("two lines of\ntext here\n", "one line of text"), ("a nul \0 in the middle", "one line of text"),
])
def test_passwords_that_are_not_taken(people, given, said):
    people.fail(65, said, "admin", "add", "anna", "--password-stdin", given=given)
    assert not (people.state / "admins").exists()


@pytest.mark.parametrize("given", ["twelve bytes", "twelve bytes\n", "twelve bytes\r\n", "x" * 1024 + "\n",
                                   "geheimnis größe\n", b"\xff\xfe not any text\n"])
def test_passwords_that_are_taken(people, given):
    people.succeed("admin", "add", "anna", "--password-stdin", given=given)


def test_help_and_the_words_alone():
    for arguments in (["help", "admin"], ["admin", "--help"], ["admin", "help"]):
        page = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60)
        assert page.returncode == 0 and "admin passwd NAME" in page.stdout and page.stderr == ""
    page = subprocess.run([BINARY, "help", "admin", "role"], capture_output=True, text=True, timeout=60)
    assert page.returncode == 0 and "admin role NAME ROLE [OPTIONS]" in page.stdout
    alone = subprocess.run([BINARY, "admin"], capture_output=True, text=True, timeout=60)
    assert alone.returncode == 64 and "admin passwd NAME" in alone.stderr and alone.stdout == ""


def test_where_it_is_kept(tmp_path):
    """Named by flag, environment, file; by default below the XDG state directory, for root below /var/lib."""
    place = tmp_path / "elsewhere"
    environment = {**os.environ, "POINTERSCOPE_STATE": str(place)}
    added = subprocess.run([BINARY, "admin", "add", "anna", "--password-stdin"], input=PASSWORD, text=True, timeout=60,
                           env=environment, capture_output=True)
    assert added.returncode == 0 and (place / "admins").exists()
    page = subprocess.run([BINARY, "help", "admin", "add"], capture_output=True, text=True, timeout=60).stdout
    assert "~/.local/state/pointerscope" in page
    if os.geteuid() == 0 and shutil.which("setpriv"):
        os.chmod(tmp_path, 0o777)
        for variables, expected in [({"XDG_STATE_HOME": str(tmp_path / "xdg")}, "xdg/pointerscope"),
                                    ({"HOME": str(tmp_path / "home"), "XDG_STATE_HOME": "relative"},
                                     "home/.local/state/pointerscope")]:
            ended = subprocess.run(
                ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", BINARY, "admin", "list"],
                capture_output=True, text=True, timeout=60, cwd="/", env={**variables, "PATH": os.environ["PATH"]})
            if "setpriv" in ended.stderr or "ermission" in ended.stderr:
                pytest.skip("no process of another user may run the binary here")
            assert ended.returncode == 78 and f"{tmp_path}/{expected}: is not there" in ended.stderr, ended.stderr


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o770, 0o701])
def test_a_directory_that_others_may_use_is_refused(people, mode):
    people.add("anna")
    people.state.chmod(mode)
    people.fail(78, f"mode {mode:o}); chmod 700", "admin", "list")
    people.state.chmod(0o700)
    (people.state / "admins").chmod(0o644)
    people.fail(78, "chmod 600", "admin", "list")


def test_links_are_not_followed(people, tmp_path):
    people.add("anna")
    people.state.rename(tmp_path / "real")
    people.state.symlink_to(tmp_path / "real")
    people.fail(78, "is a symbolic link", "admin", "list")
    people.state.unlink()
    (tmp_path / "real").rename(people.state)
    (people.state / "admins").rename(tmp_path / "admins")
    (people.state / "admins").symlink_to(tmp_path / "admins")
    people.fail(78, "is a symbolic link", "admin", "list")


def test_a_damaged_file_is_told_and_left_alone(people):
    people.add("anna", "--role", "operator")
    people.add("ben")
    whole = (people.state / "admins").read_bytes()
    for damaged in (whole[:-1], whole[:50], b"", whole.replace(b"operator", b"viewer__"), whole.replace(b"anna", b"hans"),
                    whole + b"\n"):
        (people.state / "admins").write_bytes(damaged)
        people.fail(78, f"{people.state}/admins:", "admin", "list")
        people.fail(78, "the file is left as it is", "admin", "add", "carl", "--password-stdin", given=PASSWORD)
        assert (people.state / "admins").read_bytes() == damaged


def test_many_at_once_lose_nobody(people):
    names = [f"admin{number}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(people.add, names))
    assert set(people.admins()) == set(names)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: people.succeed("admin", "remove", name), names[::2]))
    assert set(people.admins()) == set(names[1::2])


# Each call that writing a file makes, in turn, is where the process ends, or where the kernel says no.
STEPS = r"""
static int step(void) {
    static int count;
    const char *at = getenv("FAIL_AT");
    if (at == NULL || ++count != atoi(at)) return 0;
    if (getenv("FAIL_WITH") == NULL) kill(getpid(), SIGKILL);
    errno = atoi(getenv("FAIL_WITH"));
    return 1;
}
#define ONE(type, name, parameters, arguments) \
    type name parameters { \
        type (*real) parameters = (type (*) parameters)dlsym(RTLD_NEXT, #name); \
        return step() ? -1 : real arguments; \
    }
ONE(int, fchmod, (int file, mode_t mode), (file, mode))
ONE(int, fsync, (int file), (file))
ONE(int, renameat, (int one, const char *from, int two, const char *to), (one, from, two, to))
ssize_t write(int file, const void *bytes, size_t count) {
    ssize_t (*real)(int, const void *, size_t) = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    if (file > 2) {
        /* Half of it, so that what is cut is seen. */
        if (getenv("FAIL_AT") && count > 1 && real(file, bytes, count / 2) > 0) {
            if (step()) return -1;
            return (ssize_t)(count / 2);
        }
        if (step()) return -1;
    }
    return real(file, bytes, count);
}
"""


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    return preload.build(tmp_path_factory.mktemp("preload"), "failing", "#include <signal.h>\n" + STEPS)


def test_a_kill_in_the_middle_of_a_write_leaves_the_old_or_the_new(people, failing):
    people.add("anna")
    killed = 0
    for at in range(1, 40):
        ended = people.run("admin", "role", "anna", "operator", LD_PRELOAD=failing, FAIL_AT=str(at))
        role = people.admins()["anna"]["role"]
        assert role in ("viewer", "operator")
        if ended.returncode == 0:
            assert role == "operator"
            break
        assert ended.returncode == -signal.SIGKILL
        killed += 1
        people.succeed("admin", "role", "anna", "viewer")
        assert sorted(os.listdir(people.state)) == ["admins", "change-lock"]
    assert killed >= 6


@pytest.mark.parametrize("code, status", [(28, 74), (5, 74), (30, 74)])
def test_a_write_that_fails_loses_nothing(people, failing, code, status):
    people.add("anna")
    before = (people.state / "admins").read_bytes()
    failed = 0
    for at in range(1, 40):
        ended = people.run("admin", "add", "ben", "--password-stdin", given=PASSWORD, LD_PRELOAD=failing,
                           FAIL_AT=str(at), FAIL_WITH=str(code))
        if ended.returncode == 0:
            break
        failed += 1
        assert ended.returncode == status and len(ended.stderr.strip().splitlines()) == 1, ended.stderr
        if code == 28:
            assert "there is no room to write it" in ended.stderr
        # What stands is the old file, or where only the directory could not be synced the new one.
        assert "anna" in people.admins() and not (people.state / ".admins.new").exists()
        if "ben" in people.admins():
            people.succeed("admin", "remove", "ben")
    assert failed >= 5 and before


def test_a_full_disk_loses_nothing(people):
    people.state.mkdir(mode=0o700)
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=100,mode=700", "tmpfs", people.state], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        people.add("anna")
        before = (people.state / "admins").read_bytes()
        with open(people.state / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                pass
        people.fail(74, "there is no room to write it", "admin", "add", "ben", "--password-stdin", given=PASSWORD)
        assert (people.state / "admins").read_bytes() == before
        (people.state / "ballast").unlink()
        people.add("ben")
        assert list(people.admins()) == ["anna", "ben"]
    finally:
        subprocess.run(["umount", people.state], check=True)


class Prompt(Program):
    """`admin add anna` on a terminal."""

    def __init__(self, people: People) -> None:
        super().__init__(80, 24, ["admin", "add", "anna", "--state", str(people.state)])

    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def type(self, question: str, text: str, times: int = 1) -> None:
        self.wait_for(rf"(?s)(.*{question}){{{times}}}")
        wait_until(lambda: not self.echoes(), 30, "no echo")
        self.press(text + "\n")


@pytest.fixture
def prompt(people):
    prompt = Prompt(people)
    yield prompt
    prompt.end()


def test_a_password_is_asked_for_twice_and_not_shown(people, prompt):
    prompt.type("Password for anna:", PASSWORD)
    prompt.type("Once more:", PASSWORD)
    prompt.wait_for("anna may sign in as viewer")
    assert prompt.wait_for_exit() == 0
    assert "horse" not in prompt.text
    prompt.check_line_restored()
    assert list(people.admins()) == ["anna"]


def test_two_different_ones_are_asked_for_again(people, prompt):
    prompt.type("Password for anna:", "short")
    prompt.wait_for("at least 12 bytes")
    prompt.type("Password for anna:", PASSWORD, times=2)
    prompt.type("Once more:", PASSWORD + "!")
    prompt.wait_for("two different ones")
    prompt.type("Password for anna:", PASSWORD, times=3)
    prompt.type("Once more:", PASSWORD + "?", times=2)
    assert prompt.wait_for_exit() == 65
    prompt.check_line_restored()
    assert people.admins() == {}


@pytest.mark.parametrize("key, number", [("\x03", signal.SIGINT), ("\x1c", signal.SIGQUIT)])
def test_keys_that_end_it_give_the_terminal_back(prompt, key, number):
    prompt.wait_for("Password for anna:")
    wait_until(lambda: not prompt.echoes(), 30, "no echo")
    prompt.press("half a pass" + key)
    assert prompt.wait_for_exit() == -number
    prompt.check_line_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1, signal.SIGABRT])
def test_signals_that_end_it_give_the_terminal_back(prompt, number):
    prompt.wait_for("Password for anna:")
    wait_until(lambda: not prompt.echoes(), 30, "no echo")
    os.kill(prompt.pid, number)
    assert prompt.wait_for_exit() == -number
    prompt.check_line_restored()


def test_a_stop_gives_the_terminal_back_and_asks_again(people):
    shell = Tmux()
    try:
        shell.run("pointerscope", "admin", "add", "anna", "--state", str(people.state))
        shell.wait_for("Password for anna:")
        shell.type("half a pass")
        shell.press("C-z")
        shell.wait_for("Stopped")
        # What was typed is no command, and what is typed now is seen.
        shell.check_shell(3)
        assert "half" not in shell.text
        shell.run("fg")
        shell.wait_for(r"(?s)(.*Password for anna:){2}")
        shell.type(PASSWORD)
        shell.press("Enter")
        shell.wait_for("Once more:")
        shell.type(PASSWORD)
        shell.press("Enter")
        shell.wait_for("anna may sign in as viewer")
        assert "horse" not in shell.text and list(people.admins()) == ["anna"]
    finally:
        shell.end()


def test_where_no_shell_could_bring_it_back_it_asks_again(people, prompt):
    prompt.wait_for("Password for anna:")
    os.kill(prompt.pid, signal.SIGTSTP)
    prompt.type("Password for anna:", PASSWORD, times=2)
    prompt.type("Once more:", PASSWORD)
    assert prompt.wait_for_exit() == 0
    assert list(people.admins()) == ["anna"]


def test_no_answer_is_no_password(people, prompt):
    prompt.wait_for("Password for anna:")
    wait_until(lambda: not prompt.echoes(), 30, "no echo")
    prompt.press("\x04")
    prompt.wait_for("no password was given")
    assert prompt.wait_for_exit() == 65
    prompt.check_line_restored()
