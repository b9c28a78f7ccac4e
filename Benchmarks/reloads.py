#!/usr/bin/env python3
"""make bench-reloads: good and bad configurations by turns, read again under load, and what it costs anybody.

  reloads.py [--reloads N] [--connections C] [--rate R] [--workers W] [--drain TIME] [--warm-up S] [--seed S] [--json]

A server with a sign-in serves C connections that send R samples a second each, with numbers, and come back when they are
closed; a viewer reads every sample, and /readyz is asked a hundred times a second. Meanwhile the configuration is changed
and read again N times: other origins, limits and sampling; values that are none, unknown names, half of a file, a file
that cannot be read, none at all; a key of JWTs that is gone; a program that is none, ends at once, or is not there. Each
has the outcome that is due (`config check` says so of halves), and what is refused leaves the workers as they are.

It ends with status 1 where anything was not as it is due: readiness other than 200, a connection that was neither kept
nor closed with 1001, a sample that is missing elsewhere than behind the last one of a connection that was closed so, one
that came twice or out of order, sums that do not close, descriptors beyond those of the beginning, or a master that has
grown by more than 2 MiB, once the ring of samples is full (--warm-up). How many connections were closed, and how many
handshakes told 503 to come again, are figures: none, where connections are handed on.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from suite import counters, processes
from suite.control_socket import Operator
from suite.paths import BENCHMARKS, POINTERSCOPE
from suite.returning import ORIGIN
from suite.server import Server
from suite.watching import Readiness, Viewer

GROWTH_BYTES = 2 << 20
# What the ring of samples may still come to where nobody waited for it.
RING_BYTES = 8 << 20
# Until the old workers are gone, so that the next reload may begin.
SETTLE_SECONDS = 60
# Reloads before memory is looked at for the first time: the rings of logs and events fill.
FIRST_SHARE = 0.2
# Descriptors that come and go: requests under way.
SLACK_DESCRIPTORS = 8


class Site:
    """A server with its configuration, key, program and state in a folder."""

    def __init__(self, folder, options):
        self.folder = pathlib.Path(folder)
        self.program = self.folder / "pointerscope"
        self.path = self.folder / "server.conf"
        self.key = self.folder / "key"
        self.options = options
        shutil.copy(POINTERSCOPE, self.program)
        self.key.write_bytes(b"k" * 32)
        self.number = 0
        self.path.write_text(self.good())
        said = subprocess.run(
            [self.program, "token", "create", "bench", "--role", "operator", "--state", self.folder / "state"],
            check=True, capture_output=True, text=True)
        self.token = said.stdout.strip()

    def good(self):
        """A configuration that is in order, and another one each time."""
        self.number += 1
        lines = [
            "auth = password", f"state = {self.folder / 'state'}", f"jwt-key = {self.key}", "jwt-audience = bench",
            f"control = {self.folder / 'control'}", f"worker-drain = {self.options.drain}",
            f"origin = {ORIGIN}, https://a{self.number}.example", f"head-fields = {50 + self.number % 40}",
            f"sampling = 5..{30 + self.number % 30}", f"address-limit = {5_000 + self.number}",
            f"sessions-per-admin = {1 + self.number % 16}"]
        return "\n".join(lines) + "\n"

    def start(self):
        return Server([self.program, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0",
                       "--workers", self.options.workers, "--config", self.path], None, os.sched_getaffinity(0))

    def replace_program(self, what):
        """Puts something else in its place, which nobody has seen half-written."""
        fresh = self.folder / "fresh"
        if what is None:
            self.program.unlink()
            return
        shutil.copy(what, fresh)
        fresh.rename(self.program)

    def mend(self):
        if self.path.is_dir() and not self.path.is_symlink():
            self.path.rmdir()
        else:
            self.path.unlink(missing_ok=True)
        self.path.write_text(self.good())
        self.key.write_bytes(b"k" * 32)


def unchanged(_):
    return 0


def another(site):
    site.path.write_text(site.good())
    return 0


def another_key(site):
    site.key.write_bytes(os.urandom(16).hex().encode())
    return 0


def no_number(site):
    site.path.write_text(site.good() + "message-rate-x = 7\n")
    return 78


def no_value(site):
    site.path.write_text(site.good() + "head-fields = many\n")
    return 78


def half(site):
    text = site.good()
    # Behind what it takes to serve these visitors.
    site.path.write_text(text[:random.randrange(text.index("head-fields"), len(text))])
    checked = subprocess.run([POINTERSCOPE, "config", "check", "--config", site.path], capture_output=True, check=False)
    # What is in order has still to be a configuration with which this server starts.
    return None if checked.returncode == 0 else 78


def no_rights(site):
    if os.geteuid() != 0:
        site.path.chmod(0)
    else:
        # Root may read everything, but not a directory.
        site.path.unlink()
        site.path.mkdir()
    return 78


def nothing(site):
    site.path.unlink()
    return 78


def no_key(site):
    site.key.unlink()
    return 78


def short_key(site):
    site.key.write_bytes(b"short")
    return 78


def no_program(site):
    site.replace_program(None)
    return 71


def other_program(site):
    site.replace_program("/bin/false")
    return 70


def text_program(site):
    site.replace_program(site.path)
    return 70


GOOD = [unchanged, another, another, another_key]
BAD = [no_number, no_value, half, no_rights, nothing, no_key, short_key, no_program, other_program, text_program]


def settle(operator, count):
    """The workers' processes, once all old ones are gone."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        workers = operator.workers()
        if len(workers) == count and all(state == "running" for _, state in workers):
            return {pid for pid, _ in workers}
        if time.monotonic() > deadline:
            raise RuntimeError(f"the workers do not come to rest: {workers}")
        time.sleep(0.01)


def reload(site, operator, change, wrong):
    """One of them; whether workers were replaced."""
    before = settle(operator, site.options.workers)
    due = change(site)
    items, status = operator.ask("reload")
    after = settle(operator, site.options.workers)
    said = next((value for kind, value in items if kind == "error"), "")
    if due is not None and status != due:
        wrong.append(f"{change.__name__}: status {status} instead of {due}: {said}")
    if (status == 0) == (before == after) or status != 0 and before != after:
        wrong.append(f"{change.__name__}: status {status}, and workers {before} became {after}")
    if change in BAD:
        if change in (no_program, other_program, text_program):
            site.replace_program(POINTERSCOPE)
        site.mend()
    return status == 0


def gather(operator, count):
    """Waits until all connections are there again, so that descriptors are those of the beginning."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while operator.status()["connections"] != count:
        if time.monotonic() > deadline:
            raise RuntimeError("the visitors do not come back")
        time.sleep(0.05)


def refusals(metrics):
    """Why connections were turned away or cut, by the server's own count."""
    name = 'pointerscope_connections_refused_total{reason="'
    return {key.removeprefix(name).partition('"')[0]: int(count) for key, count in metrics.items()
            if key.startswith(name) and count}


def sums(metrics):
    """Differences in what was received, relayed and delivered."""
    def count(name):
        return counters.total(metrics, f"pointerscope_{name}")
    pairs = [
        ("received, and relayed", count("events_received_total"), count("events_relayed_total")),
        ("lost", count("events_lost_total"), 0),
        ("folded", count("events_conflated_total"), 0),
        ("undelivered", count("events_undelivered_total"), 0),
        ("offered, and delivered", count("events_offered_total"), count("events_delivered_total")),
        ("workers that died", count("worker_restarts_total"), 0),
    ]
    return [f"{name}: {one:,.0f}, not {other:,.0f}" for name, one, other in pairs if one != other]


def compare(crowd, viewer, wrong):
    """What was sent and did not arrive; only the last ones of a connection that was closed may be missing, which the
    viewer has made sure of as it read in order."""
    sent = missing = 0
    for number, epochs in enumerate(crowd["sent"]):
        for epoch, count in enumerate(epochs):
            arrived = viewer.arrived[(f"v{number}", epoch)]
            sent += count
            missing += count - arrived
            if arrived > count:
                wrong.append(f"v{number}, connection {epoch}: {arrived} came of {count}")
            elif epoch == len(epochs) - 1 and arrived < count:
                wrong.append(f"v{number}: {count - arrived} are missing of a connection that nobody closed")
    return sent, missing


def settled(server, token, viewer):
    """The server's counters, once nothing is on its way."""
    deadline = time.monotonic() + 30
    while True:
        metrics = read_metrics(server, token)
        is_still = metrics["pointerscope_events_pending"] == 0
        if is_still and viewer.total == counters.total(metrics, "pointerscope_events_relayed_total"):
            return metrics
        if time.monotonic() > deadline:
            return metrics
        time.sleep(0.2)


def read_metrics(server, token):
    return counters.read(server, {"Authorization": f"Bearer {token}"})


def run(options, folder):
    site = Site(folder, options)
    operator = Operator(site.folder / "control")
    wrong, replaced = [], 0
    with site.start() as server:
        viewer = Viewer(server.http, site.token)
        crowd = subprocess.Popen(
            [sys.executable, BENCHMARKS / "suite" / "returning.py", server.ingest, str(options.connections),
             str(options.rate)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if crowd.stdout.readline() != "ready\n":
            raise RuntimeError("the visitors did not come")
        readiness = Readiness(server.http)
        time.sleep(options.warm_up)
        settle(operator, options.workers)
        descriptors = processes.descriptors(server.pid)
        order = [random.choice(GOOD if turn % 2 == 0 else BAD) for turn in range(options.reloads)]
        # Each kind once at least, where there is room for it.
        for place, change in enumerate(BAD[:options.reloads // 2]):
            order[2 * place + 1] = change
        began, memory = time.monotonic(), None
        for turn, change in enumerate(order):
            if memory is None and turn >= FIRST_SHARE * options.reloads:
                memory = processes.memory_kib(server.pid)["Anonymous"] * 1024
            replaced += reload(site, operator, change, wrong)
        seconds = time.monotonic() - began
        gather(operator, options.connections)
        grown = processes.memory_kib(server.pid)["Anonymous"] * 1024 - memory
        readiness.end()
        kept = processes.descriptors(server.pid) - descriptors
        told = json.loads(crowd.communicate(timeout=120)[0])
        metrics = settled(server, site.token, viewer)
        wrong += viewer.wrong[:5] + readiness.failures[:5] + sums(metrics)
        if viewer.ended:
            wrong.append(f"the viewer's stream: {viewer.ended}")
    sent, missing = compare(told, viewer, wrong)
    ends = {how: count for how, count in told["ends"].items() if how != "ended"}
    wrong += [f"{count} connections ended by {how}" for how, count in ends.items() if how != "1001"]
    wrong += [f"{count} handshakes: {how}" for how, count in told["answers"].items() if how not in ("101", "503")]
    if missing and not ends:
        wrong.append(f"{missing} samples are missing, and no connection was closed")
    if kept > SLACK_DESCRIPTORS:
        wrong.append(f"{kept} descriptors more than in the beginning")
    if grown > GROWTH_BYTES + (0 if options.warm_up else RING_BYTES):
        wrong.append(f"the master has grown by {grown / 2**20:.1f} MiB")
    return {
        "reloads": len(order), "replaced": replaced, "seconds": round(seconds, 1), "closed": ends.get("1001", 0),
        "told_to_come_again": told["answers"].get("503", 0),
        "sent": sent, "arrived": viewer.total, "missing_behind_a_close": missing,
        "readiness_asked": readiness.asked, "readiness_failed": len(readiness.failures),
        "readiness_slowest_ms": round(readiness.slowest_seconds * 1000, 1),
        "refused": refusals(metrics), "master_grew_kib": round(grown / 1024), "descriptors_more": kept, "wrong": wrong}


def main():
    options = arguments()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory(prefix="pointerscope-reloads-") as folder:
        found = run(options, folder)
    if options.json:
        print(json.dumps(found))
    else:
        report(options, found)
    sys.exit(1 if found["wrong"] else 0)


def report(options, found):
    print(f"{found['reloads']} reloads in {found['seconds']:.0f} s under {options.connections:,} connections and "
          f"{options.connections * options.rate:,.0f} samples/s; {found['replaced']} were good and replaced "
          f"{options.workers} workers each, the others were refused")
    print(f"/readyz: asked {found['readiness_asked']:,} times, other than 200 {found['readiness_failed']:,} times, the "
          f"slowest after {found['readiness_slowest_ms']:.0f} ms")
    print(f"connections closed with 1001: {found['closed']:,}, handshakes told 503: {found['told_to_come_again']:,}; "
          f"samples sent {found['sent']:,}, arrived {found['arrived']:,}, missing behind the last one of a closed connection "
          f"{found['missing_behind_a_close']:,}")
    print(f"master: {found['master_grew_kib']:+,} KiB anonymous memory since the first fifth; "
          f"{found['descriptors_more']:+} descriptors in all processes")
    if found["refused"]:
        print("connections that the server turned away or cut, by its count: "
              + ", ".join(f"{count:,} {reason}" for reason, count in found["refused"].items()))
    for line in found["wrong"]:
        print(f"wrong: {line}")
    print("all as it is due" if not found["wrong"] else f"{len(found['wrong'])} things are wrong")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reloads", type=int, default=500)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=2, help="samples a second of each connection")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--drain", default="200ms", help="--worker-drain of the server")
    parser.add_argument("--warm-up", type=float, default=45, help="seconds of load before the first reload")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one object instead of lines")
    return parser.parse_args()


if __name__ == "__main__":
    main()
