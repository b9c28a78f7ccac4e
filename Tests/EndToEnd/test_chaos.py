"""Kills, stalls and slow workers by chance, with reloads, scales and upgrades in between: `make bench-chaos` in seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from server import BINARY

SCRIPT = Path(__file__).resolve().parents[2] / "Benchmarks/chaos.py"


def test_a_short_chaos_takes_only_what_it_kills():
    ended = subprocess.run(
        [sys.executable, str(SCRIPT), "--seed", "15", "--minutes", "0.4", "--connections", "200", "--rate", "5",
         "--pause", "0.2", "--json"],
        capture_output=True, text=True, timeout=280, env={**os.environ, "POINTERSCOPE": BINARY})
    assert ended.stdout, ended.stderr
    found = json.loads(ended.stdout)
    assert found["wrong"] == [] and ended.returncode == 0, found
    assert found["acts"] > 5 and found["workers_died"] > 0 and sum(found["falls"].values()) > 0, found
    assert found["samples"]["arrived"] > 1_000 and found["upgrades"] > 0 and found["moved"] > 0, found
