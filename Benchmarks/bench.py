#!/usr/bin/env python3
"""make bench: this server beside the same architecture on Node, in figures.

Starts each contestant on one core and the paced load generator on another, alternates them, repeats, and prints
a table of medians with their spread and ratios. Needs the release build (make build) and node with node-ws.

  bench.py            run everything, about four minutes
  bench.py --only X   one of: start, memory, latency, clean, flood (repeatable)
  bench.py --docs     also rewrite the marked section of docs/benchmarks.md
"""

import argparse
import json
import sys
import time

from suite import machine, report, scenarios
from suite.contestants import Node, Pointerscope
from suite.paths import BENCHMARKS, ROOT


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", action="store_true", help="rewrite the marked section of docs/benchmarks.md")
    parser.add_argument("--only", action="append", choices=scenarios.NAMES, help="run just this scenario")
    options = parser.parse_args()

    contestants = [Pointerscope(), Node()]
    for contestant in contestants:
        missing = contestant.missing()
        if missing:
            sys.exit(f"bench: {missing}")

    started = time.monotonic()
    cores = machine.split_cores()
    facts = machine.facts(contestants, cores)
    for line in facts:
        print(f"bench: {line}", file=sys.stderr)
    neighbours = machine.Neighbours()
    results = scenarios.run(contestants, cores, options.only or scenarios.NAMES)
    facts.append(neighbours.fact())
    print(f"bench: {facts[-1]}", file=sys.stderr)
    table = report.markdown(contestants, results)
    minutes = (time.monotonic() - started) / 60
    print(f"bench: took {minutes:.1f} minutes", file=sys.stderr)
    print(table)

    folder = BENCHMARKS / "results"
    folder.mkdir(exist_ok=True)
    raw = {"facts": facts, "results": results}
    (folder / "latest.json").write_text(json.dumps(raw, indent=1))
    if options.docs:
        report.rewrite_section(ROOT / "docs" / "benchmarks.md", facts, table)


if __name__ == "__main__":
    main()
