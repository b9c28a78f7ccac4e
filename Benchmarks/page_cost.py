#!/usr/bin/env python3
"""make bench-page: what the snippet costs a page and its visitor's line, beside what everyone writes first.

  page_cost.py [--seconds S] [--rounds R] [--throttle N]

Two pages in headless Chromium take turns, each moved by the same hand at 60 and at 250 reports a second: one with the
snippet, and the naive one (a WebSocket and, in every `pointermove`, `send(JSON.stringify({id, x, y}))`). Bytes are those
of the frames that the page sent, with header and mask; main thread time is what the browser's sampling profiler finds
inside the page's script, with whatever it calls, under CPU throttling. Ratios are told with their spread over the rounds.
"""

import argparse
import base64
import json
import math
import pathlib
import statistics
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from chromium import Chromium  # noqa: E402
from suite.paths import POINTERSCOPE  # noqa: E402

NAIVE = """<script>
    const id = Math.random().toString(36).slice(2), socket = new WebSocket('ws://%s');
    addEventListener('pointermove', (e) => {
        if (socket.readyState === 1) socket.send(JSON.stringify({ id, x: e.clientX, y: e.clientY }));
    });
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
        pages = {"/snippet": tag, "/naive": NAIVE % said["ingest"]}

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

    def __init__(self, browser, url, rate, seconds, throttle):
        page = browser.new_page(url)
        page.call("Page.bringToFront")
        page.call("Profiler.enable")
        page.call("Profiler.setSamplingInterval", {"interval": 100})
        page.call("Emulation.setCPUThrottlingRate", {"rate": throttle})
        self.frames = self.bytes = 0
        received = page.received

        def note(method, params):
            if method == "Network.webSocketFrameSent":
                response = params["response"]
                data = response["payloadData"]
                length = len(base64.b64decode(data)) if response["opcode"] == 2 else len(data.encode())
                self.frames += 1
                self.bytes += length + 6 + (2 if length > 125 else 0)
            received(method, params)

        page.received = note
        time.sleep(1)
        page.move(50, 50)
        page.call("Profiler.start")
        self.frames = self.bytes = 0
        began = time.monotonic()
        places = list(hand(int(rate * seconds), rate))
        pause = 1 / rate
        for number, (x, y) in enumerate(places):
            while (left := began + number * pause - time.monotonic()) > 0:
                time.sleep(left)
            browser.call_all([("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y})], page._session)
        page.evaluate("new Promise((done) => setTimeout(done, 300))")
        self.seconds = time.monotonic() - began
        self.spent = spent_in_scripts(page.call("Profiler.stop")["profile"])
        page.close()


def spent_in_scripts(profile):
    """Seconds in which a script of the page, or what one called, was on the stack."""
    inside = set()
    for node in profile["nodes"]:
        # Parents stand before their children.
        if node["callFrame"]["url"].startswith("http"):
            inside.add(node["id"])
        if node["id"] in inside:
            inside.update(node.get("children", []))
    return sum(delta for sample, delta in zip(profile["samples"], profile["timeDeltas"]) if sample in inside) / 1e6


def spread(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--throttle", type=float, default=4)
    options = parser.parse_args()
    served = Served()
    try:
        with Chromium.launch() as browser:
            for rate in (60, 250):
                kinds = {name: [] for name in ("naive", "snippet")}
                for _ in range(options.rounds):
                    for name, rounds in kinds.items():
                        rounds.append(Round(browser, f"{served.url}/{name}", rate, options.seconds, options.throttle))
                print(f"{rate} reports a second:")
                for name in ("naive", "snippet"):
                    rounds = kinds[name]
                    own = [one.spent for one in rounds]
                    print(f"  {name:8s} {spread([r.bytes / r.seconds for r in rounds])} bytes/s, "
                          f"{spread([r.frames / r.seconds for r in rounds])} messages/s, main thread "
                          f"{spread([1000 * o / max(1, r.frames) for o, r in zip(own, rounds)])} ms a message, "
                          f"{spread([1000 * o / r.seconds for o, r in zip(own, rounds)])} ms a second")
                ratio = [s.bytes / s.seconds / (n.bytes / n.seconds)
                         for s, n in zip(kinds["snippet"], kinds["naive"])]
                print(f"  bytes, snippet to naive: {spread(ratio)}")
    finally:
        served.close()


if __name__ == "__main__":
    main()
