"""Waiting for something to become true, with a deadline."""

from __future__ import annotations

import time
from typing import Any, Callable


def wait_until(probe: Callable[[], Any], seconds: float = 10, what: str | Callable[[], str] = "it") -> Any:
    """Calls `probe` until it answers something truthy, and returns that; fails after `seconds`.

    `what` may be asked for when it has failed, to say how things stood then.
    """
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > deadline:
            what = what() if callable(what) else what
            raise AssertionError(f"waited {seconds} s for {what}; it is {value!r}")
        time.sleep(0.02)
