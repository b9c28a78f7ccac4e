"""count_frames.py HOST:PORT HERTZ: counts the samples of an event stream of the frames shape until it ends.

Prints one JSON object: samples, those that the stream's own numbers leave room for and that never came (`skipped`),
keyframes that replaced them, bytes.
"""

import json
import socket
import sys

NUMBERED = ("frame", "keyframe")


class Count:
    def __init__(self):
        self.samples = self.skipped = self.keyframes = self.bytes = 0
        self.number = None

    def take(self, block):
        """Counts one message of the stream."""
        fields = dict(line.partition(b": ")[::2] for line in block.split(b"\n"))
        event = fields.get(b"event", b"").decode()
        if event not in NUMBERED:
            return
        number = int(fields[b"id"].rpartition(b"-")[2])
        data = fields[b"data"]
        if event == "keyframe":
            self.keyframes += 1
            if self.number is not None:
                self.skipped += number - self.number
        else:
            # Samples stand between joins and leaves, and quotes within them are escaped.
            begin, end = data.index(b'"samples":['), data.rindex(b'"leaves":[')
            samples = data.count(b'{"id":', begin, end)
            leaves = len(json.loads(data[end + len(b'"leaves":'):data.rindex(b"]") + 1]))
            self.samples += samples
            self.skipped += number - self.number - samples - leaves
        self.number = number


def main(address, hertz):
    host, _, port = address.rpartition(":")
    connection = socket.create_connection((host, int(port)))
    connection.sendall(f"GET /receive/count?shape=frames&hz={hertz} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    count = Count()
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    rest = data.partition(b"\r\n\r\n")[2]
    print("attached", flush=True)
    while more := connection.recv(1 << 20):
        count.bytes += len(more)
        *blocks, rest = (rest + more).split(b"\n\n")
        for block in blocks:
            count.take(block)
    print(json.dumps({name: getattr(count, name) for name in ("samples", "skipped", "keyframes", "bytes")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
