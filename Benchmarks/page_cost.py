#!/usr/bin/env python3
"""make bench-page: what the snippet costs a page and its visitor's line, beside what everyone writes first.

  page_cost.py [--seconds S] [--rounds R] [--throttle N] [--rate HZ]...

Three pages in headless Chromium take turns, each moved by the same hand at 60 and at 250 reports a second: one with the
snippet; the naive one (a WebSocket and, in every `pointermove`, `send(JSON.stringify({id, x, y}))`); and one with a
listener that does nothing, which is what the browser itself takes, tracing included, to call anybody at all. Bytes are
those that the server has read. Time is that of the page's main thread, in its own CPU time, inside every function of
the page that the browser called: listeners and timers, with what they call. It comes of a trace, so nothing samples the
page meanwhile, and what other processes take does not count. Ratios are told with their spread over the rounds.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from chromium import Chromium  # noqa: E402
from suite.paths import POINTERSCOPE  # noqa: E402

#: How long the server lets a batch be while somebody watches.
BATCH_SECONDS = 0.05

NAIVE = """<script>
    const id = Math.random().toString(36).slice(2), socket = new WebSocket('ws://%s');
    addEventListener('pointermove', (e) => {
        if (socket.readyState === 1) socket.send(JSON.stringify({ id, x: e.clientX, y: e.clientY }));
    });
</script>"""

EMPTY = """<script>
    let count = 0;
    addEventListener('pointermove', () => { count += 1; }, { passive: true, capture: true });
</script>"""

READER = """
import http.client, sys
viewer = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]))
viewer.request("GET", "/receive/bench")
answer = viewer.getresponse()
while answer.read1():
    pass
"""


class Served:
    """The server, a viewer that never tires, so that visitors are asked for all they have, and the pages."""

    def __init__(self):
        self.process = subprocess.Popen(
            [POINTERSCOPE, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "1"],
            stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            said = json.loads(line)
            if said["event"] == "ready":
                break
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        self.viewer = subprocess.Popen(
            [sys.executable, "-c", READER, *said["http"].rsplit(":", 1)], stdout=subprocess.DEVNULL)
        tag = f"<script async src='http://{said['http']}/pointerscope.js'></script>"
        pages = {"/snippet": tag, "/naive": NAIVE % said["ingest"], "/empty": EMPTY}
        self.metrics_url = f"http://{said['http']}/metrics"

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                body = f"<!doctype html><title>page</title>{pages.get(self.path, '')}<p>text".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d" % self.http.server_address[1]

    def read_bytes(self):
        """Bytes that visitors have sent so far, with headers and masks."""
        with urlopen(self.metrics_url) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("pointerscope_ingest_bytes_total"))

    def close(self):
        self.viewer.terminate()
        self.process.terminate()
        self.process.wait(20)
        self.http.shutdown()


def hand(count, rate):
    """Where a hand is that sweeps to and fro with rests, at so many reports a second."""
    for number in range(count):
        t = number / rate
        phase = (1 - math.cos(math.pi * (t % 1.2) / 1.2)) / 2
        way = phase if int(t / 1.2) % 2 == 0 else 1 - phase
        yield round(100 + 900 * way), round(150 + 300 * way + 40 * math.sin(t * 3))


class Round:
    """One page, moved for so long."""

    def __init__(self, browser, served, name, rate, seconds, throttle):
        page = browser.new_page(f"{served.url}/{name}")
        for domain in ("Network", "Log", "Runtime"):
            page.call(f"{domain}.disable")  # each would have the page tell of every message
        page.call("Page.bringToFront")
        page.call("Emulation.setCPUThrottlingRate", {"rate": throttle})
        page.move_at(hand(60, 60), 60)  # what listens is loaded, and what is run has been run before
        self.calls, is_over = [], []
        received = page.received

        def note(method, params):
            if method == "Tracing.dataCollected":
                self.calls += [event for event in params["value"] if event["name"] == "FunctionCall" and "tdur" in event]
            elif method == "Tracing.tracingComplete":
                is_over.append(True)
            received(method, params)

        page.received = note
        page.call("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {
            "includedCategories": ["devtools.timeline"], "excludedCategories": ["*"]}})
        before = served.read_bytes()
        self.seconds = page.move_at(hand(int(rate * seconds), rate), rate)
        time.sleep(0.3)
        self.bytes = served.read_bytes() - before
        page.call("Tracing.end")
        while not is_over:
            browser.idle(time.monotonic() + 0.1)
        page.close()
        self.spent = sum(event["tdur"] for event in self.calls) / 1000

    def per_second(self, value):
        return value / self.seconds


def spread(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def tell(rate, rounds):
    """Prints a rate's figures, of rounds by the names of their pages."""
    print(f"{rate} reports a second:")
    for name, ones in rounds.items():
        print(f"  {name:8s} {spread([one.per_second(one.bytes) for one in ones])} bytes/s, "
              f"{spread([one.per_second(len(one.calls)) for one in ones])} calls/s, main thread "
              f"{spread([one.per_second(one.spent) for one in ones])} ms a second")
    naive, snippet, empty = (rounds[name] for name in ("naive", "snippet", "empty"))
    print(f"  bytes, snippet to naive: {spread([s.bytes / n.bytes for s, n in zip(snippet, naive)])}")
    print(f"  main thread, snippet to naive: {spread([s.spent / n.spent for s, n in zip(snippet, naive)])}")
    for name, ones in (("snippet", snippet), ("empty", empty)):
        batches = [one.seconds / BATCH_SECONDS for one in ones]
        print(f"  {name}, a batch of 50 ms: {spread([one.spent / count for one, count in zip(ones, batches)])} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--throttle", type=float, default=4)
    parser.add_argument("--rate", type=int, action="append")
    options = parser.parse_args()
    served = Served()
    try:
        with Chromium.launch() as browser:
            for rate in options.rate or (60, 250):
                rounds = {name: [] for name in ("empty", "naive", "snippet")}
                for _ in range(options.rounds):
                    for name, ones in rounds.items():
                        ones.append(Round(browser, served, name, rate, options.seconds, options.throttle))
                tell(rate, rounds)
    finally:
        served.close()


if __name__ == "__main__":
    main()
