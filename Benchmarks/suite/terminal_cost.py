"""What a picture on the terminal costs: beside others, in each view, and to the server behind it."""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request

from . import machine, monitors, processes
from .on_terminal import OnTerminal
from .paths import BENCHMARKS

# Until everyone of the demo is here and what is drawn first has been drawn.
WARM_UP_SECONDS = 6
# Until a view that was just chosen has settled.
VIEW_SECONDS = 3
# Keys that choose the other views; f follows the busiest visitor.
VIEWS = [("map", "2"), ("visitor", "f"), ("pages", "4"), ("workers", "5"), ("health", "6")]
# Terminals at one server at once: enough that their cost stands out of the server's own, which the demo sways.
ATTACHED = 48
ATTACHED_VISITORS = 200


def log(text):
    print(f"bench: {text}", file=sys.stderr)


def beside_others(drain, contestants, visitors, rounds, seconds):
    """Alternates the contestants; a list of measurements for each."""
    found = {contestant.name: [] for contestant in contestants}
    core, _ = machine.split_cores()
    for number in range(rounds):
        for contestant in contestants:
            with contestant.open(drain, visitors) as terminal:
                time.sleep(WARM_UP_SECONDS)
                terminal.pin(core)
                found[contestant.name].append(terminal.measure(seconds))
            log(f"  {visitors} visitors, round {number + 1}, {contestant.name}: {_say(found[contestant.name][-1])}")
    return found


def in_views(drain, visitors, rounds, seconds):
    """Every view but the first, one after the other at one server, in another order each round."""
    found = {name: [] for name, _ in VIEWS}
    core, _ = machine.split_cores()
    for number in range(rounds):
        turned = VIEWS[number % len(VIEWS):] + VIEWS[:number % len(VIEWS)]
        with monitors.Front().open(drain, visitors) as terminal:
            time.sleep(WARM_UP_SECONDS)
            terminal.pin(core)
            for name, keys in turned:
                terminal.press(keys)
                time.sleep(VIEW_SECONDS)
                found[name].append(terminal.measure(seconds))
                log(f"  {visitors} visitors, round {number + 1}, {name}: {_say(found[name][-1])}")
    return found


def at_thirty(drain, visitors, rounds, seconds):
    """The overview at the most pictures a second."""
    front = monitors.Front("--fps", "30")
    return beside_others(drain, [front], visitors, rounds, seconds)[front.name]


def per_viewer(drain, rounds, seconds):
    """CPU of the master that one more viewer takes, in percent of a core, and what it is sent: an event stream of the
    frames shape, and a `pointerscope top`. Both are held against the same server without viewers right before."""
    kinds = {"event stream": _streams}
    if monitors.understands("top"):
        kinds["pointerscope top"] = _tops
    found = {name: [] for name in kinds}
    with monitors.headless(ATTACHED_VISITORS) as server:
        time.sleep(WARM_UP_SECONDS)
        for number in range(rounds):
            names = list(kinds)
            for name in names if number % 2 == 0 else reversed(names):
                alone, _ = _master(server, seconds)
                with kinds[name](drain, server):
                    time.sleep(VIEW_SECONDS)
                    shared, sent = _master(server, seconds)
                    # A viewer that is not there is cheap.
                    if _state(server)["viewers"] != ATTACHED:
                        raise RuntimeError(f"not all of {ATTACHED} x {name} are attached")
                time.sleep(1)
                found[name].append({
                    "cpu_percent": (shared - alone) / ATTACHED * 100, "master_percent": shared * 100,
                    "kib_per_second": sent / ATTACHED / 1024})
                log(f"  {ATTACHED} x {name}, round {number + 1}: {found[name][-1]['cpu_percent']:.3f} % of a core and"
                    f" {found[name][-1]['kib_per_second']:.0f} KiB/s each")
    return found


def _master(server, seconds):
    """The share of a core that the master takes, and the bytes a second that its HTTP port sends."""
    watch, sent, begin = processes.Stopwatch(server.pid), _sent_bytes(server), time.monotonic()
    time.sleep(seconds)
    return watch.share(), (_sent_bytes(server) - sent) / (time.monotonic() - begin)


def _get(server, path):
    with urllib.request.urlopen(f"http://{server.http}{path}", timeout=10) as response:
        return response.read().decode()


def _state(server):
    return json.loads(_get(server, "/api/state"))


def _sent_bytes(server):
    name = "pointerscope_http_sent_bytes_total "
    return next(float(line[len(name):]) for line in _get(server, "/metrics").splitlines() if line.startswith(name))


class _streams:
    """Event streams of the frames shape at ten a second, read at once, by a process each: waking a reader costs the
    writer something, and one that reads them all is awake already."""

    def __init__(self, drain, server):
        host, port = server.http.rsplit(":", 1)
        reader = BENCHMARKS / "suite" / "read_stream.py"
        self._readers = [
            subprocess.Popen([sys.executable, "-S", reader, host, port, f"bench{number}"]) for number in range(ATTACHED)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for reader in self._readers:
            reader.kill()
        for reader in self._readers:
            reader.wait()


class _tops:
    """As many terminals, each with a `pointerscope top` of its own."""

    def __init__(self, drain, server):
        command = [monitors.binary(), "top", f"http://{server.http}"]
        environment = {"HOME": os.devnull, "XDG_CONFIG_HOME": os.devnull, "XDG_STATE_HOME": os.devnull}
        self._terminals = [OnTerminal(drain, command, environment) for _ in range(ATTACHED)]

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        for terminal in self._terminals:
            terminal.__exit__(*problem)


def _say(run):
    return (f"{run['cpu_percent']:.2f} % CPU, {run['kib_per_second']:.1f} KiB/s, {run['rss_mib']:.1f} MiB,"
            f" {run['pictures_per_second']:.1f} pictures/s")


def median(runs, key):
    return statistics.median(run[key] for run in runs)
