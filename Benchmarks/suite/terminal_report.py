"""The terminal's results as tables."""

import statistics

from .monitors import SAMPLES_PER_VISITOR
from .terminal_cost import ATTACHED, ATTACHED_VISITORS, median

# What the overview at 120x40 and ten pictures a second may take: percent of a core, KiB/s.
BOUNDS = {200: (3.0, 20.0), 1000: (6.0, 60.0)}
FIGURES = [
    ("CPU, % of a core", "cpu_percent", "{:.2f}"),
    ("written to the terminal, KiB/s", "kib_per_second", "{:.1f}"),
    ("pictures a second, as seen on the pty", "pictures_per_second", "{:.1f}"),
    ("memory (RSS), MiB", "rss_mib", "{:.1f}"),
    ("memory, shared pages divided (PSS), MiB", "pss_mib", "{:.1f}"),
]
# What the other views are told by.
VIEW_FIGURES = [figure for figure in FIGURES if figure[1] in ("cpu_percent", "kib_per_second", "rss_mib")]


def markdown(results):
    """All tables, with a line of text over each."""
    parts = []
    for visitors, found in results.get("cost", {}).items():
        parts.append(_beside(int(visitors), found))
    if "views" in results or "thirty" in results:
        parts.append(_views(results))
    if "viewers" in results:
        parts.append(_viewers(results["viewers"]))
    return "\n\n".join(parts)


def verdicts(results):
    """(what was asked, whether it holds) for each bound."""
    for visitors, found in results.get("cost", {}).items():
        cpu, kib = BOUNDS.get(int(visitors), (None, None))
        if cpu is None:
            continue
        ours = found["Pointerscope"]
        for name, key, bound, unit in [
            ("CPU", "cpu_percent", cpu, "% of a core"), ("written", "kib_per_second", kib, "KiB/s"),
        ]:
            value = median(ours, key)
            yield f"{visitors} visitors: {name} {value:.2f}, at most {bound:g} {unit}", value <= bound
    viewers = results.get("viewers", {})
    if "pointerscope top" in viewers:
        more, error = _difference(viewers)
        text = f"a terminal costs the server {more:+.3f} ± {error:.3f} % of a core beside an event stream"
        # What cannot be told from nothing is nothing.
        yield text, more <= 2 * error


def _difference(viewers):
    """What a terminal costs more than an event stream in the same round, on average, with its standard error."""
    pairs = zip(viewers["pointerscope top"], viewers["event stream"])
    values = [(top["master_percent"] - stream["master_percent"]) / ATTACHED for top, stream in pairs]
    spread = statistics.stdev(values) if len(values) > 1 else abs(values[0])
    return statistics.mean(values), spread / len(values) ** 0.5


def _beside(visitors, found):
    names = list(found)
    rows = [["", *names], ["---"] + ["---:"] * len(names)]
    for title, key, form in FIGURES:
        bound = _bound(visitors, key)
        cells = [_cell([run[key] for run in found[name]], form) for name in names]
        if key != "pictures_per_second":
            ours = median(found[names[0]], key)
            for index, name in enumerate(names[1:], start=1):
                cells[index] += _ratio(median(found[name], key), ours)
        rows.append([title + bound, *cells])
    return f"**Overview at {visitors:,} visitors, {visitors * SAMPLES_PER_VISITOR:,} samples/s:**\n\n{_table(rows)}"


def _bound(visitors, key):
    cpu, kib = BOUNDS.get(visitors, (None, None))
    bound = {"cpu_percent": cpu, "kib_per_second": kib}.get(key)
    return "" if bound is None else f" (at most {bound:g})"


def _views(results):
    counts = list(results.get("views") or results["thirty"])
    rows = [["", *(f"{int(count):,} visitors: CPU, % | KiB/s | RSS, MiB" for count in counts)],
            ["---"] + ["---:"] * (3 * len(counts))]
    lines: dict[str, list[str]] = {}
    for count in counts:
        found = dict(results.get("views", {}).get(count, {}))
        if count in results.get("thirty", {}):
            found["overview, 30 pictures a second"] = results["thirty"][count]
        for name, runs in found.items():
            lines.setdefault(name, []).extend(
                _cell([run[key] for run in runs], form) for _, key, form in VIEW_FIGURES)
    rows += [[name, *cells] for name, cells in lines.items()]
    return f"**The other views:**\n\n{_table(rows)}"


def _viewers(found):
    names = list(found)
    rows = [["", *names], ["---"] + ["---:"] * len(names)]
    for title, key, form in [
        ("master's CPU per viewer, % of a core", "cpu_percent", "{:.3f}"),
        ("sent to each, KiB/s", "kib_per_second", "{:.0f}"),
    ]:
        cells = [_cell([run[key] for run in found[name]], form) for name in names]
        if len(names) == 2:
            cells[1] += _ratio(median(found[names[1]], key), median(found[names[0]], key))
        rows.append([title, *cells])
    if len(names) == 2:
        more, error = _difference(found)
        rows.append(["of that, a terminal more than a stream in the same round", "", f"{more:+.3f} ± {error:.3f}"])
    return (f"**What one more terminal costs the server** ({ATTACHED} at once, {ATTACHED_VISITORS} visitors,"
            f" each beside the same server without):\n\n{_table(rows)}")


def _cell(values, form):
    middle = form.format(statistics.median(values))
    low, high = form.format(min(values)), form.format(max(values))
    return middle if low == high else f"{middle} ({low} to {high})"


def _ratio(other, ours):
    return f", {other / ours:.1f}x" if ours > 0 else ""


def _table(rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
