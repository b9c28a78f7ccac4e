#!/usr/bin/env python3
"""make bench-reload-peers: reloads under new connections, here and in nginx: requests that fail, streams that break.

  reload_beside_nginx.py [--reloads N] [--rate R] [--streams K] [--drain SECONDS] [--rounds M] [--json]

R new connections a second ask for something and are answered: of nginx `GET /` with 200, of this server a WebSocket
handshake with 101, since that is what each is there for. K others last: of nginx a download of 4 KiB a second, here a
WebSocket that sends a sample a second. Meanwhile each is told N times to reload (SIGHUP), the next time when all new
workers are there. A request has failed where no connection came about, or no answer within 5 s, or another one; a stream
is broken where it ends before the run does. Rounds take turns.

nginx is measured as Debian has it, where an old worker stays until its last connection has ended by itself, and with
`worker_shutdown_timeout`, which closes them after so long, as `--worker-drain` does here. What is left of old workers at
the end is counted, too.
"""

import argparse
import asyncio
import json
import os
import pathlib
import signal
import socket
import sys
import tempfile
import time

from suite import processes
from suite.contestants import Nchan, package_version
from suite.paths import BENCHMARKS, POINTERSCOPE
from suite.returning import HANDSHAKE, ORIGIN, masked
from suite.server import Server
from suite.tables import grid

WORKERS = 2
ANSWER_SECONDS = 5
# Streams that are begun at a time.
TOGETHER = 50
READY_SECONDS = 30
# Behind the last reload, so that what it breaks is seen.
AFTERMATH_SECONDS = 2


class Nginx:
    """Debian's, from a configuration of its own."""

    expected, request = b"200", b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    stream_request, stream_expected = b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", b"200"

    def __init__(self, shutdown_seconds):
        self.shutdown_seconds = shutdown_seconds
        self.name = "nginx" if shutdown_seconds is None else f"nginx, worker_shutdown_timeout {shutdown_seconds:g}s"

    def missing(self):
        return None if Nchan.program else "nginx is not installed"

    def start(self, folder):
        os.chmod(folder, 0o755)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        with open(folder / "stream", "wb") as file:
            file.truncate(64 << 20)
        shutdown = "" if self.shutdown_seconds is None else f"worker_shutdown_timeout {self.shutdown_seconds:g}s;"
        text = (BENCHMARKS / "peers" / "reload.conf").read_text()
        for word, value in [("FOLDER", str(folder)), ("PORT", str(self.port)), ("SHUTDOWN", shutdown)]:
            text = text.replace(word, value)
        path = folder / "nginx.conf"
        path.write_text(text)
        return Server([Nchan.program, "-p", folder, "-c", path, "-e", "stderr"], None, os.sched_getaffinity(0),
                      probe=f"127.0.0.1:{self.port}")

    def beat(self):
        """What a stream says each second, so that it is alive."""
        return b""

    def is_broken(self, data):
        """Whether what came means the end."""
        return False


class Ours:
    name = "Pointerscope"
    expected, request = b"101", HANDSHAKE
    stream_request, stream_expected = HANDSHAKE, b"101"

    def __init__(self, drain_seconds):
        self.drain_seconds = drain_seconds

    def missing(self):
        return None if POINTERSCOPE.exists() else "no release build of pointerscope: run make build first"

    def start(self, folder):
        server = Server(
            [POINTERSCOPE, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers",
             WORKERS, "--worker-drain", f"{round(self.drain_seconds * 1000)}ms", "--origin", ORIGIN], None,
            os.sched_getaffinity(0))
        self.port = int(server.ingest.rpartition(":")[2])
        return server

    def beat(self):
        return masked(1, b'{"id":"stream","x":1,"y":2}')

    def is_broken(self, data):
        # A close frame; nothing else is said by a server whose pages send JSON.
        return data[:1] == b"\x88"


class Load:
    """New connections at a pace, and streams."""

    def __init__(self, contestant, rate, streams):
        self.contestant, self.rate, self.wanted = contestant, rate, streams
        self.asked = self.broken = 0
        self.failures = {}
        self.slowest_seconds = 0.0
        self.is_over = False

    async def opened(self, request, expected):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.contestant.port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = head.split(b" ")[1]
        if status != expected:
            writer.close()
            raise RuntimeError(status.decode())
        return reader, writer

    async def ask(self):
        began = time.monotonic()
        self.asked += 1
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                _, writer = await self.opened(self.contestant.request, self.contestant.expected)
                writer.close()
        except (OSError, EOFError, RuntimeError, asyncio.TimeoutError) as error:
            how = type(error).__name__ if not isinstance(error, RuntimeError) else str(error)
            self.failures[how] = self.failures.get(how, 0) + 1
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)

    async def pace(self):
        began, tasks = time.monotonic(), set()
        while not self.is_over:
            due = int((time.monotonic() - began) * self.rate)
            for _ in range(due - self.asked):
                task = asyncio.create_task(self.ask())
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            await asyncio.sleep(0.005)
        await asyncio.gather(*tasks)

    async def stream(self, reader, writer):
        contestant = self.contestant
        try:
            while not self.is_over:
                writer.write(contestant.beat())
                try:
                    async with asyncio.timeout(1):
                        data = await reader.read(65536)
                except asyncio.TimeoutError:
                    continue
                if not data or contestant.is_broken(data):
                    self.broken += 1
                    return
        except OSError:
            self.broken += 1
        finally:
            writer.close()

    async def streams(self):
        opened = []
        while len(opened) < self.wanted:
            count = min(TOGETHER, self.wanted - len(opened))
            opened += await asyncio.gather(*(
                self.opened(self.contestant.stream_request, self.contestant.stream_expected) for _ in range(count)))
        return [asyncio.create_task(self.stream(*pair)) for pair in opened]


async def measured(contestant, server, options):
    load = Load(contestant, options.rate, options.streams)
    streams = await load.streams()
    pacing = asyncio.create_task(load.pace())
    await asyncio.sleep(1)
    for _ in range(options.reloads):
        before = set(processes.children(server.pid))
        os.kill(server.pid, signal.SIGHUP)
        deadline = time.monotonic() + READY_SECONDS
        while len(set(processes.children(server.pid)) - before) < WORKERS:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{contestant.name} has no new workers")
            await asyncio.sleep(0.02)
        # An old one may have to go before the next reload is taken.
        await asyncio.sleep(options.drain + 0.5)
    await asyncio.sleep(AFTERMATH_SECONDS)
    left = len(processes.children(server.pid)) - WORKERS
    load.is_over = True
    await asyncio.gather(pacing, *streams)
    return {"asked": load.asked, "failed": sum(load.failures.values()), "how": load.failures,
            "slowest_ms": round(load.slowest_seconds * 1000, 1), "streams": options.streams, "broken": load.broken,
            "old_workers": left}


def one(contestant, options):
    with tempfile.TemporaryDirectory(prefix="bench-reload-") as folder:
        with contestant.start(pathlib.Path(folder)) as server:
            return asyncio.run(measured(contestant, server, options))


def total(rounds):
    """All rounds of one contestant."""
    return {name: max(found[name] for found in rounds) if name == "slowest_ms" else sum(found[name] for found in rounds)
            for name in ("asked", "failed", "slowest_ms", "streams", "broken", "old_workers")} | {
                "how": {how: sum(found["how"].get(how, 0) for found in rounds)
                        for how in {how for found in rounds for how in found["how"]}}}


def main():
    options = arguments()
    contestants = [Ours(options.drain), Nginx(None), Nginx(options.drain)]
    for contestant in contestants:
        if contestant.missing():
            sys.exit(f"bench: {contestant.missing()}")
    found = {contestant.name: [] for contestant in contestants}
    for turn in range(options.rounds):
        for contestant in contestants[turn % 3:] + contestants[:turn % 3]:
            found[contestant.name].append(one(contestant, options))
    results = {name: total(rounds) for name, rounds in found.items()}
    if options.json:
        print(json.dumps(results))
        return
    print(f"nginx {package_version('nginx')}; {options.reloads} reloads a round, {options.rounds} rounds, {options.rate} "
          f"new connections/s, {options.streams} streams, old workers have {options.drain:g} s")
    rows = [["", "requests", "failed", "slowest ms", "streams", "broken", "old workers left"], ["---"] + ["---:"] * 6]
    for name, figures in results.items():
        how = ", ".join(f"{count} {word}" for word, count in sorted(figures["how"].items()))
        rows.append([name, f"{figures['asked']:,}", f"{figures['failed']:,}" + (f" ({how})" if how else ""),
                     f"{figures['slowest_ms']:.0f}", f"{figures['streams']:,}", f"{figures['broken']:,}",
                     f"{figures['old_workers']:,}"])
    print(grid(rows))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reloads", type=int, default=10)
    parser.add_argument("--rate", type=int, default=400, help="new connections a second")
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--drain", type=float, default=2, help="seconds that an old worker has, where it is told so")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
