"""How long it takes from a key to the picture that shows what it did, through the pty."""

import os
import random
import select
import threading
import time

from . import monitors
from .drain import PIECE, Count
from .terminal_cost import WARM_UP_SECONDS, log

# Views in which keys are pressed, by the key that shows them.
VIEWS = [("overview", "1"), ("map", "2")]
# A key whose picture cannot be taken for one that would have come anyway, and what is written with it.
KEY, MARK = "?", b"keys of"
# Keys come at any moment between two pictures: these are not a multiple of anything.
PAUSE_SECONDS = (0.06, 0.19)
# Later than this is never.
PATIENCE_SECONDS = 5


class Listener:
    """Reads one pty, as a drain does, and says when something stood in what came."""

    def __init__(self):
        self._wanted, self._tail = None, b""
        self._found, self.found_at = threading.Event(), 0.0
        self._is_closed = False

    def add(self, descriptor):
        self._count = Count()
        self._thread = threading.Thread(target=self._run, args=[descriptor], daemon=True)
        self._thread.start()
        return self._count

    def remove(self, _):
        self._is_closed = True
        self._thread.join()

    def expect(self, text):
        self._found.clear()
        self._tail, self._wanted = b"", text

    def wait(self):
        if not self._found.wait(PATIENCE_SECONDS):
            raise RuntimeError("a key was never answered")
        return self.found_at

    def _run(self, descriptor):
        while not self._is_closed:
            if not select.select([descriptor], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(descriptor, PIECE)
            except OSError:
                return
            at = time.monotonic()
            self._count.add(len(data))
            wanted = self._wanted
            if wanted is None:
                continue
            self._tail += data
            if wanted in self._tail:
                self._wanted, self.found_at = None, at
                self._found.set()


def run(visitors, keys):
    """Milliseconds of each key, by view."""
    found = {}
    listener, chance = Listener(), random.Random(1)
    with monitors.Front().open(listener, visitors) as terminal:
        time.sleep(WARM_UP_SECONDS)
        for name, key in VIEWS:
            terminal.press(key)
            time.sleep(1)
            found[name] = []
            for _ in range(keys):
                time.sleep(chance.uniform(*PAUSE_SECONDS))
                listener.expect(MARK)
                began = time.monotonic()
                terminal.press(KEY)
                found[name].append((listener.wait() - began) * 1000)
                time.sleep(chance.uniform(*PAUSE_SECONDS))
                terminal.press(KEY)
            log(f"  {visitors} visitors, {name}: {say(found[name])}")
    return found


def percentile(values, share):
    """The smallest value that so many of all are not above."""
    ordered = sorted(values)
    return ordered[min(max(-int(-len(ordered) * share // 1) - 1, 0), len(ordered) - 1)]


def say(values):
    return (f"p50 {percentile(values, 0.5):.1f} ms, p99 {percentile(values, 0.99):.1f} ms,"
            f" at most {max(values):.1f} ms of {len(values)} keys")


def markdown(results):
    lines = ["| visitors | view | p50, ms | p99, ms | at most, ms |", "|---|---|---|---|---|"]
    for visitors, views in results.items():
        for name, values in views.items():
            figures = [percentile(values, 0.5), percentile(values, 0.99), max(values)]
            lines.append(f"| {visitors} | {name} | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |")
    return "\n".join(lines)
