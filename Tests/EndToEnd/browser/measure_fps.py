"""How smoothly the dashboard draws: frames a second and the work behind them. A measurement, no test.

    python3 Tests/EndToEnd/browser/measure_fps.py [--visitors 200] [--seconds 5] [--url http://...]
    python3 Tests/EndToEnd/browser/measure_fps.py --visitors 10000 --pages 200 --hash '#page=/shop/department-7'

Without `--url` a made-up crowd on the fake server is watched, 30 frames a second: everyone moving all the
time, or with `--pages` so many samples in each frame as `--samples` says. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chromium import Chromium  # noqa: E402
from crowd import Crowd, Throng  # noqa: E402
from fake_server import FakeServer  # noqa: E402

#: Notes how long each animation frame callback takes.
TIMED_FRAMES = """(() => {
    const ask = window.requestAnimationFrame.bind(window);
    window.frameWork = [];
    window.requestAnimationFrame = (work) => ask((time) => {
        const start = performance.now();
        work(time);
        window.frameWork.push(performance.now() - start);
    });
})()"""

MEASURE = """new Promise((done) => {
    frameWork.length = 0;
    const gaps = [];
    const start = performance.now();
    let before = start;
    requestAnimationFrame(function frame() {
        const now = performance.now();
        gaps.push(now - before);
        before = now;
        if (now - start < %d) { requestAnimationFrame(frame); return; }
        const sorted = (values) => [...values].sort((a, b) => a - b);
        const at = (values, part) => +values[Math.floor((values.length - 1) * part)].toFixed(2);
        const work = sorted(frameWork);
        const gap = sorted(gaps);
        done({
            fps: +(gaps.length / (now - start) * 1000).toFixed(1),
            gap_p50_ms: at(gap, 0.5), gap_p99_ms: at(gap, 0.99), gap_max_ms: at(gap, 1),
            gaps_over_25_ms: gaps.filter((gap) => gap > 25).length,
            callback_p50_ms: at(work, 0.5), callback_p99_ms: at(work, 0.99), callback_max_ms: at(work, 1),
        });
    });
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--pages", type=int, help="so many pages, for a throng")
    parser.add_argument("--samples", type=int, default=800, help="of a throng in each frame")
    parser.add_argument("--hash", default="", help="what is looked at, as in the address")
    parser.add_argument("--size", default="1440x900", help="of the window")
    parser.add_argument("--scheme", default="dark")
    parser.add_argument("--url", help="a running server's origin")
    parser.add_argument("--screenshot", help="where to write what was seen")
    options = parser.parse_args()
    with ExitStack() as stack:
        url = options.url
        if url is None:
            server = stack.enter_context(FakeServer())
            crowd = Throng(server, options.visitors, options.pages, options.samples) if options.pages \
                else Crowd(server, options.visitors, restless=True)
            stack.enter_context(crowd)
            url = server.url
        page = stack.enter_context(Chromium.launch()).new_page(scheme=options.scheme)
        page.resize(*map(int, options.size.split("x")))
        page.run_before_load(TIMED_FRAMES)
        page.navigate(f"{url}/admin/demo{options.hash}")
        page.wait_for(f"parseInt(document.title) >= {1 if options.url else options.visitors}")
        page.evaluate("new Promise((done) => setTimeout(done, 3000))")  # charts fill, code gets warm
        result = page.evaluate(MEASURE % (options.seconds * 1000))
        result["visitors"] = page.evaluate("parseInt(document.title)")
        page.call("HeapProfiler.enable")
        page.call("HeapProfiler.collectGarbage")
        result["heap_mb"] = round(page.call("Runtime.getHeapUsage")["usedSize"] / 1e6, 1)
        if options.screenshot:
            page.screenshot(options.screenshot)
        print(json.dumps(result))


if __name__ == "__main__":
    main()
