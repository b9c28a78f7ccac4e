"""`pointerscope load`, one run a call."""

import json
import os
import signal
import subprocess

from .paths import POINTERSCOPE

# Beyond it a figure says what the generator can do, not what the server can.
BUSY_SHARE = 0.9
# The generator sends up to so many frames a second one by one, as pages do; beyond, a write carries several. A write of
# its own for each is what costs most, so that the ladder would have its hardest rung in the middle otherwise.
SINGLE_PER_SECOND = 50_000
REPORT_SECONDS = 300


def start(server, core, **options):
    """Starts a run against `server`; options are the command's, with underscores."""
    command = [POINTERSCOPE, "load", f"ws://{server.ingest}", "--json", "--plain"]
    if options.get("viewers"):
        command += ["--viewer", f"http://{server.http}"]
    for name, value in options.items():
        if value is not None and not (name == "viewers" and not value):
            command += ["--" + name.replace("_", "-"), value]
    return subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, core))


def finish(process):
    """What it reported."""
    try:
        output, complaint = process.communicate(timeout=REPORT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    if process.returncode != 0:
        raise RuntimeError(f"pointerscope load: {' '.join(complaint.split())[-400:]}")
    return json.loads(output)


def interrupt(process):
    """Ends a run early; what it reported."""
    process.send_signal(signal.SIGINT)
    return finish(process)


def measure(server, core, **options):
    """One whole run."""
    return finish(start(server, core, **options))


def paced(server, core, rate, visitors, seconds, **options):
    """One run at `rate` samples a second of all visitors together."""
    coalesce = max(1, -(-rate // SINGLE_PER_SECOND))
    return measure(
        server, core, rate=f"{rate / visitors:.3f}", visitors=visitors, duration=f"{seconds}s",
        coalesce=coalesce, **options)


def is_whole(answer):
    """Whether all that was due was sent and came to every viewer, once and in order."""
    arrived = answer["arrived"]
    wrong = ("missing", "duplicates", "disordered", "foreign", "resets")
    return answer["unsent"] == 0 and answer["errors"] == 0 and not any(arrived[name] for name in wrong)
