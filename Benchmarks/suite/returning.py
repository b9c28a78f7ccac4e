"""Pages that come back: WebSockets that send samples with numbers, and connect anew when they are closed.

  returning.py HOST:PORT CONNECTIONS SAMPLES_PER_SECOND [PING_EVERY]

Each connection of a visitor is an epoch: sample number `y` of epoch `x` is told as {"id":"v7","x":3,"y":41}, so that
whoever watches sees what is missing of which connection. It says `ready` when everyone is there, and sends until its
standard input ends; then it closes everyone and prints one JSON object: what was sent of each epoch, how connections
ended, and what handshakes were answered. With PING_EVERY a ping follows each so-manieth sample, and it is said how many
samples of each epoch were answered for so (a worker answers when it has taken what came before), and how and when each
one ended, by the monotonic clock.
"""

import collections
import json
import os
import resource
import select
import socket
import struct
import sys
import time

TICK_SECONDS = 0.02
AGAIN_SECONDS = 0.1
# Handshakes that are begun in a tick: a crowd that comes back does not come at once.
NEW_PER_TICK = 100
END_SECONDS = 10
ORIGIN = "https://page.example"
HANDSHAKE = (f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: {ORIGIN}\r\n"
             "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode()


def masked(opcode, payload):
    """A client's frame; the key is zero, which masks nothing and is as good as any (RFC 6455, section 5.3)."""
    return struct.pack("!BB", 0x80 | opcode, 0x80 | len(payload)) + b"\0\0\0\0" + payload


class Visitor:
    def __init__(self, number):
        self.number = number
        self.sent = []
        self.answered = []
        self.fates = []
        self.socket = None
        self.again_at = 0.0
        self.drop()

    def drop(self):
        self.is_open = False
        self.is_greeted = False
        self.inbound = b""
        self.outbound = b""


class Crowd:
    def __init__(self, address, count, rate, ping_every):
        host, _, port = address.rpartition(":")
        self.address = (host, int(port))
        self.visitors = [Visitor(number) for number in range(count)]
        self.interval = 1 / rate
        self.ping_every = ping_every
        self.epoll = select.epoll()
        self.by_number = {}
        self.ends = collections.Counter()
        self.answers = collections.Counter()
        self.is_ending = False

    def connect(self, visitor, now):
        visitor.drop()
        made = socket.socket()
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        visitor.socket = made
        try:
            made.connect(self.address)
        except BlockingIOError:
            pass
        except OSError:
            return self.lose(visitor, "refused", now)
        self.by_number[made.fileno()] = visitor
        self.epoll.register(made.fileno(), select.EPOLLIN | select.EPOLLOUT)
        visitor.outbound = HANDSHAKE

    def lose(self, visitor, how, now):
        if visitor.socket is None:
            return
        # Before it was open it is the answer that counts.
        if visitor.is_open:
            self.ends[how] += 1
            visitor.fates.append((how, round(now, 3)))
        else:
            self.answers[how] += 1
            visitor.again_at = now + AGAIN_SECONDS
        self.by_number.pop(visitor.socket.fileno(), None)
        visitor.socket.close()
        visitor.socket = None
        visitor.drop()

    def flush(self, visitor, now):
        try:
            while visitor.outbound:
                visitor.outbound = visitor.outbound[visitor.socket.send(visitor.outbound):]
        except BlockingIOError:
            return
        except OSError:
            return self.lose(visitor, "reset", now)
        self.epoll.modify(visitor.socket.fileno(), select.EPOLLIN)

    def say(self, visitor, now):
        epoch = len(visitor.sent) - 1
        text = b'{"id":"v%d","x":%d,"y":%d}' % (visitor.number, epoch, visitor.sent[epoch])
        visitor.sent[epoch] += 1
        visitor.outbound += masked(1, text)
        if self.ping_every and visitor.sent[epoch] % self.ping_every == 0:
            visitor.outbound += masked(9, b"%d" % visitor.sent[epoch])
        self.flush(visitor, now)

    def read(self, visitor, now):
        try:
            more = visitor.socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            return self.lose(visitor, "reset", now)
        if not more:
            return self.lose(visitor, "cut", now)
        visitor.inbound += more
        if not visitor.is_open and not self.greeted(visitor, now):
            return
        self.frames(visitor, now)

    def greeted(self, visitor, now):
        head, gap, rest = visitor.inbound.partition(b"\r\n\r\n")
        if not gap:
            return False
        status = head.split(b" ")[1].decode()
        if status != "101":
            self.lose(visitor, status, now)
            return False
        self.answers["101"] += 1
        visitor.is_open = True
        visitor.inbound = rest
        visitor.sent.append(0)
        visitor.answered.append(0)
        return True

    def frames(self, visitor, now):
        while len(visitor.inbound) >= 2:
            length = visitor.inbound[1] & 0x7F
            if length > 125 or len(visitor.inbound) < 2 + length:
                return
            opcode, payload = visitor.inbound[0] & 0x0F, visitor.inbound[2:2 + length]
            visitor.inbound = visitor.inbound[2 + length:]
            if opcode == 9:
                visitor.outbound += masked(10, payload)
                self.flush(visitor, now)
            elif opcode == 10 and self.ping_every:
                visitor.answered[-1] = int(payload)
            elif opcode == 8:
                if not self.is_ending:
                    visitor.outbound += masked(8, payload[:2])
                    self.flush(visitor, now)
                code = int.from_bytes(payload[:2], "big")
                return self.lose(visitor, "ended" if self.is_ending else str(code), now)
            if visitor.socket is None:
                return

    def turn(self, until):
        """Takes what comes until then."""
        while True:
            left = until - time.monotonic()
            for number, event in self.epoll.poll(max(left, 0)):
                visitor = self.by_number.get(number)
                if visitor is None:
                    continue
                now = time.monotonic()
                if event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
                    self.read(visitor, now)
                if visitor.socket is not None and event & select.EPOLLOUT:
                    self.flush(visitor, now)
            if left <= 0:
                return

    def come(self):
        """Connects who is not connected, a number at a time."""
        now = time.monotonic()
        missing = [visitor for visitor in self.visitors if visitor.socket is None and visitor.again_at <= now]
        for visitor in missing[:NEW_PER_TICK]:
            self.connect(visitor, now)

    def gather(self):
        while not all(visitor.is_open for visitor in self.visitors):
            self.come()
            self.turn(time.monotonic() + TICK_SECONDS)

    def run(self):
        os.set_blocking(0, False)
        due, began = 0, time.monotonic()
        while not is_over():
            self.come()
            # Each has its moment within the interval, whatever the others do.
            passed = (time.monotonic() - began) / self.interval * len(self.visitors)
            while due < passed:
                visitor = self.visitors[due % len(self.visitors)]
                due += 1
                if visitor.is_open and not visitor.outbound:
                    self.say(visitor, time.monotonic())
            self.turn(time.monotonic() + TICK_SECONDS)

    def end(self):
        # Who is on the way in comes in, so that each connection has an end that is known.
        self.gather()
        self.is_ending = True
        for visitor in self.visitors:
            if visitor.socket is not None:
                visitor.outbound += masked(8, struct.pack("!H", 1000))
                self.flush(visitor, time.monotonic())
        deadline = time.monotonic() + END_SECONDS
        while any(visitor.socket is not None for visitor in self.visitors) and time.monotonic() < deadline:
            self.turn(time.monotonic() + TICK_SECONDS)


def is_over():
    try:
        return os.read(0, 4096) == b""
    except BlockingIOError:
        return False


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    crowd = Crowd(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0)
    crowd.gather()
    print("ready", flush=True)
    crowd.run()
    crowd.end()
    told = {"sent": [visitor.sent for visitor in crowd.visitors], "ends": crowd.ends, "answers": crowd.answers}
    if crowd.ping_every:
        told["answered"] = [visitor.answered for visitor in crowd.visitors]
        told["fates"] = [visitor.fates for visitor in crowd.visitors]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
