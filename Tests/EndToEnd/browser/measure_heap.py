"""Whether the dashboard's memory stays what it is, seen and hidden. A measurement, no test.

    python3 Tests/EndToEnd/browser/measure_heap.py [--visitors 9700] [--pages 200] [--minutes 10]

Watches a throng on the fake server: visitors who move and change pages, and 300 guests, of whom 30 a second come who
were never there before, and 30 go. Half a minute after the start and then every 30 s the garbage of the page and of
the worker that holds the stream is collected, and what is left is read. First the page is seen for so many minutes,
then it lies behind another one. Prints what was read, and the slope of a straight line through it with its error.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chromium import Chromium  # noqa: E402
from crowd import Throng  # noqa: E402
from fake_server import FakeServer  # noqa: E402

GUESTS = 300
EVERY_SECONDS = 30


def heap_bytes(browser: Chromium, session: str) -> int:
    """What is in use once the garbage has gone: objects, and what typed arrays hold beside them."""
    for _ in range(2):
        browser.call("HeapProfiler.collectGarbage", session=session)
    usage = browser.call("Runtime.getHeapUsage", session=session)
    return usage["usedSize"] + usage.get("backingStorageSize", 0)


def slope(values: list[tuple[float, float]]) -> tuple[float, float]:
    """Of a straight line through (minutes, KiB): KiB in ten minutes, and its standard error."""
    count = len(values)
    middle = sum(x for x, _ in values) / count
    mean = sum(y for _, y in values) / count
    spread = sum((x - middle) ** 2 for x, _ in values)
    rise = sum((x - middle) * (y - mean) for x, y in values) / spread
    rest = sum((y - mean - rise * (x - middle)) ** 2 for x, y in values)
    return rise * 10, 10 * (rest / max(1, count - 2) / spread) ** 0.5


def watch(browser: Chromium, sessions: dict[str, str], minutes: float, how: str) -> None:
    read: dict[str, list[tuple[float, float]]] = {name: [] for name in sessions}
    began = time.monotonic()
    due = began
    while due - began < minutes * 60:
        due += EVERY_SECONDS
        browser.idle(due)
        for name, session in sessions.items():
            size = heap_bytes(browser, session) / 1024
            read[name].append(((time.monotonic() - began) / 60, size))
        print(f"{how}, {read['page'][-1][0]:.1f} min: "
              + ", ".join(f"{name} {values[-1][1]:,.0f} KiB" for name, values in read.items()), flush=True)
    for name, values in read.items():
        rise, error = slope(values)
        sizes = [size for _, size in values]
        print(f"{how}, {name}: {min(sizes):,.0f} to {max(sizes):,.0f} KiB, slope {rise:+.1f} ± {error:.1f} KiB in "
              "10 minutes", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=9_700)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--samples", type=int, default=800, help="in each of 30 frames a second")
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    with ExitStack() as stack:
        server = stack.enter_context(FakeServer())
        stack.enter_context(Throng(server, options.visitors, options.pages, options.samples, guests=GUESTS))
        browser = stack.enter_context(Chromium.launch())
        page = browser.new_page(scheme="dark")
        page.navigate(f"{server.url}/admin/demo")
        page.wait_for(f"parseInt(document.title) >= {options.visitors}", 120)
        other = browser.new_page(beside=page)
        page.bring_to_front()
        targets = browser.call("Target.getTargets")["targetInfos"]
        worker = next(target["targetId"] for target in targets if target["type"] == "shared_worker")
        attached = browser.call("Target.attachToTarget", {"targetId": worker, "flatten": True})
        sessions = {"page": page.session, "worker": attached["sessionId"]}
        for domain in ("Network", "Log", "Runtime"):
            page.call(f"{domain}.disable")  # each would have the page tell of every message
        for session in sessions.values():
            browser.call("HeapProfiler.enable", session=session)
        # Charts and journal are filled, code is warm.
        browser.idle(time.monotonic() + EVERY_SECONDS)
        watch(browser, sessions, options.minutes, "seen")
        other.bring_to_front()
        assert page.evaluate("document.hidden"), "it is still to be seen"
        watch(browser, sessions, options.minutes, "hidden")


if __name__ == "__main__":
    main()
