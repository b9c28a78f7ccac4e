"""Whom the server believes to be who: tokens that hold, that do not, and ids that others know."""

from __future__ import annotations

import base64
import os
import stat
import time
from pathlib import Path

import pytest

from samples import known
from waiting import wait_until
from wire import RawWebSocket, Stream
from wire_v1 import Visitor, Welcome, signed_id, signed_token

DAY = 24 * 60 * 60 * 1000
NEW, RESUMED, REFUSED = range(3)


def now() -> int:
    return int(time.time() * 1000)


def tokens(server) -> dict[str, int]:
    metrics = server.metrics()
    counted = {result: metrics['pointerscope_identity_tokens_total{result="%s"}' % result]
               for result in ("new", "resumed", "expired", "forged", "malformed")}
    return {result: count for result, count in counted.items() if count}


def refusals(server) -> dict[str, int]:
    metrics = server.metrics()
    return {reason: metrics['pointerscope_identities_refused_total{reason="%s"}' % reason]
            for reason in ("replayed", "in_use", "forgotten")}


def key_in(directory: Path) -> bytes:
    line = (directory / "identity-key").read_text()
    assert line.endswith("\n") and len(line) == 44
    return base64.urlsafe_b64decode(line.strip() + "=")


def refused(server, token: bytes, **hello) -> int:
    """The code that a hello with this token is closed with; nobody is welcomed before."""
    visitor = Visitor(server.ingest, silent=True)
    visitor.say_records(visitor.hello(token=token, **hello))
    while True:
        opcode, payload = visitor.read_frame()
        if opcode == 8:
            return int.from_bytes(payload[:2], "big")
        assert opcode != 2, f"it is told {payload!r}"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def keeping(start_server, state: Path):
    """A server that keeps its key."""
    return start_server("--state", str(state))


# Coming back

def test_a_token_makes_its_visitor_the_same(server):
    visitor = Visitor(server.ingest)
    seen = {visitor.token}
    for _ in range(6):
        visitor.close_well()
        back = Visitor(server.ingest, token=visitor.token)
        assert (back.welcome.how, back.id) == (RESUMED, visitor.id)
        seen.add(back.token)
        visitor = back
    assert len(seen) == 7
    assert tokens(server) == {"new": 1, "resumed": 6}
    assert [row["id"] for row in server.state()["visitors"]] == [visitor.id]


def test_the_same_page_comes_back_before_its_old_connection_is_gone(server):
    """As after a change of network: the same page load, and the newest token or the one before."""
    page = os.urandom(8)
    first = Visitor(server.ingest, instance=page)
    second = Visitor(server.ingest, token=first.token, instance=page)
    third = Visitor(server.ingest, token=first.token, instance=page)
    assert first.id == second.id == third.id
    fourth = Visitor(server.ingest, token=third.token, instance=page)
    assert fourth.id == first.id
    for visitor in (first, second, third, fourth):
        visitor.ping_and_wait()


def test_a_token_outlives_a_server_that_keeps_its_key(start_server, state):
    server = start_server("--state", str(state))
    visitor = Visitor(server.ingest)
    server.stop()
    again = start_server("--state", str(state))
    back = Visitor(again.ingest, token=visitor.token)
    assert (back.welcome.how, back.id) == (RESUMED, visitor.id)


def test_a_token_does_not_outlive_a_server_that_keeps_nothing(start_server):
    server = start_server()
    visitor = Visitor(server.ingest)
    server.stop()
    again = start_server()
    back = Visitor(again.ingest, token=visitor.token)
    assert back.welcome.how == REFUSED and back.id != visitor.id
    assert tokens(again) == {"forged": 1}


def used_and_newest(server, **hello) -> tuple[bytes, bytes, str]:
    """A token that was used, and the one that follows it, of a visitor who has left."""
    first = Visitor(server.ingest)
    first.close_well()
    second = Visitor(server.ingest, token=first.token, **hello)
    second.close_well()
    wait_until(lambda: not server.state()["visitors"], 30, "nobody")
    return first.token, second.token, first.id


def test_a_used_token_is_used_after_a_restart_too(start_server, state):
    server = start_server("--state", str(state))
    used, newest, visitor = used_and_newest(server)
    present = Visitor(server.ingest)
    present.close_well()
    present = Visitor(server.ingest, token=present.token)
    server.stop()
    file = state / "identity-claims"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and file.read_bytes().startswith(b"PSCLAIMS")
    again = start_server("--state", str(state))
    assert again.metrics()["pointerscope_identities_remembered"] == 2
    assert refused(again, used) == 4003
    back = Visitor(again.ingest, token=newest)
    assert (back.welcome.how, back.id) == (RESUMED, visitor)
    # Who was there when the server stopped goes on with the newest one.
    assert Visitor(again.ingest, token=present.token).id == present.id
    assert refusals(again) == {"replayed": 1, "in_use": 0, "forgotten": 0}
    back.close_well()
    again.stop()
    third = start_server("--state", str(state))
    assert refused(third, used) == refused(third, newest) == 4003
    assert refusals(third)["replayed"] == 2


def test_people_and_visitors_come_back_alike(start_server, state):
    """Under --auth password the same, where a keeper writes in the directory as well."""
    server = start_server("--auth", "password", "--state", str(state))
    visitor = Visitor(server.ingest)
    visitor.close_well()
    used = visitor.token
    newest = Visitor(server.ingest, token=used)
    server.stop()
    again = start_server("--auth", "password", "--state", str(state))
    assert refused(again, used) == 4003
    assert Visitor(again.ingest, token=newest.token).id == visitor.id


def test_two_servers_on_one_directory_keep_what_both_know(start_server, state):
    one, other = start_server("--state", str(state)), start_server("--state", str(state))
    tokens_of_one, tokens_of_other = used_and_newest(one), used_and_newest(other)
    one.stop()
    other.stop()
    third = start_server("--state", str(state))
    for used, newest, visitor in (tokens_of_one, tokens_of_other):
        assert refused(third, used) == 4003
        assert Visitor(third.ingest, token=newest).id == visitor


@pytest.mark.parametrize("damage", [
    lambda file: file[:-1], lambda file: b"", lambda file: file[:30] + bytes([file[30] ^ 1]) + file[31:],
    lambda file: b"nonsense" * 9, lambda file: file + bytes(4 << 20)])
def test_where_it_is_not_known_what_was_used_nothing_is_taken(start_server, state, damage):
    server = start_server("--state", str(state))
    used, newest, visitor = used_and_newest(server)
    server.stop()
    file = state / "identity-claims"
    file.write_bytes(damage(file.read_bytes()))
    again = start_server("--state", str(state))
    assert again.events("identity_claims_dropped")[0]["file"] == str(file)
    assert refused(again, used) == refused(again, newest) == 4003
    assert refusals(again) == {"replayed": 0, "in_use": 0, "forgotten": 2}
    assert again.metrics()["pointerscope_identities_horizon_timestamp_seconds"] > 1.7e9
    # Tokens that are made from now on hold, after the next start too.
    fresh = Visitor(again.ingest)
    fresh.close_well()
    assert Visitor(again.ingest, token=fresh.token).id == fresh.id
    again.stop()
    assert refused(start_server("--state", str(state)), newest) == 4003


def test_what_is_kept_of_used_tokens_is_nobody_elses(start_server, state):
    server = start_server("--state", str(state))
    used_and_newest(server)
    server.stop()
    (state / "identity-claims").chmod(0o644)
    again = start_server("--state", str(state), wait=False)
    again.is_expected_to_fail = True
    assert again.process.wait(30) == 78


def test_what_nobody_used_is_not_written_down(start_server, state):
    server = start_server("--state", str(state))
    Visitor(server.ingest).close_well()
    server.stop()
    assert not (state / "identity-claims").exists()


# The key

def test_the_key_is_made_once_and_is_nobody_elses(keeping, start_server, state):
    file = state / "identity-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    visitor = Visitor(keeping.ingest)
    assert visitor.id == signed_id(key_in(state), base64.urlsafe_b64decode(visitor.id[1:13]))
    # A second server on the same directory signs with the same key.
    other = start_server("--state", str(state))
    assert file.read_bytes() == before
    assert Visitor(other.ingest, token=visitor.token).id == visitor.id


def test_people_and_visitors_have_keys_of_their_own(start_server, state):
    server = start_server("--auth", "password", "--state", str(state))
    assert (state / "key").read_bytes() != (state / "identity-key").read_bytes()
    visitor = Visitor(server.ingest)
    assert visitor.id == signed_id(key_in(state), base64.urlsafe_b64decode(visitor.id[1:13]))


@pytest.mark.parametrize("contents", [b"", b"\n", b"A" * 42, b"A" * 44 + b"\n", b"A" * 42 + b"!\n", b"\0" * 32])
def test_a_damaged_key_is_refused_and_left_alone(start_server, state, contents):
    state.mkdir(mode=0o700)
    file = state / "identity-key"
    file.write_bytes(contents)
    file.chmod(0o600)
    server = start_server("--state", str(state), wait=False)
    server.is_expected_to_fail = True
    assert server.process.wait(30) == 78
    assert file.read_bytes() == contents
    wait_until(lambda: any("identity-key" in line and "put a copy back" in line for line in server.raw_lines), 10)


def test_a_key_that_others_may_read_is_refused(start_server, state):
    state.mkdir(mode=0o700)
    file = state / "identity-key"
    file.write_bytes(b"A" * 43 + b"\n")
    file.chmod(0o644)
    server = start_server("--state", str(state), wait=False)
    server.is_expected_to_fail = True
    assert server.process.wait(30) == 78


# Tokens that do not hold

def test_tokens_are_as_the_protocol_says(keeping, state):
    """Made by this test's own code from the server's key."""
    key = key_in(state)
    visitor = signed_id(key, bytes(range(9)))
    back = Visitor(keeping.ingest, token=signed_token(key, visitor, now() - DAY + 60_000))
    assert (back.welcome.how, back.id) == (RESUMED, visitor)


def test_an_expired_token_is_nobodys(keeping, state):
    key = key_in(state)
    visitor = signed_id(key, bytes(range(9)))
    for stamp in (now() - DAY - 1000, now() - 30 * DAY, 0, now() + DAY + 60_000):
        back = Visitor(keeping.ingest, token=signed_token(key, visitor, stamp))
        assert back.welcome.how == REFUSED and back.id != visitor
    assert tokens(keeping) == {"expired": 4}


def test_a_forged_token_is_nobodys(keeping, state):
    key = key_in(state)
    visitor = signed_id(key, bytes(range(9)))
    other = bytes(32)
    good = signed_token(key, visitor, now())
    name, stamp, mac = good.split(b".")
    swapped = signed_token(key, signed_id(key, bytes(9)), now()).split(b".")
    forgeries = [
        signed_token(other, visitor, now()), signed_token(other, signed_id(other, bytes(9)), now()),
        b".".join([swapped[0], stamp, mac]), b".".join([name, swapped[1][:-1] + b"0", mac]),
        b".".join([name, stamp, mac[:-2] + (b"A" if mac[-2:-1] != b"A" else b"B") + mac[-1:]]),
        # The id alone, signed as tokens are.
        b".".join([name, stamp, base64.urlsafe_b64encode(bytes(16)).strip(b"=")]),
    ]
    for forgery in forgeries:
        back = Visitor(keeping.ingest, token=forgery)
        assert back.welcome.how == REFUSED and back.id != visitor, forgery
    assert tokens(keeping) == {"forged": len(forgeries)}


def test_a_token_is_whole_or_none(server):
    visitor = Visitor(server.ingest)
    visitor.close_well()
    cuts = [visitor.token[:count] for count in (1, 16, 17, 18, 25, 26, len(visitor.token) - 1)]
    for token in [*cuts, visitor.token + b"A", b"x" * 128, visitor.token.upper(), b" " + visitor.token]:
        back = Visitor(server.ingest, token=token)
        assert back.welcome.how == REFUSED and back.id != visitor.id
    assert tokens(server) == {"new": 1, "malformed": len(cuts) + 4}
    assert Visitor(server.ingest, token=visitor.token).id == visitor.id


def test_a_bit_more_is_another_token(server):
    """Each byte of a token, one bit changed."""
    visitor = Visitor(server.ingest)
    for index in range(len(visitor.token)):
        changed = bytearray(visitor.token)
        changed[index] ^= 1
        back = Visitor(server.ingest, token=bytes(changed))
        assert back.welcome.how == REFUSED and back.id != visitor.id
        back.close()


# Others who have a token, or know an id

def test_a_token_lets_nobody_in_twice(server):
    first = Visitor(server.ingest)
    first.close_well()
    second = Visitor(server.ingest, token=first.token)
    assert refused(server, first.token) == 4003
    second.ping_and_wait()
    second.close_well()
    # Nor when nobody is there any more.
    assert refused(server, first.token) == 4003
    third = Visitor(server.ingest, token=second.token)
    assert third.id == first.id
    assert refusals(server) == {"replayed": 2, "in_use": 0, "forgotten": 0}
    assert server.metrics()['pointerscope_connections_refused_total{reason="identity"}'] == 2


def test_a_stolen_token_is_no_good_while_its_visitor_is_there(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest)
    stream.take(1)
    assert refused(server, visitor.token) == 4003
    assert refusals(server) == {"replayed": 0, "in_use": 1, "forgotten": 0}
    visitor.say_records(visitor.move(5, 6))
    message = stream.take(1)[0].data
    assert (message["id"], message["x"], message["y"]) == (visitor.id, 5, 6), "and the thief said nothing for it"


def test_a_page_load_without_a_number_is_not_above_that(server):
    first = Visitor(server.ingest)
    first.close_well()
    Visitor(server.ingest, token=first.token)
    assert refused(server, first.token, instance=bytes(8)) == 4003


def test_page_loads_without_a_number_are_different_ones(server):
    first = Visitor(server.ingest)
    first.close_well()
    second = Visitor(server.ingest, token=first.token, instance=bytes(8))
    assert refused(server, first.token, instance=bytes(8)) == 4003
    second.close_well()
    assert refused(server, first.token, instance=bytes(8)) == 4003
    assert Visitor(server.ingest, token=second.token, instance=bytes(8)).id == first.id


def test_two_at_once_with_one_token_are_one(server):
    first = Visitor(server.ingest)
    first.close_well()
    rivals = [Visitor(server.ingest, silent=True) for _ in range(8)]
    for rival in rivals:
        rival.say_records(rival.hello(token=first.token))
    outcomes = []
    for rival in rivals:
        opcode, payload = rival.read_frame()
        outcomes.append("welcome" if opcode == 2 else int.from_bytes(payload[:2], "big"))
    assert sorted(map(str, outcomes)) == ["4003"] * 7 + ["welcome"]


def test_whoever_knows_an_id_cannot_speak_for_it(server):
    stream = Stream(server)
    visitor = Visitor(server.ingest)
    stream.take(1)
    eve = RawWebSocket(server.ingest)
    eve.say({"id": "eve", "x": 1, "y": 1})
    stream.take(1)
    eve.say([{"id": "eve", "x": 2, "y": 2}, {"id": visitor.id, "x": 666, "y": 666}])
    assert eve.read_close() == (1008, "this id belongs to a visitor with a token")
    assert stream.take(1)[0].data == {"kill": "eve"}
    visitor.say_records(visitor.move(5, 6))
    assert (stream.take(1)[0].data["x"], server.metrics()["pointerscope_events_received_total"]) == (5, 3)


def test_an_id_that_only_looks_signed_is_anybodys(server):
    stream = Stream(server)
    names = ["~AAECAwQFBgcIAAAA", "~", "~" + "A" * 17, "~AAECAwQFBgcI====", "x" * 17]
    visitor = RawWebSocket(server.ingest)
    for name in names:
        visitor.say({"id": name, "x": 1, "y": 2})
    assert [known(message)["id"] for message in stream.take(len(names))] == names


def test_a_token_of_another_server_is_nobodys(start_server):
    one, other = start_server(), start_server()
    visitor = Visitor(one.ingest)
    guest = Visitor(other.ingest, token=visitor.token)
    assert guest.welcome.how == REFUSED and guest.id != visitor.id
    # And its id is anybody's there.
    json = RawWebSocket(other.ingest)
    json.say({"id": visitor.id, "x": 1, "y": 1})
    json.ping_and_wait()
    assert visitor.id in {row["id"] for row in other.state()["visitors"]}


def test_the_first_welcome_is_the_only_one(server):
    visitor = Visitor(server.ingest)
    visitor.say_records(visitor.move(1, 1))
    visitor.ping_and_wait()
    assert not [record for record in visitor.told if isinstance(record, Welcome)]
