"""What viewers get told about visitors, compared with what the visitors said."""

from __future__ import annotations

from typing import Iterable

from wire import Message, Stream

CONTRACT_KEYS = ("id", "x", "y", "t", "k", "b", "w", "h", "p")


def known(message: Message) -> dict:
    """The keys of a sample that the contract names; the server may add others."""
    data = message.data
    assert "kill" not in data, f"a kill where a sample was due: {data}"
    return {key: data[key] for key in CONTRACT_KEYS if key in data}


def is_kill(message: Message) -> bool:
    return "kill" in message.data


def take_known(stream: Stream, count: int) -> list[dict]:
    """The next `count` messages, all of them samples."""
    return [known(message) for message in stream.take(count)]


def take_until_killed(stream: Stream, ids: Iterable[str]) -> list[Message]:
    """All messages up to the one with which the last of these visitors is gone."""
    waiting = set(ids)
    taken: list[Message] = []
    for message in stream.messages():
        taken.append(message)
        waiting.discard(message.data.get("kill"))
        if not waiting:
            return taken
    raise AssertionError(f"{len(taken)} messages came and no kill of {sorted(waiting)[:5]}")


def kills(messages: Iterable[Message]) -> list[str]:
    return [message.data["kill"] for message in messages if is_kill(message)]


def assert_nothing_after_kill(messages: list[Message]) -> None:
    """No sample of a visitor stands behind its kill, and nobody is killed twice."""
    gone: set[str] = set()
    for message in messages:
        data = message.data
        visitor = data.get("kill") or data["id"]
        assert visitor not in gone, f"{data} after the kill of {visitor}"
        if "kill" in data:
            gone.add(visitor)


def assert_without_gaps(messages: list[Message], after: int | None = None) -> None:
    """The messages count up by one and name one boot."""
    numbers = [message.n for message in messages]
    first = numbers[0] if after is None else after + 1
    assert numbers == list(range(first, first + len(numbers)))
    assert len({message.id.rsplit("-", 1)[0] for message in messages}) == 1
