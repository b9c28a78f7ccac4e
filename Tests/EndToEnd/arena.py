"""One worker with a well-behaved visitor and a viewer on it, and strangers who misbehave."""

from __future__ import annotations

import os
import struct
from typing import Callable, Iterable, Iterator

from malformed_cases import Case
from samples import known
from server import Server
from wire import RawSocket, RawWebSocket, Stream, handshake

AT_ONCE = 150
"""Connections that a crowd opens at the same time."""

LONG = 300
"""Cases up to this many bytes are cut at every byte."""


def cuts(data: bytes) -> Iterable[int]:
    """Where to cut a case in two: everywhere, or in a sample of places that holds both ends."""
    if len(data) <= LONG:
        return range(1, len(data))
    step = len(data) // 40
    return sorted({*range(1, 16), *range(16, len(data), step), *range(len(data) - 8, len(data))})


class Arena:
    """The server under test with those who must not be harmed."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.bystander = RawWebSocket(server.ingest)
        self.stream = Stream(server)
        self.said = 0
        self._heard = 0
        self.let_the_bystander_speak()
        self.descriptors_at_first = self.descriptors()

    def let_the_bystander_speak(self) -> None:
        """A sample of the bystander's; returns when worker and master have taken what was sent before."""
        self.said += 1
        self.bystander.say({"id": "bystander", "x": self.said, "y": 0})
        self.bystander.ping_and_wait()
        assert self.server.get("/healthz").status == 200

    def assert_nobody_was_harmed(self) -> None:
        """What the bystander said arrived, in order, and nothing else did."""
        heard = self.stream.take(self.said - self._heard)
        assert [known(message) for message in heard] == [
            {"id": "bystander", "x": number, "y": 0} for number in range(self.said - len(heard) + 1, self.said + 1)]
        self._heard = self.said
        assert [row["id"] for row in self.server.state()["visitors"]] == ["bystander"]
        metrics = self.server.metrics()
        assert metrics["pointerscope_events_received_total"] == self.said
        assert metrics["pointerscope_visitors_joined_total"] == 1
        metrics.check_accounting()

    # Strangers

    def whole(self, case: Case, prelude: Callable[[], RawSocket]) -> bytes:
        """The answer to a case sent in one piece."""
        return next(self._play([case.data], prelude))

    def byte_by_byte(self, case: Case, prelude: Callable[[], RawSocket]) -> bytes:
        stranger = prelude()
        stranger.send_in_pieces(case.data, list(range(1, len(case.data))))
        return finish(stranger)

    def in_two_pieces(self, case: Case, prelude: Callable[[], RawSocket]) -> Iterator[tuple[int, bytes]]:
        """The answers to a case cut in two; between the pieces the worker is seen to have read the first."""
        places = list(cuts(case.data))
        for start in range(0, len(places), AT_ONCE):
            some = places[start:start + AT_ONCE]
            yield from zip(some, self._play([case.data[:cut] for cut in some], prelude,
                                            [case.data[cut:] for cut in some]), strict=True)

    def _play(self, firsts: list[bytes], prelude: Callable[[], RawSocket],
              seconds: list[bytes] | None = None) -> Iterator[bytes]:
        strangers = [prelude() for _ in firsts]
        for stranger, first in zip(strangers, firsts, strict=True):
            stranger.send_in_pieces(first, [])
        self.let_the_bystander_speak()
        if seconds is not None:
            for stranger, second in zip(strangers, seconds, strict=True):
                stranger.send_in_pieces(second, [])
        return iter([finish(stranger) for stranger in strangers])

    # What it costs

    def anonymous_bytes(self) -> int:
        """Memory of its own of the whole tree; pages of the binary, which others may share, left out."""
        total = 0
        for pid in [self.server.pid, *self.server.children()]:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                lines = [line.split() for line in file]
            total += sum(int(line[1]) << 10 for line in lines if line[0] in ("Pss_Anon:", "Pss_Shmem:"))
        return total

    def descriptors(self) -> int:
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in [self.server.pid, *self.server.children()])


def finish(stranger: RawSocket) -> bytes:
    """What a stranger is told until the server closes; it does not close first itself."""
    answer = stranger.read_to_end()
    stranger.close()
    return answer


def visitor_of(server: Server) -> Callable[[], RawSocket]:
    """Makes strangers that have shaken hands."""
    request = handshake()

    def open_one() -> RawSocket:
        stranger = RawSocket(server.ingest)
        stranger.send(request)
        assert stranger.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
        return stranger
    return open_one


def caller_of(address: tuple[str, int]) -> Callable[[], RawSocket]:
    return lambda: RawSocket(address)


def assert_closed_with(answer: bytes, code: int) -> None:
    """One close frame with this code and a reason to read, and nothing else."""
    assert len(answer) >= 4 and answer[0] == 0x88, answer
    length = answer[1]
    assert 2 < length <= 125 and len(answer) == 2 + length, answer
    assert struct.unpack(">H", answer[2:4])[0] == code, answer
    assert answer[4:].decode().isprintable()


def assert_answered_with(answer: bytes, status: int) -> None:
    """One response with this status, its body of the length it says, and the end."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    assert separator and head.startswith(b"HTTP/1.1 %d " % status), answer[:200]
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert int(fields[b"content-length"]) == len(body), answer
    assert b"close" in fields[b"connection"], answer
    assert body.decode().strip().isprintable() and body.strip()
