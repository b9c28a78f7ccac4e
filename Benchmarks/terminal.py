#!/usr/bin/env python3
"""make bench-terminal: what the picture on a terminal costs, beside btop, htop and goaccess.

Each contestant draws on a pty of 120x40 that takes everything at once, ten pictures a second where that can be set.
Contestants alternate, runs repeat; figures are medians with their spread.

  terminal.py                  run everything, about half an hour
  terminal.py --only X         one of: cost, views, thirty, viewers (repeatable)
  terminal.py --docs           also rewrite the marked section of docs/benchmarks.md
  terminal.py --soak SECONDS   instead: leave the terminal open and watch its memory
  terminal.py --keys N         instead: press N keys in two views and time the pictures that show what they did
"""

import argparse
import json
import sys
import time

from suite import key_latency, machine, monitors, report, soak, terminal_cost, terminal_report
from suite.drain import Drain
from suite.paths import BENCHMARKS, ROOT

# What a key may take to be seen, of a hundred all but one.
KEY_MILLISECONDS = 20
NAMES = ["cost", "views", "thirty", "viewers"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", action="store_true", help="rewrite the marked section of docs/benchmarks.md")
    parser.add_argument("--only", action="append", choices=NAMES, help="run just this scenario")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20, help="length of one measurement")
    parser.add_argument("--visitors", type=int, action="append", help="visitors of the demo; repeatable")
    parser.add_argument("--soak", type=float, metavar="SECONDS")
    parser.add_argument("--keys", type=int, metavar="N")
    options = parser.parse_args()
    if options.keys:
        sys.exit(time_keys(options))

    drain = Drain()
    try:
        code = run_soak(drain, options) if options.soak else run_costs(drain, options)
    finally:
        drain.close()
    sys.exit(code)


def run_costs(drain, options):
    contestants = monitors.contestants()
    for contestant in contestants:
        if contestant.missing():
            sys.exit(f"bench: {contestant.missing()}")
    facts = machine.facts(contestants, None)
    neighbours = machine.Neighbours()
    names = options.only or NAMES
    counts = options.visitors or [200, 1000]
    has_fps = monitors.understands("--fps", "serve")
    results = {}
    for name in NAMES:
        if name not in names or (name == "thirty" and not has_fps):
            continue
        terminal_cost.log(name)
        results[name] = measure(name, drain, contestants, counts, options)
    facts.append(neighbours.fact())
    table = terminal_report.markdown(results)
    for line in facts:
        terminal_cost.log(line)
    print(table)
    is_good = True
    for text, holds in terminal_report.verdicts(results):
        print(f"{'holds' if holds else 'FAILS'}: {text}", file=sys.stderr)
        is_good = is_good and holds
    keep("terminal.json", {"facts": facts, "results": results})
    if options.docs:
        report.rewrite_section(ROOT / "docs" / "benchmarks.md", facts, table, "terminal", command_of(options))
    return 0 if is_good else 1


def command_of(options):
    """What repeats exactly this run."""
    words = ["Benchmarks/terminal.py", "--rounds", options.rounds, "--seconds", f"{options.seconds:g}"]
    for name in options.only or []:
        words += ["--only", name]
    for count in options.visitors or []:
        words += ["--visitors", count]
    return " ".join(map(str, [*words, "--docs"]))


def measure(name, drain, contestants, counts, options):
    rounds, seconds = options.rounds, options.seconds
    if name == "viewers":
        return terminal_cost.per_viewer(drain, rounds, seconds)
    if name == "cost":
        return {n: terminal_cost.beside_others(drain, contestants, n, rounds, seconds) for n in counts}
    # They are reported, not held to a bound.
    rounds = min(rounds, 3)
    body = terminal_cost.in_views if name == "views" else terminal_cost.at_thirty
    return {n: body(drain, n, rounds, seconds) for n in counts}


def time_keys(options):
    results = {
        visitors: key_latency.run(visitors, options.keys) for visitors in options.visitors or [200, 1000]}
    print(key_latency.markdown(results))
    keep("keys.json", results)
    worst = max(key_latency.percentile(values, 0.99) for views in results.values() for values in views.values())
    return 0 if worst <= KEY_MILLISECONDS else 1


def run_soak(drain, options):
    facts = machine.facts([monitors.Front()], None)
    began = time.monotonic()
    result = soak.run(drain, options.soak)
    facts.append(soak.sentence(result))
    terminal_cost.log(f"took {(time.monotonic() - began) / 60:.1f} minutes")
    for fact in facts:
        terminal_cost.log(fact)
    print(soak.markdown(result))
    keep("soak.json", result)
    if options.docs:
        report.rewrite_section(
            ROOT / "docs" / "benchmarks.md", facts, soak.markdown(result), "soak",
            f"Benchmarks/terminal.py --soak {options.soak:g} --docs")
    return 0 if soak.is_flat(result) else 1


def keep(name, value):
    folder = BENCHMARKS / "results"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(value, indent=1))


if __name__ == "__main__":
    main()
