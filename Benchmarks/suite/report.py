"""Results as a table."""

import statistics

def markdown(contestants, results):
    """One row a figure: medians, the spread behind them, and how many times better the first is."""
    names = [contestant.name for contestant in contestants]
    rows = []
    for title, smaller_is_better, values, form in _figures(names, results):
        cells = [_cell(values[name], form) for name in names]
        ratio = _ratio([statistics.median(values[name]) for name in names], smaller_is_better)
        rows.append([title, *cells, ratio])
    for title, texts in _remarks(names, results):
        rows.append([title, *texts, ""])
    head = ["", *names, "ratio"]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _figures(names, results):
    if "start" in results:
        yield "start to ready, ms", True, results["start"], "{:.1f}"
    if "memory" in results:
        yield "idle memory of master and two workers (PSS), MiB", True, results["memory"], "{:.1f}"
    if "latency" in results:
        def column(key):
            return {name: [run[key] for run in results["latency"][name]] for name in names}

        yield "page to viewer at 5,000/s, p50, ms", True, column("p50_ms"), "{:.2f}"
        yield "page to viewer at 5,000/s, p99, ms", True, column("p99_ms"), "{:.2f}"
        yield "server CPU at 5,000/s, cores", True, column("server_cpu"), "{:.2f}"
    for viewers, found in results.get("clean", {}).items():
        values = {name: [run["rate"] for run in found[name]] for name in names}
        plural = "viewer" if viewers == "1" else "viewers"
        yield f"highest clean rate, {viewers} {plural}, samples/s", False, values, "{:,.0f}"
    if "flood" in results:
        def last(key):
            return {name: [run[key] for run in results["flood"][name]] for name in names}

        yield "flood: delivered to the viewer, samples/s", False, last("delivered_per_second"), "{:,.0f}"
        yield "flood: longest silence at the viewer, ms", True, last("longest_silence_ms"), "{:,.0f}"
        yield "flood: memory growth, MiB", True, last("growth_mib"), "{:.1f}"


def _remarks(names, results):
    if "latency" in results:
        lags = [statistics.median(run["send_lag_p99_ms"] for run in results["latency"][name]) for name in names]
        yield "of the p99 at 5,000/s, the generator's own lateness, ms", [f"{lag:.2f}" for lag in lags]
    for viewers, found in results.get("clean", {}).items():
        bound = ["generator" if found[name][-1]["generator_bound"] else "server" for name in names]
        plural = "viewer" if viewers == "1" else "viewers"
        yield f"what gave out first with {viewers} {plural}", bound
    if "flood" not in results:
        return
    floods = [results["flood"][name][0] for name in names]
    yield "flood: samples the sockets took, /s", [f"{run['sent'] / run['seconds']:,.0f}" for run in floods]
    yield "flood: visitors whose last sample never came", [f"{run['stale'][0]} of 200" for run in floods]
    yield "flood: out of order", [f"{run['disordered'][0]:,}" for run in floods]
    yield "flood: received = relayed + conflated + lost", [_accounts(run) for run in floods]


def _accounts(run):
    accounts = run.get("accounts")
    if not accounts:
        return "not told"
    return "exact" if accounts["received"] == accounts["explained"] == run["sent"] else f"off: {accounts}"


def _cell(values, form):
    median = form.format(statistics.median(values))
    if len(values) == 1:
        return median
    low, high = form.format(min(values)), form.format(max(values))
    return median if low == high else f"{median} ({low} to {high})"


def _ratio(medians, smaller_is_better):
    first, second = medians
    better, worse = (first, second) if smaller_is_better else (second, first)
    return "-" if better <= 0 else f"{worse / better:.1f}"


def rewrite_section(path, facts, table, name="bench", command="make bench-docs"):
    """Puts facts and table between the marks of a document that bear this name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = path.read_text()
    before, mark, rest = text.partition(begin)
    _, other, after = rest.partition(end)
    if not mark or not other:
        raise SystemExit(f"bench: {path.name} has no section between {begin} and {end}")
    listing = "\n".join(f"- {fact}" for fact in facts)
    body = f"{begin}\n\nMade by `{command}`:\n\n{listing}\n\n{table}\n\n{end}"
    path.write_text(before + body + after)
