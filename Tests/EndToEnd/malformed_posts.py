"""Requests to post events that are refused: data for test_malformed.py.

Each ends the connection, so that nothing that stands behind it can pass for a request. Every body that could be taken
for events speaks for visitors whom nobody may ever see.
"""

from __future__ import annotations

from malformed_cases import GOOD, LONGEST, Case, named, sample
from malformed_heads import head

BODY = GOOD.encode()
SMUGGLED = b"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY), BODY)


def post_head(line: str = "POST /events HTTP/1.1", extra: str = "", **changes: str | None) -> bytes:
    """A head with fields changed, or left out where the change is None."""
    changed = {name.replace("_", "-"): value for name, value in changes.items()}
    return head(line, {"Host": "localhost", "Content-Type": "application/json", **changed}, extra)


def post(body: bytes | str = BODY, line: str = "POST /events HTTP/1.1", extra: str = "", **changes: str | None) -> bytes:
    body = body.encode() if isinstance(body, str) else body
    return post_head(line, extra, **{"Content_Length": str(len(body)), **changes}) + body


def chunks(*pieces: bytes, extension: bytes = b"") -> bytes:
    return b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces) + b"0\r\n\r\n"


def chunked(body: bytes, extra: str = "Transfer-Encoding: chunked\r\n", **changes: str | None) -> bytes:
    return post_head(extra=extra, **changes) + body


LENGTHS = {
    "a sign": "+35", "a minus": "-35", "hex": "0x23", "huge": "9" * 20, "empty": "", "with a fraction": "35.0",
    "two numbers": "35 35", "with a tab inside": "3\t5", "a list": "35, 35", "with a semicolon": "35;", "a word": "many",
    "with a high byte": "35\xb2", "a list that differs": "35, 36",
}
CODINGS = {
    "chunked and identity": "chunked, identity", "identity": "identity", "nearly chunked": "xchunked",
    "chunked twice": "chunked, chunked", "with a parameter": "chunked;q=1", "with an empty element": "chunked,",
    "quoted": '"chunked"', "empty": "", "gzip alone": "gzip",
    "a letter more": "chunkedd", "with a high byte": "chunked\xa0",
}
CHUNKS = {
    "a bare LF behind a size": b"5\nhello\r\n0\r\n\r\n",
    "a space behind a size": b"%x \r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "a space before a size": b" %x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "a tab behind a size": b"%x\t\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "a size with a sign": b"+%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "a negative size": b"-1\r\n%s\r\n0\r\n\r\n" % BODY,
    "a size with 0x": b"0x%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "no size": b"\r\n%s\r\n0\r\n\r\n" % BODY,
    "a size that is none": b"g\r\n",
    "a size with an underscore": b"2_3\r\n%s\r\n0\r\n\r\n" % BODY,
    "an endless size": b"f" * 300,
    "an extension without a name": b"%x;\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "a space in an extension": b"%x;a =b\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "a quote that does not end": b'%x;a="b\r\n%s\r\n0\r\n\r\n' % (len(BODY), BODY),
    "a quote that ends twice": b'%x;a="b"c"\r\n%s\r\n0\r\n\r\n' % (len(BODY), BODY),
    "a quote behind a token": b'%x;a=b"c"\r\n%s\r\n0\r\n\r\n' % (len(BODY), BODY),
    "a bare LF in an extension": b"%x;a\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "NUL in an extension": b"%x;a\0b\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "a bare CR in an extension": b"%x;a\rb\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "an extension of 257 bytes": b"%x;%s\r\n%s\r\n0\r\n\r\n" % (len(BODY), b"e" * 256, BODY),
    "extensions of 300 bytes in all": chunks(*(bytes([byte]) for byte in BODY), extension=b";" + b"e" * 12),
    "data without its end": b"%x\r\n%s0\r\n\r\n" % (len(BODY), BODY),
    "data longer than its size": b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY) - 1, BODY),
    "a bare LF behind data": b"%x\r\n%s\n0\r\n\r\n" % (len(BODY), BODY),
    "a bare CR behind data": b"%x\r\n%s\r0\r\n\r\n" % (len(BODY), BODY),
    "a bare LF behind the last size": b"%x\r\n%s\r\n0\n\r\n" % (len(BODY), BODY),
    "a bare LF at the end": b"%x\r\n%s\r\n0\r\n\n" % (len(BODY), BODY),
    "a trailer field": b"%x\r\n%s\r\n0\r\nX: y\r\n\r\n" % (len(BODY), BODY),
    "a trailer with a length": b"%x\r\n%s\r\n0\r\nContent-Length: 0\r\n\r\n" % (len(BODY), BODY),
    "another request in the place of a trailer": b"%x\r\n%s\r\n0\r\n%s" % (len(BODY), BODY, SMUGGLED),
}
BIG_CHUNKS = {
    "a chunk of 64 KiB and one byte": b"10001\r\n",
    "a chunk of 4 GiB": b"ffffffff\r\n",
    "a chunk of 16 EiB": b"FFFFFFFFFFFFFFFF\r\n",
    "a chunk of 40 digits": b"f" * 40 + b"\r\n",
    "two chunks that are too big in all": b"ffff\r\n" + b" " * 0xFFFF + b"\r\n2\r\n",
}
MEDIA_TYPES = {
    "none": None, "of a page": "text/html", "nearly JSON": "application/jsonx", "of a form": "multipart/form-data",
    "of another form": "application/x-www-form-urlencoded", "empty": "", "with a comma": "application/json, text/plain",
}
NOT_EVENTS = {
    "empty": b"", "a space": b" ", "no JSON": b"nope", "half": BODY[:-1], "two": BODY + BODY, "NUL behind": BODY + b"\0",
    "a mark in front": b"\xef\xbb\xbf" + BODY, "not UTF-8": b'{"id":"bad\xff","x":1,"y":2}', "a number": b"1",
    "a bad one behind a good one": f"[{GOOD},{sample(x=...)}]".encode(), "no object": f"[{GOOD},[]]".encode(),
    "a form": b"id=bad&x=1&y=2", "257 ids": b"[%s]" % b",".join(sample(id=f"bad{n}").encode() for n in range(257)),
}

POST_CASES: list[Case] = [
    # Lengths
    *(Case("400-length-" + named(name), post(Content_Length=value), 400) for name, value in LENGTHS.items()),
    Case("400-equal-lengths", post(extra=f"Content-Length: {len(BODY)}\r\n"), 400),
    Case("400-differing-lengths", post(extra="Content-Length: 0\r\n"), 400),
    Case("400-length-and-chunked", post(chunks(BODY), extra="Transfer-Encoding: chunked\r\n"), 400),
    Case("400-chunked-and-length", chunked(chunks(BODY), "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"), 400),
    Case("400-length-0-and-chunked", post(chunks(BODY), extra="Transfer-Encoding: chunked\r\n", Content_Length="0"), 400),
    Case("411-no-length", post_head(), 411),
    Case("411-no-length-and-a-body", post_head() + BODY, 411),
    Case("411-an-underscore-in-its-name", chunked(chunks(BODY), "Transfer_Encoding: chunked\r\n"), 411),
    Case("413-declared", post_head(Content_Length=str(LONGEST + 1)), 413),
    Case("413-declared-huge", post_head(Content_Length="9" * 18), 413),
    Case("413-declared-before-it-is-waited-for", post_head(Content_Length=str(LONGEST + 1), Expect="100-continue"), 413),
    # Codings
    *(Case("400-coding-" + named(name), chunked(chunks(BODY), f"Transfer-Encoding: {value}\r\n"), 400)
      for name, value in CODINGS.items()),
    Case("501-gzip-and-chunked", chunked(chunks(BODY), "Transfer-Encoding: gzip, chunked\r\n"), 501),
    Case("501-identity-and-chunked", chunked(chunks(BODY), "Transfer-Encoding: identity, chunked\r\n"), 501),
    Case("400-chunked-in-two-fields", chunked(chunks(BODY), "Transfer-Encoding: chunked\r\n" * 2), 400),
    Case("400-chunked-in-HTTP-1.0", post_head("POST /events HTTP/1.0", "Transfer-Encoding: chunked\r\n") + chunks(BODY), 400),
    Case("400-space-before-its-colon", chunked(chunks(BODY), "Transfer-Encoding : chunked\r\n"), 400),
    Case("400-folded-coding", chunked(chunks(BODY), "Transfer-Encoding:\r\n chunked\r\n"), 400),
    Case("400-coding-behind-a-bare-LF", chunked(chunks(BODY), "X: y\nTransfer-Encoding: chunked\r\n"), 400),
    Case("400-coding-behind-a-bare-CR", chunked(chunks(BODY), "X: y\rTransfer-Encoding: chunked\r\n"), 400),
    Case("400-vertical-tab-in-a-coding", chunked(chunks(BODY), "Transfer-Encoding: \vchunked\r\n"), 400),
    Case("400-NUL-in-a-coding", chunked(chunks(BODY), "Transfer-Encoding: chunked\0\r\n"), 400),
    # Chunks
    *(Case("400-" + named(name), chunked(data), 400) for name, data in CHUNKS.items()),
    *(Case("413-" + named(name), chunked(data), 413) for name, data in BIG_CHUNKS.items()),
    # Heads
    Case("400-post-space-before-a-colon", post(extra="X-Bad : 1\r\n"), 400),
    Case("400-post-folded", post(extra="X-Bad: 1\r\n 2\r\n"), 400),
    Case("400-post-NUL", post(extra="X-Bad: \0\r\n"), 400),
    Case("400-post-bare-LF", post().replace(b"\r\n", b"\n"), 400),
    Case("400-post-two-hosts", post(extra="Host: localhost\r\n"), 400),
    Case("400-post-target-without-slash", post(line="POST events HTTP/1.1"), 400),
    Case("400-post-asterisk", post(line="POST * HTTP/1.1"), 400),
    Case("505-post-version-2", post(line="POST /events HTTP/2.0"), 505),
    Case("405-elsewhere", post(line="POST /event HTTP/1.1"), 405),
    Case("405-below", post(line="POST /events/x HTTP/1.1"), 405),
    *(Case(f"405-{method}", post(line=f"{method} /events HTTP/1.1"), 405)
      for method in ("GET", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "post")),
    Case("405-GET-with-chunks", post_head("GET /events HTTP/1.1", "Transfer-Encoding: chunked\r\n") + chunks(BODY), 405),
    Case("405-GET-without-a-body", post_head("GET /events HTTP/1.1"), 405),
    Case("400-OPTIONS-with-a-body", post(line="OPTIONS /events HTTP/1.1"), 400),
    Case("421-post-foreign-host", post(Host="evil.example"), 421),
    Case("421-post-target-of-a-foreign-host", post(line="POST http://evil.example/events HTTP/1.1"), 421),
    Case("403-foreign-origin", post(Origin="https://evil.example"), 403),
    Case("403-origin-null", post(Origin="null"), 403),
    Case("403-two-origins", post(extra="Origin: http://localhost\r\n" * 2), 403),
    Case("403-preflight-of-a-foreign-origin", post_head("OPTIONS /events HTTP/1.1", Origin="https://evil.example"), 403),
    Case("403-privacy", post(Sec_GPC="1"), 403),
    *(Case("415-" + named(name), post(Content_Type=value), 415) for name, value in MEDIA_TYPES.items()),
    Case("415-two-types", post(extra="Content-Type: application/json\r\n"), 415),
    Case("415-compressed", post(Content_Encoding="gzip"), 415),
    Case("417-another-expectation", post(Expect="200-ok"), 417),
    Case("417-one-expectation-more", post(Expect="100-continue, x"), 417),
    # Bodies
    *(Case("400-events-" + named(name), post(data), 400) for name, data in NOT_EVENTS.items()),
    Case("400-a-length-too-short", post(Content_Length=str(len(BODY) - 1)), 400),
    Case("400-in-chunks", chunked(chunks(BODY[:5], BODY[5:-1])), 400),
    # What stands behind a refusal
    Case("400-behind-no-events", post("nope") + SMUGGLED, 400),
    Case("400-behind-equal-lengths", post(extra=f"Content-Length: {len(BODY)}\r\n") + SMUGGLED, 400),
    Case("413-behind-a-long-one", post_head(Content_Length=str(LONGEST + 1)) + SMUGGLED, 413),
    Case("405-behind-a-GET-with-a-body", post(line="GET /events HTTP/1.1") + SMUGGLED, 405),
    Case("403-behind-a-foreign-origin", post(Origin="https://evil.example") + SMUGGLED, 403),
]
