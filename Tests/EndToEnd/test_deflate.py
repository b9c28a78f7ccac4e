"""Compressed messages (RFC 7692): agreed on where the server was told to, and bounded in what they come to."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import zlib

import pytest
from websockets.sync.client import connect

from samples import take_known
from test_ingest_clients import NODE_CLIENT, NODE_LIBRARIES, assert_arrived, moves
from waiting import wait_until
from wire import RawWebSocket, Stream, frame

OFFER = "Sec-WebSocket-Protocol: json\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
NODE_DEFLATES = NODE_CLIENT.replace("new WebSocket(url, offered)",
                                    "new WebSocket(url, offered, { perMessageDeflate: { threshold: 0 } })")
KIB = 1024


def deflated(data: bytes) -> bytes:
    """A message as a client compresses it, without the end that it takes off."""
    squeeze = zlib.compressobj(9, wbits=-15)
    return (squeeze.compress(data) + squeeze.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\0\0\xff\xff")


def compressed(data: bytes, fin: bool = True) -> bytes:
    return frame(deflated(data), rsv=4, fin=fin)


def padded(size: int) -> bytes:
    """A sample in so many bytes."""
    sample = b'{"id":"ann","x":1,"y":2}'
    return sample + b" " * (size - len(sample))


@pytest.fixture
def deflating(start_server):
    return start_server("--deflate", workers=1)


def test_nothing_is_agreed_on_unasked(server):
    visitor = RawWebSocket(server.ingest, extra=OFFER)
    assert b"Extensions" not in visitor.head
    visitor.send(compressed(padded(30)))
    assert visitor.read_close()[0] == 1002
    assert server.metrics()["pointerscope_deflate_messages_total"] == 0


def test_the_python_client(deflating):
    stream = Stream(deflating)
    sent = moves()
    with connect(deflating.ingest_url, subprotocols=["json"], proxy=None) as client:
        assert len(client.protocol.extensions) == 1
        for move in sent:
            client.send(json.dumps(move))
        client.send(json.dumps(sent))
        assert client.ping().wait(20)
    assert_arrived(stream, sent + sent)
    metrics = deflating.metrics()
    assert metrics["pointerscope_deflate_connections_total"] == 1
    assert metrics["pointerscope_deflate_messages_total"] == len(sent) + 1
    text = sum(len(json.dumps(move)) for move in sent) + len(json.dumps(sent))
    assert metrics["pointerscope_deflate_inflated_bytes_total"] == text
    assert metrics["pointerscope_messages_received_total"] == len(sent) + 1


@pytest.mark.skipif(shutil.which("node") is None, reason="no node")
def test_the_node_client(deflating):
    stream = Stream(deflating)
    sent = moves()
    ended = subprocess.run(
        ["node", "-e", NODE_DEFLATES, deflating.ingest_url, '["json"]', json.dumps(sent)],
        env={**os.environ, "NODE_PATH": NODE_LIBRARIES}, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert_arrived(stream, sent)
    assert deflating.metrics()["pointerscope_deflate_messages_total"] == len(sent)


def test_fragments_and_messages_that_are_not_compressed(deflating):
    stream = Stream(deflating)
    visitor = RawWebSocket(deflating.ingest, extra=OFFER)
    data = deflated(b'{"id":"ann","x":1,"y":1}')
    visitor.send(frame(data[:5], rsv=4, fin=False) + frame(b"", opcode=9) + frame(data[5:], opcode=0))
    visitor.send(frame(b'{"id":"ann","x":2,"y":2}') + compressed(b'{"id":"ann","x":3,"y":3}'))
    assert take_known(stream, 3) == [{"id": "ann", "x": n, "y": n} for n in (1, 2, 3)]


@pytest.mark.parametrize("bytes_sent, code, part", [
    (compressed(padded(64 * KIB + 1)), 1009, "64 KiB"),
    (compressed(padded(64 * KIB + 1) * 200), 1009, "64 KiB"),
    (compressed(b"\xff"), 1007, "UTF-8"),
    (compressed(b"no JSON"), 1007, "JSON"),
    (frame(b"\x06", rsv=4), 1007, "compressed"),
    (frame(deflated(padded(300))[:-9], rsv=4), 1007, "compressed"),
    (frame(b"", rsv=6), 1002, "reserved"),
    (frame(b"", opcode=9, rsv=4), 1002, "reserved"),
], ids=["long", "bomb", "utf-8", "json", "no-deflate", "cut", "other-bits", "control"])
def test_refusals(deflating, bytes_sent, code, part):
    visitor = RawWebSocket(deflating.ingest, extra=OFFER)
    visitor.send(bytes_sent)
    given, reason = visitor.read_close()
    assert (given, part in reason) == (code, True), reason
    assert deflating.metrics()[f'pointerscope_messages_refused_total{{code="{code}"}}'] == 1
    # Its neighbours and the inflater are none the worse.
    stream = Stream(deflating)
    other = RawWebSocket(deflating.ingest, extra=OFFER)
    other.send(compressed(padded(64 * KIB)))
    assert take_known(stream, 1) == [{"id": "ann", "x": 1, "y": 2}]


def test_an_offer_that_is_none(deflating):
    assert RawWebSocket.status(deflating.ingest, extra="Sec-WebSocket-Extensions: permessage-deflate;\r\n") == 400


def test_idle_connections_keep_nothing(deflating):
    """A thousand that have inflated something cost a worker no more than one inflater."""
    def memory() -> int:
        (worker,) = deflating.state()["workers"]
        with open(f"/proc/{worker['pid']}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))

    def speak(count: int) -> list[RawWebSocket]:
        visitors = [RawWebSocket(deflating.ingest, extra=OFFER) for _ in range(count)]
        for visitor in visitors:
            visitor.send(compressed(padded(60 * KIB)))
            visitor.ping_and_wait()
        return visitors

    first = speak(10)
    before = memory()
    rest = speak(1_000)
    assert memory() - before < 2 * KIB, "KiB"
    for visitor in first + rest:
        visitor.close()


def test_dear_messages_of_a_crowd_are_not_taken_for_a_worker_that_hangs(deflating):
    """Each read is within its bounds and costs some milliseconds; hundreds of them in one turn take seconds."""
    dear = b",".join(b'"%s":2.4703282292062327208299439634110764e-324' % key for key in (b"x", b"y", b"t", b"sx", b"sy"))
    array = b"[" + b",".join([b'{"id":"ann",' + dear + b"}"] * 255) + b"]"
    assert len(array) <= 64 * KIB
    burst = compressed(array) * 16
    crowd = [RawWebSocket(deflating.ingest, extra=OFFER) for _ in range(1_000)]
    (worker,) = deflating.state()["workers"]
    # All of it is there when the worker looks.
    os.kill(worker["pid"], signal.SIGSTOP)
    for visitor in crowd:
        visitor.send(burst)
    os.kill(worker["pid"], signal.SIGCONT)
    messages = len(crowd) * 16
    wait_until(lambda: deflating.metrics()["pointerscope_deflate_messages_total"] == messages, 60, "all to be read")
    assert not deflating.events("worker_unresponsive")
    assert [other["pid"] for other in deflating.state()["workers"]] == [worker["pid"]]
    for visitor in crowd:
        visitor.close()
