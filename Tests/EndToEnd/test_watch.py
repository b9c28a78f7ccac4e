"""`--watch`: what people and programs do to the program on disk and to the configuration, and what comes of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import time

import pytest

from controlling import Operator
from server import BINARY, Server
from signing_in import Browser
from waiting import wait_until
from wire import RawWebSocket

# A reload comes when it has been quiet for half a second; what is not to come is waited for several times as long.
QUIET_SECONDS = 2.5


class Host:
    """A server that watches, whose program and configuration lie in a folder of its own."""

    def __init__(self, folder, *options: str, program=None, config=None, text: str = "", prefix=(), **more) -> None:
        self.folder = folder
        self.program = program or folder / "pointerscope"
        self.config = config or folder / "server.conf"
        if program is None:
            shutil.copy(BINARY, self.program)
        if config is None:
            self.config.write_text(text)
        process = subprocess.Popen(
            [*prefix, self.program, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0",
             "--workers", "1", "--worker-drain", "0", "--control", str(folder / "control"), "--config",
             str(self.config), "--watch", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
        self.server = Server(process)
        self.server.ready = self.server.event("ready", 60)
        self.server.note_processes()
        self.operator = Operator(folder / "control")
        self.reloads = 0

    def reloaded(self, *files) -> None:
        """One more reload was begun for these files, and is done."""
        assert self.outcome(*files)["event"] == "workers_changed"
        self.server.note_processes()
        # While one of before drains the next may have to wait.
        wait_until(lambda: len(self.operator.json("workers")) == 1, 60, "the old worker to be gone")

    def refusal(self, *files) -> str:
        """One more reload was begun for these files, and was not done: why."""
        line = self.outcome(*files)
        assert line["event"] in ("reload_refused", "workers_not_changed")
        return line["why"]

    def outcome(self, *files) -> dict:
        self.reloads += 1
        why = self.server.event("reloading", count=self.reloads)["why"]
        assert why == "changed: " + ", ".join(sorted(str(file) for file in files))
        return wait_until(lambda: self.outcomes()[self.reloads - 1], 60, "its end")

    def outcomes(self) -> list[dict]:
        ends = ("workers_changed", "reload_refused", "workers_not_changed")
        return [line for line in self.server.lines if line.get("event") in ends] + [None] * self.reloads

    def stays(self) -> None:
        """Nothing comes of what was done."""
        time.sleep(QUIET_SECONDS)
        assert len(self.server.events("reloading")) == self.reloads

    def sampling(self) -> float:
        return self.server.metrics()["pointerscope_sampling_rate"]

    def replace(self, path, text) -> None:
        """As editors do: another file that is renamed over it."""
        fresh = path.with_name(f".{path.name}.swp")
        fresh.write_bytes(text if isinstance(text, bytes) else text.encode())
        shutil.copymode(path, fresh)
        fresh.rename(path)


@pytest.fixture
def host(tmp_path):
    hosts = []

    def begin(*options: str, folder=tmp_path, **more) -> Host:
        hosts.append(Host(folder, *options, **more))
        return hosts[-1]

    yield begin
    for one in hosts:
        one.server.stop_and_check()


def test_a_configuration_is_edited(host):
    one = host(text="sampling = 7\n")
    watched = one.server.event("watching")["files"]
    assert watched == f"{one.program}, {one.config}"
    pids = one.server.worker_pids()
    one.replace(one.config, "sampling = 8\n")
    one.reloaded(one.config)
    assert one.sampling() == 8 and not set(pids) & set(one.server.worker_pids())
    one.config.write_text("sampling = 9\n")
    one.reloaded(one.config)
    assert one.sampling() == 9
    # A copy is kept, and a new file takes the place.
    one.config.rename(one.config.with_name("server.conf~"))
    one.config.write_text("sampling = 10\norigin = https://a.example\n")
    one.reloaded(one.config)
    assert one.sampling() == 10
    assert RawWebSocket.status(one.server.ingest, extra="Origin: https://a.example\r\n") == 101
    # What needs a new start is said, and the server goes on.
    one.config.write_text("sampling = 10\ngrace = 9s\n")
    one.reloaded(one.config)
    assert one.server.event("restart_needed")["options"] == "grace"
    # The same again, and what lies beside it, is nothing.
    one.replace(one.config, "sampling = 10\ngrace = 9s\n")
    (one.folder / "beside").write_text("x")
    os.utime(one.program)
    one.reloaded(one.program)
    one.stays()


def test_what_is_wrong_is_said_once_and_the_old_one_serves(host):
    one = host(text="sampling = 7\n")
    one.replace(one.config, "sampling = 8\nworkers = many\n")
    assert f"{one.config}:2: workers many" in one.refusal(one.config)
    one.stays()
    assert one.sampling() == 7 and RawWebSocket.status(one.server.ingest) == 101
    one.config.chmod(0)
    if os.geteuid() != 0:
        assert "Permission denied" in one.refusal(one.config)
        one.config.chmod(0o644)
        one.refusal(one.config)
    else:
        assert "workers many" in one.refusal(one.config)
    one.config.unlink()
    assert "No such file" in one.refusal(one.config)
    one.stays()
    one.config.write_text("sampling = 9\n")
    one.reloaded(one.config)
    assert one.sampling() == 9


def sleeper(path):
    """A program that takes its time, and then is ours."""
    compiler = shutil.which("clang") or shutil.which("cc")
    source = ("#include <unistd.h>\n"
              f'int main(int n, char **words) {{ sleep(3); return execv("{BINARY}", words); }}')
    subprocess.run([compiler, "-x", "c", "-", "-o", str(path)], input=source.encode(), check=True)
    return path


def test_many_changes_are_one_reload_and_one_that_comes_during_it_is_another(host):
    one = host(text="sampling = 1\n")
    for rate in range(2, 32):
        one.replace(one.config, f"sampling = {rate}\n")
        time.sleep(0.02)
    one.reloaded(one.config)
    assert one.sampling() == 31
    one.stays()
    # A program that takes its time to be ready: what comes meanwhile has a reload of its own, and only one.
    sleeper(one.folder / "slow").rename(one.program)
    one.server.event("reloading", count=2)
    shutil.copy(BINARY, one.folder / "fresh")
    (one.folder / "fresh").rename(one.program)
    one.config.write_text("sampling = 32\n")
    time.sleep(1)
    one.config.write_text("sampling = 33\n")
    wait_until(lambda: len(one.server.events("workers_changed")) == 3, 60, "both to end")
    assert [line["why"] for line in one.server.events("reloading")[1:]] == [
        f"changed: {one.program}", f"changed: {one.program}, {one.config}"]
    assert one.sampling() == 33
    one.reloads = 3
    one.stays()
    one.server.note_processes()


def test_a_program_is_built_in_steps(host):
    one = host()
    whole = one.program.read_bytes()
    pids = one.server.worker_pids()
    one.program.unlink()
    with open(one.program, "wb") as file:
        one.program.chmod(0o755)
        for start in range(0, len(whole), len(whole) // 5 + 1):
            file.write(whole[start:start + len(whole) // 5 + 1])
            file.flush()
            # Longer than what is quiet enough for a file that was closed.
            time.sleep(1)
        assert one.server.events("reloading") == []
    one.reloaded(one.program)
    assert not set(pids) & set(one.server.worker_pids())
    # A part of it, and closed: that is all there is, for all anybody knows.
    pids = one.server.worker_pids()
    one.replace(one.program, whole[:200_000])
    assert "before it was ready" in one.refusal(one.program)
    one.stays()
    assert one.server.worker_pids() == pids and RawWebSocket.status(one.server.ingest) == 101
    one.replace(one.program, b"no program at all")
    one.refusal(one.program)
    one.program.unlink()
    assert "cannot be started" in one.refusal(one.program)
    one.program.write_bytes(whole)
    one.refusal(one.program)
    one.program.chmod(0o755)
    one.reloaded(one.program)
    assert not set(pids) & set(one.server.worker_pids())


def test_files_of_a_folder_come_and_go(host, tmp_path):
    folder = tmp_path / "etc"
    (folder / "conf.d").mkdir(parents=True)
    (folder / "pointerscope.conf").write_text("sampling = 5\n")
    one = host(config=folder)
    added = folder / "conf.d" / "20-more.conf"
    added.write_text("sampling = 6\n")
    one.reloaded(added)
    assert one.sampling() == 6
    (folder / "conf.d" / "20-more.conf.dpkg-new").write_text("nonsense")
    added.write_text("sampling = 7\n")
    one.reloaded(added)
    added.unlink()
    one.reloaded(added)
    assert one.sampling() == 5
    # All of it goes, and comes back.
    folder.rename(tmp_path / "gone")
    assert one.refusal(folder / "pointerscope.conf", folder).startswith(f"--config {folder}: cannot be read")
    one.stays()
    assert RawWebSocket.status(one.server.ingest) == 101
    (folder / "conf.d").mkdir(parents=True)
    (folder / "pointerscope.conf").write_text("sampling = 8\n")
    one.reloaded(folder / "pointerscope.conf", folder)
    assert one.sampling() == 8
    (folder / "conf.d" / "a.conf").write_text("sampling = 9\n")
    one.reloaded(folder / "conf.d" / "a.conf")
    assert one.sampling() == 9


def test_links_are_switched(host, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        shutil.copy(BINARY, tmp_path / name / "pointerscope")
        # As Kubernetes mounts what it calls a ConfigMap.
        (tmp_path / f"..{name}").mkdir()
    (tmp_path / "..one" / "server.conf").write_text("sampling = 5\n")
    (tmp_path / "..two" / "server.conf").write_text("sampling = 6\n")

    def switch(link, target) -> None:
        (tmp_path / "fresh").symlink_to(target)
        (tmp_path / "fresh").rename(tmp_path / link)

    switch("current", "one")
    switch("..data", "..one")
    switch("server.conf", "..data/server.conf")
    one = host(program=tmp_path / "current" / "pointerscope", config=tmp_path / "server.conf")
    switch("..data", "..two")
    one.reloaded(one.config)
    assert one.sampling() == 6
    shutil.rmtree(tmp_path / "..one")
    switch("current", "two")
    one.reloaded(one.program)
    # The release of before is gone, and nobody needs it: what is started lies behind the link.
    shutil.rmtree(tmp_path / "one")
    assert one.operator.ask("reload").endswith("reload: done, 1 workers run\n")
    assert one.operator.ask("upgrade").startswith("upgrade: done, ")


def signed(secret: bytes) -> str:
    """A JWT of somebody who may watch."""
    def encoded(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"aud": "us", "sub": "robot", "role": "viewer", "exp": int(time.time()) + 600}
    text = f"{encoded({'alg': 'HS256'})}.{encoded(claims)}"
    code = hmac.digest(secret, text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(code).rstrip(b'=').decode()}"


def test_a_key_that_the_configuration_names_is_watched(host, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"a" * 32)
    rest = f"auth = password\nstate = {tmp_path / 'state'}\njwt-audience = us\n"
    one = host(text=f"{rest}jwt-key = {first}\n")

    def status(byte: bytes) -> int:
        return Browser(one.server).get("/api/state", Authorization=f"Bearer {signed(byte * 32)}").status

    assert status(b"a") == 200
    first.write_bytes(b"c" * 32)
    one.reloaded(first)
    assert (status(b"a"), status(b"c")) == (401, 200)
    # One that cannot be used is refused; mended, it is taken, though the configuration is the same.
    one.config.write_text(f"{rest}jwt-key = {second}\n")
    assert f"{second}: cannot be read" in one.refusal(one.config)
    assert status(b"c") == 200
    second.write_bytes(b"b" * 32)
    one.reloaded(second)
    assert (status(b"c"), status(b"b")) == (401, 200)
    first.write_bytes(b"d" * 32)
    one.stays()


def test_it_is_turned_on_and_off_by_a_reload(tmp_path):
    config = tmp_path / "server.conf"
    config.write_text("sampling = 5\n")
    server = Server.start("--workers", "1", "--worker-drain", "0", "--config", str(config), "--control",
                          str(tmp_path / "control"))
    operator = Operator(tmp_path / "control")
    try:
        descriptors = len(os.listdir(f"/proc/{server.pid}/fd"))
        config.write_text("sampling = 6\n")
        time.sleep(QUIET_SECONDS)
        assert server.events("reloading") == [] == server.events("watching")
        config.write_text("sampling = 7\nwatch = yes\n")
        assert operator.ask("reload").startswith("at once: sampling, watch\n")
        server.event("watching")
        config.write_text("sampling = 8\n")
        # The last thing that it notices.
        assert server.event("options_changed", count=2)["options"] == "sampling watch"
        server.event("workers_changed", count=2)
        config.write_text("sampling = 9\n")
        time.sleep(QUIET_SECONDS)
        assert len(server.events("reloading")) == 2
        wait_until(lambda: len(operator.json("workers")) == 1, 60, "the old worker to be gone")
        wait_until(lambda: len(os.listdir(f"/proc/{server.pid}/fd")) <= descriptors, 60, "nothing to stay open")
    finally:
        server.stop_and_check()


def test_an_upgrade_goes_on_watching(host):
    one = host(text="sampling = 5\n")
    fresh = one.folder / "fresh"
    shutil.copy(BINARY, fresh)
    fresh.rename(one.program)
    # The upgrade is asked for before the reload has begun, which is owed then, and comes.
    one.config.write_text("sampling = 6\n")
    assert one.operator.ask("upgrade").startswith("upgrade: done, ")
    one.server.event("watching", count=2)
    one.server.event("workers_changed")
    assert len(one.server.events("reloading")) == 1 and one.sampling() == 6
    one.reloads = 1
    one.stays()
    one.config.write_text("sampling = 7\n")
    one.reloaded(one.config)
    assert one.sampling() == 7
    assert one.operator.ask("upgrade").startswith("upgrade: done, ")
    one.stays()


def test_where_the_kernel_tells_nothing_it_is_looked_at(host):
    if subprocess.run(["unshare", "-U", "-r", "true"], capture_output=True).returncode != 0:
        pytest.skip("no user namespaces here")
    # As many as may be: none.
    script = 'echo 0 > /proc/sys/user/max_inotify_instances; exec "$@"'
    one = host(text="sampling = 5\n", prefix=["unshare", "-U", "-r", "sh", "-c", script, "sh"])
    line = one.server.event("watch_limited")
    assert line["why"].startswith("inotify_init1: ") and "max_user_instances" in line["why"]
    one.config.write_text("sampling = 6\n")
    one.reloaded(one.config)
    assert one.sampling() == 6
    one.stays()
