"""Malformed input: the right answer, whole and cut at every byte, and nobody else harmed."""

from __future__ import annotations

from typing import Callable, Iterator

import pytest

from arena import Arena, assert_answered_with, assert_closed_with, caller_of, visitor_of
from malformed_cases import FRAME_CASES, GOOD, Case
from malformed_heads import HANDSHAKE_CASES, REQUEST_CASES
from malformed_posts import POST_CASES
from posts import Poster
from server import Server
from waiting import wait_until
from wire import RawSocket, RawWebSocket, frame, handshake

GROWTH_BYTES = 1 << 20
"""Noise of the allocator; a kilobyte lost per refusal would be ten times that."""


@pytest.fixture(scope="module")
def arena() -> Iterator[Arena]:
    server = Server.start("--workers", "1")
    arena = Arena(server)
    yield arena
    arena.bystander.close_well()
    arena.stream.close()
    server.stop_and_check()


def name_of(case: Case) -> str:
    return case.name


def check(arena: Arena, case: Case, prelude: Callable[[], RawSocket],
          assert_answer: Callable[[bytes, int], None]) -> int:
    """Sends a case whole, in single bytes and in two pieces; returns how many times."""
    assert_answer(arena.whole(case, prelude), case.expected)
    assert_answer(arena.byte_by_byte(case, prelude), case.expected)
    times = 2
    for cut, answer in arena.in_two_pieces(case, prelude):
        try:
            assert_answer(answer, case.expected)
        except AssertionError as failure:
            raise AssertionError(f"cut at {cut}: {failure}") from failure
        times += 1
    arena.assert_nobody_was_harmed()
    return times


def test_there_are_enough_cases_and_no_two_alike():
    for cases in (FRAME_CASES, HANDSHAKE_CASES, REQUEST_CASES, POST_CASES):
        assert len({case.name for case in cases}) == len(cases)
        assert len({case.data for case in cases}) == len(cases)
    assert len(FRAME_CASES) + len(HANDSHAKE_CASES) + len(REQUEST_CASES) >= 80
    assert len(POST_CASES) >= 60


@pytest.mark.parametrize("case", FRAME_CASES, ids=name_of)
def test_frames(arena, case):
    counter = f'pointerscope_messages_refused_total{{code="{case.expected}"}}'
    before = arena.server.metrics()[counter]
    times = check(arena, case, visitor_of(arena.server), assert_closed_with)
    assert arena.server.metrics()[counter] == before + times


@pytest.mark.parametrize("case", HANDSHAKE_CASES, ids=name_of)
def test_handshakes(arena, case):
    check(arena, case, caller_of(arena.server.ingest), assert_answered_with)


@pytest.mark.parametrize("case", REQUEST_CASES, ids=name_of)
def test_requests(arena, case):
    check(arena, case, caller_of(arena.server.http), assert_answered_with)


@pytest.mark.parametrize("case", POST_CASES, ids=name_of)
def test_posts(arena, case):
    check(arena, case, caller_of(arena.server.ingest), assert_answered_with)
    neighbour = Poster(arena.server.ingest)
    assert neighbour.post([]).status == 200
    neighbour.close()
    assert arena.server.metrics()["pointerscope_post_visitors"] == 0


def test_what_stood_before_the_fault_counts(arena):
    """A message accepted before the fault keeps its effect; what follows the fault has none."""
    stranger = visitor_of(arena.server)()
    own = GOOD.replace("bad", "bystander")
    stranger.send(frame(own.encode()) + frame(GOOD.encode(), opcode=2) + frame(GOOD.encode()) * 20)
    assert_closed_with(stranger.read_to_end(), 1003)
    stranger.close()
    assert arena.stream.take(1)[0].data == {"id": "bystander", "x": 1, "y": 2}
    arena.let_the_bystander_speak()
    assert arena.stream.take(1)[0].data["x"] == arena.said
    assert arena.server.metrics()["pointerscope_events_received_total"] == arena.said + 1


def test_the_accepted_neighbours_of_the_limits(start_server):
    """What stands just inside the limits is no fault."""
    server = start_server(workers=1)
    assert RawWebSocket.status(server.ingest, "X: 1\r\n" * 94) == 101
    room = 16 * 1024 - len(handshake(extra="X-Long: \r\n"))
    assert RawWebSocket.status(server.ingest, "X-Long: " + "x" * room + "\r\n") == 101
    assert RawWebSocket.status(server.ingest, "X-Long: " + "x" * (room + 1) + "\r\n") == 431


def test_endless_input_is_cut(arena):
    """A peer that never ends its head or its message is not read for ever."""
    for address, beginning in [(arena.server.ingest, b"GET /"), (arena.server.http, b"GET /")]:
        stranger = RawSocket(address)
        stranger.send_in_pieces(beginning + b"x" * (4 << 20), [])
        assert_answered_with(stranger.read_to_end(), 431)
        stranger.close()


def test_no_growth(arena):
    """After a round to warm up, further rounds take no memory and no descriptors."""
    def round_of_all() -> None:
        for cases, prelude in [(FRAME_CASES, visitor_of(arena.server)),
                               (HANDSHAKE_CASES, caller_of(arena.server.ingest)),
                               (REQUEST_CASES, caller_of(arena.server.http)),
                               (POST_CASES, caller_of(arena.server.ingest))]:
            for case in cases:
                stranger = prelude()
                stranger.send_in_pieces(case.data, [len(case.data) // 2])
                assert stranger.read_to_end(), case.name
                stranger.close()
        # Silent for longer than a minute it would be closed.
        arena.let_the_bystander_speak()

    def settled() -> bool:
        return arena.server.metrics()["pointerscope_connections"] == 1

    round_of_all()
    wait_until(settled, 60, "only the bystander to be connected")
    before = arena.anonymous_bytes()
    for _ in range(10):
        round_of_all()
    wait_until(settled, 60, "only the bystander to be connected")
    wait_until(lambda: arena.descriptors() <= arena.descriptors_at_first, 60, "as many descriptors as at first")
    grown = arena.anonymous_bytes() - before
    assert grown < GROWTH_BYTES, f"{grown >> 10} KiB more"
