"""Ways in that must not be any: each of them is answered, counted, and costs nobody else anything."""

from __future__ import annotations

import base64
import ctypes
import hashlib
import hmac
import http.client
import json
import os
import platform
import socket
import struct
import subprocess
import time

import pytest

from server import Metrics
from signing_in import PASSWORD, Browser, EventStream, admin, post_session, start_guarded, token
from waiting import wait_until
from wire import RawSocket


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def guarded(start_server, state):
    return start_guarded(start_server, state)


# Forms of other sites


def test_a_form_of_another_site_signs_nobody_in_or_out(guarded):
    browser = Browser(guarded)
    page = browser.get("/sign-in")
    fields = page.fields | {"name": "ann", "password": PASSWORD}
    for origin in ["https://evil.example", "null", "http://127.0.0.1.evil.example", "https://localhost.evil.example",
                   "http://localhost@evil.example", "", "http://[::1].evil.example", "file://", "localhost"]:
        assert browser.post("/sign-in", fields, Origin=origin).status == 403, origin
    assert browser.post("/sign-in", fields, Origin=None).status == 403, "a form of a browser names its origin"
    assert browser.sign_in().status == 303
    code = browser.get("/api/session").json["token"]
    assert browser.post("/sign-out", {"token": code}, Origin="https://evil.example").status == 403
    assert browser.post("/sign-out", {"token": "x"}).status == 403
    assert browser.post("/sign-out", {}).status == 403
    assert browser.get("/api/session").status == 200
    assert guarded.events("form_refused")


def test_a_form_is_of_the_browser_that_it_was_shown_in(guarded):
    victim, attacker = Browser(guarded), Browser(guarded)
    fields = attacker.get("/sign-in").fields | {"name": "ann", "password": PASSWORD}
    victim.get("/sign-in")
    assert victim.post("/sign-in", fields).status == 403
    assert Browser(guarded).post("/sign-in", fields).status == 403, "no cookie at all"
    assert "pointerscope" not in victim.cookies


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", None])
def test_what_a_form_can_send_is_no_json(guarded, kind):
    body = json.dumps({"name": "ann", "password": PASSWORD}).encode()
    headers = {"Content_Type": kind} if kind else {}
    assert Browser(guarded).request("POST", "/api/session", body, **headers).status == 415


def test_json_from_another_site_is_refused(guarded):
    assert post_session(guarded, {"name": "ann", "password": PASSWORD}, Origin="https://evil.example").status == 403


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b'"x"', b'{"name":"ann","name":"bob","password":"x"}', b'{"name":1,"password":"x"}',
    b'{"name":"ann","password":null}', b'{"name":"\\ud800","password":"x"}', b'{"name":"ann","password":"x"}}',
    b'{"name":"ann","password":"x","takeOver":"yes"}', b"\xff", b"{" + b'"a":{' * 40])
def test_json_that_is_none_is_400(guarded, body):
    answer = Browser(guarded).request("POST", "/api/session", body, Content_Type="application/json")
    assert answer.status == 400


# Where one is led afterwards


@pytest.mark.parametrize("path", [
    "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "javascript:alert(1)", "evil",
    "/\n/evil.example", "\\\\evil.example", "", "/" + "a" * 2000])
def test_nobody_is_led_elsewhere(guarded, path):
    browser = Browser(guarded)
    page = browser.get("/sign-in")
    answer = browser.post("/sign-in", page.fields | {"return": path, "name": "ann", "password": PASSWORD})
    assert answer.status == 303
    assert answer.location == "/admin/ann"
    from urllib.parse import quote
    again = browser.get(f"/sign-in?return={quote(path)}")
    assert again.location == "/admin/ann"


# Cookies


def test_a_session_that_was_put_there_is_not_taken_up(guarded):
    """Fixation: whoever can put a cookie into a browser must not know the session it gets."""
    planted = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
    browser = Browser(guarded, cookies={"pointerscope": planted})
    assert browser.sign_in().status == 303
    assert browser.session != planted
    assert Browser(guarded, cookies={"pointerscope": planted}).get("/api/session").status == 401


def test_cookies_of_a_neighbour_do_not_hide_ours(guarded):
    browser = Browser(guarded)
    browser.sign_in()
    bad = "; ".join(f"pointerscope={'x' * 43}" for _ in range(5))
    answer = browser.request("GET", "/api/session", Cookie=f"{bad}; pointerscope={browser.session}")
    assert answer.status == 200
    raw = RawSocket(guarded.http)
    raw.send(f"GET /api/session HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\nCookie: pointerscope={browser.session}\r\n"
             "Connection: close\r\n\r\n".encode())
    assert raw.read_to_end().startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("value", ["", "x", "=" * 43, "A" * 42, "A" * 44, "A" * 43 + ";", "%00" * 10, "é" * 20])
def test_cookies_that_are_none(guarded, value):
    raw = RawSocket(guarded.http)
    raw.send(b"GET /api/session HTTP/1.1\r\nHost: localhost\r\nCookie: pointerscope=" + value.encode()
             + b"\r\nConnection: close\r\n\r\n")
    assert raw.read_to_end().startswith(b"HTTP/1.1 401")


# Names that lead here


def test_a_host_of_somebody_else_is_answered_nothing(start_server, state):
    server = start_guarded(start_server, state, "--public-url", "https://watch.example.org")
    for host, status in {"watch.example.org": 200, "WATCH.example.org:443": 200, "watch.example.org.": 200,
                         "localhost": 200, "127.0.0.1": 200, "evil.example": 421, "watch.example.org.evil.example": 421,
                         "watch.example.org:8443": 421, "x.watch.example.org": 421}.items():
        answer = server.get("/healthz", headers={"Host": host})
        assert (host, answer.status) == (host, status)
    browser = Browser(server, host="evil.example", origin="https://watch.example.org")
    assert browser.post("/sign-in", {}).status == 421


# Addresses that somebody claims


def test_a_claimed_address_means_nothing_from_who_is_no_proxy(guarded):
    for number in range(6):
        browser = Browser(guarded, headers={
            "X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}",
            "X-Real-IP": f"203.0.113.{number}"})
        status = browser.sign_in(password="wrong password").status
    assert status in (401, 429)
    assert {line["from"] for line in guarded.events("sign_in_refused")} == {"127.0.0.1"}
    assert Browser(guarded).sign_in(password="wrong password").status == 429


def test_the_identity_header_is_believed_of_a_trusted_proxy_alone(start_server, state):
    server = start_guarded(
        start_server, state, "--auth-header", "Remote-User", "--trusted-proxy", "127.0.0.2",
        admins={"ann": "operator"})
    proxy = Browser(server, source=("127.0.0.2", 0))
    stranger = Browser(server, source=("127.0.0.3", 0))
    assert proxy.get("/api/session", Remote_User="ann").json["role"] == "operator"
    assert proxy.get("/api/session", REMOTE_USER="ann").status == 200
    assert proxy.get("/api/session", Remote_User="guest").status == 401, "who is no admin is nobody"
    assert stranger.get("/api/session", Remote_User="ann").status == 401
    assert proxy.get("/api/session").status == 401
    assert proxy.get("/api/session", Remote_User="a b").status == 401
    raw = RawSocket(server.http)
    raw.send(b"GET /api/session HTTP/1.1\r\nHost: localhost\r\nRemote-User: ann\r\nConnection: close\r\n\r\n")
    assert raw.read_to_end().startswith(b"HTTP/1.1 401")


def test_two_identity_headers_are_none(start_server, state):
    server = start_guarded(
        start_server, state, "--auth-header", "Remote-User", "--trusted-proxy", "127.0.0.1")
    raw = RawSocket(server.http)
    raw.send(b"GET /api/session HTTP/1.1\r\nHost: localhost\r\nRemote-User: ann\r\nRemote-User: ann\r\n"
             b"Connection: close\r\n\r\n")
    assert raw.read_to_end().startswith(b"HTTP/1.1 401")


# Tries


def looked_at(server, source: str) -> int:
    """The answer to a wrong password from an address, once there is room in the queue for it."""
    answers = []

    def is_answered() -> bool:
        answers.append(Browser(server, source=(source, 0)).sign_in(password="wrong password").status)
        return answers[-1] != 503

    wait_until(is_answered, 60, "the password to be looked at")
    return answers[-1]


def test_tries_of_one_address_are_slowed_down_and_the_answer_is_one_for_all_names(guarded):
    answers = {}
    for name in ("ann", "nobody"):
        browser = Browser(guarded)
        answers[name] = [browser.sign_in(name, "wrong password") for _ in range(7)]
    for one, other in zip(answers["ann"], answers["nobody"]):
        assert one.status == other.status
        assert len(one.text) == len(other.text)
        assert (one.headers["Retry-After"] is None) == (other.headers["Retry-After"] is None)
    statuses = [answer.status for answer in answers["ann"]]
    assert statuses[:5] == [401] * 5 and 429 in statuses
    refused = next(answer for answer in answers["ann"] if answer.status == 429)
    assert int(refused.headers["Retry-After"]) >= 1
    # On a slow machine there may be another try by now.
    wait_until(lambda: Browser(guarded).sign_in("ann", "wrong password").status == 429, 10, "tries to be used up")
    assert Browser(guarded).sign_in().status == 429, "the right password, too, has to wait"


def test_a_thousand_addresses_have_twenty_tries_of_a_name_and_its_own_browser_still_gets_in(guarded):
    own = Browser(guarded)
    assert own.sign_in().status == 303
    code = own.get("/api/session").json["token"]
    own.post("/sign-out", {"token": code})
    tried = 0
    number = 0
    while number < 60:
        tried += looked_at(guarded, f"127.1.{number // 200}.{number % 200 + 1}") == 401
        number += 1
    assert tried <= 20
    assert Browser(guarded).sign_in().status == 429
    assert own.sign_in().status == 303


# Tokens of programs


def test_tokens_that_are_none(start_server, state):
    server = start_guarded(start_server, state)
    text = token(state, "create", "prom").strip()
    other = token(state, "create", "other").strip()
    gone = token(state, "create", "gone", "--expires", "1h").strip()
    wait_until(lambda: server.events("tokens_read") and server.events("tokens_read")[-1]["count"] == 3, 10, "tokens")
    _, first, secret = text.split("_", 2)
    _, second, _ = other.split("_", 2)
    browser = Browser(server)
    assert browser.get("/metrics", Authorization=f"Bearer {gone}").status == 200
    for bad in [f"ps_{second}_{secret}", text[:-1], text[1:], text.upper(), text + "A", f"ps_{first}_", f"ps__{secret}",
                text.replace("_", "-"), f"{text}\x00", "ps_", ""]:
        raw = RawSocket(server.http)
        raw.send(f"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bad}\r\nConnection: close\r\n\r\n"
                 .encode())
        status = raw.read_to_end().split(b" ", 2)[1]
        assert status in (b"401", b"400"), bad
    raw = RawSocket(server.http)
    raw.send(f"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {text}\r\n"
             f"Authorization: Bearer {text}\r\nConnection: close\r\n\r\n".encode())
    assert raw.read_to_end().startswith(b"HTTP/1.1 401"), "two of them are none"
    for query in ("token", "access_token", "authorization", "auth"):
        assert browser.get(f"/metrics?{query}={text}").status == 401


# JWTs of another issuer


def encoded(value) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def hs256(secret: bytes, claims: dict, header: dict | None = None) -> str:
    signed = f"{encoded(header if header is not None else {'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims)}"
    return f"{signed}.{encoded(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


@pytest.fixture
def issued(start_server, state, tmp_path):
    """A server that takes JWTs of a secret, that secret, and good claims."""
    secret = b"a secret of more than thirty-two bytes"
    (tmp_path / "secret").write_bytes(secret)
    server = start_guarded(
        start_server, state, "--jwt-key", str(tmp_path / "secret"), "--jwt-audience", "pointerscope",
        "--jwt-name-claim", "user", "--jwt-scope-claim", "pages")
    claims = {"user": "jo", "role": "viewer", "aud": ["x", "pointerscope"], "exp": int(time.time()) + 600}
    return server, secret, claims


def status_of(server, jwt: str) -> int:
    return Browser(server).get("/api/session", Authorization=f"Bearer {jwt}").status


def test_a_jwt_lets_in_until_it_expires(issued):
    server, secret, claims = issued
    answer = Browser(server).get("/api/session", Authorization=f"Bearer {hs256(secret, claims)}").json
    assert (answer["name"], answer["role"], answer["scope"]) == ("jo", "viewer", None)
    scoped = hs256(secret, claims | {"pages": "page:/shop/*"})
    assert Browser(server).get("/metrics", Authorization=f"Bearer {scoped}").status == 403
    short = hs256(secret, claims | {"exp": int(time.time()) - 56})
    stream = EventStream(server, "/receive/x", {"Authorization": f"Bearer {short}"})
    assert stream.wait_for("signed-out", seconds=10) == {"why": "expired"}
    assert server.event("token_ended")["name"] == "jo"


@pytest.mark.parametrize("change", [
    {"exp": None}, {"aud": None}, {"aud": "other"}, {"aud": []}, {"exp": 1}, {"exp": "soon"}, {"user": None},
    {"user": "a b"}, {"role": "root"}, {"pages": "all"}, {"pages": "shop"}, {"nbf": 99999999999}])
def test_jwts_with_claims_that_do_not_do(issued, change):
    server, secret, claims = issued
    changed = {key: value for key, value in (claims | change).items() if value is not None}
    assert status_of(server, hs256(secret, changed)) == 401


def test_jwts_that_are_forged(issued):
    server, secret, claims = issued
    good = hs256(secret, claims)
    assert status_of(server, good) == 200
    head, body, signature = good.split(".")
    other = hs256(secret, claims | {"user": "eve", "role": "operator"}).split(".")
    swapped = [f"{head}.{other[1]}.{signature}", f"{head}.{body}.{other[2]}", f"{head}.{body}.", f"{head}.{body}",
               f"{good}.x", good[:-1], f"{good}=", f".{body}.{signature}", f"{head}..{signature}"]
    for header in [{"alg": "none"}, {"alg": "None"}, {"alg": "HS512"}, {"alg": "RS256"}, {"alg": "hs256"}, {},
                   {"alg": "HS256", "crit": ["exp"]}, {"alg": "HS256", "b64": False, "crit": ["b64"]},
                   {"alg": "HS256", "zip": "DEF"}, {"alg": "HS256", "enc": "A256GCM"}]:
        forged = hs256(secret, claims, header)
        swapped += [forged, ".".join(forged.split(".")[:2]) + "."]
    twice = f'{encoded(b"""{"alg":"HS256","alg":"none"}""")}.{body}'
    swapped.append(f"{twice}.{encoded(hmac.new(secret, twice.encode(), hashlib.sha256).digest())}")
    swapped.append(hs256(b"another secret of more than thirty-two", claims))
    swapped.append(hs256(secret, claims | {"pad": "x" * 4096}))
    for jwt in swapped:
        assert status_of(server, jwt) == 401, jwt
    server.event("program_refused")


def test_a_public_key_is_no_secret(start_server, state, tmp_path):
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private],
                   check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    server = start_guarded(start_server, state, "--jwt-key", str(public), "--jwt-audience", "pointerscope")
    claims = {"sub": "jo", "role": "viewer", "aud": "pointerscope", "exp": int(time.time()) + 600}
    assert status_of(server, hs256(public.read_bytes(), claims)) == 401
    assert status_of(server, hs256(public.read_bytes(), claims, {"alg": "RS256"})) == 401
    signed = f"{encoded({'alg': 'RS256'})}.{encoded(claims)}"
    done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", private], input=signed.encode(), capture_output=True)
    assert status_of(server, f"{signed}.{encoded(done.stdout)}") == 200


# Files


def test_a_damaged_file_stops_the_start_and_is_left_alone(start_server, state):
    server = start_guarded(start_server, state)
    token(state, "create", "prom")
    assert server.stop() == 0
    for name in ("admins", "tokens", "key"):
        good = (state / name).read_bytes()
        for cut in (0, 1, len(good) // 2, len(good) - 2):
            (state / name).write_bytes(good[:cut])
            failed = start_server("--auth", "password", "--state", str(state), wait=False)
            failed.is_expected_to_fail = True
            assert failed.process.wait(timeout=30) == 78, (name, cut)
            assert (state / name).read_bytes() == good[:cut]
        (state / name).write_bytes(good)
        (state / name).chmod(0o644)
        failed = start_server("--auth", "password", "--state", str(state), wait=False)
        failed.is_expected_to_fail = True
        assert failed.process.wait(timeout=30) == 78
        (state / name).chmod(0o600)
    again = start_server("--auth", "password", "--state", str(state))
    assert Browser(again).sign_in().status == 303


def test_a_file_that_is_damaged_while_the_server_runs_changes_nothing(guarded, state):
    browser = Browser(guarded)
    browser.sign_in()
    good = (state / "admins").read_bytes()
    (state / "admins").write_bytes(good[:-3])
    assert guarded.event("state_fault")["why"]
    assert browser.get("/api/session").status == 200
    (state / "admins").write_bytes(good)
    wait_until(lambda: guarded.events("admins_read"), 10, "the mended file to be read")
    assert browser.get("/api/session").status == 200


def test_two_servers_do_not_share_a_state_directory(guarded, start_server, state):
    second = start_server("--auth", "password", "--state", str(state), wait=False)
    second.is_expected_to_fail = True
    assert second.process.wait(timeout=30) == 69
    second._reader.join(timeout=10)
    assert str(guarded.pid) in "".join(second.raw_lines)


# Scopes


def test_a_scope_holds_on_every_way(start_server, state):
    from wire import RawWebSocket
    server = start_guarded(start_server, state, admins={"ann": "operator"})
    admin(state, "add", "sue", "--role", "operator", "--scope", "page:/shop/*", password=PASSWORD)
    wait_until(lambda: server.events("admins_read"), 10, "the admin to be read")
    browser = Browser(server)
    assert browser.sign_in("sue").status == 303
    cookie = {"Cookie": f"pointerscope={browser.session}"}
    inside, outside = RawWebSocket(server.ingest), RawWebSocket(server.ingest)
    streams = [EventStream(server, f"/receive/sue{query}", cookie) for query in ("", "?shape=frames&hz=30")]
    outside.say({"id": "secret-one", "x": 1, "y": 2, "p": "/account/secret-page"})
    inside.say({"id": "shopper", "x": 1, "y": 2, "p": "/shop/cart"})
    seen = ""
    for stream in streams:
        for event, data in stream.messages(10):
            seen += data
            if "shopper" in data:
                break
    inside.say({"id": "shopper", "x": 3, "y": 4, "p": "/account/secret-page"})
    for event, data in streams[0].messages(10):
        seen += data
        if json.loads(data) == {"kill": "shopper"}:
            break
    text = browser.get("/api/state").text
    assert "secret" not in seen + text
    assert json.loads(text)["visitors"] == []
    resumed = EventStream(server, "/receive/sue", cookie | {"Last-Event-ID": "1-0"})
    inside.say({"id": "shopper", "x": 5, "y": 6, "p": "/shop/again"})
    seen = ""
    for _, data in resumed.messages(10):
        seen += data
        if "shopper" in data:
            break
    assert "secret" not in seen
    assert browser.get("/metrics").status == 403


def test_the_seventeenth_scope_is_refused(start_server, state):
    server = start_guarded(start_server, state, admins={})
    for number in range(17):
        admin(state, "add", f"a{number}", "--scope", f"page:/{number}/*", password=PASSWORD)
    streams = []
    wait_until(lambda: server.events("admins_read") and server.events("admins_read")[-1]["count"] == 17, 20, "admins")
    for number in range(17):
        browser = Browser(server, source=(f"127.0.1.{number + 1}", 0))
        status = browser.sign_in(f"a{number}").status
        if status == 503:
            wait_until(lambda: browser.sign_in(f"a{number}").status == 303, 20, "a hash")
        headers = {"Cookie": f"pointerscope={browser.session}"}
        if number < 16:
            streams.append(EventStream(server, "/receive/x", headers))
        else:
            assert browser.get("/receive/x").status == 503
            assert browser.get("/api/state").status == 503


# Who has nothing to say


def test_forms_that_come_slowly_or_are_too_long(guarded):
    raw = RawSocket(guarded.http)
    head = ("POST /sign-in HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n")
    raw.send(head.format(9000).encode())
    assert raw.read_to_end().startswith(b"HTTP/1.1 413")
    raw = RawSocket(guarded.http)
    raw.send(head.format(20).encode())
    for byte in b"name=ann&password=xx":
        raw.send(bytes([byte]))
    assert raw.read_to_end().startswith(b"HTTP/1.1 403"), "read whole, and of no browser that was shown the form"
    raw = RawSocket(guarded.http)
    raw.send(head.format(20).encode() + b"name=ann")
    assert Browser(guarded).sign_in().status == 303, "who waits holds up nobody"
    raw.close()
    chunked = RawSocket(guarded.http)
    chunked.send(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nTransfer-Encoding: chunked\r\n"
                 b"Content-Type: application/x-www-form-urlencoded\r\n\r\n0\r\n\r\n")
    assert chunked.read_to_end().startswith(b"HTTP/1.1 411")


def test_whoever_leaves_while_the_hash_is_made_is_counted_and_forgotten(guarded, state):
    """Those who leave stand behind those who stay, so that most of them wait when they leave: no hash is made for them,
    and they take no place of the queue with them."""
    show = {"Authorization": f"Bearer {token(state, 'create', 'prometheus').strip()}"}

    def metrics() -> dict[str, float]:
        answer = guarded.get("/metrics", headers=show)
        assert answer.status == 200
        return Metrics(answer.text).samples

    def ask(number: int) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(
            *guarded.http, timeout=60, source_address=(f"127.3.0.{number + 1}", 0))
        connection.request(
            "POST", "/api/session", json.dumps({"name": f"nobody{number}", "password": "wrong password"}),
            {"Content-Type": "application/json"})
        return connection

    wait_until(metrics, 10, "the token to be read")
    refused = 'pointerscope_sign_ins_refused_total{reason="credentials"}'
    staying = [ask(number) for number in range(8)]
    for number in range(8, 16):
        connection = ask(number)
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    assert {connection.getresponse().status for connection in staying} == {401}
    wait_until(lambda: metrics()["pointerscope_sign_ins_waiting"] == 0, 10, "nobody to wait any more")
    told = metrics()[refused]
    assert 8 <= told < 16, "a hash for everybody who has left"
    assert told == len(guarded.events("sign_in_refused"))
    crowd = [ask(number) for number in range(16, 32)]
    assert {connection.getresponse().status for connection in crowd} == {401}, "a place of the queue is lost"


def test_the_hash_helper_dies_and_another_takes_its_place(guarded):
    import signal
    first = guarded.event("helper_started")["pid"]
    os.kill(first, signal.SIGKILL)
    guarded.event("helper_exited")
    wait_until(lambda: Browser(guarded).sign_in().status in (303, 409), 20, "a sign-in with the next helper")
    guarded.note_processes()


def test_the_hash_helper_lets_others_go_first(guarded):
    """Nicer than they are, in slices so long that whoever wakes preempts it (Linux 6.12 and newer), and never SCHED_IDLE,
    which would starve where the cores are full."""
    attributes = ctypes.create_string_buffer(56)
    number = {"x86_64": 315, "aarch64": 275}[platform.machine()]
    pid = guarded.event("helper_started")["pid"]

    def scheduling() -> tuple[int, int, int]:
        assert ctypes.CDLL(None).syscall(number, pid, attributes, len(attributes), 0) == 0
        _, policy, _, nice, _, runtime = struct.unpack_from("IIQiIQ", attributes)
        return policy, nice, runtime

    heeds = tuple(int(part) for part in platform.release().split(".")[:2]) >= (6, 12)
    expected = (os.SCHED_OTHER, 12, 100_000_000 if heeds else 0)
    wait_until(lambda: scheduling() == expected, 10, lambda: f"{expected} instead of {scheduling()}")


# What strangers found


def test_who_is_removed_is_out_by_every_way(start_server, state):
    server = start_guarded(
        start_server, state, "--auth-header", "Remote-User", "--trusted-proxy", "127.0.0.1",
        admins={"ann": "operator", "bob": "operator"})
    stream = EventStream(server, "/receive/x?shape=frames", {"Remote-User": "bob"})
    admin(state, "role", "bob", "viewer")
    assert stream.wait_for("signed-out", seconds=5) == {"why": "changed"}
    stream = EventStream(server, "/receive/x?shape=frames", {"Remote-User": "bob"})
    admin(state, "remove", "bob")
    assert stream.wait_for("signed-out", seconds=5) == {"why": "removed"}
    assert Browser(server).get("/api/session", Remote_User="bob").status == 401


def test_a_crowd_of_strangers_does_not_keep_a_known_browser_out(guarded):
    own = Browser(guarded)
    assert own.sign_in().status == 303
    own.post("/sign-out", {"token": own.get("/api/session").json["token"]})
    import threading
    over = threading.Event()

    def crowd(number: int) -> None:
        index = 0
        while not over.is_set():
            index += 1
            source = (f"127.{number + 2}.{index // 200 % 250}.{index % 200 + 1}", 0)
            Browser(guarded, source=source).sign_in(f"nobody{index}", "wrong password")

    threads = [threading.Thread(target=crowd, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: guarded.events("sign_in_overloaded"), 30, "the queue to be full")
        assert own.sign_in().status == 303
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=60)


def test_a_new_password_does_not_lock_its_owner_out(guarded, state):
    own = Browser(guarded)
    assert own.sign_in().status == 303
    tried = 0
    while looked_at(guarded, f"127.1.1.{tried + 1}") == 401:
        tried += 1
    assert tried == 20
    admin(state, "passwd", "ann", password="another good password")
    wait_until(lambda: own.get("/api/session").status == 401, 10, "the change to be read")
    assert own.sign_in(password="another good password").status == 303


@pytest.mark.parametrize("path", ["/../other", "/..", "/./x", "/a/%2e%2E/b", "/.%2e", "/ps/../../other"])
def test_nobody_is_led_to_a_neighbour_of_the_base(guarded, path):
    browser = Browser(guarded)
    page = browser.get("/sign-in")
    answer = browser.post("/sign-in", page.fields | {"return": path, "name": "ann", "password": PASSWORD})
    assert (answer.status, answer.headers["Location"]) == (303, "./admin/ann")


def test_names_that_are_folders_are_no_names(guarded, state):
    for name in (".", ".."):
        admin(state, "add", name, password=PASSWORD, status=64)


def test_one_name_does_not_take_every_seat(start_server, state):
    """Half of the seats at most; the descriptors of this server give it few."""
    import resource
    server = start_guarded(start_server, state, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256)))
    text = token(state, "create", "wall").strip()
    wait_until(lambda: server.events("tokens_read"), 10, "the token to be read")
    streams = []
    while True:
        browser = Browser(server, headers={"Authorization": f"Bearer {text}"})
        connection = RawSocket(server.http)
        connection.send(f"GET /receive/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {text}\r\n\r\n".encode())
        if connection.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 503"):
            break
        streams.append(connection)
        assert len(streams) < 256
    assert browser.get("/readyz").status == 200
    ann = Browser(server)
    assert ann.sign_in().status == 303
    EventStream(server, "/receive/ann", {"Cookie": f"pointerscope={ann.session}"}).close()


def test_a_flood_of_jwts_is_looked_at_a_few_at_a_time(issued):
    server, secret, claims = issued
    good = hs256(secret, claims)
    assert status_of(server, good) == 200
    statuses = [status_of(server, hs256(b"x" * 40, claims | {"pad": str(number)})) for number in range(300)]
    assert set(statuses) <= {401, 429}
    assert status_of(server, good) == 200, "one that is known is known"


def test_what_could_not_be_written_is_written_when_it_can_be(start_server, state):
    server = start_guarded(start_server, state)
    browser = Browser(server)
    assert browser.sign_in().status == 303
    wait_until(lambda: (state / "sessions").exists(), 10, "the session to be written")
    (state / ".sessions.new").mkdir()
    browser.post("/sign-out", {"token": browser.get("/api/session").json["token"]})
    assert server.event("state_not_written")["file"] == "sessions"
    before = (state / "sessions").read_bytes()
    (state / ".sessions.new").rmdir()
    wait_until(lambda: (state / "sessions").read_bytes() != before, 30, "the sign-out to be written")
