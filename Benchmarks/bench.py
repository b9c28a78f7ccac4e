#!/usr/bin/env python3
"""make bench: this project beside its peers and the physical limit, in figures.

Servers run on one core and the load generator on another; contestants alternate and runs repeat; figures are medians
with their spread and their ratio to this project's. Needs the release build and what `make bench` installs.

  bench.py                    the quick tier, within 5 minutes
  bench.py --tier full        the whole, within 40
  bench.py --only SCENARIO    just this one (repeatable)
  bench.py --again SCENARIO   just this one (repeatable), the others as the tier's last run had them
  bench.py --docs             also write the tables into docs/benchmarks.md
"""

import argparse
import json
import sys
import time

from suite import (
    clean_rate, fan_out, flood, generator_speed, idle_memory, ingest_drain, machine, paced_latency, report, start_up,
    terminal_short)
from suite.bench_run import BenchRun, log
from suite.paths import RESULTS, ROOT

SCENARIOS = [
    start_up, ingest_drain, paced_latency, clean_rate, flood, idle_memory, fan_out, terminal_short, generator_speed]
NAMES = [scenario.NAME for scenario in SCENARIOS]


def main():
    options = arguments()
    wanted = options.again or options.only or NAMES
    chosen = [scenario for scenario in SCENARIOS if scenario.NAME in wanted]
    if options.again and not results_of(options.tier).exists():
        sys.exit(f"bench: --again needs results of a whole run of the {options.tier} tier, and there are none")
    before = json.loads(results_of(options.tier).read_text()) if options.again else None
    run = BenchRun(options.tier == "full", options.repeats)
    contestants = entries(run, chosen)
    for contestant in contestants:
        missing = contestant.missing()
        if missing:
            sys.exit(f"bench: {missing}")
    facts = machine.facts(contestants, (run.server_core, run.generator_core))
    for fact in facts:
        log(fact)
    neighbours = machine.Neighbours()
    results = measure(run, chosen)
    facts.append(neighbours.fact())
    facts.append(run.fact())
    log(facts[-2])
    log(facts[-1])
    seconds = sum(result["seconds"] for result in results.values())
    facts.append(f"the {options.tier} tier{'' if len(chosen) == len(NAMES) else ' in part'}, {seconds / 60:.1f} minutes")
    log(facts[-1])
    if before:
        names = " and ".join(scenario.NAME for scenario in chosen)
        facts = before["facts"] + [f"made again: {names}, on {'; '.join([facts[0], *facts[3:]])}"]
        results = {**before["results"], **results}
    # As they are read back, so that tables made from a file are the same.
    results = json.loads(json.dumps(results))
    text = "\n\n".join(part for scenario in SCENARIOS if scenario.NAME in results
                       for part in scenario.tables(results[scenario.NAME]["found"]))
    print(text)
    if not options.only:
        RESULTS.mkdir(exist_ok=True)
        results_of(options.tier).write_text(json.dumps({"facts": facts, "results": results}, indent=1))
    if options.docs:
        command = "make bench-docs" if options.tier == "full" else "make bench-docs TIER=quick"
        report.rewrite_section(ROOT / "docs" / "benchmarks.md", facts, text, "bench", command)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tier", choices=["quick", "full"], default="quick")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--only", action="append", choices=NAMES, help="run just this scenario (repeatable)")
    which.add_argument("--again", action="append", choices=NAMES,
                       help="run this scenario again, and keep what the last run of the tier found in others")
    parser.add_argument("--repeats", type=int, help="instead of as often as the tier does")
    parser.add_argument("--docs", action="store_true", help="rewrite the marked section of docs/benchmarks.md")
    return parser.parse_args()


def results_of(tier):
    return RESULTS / f"{tier}.json"


def entries(run, scenarios):
    """Everyone who takes part, once."""
    found = {}
    for scenario in scenarios:
        for contestant in scenario.contestants(run):
            found.setdefault((type(contestant), contestant.name), contestant)
    return list(found.values())


def measure(run, scenarios):
    results = {}
    for scenario in scenarios:
        log(scenario.NAME)
        begin = time.monotonic()
        found = scenario.measure(run)
        seconds = time.monotonic() - begin
        log(f"  {scenario.NAME} took {seconds:.0f} s")
        results[scenario.NAME] = {"seconds": seconds, "found": found}
    return results


if __name__ == "__main__":
    main()
