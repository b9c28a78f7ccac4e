#!/usr/bin/env python3
"""Runs the Autobahn suite against both ends of the echo, and says whether every case went as it must.

The suite's own exit status says nothing: its client ends with 0 where nobody answers. So what counts is read from its
reports: each case of the suite must have one, and each report must say OK, for the case and for the closing. The
exceptions stand below with their reasons, and a case that is better than its exception is an error too.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
TOP = FOLDER.parents[1]
BUILD = TOP / ".build" / "conformance"
ECHO = BUILD / "release" / "Echo"
WSTEST = BUILD / "suite" / "bin" / "wstest"
REPORTS = BUILD / "reports"

CASES = 517
# The suite has one thread, and the compressed sections take nearly all of the time.
PARTS = [[f"{section}.*" for section in range(1, 11)],
         *([f"{section}.*"] for section in ["12.1", "12.2", "12.3", "12.4", "12.5",
                                            "13.1", "13.2", "13.3", "13.4", "13.5", "13.6", "13.7"])]
# Any answer is right: what is asked is only written down. 7.1.6 closes in the middle of a large message, 7.13.1 and
# 7.13.2 send close codes of which RFC 6455 says nothing.
INFORMATIONAL = {"7.1.6", "7.13.1", "7.13.2"}
AGENT = "pointerscope"
START_SECONDS = 30


def expected(case: str) -> str:
    return "INFORMATIONAL" if case in INFORMATIONAL else "OK"


def order(case: str) -> list[int]:
    return [int(part) for part in case.split(".")]


def judge(reports: Path) -> tuple[list[str], collections.Counter]:
    """What is wrong in a folder of reports, and how often each behaviour was seen."""
    index = reports / "index.json"
    if not index.exists():
        return [f"{reports.parent}: the suite wrote no reports"], collections.Counter()
    cases = json.loads(index.read_text()).get(AGENT, {})
    wrong, seen = [], collections.Counter()
    for case in sorted(cases, key=order):
        report = json.loads((reports / cases[case]["reportfile"]).read_text())
        behaviour, closing = report["behavior"], report["behaviorClose"]
        if (behaviour, closing) != (cases[case]["behavior"], cases[case]["behaviorClose"]):
            wrong.append(f"{case}: the index says {cases[case]['behavior']}, its report {behaviour}")
        seen[behaviour] += 1
        want = expected(case)
        if behaviour != want:
            wrong.append(f"{case}: {behaviour}, expected {want}: {report['result']}")
        if closing != "OK" and not (closing == "INFORMATIONAL" and want == "INFORMATIONAL"):
            wrong.append(f"{case}: the closing is {closing}: {report['resultClose']}")
    if not cases:
        wrong.append("no case has a report")
    return wrong, seen


def suite(mode: str, spec: dict, folder: Path) -> subprocess.Popen:
    """Starts the suite in a fresh folder."""
    path = folder / "spec.json"
    path.write_text(json.dumps(spec))
    log = (folder / "log").open("w")
    # Without the last it would serve its pages at port 8080.
    return subprocess.Popen([WSTEST, "--mode", mode, "--spec", path, "--webport", "0"], cwd=folder, stdin=subprocess.DEVNULL,
                            stdout=log, stderr=subprocess.STDOUT)


def fresh(side: str, cases: list[str]) -> Path:
    folder = REPORTS / side / cases[0].removesuffix(".*")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def stop(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_server(cases: list[str], limit: float) -> Path:
    """The suite is the client."""
    folder = fresh("server", cases)
    echo = subprocess.Popen([ECHO, "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        address = echo.stdout.readline().strip()
        spec = {"options": {"failByDrop": False}, "outdir": "reports", "cases": cases, "exclude-cases": [],
                "exclude-agent-cases": {},
                "servers": [{"agent": AGENT, "url": f"ws://{address}", "options": {"version": 18}}]}
        client = suite("fuzzingclient", spec, folder)
        try:
            client.wait(limit)
        finally:
            stop(client)
        if echo.poll() is not None:
            print(f"conformance: the echo ended with {echo.returncode}")
    finally:
        stop(echo)
    return folder / "reports"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_client(cases: list[str], limit: float) -> Path:
    """The suite is the server, which cannot choose its port itself."""
    folder = fresh("client", cases)
    port = free_port()
    spec = {"url": f"ws://127.0.0.1:{port}", "outdir": "reports", "cases": cases, "exclude-cases": [],
            "exclude-agent-cases": {}, "options": {"failByDrop": False}}
    server = suite("fuzzingserver", spec, folder)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the suite does not listen: {folder / 'log'}")
                time.sleep(0.1)
        subprocess.run([ECHO, "client", f"127.0.0.1:{port}", AGENT], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, timeout=limit, check=True)
    finally:
        stop(server)
    return folder / "reports"


def test(side: str, cases: list[str], limit: float) -> tuple[list[str], collections.Counter]:
    """What is wrong with one end in some cases, and how often each behaviour was seen."""
    try:
        return judge((test_server if side == "server" else test_client)(cases, limit))
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, RuntimeError) as error:
        return [f"{' '.join(cases)}: {error}"], collections.Counter()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", choices=["server", "client"], action="append", help="one end alone")
    parser.add_argument("--limit", type=float, default=3600, help="seconds after which a run has failed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="parts of the suite that run at a time")
    parser.add_argument("cases", nargs="*", help="patterns as the suite knows them, such as 9.*; none: all")
    options = parser.parse_args()
    parts = [options.cases] if options.cases else PARTS
    failed = False
    for side in options.side or ["server", "client"]:
        shutil.rmtree(REPORTS / side, ignore_errors=True)
        start = time.monotonic()
        wrong, seen = [], collections.Counter()
        with ThreadPoolExecutor(options.jobs) as pool:
            for complaints, counts in pool.map(lambda part: test(side, part, options.limit), parts):
                wrong += complaints
                seen += counts
        if not options.cases and seen.total() != CASES:
            wrong.append(f"{seen.total()} cases have a report, and the suite has {CASES}")
        counts = ", ".join(f"{count} {name}" for name, count in seen.most_common())
        print(f"{side}: {seen.total()} cases in {time.monotonic() - start:.0f} s: {counts or 'none'}", flush=True)
        for line in wrong:
            print(f"  {line}")
        failed = failed or bool(wrong)
    if failed:
        print(f"conformance: not as it must be; the suite's pages are in {REPORTS.relative_to(TOP)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
