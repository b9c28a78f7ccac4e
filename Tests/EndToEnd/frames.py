"""What a viewer of the frames shape makes of it: a picture that each message changes."""

from __future__ import annotations

from wire import Message, Stream

LARGEST_MESSAGE = 65536


class Picture:
    """Applies keyframes, frames and statuses, and checks what must hold for each of them."""

    def __init__(self, stream: Stream) -> None:
        self.visitors: dict[str, dict] = {}
        self.samples: list[dict] = []
        self.leaves: list[str] = []
        self.statuses: list[dict] = []
        self.keyframes = 0
        self.n: int | None = None
        self.at = 0
        self._boot = ""
        self._continues = ""
        self._messages = stream.messages()

    def step(self) -> Message:
        """Takes one message and applies it."""
        message = next(self._messages, None)
        assert message is not None, "the stream ended or nothing came"
        assert len(message.text) <= LARGEST_MESSAGE
        boot = message.id.split("-")[0]
        assert boot == (self._boot or boot)
        self._boot = boot
        self._check_parts(message)
        getattr(self, "_apply_" + message.event)(message, message.data)
        return message

    def _check_parts(self, message: Message) -> None:
        """A viewer that falls behind inside a split frame gets a keyframe for the rest; nothing else breaks in."""
        if self._continues == "keyframe":
            assert message.event == "keyframe", "a split keyframe is interrupted"
        elif self._continues == "frame" and message.event == "frame":
            assert message.data["at"] == self.at, "a split frame is followed by another"

    def until(self, n: int) -> None:
        """Goes on until the picture holds everything up to n."""
        while self.n is None or self.n < n or self._continues:
            self.step()
        assert self.n == n

    def until_status(self) -> dict:
        while self.step().event != "status":
            pass
        return self.statuses[-1]

    def _apply_keyframe(self, message: Message, data: dict) -> None:
        if self._continues != "keyframe":
            self.visitors.clear()
            self.keyframes += 1
        for visitor in data["visitors"]:
            assert visitor["id"] not in self.visitors
            assert {"id", "since", "worker", "rate", "last"} <= visitor.keys()
            assert visitor["since"] <= visitor["last"] <= data["at"]
            self.visitors[visitor["id"]] = visitor
        self._took(message, data, None)

    def _apply_frame(self, message: Message, data: dict) -> None:
        assert self.keyframes, "a frame before the first keyframe"
        assert data["joins"] or data["samples"] or data["leaves"], "an empty frame"
        for join in data["joins"]:
            assert {"id", "since", "worker"} <= join.keys() and join["since"] <= data["at"]
            assert join["id"] not in self.visitors, "joined twice"
            self.visitors[join["id"]] = dict(join)
        for sample in data["samples"]:
            self.visitors[sample["id"]].update(sample)
            self.samples.append(sample)
        for leave in data["leaves"]:
            del self.visitors[leave]
            self.leaves.append(leave)
        self._took(message, data, len(data["samples"]) + len(data["leaves"]))

    def _apply_history(self, message: Message, data: dict) -> None:
        assert message.n == self.n and data["at"] <= self.at, "a history of what is still to come"

    def _apply_status(self, message: Message, data: dict) -> None:
        assert message.n == self.n
        self.statuses.append(data)

    def _took(self, message: Message, data: dict, count: int | None) -> None:
        """A frame carries the number of the last that it covers, and covers each number once."""
        assert data["at"] >= self.at
        self.at = data["at"]
        if count is not None:
            assert message.n == self.n + count
        self.n = message.n
        assert data.get("more") in (None, True)
        self._continues = message.event if data.get("more") else ""
