"""How smoothly the dashboard draws: frames a second, and what a frame costs. A measurement, no test.

    python3 Tests/EndToEnd/browser/measure_fps.py [--visitors 200] [--seconds 6] [--url http://...]
    python3 Tests/EndToEnd/browser/measure_fps.py --visitors 10000 --pages 200 --hash '#page=/shop/department-7'
    python3 Tests/EndToEnd/browser/measure_fps.py --visitors 10000 --pages 200 --before TREE --rounds 5

Without `--url` a made-up crowd on the fake server is watched, 30 frames a second: everyone moving all the time, or with
`--pages` so many samples in each frame as `--samples` says. Prints one JSON object a run; with `--before`, the root of
another checkout, its dashboard takes turns with this one, and what is printed last is the ratio of each pair.

Milliseconds are of CPU, from a trace of the page's main thread, so that what else the machine does counts little:
`draw_ms`, our animation frame's callback; `apply_ms`, one message's; `main_ms`, everything on that thread, for a frame;
`browser_ms`, all processes of the browser, likewise. Frames a second are those that the machine had the time for.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chromium import Chromium, Page  # noqa: E402
from crowd import Crowd, Throng  # noqa: E402
from fake_server import CLIENT, FakeServer  # noqa: E402

#: Charts fill, code gets warm.
WARM_SECONDS = 4
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel"]
COMPARED = ("fps", "draw_ms_p50", "draw_ms_p99", "apply_ms_p50", "main_ms", "browser_ms")


def part(values: list[float], share: float) -> float:
    """The value below which this share of all lies, in milliseconds."""
    return round(sorted(values)[int((len(values) - 1) * share)] / 1000, 2) if values else 0


def browser_seconds(pid: int) -> float:
    """CPU of a browser and all its processes, which are of its group (proc_pid_stat(5))."""
    ticks = 0
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            fields = Path("/proc", entry, "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it has ended
        if int(fields[2]) == pid:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Trace:
    """What the main thread of a page does while this is open."""

    def __init__(self, browser: Chromium, page: Page) -> None:
        self.events: list[dict] = []
        self._browser = browser
        self._page = page
        self._is_over = False
        self._others = page.received

    def __enter__(self) -> Trace:
        self._page.received = self._received
        self._page.call("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {
            "includedCategories": CATEGORIES, "excludedCategories": ["*"]}})
        return self

    def __exit__(self, *_: object) -> None:
        self._page.call("Tracing.end")
        while not self._is_over:
            self._browser.idle(time.monotonic() + 0.1)
        self._page.received = self._others

    def _received(self, method: str, params: dict) -> None:
        if method == "Tracing.dataCollected":
            self.events += [event for event in params["value"] if event.get("ph") == "X" and "tdur" in event]
        elif method == "Tracing.tracingComplete":
            self._is_over = True
        self._others(method, params)

    def figures(self) -> dict:
        """Of the thread that draws: its frames, and what they cost."""
        drawn = [event for event in self.events if event["name"] == "FireAnimationFrame"]
        threads = [(event["pid"], event["tid"]) for event in drawn]
        main = max(set(threads), key=threads.count, default=None)
        here = [event for event in self.events if (event["pid"], event["tid"]) == main]
        draws = [event["tdur"] for event in here if event["name"] == "FireAnimationFrame"]
        applied = [event["tdur"] for event in here if event["name"] == "FunctionCall"
                   and event.get("args", {}).get("data", {}).get("url", "").endswith("shared-stream.js")]
        tasks = sum(event["tdur"] for event in here if event["name"] == "RunTask")
        return {"frames": len(draws), "draw_ms_p50": part(draws, 0.5), "draw_ms_p99": part(draws, 0.99),
                "draw_ms_max": part(draws, 1), "messages": len(applied), "apply_ms_p50": part(applied, 0.5),
                "apply_ms_p99": part(applied, 0.99), "main_ms": round(tasks / 1000 / max(1, len(draws)), 2)}


def measure(options: argparse.Namespace, client: Path) -> dict:
    """One run of the dashboard that lies in `client`."""
    with ExitStack() as stack:
        url = options.url
        if url is None:
            server = stack.enter_context(FakeServer(client=client))
            crowd = Throng(server, options.visitors, options.pages, options.samples) if options.pages \
                else Crowd(server, options.visitors, restless=True)
            stack.enter_context(crowd)
            url = server.url
        browser = stack.enter_context(Chromium.launch())
        page = browser.new_page(scheme=options.scheme)
        page.resize(*map(int, options.size.split("x")))
        page.navigate(f"{url}/admin/demo{options.hash}")
        page.wait_for(f"parseInt(document.title) >= {1 if options.url else options.visitors}", 120)
        time.sleep(WARM_SECONDS)
        for domain in ("Network", "Log", "Runtime"):
            page.call(f"{domain}.disable")  # each would have the page tell of every message
        before = browser_seconds(browser.pid)
        began = time.monotonic()
        with Trace(browser, page) as trace:
            browser.idle(began + options.seconds)
            seconds = time.monotonic() - began
            spent = browser_seconds(browser.pid) - before
        found = trace.figures()
        result = {"fps": round(found["frames"] / seconds, 1), **found,
                  "browser_ms": round(spent * 1000 / max(1, found["frames"]), 1),
                  "visitors": page.evaluate("parseInt(document.title)")}
        if options.screenshot:
            page.screenshot(options.screenshot)
        return result


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--pages", type=int, help="so many pages, for a throng")
    parser.add_argument("--samples", type=int, default=800, help="of a throng in each frame")
    parser.add_argument("--hash", default="", help="what is looked at, as in the address")
    parser.add_argument("--size", default="1440x900", help="of the window")
    parser.add_argument("--scheme", default="dark")
    parser.add_argument("--url", help="a running server's origin")
    parser.add_argument("--before", type=Path, metavar="TREE", help="another checkout to hold this one against")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each")
    parser.add_argument("--screenshot", help="where to write what was seen")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    ratios: dict[str, list[float]] = {}
    for number in range(options.rounds):
        pair = [("now", CLIENT)] + ([("before", options.before.resolve() / "client-js")] if options.before else [])
        found = {}
        # The other one goes first in every second pair.
        for name, client in pair if number % 2 else pair[::-1]:
            found[name] = measure(options, client)
            print(json.dumps({"run": name, **found[name]}), flush=True)
        # One that drew nothing in all that time has no milliseconds a frame.
        if options.before and all(one["frames"] for one in found.values()):
            for name in COMPARED:
                ratios.setdefault(name, []).append(found["now"][name] / max(found["before"][name], 0.01))
    for name, values in ratios.items():
        print(f"{name}, now / before: {statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f}), "
              f"{len(values)} pairs")


if __name__ == "__main__":
    main()
