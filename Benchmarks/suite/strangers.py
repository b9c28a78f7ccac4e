"""A process that asks a server at a steady rate, whether it answers or not, until its standard input ends.

  strangers.py HOST:PORT RATE    one line of JSON on standard input: {"method", "path", "body", "fields"}

`%` in a body is replaced by what no other request has. Each request comes from an address of its own in 127.9.0.0/16. At
the end one line of JSON says how many were asked, and how often each status came.
"""

import json
import os
import selectors
import socket
import sys
import time

TURN_SECONDS = 0.1


def request(asked, number):
    unique = f"{os.getpid()}x{number}"
    body = (asked["body"] or "").replace("%", unique)
    fields = {"Host": "localhost", "Connection": "close", **asked["fields"]}
    if body:
        fields["Content-Length"] = len(body)
    lines = [f"{asked['method']} {asked['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def ask(address, number):
    connection = socket.socket()
    connection.setblocking(False)
    connection.bind((f"127.9.{number // 200 % 250}.{number % 200 + 1}", 0))
    connection.connect_ex(address)
    return connection


def main():
    host, _, port = sys.argv[1].rpartition(":")
    rate = float(sys.argv[2])
    asked = json.loads(sys.stdin.readline())
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    number, statuses, is_over = 0, {}, False
    due = time.monotonic()
    while not is_over:
        now = time.monotonic()
        while now >= due:
            selector.register(ask((host, int(port)), number), selectors.EVENT_WRITE, request(asked, number))
            number += 1
            due += 1 / rate
        for key, _ in selector.select(min(due - now, TURN_SECONDS)):
            if key.fileobj is sys.stdin:
                is_over = True
                continue
            if key.data is not None:
                key.fileobj.send(key.data)
                selector.modify(key.fileobj, selectors.EVENT_READ)
                continue
            try:
                answer = key.fileobj.recv(65536)
            except OSError:
                answer = b""
            if answer.startswith(b"HTTP/1.1 "):
                status = answer[9:12].decode()
                statuses[status] = statuses.get(status, 0) + 1
            if not answer:
                selector.unregister(key.fileobj)
                key.fileobj.close()
    print(json.dumps({"asked": number, "statuses": statuses}))


if __name__ == "__main__":
    main()
