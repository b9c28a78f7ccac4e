"""Times of day where the machine's clock is set, and where the machine sleeps."""

from __future__ import annotations

import json
import time

import preload
from waiting import wait_until, wait_until_holds
from wire import RawWebSocket, Stream

CLOCKS = r"""
    /* Adds what a file says, in seconds: to the time of day, and to the time since the machine was started. */
    int clock_gettime(clockid_t clock, struct timespec *time) {
        int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
        int result = real(clock, time);
        const char *path = getenv("CLOCKS");
        long moved[2] = {0, 0};
        if (path && (clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME)) {
            char text[64] = "";
            int file = open(path, O_RDONLY);
            if (file >= 0) {
                ssize_t count = read(file, text, sizeof text - 1);
                (void)count;
                close(file);
                sscanf(text, "%ld %ld", &moved[0], &moved[1]);
            }
            time->tv_sec += clock == CLOCK_REALTIME ? moved[0] : moved[1];
        }
        return result;
    }
"""
DAY = 86_400


class Machine:
    """A server on a machine whose clocks are moved from outside."""

    def __init__(self, start_server, folder) -> None:
        library = preload.build(folder, "clocks", CLOCKS)
        self.file = folder / "clocks"
        self.moved = [0, 0]
        self.move(0, 0)
        self.server = start_server(workers=1, env=preload.environment(library, CLOCKS=str(self.file)))

    def move(self, wall: int, slept: int) -> None:
        self.moved = [self.moved[0] + wall, self.moved[1] + slept]
        fresh = self.file.with_suffix(".new")
        fresh.write_text("%d %d\n" % tuple(self.moved))
        fresh.rename(self.file)

    def is_now(self, milliseconds: int) -> bool:
        return abs(milliseconds / 1000 - (time.time() + self.moved[0])) < 60


def last_keyframe(stream: Stream) -> dict:
    """The next keyframe's message."""
    for message in stream.messages():
        if message.event == "keyframe":
            return message.data
    raise AssertionError("the stream ended")


def state_of(server, name: str) -> dict:
    return next(visitor for visitor in server.state()["visitors"] if visitor["id"] == name)


def test_a_clock_that_is_set_is_followed_back_and_forth(start_server, tmp_path):
    machine = Machine(start_server, tmp_path)
    server = machine.server
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "ann", "x": 1, "y": 1})
    stream = Stream(server, "?shape=frames&hz=60")
    assert machine.is_now(last_keyframe(stream)["at"])
    for wall in [3 * DAY, -7 * DAY]:
        machine.move(wall, 0)
        # Who rests is told of anew: what is known of them is by a clock that was wrong.
        keyframe = last_keyframe(stream)
        assert machine.is_now(keyframe["at"])
        assert machine.is_now(keyframe["visitors"][0]["since"]) and machine.is_now(keyframe["visitors"][0]["last"])
        assert machine.is_now(state_of(server, "ann")["since"])
        visitor.say({"id": "ann", "x": 2, "y": 2})
        wait_until(lambda: machine.is_now(state_of(server, "ann")["last"]), 30, "a new time")
        server.kill_worker(server.worker_pids()[0])
        log_time = server.event("worker_exited", count=len(server.events("worker_exited")) or 1)["time"]
        assert log_time[:4].isdigit()
        visitor = RawWebSocket(server.ingest)
        visitor.say({"id": "ann", "x": 1, "y": 1})
        wait_until(lambda: server.state()["visitors"], 30, "a visitor")


def test_what_was_before_a_sleep_keeps_its_time(start_server, tmp_path):
    machine = Machine(start_server, tmp_path)
    server = machine.server
    visitor = RawWebSocket(server.ingest)
    visitor.say({"id": "ann", "x": 1, "y": 1})
    wait_until(lambda: server.state()["visitors"], 30, "a visitor")
    before = state_of(server, "ann")
    machine.move(DAY, DAY)

    def sees_the_new_time() -> None:
        visitor.say({"id": "bob", "x": 2, "y": 2})
        assert machine.is_now(state_of(server, "bob")["last"])

    wait_until_holds(sees_the_new_time, 30)
    after = state_of(server, "ann")
    assert abs(after["since"] - before["since"]) < 5 and abs(after["last"] - before["last"]) < 5


def test_the_log_has_the_time_of_the_moment(start_server, tmp_path):
    machine = Machine(start_server, tmp_path)
    server = machine.server
    machine.move(400 * DAY, 0)
    server.kill_worker(server.worker_pids()[0])
    year = int(server.event("worker_exited")["time"][:4])
    assert year >= time.gmtime(time.time() + 399 * DAY).tm_year
    assert json.dumps(server.ready)
