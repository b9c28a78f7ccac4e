#!/usr/bin/env python3
"""make check-instructions: what a message costs worker and master, in instructions, which no busy machine changes.

A release build runs under callgrind with one worker and no viewer, and drains frames that are there already. Counted is
what the worker spends on connections that are ready, without handshakes, hellos, answers and ends, and the master on the
records of its worker, with all they call: nothing that depends on the clock. Compared is with what `instructions.json`
keeps: more than 5 % above it fails, and so does what is not in it.

  instructions.py [--keep] [--functions N]      --keep writes what was found; --functions prints what costs most

Needs valgrind, a C compiler, and for --functions swift-demangle.
"""

import argparse
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
DURATION = "1s"
READY_SECONDS = 90
# What is counted of a process and what of that is not, by names that the linker knows.
COUNTED = {
    "worker": ["IngestWorkerAAV15connectionReady", "IngestWorkerAAV12serveWaiting"],
    "master": ["13WorkerProcessC11takeRecords"],
}
NOT_COUNTED = {
    "worker": ["V13openHandshake", "V5greet", "V13finishReading", "V15finishPeerClose", "V5drain_", "V4drop"],
    "master": ["C6joined", "C4left"],
}
# By name: format, samples in a message, messages that each connection has waiting, messages in a write.
SCENARIOS = {
    "json, 1 sample, 1 message a read": ("json", 1, 1, 1),
    "json, 1 sample, 64 messages a read": ("json", 1, 64, 16),
    "v1, 3 samples, 1 message a read": ("v1", 3, 1, 1),
    "v1, 3 samples, 64 messages a read": ("v1", 3, 64, 16),
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
            env={**os.environ, "PROFILED": str(binary), "LD_PRELOAD": str(stand_in), "POINTERSCOPE_DEBUGGABLE": "1"},
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
             "--pid", str(self.processes["master"]), "--json", *options],
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
                   stderr=subprocess.DEVNULL)


def is_worker(pid):
    """By its title; under valgrind the command line stays what it was."""
    line = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"@worker" in line or b": worker" in line


def tail(path):
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        return file.read().decode(errors="replace")


def costs(profile, is_inclusive):
    """Instructions by function, the most first."""
    lines = subprocess.run(
        ["callgrind_annotate", "--threshold=100", f"--inclusive={'yes' if is_inclusive else 'no'}", str(profile)],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    found = re.findall(r"^ *([\d,]+) +\(.*?\)  \S*?:(.+?)(?: \[.*)?$", lines, re.MULTILINE)
    return [(int(count.replace(",", "")), name) for count, name in found]


def counted(profile, process):
    """Instructions of what is counted of a process."""
    found = costs(profile, True)
    # Those who are served out of the queue are not served where they are ready.
    whole = sum(max((cost for cost, name in found if part in name), default=0) for part in COUNTED[process])
    if not whole:
        raise RuntimeError(f"{' and '.join(COUNTED[process])} is not in the {process}'s profile")
    return whole - sum(cost for cost, name in found if any(part in name for part in NOT_COUNTED[process]))


def print_functions(profile, frames, count):
    """What a frame costs by function, without what it calls; those that only wait for others are left out."""
    found = costs(profile, False)
    found = [entry for entry in found if entry[0] < 0.99 * found[0][0]][:count]
    names = "\n".join(name for _, name in found)
    if shutil.which("swift-demangle"):
        demangle = ["swift-demangle", "--simplified"]
        names = subprocess.run(demangle, input=names, stdout=subprocess.PIPE, text=True).stdout
    for (instructions, _), name in zip(found, names.splitlines()):
        print(f"{instructions / frames:12.1f}  {name[:100]}")


def measure(server, functions):
    """Instructions a message, by process and scenario."""
    found = {}
    for name, (form, batch, queue, coalesce) in SCENARIOS.items():
        options = ["--protocol", form, "--batch", str(batch), "--queue", str(queue), "--coalesce", str(coalesce)]
        frames, profiles = server.counted([*options, "--duration", DURATION])
        for process, profile in profiles.items():
            cost = counted(profile, process) / frames
            found[f"{process}: {name}"] = round(cost, 1)
            print(f"{cost:10.1f}  {process}: {name}", flush=True)
            if functions:
                print_functions(profile, frames, functions)
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
