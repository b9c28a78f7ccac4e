#!/usr/bin/env python3
"""make check-instructions: what a message costs worker and master, in instructions, which no busy machine changes.

A release build runs under callgrind with one worker and no viewer, and drains frames that are there already. Counted is
what the worker spends on connections that are ready, without handshakes, hellos, answers and ends, and the master on the
records of its worker, with all they call. Each figure is that of one more message: of a long run less a short one, so
that what comes once for each visitor is in none of them. Between two rounds everybody rests, so that nobody is beyond
what it may bring a second, and has to wait for others or is conflated, on a fast machine alone. The ring is full by
then, and what the master does once a second is left out. Compared is with what `instructions.json` keeps: more than 5 %
above it fails, and so does what is not in it.

  instructions.py [--keep] [--functions N]      --keep writes what was found; --functions prints what costs most

Needs valgrind, a C compiler, and for --functions swift-demangle.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from suite import processes
from suite.paths import BENCHMARKS, BUILD, POINTERSCOPE

KEPT = BENCHMARKS / "instructions.json"
# A growth that fails.
TOLERANCE = 1.05
VISITORS = 64
# Rounds of the short run; of those behind them is what is counted.
FIRST_ROUNDS = 4
# In this time a connection's share and the worker's budget of samples are filled with what a round takes of them.
REST = "150ms"
READY_SECONDS = 90
# A worker is told no place for temporary files, so that valgrind is asked about it, and its master, in the usual one.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
# What is counted of a process and what of that is not, by names that the linker knows.
COUNTED = {
    "worker": ["IngestWorkerAAV15connectionReady", "IngestWorkerAAV12serveWaiting"],
    "master": ["13WorkerProcessC11takeRecords"],
}
NOT_COUNTED = {
    "worker": ["V13openHandshake", "V5greet", "V13finishReading", "V15finishPeerClose", "V5drain_", "V4drop"],
    "master": ["C6joined", "C4left", "C11startSecond", "10RateWindowV7advance"],
}
# Fills the ring's 131,072 records.
FILLING = ["--protocol", "v1", "--batch", "32", "--queue", "4", "--coalesce", "4", "--rounds", "20"]
# By name: format, samples in a message, messages that each connection has waiting, messages in a write, rounds.
SCENARIOS = {
    "json, 1 sample, 1 message a read": ("json", 1, 1, 1, 64),
    "json, 1 sample, 64 messages a read": ("json", 1, 64, 16, 16),
    "v1, 3 samples, 1 message a read": ("v1", 3, 1, 1, 64),
    "v1, 3 samples, 64 messages a read": ("v1", 3, 64, 16, 16),
}


class Profiled:
    """A server under callgrind: its master and its one worker."""

    def __init__(self, folder):
        self.folder = folder
        binary, stand_in = folder / "pointerscope", folder / "under_valgrind.so"
        # valgrind takes long to read debug information, and needs none.
        subprocess.run(["strip", "-g", "-o", binary, POINTERSCOPE], check=True)
        source = BENCHMARKS / "c" / "under_valgrind.c"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", stand_in, source, "-ldl"], check=True)
        self.process = subprocess.Popen(
            ["valgrind", "-q", "--tool=callgrind", "--trace-children=yes", f"--callgrind-out-file={folder}/out.%p",
             str(binary), "serve", "--headless", "--workers", "1", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0"],
            env={**ENVIRONMENT, "PROFILED": str(binary), "LD_PRELOAD": str(stand_in), "POINTERSCOPE_DEBUGGABLE": "1"},
            stderr=subprocess.PIPE, text=True)
        said = []
        # Seldom a process does not start under valgrind; the check is then made again by hand.
        patience = threading.Timer(READY_SECONDS, self.process.kill)
        patience.start()
        for line in self.process.stderr:
            said.append(line)
            if '"event":"ready"' in line:
                break
        else:
            raise RuntimeError("the server did not get ready: " + "".join(said))
        patience.cancel()
        ready = json.loads(said[-1])
        self.ingest = ready["ingest"]
        worker = next(pid for pid in processes.children(ready["pid"]) if is_worker(pid))
        self.processes = {"master": ready["pid"], "worker": worker}
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def counted(self, options):
        """Frames of a run, and the profile that each process made of it."""
        for pid in self.processes.values():
            control("--zero", pid)
        answer = subprocess.run(
            [POINTERSCOPE, "load", self.ingest, "--mode", "drain", "--settle", "1s", "--visitors", str(VISITORS),
             "--pid", str(self.processes["master"]), "--rest", REST, "--json", *options],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        profiles = {}
        for name, pid in self.processes.items():
            before = set(self.folder.glob(f"out.{pid}.*"))
            control("--dump", pid)
            while not (new := set(self.folder.glob(f"out.{pid}.*")) - before) or "totals:" not in tail(*new):
                time.sleep(0.05)
            profiles[name] = new.pop()
        return json.loads(answer)["frames"], profiles

    def end(self):
        self.process.terminate()
        self.process.wait(30)


def control(word, pid):
    subprocess.run(["callgrind_control", word, str(pid)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, env=ENVIRONMENT)


def is_worker(pid):
    """By its title; under valgrind the command line stays what it was."""
    line = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"@worker" in line or b": worker" in line


def tail(path):
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        return file.read().decode(errors="replace")


def costs(profile, is_inclusive):
    """Instructions by function."""
    lines = subprocess.run(
        ["callgrind_annotate", "--threshold=100", f"--inclusive={'yes' if is_inclusive else 'no'}", str(profile)],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    found = collections.Counter()
    for count, name in re.findall(r"^ *([\d,]+) +\(.*?\)  \S*?:(.+?)(?: \[.*)?$", lines, re.MULTILINE):
        found[name] += int(count.replace(",", ""))
    return found


def counted(profile, process):
    """Instructions of what is counted of a process."""
    found = costs(profile, True)
    # Those who are served out of the queue are not served where they are ready.
    whole = sum(max((cost for name, cost in found.items() if part in name), default=0) for part in COUNTED[process])
    if not whole:
        raise RuntimeError(f"{' and '.join(COUNTED[process])} is not in the {process}'s profile")
    return whole - sum(cost for name, cost in found.items() if any(part in name for part in NOT_COUNTED[process]))


def print_functions(short, long, frames, count):
    """What a frame more costs by function, without what it calls; those that only wait for others are left out."""
    found = costs(long, False)
    found.subtract(costs(short, False))
    found = [entry for entry in found.most_common() if entry[1] < 0.99 * found["main"]][:count]
    names = "\n".join(name for name, _ in found)
    if shutil.which("swift-demangle"):
        demangle = ["swift-demangle", "--simplified"]
        names = subprocess.run(demangle, input=names, stdout=subprocess.PIPE, text=True).stdout
    for (_, instructions), name in zip(found, names.splitlines()):
        print(f"{instructions / frames:12.1f}  {name[:100]}")


def measure(server, functions):
    """Instructions a message, by process and scenario."""
    found = {}
    server.counted(FILLING)
    for name, (form, batch, queue, coalesce, rounds) in SCENARIOS.items():
        options = ["--protocol", form, "--batch", str(batch), "--queue", str(queue), "--coalesce", str(coalesce)]
        few, short = server.counted([*options, "--rounds", str(FIRST_ROUNDS)])
        many, long = server.counted([*options, "--rounds", str(FIRST_ROUNDS + rounds)])
        frames = many - few
        for process in long:
            cost = (counted(long[process], process) - counted(short[process], process)) / frames
            found[f"{process}: {name}"] = round(cost, 1)
            print(f"{cost:10.1f}  {process}: {name}", flush=True)
            if functions:
                print_functions(short[process], long[process], frames, functions)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--functions", type=int, default=0, metavar="N")
    arguments = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        server = Profiled(pathlib.Path(folder))
        try:
            found = measure(server, arguments.functions)
        finally:
            server.end()
    if arguments.keep:
        KEPT.write_text(json.dumps(found, indent=4) + "\n")
        return 0
    kept = json.loads(KEPT.read_text())
    grown = [name for name, cost in found.items() if cost > kept.get(name, 0) * TOLERANCE]
    for name in grown:
        print(f"{name}: {found[name]} instructions, {kept.get(name, 'none')} were kept", file=sys.stderr)
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
