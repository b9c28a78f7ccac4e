"""`load` and `top` with other people's servers, which are no fault for being others (RFC 6455, RFC 9110)."""

from __future__ import annotations

import json
import signal
import socket
import threading

import pytest

from test_load_faults import PROTOCOL, has_sent, open_double, shake_hands, start
from test_top import STREAM, alien_server, check_refused, top
from waiting import wait_until

INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x.js>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
PICTURE = (b'id: 00000000000000aa-7\nevent: keyframe\ndata: {"at":1000,"visitors":[{"id":"ann","since":1}]}\n\n'
           b'id: 00000000000000aa-7\nevent: status\ndata: {"workers":[],"viewers":1,"totals":{}}\n\n')


def frame(opcode: int, payload: bytes, is_final: bool = True) -> bytes:
    """A server's frame."""
    length = len(payload)
    head = bytes([(0x80 if is_final else 0) | opcode])
    if length < 126:
        return head + bytes([length]) + payload
    return head + b"\x7e" + length.to_bytes(2, "big") + payload if length < 65536 else \
        head + b"\x7f" + length.to_bytes(8, "big") + payload


def report(*arguments: str) -> dict:
    process = start(*arguments, "--settle", "300ms", "--json")
    output, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, complaint
    return json.loads(output)


def hold(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


@pytest.mark.parametrize("pieces", [[INTERIM], [INTERIM[:30], INTERIM[30:31], INTERIM[31:]]])
def test_interim_answers_before_the_handshakes(open_double, pieces):
    def serve(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces[:-1]:
            connection.sendall(piece)
        shake_hands(connection, pieces[-1])
        hold(connection)

    found = report(open_double(serve).address, "--visitors", "3", "--duration", "500ms")
    assert found["errors"] == 0 and found["sent"] == found["offered"] == 15


def test_interim_answers_before_a_stream(server, open_double):
    def serve(connection: socket.socket) -> None:
        if b"GET /receive" in connection.recv(4096):
            connection.sendall(INTERIM + STREAM)
            hold(connection)

    found = report(
        "%s:%d" % server.ingest, "--viewer", open_double(serve).address, "--visitors", "2", "--duration", "500ms")
    assert found["errors"] == 0


def test_interim_answers_before_the_picture(alien_server):
    ended = top(alien_server(INTERIM + STREAM + PICTURE).address, "--once", "--json")
    assert ended.returncode == 0, ended.stderr
    assert [visitor["id"] for visitor in json.loads(ended.stdout)["visitors"]] == ["ann"]


@pytest.mark.parametrize("answer, words", [
    (b"HTTP/1.1 102 Processing\r\n\r\n" * 9, "more than 8 interim answers, the most that are passed over here"),
    (b"HTTP/1.1 101 Switching Protocols\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", "beyond 16 KiB or 100 fields"),
    (b"HTTP/1.1 101 Switching Protocols\r\n" + b"X: y\r\n" * 101 + b"\r\n", "beyond 16 KiB or 100 fields"),
])
def test_a_bound_of_ours_is_called_so(alien_server, server, answer, words):
    alien = alien_server(answer)
    for arguments in [[alien.address], ["%s:%d" % server.ingest, "--viewer", alien.address]]:
        process = start(*arguments, "--visitors", "1", "--duration", "500ms")
        _, complaint = process.communicate(timeout=30)
        assert process.returncode == PROTOCOL and words in complaint and "is not HTTP" not in complaint


def test_messages_of_any_size_are_passed_over(open_double):
    """One of 100 KiB, one in 80 fragments with a ping among them, and the ping is answered."""
    pongs: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        shake_hands(connection)
        connection.sendall(frame(1, b"x" * 100 * 1024))
        for index in range(80):
            connection.sendall(frame(2 if index == 0 else 0, b"\xff" * 1000, index == 79))
            if index == 40:
                connection.sendall(frame(9, b"there?"))
        while True:
            opcode, payload = read_masked(connection)
            if opcode == 10:
                pongs.append(payload)

    found = report(open_double(serve).address, "--visitors", "2", "--duration", "500ms")
    assert found["errors"] == 0 and found["open"] == 2 and found["sent"] == 10
    assert pongs == [b"there?"] * 2


def exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise OSError("ended")
        data += piece
    return data


def read_masked(connection: socket.socket) -> tuple[int, bytes]:
    """A client's frame: opcode and payload."""
    first, second = exactly(connection, 2)
    length = second & 0x7F
    if length == 126:
        length = int.from_bytes(exactly(connection, 2), "big")
    key = exactly(connection, 4)
    payload = exactly(connection, length)
    return first & 0xF, bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))


def test_a_message_without_end_fills_no_memory(open_double):
    """A frame of a tebibyte is announced, and a good deal of it sent."""
    has_flooded, has_heard = threading.Event(), threading.Event()

    def serve(connection: socket.socket) -> None:
        shake_hands(connection)
        connection.sendall(b"\x82\x7f" + (1 << 40).to_bytes(8, "big"))
        for _ in range(96):
            connection.sendall(bytes(1 << 20))
        has_flooded.set()
        for _ in range(10):
            read_masked(connection)
        has_heard.set()
        hold(connection)

    process = start(open_double(serve).address, "--visitors", "2", "--duration", "60s", "--json")
    assert has_flooded.wait(30) and has_heard.wait(30)
    process.send_signal(signal.SIGINT)
    output, complaint = process.communicate(timeout=30)
    found = json.loads(output)
    assert process.returncode == 0 and found["errors"] == 0 and found["open"] == 2, complaint
    assert found["generator"]["bytes"] < 64 << 20


def test_a_line_of_the_stream_that_nobody_looks_at(server, open_double):
    """Lines of any length are passed over, and what stands behind them is read."""
    has_ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        if b"GET /receive" not in connection.recv(4096):
            return
        connection.sendall(STREAM)
        for _ in range(40):
            connection.sendall(b"data: " + b"x" * (1 << 20) + b"\n\ndata: {\"kill\":\"ann\"}\n\n")
        has_ended.set()
        hold(connection)

    process = start(
        "%s:%d" % server.ingest, "--viewer", open_double(serve).address, "--visitors", "2", "--duration", "60s",
        "--settle", "300ms", "--json")
    assert has_ended.wait(30)
    wait_until(has_sent(server, 10), 20, "samples")
    process.send_signal(signal.SIGINT)
    output, complaint = process.communicate(timeout=30)
    found = json.loads(output)
    assert process.returncode == 0 and found["errors"] == 0, complaint
    assert found["arrived"]["kills"] == 40, found["arrived"]
    assert found["generator"]["bytes"] < 64 << 20


def test_the_wrong_port_is_named(server):
    ingest = "%s:%d" % server.ingest
    check_refused(top(ingest), 69, f"http://{ingest} speaks WebSocket there", "an ingest port", "--http")
    process = start(ingest, "--viewer", ingest, "--visitors", "1", "--duration", "500ms")
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == PROTOCOL and "--viewer takes its HTTP port" in complaint


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"220 mail.example ESMTP\r\n", b"HTP"])
def test_a_peer_that_greets_and_waits_is_not_waited_for(open_double, greeting):
    def serve(connection: socket.socket) -> None:
        connection.sendall(greeting)
        hold(connection)

    process = start(open_double(serve).address, "--visitors", "1", "--duration", "500ms")
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == PROTOCOL, complaint
