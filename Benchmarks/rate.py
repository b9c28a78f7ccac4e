#!/usr/bin/env python3
"""make bench-rate: what it saves that the server tells pages how often to sample, and how soon it settles.

  rate.py [--visitors N] [--seconds S] [--rounds R] [--only table|settling]

A crowd (`pointerscope load --protocol v1 --rate asked`) whose pointers never rest samples and speaks as the server asks. The
table: CPU of the server's tree, bytes from pages and to viewers, samples, each for a second, with `--sampling` as it is by
default and with `--sampling 60`, the pace that pages have of themselves, by turns. Watching are: nobody; one viewer of ten
pictures a second; one of the overview as the dashboard asks for it, 30 a second; one of those who looks closely at one
visitor; 20 of those, of whom five stand still.

Settling: while viewers come, go and stand still, the rate is read ten times a second. What is told is when it changed last
behind each event, and to what. Nothing may change later than five seconds behind one.
"""

import argparse
import json
import secrets
import socket
import statistics
import sys
import threading
import time
import urllib.request

from suite import counters, generator, machine
from suite.contestants import ADDRESSES
from suite.drain import Drain
from suite.paths import POINTERSCOPE
from suite.server import Server
from suite.tables import grid

WITH, WITHOUT = "asked", "fixed"
SAMPLING = {WITH: [], WITHOUT: ["--sampling", "60"]}
# What the dashboard asks for.
FRAMES = "shape=frames&hz=30&"
# What whoever asks for nothing gets.
SLOW_FRAMES = "shape=frames&hz=10&"
# How soon it has to be settled, and how long it is looked at behind that.
SETTLE_SECONDS = 5
LOOK_SECONDS = 5
READY_SECONDS = 60


class Watched:
    """A server with a crowd, and viewers that come and go."""

    def __init__(self, options, cores, how):
        self.server_core, generator_core = cores
        command = [POINTERSCOPE, "serve", "--headless", *ADDRESSES, "--workers", 2, *SAMPLING[how]]
        self.server = Server(command, None, self.server_core)
        self.crowd = generator.start(
            self.server, generator_core, protocol="v1", rate="asked", motion="circle", visitors=options.visitors,
            duration="1h")
        self.drain = Drain()
        self.viewers = []
        deadline = time.monotonic() + READY_SECONDS
        while self.counters()["pointerscope_visitors"] < options.visitors:
            if time.monotonic() > deadline:
                self.__exit__()
                raise SystemExit("bench: the crowd did not come")
            time.sleep(0.1)

    def counters(self):
        return counters.read(self.server)

    def stream(self, query):
        """A viewer's connection, of which nothing has been read."""
        host, port = self.server.http.split(":")
        connection = socket.create_connection((host, int(port)))
        connection.sendall(f"GET /receive/bench?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return connection

    def watch(self, count=1, shape=FRAMES):
        """So many viewers more; returns the words by which they are known."""
        words = [secrets.token_urlsafe(16) for _ in range(count)]
        for word in words:
            self.viewers.append(self.stream(f"{shape}viewer={word}"))
            self.drain.add(self.viewers[-1].fileno())
        return words

    def stand_still(self, count):
        """So many of the newest read no more, and stay."""
        for connection in self.viewers[-count:]:
            self.drain.remove(connection.fileno())

    def look_closely(self, word):
        """A viewer looks at somebody who is here."""
        data, mark = b"", b'"visitors":[{"id":"'
        with self.stream(FRAMES) as connection:
            while data.count(b'"', data.find(mark) + len(mark)) == 0 or mark not in data:
                data += connection.recv(1 << 16)
        visitor = data.partition(mark)[2].partition(b'"')[0].decode()
        request = urllib.request.Request(
            f"http://{self.server.http}/api/look", json.dumps({"viewer": word, "id": visitor}).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 204, answer.status

    def leave(self, count=None):
        """So many of the newest go; all without a number."""
        going = self.viewers[-count:] if count else self.viewers
        self.viewers = self.viewers[:-count] if count else []
        for connection in going:
            self.drain.remove(connection.fileno())
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.leave()
        self.crowd.terminate()
        self.crowd.communicate(timeout=60)
        self.drain.close()
        self.server.__exit__()


SCENES = {
    "nobody": lambda watched: None,
    "one viewer of ten pictures a second": lambda watched: watched.watch(shape=SLOW_FRAMES),
    "one viewer of the overview, 30 a second": lambda watched: watched.watch(),
    "one who looks closely at one visitor": lambda watched: watched.look_closely(*watched.watch()),
    "20 viewers, five stand still": lambda watched: (watched.watch(20), watched.stand_still(5)),
}


def measure(options, cores, how, scene):
    """What a second costs."""
    with Watched(options, cores, how) as watched:
        SCENES[scene](watched)
        time.sleep(SETTLE_SECONDS + 1)
        begin, before, cpu = time.monotonic(), watched.counters(), watched.server.cpu_seconds()
        time.sleep(options.seconds)
        end, after, cpu = time.monotonic(), watched.counters(), watched.server.cpu_seconds() - cpu
    names = {
        "samples": "pointerscope_events_received_total", "in": "pointerscope_ingest_bytes_total",
        "out": "pointerscope_http_sent_bytes_total"}
    found = {key: (after[name] - before[name]) / (end - begin) for key, name in names.items()}
    return {**found, "cpu": cpu / (end - begin), "rate": after["pointerscope_sampling_rate"]}


def table(options, cores):
    found = {(scene, how): [] for scene in SCENES for how in SAMPLING}
    for number in range(options.rounds):
        for (scene, how), answers in found.items():
            answers.append(measure(options, cores, how, scene))
            print(f"bench: round {number + 1}, {scene}, {how}: {answers[-1]}", file=sys.stderr)
    rows = [["who watches", "samples a second, each", "samples a second, all", "CPU, % of a core", "from pages, kB/s",
             "to viewers, kB/s"], ["---"] + ["---:"] * 5]
    for scene in SCENES:
        rows.append([scene] + [
            both(found, scene, key, factor)
            for key, factor in (("rate", 1), ("samples", 1), ("cpu", 100), ("in", 1e-3), ("out", 1e-3))])
    print(f"{options.visitors:,} visitors whose pointers never rest; with rate control, and without: medians of "
          f"{options.rounds} rounds of {options.seconds} s\n")
    print(grid(rows))


def both(found, scene, key, factor):
    """With and without, beside each other."""
    middle = {how: statistics.median(answer[key] for answer in found[scene, how]) * factor for how in SAMPLING}
    form = "{:,.1f}" if key == "cpu" else "{:,.0f}"
    return " / ".join(form.format(middle[how]) for how in (WITH, WITHOUT))


class Rates:
    """The rate as it was, ten times a second."""

    def __init__(self, watched):
        self.watched = watched
        self.seen = []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.is_over.wait(0.1):
            self.seen.append((time.monotonic(), int(self.watched.counters()["pointerscope_sampling_rate"])))

    def end(self):
        self.is_over.set()
        self.thread.join()

    def changes(self, begin, end):
        """What it became between two moments: seconds behind the first, and the new rate."""
        before = [rate for at, rate in self.seen if at <= begin]
        rate, found = before[-1] if before else self.seen[0][1], []
        for at, next_rate in self.seen:
            if begin < at <= end and next_rate != rate:
                rate = next_rate
                found.append((at - begin, rate))
        return found


# What happens.
EVENTS = [
    ("a viewer of ten pictures a second comes", lambda watched: watched.watch(shape=SLOW_FRAMES)),
    ("one of 30 comes", lambda watched: watched.watch()),
    ("that one goes", lambda watched: watched.leave(1)),
    ("the other stands still", lambda watched: watched.stand_still(1)),
    ("it goes", lambda watched: watched.leave()),
    ("20 viewers come", lambda watched: watched.watch(20)),
    ("five of them stand still", lambda watched: watched.stand_still(5)),
    ("three who want every sample come", lambda watched: watched.watch(3, "")),
    ("those three stand still", lambda watched: watched.stand_still(3)),
    ("those three go", lambda watched: watched.leave(3)),
    ("all go", lambda watched: watched.leave()),
]


def settling(options, cores):
    """Whether it settled behind every event."""
    rows = [["what happens", "rates behind it", "settled after, s"], ["---", "---", "---:"]]
    is_settled = True
    with Watched(options, cores, WITH) as watched:
        rates = Rates(watched)
        try:
            time.sleep(1)
            for name, happens in EVENTS:
                begin = time.monotonic()
                happens(watched)
                time.sleep(SETTLE_SECONDS + LOOK_SECONDS)
                changes = rates.changes(begin, time.monotonic())
                last = changes[-1][0] if changes else 0
                is_settled = is_settled and last <= SETTLE_SECONDS
                path = ", ".join(str(rate) for _, rate in changes) or "as before"
                rows.append([name, path, f"{last:.1f}"])
                print(f"bench: {name}: {changes}", file=sys.stderr)
        finally:
            rates.end()
    print(grid(rows))
    return is_settled


def main():
    options = arguments()
    cores = machine.split_cores()
    neighbours = machine.Neighbours()
    is_settled = True
    if options.only != "settling":
        table(options, cores)
    if options.only != "table":
        print()
        is_settled = settling(options, cores)
    others, stolen = neighbours.cores()
    print(f"\nmeanwhile other processes took {others:.2f} cores, the hypervisor {stolen:.2f}")
    if not is_settled:
        sys.exit("bench: it was not settled in time")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["table", "settling"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
