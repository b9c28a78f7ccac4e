"""Every event that the server can log has a row in docs/day-two.md, and every row is of one that it can log."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MASTER = sorted((TOP / "Sources/MasterProcess").rglob("*.swift"))
# What writes a line whose event is its first argument, and by what it is called. A new one has to be named here.
WRITERS = {"EventLog.swift": "write", "AccessLog.swift": "writeOne", "Master+Sink.swift": "logWorker",
           "Master+Refusals.swift": "noteRefusals", "WorkerLives.swift": "add"}
# These are followed with `ctl events`, which docs/operations.md tells of, and stand in no log.
LIVES = "WorkerLives.swift"


def logged() -> set[str]:
    found: set[str] = set()
    for file in MASTER:
        if file.name == LIVES:
            continue
        text = file.read_text()
        calls = re.findall(r"(?:log\.write|\bwriteOne|\blogWorker|\bnoteRefusals|\bLogLine)\(\s*([^\n]*)", text)
        for argument in calls:
            if re.match(r"(event\b|_ event: StaticString|\.|\)|$)", argument):
                continue  # one that is passed on, an event of another type, or no argument at all
            names = re.findall(r'"([a-z_]+)"', argument.split("{")[0].split(", number")[0])
            assert names, f"{file.name}: which event is log.write({argument}?"
            found.update(names if "?" in argument.split("{")[0] else names[:1])
        for block in re.findall(r"let event: StaticString =\n\s*switch [^{]*\{(.*?)\n\s*\}", text, re.S):
            found.update(re.findall(r'"([a-z_]+)"', block))
    return found


def documented() -> list[str]:
    text = (TOP / "docs/day-two.md").read_text()
    table = text.split("\n## What each line of the log means\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([a-z_]+)`", row)]


def test_what_is_marked_is_what_the_level_warning_writes() -> None:
    text = (TOP / "docs/day-two.md").read_text()
    table = text.split("\n## What each line of the log means\n")[1].split("\n## ")[0]
    marked = {name for line in table.splitlines() if line.startswith("| `") and "**look**" in line.split("|")[2]
              for name in re.findall(r"`([a-z_]+)`", line.split("|")[1])}
    source = (TOP / "Sources/MasterProcess/LogLevel.swift").read_text()
    warnings = re.search(r"warnings: Set<String> = \[(.*?)\]", source, re.S).group(1)
    assert set(re.findall(r'"([a-z_]+)"', warnings)) == marked


def test_every_way_to_write_a_line_is_looked_at() -> None:
    written = {file.name for file in MASTER if re.search(r"\b_ event: StaticString", file.read_text())}
    assert written == set(WRITERS), "a function that takes an event is new, or one is gone: see WRITERS"
    for name, function in WRITERS.items():
        [file] = [file for file in MASTER if file.name == name]
        assert re.search(rf"func {function}\(\s*_ event: StaticString", file.read_text()), f"{name}: {function}"


def test_the_table_has_every_event_and_no_other() -> None:
    rows = documented()
    assert len(rows) == len(set(rows)), "an event stands twice in the table"
    assert len(rows) > 40
    assert sorted(logged() - set(rows)) == [], "these have no row in docs/day-two.md"
    assert sorted(set(rows) - logged()) == [], "these are in the table, and nothing logs them"
