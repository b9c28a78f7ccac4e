"""A process that does harm to an ingest port, until its standard input ends.

  attackers.py HOST:PORT KIND

At the end one line of JSON says how much was written, how many connections were made, and how they ended: by the code of
a close frame, by the status of an answer, or `cut`. Whoever is closed comes back, but no more than 200 times a second.
"""

import json
import os
import random
import selectors
import socket
import struct
import sys
import time
import zlib

HANDSHAKE = (
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n")
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
POST = "POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
RETURNS_PER_SECOND = 200
WRITE_BYTES = 64 * 1024


def frame(payload, opcode=1, is_final=True, is_compressed=False):
    """Under a mask of zeros."""
    head = bytes([(0x80 if is_final else 0) | (0x40 if is_compressed else 0) | opcode])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    else:
        head += b"\xfe" + struct.pack(">H", len(payload)) if len(payload) < 65536 else (
            b"\xff" + struct.pack(">Q", len(payload)))
    return head + bytes(4) + payload


def compressed(payload):
    squeeze = zlib.compressobj(9, wbits=-15)
    data = squeeze.compress(payload) + squeeze.flush(zlib.Z_SYNC_FLUSH)
    return frame(data.removesuffix(b"\0\0\xff\xff"), is_compressed=True)


def repeated(data):
    """As much of it as one write takes."""
    return data * max(1, WRITE_BYTES // len(data))


def array(samples):
    return b"[" + b",".join(samples) + b"]"


def move(visitor, more=b""):
    return b'{"id":"%s","x":%d,"y":%d%s}' % (visitor, random.randrange(2000), random.randrange(1000), more)


def dear_array():
    """Numbers that take longest to read."""
    keys = b",".join(b'"%s":2.4703282292062327208299439634110764e-324' % key for key in (b"x", b"y", b"t", b"sx", b"sy"))
    return array([b'{"id":"dear",' + keys + b"}"] * 255)


class Attack:
    """What each of `count` connections does: writes `opening`, then `again` over and over, as fast as it is taken, or
    once an answer has come (`is_closed_loop`), or a byte a second (`is_slow`), or nothing."""

    def __init__(self, count, again=b"", extra="", opening=None, is_closed_loop=False, is_slow=False, is_churn=False):
        self.count, self.is_closed_loop, self.is_slow, self.is_churn = count, is_closed_loop, is_slow, is_churn
        self.opening = (HANDSHAKE % extra).encode() if opening is None else opening
        self.again = again + (frame(b"", opcode=9) if is_closed_loop else b"")


def attack(kind):
    if kind == "nothing":
        return Attack(0)
    if kind == "flood by one":
        return Attack(1, repeated(frame(move(b"flood"))))
    if kind == "flood by 300":
        return Attack(300, repeated(frame(move(b"flood"))))
    if kind == "arrays of 256 ids":
        return Attack(20, repeated(frame(array([move(b"a%d" % number) for number in range(256)]))))
    if kind == "new texts":
        return Attack(20, repeated(b"".join(
            frame(move(b"text", b',"p":"/%d"' % random.randrange(1 << 40))) for _ in range(2000))))
    if kind == "dear arrays":
        return Attack(100, repeated(frame(dear_array())))
    if kind == "compressed dear arrays":
        return Attack(300, compressed(dear_array()) * 16, DEFLATE, is_closed_loop=True)
    if kind == "bombs":
        return Attack(100, compressed(b"[" + b" " * 65534 + b"]") * 16, DEFLATE, is_closed_loop=True)
    if kind == "pings":
        return Attack(50, repeated(frame(b"x" * 20, opcode=9)))
    if kind == "fragments":
        pieces = frame(b"[", is_final=False) + frame(b"", opcode=0, is_final=False) * 62 + frame(b"]", opcode=0)
        return Attack(50, repeated(pieces))
    if kind == "endless fragments":
        return Attack(50, repeated(frame(b"", opcode=0, is_final=False)),
                      opening=(HANDSHAKE % "").encode() + frame(b"[", is_final=False))
    if kind == "half messages":
        return Attack(2000, opening=(HANDSHAKE % "").encode() + frame(b" " * 60000)[:30000])
    if kind == "half open":
        return Attack(2000)
    if kind == "slow heads":
        return Attack(1000, (HANDSHAKE % ("X: y\r\n" * 20)).encode(), opening=b"", is_slow=True)
    if kind == "slow bodies":
        return Attack(1000, b" " * 1000, opening=POST.encode(), is_slow=True)
    if kind == "churn":
        return Attack(100, opening=(HANDSHAKE % "").encode() + frame(move(b"churn")), is_churn=True)
    raise SystemExit(f"no attack is called {kind}")


KINDS = [
    "nothing", "flood by one", "flood by 300", "arrays of 256 ids", "new texts", "dear arrays", "compressed dear arrays",
    "bombs", "pings", "fragments", "endless fragments", "half messages", "half open", "slow heads", "slow bodies", "churn"]


class Peer:
    """One connection of an attacker."""

    def __init__(self, what, address):
        self.what, self.tail, self.is_open = what, b"", False
        self.rest = memoryview(what.opening)
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(address)
        self.next_byte = time.monotonic() + random.random()

    def wants_to_write(self):
        return bool(self.rest)

    def refill(self):
        """What is written behind what was."""
        what = self.what
        if not self.rest and what.again and not what.is_slow and (self.is_open or not what.is_closed_loop):
            self.rest = memoryview(what.again)
            self.is_open = not what.is_closed_loop

    def heard(self, data):
        """An answer has come."""
        self.tail = (self.tail + data)[-200:]
        if self.what.is_closed_loop:
            self.is_open = True

    def ending(self):
        """How the other side ended it, by the last that it said."""
        if self.tail.startswith(b"HTTP/1.1 ") and not self.tail.startswith(b"HTTP/1.1 101"):
            return self.tail[9:12].decode()
        place = self.tail.rfind(b"\x88")
        # A close frame is the last of all, and short.
        if 0 <= place < len(self.tail) - 3 and self.tail[place + 1] == len(self.tail) - place - 2:
            return str(struct.unpack(">H", self.tail[place + 2:place + 4])[0])
        return "cut"


class Attackers:
    def __init__(self, what, address):
        self.what, self.address = what, address
        self.selector = selectors.DefaultSelector()
        self.selector.register(sys.stdin, selectors.EVENT_READ)
        self.peers = set()
        self.made, self.written, self.endings = 0, 0, {}
        self.allowance, self.refilled = float(RETURNS_PER_SECOND), time.monotonic()

    def top_up(self, now):
        self.allowance = min(RETURNS_PER_SECOND, self.allowance + (now - self.refilled) * RETURNS_PER_SECOND)
        self.refilled = now
        while len(self.peers) < self.what.count and (self.allowance >= 1 or self.made < self.what.count):
            peer = Peer(self.what, self.address)
            self.peers.add(peer)
            self.made += 1
            self.allowance -= 1
            self.selector.register(peer.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, peer)

    def end(self, peer, how):
        self.endings[how] = self.endings.get(how, 0) + 1
        self.selector.unregister(peer.socket)
        peer.socket.close()
        self.peers.discard(peer)

    def work(self, peer, mask):
        try:
            if mask & selectors.EVENT_READ:
                data = peer.socket.recv(65536)
                if not data:
                    return self.end(peer, peer.ending())
                peer.heard(data)
                if self.what.is_churn:
                    return self.end(peer, "left")
            peer.refill()
            if peer.rest and mask & selectors.EVENT_WRITE:
                count = peer.socket.send(peer.rest)
                self.written += count
                peer.rest = peer.rest[count:]
                peer.refill()
        except BlockingIOError:
            return
        except OSError:
            return self.end(peer, peer.ending())
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.wants_to_write() else 0)
        self.selector.modify(peer.socket, wanted, peer)

    def trickle(self, now):
        for peer in list(self.peers):
            if now < peer.next_byte or peer.rest:
                continue
            peer.next_byte = now + 1
            try:
                self.written += peer.socket.send(bytes([self.what.again[peer.is_open % len(self.what.again)]]))
                peer.is_open += 1
            except BlockingIOError:
                continue
            except OSError:
                self.end(peer, peer.ending())

    def run(self):
        while True:
            now = time.monotonic()
            self.top_up(now)
            if self.what.is_slow:
                self.trickle(now)
            for key, mask in self.selector.select(0.05):
                if key.data is None:
                    return
                self.work(key.data, mask)


def main():
    host, _, port = sys.argv[1].rpartition(":")
    # Whoever does harm is not to take the time of those who measure.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    attackers = Attackers(attack(sys.argv[2]), (host, int(port)))
    attackers.run()
    print(json.dumps({"written": attackers.written, "made": attackers.made, "endings": attackers.endings}))


if __name__ == "__main__":
    main()
