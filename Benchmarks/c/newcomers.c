/* Newcomers at a WebSocket server: so many connections, a fixed number of them under way at a time.
 *
 * Each connects, sends an opening handshake, and counts once it was answered with 101; another one begins then. All
 * stay open until standard input ends. For each line "COUNT\n" that is read there, so many come, and one line of JSON
 * says what came of them.
 *
 *   newcomers HOST PORT UNDER_WAY
 *
 * Build: cc -O2 -o newcomers newcomers.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HANDSHAKE_BYTES = 512, EVENTS = 256 };

static char handshake[HANDSHAKE_BYTES];
static size_t handshake_length;
static struct sockaddr_in server = {.sin_family = AF_INET};
static int poller, opened, failed, refused, under_way;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(int connection, int *count) {
    if (connection >= 0) close(connection);
    *count += 1;
    under_way--;
}

/* Begins one; what is connected says its handshake when it turns writable. */
static void begin(void) {
    under_way++;
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    if (connection < 0) return fail(connection, &failed);
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(connection, (struct sockaddr *)&server, sizeof server) != 0 && errno != EINPROGRESS) {
        return fail(connection, errno == ECONNREFUSED ? &refused : &failed);
    }
    struct epoll_event event = {.events = EPOLLOUT, .data.fd = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, connection, &event);
}

static void advance(int connection, unsigned what) {
    char answer[1024];
    struct epoll_event event = {.events = EPOLLIN, .data.fd = connection};
    if (what & EPOLLOUT && !(what & (EPOLLERR | EPOLLHUP))) {
        if (write(connection, handshake, handshake_length) != (ssize_t)handshake_length) {
            return fail(connection, &failed);
        }
        epoll_ctl(poller, EPOLL_CTL_MOD, connection, &event);
        return;
    }
    /* An answer of some hundred bytes comes as one. */
    ssize_t length = read(connection, answer, sizeof answer);
    if (length < 12 || memcmp(answer, "HTTP/1.1 101", 12) != 0) {
        return fail(connection, length < 0 && errno == ECONNREFUSED ? &refused : &failed);
    }
    /* It stays, and nobody looks at it any more. */
    epoll_ctl(poller, EPOLL_CTL_DEL, connection, NULL);
    opened++;
    under_way--;
}

static void come(int wanted, int most) {
    struct epoll_event events[EVENTS];
    int begun = 0;
    double start = now();
    opened = failed = refused = 0;
    while (begun < wanted || under_way > 0) {
        for (; begun < wanted && under_way < most; begun++) begin();
        int ready = epoll_wait(poller, events, EVENTS, 10000);
        if (ready == 0) break;
        for (int index = 0; index < ready; index++) advance(events[index].data.fd, events[index].events);
    }
    printf("{\"opened\":%d,\"failed\":%d,\"refused\":%d,\"waiting\":%d,\"seconds\":%.6f}\n", opened, failed, refused,
           under_way, now() - start);
    fflush(stdout);
}

int main(int count, char **arguments) {
    if (count != 4) return 64;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    inet_pton(AF_INET, arguments[1], &server.sin_addr);
    server.sin_port = htons((unsigned short)atoi(arguments[2]));
    handshake_length = (size_t)snprintf(
        handshake, sizeof handshake,
        "GET / HTTP/1.1\r\nHost: %s:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        arguments[1], arguments[2]);
    poller = epoll_create1(EPOLL_CLOEXEC);
    char line[32];
    while (fgets(line, sizeof line, stdin)) come(atoi(line), atoi(arguments[3]));
    return 0;
}
