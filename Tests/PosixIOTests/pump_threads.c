// The pump's threads beside the one that uses them, for ThreadSanitizer: `.ci/sanitize thread` compiles this
// with the shims and runs it, since what runs the unit tests is not compiled for that sanitizer. Everything
// that two threads share is touched: bytes that wait, a destination and a writer that have gone, and at every
// moment of it the question whether all are idle.

#include "pointerscope_shims.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 200, BYTES = 200 * 1000, PATTERN = 251, PATIENCE_MILLISECONDS = 20 * 1000 };

static void require(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "pump_threads: %s (errno %d)\n", what, errno);
        exit(1);
    }
}

static void await(int descriptor, short events) {
    struct pollfd one = {.fd = descriptor, .events = events};
    require(poll(&one, 1, PATIENCE_MILLISECONDS) == 1, "nothing moved");
}

// Sends through the pump and reads behind it until all has come, in order.
static void pass(int pump, int reader) {
    char given[4096], got[4096];
    size_t sent = 0, received = 0;
    while (received < BYTES) {
        size_t count = sizeof given < BYTES - sent ? sizeof given : BYTES - sent;
        for (size_t index = 0; index < count; index++) {
            given[index] = (char)((sent + index) % PATTERN);
        }
        ssize_t written = count ? write(pump, given, count) : 0;
        if (written > 0) sent += (size_t)written;
        bool idle = ps_pumps_are_idle();
        ssize_t taken = read(reader, got, sizeof got);
        if (taken < 0) {
            require(errno == EAGAIN, "reading failed");
            require(!idle || received == sent, "idle with bytes that are not written");
            if (written <= 0) await(reader, POLLIN);
            continue;
        }
        for (ssize_t index = 0; index < taken; index++, received++) {
            require(got[index] == (char)(received % PATTERN), "a byte is out of its place");
        }
    }
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    for (int round = 0; round < ROUNDS; round++) {
        int ends[2];
        require(ps_pipe(ends) == 0, "no pipe");
        int pump = ps_pump_start(ends[1]);
        require(pump >= 0, "no pump");
        close(ends[1]);
        pass(pump, ends[0]);
        while (!ps_pumps_are_idle()) {
            poll(NULL, 0, 1);
        }
        // By turns the reader goes first, or the writer, so that the thread ends in both ways.
        if (round % 2) {
            close(ends[0]);
            while (write(pump, "x", 1) == 1 || errno == EAGAIN) {
                ps_pumps_are_idle();
            }
            require(errno == EPIPE, "a destination that has gone is not told");
            close(pump);
        } else {
            close(pump);
            char rest;
            while (read(ends[0], &rest, 1) < 0) {
                ps_pumps_are_idle();
                await(ends[0], POLLIN);
            }
            close(ends[0]);
        }
    }
    while (!ps_pumps_are_idle()) {
        poll(NULL, 0, 1);
    }
    puts("pump_threads: every byte arrived in its place");
    return 0;
}
