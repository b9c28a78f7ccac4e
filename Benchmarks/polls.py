#!/usr/bin/env python3
"""make bench-polls: an hour of a site in quick motion, told by long polls through a proxy that cuts every answer off.

  polls.py [--minutes M] [--speed X] [--cut SECONDS]

A hand makes 3,600 samples each minute and rests for 12 s of it; each minute somebody else comes and goes. Two poll for
all of it, one in each shape, through a proxy that ends every connection after 5 s of the site's time, where three answers
of ten stop somewhere in the middle until then. The site goes X times as fast as the clock; with `--speed 1` everything is
as it would be. Every sample has its number: what was heard has to be what was said, in its order, without a gap and
without a repeat, and everybody's coming and going once; otherwise it says what differs and ends with status 1.
"""

import argparse
import sys
import time

from suite import processes
from suite.paths import ROOT
from suite.tables import grid

sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from quick_motion import QuickMotion  # noqa: E402
from server import Server  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--speed", type=float, default=30)
    parser.add_argument("--cut", type=float, default=5, help="seconds of the site that an answer may take")
    options = parser.parse_args()
    server = Server.start("--workers", "1")
    try:
        motion = QuickMotion(server, options.minutes, options.speed, options.cut)
        began = time.monotonic()
        motion.run()
        seconds = time.monotonic() - began
        cpu = processes.cpu_seconds(server.pid)
        metrics = server.metrics()
    finally:
        server.stop_and_check()
    print(f"{options.minutes} minutes in {seconds:.0f} s, cut after {options.cut / options.speed * 1000:,.0f} ms; "
          f"{motion.said:,} samples of the hand; server's tree {cpu:.1f} s of CPU")
    print(grid([
        ["", "samples", "guests' samples", "gone", "answers", "cut midway", "cut empty", "begun anew"], *(
        [shape, f"{len(heard.positions):,}", f"{sum(map(len, heard.guests.values())):,}", f"{len(heard.gone):,}",
         f"{heard.answers:,}", f"{heard.cut_midway:,}", f"{heard.cut_empty:,}", f"{heard.anew:,}"]
        for shape, heard in motion.heard.items())]))
    try:
        motion.check()
        metrics.check_accounting()
    except AssertionError as difference:
        print(f"wrong: {difference}")
        return 1
    print("nothing lost, nothing doubled; the server's accounts close")
    return 0


if __name__ == "__main__":
    sys.exit(main())
