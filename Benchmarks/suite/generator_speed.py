"""The generator's own speed, beside a tiny writer of prepared frames, and what tsung and wrk do on the same core."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from . import build, generator
from .bench_run import column, log
from .contestants import Compiled, Nchan, package_version
from .tables import Figure, grid, section

NAME = "generator"

VISITORS = 100
FRAMES = [1, 16]
# What is asked of the generator: this much of the writer's rate.
SHARES = {1: 0.85, 16: 0.75}
TSUNG_USERS = 100


def contestants(_run):
    return [Compiled("C sink", "sink"), Nchan()]


class Speed:
    """One who writes frames to the C sink."""

    def __init__(self, name, body):
        self.name, self.body = name, body


def measure(run):
    sink = Compiled("C sink", "sink")
    seconds = run.tier(2, 4)
    found = {}
    with run.serving(sink) as server:
        for frames in FRAMES:
            speeds = [
                Speed("pointerscope load", lambda frames=frames: _load(run, server, frames, seconds)),
                Speed("C writer", lambda frames=frames: _write(run, server, frames, seconds))]
            answers = run.alternate(speeds, run.repeats(3, 9), lambda speed: speed.body())
            found[str(frames)] = answers
        peers = [_attempt("tsung", _tsung, run, server)]
    with run.serving(Nchan()) as server:
        peers.append(_attempt("wrk", _wrk, run, server, seconds))
    return {"speeds": found, "peers": [peer for peer in peers if peer]}


def _load(run, server, frames, seconds):
    answer = generator.measure(
        server, run.generator_core, rate="max", visitors=VISITORS, coalesce=frames, duration=f"{seconds}s",
        settle="0s")
    return {"frames_per_second": answer["frames"] / answer["seconds"], "share": answer["generator"]["total_share"]}


def _write(run, server, frames, seconds):
    command = [build.program("writer"), "--ingest", server.ingest, "--connections", VISITORS, "--seconds", seconds,
               "--frames", frames]
    answer = json.loads(_output(run, command))
    return {"frames_per_second": answer["frames_per_second"], "share": answer["cpu_share"]}


def _output(run, command, **options):
    return subprocess.run(
        [str(word) for word in command], check=True, text=True, stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, run.generator_core), **options).stdout


def _attempt(name, body, *arguments):
    """A peer that does not work here leaves its line out, not the suite without results."""
    try:
        return body(*arguments)
    except (OSError, subprocess.SubprocessError, RuntimeError) as problem:
        log(f"  {name}: {problem}")
        return None


def _tsung(run, server):
    """Frames a second of tsung's WebSocket sessions, which send without waiting for an answer."""
    host, _, port = server.ingest.rpartition(":")
    seconds = run.tier(5, 8)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-tsung-"))
    try:
        plan = folder / "tsung.xml"
        template = (pathlib.Path(__file__).resolve().parent.parent / "peers" / "tsung.xml").read_text()
        for word, value in {"HOST": host, "PORT": port, "USERS": TSUNG_USERS, "SECONDS": seconds}.items():
            template = template.replace(f"@{word}@", str(value))
        plan.write_text(template)
        environment = {**os.environ, "HOME": str(folder)}
        _output(run, ["tsung", "-f", plan, "-l", folder, "start"], env=environment, stderr=subprocess.STDOUT,
                timeout=seconds * 4 + 20, stdin=subprocess.DEVNULL)
        found = [path.read_text() for path in folder.glob("**/tsung.log")]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    # Requests without an answer: of the last ten seconds, then in all.
    totals = [int(total) for text in found for total in re.findall(r"^stats: request_noack \d+ (\d+)", text, re.M)]
    if not totals:
        raise RuntimeError("tsung reported no frames")
    return {"name": f"tsung {package_version('tsung')}", "what": "WebSocket frames/s, one a write, to the C sink",
            "per_second": totals[-1] / seconds}


def _wrk(run, server, seconds):
    """Requests a second that wrk has answered by nginx: another protocol, and a closed loop."""
    text = _output(run, ["wrk", "-t", 1, "-c", VISITORS, "-d", f"{seconds}s", f"http://{server.http}/nothing"])
    rate = float(re.search(r"^Requests/sec:\s+([\d.]+)", text, re.M).group(1))
    return {"name": f"wrk {package_version('wrk')}", "what": "HTTP requests/s, each waiting for nginx's answer",
            "per_second": rate}


def tables(found):
    figures, notes = [], []
    for frames, answers in found["speeds"].items():
        title = "1 frame a write" if frames == "1" else f"{frames} frames a write"
        figures.append(Figure(
            f"{title}, frames/s", column(answers, lambda answer: answer["frames_per_second"]), is_better=None))
        figures.append(Figure(
            f"{title}, frames a CPU second",
            column(answers, lambda answer: answer["frames_per_second"] / answer["share"]), is_better=None))
        speed = figures[-2]
        ours, theirs = (speed.values.get(name) for name in ("pointerscope load", "C writer"))
        if ours and theirs:
            share = speed.median("pointerscope load") / speed.median("C writer")
            word = "met" if share >= SHARES[int(frames)] else "NOT met"
            notes.append(f"{title}: {share:.2f} of the writer's rate (asked: {SHARES[int(frames)]}; {word}).")
    parts = [section("The generator against the C sink, a core each", ["pointerscope load", "C writer"], figures,
                     notes)]
    if found["peers"]:
        rows = [["beside it, on the same core", "a second", "what is counted"], ["---", "---:", "---"]]
        rows += [[peer["name"], f"{peer['per_second']:,.0f}", peer["what"]] for peer in found["peers"]]
        parts.append(grid(rows))
    return parts
