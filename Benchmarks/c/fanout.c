/* The physical limit of fan-out: one buffer of event-stream text written to every viewer.
 *
 * Whoever connects and sends a request gets a head and, at the rate asked for, the same buffer again and again: no
 * encoding, no resume, no slow viewers. `--messages` messages of `--bytes` each make a buffer, `--hz` buffers a second
 * (0: as fast as the sockets take them).
 *
 *   fanout [--http HOST:PORT] [--messages N] [--bytes N] [--hz N]
 *
 * Build: cc -O2 -o fanout fanout.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { VIEWERS = 20000 };

static int viewers[VIEWERS];
static size_t offsets[VIEWERS];
static int count;

static char *make_text(int messages, int bytes, size_t *length) {
    char *text = malloc((size_t)messages * (size_t)(bytes + 64)), *at = text;
    for (int index = 0; index < messages; index++) {
        char *start = at;
        at += sprintf(at, "data: {\"id\":\"visitor%d\",\"x\":%d,\"y\":%d,\"pad\":\"", index, index, index);
        while (at - start < bytes - 4) *at++ = 'x';
        at += sprintf(at, "\"}\n\n");
    }
    *length = (size_t)(at - text);
    return text;
}

/* Writes on at a viewer's place in the buffer; what does not fit is written the next time. */
static void push(int index, const char *text, size_t length) {
    ssize_t written = write(viewers[index], text + offsets[index], length - offsets[index]);
    if (written > 0) offsets[index] = (offsets[index] + (size_t)written) % length;
}

int main(int argument_count, char **arguments) {
    const char *http = "127.0.0.1:0";
    int messages = 500, bytes = 64, hz = 10;
    for (int index = 1; index + 1 < argument_count; index++) {
        if (!strcmp(arguments[index], "--http")) http = arguments[++index];
        else if (!strcmp(arguments[index], "--messages")) messages = atoi(arguments[++index]);
        else if (!strcmp(arguments[index], "--bytes")) bytes = atoi(arguments[++index]);
        else if (!strcmp(arguments[index], "--hz")) hz = atoi(arguments[++index]);
    }
    signal(SIGPIPE, SIG_IGN);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    size_t length;
    char *text = make_text(messages, bytes, &length);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    name.sin_port = htons((uint16_t)atoi(strrchr(http, ':') + 1));
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    socklen_t size = sizeof name;
    if (bind(listener, (struct sockaddr *)&name, size) != 0 || listen(listener, 4096) != 0) return 69;
    getsockname(listener, (struct sockaddr *)&name, &size);
    int poller = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    if (hz > 0) {
        struct itimerspec period = {{0, 1000000000L / hz}, {0, 1000000000L / hz}};
        if (hz == 1) period = (struct itimerspec){{1, 0}, {1, 0}};
        timerfd_settime(timer, 0, &period, NULL);
        event.data.fd = timer;
        epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event);
    }
    fprintf(stderr, "{\"event\":\"ready\",\"ingest\":\"127.0.0.1:%d\",\"http\":\"127.0.0.1:%d\",\"workers\":0,\"pid\":%d}\n",
            ntohs(name.sin_port), ntohs(name.sin_port), (int)getpid());
    struct epoll_event events[256];
    for (;;) {
        int ready = epoll_wait(poller, events, 256, hz > 0 || count == 0 ? -1 : 0);
        for (int index = 0; index < ready; index++) {
            int descriptor = events[index].data.fd;
            if (descriptor == listener) {
                int viewer = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (viewer < 0) continue;
                setsockopt(viewer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                event.events = EPOLLIN | EPOLLONESHOT;
                event.data.fd = viewer;
                epoll_ctl(poller, EPOLL_CTL_ADD, viewer, &event);
            } else if (descriptor == timer) {
                uint64_t expired;
                if (read(timer, &expired, sizeof expired) < 0) continue;
                for (int viewer = 0; viewer < count; viewer++) push(viewer, text, length);
            } else {
                static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                           "Connection: close\r\n\r\n: here\n\n";
                char request[4096];
                if (read(descriptor, request, sizeof request) <= 0 || count == VIEWERS) {
                    close(descriptor);
                } else if (write(descriptor, head, sizeof head - 1) > 0) {
                    viewers[count++] = descriptor;
                }
            }
        }
        if (hz == 0)
            for (int viewer = 0; viewer < count; viewer++) push(viewer, text, length);
    }
}
