"""read_stream.py HOST PORT NAME: reads an event stream of the frames shape as it comes, and keeps nothing."""

import socket
import sys

host, port, name = sys.argv[1:]
connection = socket.create_connection((host, int(port)))
connection.sendall(f"GET /receive/{name}?shape=frames&hz=10 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
room = bytearray(1 << 16)
while connection.recv_into(room):
    pass
