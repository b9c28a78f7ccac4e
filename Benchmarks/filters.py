#!/usr/bin/env python3
"""make bench-filters: what viewers of one page of 200 get, and cost the server, beside as many viewers of everything.

  filters.py [--visitors N] [--pages P] [--rate HZ] [--viewers V] [--seconds S] [--rounds R]

Visitors on P pages, as many on each, move HZ times a second. Watching are, by turns and in another order each time:
nobody; V viewers of everything; V viewers of a page each; and V viewers of another page each, on which nobody is. What
is told is what came to each viewer, in the default shape and in frames, 10 a second as who asks for no rate and 30 as
the dashboard, with what part of it is the page's share, by itself and above what came to those who took nothing; and
the CPU of the master, which holds the hub and writes to viewers, less what it takes while nobody watches. Ratios are of
pairs, a round each.
"""

import argparse
import os
import selectors
import socket
import statistics
import sys
import threading
import time

from suite import machine
from suite.contestants import Pointerscope
from suite.paths import ROOT
from suite.tables import grid

sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from wire import RawWebSocket, text  # noqa: E402

#: One connection speaks for at most 256.
VISITORS_EACH = 250
SAMPLES_EACH = 50
SAMPLE_MARK = b',"x":'
SHAPES = {"default": "", "frames, 10 a second": "shape=frames&hz=10&", "frames, 30 a second": "shape=frames&hz=30&"}
#: Until what a viewer gets first, the picture of all, has come.
SETTLE_SECONDS = 1.5
AUDIENCES = ("nobody", "everything", "pages", "nothing")


class Readers:
    """Reads all viewers' connections in one thread, and counts bytes and samples."""

    def __init__(self, connections):
        self.bytes = self.samples = 0
        self.is_over = False
        self.selector = selectors.DefaultSelector()
        for connection in connections:
            self.selector.register(connection, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        rests = {}
        while not self.is_over:
            for key, _ in self.selector.select(0.1):
                data = key.fileobj.recv(1 << 20)
                self.bytes += len(data)
                data = rests.get(key.fd, b"") + data
                self.samples += data.count(SAMPLE_MARK)
                # A mark may be cut in two.
                rests[key.fd] = data[len(data) - len(SAMPLE_MARK) + 1:]

    def close(self):
        self.is_over = True
        self.thread.join()


class Crowd:
    """Says the same round and round, in messages made beforehand."""

    def __init__(self, address, visitors, pages, rate):
        self.is_over = threading.Event()
        self.sockets = []
        turns = []
        for first in range(0, visitors, VISITORS_EACH):
            speaker = RawWebSocket(address)
            self.sockets.append(speaker)
            numbers = range(first, min(visitors, first + VISITORS_EACH))
            for start in range(0, len(numbers), SAMPLES_EACH):
                part = numbers[start:start + SAMPLES_EACH]
                where = [{"id": f"visitor-{n}", "x": n % 1280, "y": n * 7 % 720} for n in part]
                speaker.say([{**sample, "w": 1280, "h": 720, "p": path(n, pages)} for n, sample in zip(part, where)])
                turns.append((speaker, text(where)))
            speaker.ping_and_wait()
        # A connection after the other, so that what comes is spread over time.
        self.turns = [turns[i] for phase in range(5) for i in range(phase, len(turns), 5)]
        self.pause = 1 / rate / len(self.turns)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        began, count = time.monotonic(), 0
        while not self.is_over.wait(max(0.002, began + count * self.pause - time.monotonic())):
            due = int((time.monotonic() - began) / self.pause)
            for number in range(count, due):
                speaker, message = self.turns[number % len(self.turns)]
                speaker.send(message)
            count = due


def path(number, pages):
    return f"/shop/department-{number % pages}"


def on_processor(pid):
    """Seconds that a process's threads have had (nanoseconds are the first field of proc(5)'s schedstat), and those of
    them in the kernel, as far as its ticks tell."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    with open(f"/proc/{pid}/stat") as file:
        kernel = int(file.read().rsplit(") ", 1)[1].split()[12])
    return total / 1e9, kernel / os.sysconf("SC_CLK_TCK")


def watch(server, audience, shape, options):
    """The connections of an audience, each with its request said."""
    host, port = server.http.split(":")
    viewers = []
    for number in range(0 if audience == "nobody" else options.viewers):
        page = {"pages": path(number, options.pages), "nothing": f"/empty-{number}"}.get(audience)
        asked = f"{SHAPES[shape]}page={page}" if page else SHAPES[shape]
        viewers.append(socket.create_connection((host, int(port))))
        viewers[-1].sendall(f"GET /receive/bench?{asked} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return viewers


def measure(server, audience, shape, options):
    """Bytes and samples a second to each viewer; the master's seconds of CPU a second, and those in the kernel."""
    viewers = watch(server, audience, shape, options)
    readers = Readers(viewers)
    time.sleep(SETTLE_SECONDS)
    begin = readers.bytes, readers.samples, *on_processor(server.pid), time.monotonic()
    time.sleep(options.seconds)
    end = readers.bytes, readers.samples, *on_processor(server.pid), time.monotonic()
    readers.close()
    for connection in viewers:
        connection.close()
    time.sleep(0.2)
    came, samples, spent, kernel, seconds = (after - before for after, before in zip(end, begin))
    each = max(1, len(viewers)) * seconds
    return came / each, samples / each, spent / seconds, kernel / seconds


def spread(values, form):
    low, middle, high = (form.format(value) for value in (min(values), statistics.median(values), max(values)))
    return f"{middle} ({low} to {high})"


def quotients(over, under):
    return [one / other for one, other in zip(over, under) if other > 0]


def above(ones, others, index):
    """How much more there is in each round of one audience than of another."""
    return [one[index] - other[index] for one, other in zip(ones, others)]


def table(found, options):
    """The rows of a shape; `found` has bytes, samples and both kinds of CPU of each round, by audience."""
    nobody, everything, pages, nothing = (found[audience] for audience in AUDIENCES)
    none = [(0,) * 4] * len(nobody)
    rows = []
    for index, what in enumerate(("bytes a second to each", "samples a second to each")):
        parts = [quotients(above(pages, base, index), above(everything, base, index)) for base in (none, nothing)]
        shares = [[part * options.pages for part in some] for some in parts]
        rows.append([what, *(spread([one[index] for one in ones], "{:,.0f}") for ones in (everything, pages, nothing)),
                     *(spread(share, "{:.3f}") for share in shares)])
    for index, what in ((2, "master's CPU for all of them, % of a core"), (3, "of that, in the kernel")):
        costs = [above(ones, nobody, index) for ones in (everything, pages, nothing)]
        ratios = [quotients(above(pages, base, index), above(everything, base, index)) for base in (nobody, nothing)]
        rows.append([what, *(spread([value * 100 for value in cost], "{:.2f}") for cost in costs),
                     *(spread(ratio, "{:.3f}") if ratio else "" for ratio in ratios)])
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rate", type=float, default=10, help="samples a second of each visitor")
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    server_core, own_core = machine.split_cores()
    neighbours = machine.Neighbours()
    with Pointerscope().start(server_core, workers=1) as server:
        os.sched_setaffinity(0, own_core)
        host, port = server.ingest.split(":")
        crowd = Crowd((host, int(port)), options.visitors, options.pages, options.rate)
        rows = [["shape", f"{options.viewers} viewers", "of everything", "of a page each", "of nothing",
                 "bytes: page to its share; CPU: to everything", "the same above nothing"]]
        for shape in SHAPES:
            found = {audience: [] for audience in AUDIENCES}
            for number in range(options.rounds):
                turn = AUDIENCES[number % 4:] + AUDIENCES[:number % 4]
                for audience in turn:
                    found[audience].append(measure(server, audience, shape, options))
            nothing = [cpu * 100 for _, _, cpu, _ in found["nobody"]]
            print(f"{shape}: while nobody watches the master takes {spread(nothing, '{:.2f}')} % of a core", flush=True)
            rows += [[shape, *row] for row in table(found, options)]
        crowd.is_over.set()
    others, stolen = neighbours.cores()
    print(grid(rows))
    print(f"{options.visitors:,} visitors on {options.pages} pages, {options.visitors * options.rate:,.0f} samples a "
          f"second; meanwhile other processes took {others:.2f} cores, the hypervisor {stolen:.2f}")


if __name__ == "__main__":
    main()
