"""The end of a browser that a test started, whichever it is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess


def end_browser(process: subprocess.Popen, profile: str) -> None:
    """Ends a browser with all its children, which are of its process group, and removes its profile."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            continue
    shutil.rmtree(profile, ignore_errors=True)
