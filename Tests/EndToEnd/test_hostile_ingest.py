"""Peers that mean harm to the ingest port: each has an outcome, a counter, and no effect on anybody else."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
import time

import pytest

from samples import take_known
from server import resident_bytes
from test_deflate import OFFER, compressed
from waiting import wait_until
from wire import RawSocket, RawWebSocket, Stream, deadline, frame, handshake, text

KIB = 1024
MIB = 1024 * KIB
POST = b"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def refused(server, reason: str) -> float:
    return server.metrics()[f'pointerscope_connections_refused_total{{reason="{reason}"}}']


def trickle(peer: RawSocket, data: bytes, pause: float = 0.1) -> None:
    """Sends byte by byte until the peer has had enough."""
    for byte in data:
        try:
            peer.send(bytes([byte]))
        except OSError:
            return
        # Slowness is what it is about; it ends with the first word of the server.
        if select.select([peer.socket], [], [], pause)[0]:
            return


@pytest.fixture
def hasty(start_server):
    """A server that waits for nobody."""
    return start_server(
        "--handshake-timeout", "1s", "--message-timeout", "1s", "--idle-timeout", "1s", workers=1)


def test_whoever_is_slow_is_let_go(hasty):
    """All at once: each waits for the clock."""
    stream = Stream(hasty)
    honest = RawWebSocket(hasty.ingest)
    honest.say({"id": "ann", "x": 1, "y": 2})
    assert take_known(stream, 1) == [{"id": "ann", "x": 1, "y": 2}]
    slow_head, slow_body, slow_message = RawSocket(hasty.ingest), RawSocket(hasty.ingest), RawWebSocket(hasty.ingest)
    chunked = RawSocket(hasty.ingest)
    # It has gone without a word: nothing is ever answered again.
    half_open = RawWebSocket(hasty.ingest)
    half_open.say({"id": "bob", "x": 1, "y": 1})
    slow_body.send(POST + b"Content-Length: 1000\r\n\r\n")
    chunked.send(POST + b"Transfer-Encoding: chunked\r\n\r\n")
    threads = [
        threading.Thread(target=trickle, args=(slow_head, handshake())),
        threading.Thread(target=trickle, args=(slow_body, b" " * 1000)),
        threading.Thread(target=trickle, args=(chunked, b"1\r\n \r\n" * 100)),
        threading.Thread(target=trickle, args=(slow_message, frame(b" " * 1000))),
        threading.Thread(target=answer_pings, args=(honest,), daemon=True)]
    for thread in threads:
        thread.start()
    for thread in threads[:-1]:
        thread.join()
    assert slow_head.read_to_end() == b""
    for body in (slow_body, chunked):
        answer = body.read_to_end()
        assert answer.startswith(b"HTTP/1.1 408 ") and b"--message-timeout" in answer
    code, reason = slow_message.read_close()
    assert code == 1008 and "--message-timeout" in reason
    assert half_open.read_frame()[0] == 9
    assert half_open.read_close()[0] == 1001
    assert refused(hasty, "handshake_timeout") == 1
    assert refused(hasty, "message_timeout") == 1
    assert refused(hasty, "idle_timeout") == 1
    assert hasty.metrics()['pointerscope_posts_refused_total{reason="late"}'] == 2
    honest.say({"id": "ann", "x": 3, "y": 4})
    # Behind the other one's sample and its kill.
    assert stream.take(3)[-1].data == {"id": "ann", "x": 3, "y": 4}


def answer_pings(visitor: RawWebSocket) -> None:
    """Says yes to whoever asks whether it is there, until it is closed."""
    try:
        while True:
            opcode, payload = visitor.read_frame()
            if opcode == 9:
                visitor.send(frame(payload, opcode=10))
    except (OSError, AssertionError):
        pass


def flood(peer: RawSocket, data: bytes) -> None:
    """Sends the same over and over as fast as it is taken, reading what comes, until the end."""
    peer.socket.setblocking(False)
    rest = memoryview(data)
    end = deadline(60)
    while time.monotonic() < end:
        readable, writable, _ = select.select([peer.socket], [peer.socket], [], 0.1)
        try:
            if readable and not peer.socket.recv(1 << 16):
                return
            if writable:
                rest = rest[peer.socket.send(rest):] or memoryview(data)
        except BlockingIOError:
            continue
        except OSError:
            return


@pytest.mark.parametrize("what", ["pings", "pongs", "empty fragments", "empty arrays", "moves", "arrays"])
def test_a_flood_is_held_back_and_then_closed(start_server, what):
    server = start_server("--message-rate", "5000", "--rate-patience", "1s", workers=1)
    data = {
        "pings": frame(b"", opcode=9), "pongs": frame(b"", opcode=10), "empty arrays": frame(b"[]"),
        "empty fragments": frame(b"[", fin=False) + frame(b"", opcode=0, fin=False) * 60 + frame(b"]", opcode=0),
        "moves": text({"id": "loud", "x": 1, "y": 2}), "arrays": text([{"id": "loud", "x": 1, "y": 2}] * 200),
    }[what]
    (worker,) = server.worker_pids()
    before = resident_bytes(worker)
    visitor = RawWebSocket(server.ingest)
    flood(visitor, data * (1 + 20_000 // len(data)))
    assert refused(server, "event_rate") == 1
    metrics = server.metrics()
    # What one read brings beyond the rate has been read.
    assert metrics["pointerscope_events_received_total"] < 5000 * 60
    assert resident_bytes(worker) - before < 8 * MIB
    metrics.check_accounting()


def test_whoever_floods_with_pings_and_reads_nothing_is_cut(start_server):
    server = start_server("--message-rate", "0", workers=1)
    (worker,) = server.worker_pids()
    before = resident_bytes(worker)
    deaf = RawWebSocket(server.ingest)
    deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    pings = frame(b"x" * 125, opcode=9) * 500
    with pytest.raises(OSError):
        for _ in range(10_000):
            deaf.send(pings)
    assert refused(server, "slow_peer") == 1
    assert resident_bytes(worker) - before < 8 * MIB


def test_bombs_are_inflated_turn_by_turn(start_server):
    """Twenty messages of a few bytes each that come to 64 KiB: none of them is refused, and all are counted."""
    server = start_server("--deflate", workers=1)
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest, extra=OFFER)
    sample = b'{"id":"ann","x":1,"y":2}'
    visitor.send(compressed(sample + b" " * (64 * KIB - len(sample))) * 20)
    take_known(stream, 20)
    visitor.ping_and_wait()
    metrics = server.metrics()
    assert metrics["pointerscope_deflate_inflated_bytes_total"] == 20 * 64 * KIB
    assert metrics["pointerscope_turns_awaited_total"] >= 19
    # Bytes count as what they come to: at a rate they are held, and in the end refused.
    strict = start_server("--deflate", "--byte-rate", "1M", "--rate-patience", "1s", workers=1)
    bomber = RawWebSocket(strict.ingest, extra=OFFER)
    bomber.send(compressed(b"[" + b" " * (64 * KIB - 2) + b"]") * 40)
    assert bomber.read_close()[0] == 1008
    assert refused(strict, "byte_rate") == 1


@pytest.mark.parametrize("kind", ["compressed", "plain"])
def test_dear_messages_of_many_do_not_hold_up_who_is_modest(start_server, kind):
    """Three hundred bursts are there when the worker looks, and one move: it is answered before most of them."""
    dear = b",".join(b'"%s":2.4703282292062327208299439634110764e-324' % key for key in (b"x", b"y", b"t", b"sx", b"sy"))
    array = b"[" + b",".join([b'{"id":"loud",' + dear + b"}"] * 200) + b"]"
    assert 32 * KIB < len(array) <= 64 * KIB
    server = start_server("--deflate", "--message-rate", "0", workers=1)
    count, each = 100, 6 if kind == "compressed" else 1
    burst = (compressed(array) if kind == "compressed" else frame(array)) * each
    stream = Stream(server, "?shape=frames")
    crowd = [RawWebSocket(server.ingest, extra=OFFER) for _ in range(count)]
    modest = RawWebSocket(server.ingest, extra=OFFER)
    (worker,) = server.worker_pids()
    os.kill(worker, signal.SIGSTOP)
    for visitor in crowd:
        visitor.send(burst)
    modest.say({"id": "ann", "x": 1, "y": 2})
    modest.send(frame(b"sync", opcode=9))
    os.kill(worker, signal.SIGCONT)
    while modest.read_frame() != (10, b"sync"):
        pass
    received = server.metrics()["pointerscope_events_received_total"]
    everything = count * each * 200 + 1
    assert received < everything / 2
    wait_until(lambda: server.metrics()["pointerscope_events_received_total"] == everything, 120, "all to be read")
    assert server.metrics()["pointerscope_turns_awaited_total"] > 0
    server.metrics().check_accounting()
    stream.close()


def test_churn(server):
    """Connections that come, say something or nothing, and go in every way there is."""
    ends = ["close", "reset", "half", "nothing", "half head", "violation"]
    for round in range(50):
        for end in ends:
            if end in ("nothing", "half head"):
                peer = RawSocket(server.ingest)
                if end == "half head":
                    peer.send(handshake()[:40])
                peer.close()
                continue
            visitor = RawWebSocket(server.ingest)
            visitor.say({"id": f"{end}{round}", "x": 1, "y": 2})
            if end == "close":
                visitor.close_well()
            elif end == "reset":
                visitor.reset()
            elif end == "half":
                visitor.send(frame(b" " * 100)[:50])
                visitor.close()
            else:
                visitor.send(b"\xff" * 20)
                assert visitor.read_close()[0] in (1002, 1009)
                visitor.close()
    def nobody_is_left() -> bool:
        metrics = server.metrics()
        return metrics["pointerscope_connections"] == 0 and metrics["pointerscope_visitors"] == 0
    wait_until(nobody_is_left, 60, "everybody to be gone")
    server.metrics().check_accounting()
