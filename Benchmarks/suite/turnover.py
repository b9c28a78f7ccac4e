"""Visitors who come, say a word and go, one after the other: what a server keeps of those who left fills up."""

import base64
import json
import os
import socket
import struct

# Open at a time, so that a server sees a crowd that changes and no queue.
TOGETHER = 50


def run(ingest, count, heed=lambda: None):
    """`count` visitors at `ingest` (HOST:PORT); `heed` is called after each."""
    host, port = ingest.rsplit(":", 1)
    crowd = []
    for number in range(count):
        crowd.append(_visitor(host, int(port), number))
        if len(crowd) > TOGETHER:
            crowd.pop(0).close()
        heed()
    for visitor in crowd:
        visitor.close()


def _visitor(host, port, number):
    connection = socket.create_connection((host, port), timeout=30)
    key = base64.b64encode(os.urandom(16)).decode()
    head = (
        f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n")
    text = json.dumps({"id": f"turnover-{number}", "x": number % 1000, "y": 300, "p": f"/page/{number % 40}"}).encode()
    mask = os.urandom(4)
    frame = struct.pack(">BB", 0x81, 0x80 | len(text)) + mask + bytes(
        byte ^ mask[place & 3] for place, byte in enumerate(text))
    connection.sendall(head.encode() + frame)
    # The answer is not waited for longer than it takes to be there.
    connection.recv(1024)
    return connection
