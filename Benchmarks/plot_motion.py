#!/usr/bin/env python3
"""Draws what human motion looks like, from the samples a server gets: speed over a reach, and paths.

  plot_motion.py PATH_TO_POINTERSCOPE OUTPUT.svg

Starts a WebSocket server of its own in this process, lets `pointerscope load --rate natural` run against it for
ten seconds, cuts what came into reaches (between rests of 80 ms) and writes one SVG: the mean speed profile of long
reaches beside the least-jerk bell, durations against distances between the law's curves for the smallest and the largest
target, and some paths. Needs nothing beyond Python.
"""

import base64
import hashlib
import json
import math
import socket
import struct
import subprocess
import sys
import threading

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
REST_SECONDS = 0.08
LONG_PIXELS = 250
BINS = 20
# The law (docs/load.md), the widths of targets, and the distance and time at the edges of the plot.
INTERCEPT_SECONDS, SECONDS_PER_BIT = 0.05, 0.2
WIDTHS = (16, 200)
MOST_PIXELS, MOST_SECONDS = 2000, 1.8


class Collector(threading.Thread):
    """One visitor's connection: handshake, then its samples."""

    def __init__(self, connection, samples):
        super().__init__(daemon=True)
        self.connection, self.samples = connection, samples
        self.start()

    def run(self):
        stream = self.connection.makefile("rb")
        key = b""
        while (line := stream.readline().strip()):
            if line.lower().startswith(b"sec-websocket-key:"):
                key = line.split(b":", 1)[1].strip()
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        self.connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\nSec-WebSocket-Protocol: json\r\n\r\n")
        while len(head := stream.read(2)) == 2:
            length = head[1] & 0x7F
            if length == 126:
                length = struct.unpack(">H", stream.read(2))[0]
            mask = stream.read(4)
            payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(stream.read(length)))
            if head[0] & 0x0F != 1:
                return
            sample = json.loads(payload)
            # Whole pixels before the point; behind it, the number and when it was due (docs/load.md).
            due = round(sample["y"] % 1 * 1e10) / 1e6
            self.samples.append((due, int(sample["x"]), int(sample["y"]), sample.get("k", "move")))


def collect(binary):
    """Samples by visitor: lists of (seconds, x, y, kind)."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    everyone = []

    def accept():
        while True:
            connection, _ = listener.accept()
            everyone.append([])
            Collector(connection, everyone[-1])

    threading.Thread(target=accept, daemon=True).start()
    subprocess.run(
        [binary, "load", "127.0.0.1:%d" % listener.getsockname()[1], "--rate", "natural", "--visitors", "48",
         "--duration", "10s", "--plain"], check=True, stdout=subprocess.DEVNULL)
    return everyone


def reaches(samples):
    """Runs of moves without a rest, as lists of (seconds, x, y)."""
    run = []
    for due, x, y, kind in samples:
        if run and (due - run[-1][0] > REST_SECONDS or kind != "move"):
            yield run
            run = []
        if kind == "move":
            run.append((due, x, y))
    yield run


def profile(found):
    """Mean speed in units of the mean, over the part of the time that has passed."""
    sums, counts = [0.0] * BINS, [0] * BINS
    for reach in found:
        begin, end = reach[0][0], reach[-1][0]
        steps = [math.dist(a[1:], b[1:]) for a, b in zip(reach, reach[1:])]
        length = sum(steps)
        for (a, b), step in zip(zip(reach, reach[1:]), steps):
            place = ((a[0] + b[0]) / 2 - begin) / (end - begin)
            index = min(int(place * BINS), BINS - 1)
            sums[index] += step / (b[0] - a[0]) * (end - begin) / length
            counts[index] += 1
    return [total / max(count, 1) for total, count in zip(sums, counts)]


def distance(reach):
    return math.dist(reach[0][1:], reach[-1][1:])


def durations(found):
    """Durations against distances, and the law for two widths: an SVG group whose origin is the plot's corner."""
    def place(pixels, seconds):
        return pixels / MOST_PIXELS * 360, 300 - seconds / MOST_SECONDS * 300

    parts = ['<g transform="translate(910 40)">', '<path d="M0 0V300H360" fill="none" stroke="#bbb"/>']
    for second in (0.5, 1, 1.5):
        parts.append(f'<text x="-24" y="{place(0, second)[1] + 4:.1f}">{second} s</text>')
    for pixels in (500, 1000, 1500, 2000):
        parts.append(f'<text x="{place(pixels, 0)[0] - 20:.1f}" y="314">{pixels} px</text>')
    for reach in found:
        x, y = place(distance(reach), reach[-1][0] - reach[0][0])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.5" fill="#2563eb" fill-opacity="0.5"/>')
    for width in WIDTHS:
        curve = [place(pixels, INTERCEPT_SECONDS + SECONDS_PER_BIT * math.log2(pixels / width + 1))
                 for pixels in range(0, MOST_PIXELS + 1, 20)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in curve)
        parts.append(f'<polyline points="{points}" fill="none" stroke="#888"/>')
        parts.append(f'<text x="300" y="{curve[-1][1] - 6:.1f}">{width} px wide</text>')
    return [*parts, "</g>"]


def main():
    binary, output = sys.argv[1:3]
    found = [reach for samples in collect(binary) for reach in reaches(samples) if len(reach) > 8]
    long = [reach for reach in found if distance(reach) > LONG_PIXELS]
    speeds = profile(long)
    bell = [30 * t * t * (1 - t) * (1 - t) for t in (index / 60 for index in range(61))]
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1300 360" font-family="sans-serif" font-size="12">',
             '<rect width="1300" height="360" fill="white"/>',
             f'<text x="20" y="20">mean speed of {len(long)} reaches (dots) and the least-jerk bell</text>',
             f'<text x="470" y="20">paths of {min(len(found), 60)} reaches</text>',
             f'<text x="910" y="20">duration of {len(found)} reaches against distance, and Fitts\'s law</text>']
    points = " ".join(f"{40 + index / 60 * 360:.1f},{330 - value * 140:.1f}" for index, value in enumerate(bell))
    parts.append(f'<polyline points="{points}" fill="none" stroke="#888"/>')
    for index, value in enumerate(speeds):
        parts.append(f'<circle cx="{40 + (index + 0.5) / BINS * 360:.1f}" cy="{330 - value * 140:.1f}" r="3" fill="#2563eb"/>')
    for index, reach in enumerate(found[:60]):
        path = " ".join(f"{470 + x / 2560 * 410:.1f},{40 + y / 1300 * 300:.1f}" for _, x, y in reach)
        parts.append(f'<polyline points="{path}" fill="none" stroke="hsl({index * 47 % 360},60%,45%)" stroke-width="0.8"/>')
    parts += [*durations(found), "</svg>"]
    with open(output, "w") as file:
        file.write("\n".join(parts))
    print(f"{len(found)} reaches, peak {max(speeds):.2f} of the mean at {(speeds.index(max(speeds)) + 0.5) / BINS:.2f} of the time")


if __name__ == "__main__":
    main()
