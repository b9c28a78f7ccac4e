"""What a server pays for a sample by how it is written, beside a C sink that reads the same bytes and looks at none.

The sink is what the kernel asks for: no decoder, however fast, brings a server beyond it. So a ratio of two formats has a
bound: the samples for each CPU second of the sink in the one, over those of the server in the other.
"""

import statistics

from . import generator
from .bench_run import ODDITIES, log
from .build import program
from .server import Server

VISITORS = 1_000
# Format, samples in a message, and messages in a write; what is compared stands next to each other.
MESSAGES = [
    ("json", 1, 1), ("v1", 3, 1), ("json", 3, 1), ("json", 32, 1), ("v1", 32, 1),
    ("json", 1, 16), ("v1", 3, 16), ("json", 3, 16), ("v1", 32, 16),
]
# What is asked for, by what is divided by what.
RATIOS = [
    ("equal batches of 3", ("v1", 3, 1), ("json", 3, 1), 2),
    ("equal batches of 32", ("v1", 32, 1), ("json", 32, 1), 2),
    ("equal batches of 3, 16 messages a write", ("v1", 3, 16), ("json", 3, 16), 2),
    ("v1 as the snippet sends it, JSON one by one", ("v1", 3, 1), ("json", 1, 1), 8),
    ("the same, 16 messages a write", ("v1", 3, 16), ("json", 1, 16), 8),
]


def _servers(binary):
    return {
        "server": [binary, "serve", "--headless", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", 2],
        "sink": [program("sink"), "--ingest", "127.0.0.1:0"],
    }


def _queued(batch):
    """Messages of a connection in a round: many, since between rounds the kernel's acknowledgements are waited for, and
    no more than its socket takes."""
    return 64 if batch < 10 else 16


def _once(run, command, message):
    """Samples for each CPU second."""
    form, batch, coalesce = message
    with Server(command, None, run.server_core) as server:
        answer = generator.measure(
            server, run.generator_core, mode="drain", pid=server.pid, visitors=VISITORS, protocol=form, batch=batch,
            queue=_queued(batch), coalesce=coalesce, duration="1s", settle="2s")
    drain = answer["drain"]
    if not drain["cpu_seconds"]:
        raise RuntimeError("no round of the drain was whole")
    return drain["samples"] / drain["cpu_seconds"]


def measure(run, binary, rounds, is_threes_alone=False):
    """By contestant and message: what each round came to, None where it failed. They take turns, and every other round
    goes the other way, so that no one of a pair is always the later."""
    messages = RATIOS[0][1:3] if is_threes_alone else MESSAGES
    found = {}
    for number in range(rounds):
        for message in messages[::-1] if number % 2 else messages:
            for name, command in _servers(binary).items():
                try:
                    value = _once(run, command, message)
                except ODDITIES as problem:
                    log(f"  {name}, {message}, round {number + 1}: {problem}")
                    value = None
                found.setdefault((name, message), []).append(value)
    return found


def _millions(values):
    values = [value for value in values if value]
    if not values:
        return "none"
    return f"{statistics.median(values) / 1e6:.2f} ({min(values) / 1e6:.2f} to {max(values) / 1e6:.2f})"


def _in_pairs(above, below):
    """The ratio of each round that both have."""
    ratios = [one / other for one, other in zip(above, below) if one and other]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})" if ratios else "none"


def tables(found):
    """Two tables: samples for each CPU second, and the ratios with their bounds."""
    lines = [
        "| format | samples a message | messages a write | M samples a CPU second | C sink, same bytes | share of it |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for message in MESSAGES:
        server, sink = found.get(("server", message)), found.get(("sink", message))
        if server:
            lines.append(
                f"| {message[0]} | {message[1]} | {message[2]} | {_millions(server)} | {_millions(sink)} "
                f"| {_in_pairs(server, sink)} |")
    lines += ["", "| ratio | measured | asked | with a decoder that costs nothing |", "|---|---:|---:|---:|"]
    for title, above, below, asked in RATIOS:
        keys = ("server", above), ("server", below), ("sink", above)
        if all(key in found for key in keys):
            server, other, sink = (found[key] for key in keys)
            lines.append(f"| {title} | {_in_pairs(server, other)} | {asked} | {_in_pairs(sink, other)} |")
    return "\n".join(lines)
