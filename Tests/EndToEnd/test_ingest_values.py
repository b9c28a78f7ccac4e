"""Positions and optional keys: what goes out is what came in."""

from __future__ import annotations

import json
import math
import random
import struct

import pytest

from samples import known, take_known
from wire import RawWebSocket, Stream, frame

NUMBERS = [
    "0", "-0", "0.0", "-0.0", "1", "-1", "812", "812.5", "433.25", "0.1", "0.30000000000000004", "-12.75",
    "1e3", "1E3", "1e+3", "1.5E-3", "-2e-7", "0e5", "0.000001", "0.0000001", "1e21", "1e22", "123456789012345680000",
    "9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740993", "18446744073709551616",
    "2.2250738585072014e-308", "2.2250738585072011e-308", "5e-324", "2e-324", "1e-400", "-1e-400",
    "1.7976931348623157e308", "-1.7976931348623157e308", "1.7976931348623158e308", "4.35", "0.3", "2.675",
    "0.1000000000000000055511151231257827021181583404541015625", "6.9294956446009195e15",
    "3.14159265358979323846264338327950288419716939937510", "1" + "0" * 300, "0." + "0" * 300 + "1",
    "1" * 40 + "." + "3" * 40, "179769313486231570" + "0" * 291,
]


def random_numbers(count: int) -> list[str]:
    """Doubles of all magnitudes, in the shortest form and in longer ones."""
    dice = random.Random(20)
    texts: list[str] = []
    while len(texts) < count:
        value = struct.unpack(">d", dice.randbytes(8))[0]
        if math.isfinite(value):
            texts += [repr(value), f"{value:.25e}"]
        texts += [repr(dice.uniform(-5000, 5000)), f"{dice.uniform(-5000, 5000):.{dice.randint(1, 20)}f}"]
    return texts[:count]


def test_numbers_are_numerically_equal(server):
    texts = NUMBERS + random_numbers(2000)
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    for start in range(0, len(texts), 100):
        visitor.say("[%s]" % ",".join('{"id":"a","x":%s,"y":%s}' % (text, text) for text in texts[start:start + 100]))
    visitor.ping_and_wait()
    for text, message in zip(texts, stream.take(len(texts)), strict=True):
        data = known(message)
        assert float(data["x"]) == float(data["y"]) == float(text), text


@pytest.mark.parametrize("sent", [
    {"k": "move"}, {"k": "down", "b": 1}, {"k": "up", "b": 0}, {"k": "click"}, {"k": "scroll"}, {"k": "enter"},
    {"k": "leave"}, {"b": 65535}, {"t": 1732109508123}, {"t": 0}, {"t": 1732109508123.25}, {"w": 1280, "h": 720},
    {"w": 0, "h": 0}, {"w": 411.4}, {"h": 731.5}, {"p": "/"}, {"p": "/a/b?c=d#e"}, {"p": "/" + "é" * 127},
    {"p": "/" + "x" * 255}, {"p": "/\U0001f600/\"quoted\"\\"},
    {"t": 1732109508123, "k": "click", "b": 3, "w": 1280, "h": 720, "p": "/all"},
], ids=lambda sent: json.dumps(sent)[:40])
def test_optional_keys_are_passed_on(server, sent):
    value = {"id": "ann", "x": 1, "y": 2, **sent}
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    visitor.say(value)
    visitor.say({"id": "ann", "x": 3, "y": 4})
    assert take_known(stream, 2) == [value, {"id": "ann", "x": 3, "y": 4}], "and not remembered"


def test_keys_in_any_order_and_space_between(server):
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    visitor.say(' \n\t\r{ "y" : 2 ,\n"k":"up" , "x":1\t,"id" : "ann" } \r\n')
    visitor.say(' [ { "y" : 2 , "x" : 1 , "id" : "ann" } , {"p":"/","id":"ann","y":4,"x":3} ] ')
    assert take_known(stream, 3) == [
        {"id": "ann", "x": 1, "y": 2, "k": "up"}, {"id": "ann", "x": 1, "y": 2},
        {"id": "ann", "x": 3, "y": 4, "p": "/"}]


def test_unknown_keys_are_ignored(server):
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    others = [
        '"z":null', '"kill":"bob"', '"ID":"bob"', '"":1', '"n":[1,{"id":"bob"},"]"]', '"x ":"5"', '"z":1,"z":2',
        '"deep":' + "[" * 15 + "]" * 15, r'"\u0000":"\ud83d\ude00 \\ \" \/ \b\f\n\r\t"', '"long":"%s"' % ("l" * 5000),
        '"number":-1.5e+400',
    ]
    for other in others:
        visitor.say('{%s,"id":"ann","x":1,"y":2}' % other)
        visitor.say('{"id":"ann","x":1,"y":2,%s}' % other)
    visitor.ping_and_wait()
    messages = stream.take(2 * len(others))
    assert [known(message) for message in messages] == [{"id": "ann", "x": 1, "y": 2}] * 2 * len(others)
    assert all("bob" not in message.text and "kill" not in message.data for message in messages)


def test_the_largest_message(server):
    """64 KiB exactly, in one frame and in 64 fragments with pings between them."""
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    whole = b'{"id":"ann","x":1,"y":2}'.ljust(65536)
    visitor.send(frame(whole))
    visitor.ping_and_wait()
    pieces = [whole[start:start + 1024] for start in range(0, 65536, 1024)]
    for number, piece in enumerate(pieces):
        visitor.send(frame(piece, opcode=0 if number else 1, fin=number == 63))
        visitor.ping_and_wait()
    assert take_known(stream, 2) == [{"id": "ann", "x": 1, "y": 2}] * 2


def test_fragments_that_cut_everything(server):
    """Fragments end inside characters, escapes and numbers; some are empty."""
    value = {"id": "é\U0001f600\"", "x": -12.5, "y": 1e-7, "p": "/日本"}
    whole = json.dumps(value, ensure_ascii=False).encode()
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    for cut in range(len(whole) + 1):
        visitor.send(frame(whole[:cut], fin=False) + frame(b"", opcode=0, fin=False) + frame(b"", opcode=9)
                     + frame(whole[cut:], opcode=0))
    assert take_known(stream, len(whole) + 1) == [value] * (len(whole) + 1)


def test_every_mask(server):
    stream = Stream(server)
    visitor = RawWebSocket(server.ingest)
    payload = b'{"id":"ann","x":1,"y":2}'
    masks = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x80\0\0\x01", *(random.Random(3).randbytes(4) for _ in range(50))]
    for mask in masks:
        for length in (len(payload), len(payload) + 1, 125, 126, 127, 200, 65535):
            visitor.send(frame(payload.ljust(length), mask=mask))
    count = len(masks) * 7
    assert take_known(stream, count) == [{"id": "ann", "x": 1, "y": 2}] * count
