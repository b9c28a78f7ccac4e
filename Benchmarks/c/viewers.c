/* Many readers of an event stream in one process: counts messages and bytes, keeps nothing.
 *
 *   viewers HOST:PORT PATH COUNT SECONDS
 *
 * Prints one JSON object on a line when all are connected, and one with the figures after SECONDS or at end of input on
 * standard input, whichever comes first. A message is counted by its "\ndata:" (the heads in front carry none).
 *
 * Build: cc -O2 -o viewers viewers.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 18, VIEWERS = 20000 };

/* How much of "\ndata:" the bytes read so far end with. */
static unsigned char matched[VIEWERS];
static uint64_t messages[VIEWERS];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Messages in `count` bytes, with what may be cut in two at either end. */
static void scan(int viewer, const char *at, size_t count) {
    static const char word[] = "\ndata:";
    const char *end = at + count;
    while (matched[viewer] > 0 && at < end) {
        if (*at == word[matched[viewer]]) {
            at++;
            if (++matched[viewer] == 6) {
                messages[viewer]++;
                matched[viewer] = 0;
            }
        } else {
            matched[viewer] = 0;
        }
    }
    while (at < end && (at = memmem(at, (size_t)(end - at), word, 6))) {
        messages[viewer]++;
        at += 6;
    }
    size_t tail = count < 5 ? count : 5;
    for (size_t length = tail; length > 0; length--)
        if (!memcmp(end - length, word, length)) {
            matched[viewer] = (unsigned char)length;
            break;
        }
}

int main(int argument_count, char **arguments) {
    if (argument_count < 5) return 64;
    int count = atoi(arguments[3]);
    if (count < 1 || count > VIEWERS) return 64;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    name.sin_port = htons((uint16_t)atoi(strrchr(arguments[1], ':') + 1));
    int poller = epoll_create1(0);
    for (int index = 0; index < count; index++) {
        char request[512];
        int length = snprintf(request, sizeof request,
                              "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n", arguments[2]);
        int viewer = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(viewer, (struct sockaddr *)&name, sizeof name) != 0 || write(viewer, request, (size_t)length) < 0) {
            perror("viewers");
            return 69;
        }
        fcntl(viewer, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)index << 32 | (uint32_t)viewer};
        epoll_ctl(poller, EPOLL_CTL_ADD, viewer, &event);
    }
    printf("{\"connected\":%d}\n", count);
    fflush(stdout);
    char *room = malloc(READ_BYTES);
    uint64_t bytes = 0;
    int ended = 0;
    double begin = now(), deadline = begin + atof(arguments[4]);
    struct epoll_event events[256];
    while (now() < deadline) {
        struct pollfd input = {.fd = 0, .events = POLLIN};
        if (poll(&input, 1, 0) == 1 && input.revents & (POLLIN | POLLHUP)) break;
        int ready = epoll_wait(poller, events, 256, 20);
        for (int index = 0; index < ready; index++) {
            int viewer = (int)(events[index].data.u64 >> 32), descriptor = (int)(uint32_t)events[index].data.u64;
            ssize_t got = read(descriptor, room, READ_BYTES);
            if (got <= 0) {
                if (got < 0 && errno == EAGAIN) continue;
                close(descriptor);
                ended++;
                continue;
            }
            bytes += (uint64_t)got;
            scan(viewer, room, (size_t)got);
        }
    }
    uint64_t total = 0, least = UINT64_MAX, most = 0;
    for (int index = 0; index < count; index++) {
        total += messages[index];
        if (messages[index] < least) least = messages[index];
        if (messages[index] > most) most = messages[index];
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"messages\":%lu,\"least\":%lu,\"most\":%lu,\"bytes\":%lu,\"ended\":%d,\"seconds\":%.3f,\"cpu_seconds\":%.3f}\n",
           total, least, most, bytes, ended, now() - begin, cpu);
    return 0;
}
