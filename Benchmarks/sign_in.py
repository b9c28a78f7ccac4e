#!/usr/bin/env python3
"""make bench-sign-in: what signing in tells by its time, and what strangers at the door cost those inside.

  sign_in.py [--only time|strangers] [--tries N] [--kind KIND]... [--seconds S] [--rounds R]

Time: N sign-ins with names that nobody has and N with a wrong password, by turns and so slowly that none waits for
another. Each name is tried four times from an address of its own, so that no limit comes in between. The medians are to
be within 5 % of each other.

Strangers: samples go from visitors to a viewer at a steady rate while somebody asks 100 times a second, whether answered or
not, for something that is refused. Rounds of each kind and of the same rate of /healthz take turns; what is told is the
ratio of each kind's p99 to that of the /healthz beside it, since whoever asks takes time of the same two cores. The kind
"nothing" asks for /healthz too, and its ratio says how much is chance. A pair beside which other processes or the
hypervisor took more than 0.1 cores is made again, at most as often as there are rounds; how many stay is told.
"""

import argparse
import html
import http.client
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from suite.machine import Neighbours
from suite.paths import BENCHMARKS, POINTERSCOPE

PASSWORD = "correct horse battery"
FORM = "application/x-www-form-urlencoded"


class Guarded:
    """A server that wants people to sign in, with admins of one password."""

    def __init__(self, admins):
        self.state = pathlib.Path(tempfile.mkdtemp())
        for name in admins:
            subprocess.run([POINTERSCOPE, "admin", "add", name, "--role", "operator", "--password-stdin", "--state",
                            self.state], input=PASSWORD, text=True, check=True, capture_output=True)
        token = subprocess.run([POINTERSCOPE, "token", "create", "bench", "--role", "operator", "--state", self.state],
                               text=True, check=True, capture_output=True)
        self.token = self.state / "bench-token"
        self.token.touch(mode=0o600)
        self.token.write_text(token.stdout)
        self.process = subprocess.Popen(
            [POINTERSCOPE, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--auth",
             "password", "--state", self.state, "--workers", "2"], stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            said = json.loads(line)
            if said["event"] == "ready":
                break
        self.http, self.ingest = said["http"], said["ingest"]
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def ask(self, method, path, body=None, source="127.0.0.1", **fields):
        host, port = self.http.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=30, source_address=(source, 0))
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in fields.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def end(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.state)


def time_of_sign_in(server, name, source):
    """Seconds from the form to its answer."""
    _, headers, page = server.ask("GET", "/sign-in", source=source)
    code = html.unescape(re.search(r'name="token" value="([^"]*)"', page).group(1))
    body = urllib.parse.urlencode({"token": code, "name": name, "password": "wrong horse battery", "return": ""})
    start = time.perf_counter()
    status, _, _ = server.ask(
        "POST", "/sign-in", body, source, Content_Type=FORM, Origin=f"http://{server.http}",
        Cookie=headers["Set-Cookie"].split(";")[0])
    taken = time.perf_counter() - start
    assert status == 401, status
    return taken


def measure_time(tries):
    names = -(-tries // 4)
    server = Guarded([f"admin{number:03}" for number in range(names)])
    taken = {"admin": [], "nobody": []}
    try:
        for number in range(tries):
            for kind in ("admin", "nobody") if number % 2 else ("nobody", "admin"):
                source = f"127.{2 + (kind == 'admin')}.{number // 4 // 200}.{number // 4 % 200 + 1}"
                kind_of_name = "admin" if kind == "admin" else "other"
                taken[kind].append(time_of_sign_in(server, f"{kind_of_name}{number // 4:03}", source))
                # One every 200 ms is what is hashed; nobody is to wait for somebody else's.
                time.sleep(0.22)
    finally:
        server.end()
    medians = {kind: statistics.median(times) * 1000 for kind, times in taken.items()}
    print(f"wrong password {medians['admin']:.2f} ms, no such name {medians['nobody']:.2f} ms, "
          f"ratio {medians['nobody'] / medians['admin']:.3f} ({tries} each)")


CALM = ("GET", "/healthz", None, {})
JSON = {"Content-Type": "application/json"}
ATTACKS = {
    "nothing": CALM,
    "no session": ("GET", "/api/state", None, {}),
    "made-up cookie": ("GET", "/api/state", None, {"Cookie": "pointerscope=" + "A" * 43}),
    "made-up token": ("GET", "/metrics", None, {"Authorization": f"Bearer ps_{'0' * 16}_{'A' * 43}"}),
    "form of another page": ("POST", "/sign-in", "name=a&password=b", {"Content-Type": FORM}),
    "wrong password": ("POST", "/api/session", '{"name":"ann","password":"wrong horse"}', JSON),
    "other names": ("POST", "/api/session", '{"name":"n%","password":"wrong horse"}', JSON),
}
RATE = 100
# Cores that others may take beside a pair.
OTHERS = 0.1


class Strangers:
    """Somebody who asks a server, in a process of their own."""

    def __init__(self, server, attack):
        self.process = subprocess.Popen(
            [sys.executable, BENCHMARKS / "suite" / "strangers.py", server.http, str(RATE)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps(dict(zip(("method", "path", "body", "fields"), attack))) + "\n")
        self.process.stdin.flush()

    def end(self):
        """How often each status came."""
        return json.loads(self.process.communicate()[0])["statuses"]


def p99_while(server, attack, seconds, asked=None):
    """The p99 of samples on their way to a viewer, in ms, and what was answered meanwhile at `asked`, the server itself
    unless it is another."""
    strangers = Strangers(asked or server, attack)
    answer = subprocess.run(
        [POINTERSCOPE, "load", f"ws://{server.ingest}/", "--visitors", "50", "--rate", "20", "--duration",
         f"{seconds}s", "--warm-up", "1s", "--viewer", f"http://{server.http}", "--token-file", server.token, "--json"],
        text=True, capture_output=True, check=True)
    return json.loads(answer.stdout)["latency_ms"]["p99"], strangers.end()


def quiet_pair(server, attack, seconds, swapped):
    """The p99 under the attack and beside /healthz, what the attack was answered, and whether nobody else was busy."""
    neighbours = Neighbours(server.process.pid)
    found = {}
    for one in ("calm", "attack") if swapped else ("attack", "calm"):
        found[one], statuses = p99_while(server, CALM if one == "calm" else attack, seconds)
        if one == "attack":
            answered = statuses
    return found["attack"], found["calm"], answered, max(neighbours.cores()) <= OTHERS


def measure_strangers(seconds, rounds, kinds):
    server = Guarded(["ann"])
    try:
        for name in kinds:
            ratios, times, statuses, tries = [], [], {}, 0
            while len(ratios) < rounds and tries < 2 * rounds:
                under, calm, answered, is_quiet = quiet_pair(server, ATTACKS[name], seconds, tries % 2 == 1)
                tries += 1
                if is_quiet:
                    ratios.append(under / calm)
                    times.append(under)
                    statuses = answered
            if not ratios:
                print(f"{name}: the machine was never quiet, {tries} tries")
                continue
            print(f"{name}: p99 {statistics.median(times):.2f} ms, {statistics.median(ratios):.2f} ({min(ratios):.2f} to "
                  f"{max(ratios):.2f}) of that beside /healthz, {len(ratios)} pairs of {tries}; statuses {statuses}")
            sys.stdout.flush()
    finally:
        server.end()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tries", type=int, default=200)
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", choices=["time", "strangers"])
    options.add_argument("--kind", action="append", choices=list(ATTACKS), help="of strangers; repeatable (default: all)")
    chosen = options.parse_args()
    if chosen.only != "strangers":
        measure_time(chosen.tries)
    if chosen.only != "time":
        measure_strangers(chosen.seconds, chosen.rounds, chosen.kind or list(ATTACKS))


if __name__ == "__main__":
    main()
