"""The paced load generator, one run a call."""

import json
import os
import subprocess

from .paths import RELEASE

# Beyond it a figure says what the generator can do, not what the server can.
BUSY_SHARE = 0.9


def start(server, core, **options):
    """Starts pointerscope-bench against `server`; options are its flags with underscores."""
    command = [RELEASE / "pointerscope-bench", "--ingest", server.ingest, "--http", server.http]
    for name, value in options.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, core))


def finish(process):
    """What it reported."""
    output, complaint = process.communicate(timeout=120)
    if process.returncode != 0:
        raise RuntimeError(f"pointerscope-bench: {complaint.strip()}")
    return json.loads(output)


def measure(server, core, **options):
    """One whole run."""
    return finish(start(server, core, **options))
