"""Waiting for something to become true, with a deadline."""

from __future__ import annotations

import time
from typing import Any, Callable


def wait_until(probe: Callable[[], Any], seconds: float = 30, what: str | Callable[[], str] = "it") -> Any:
    """Calls `probe` until it answers something truthy, and returns that; fails after `seconds`.

    An assertion that fails in `probe` means "not yet". `what` may be asked for when it has failed, to say how things
    stood then. However long this process stood still, the probe is called once more after the deadline.
    """
    deadline = time.monotonic() + seconds
    while True:
        is_last = time.monotonic() > deadline
        failure = None
        try:
            value = probe()
        except AssertionError as error:
            value, failure = None, error
        if value:
            return value
        if is_last:
            what = what() if callable(what) else what
            raise AssertionError(f"waited {seconds} s for {what}; it is {failure or repr(value)}") from failure
        time.sleep(0.02)


def wait_until_holds(check: Callable[[], Any], seconds: float = 20) -> None:
    """Calls `check` until none of its assertions fails."""
    wait_until(lambda: check() or True, seconds, "a check to hold")
