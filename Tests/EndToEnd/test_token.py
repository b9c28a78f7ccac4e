"""`pointerscope token`: which programs are let in."""

from __future__ import annotations

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from people import People
from server import BINARY

TOKEN = re.compile(r"ps_([0-9a-f]{16})_[A-Za-z0-9_-]{43}\n")


@pytest.fixture
def people(tmp_path):
    return People(tmp_path)


def test_a_life_of_a_token(people):
    made = people.succeed("token", "create", "prometheus")
    match = TOKEN.fullmatch(made.stdout)
    assert match and "prometheus is let in as viewer, until 20" in made.stderr
    assert "not shown again" in made.stderr and made.stdout.strip() not in made.stderr
    secret = made.stdout.strip().split("_", 2)[2]
    assert secret not in (people.state / "tokens").read_text()
    other = people.succeed("token", "create", "wall", "--role", "operator", "--scope", "page:/shop/*", "--expires", "never")
    assert "to page:/shop/*, for ever" in other.stderr

    first, second = people.tokens()
    assert first["id"] == match.group(1) and first["name"] == "prometheus" and first["role"] == "viewer"
    assert first["scope"] is None and first["used"] is None
    assert second["role"] == "operator" and second["scope"] == "page:/shop/*" and second["expires"] is None
    created, expires = (time.strptime(first[key][:19], "%Y-%m-%dT%H:%M:%S") for key in ("created", "expires"))
    assert time.mktime(expires) - time.mktime(created) == pytest.approx(90 * 86_400, abs=7_200)
    table = people.succeed("token", "list").stdout.splitlines()
    assert table[0].split() == ["ID", "NAME", "ROLE", "SCOPE", "CREATED", "EXPIRES", "USED"] and len(table) == 3

    people.succeed("token", "revoke", "wall")
    people.succeed("token", "revoke", first["id"])
    assert people.tokens() == []


def test_of_two_with_one_name_the_id_tells(people):
    for _ in range(2):
        people.succeed("token", "create", "prometheus")
    ids = [token["id"] for token in people.tokens()]
    people.fail(65, f"name one by its id: {ids[0]}, {ids[1]}", "token", "revoke", "prometheus")
    people.succeed("token", "revoke", ids[0])
    people.succeed("token", "revoke", "prometheus")
    assert people.tokens() == []


@pytest.mark.parametrize("arguments, status, said", [
    (["token", "create"], 64, "NAME is missing"),
    (["token", "create", "José"], 64, "must have 1 to 64 letters"),
    (["token", "create", "a", "--expires", "90"], 64, "--expires 90: must be never, or a whole number"),
    (["token", "create", "a", "--expires", "0d"], 64, "must be never"),
    (["token", "create", "a", "--expires", "36501d"], 64, "up to 100 years"),
    (["token", "create", "a", "--expires", "-1d"], 64, "must be never"),
    (["token", "create", "a", "--scope", "page:shop"], 64, "must be all"),
    (["token", "revoke", "nobody"], 67, "there is no token nobody"),
    (["token", "revoke", "0123456789abcdef"], 67, "there is no token"),
    (["token", "revok", "a"], 64, "did you mean token revoke?"),
])
def test_what_is_wrong_is_told(people, arguments, status, said):
    people.succeed("token", "create", "a")
    people.fail(status, said, *arguments)
    assert len(people.tokens()) == 1


@pytest.mark.parametrize("text, hours", [("1h", 1), ("12h", 12), ("1d", 24), ("36500d", 876_000), ("2w", 336)])
def test_how_long_it_holds(people, text, hours):
    people.succeed("token", "create", "a", "--expires", text)
    file = (people.state / "tokens").read_text().splitlines()[1].split()
    assert int(file[4]) - int(file[3]) == hours * 3_600


def test_a_token_that_nobody_was_told_is_taken_back(people):
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            [BINARY, "token", "create", "a", "--state", people.state], stdout=full, stderr=subprocess.PIPE, text=True,
            timeout=60)
    assert ended.returncode == 74 and "the token is taken back" in ended.stderr
    assert people.tokens() == []


def test_many_at_once_lose_none(people):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: people.succeed("token", "create", f"t{number}").stdout, range(32)))
    assert len(set(made)) == 32
    assert {token["id"] for token in people.tokens()} == {TOKEN.fullmatch(text).group(1) for text in made}


def test_a_damaged_file_is_left_alone(people):
    people.succeed("token", "create", "a")
    whole = (people.state / "tokens").read_bytes()
    for damaged in (whole[:-1], whole[:30], whole.replace(b"viewer", b"Viewer"), b""):
        (people.state / "tokens").write_bytes(damaged)
        people.fail(78, f"{people.state}/tokens:", "token", "create", "b")
        assert (people.state / "tokens").read_bytes() == damaged
