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
# Format, samples in a message, and messages in a write.
MESSAGES = [
    ("json", 1, 1), ("json", 3, 1), ("v1", 3, 1), ("json", 32, 1), ("v1", 32, 1),
    ("json", 1, 16), ("json", 3, 16), ("v1", 3, 16), ("v1", 32, 16),
]
# What is asked for, by what is divided by what.
RATIOS = [
    ("equal batches of 3", ("v1", 3, 1), ("json", 3, 1), 2),
    ("equal batches of 32", ("v1", 32, 1), ("json", 32, 1), 2),
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


def measure(run, binary, rounds):
    """By contestant and message: what each round came to. They take turns."""
    found = {}
    for number in range(rounds):
        for message in MESSAGES:
            for name, command in _servers(binary).items():
                try:
                    found.setdefault((name, message), []).append(_once(run, command, message))
                except ODDITIES as problem:
                    log(f"  {name}, {message}, round {number + 1}: {problem}")
    return found


def _millions(values):
    return f"{statistics.median(values) / 1e6:.2f} ({min(values) / 1e6:.2f} to {max(values) / 1e6:.2f})"


def tables(found):
    """Two tables: samples for each CPU second, and the ratios with their bounds."""
    lines = [
        "| format | samples a message | messages a write | M samples a CPU second | C sink, same bytes | share of it |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    middle = {key: statistics.median(values) for key, values in found.items()}
    for message in MESSAGES:
        server, sink = ("server", message), ("sink", message)
        if server not in found or sink not in found:
            continue
        lines.append(
            f"| {message[0]} | {message[1]} | {message[2]} | {_millions(found[server])} | {_millions(found[sink])} "
            f"| {middle[server] / middle[sink]:.2f} |")
    lines += ["", "| ratio | measured | asked | with a decoder that costs nothing |", "|---|---:|---:|---:|"]
    for title, above, below, asked in RATIOS:
        keys = ("server", above), ("server", below), ("sink", above)
        if all(key in found for key in keys):
            server, other, sink = (middle[key] for key in keys)
            lines.append(f"| {title} | {server / other:.2f} | {asked} | {sink / other:.2f} |")
    return "\n".join(lines)
