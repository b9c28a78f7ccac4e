"""Visitors' clients that the project did not write: PyPI `websockets` and Debian's `node-ws`."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess

import pytest
from websockets.sync.client import connect

from samples import assert_without_gaps, is_kill, known, take_known
from waiting import wait_until
from wire import RawWebSocket, Stream

NODE_LIBRARIES = "/usr/share/nodejs"  # where Debian's node-ws puts itself
NODE_CLIENT = """
const WebSocket = require('ws');
const [url, offered, moves] = [process.argv[1], JSON.parse(process.argv[2]), JSON.parse(process.argv[3])];
const socket = new WebSocket(url, offered);
socket.on('open', () => {
  for (const move of moves) socket.send(JSON.stringify(move));
  socket.close();
});
socket.on('error', (error) => { console.error(String(error)); process.exit(1); });
socket.on('close', (code) => { console.log(JSON.stringify({ code, chosen: socket.protocol })); });
"""


def moves(count: int = 200, visitor: str = "user123") -> list[dict]:
    """A walk over a page: whole positions as a browser's, and some of a zoomed one."""
    dice = random.Random(count)
    x, y = 400.0, 300.0
    walk = []
    for number in range(count):
        x, y = x + dice.randint(-9, 9), y + dice.randint(-9, 9)
        fraction = dice.random() if number % 5 == 0 else 0
        walk.append({"id": visitor, "x": x + fraction if fraction else int(x), "y": int(y)})
    return walk


def assert_arrived(stream: Stream, sent: list[dict]) -> None:
    """All of `sent` in order and unchanged, then the visitor's kill, without a gap."""
    messages = stream.take(len(sent) + 1)
    assert [known(message) for message in messages[:-1]] == sent
    assert messages[-1].data == {"kill": sent[0]["id"]}
    assert_without_gaps(messages, after=0)


@pytest.mark.parametrize("offered, chosen", [
    (None, None),
    (["json"], "json"),
    (["chat", "json"], "json"),
    (["json", "chat"], "json"),
    (["chat", "superchat"], None),
    (["JSON"], None),
])
def test_the_python_client(server, offered, chosen):
    stream = Stream(server)
    sent = moves()
    with connect(server.ingest_url, subprotocols=offered, proxy=None) as client:
        assert client.subprotocol == chosen
        for move in sent:
            client.send(json.dumps(move))
    assert_arrived(stream, sent)


@pytest.mark.parametrize("path", ["/", "/events", "/any/path%20at/all?with=a&query"])
def test_any_path(server, path):
    stream = Stream(server)
    with connect(server.ingest_url[:-1] + path, proxy=None) as client:
        client.send('{"id":"ann","x":1,"y":2}')
    assert take_known(stream, 1) == [{"id": "ann", "x": 1, "y": 2}]


@pytest.mark.skipif(shutil.which("node") is None, reason="no node")
@pytest.mark.parametrize("offered, chosen", [([], ""), (["json"], "json"), (["chat", "json"], "json")])
def test_the_node_client(server, offered, chosen):
    stream = Stream(server)
    sent = moves()
    ended = subprocess.run(
        ["node", "-e", NODE_CLIENT, server.ingest_url, json.dumps(offered), json.dumps(sent)],
        env={**os.environ, "NODE_PATH": NODE_LIBRARIES}, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {"code": 1005, "chosen": chosen}
    assert_arrived(stream, sent)


def test_arrays_keep_their_order(server):
    stream = Stream(server)
    sent = moves()
    with connect(server.ingest_url, subprotocols=["json"], proxy=None) as client:
        client.send("[]")
        for start in range(0, len(sent), 40):
            client.send(json.dumps(sent[start:start + 40]))
    assert_arrived(stream, sent)


def test_fragmented_messages(server):
    """The client makes a fragment of each piece; a piece may end inside an object."""
    stream = Stream(server)
    sent = moves(20)
    whole = json.dumps(sent)
    with connect(server.ingest_url, subprotocols=["json"], proxy=None) as client:
        for count in [1, 2, 7, 63]:
            step = -(-len(whole) // count)
            client.send(whole[start:start + step] for start in range(0, len(whole), step))
    assert_arrived(stream, sent * 4)


def test_pings_are_answered(server):
    with connect(server.ingest_url, subprotocols=["json"], proxy=None) as client:
        pongs = [client.ping(payload) for payload in (b"", b"one", b"\x00\xff" * 62 + b"x")]
        for pong in pongs:
            assert pong.wait(20)


def test_closing_is_answered_with_the_same_code(server):
    for code in (1000, 1001, 3000, 4999):
        with connect(server.ingest_url, subprotocols=["json"], proxy=None) as client:
            client.close(code, "goodbye")
            assert client.protocol.close_rcvd.code == code


@pytest.mark.parametrize("end", ["close", "shutdown", "reset"])
def test_a_visitor_leaves_however_its_connection_ends(server, end):
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "ann", "x": 1, "y": 2})
    visitor.ping_and_wait()
    if end == "close":
        visitor.close_well()
    elif end == "shutdown":
        visitor.close()
    else:
        visitor.reset()
    sample, kill = stream.take(2)
    assert known(sample) == {"id": "ann", "x": 1, "y": 2}
    assert is_kill(kill)
    wait_until(lambda: server.state()["visitors"] == [], 60, "nobody to be here")
