/* The physical limit of receiving: WebSockets on one port whose bytes are read and thrown away.
 *
 * Frames are not walked over and nothing is unmasked. The one thing that is looked for is an empty masked ping at the
 * end of what was read, which is answered, so that `pointerscope load --mode drain` can tell when all has been read.
 * Who speaks `pointerscope.v1` is welcomed for the first thing they say, which is their hello.
 *
 *   sink [--ingest HOST:PORT]
 *
 * Prints {"event":"ready",...} on standard error. Build: cc -O2 -o sink sink.c -lcrypto
 */
#define _GNU_SOURCE
#include "websocket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 256 * 1024, DESCRIPTORS = 65536, EVENTS = 512 };

static unsigned char room[READ_BYTES];
enum { HEAD, HELLO, OPEN };
static unsigned char phase[DESCRIPTORS];
/* A frame with a welcome: new, an id, no token, 60 samples a second, 50 ms a message. */
static const char welcome[] = "\x82\x18\x01\x16\x00\x11~AbCdEfGhIjKlWxYz\x00\x3C\x32";

static void stop(int number) {
    (void)number;
    _exit(0);
}

static int listen_on(const char *address, int *port) {
    char host[64];
    const char *colon = strrchr(address, ':');
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(colon + 1))};
    inet_pton(AF_INET, host, &name.sin_addr);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    socklen_t size = sizeof name;
    if (bind(listener, (struct sockaddr *)&name, size) != 0 || listen(listener, 4096) != 0) {
        perror("listen");
        exit(69);
    }
    getsockname(listener, (struct sockaddr *)&name, &size);
    *port = ntohs(name.sin_port);
    return listener;
}

static void watch(int poller, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

static void take_all(int poller, int listener) {
    int taken;
    while ((taken = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (taken >= DESCRIPTORS) {
            close(taken);
            continue;
        }
        phase[taken] = HEAD;
        watch(poller, taken);
    }
}

static void discard(int socket) {
    ssize_t count = read(socket, room, sizeof room - 1);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        close(socket);
        return;
    }
    if (phase[socket] == HELLO) {
        if (write(socket, welcome, sizeof welcome - 1) != sizeof welcome - 1) close(socket);
        phase[socket] = OPEN;
        return;
    }
    if (phase[socket] == HEAD) {
        char answer[512];
        room[count] = 0;
        int length = ws_answer((char *)room, answer);
        if (length == 0 || write(socket, answer, (size_t)length) != length) close(socket);
        phase[socket] = strstr(answer, "pointerscope.v1") ? HELLO : OPEN;
        return;
    }
    if (count >= 6 && room[count - 6] == 0x89 && room[count - 5] == 0x80) {
        static const unsigned char pong[2] = {0x8A, 0x00};
        if (write(socket, pong, sizeof pong) != sizeof pong) close(socket);
    }
}

int main(int argc, char **argv) {
    const char *address = "127.0.0.1:8081";
    for (int index = 1; index + 1 < argc; index++)
        if (strcmp(argv[index], "--ingest") == 0) address = argv[index + 1];
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    int port, listener = listen_on(address, &port), poller = epoll_create1(EPOLL_CLOEXEC);
    watch(poller, listener);
    fprintf(stderr, "{\"event\":\"ready\",\"ingest\":\"127.0.0.1:%d\",\"http\":\"127.0.0.1:%d\",\"pid\":%d}\n", port,
            port, (int)getpid());
    struct epoll_event events[EVENTS];
    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int index = 0; index < ready; index++) {
            if (events[index].data.fd == listener) {
                take_all(poller, listener);
            } else {
                discard(events[index].data.fd);
            }
        }
    }
}
