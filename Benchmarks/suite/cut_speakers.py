"""Visitors whose frames come in pieces, cut at random bytes, so that most of them are in the middle of one when their
connection moves; every other one compresses its messages (permessage-deflate). And a viewer who holds what arrived
against what was sent."""

import base64
import json
import os
import random
import selectors
import socket
import struct
import threading
import time
import zlib

PAGE = "/cut"
"""The page that they name, by which their viewer is given no others."""
PAUSE_SECONDS = (0.05, 1.5)
"""Between two pieces: up to several times what a reload takes."""
PATIENCE_SECONDS = 60


def connect(address):
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)


class Speaker:
    """One connection, and its samples: x counts up from 1."""

    def __init__(self, address, name, deflates, chance):
        self.id, self.deflates, self.chance = name, deflates, chance
        self.said = 0
        self.unsent = b""
        self.is_closed = False
        self.socket = connect(address)
        offer = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n" if deflates else ""
        key = base64.b64encode(chance.randbytes(16)).decode()
        self.socket.sendall((
            f"GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{offer}\r\n").encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                break
            answer += byte
        if not answer.startswith(b"HTTP/1.1 101 ") or deflates != (b"permessage-deflate" in answer):
            raise RuntimeError(f"a handshake was answered {answer!r}")
        self.socket.setblocking(False)

    def message(self):
        """The frames of one message of one to three samples, in up to three fragments."""
        samples = []
        for _ in range(self.chance.randrange(1, 4)):
            self.said += 1
            samples.append({"id": self.id, "x": self.said, "y": 1, "p": PAGE})
        payload = json.dumps(samples).encode()
        if self.deflates:
            deflater = zlib.compressobj(wbits=-15)
            payload = (deflater.compress(payload) + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]
        frames, first = b"", 0x41 if self.deflates else 0x01
        while first and self.chance.random() < 0.3 and len(payload) > 2:
            cut = self.chance.randrange(1, len(payload))
            frames += self.frame(payload[:cut], first)
            payload, first = payload[cut:], 0
        return frames + self.frame(payload, first | 0x80)

    def frame(self, payload, first):
        """One masked frame (RFC 6455, section 5.2)."""
        length = len(payload)
        head = struct.pack("!BB", first, 0x80 | length) if length < 126 else struct.pack("!BBH", first, 0xFE, length)
        mask = self.chance.randbytes(4)
        key = int.from_bytes((mask * (length // 4 + 1))[:length], "big")
        return head + mask + (int.from_bytes(payload, "big") ^ key).to_bytes(length, "big")

    def speak(self, until_the_end=False):
        """Sends up to a random byte of what is made, and makes more where nothing is left."""
        if not self.unsent and not until_the_end:
            self.unsent = self.message()
        # All of it now and then; else it is cut anywhere, its head included.
        length = len(self.unsent)
        whole = until_the_end or length < 2 or self.chance.random() < 0.2
        count = length if whole else self.chance.randrange(1, length)
        sent = self.socket.send(self.unsent[:count]) if count else 0
        self.unsent = self.unsent[sent:]


class Arrivals(threading.Thread):
    """A viewer of their page in the default shape: what is missing, doubled or out of order shows in `seen`."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.seen = {}
        self.disordered = 0
        self.kills = 0
        self.has_ended = False
        self.socket = connect(address)
        self.socket.sendall(
            f"GET /receive/cut?page={PAGE} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n".encode())

    def run(self):
        self.socket.settimeout(None)
        for line in self.socket.makefile("rb"):
            if not line.startswith(b"data: "):
                continue
            told = json.loads(line[6:])
            if "kill" in told:
                self.kills += 1
                continue
            if told["x"] != self.seen.get(told["id"], 0) + 1:
                self.disordered += 1
            self.seen[told["id"]] = told["x"]
        self.has_ended = True


class CutSpeakers(threading.Thread):
    """So many of them at `server`, until `end`."""

    def __init__(self, server, count, deflates):
        super().__init__(daemon=True)
        self.chance = random.Random(1)
        self.arrivals = Arrivals(server.http)
        self.arrivals.start()
        self.speakers = [
            Speaker(server.ingest, f"cut-{os.getpid()}-{number}", deflates and number % 2 == 1, self.chance)
            for number in range(count)]
        self.is_over = threading.Event()
        self.failure = None

    def half_sent(self):
        """Connections in the middle of a message at this moment."""
        return sum(bool(speaker.unsent) for speaker in self.speakers)

    def run(self):
        try:
            self.speak()
        except OSError as problem:
            self.failure = problem

    def speak(self):
        selector = selectors.DefaultSelector()
        due = {}
        for speaker in self.speakers:
            selector.register(speaker.socket, selectors.EVENT_READ, speaker)
            due[speaker] = time.monotonic() + self.chance.uniform(*PAUSE_SECONDS)
        while not self.is_over.is_set():
            for key, _ in selector.select(0.01):
                self.hear(key.data, selector)
            now = time.monotonic()
            for speaker, moment in due.items():
                if moment <= now and not speaker.is_closed:
                    speaker.speak()
                    due[speaker] = now + self.chance.uniform(*PAUSE_SECONDS)
        for speaker in self.speakers:
            speaker.socket.setblocking(True)
            while speaker.unsent and not speaker.is_closed:
                speaker.speak(until_the_end=True)

    @staticmethod
    def hear(speaker, selector):
        """A server has nothing to say to visitors but pings, which is no business of a minute, and closes."""
        try:
            data = speaker.socket.recv(4096)
        except ConnectionError:
            data = b""
        if not data or data[0] == 0x88:
            speaker.is_closed = True
            selector.unregister(speaker.socket)

    def end(self):
        """Says what was wrong, by name; closes all."""
        self.is_over.set()
        self.join()
        sent = sum(speaker.said for speaker in self.speakers)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while sum(self.arrivals.seen.values()) < sent and time.monotonic() < deadline:
            time.sleep(0.05)
        found = {
            "cut_closed": sum(speaker.is_closed for speaker in self.speakers),
            "cut_missing": sent - sum(self.arrivals.seen.get(speaker.id, 0) for speaker in self.speakers),
            "cut_disordered": self.arrivals.disordered, "cut_left": self.arrivals.kills,
            "cut_streams_ended": int(self.arrivals.has_ended), "cut_failures": int(self.failure is not None)}
        for speaker in self.speakers:
            speaker.socket.close()
        return sent, found
