#!/usr/bin/env python3
"""make bench-chaos: workers killed, stalled and slowed by chance, while they are changed and the master is upgraded.

  chaos.py [--seed S] [--minutes M] [--connections C] [--rate HZ] [--workers W] [--headless] [--json]

A server in a terminal of its own (tmux) serves C connections that send HZ numbered samples a second each and come back
when they are cut, and a viewer that reads all of them. Meanwhile, for M minutes, one act follows another, by the dice of
S: kill -9 of a worker, of a new one or an old one in the middle of a reload, of one in the middle of an upgrade; SIGSTOP
for a while, for good, and by turns with SIGCONT; reloads, restarts, scales and upgrades, also to a program that is none;
several of these at once. Behind each act as many workers as are due have to run, and everybody has to be connected and heard.

It ends with status 1 where one of these does not hold:

- **Who falls.** A connection is cut only within an act that kills, without a close frame (the end of the stream, or a
  reset), and where the worker was stopped before it was killed, only if it was on that worker by the server's own word.
- **Each sample.** What came of a connection are its samples in order, from the first on, none twice. Of a connection that
  was not cut all came, but for as many as the server says that workers folded. Of one that was cut the last ones may be
  missing: those that its worker had not read, or had read and not passed on. The server's counters say which:
  sent - received were never read, received - relayed are lost or folded, relayed is what the viewer had. What a worker had
  answered for (with a pong behind it) was read, so of that no more is missing than the server says is lost or folded.
- **Readiness.** `/readyz` says 200, or that no worker runs, and is answered all the time; handshakes are answered 101, or 503
  in such a moment.
- **Presence.** Behind the last act the server and the viewer know exactly those who are connected, and nobody when they
  have gone.
- **Descriptors.** Master and workers have as many open as after the first reload and upgrade.
- **Memory.** Over the second half the master's own memory grows by 1 % at most (Theil-Sen over pairs of moments at rest
  behind as many acts since an upgrade; judged from 10 minutes on). What is told besides is where the growth lies in 95 of
  100 draws of such moments; it fails where all of that is above 1 %.
- **The terminal** shows the workers that run by then, and is a shell's again at the end.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from suite import counters, processes
from suite.control_socket import Operator
from suite.havoc import ANYBODY, Havoc, Site
from suite.paths import BENCHMARKS, ROOT
from suite.tables import grid
from suite.watching import Readiness, Viewer

sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from monitor_words import ASKS_TO_STOP  # noqa: E402
from tmux import Tmux  # noqa: E402
from waiting import wait_until  # noqa: E402

GROWTH_SHARE = 0.01
# A short run is all beginning: rings fill, and heaps with them.
JUDGED_MINUTES = 10
# Draws by which it is told how sure a growth is.
DRAWS = 400
# 2,048 lines of workers' lives, of which a reload of one worker makes four at least; 4,096 lines of the log.
REMEMBERED_RELOADS = 512
REMEMBERED_LINES = 4096
BUSY = 75
REST_SECONDS = 60
# How the kernel ends a connection whose process was killed: it has read everything, or it has not.
CUTS = ("cut", "reset")
PING_EVERY = 4


class Headless:
    """In the place of a terminal."""

    def __init__(self, site):
        self._process = subprocess.Popen([*site.command, "--headless"], stdin=subprocess.DEVNULL, start_new_session=True)

    def check(self, pids):
        return []

    def end(self):
        self._process.terminate()
        status = self._process.wait(timeout=30)
        return [f"the server ended with {status}"] if status else []


class Terminal:
    """tmux, in whose shell the server was started."""

    def __init__(self, site):
        self._tmux = Tmux()
        self._tmux.run(*site.command)

    def check(self, pids):
        """What is wrong with the picture."""
        for pid in pids:
            try:
                self._tmux.wait_for(rf"\b{pid} +running", 30)
            except AssertionError as problem:
                return [f"the terminal does not show worker {pid}: {problem}"]
        return []

    def end(self):
        """Stops the server as an operator would; what is wrong then."""
        try:
            # Where nobody is there it asks nothing.
            self._tmux.type("q")
            wait_until(lambda: self._tmux.is_asking() or re.search(ASKS_TO_STOP, self._tmux.text), REST_SECONDS, "an end")
            if not self._tmux.is_asking():
                self._tmux.type("y")
            self._tmux.check_shell(7)
        except AssertionError as problem:
            return [f"the terminal is no shell's again: {problem}"]
        finally:
            self._tmux.end()
        return []


class Memory:
    """The master's own memory whenever all are at rest, in KiB.

    An upgrade makes it anew, and each act behind it may take some more until all has been needed once: so a moment is like
    those alone behind which as many acts lie since an upgrade.
    """

    def __init__(self, site):
        self._site = site
        self._began = time.monotonic()
        self._upgrades, self._acts = None, 0
        self.points = []

    def look(self):
        upgrades = counters.read(self._site)['pointerscope_upgrades_total{result="done"}']
        self._acts = self._acts + 1 if upgrades == self._upgrades else 0
        self._upgrades = upgrades
        kib = processes.memory_kib(self._site.pid)["Anonymous"]
        self.points.append((time.monotonic() - self._began, self._acts, kib))

    def second_half(self):
        """The median, and how much it grows over that half, as a share of it: most likely, and from where to where it may
        be; nothing of a few points."""
        if len(self.points) < 10:
            return None, None
        middle = self.points[-1][0] / 2
        half = [point for point in self.points if point[0] >= middle]
        level = statistics.median(kib for _, _, kib in half)
        share = (half[-1][0] - half[0][0]) / level
        dice = random.Random(1)
        drawn = sorted(slope(dice.choices(half, k=len(half))) for _ in range(DRAWS))
        return level, [slope(half) * share, drawn[DRAWS // 40] * share, drawn[-1 - DRAWS // 40] * share]


def slope(points):
    """KiB a second: the median over pairs of moments that are alike (Theil-Sen)."""
    alike = collections.defaultdict(list)
    for at, behind, kib in points:
        alike[behind].append((at, kib))
    slopes = [(later - kib) / (then - at) for those in alike.values() for place, (at, kib) in enumerate(those)
              for then, later in those[place + 1:] if then != at]
    return statistics.median(slopes) if slopes else 0


def kinds(pid):
    """How many descriptors of which kind a process has open."""
    found = collections.Counter()
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            found[os.readlink(f"/proc/{pid}/fd/{name}").split(":[")[0].removesuffix(" (deleted)")] += 1
        except OSError:
            continue
    return found


def descriptors(site, havoc):
    """Of the master and of all workers together, those of visitors' connections left out."""
    workers = collections.Counter()
    for pid in [worker["pid"] for worker in havoc.workers()]:
        workers += kinds(pid)
    workers["socket"] -= havoc.connections
    return {"master": kinds(site.pid), "workers": workers}


def compared(before, after, wrong):
    for who in before:
        if before[who] != after[who]:
            more, less = after[who] - before[who], before[who] - after[who]
            wrong.append(f"descriptors of the {who}: more {dict(more)}, fewer {dict(less)}")


def until(probe, what, wrong, seconds=REST_SECONDS):
    """Waits for that; it is wrong if it does not come."""
    deadline = time.monotonic() + seconds
    while not probe():
        if time.monotonic() > deadline:
            wrong.append(f"after {seconds} s still not: {what}")
            return
        time.sleep(0.1)


def falls_of(told, havoc, wrong):
    """Connections that were cut, by act; what may not have been is wrong."""
    falls = collections.Counter()
    for number, fates in enumerate(told["fates"]):
        for how, at in fates:
            if how == "ended":
                continue
            act = next((act for act in havoc.acts if act[1] <= at <= act[2]), None)
            if act is None or how not in CUTS:
                wrong.append(f"v{number} fell by {how}, {'by nothing' if act is None else 'in ' + act[0]}")
                continue
            falls[act[0]] += 1
            if act[3] is not ANYBODY and f"v{number}" not in act[3]:
                wrong.append(f"v{number} fell by {how} in {act[0]}, of which {len(act[3])} others were to fall")
    return falls


def samples_of(told, viewer, metrics, wrong):
    """Where each sample is, in numbers."""
    found = collections.Counter()
    for number, epochs in enumerate(told["sent"]):
        for epoch, sent in enumerate(epochs):
            arrived = viewer.arrived[f"v{number}", epoch]
            found["sent"] += sent
            how = told["fates"][number][epoch][0] if epoch < len(told["fates"][number]) else "never ended"
            if arrived > sent:
                wrong.append(f"v{number}, connection {epoch}: number {arrived - 1} came of {sent}")
            elif how in CUTS:
                found["missing of cut"] += sent - arrived
                found["missing though answered"] += max(0, told["answered"][number][epoch] - arrived)
            else:
                found["missing of others"] += sent - arrived
    for name in ("received", "relayed", "lost"):
        found[name] = int(counters.total(metrics, f"pointerscope_events_{name}_total"))
    found["folded"] = int(metrics['pointerscope_events_conflated_total{stage="relay"}'])
    found["arrived"] = viewer.total
    found["never read"] = found["sent"] - found["received"]
    found["gaps"] = viewer.folded
    due = [
        ("received = relayed + folded + lost", found["received"] == found["relayed"] + found["folded"] + found["lost"]),
        ("relayed = arrived", found["relayed"] == found["arrived"]),
        ("sent = arrived + missing", found["sent"] == found["arrived"] + found["gaps"] + found["missing of cut"]
         + found["missing of others"]),
        ("what was never read is of connections that were cut", 0 <= found["never read"] <= found["missing of cut"]),
        ("of others no more is missing than was folded", found["gaps"] + found["missing of others"] <= found["folded"]),
        ("of what was answered for no more is missing than was lost or folded",
         found["missing though answered"] <= found["lost"] + found["folded"]),
        ("undelivered is nothing", counters.total(metrics, "pointerscope_events_undelivered_total") == 0),
    ]
    wrong += [f"does not hold: {what}: {dict(found)}" for what, holds in due if not holds]
    return found


def still(server, viewer):
    """The counters, once nothing is on its way."""
    deadline = time.monotonic() + REST_SECONDS
    while True:
        metrics = counters.read(server)
        if metrics["pointerscope_events_pending"] == 0 \
                and viewer.total == counters.total(metrics, "pointerscope_events_relayed_total"):
            return metrics
        if time.monotonic() > deadline:
            return metrics
        time.sleep(0.2)


def crowd_of(site, options):
    process = subprocess.Popen(
        [sys.executable, BENCHMARKS / "suite" / "returning.py", site.ingest, str(options.connections),
         str(options.rate), str(PING_EVERY)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if process.stdout.readline() != "ready\n":
        raise RuntimeError("the visitors did not come")
    return process


def run(options, folder):
    wrong = []
    site = Site(pathlib.Path(folder), options.workers)
    terminal = (Headless if options.headless else Terminal)(site)
    try:
        site.await_ready()
        found = chaos(options, site, terminal, wrong)
    finally:
        wrong += terminal.end()
    if os.path.exists(f"/proc/{site.pid}"):
        wrong.append("the server is there still")
    return {**found, "wrong": wrong}


def fill_logs(operator):
    """Lines of the log and of workers' lives, until the server keeps no more of them: so its memory is at its height."""
    for order, times in (("reload", REMEMBERED_RELOADS), ("reopen", REMEMBERED_LINES)):
        for _ in range(times):
            while operator.ask(order)[1] == BUSY:
                time.sleep(0.01)


def chaos(options, site, terminal, wrong):
    if options.minutes >= JUDGED_MINUTES:
        fill_logs(Operator(site.control))
    viewer = Viewer(site.http, may_fold=True)
    crowd = crowd_of(site, options)
    try:
        havoc = Havoc(site, Operator(site.control), options.seed, options.connections, wrong)
        began = time.monotonic()
        for name in ("reload", "upgrade"):
            havoc.act(name)
        memory = Memory(site)
        before = descriptors(site, havoc)
        readiness = Readiness(site.http, pause_seconds=0.1)
        while time.monotonic() < began + options.minutes * 60:
            if not havoc.act():
                break
            memory.look()
            time.sleep(havoc.dice.uniform(0, options.pause))
            if sys.stderr.isatty() or options.minutes > 5:
                print(f"{time.monotonic() - began:6.0f} s: {havoc.acts[-1][0]}, "
                      f"{havoc.acts[-1][2] - havoc.acts[-1][1]:.1f} s", file=sys.stderr, flush=True)
        havoc.back_to(options.workers)
        # Requests under way have descriptors.
        readiness.end()
        at_rest(site, havoc, before, wrong)
        everyone = {f"v{number}" for number in range(options.connections)}
        until(lambda: set(site.visitors()) == everyone, "the server knows exactly who is there", wrong)
        until(lambda: viewer.present == everyone, "the viewer knows exactly who is there", wrong)
        wrong += terminal.check([worker["pid"] for worker in havoc.workers()])
        told = json.loads(crowd.communicate(timeout=120)[0])
    finally:
        if crowd.poll() is None:
            crowd.kill()
            crowd.communicate()
    until(lambda: not site.visitors(), "nobody is there when all have gone", wrong)
    until(lambda: not viewer.present, "the viewer knows that nobody is there", wrong)
    metrics = still(site, viewer)
    wrong += viewer.wrong[:5]
    # Where the only worker was killed, there is none for a moment.
    wrong += [f"/readyz: {failure}" for failure in set(readiness.failures) if not failure.startswith("503 no worker")]
    if viewer.ended:
        wrong.append(f"the viewer's stream: {viewer.ended}")
    wrong += [f"{count} handshakes: {how}" for how, count in told["answers"].items()
              if how not in ("101", "503", *CUTS)]
    return figures(options, havoc, memory, readiness, told, viewer, metrics, wrong)


def at_rest(site, havoc, before, wrong):
    """Descriptors are those of the beginning; what an end has still to reach has its time."""
    deadline = time.monotonic() + 10
    while (after := descriptors(site, havoc)) != before and time.monotonic() < deadline:
        time.sleep(0.2)
    compared(before, after, wrong)


def figures(options, havoc, memory, readiness, told, viewer, metrics, wrong):
    falls = falls_of(told, havoc, wrong)
    level, growth = memory.second_half()
    ring = int(metrics["pointerscope_ring_bytes"])
    if growth is not None and options.minutes >= JUDGED_MINUTES and growth[1] > GROWTH_SHARE:
        wrong.append(f"the master has grown by {growth[0]:.1%} over the second half, by {growth[1]:.1%} at least")
    return {
        "seed": options.seed, "minutes": options.minutes, "connections": options.connections,
        "acts": sum(havoc.counts.values()), "counts": havoc.counts, "falls": falls, "refused": havoc.refused,
        "settled_after": havoc.settled_after, "noticed_after": havoc.noticed,
        "samples": samples_of(told, viewer, metrics, wrong), "answers": told["answers"],
        "readiness_asked": readiness.asked, "readiness_other": collections.Counter(readiness.failures),
        "readiness_slowest_ms": round(readiness.slowest_seconds * 1000),
        "moved": int(metrics.get('pointerscope_connections_moved_total{step="taken_over"}', 0)),
        "workers_died": int(counters.total(metrics, "pointerscope_worker_restarts_total")),
        "upgrades": int(metrics['pointerscope_upgrades_total{result="done"}']),
        "master_kib": level, "growth_share": growth, "memory": memory.points, "ring_bytes": ring}


def report(options, found):
    rows = [["act", "times", "connections cut"], ["---", "---:", "---:"]]
    rows += [[name, f"{count:,}", f"{found['falls'][name]:,}"] for name, count in sorted(found["counts"].items())]
    print(f"{found['minutes']:g} minutes, seed {found['seed']}, {found['connections']:,} connections of {options.rate:g} "
          f"samples/s\n")
    print(grid(rows))
    print()
    rows = [["samples", ""], ["---", "---:"]]
    rows += [[name, f"{count:,}"] for name, count in found["samples"].items()]
    print(grid(rows))
    print(f"\nworkers died {found['workers_died']:,} times, upgrades done {found['upgrades']}, a connection moved "
          f"{found['moved']:,} times; orders not done (by status): {dict(found['refused'])}")
    print(f"at rest again after {middle_and_most(found['settled_after'])}; a stopped worker replaced after "
          f"{middle_and_most(found['noticed_after'])}")
    print(f"/readyz asked {found['readiness_asked']:,} times, other answers {dict(found['readiness_other'])}, slowest "
          f"{found['readiness_slowest_ms']} ms; handshakes {found['answers']}")
    if found["growth_share"] is not None:
        most_likely, least, most = found["growth_share"]
        print(f"master: {found['master_kib'] / 1024:.1f} MiB of its own, {most_likely:+.2%} over the second half ({least:+.2%} "
              f"to {most:+.2%}); ring {found['ring_bytes']:,} bytes")
        for behind in sorted({behind.bit_length() for _, behind, _ in found["memory"]}):
            minutes = collections.defaultdict(list)
            for at, those, kib in found["memory"]:
                if those.bit_length() == behind:
                    minutes[int(at // 300) * 5].append(kib)
            print(f"{1 << behind >> 1} acts and more behind an upgrade, medians by minute, KiB: "
                  + " ".join(f"{at}:{statistics.median(kibs):,.0f}" for at, kibs in sorted(minutes.items())))
    for line in found["wrong"][:40]:
        print(f"wrong: {line}")
    print("all as it is due" if not found["wrong"] else f"{len(found['wrong'])} things are wrong")


def middle_and_most(seconds):
    return f"{statistics.median(seconds):.1f} s ({max(seconds):.1f} at most)" if seconds else "-"


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="pointerscope-chaos-") as folder:
        found = run(options, folder)
    if options.json:
        print(json.dumps(found))
    else:
        report(options, found)
    sys.exit(1 if found["wrong"] else 0)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=0.2, help="samples a second of each connection")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pause", type=float, default=2, help="seconds between two acts, at most")
    parser.add_argument("--headless", action="store_true", help="no terminal looks on")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
