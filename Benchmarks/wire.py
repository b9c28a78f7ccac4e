#!/usr/bin/env python3
"""Bytes a sample that pointer motion takes on the wire, by way of coding.

  wire.py --model PATH_TO_POINTERSCOPE      motion of `pointerscope load --rate natural`, ten seconds of 48 visitors
  wire.py --recording FILE [FILE ...]       a recording: JSON lines as `load --motion` reads them, or CSV with the
                                            columns "client timestamp" (seconds), "state", "x" and "y"
  wire.py --serve PATH_TO_POINTERSCOPE      what a server pays for a sample, by format and batch, beside a C sink that
                                            reads the same bytes and looks at none: which ratio is possible at all

Moves are taken at 60 Hz, the newest of each frame, and put into messages of 50 ms, as the snippet does. For each way
of coding: what a sample takes of the messages' payload, and what it takes on the wire with WebSocket's header and mask
(6 bytes a message of up to 125, 8 above). Of a recording only stretches count that are as dense as a browser's events:
two samples or more, 10 to 34 ms apart. Needs nothing beyond Python.
"""

import argparse
import csv
import json
import math

FRAME_MS = 16
BATCH_MS = 50
DENSE_MS = (10, 34)
# The id that JSON samples carry: as long as the snippet's.
ID = "~AbCdEfGhIjKlWxYz"
# Of what follows a bit-packed message's number: the widths of its fields.
WIDTH_BITS = 12
# Rice codes: quotients of so many bits and more stand as a number of 32.
LONGEST_QUOTIENT = 12


def zigzag(value):
    return value << 1 if value >= 0 else (-value << 1) - 1


def varint(value):
    """Bytes of an unsigned LEB128."""
    return max(1, (value.bit_length() + 6) // 7)


def batches(stretch):
    """Messages: what falls into 50 ms from the first of them on."""
    batch = []
    for sample in stretch:
        if batch and sample[0] >= batch[0][0] + BATCH_MS:
            yield batch
            batch = []
        batch.append(sample)
    if batch:
        yield batch


def json_sample(sample):
    time, x, y = sample
    return len(json.dumps({"id": ID, "x": x, "y": y, "t": 1732109508000 + round(time)}, separators=(",", ":")))


def json_single(stretch):
    return [json_sample(sample) for sample in stretch]


def json_batched(stretch):
    return [sum(json_sample(sample) + 1 for sample in batch) + 1 for batch in batches(stretch)]


class Steps:
    """From sample to sample: units of time that have passed, and pixels, less what is expected."""

    def __init__(self, unit, prediction=0.0):
        self.unit, self.prediction = unit, prediction
        self.last, self.velocity = None, (0, 0)

    def to(self, sample):
        time, x, y = round(sample[0] / self.unit), sample[1], sample[2]
        if self.last is None:
            self.last = (time, x, y)
        passed = time - self.last[0]
        moved = (x - self.last[1], y - self.last[2])
        rest = tuple(step - int(self.prediction * before) for step, before in zip(moved, self.velocity))
        self.last = (time, x, y)
        # Who paused moves on in no known direction.
        self.velocity = moved if passed * self.unit <= 60 else (0, 0)
        return passed, rest, moved


def varints(stretch):
    """A byte for the message's number, then dt in ms, dx and dy as varints."""
    steps, sizes = Steps(1), []
    for batch in batches(stretch):
        size = 1
        for sample in batch:
            passed, (x, y), _ = steps.to(sample)
            size += varint(passed) + varint(zigzag(x)) + varint(zigzag(y))
        sizes.append(size)
    return sizes


def compact(stretch, prediction=0.0):
    """pointerscope.v1: two bytes where the pace is kept and the step is short, a byte and varints where not."""
    steps, beat, sizes = Steps(2, prediction), 8, []
    for batch in batches(stretch):
        size = 1
        for sample in batch:
            passed, (x, y), moved = steps.to(sample)
            if -1 <= passed - beat <= 2 and -64 <= x <= 63 and -32 <= y <= 31:
                size += 2
            else:
                size += 1 + varint(passed) + varint(zigzag(moved[0])) + varint(zigzag(moved[1]))
            if passed <= 20:
                beat = passed
        sizes.append(size)
    return sizes


def packed(stretch):
    """A byte for the number, the widths of the three fields, and each sample in so many bits."""
    steps, sizes = Steps(2), []
    for batch in batches(stretch):
        fields = [(passed, zigzag(x), zigzag(y)) for passed, (x, y), _ in map(steps.to, batch)]
        width = sum(max(value.bit_length() for value in column) for column in zip(*fields))
        sizes.append(1 + math.ceil((WIDTH_BITS + len(batch) * width) / 8))
    return sizes


def rice(stretch):
    """A byte for the number, and Rice codes whose parameters follow what came, of steps less half the last one."""
    steps, sizes = Steps(2, 0.5), []
    means = [8.0, 16.0, 16.0]
    for batch in batches(stretch):
        bits = 0
        for sample in batch:
            passed, (x, y), _ = steps.to(sample)
            for index, value in enumerate((zigzag(passed - 8), zigzag(x), zigzag(y))):
                parameter = max(0, int(math.log2(means[index] / 8 + 1)))
                quotient = value >> parameter
                bits += quotient + 1 + parameter if quotient < LONGEST_QUOTIENT else LONGEST_QUOTIENT + 32
                means[index] += min(value, 4000) - means[index] / 8
        sizes.append(1 + math.ceil(bits / 8))
    return sizes


WAYS = (
    ("JSON, one a message", json_single),
    ("JSON, 50 ms a message", json_batched),
    ("varints", varints),
    ("compact, two bytes (v1)", compact),
    ("compact, half a step predicted", lambda stretch: compact(stretch, 0.5)),
    ("compact, a step predicted", lambda stretch: compact(stretch, 1.0)),
    ("bit-packed messages", packed),
    ("adaptive Rice, half a step predicted", rice),
)


def thinned(samples):
    """The newest sample of each frame that is somewhere else than the one before."""
    kept = []
    for time, x, y in samples:
        if kept and time - kept[-1][0] < DENSE_MS[0]:
            kept[-1] = (kept[-1][0], x, y)
        elif not kept or (x, y) != kept[-1][1:]:
            kept.append((time, x, y))
    return kept


def dense(samples):
    """Stretches as dense as a browser's events."""
    stretch = []
    for sample in samples:
        if stretch and not DENSE_MS[0] <= sample[0] - stretch[-1][0] <= DENSE_MS[1]:
            if len(stretch) > 1:
                yield stretch
            stretch = []
        stretch.append(sample)
    if len(stretch) > 1:
        yield stretch


def model(binary):
    """All that the model's visitors do with their pointers, pauses included."""
    # Beside this file; it draws the same motion.
    from plot_motion import collect

    return [[(time * 1000, x, y) for time, x, y, kind in visitor if kind == "move"] for visitor in collect(binary)]


def recorded(path):
    with open(path, encoding="utf-8") as file:
        if path.endswith(".csv"):
            rows = [row for row in csv.DictReader(file) if row["state"] in ("Move", "Drag")]
            samples = [(float(row["client timestamp"]) * 1000, int(row["x"]), int(row["y"])) for row in rows]
        else:
            rows = [json.loads(line) for line in file if line.strip()]
            samples = [(row["t"], round(row["x"]), round(row["y"])) for row in rows if row.get("k", "move") == "move"]
    # A remote desktop says where the pointer is not with a number beyond any screen.
    samples = sorted((sample for sample in samples if max(sample[1:]) < 60000), key=lambda sample: sample[0])
    return list(dense(thinned(samples)))


def serve(binary, rounds, is_threes_alone):
    """Prints what a server pays; needs a C compiler, and the suite beside this file."""
    from suite import wire_cost
    from suite.bench_run import BenchRun

    found = wire_cost.measure(BenchRun(is_full=True), binary, rounds, is_threes_alone)
    print(wire_cost.tables(found))


def report(name, stretches):
    stretches = [stretch for stretch in stretches if stretch]
    count = sum(map(len, stretches))
    messages = sum(1 for stretch in stretches for _ in batches(stretch))
    print(f"{name}: {count} samples in {messages} messages")
    print(f"{'':38}{'payload':>9}{'wire':>9}   bytes a sample")
    for way, sizes in WAYS:
        all_sizes = [size for stretch in stretches for size in sizes(stretch)]
        payload = sum(all_sizes)
        wire = payload + sum(6 if size <= 125 else 8 for size in all_sizes)
        print(f"{way:38}{payload / count:9.2f}{wire / count:9.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", metavar="PATH_TO_POINTERSCOPE")
    parser.add_argument("--recording", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--serve", metavar="PATH_TO_POINTERSCOPE")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of --serve, by turns (default 3)")
    parser.add_argument("--threes", action="store_true", help="of --serve, only three samples a message, one a write")
    arguments = parser.parse_args()
    if not arguments.model and not arguments.recording and not arguments.serve:
        parser.error("say --model PATH_TO_POINTERSCOPE, --recording FILE or --serve PATH_TO_POINTERSCOPE")
    if arguments.serve:
        serve(arguments.serve, arguments.rounds, arguments.threes)
    if arguments.model:
        report("model", model(arguments.model))
    if arguments.recording:
        report("recorded", [stretch for path in arguments.recording for stretch in recorded(path)])


if __name__ == "__main__":
    main()
