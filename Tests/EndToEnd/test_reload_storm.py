"""Good and bad configurations by turns, read again under load: `make bench-reloads` in seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from server import BINARY

SCRIPT = Path(__file__).resolve().parents[2] / "Benchmarks/reloads.py"
KINDS = 10
"""Ways in which a configuration or a program can be wrong; each comes once."""


def test_reloads_of_all_kinds_under_load():
    ended = subprocess.run(
        [sys.executable, str(SCRIPT), "--reloads", str(2 * KINDS), "--connections", "60", "--rate", "10", "--drain", "50ms",
         "--warm-up", "0", "--json"], capture_output=True, text=True, timeout=240, env={**os.environ, "POINTERSCOPE": BINARY})
    assert ended.stdout, ended.stderr
    found = json.loads(ended.stdout)
    assert found["wrong"] == [] and ended.returncode == 0, found
    # Half of a file may be one that is in order.
    assert found["reloads"] == 2 * KINDS and KINDS <= found["replaced"] <= KINDS + 1, found
    assert found["readiness_asked"] > KINDS and found["sent"] > 0 and found["arrived"] > 0
