/* The physical limit of the whole way: a relay of the same shape as the server's that checks nothing.
 *
 * Two workers accept WebSockets on one port, take the masks off and copy each text frame's bytes into a pipe to the
 * master, which puts "data: " in front and writes the same bytes to every viewer that asked for a stream. There is no
 * presence, no bound, no accounting and no slow viewer: what this cannot do, no server of this shape can.
 *
 *   relay [--ingest HOST:PORT] [--http HOST:PORT] [--workers N]      (other flags are passed over)
 *
 * Build: cc -O2 -o relay relay.c -lcrypto
 */
#define _GNU_SOURCE
#include "websocket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READ_BYTES = 256 * 1024, VIEWERS = 4096, CONNECTIONS = 65536, WORKERS = 16, HEAD_BYTES = 4096 };

/* What a connection has that is not a whole frame or head yet. */
struct partial {
    unsigned char *bytes;
    size_t count;
    int is_open;
};

static struct partial connections[CONNECTIONS];
static int viewers[VIEWERS];
static int viewer_count;

static int listen_on(const char *address, int *port) {
    char host[64];
    const char *colon = strrchr(address, ':');
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(colon + 1))};
    inet_pton(AF_INET, host, &name.sin_addr);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int one = 1;
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

static void watch(int poller, int descriptor, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = descriptor};
    epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

static void write_all(int descriptor, const void *bytes, size_t count) {
    const char *at = bytes;
    while (count > 0) {
        ssize_t written = write(descriptor, at, count);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EAGAIN) {
            /* A viewer that lags holds everyone up: this is the limit, not a server. */
            usleep(50);
            continue;
        }
        if (written <= 0) return;
        at += written;
        count -= (size_t)written;
    }
}

static void drop(int descriptor) {
    free(connections[descriptor].bytes);
    connections[descriptor] = (struct partial){0};
    close(descriptor);
}

/* Walks over what came in; whole text frames go to `out` as lines of an event stream. */
static size_t take_frames(int descriptor, unsigned char *at, size_t count, unsigned char *out, size_t *filled) {
    size_t offset = 0;
    struct ws_frame frame;
    while (ws_next(at + offset, count - offset, &frame)) {
        ws_unmask(&frame);
        offset += frame.bytes;
        if (frame.opcode == 1) {
            memcpy(out + *filled, "data: ", 6);
            memcpy(out + *filled + 6, frame.payload, frame.length);
            memcpy(out + *filled + 6 + frame.length, "\n\n", 2);
            *filled += frame.length + 8;
        } else if (frame.opcode == 9 && frame.length < 126) {
            unsigned char pong[128] = {0x8A, (unsigned char)frame.length};
            memcpy(pong + 2, frame.payload, frame.length);
            write_all(descriptor, pong, frame.length + 2);
        } else if (frame.opcode == 8) {
            return (size_t)-1;
        }
    }
    return offset;
}

static void read_visitor(int descriptor, unsigned char *room, unsigned char *out, size_t *filled) {
    struct partial *own = &connections[descriptor];
    memcpy(room, own->bytes, own->count);
    ssize_t got = read(descriptor, room + own->count, READ_BYTES - own->count);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return drop(descriptor);
    size_t count = own->count + (size_t)got, used = 0;
    if (!own->is_open) {
        room[count] = 0;
        char *end = strstr((char *)room, "\r\n\r\n");
        if (end) {
            char answer[512];
            int length = ws_answer((char *)room, answer);
            if (length == 0) return drop(descriptor);
            write_all(descriptor, answer, (size_t)length);
            own->is_open = 1;
            used = (size_t)(end + 4 - (char *)room);
        }
    }
    if (own->is_open) {
        size_t taken = take_frames(descriptor, room + used, count - used, out, filled);
        if (taken == (size_t)-1) return drop(descriptor);
        used += taken;
    }
    own->count = count - used;
    own->bytes = own->count ? realloc(own->bytes, own->count) : (free(own->bytes), NULL);
    if (own->count) memcpy(own->bytes, room + used, own->count);
}

static void work(int listener, int pipe_end) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    unsigned char *room = malloc(READ_BYTES + 1), *out = malloc(4 * READ_BYTES);
    int poller = epoll_create1(0);
    watch(poller, listener, EPOLLIN | EPOLLEXCLUSIVE);
    struct epoll_event events[256];
    for (;;) {
        int ready = epoll_wait(poller, events, 256, -1);
        size_t filled = 0;
        for (int index = 0; index < ready; index++) {
            int descriptor = events[index].data.fd;
            if (descriptor == listener) {
                int visitor = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (visitor >= CONNECTIONS) close(visitor);
                else if (visitor >= 0) watch(poller, visitor, EPOLLIN);
                continue;
            }
            read_visitor(descriptor, room, out, &filled);
            if (filled > READ_BYTES) {
                write_all(pipe_end, out, filled);
                filled = 0;
            }
        }
        if (filled) write_all(pipe_end, out, filled);
    }
}

/* A request on the HTTP port: whatever it asks for, it gets the stream. */
static void open_stream(int viewer) {
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                               "Connection: close\r\n\r\n: here\n\n";
    char request[HEAD_BYTES];
    if (read(viewer, request, sizeof request) <= 0 || viewer_count == VIEWERS) {
        close(viewer);
        return;
    }
    write_all(viewer, head, sizeof head - 1);
    viewers[viewer_count++] = viewer;
}

static void relay(int *pipes, int worker_count, int http) {
    unsigned char *room = malloc(READ_BYTES);
    int poller = epoll_create1(0);
    watch(poller, http, EPOLLIN);
    for (int index = 0; index < worker_count; index++) watch(poller, pipes[index], EPOLLIN);
    struct epoll_event events[64];
    for (;;) {
        int ready = epoll_wait(poller, events, 64, -1);
        for (int index = 0; index < ready; index++) {
            int descriptor = events[index].data.fd, is_pipe = 0;
            for (int worker = 0; worker < worker_count; worker++) is_pipe |= pipes[worker] == descriptor;
            if (descriptor == http) {
                int viewer = accept4(http, NULL, NULL, SOCK_NONBLOCK);
                int one = 1;
                if (viewer < 0) continue;
                setsockopt(viewer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                watch(poller, viewer, EPOLLIN | EPOLLONESHOT);
            } else if (is_pipe) {
                ssize_t got = read(descriptor, room, READ_BYTES);
                if (got <= 0) exit(0);
                for (int viewer = 0; viewer < viewer_count; viewer++)
                    write_all(viewers[viewer], room, (size_t)got);
            } else {
                open_stream(descriptor);
            }
        }
    }
}

static void stop(int signal) {
    (void)signal;
    _exit(0);
}

int main(int count, char **arguments) {
    const char *ingest = "127.0.0.1:0", *http = "127.0.0.1:0";
    int workers = 2, ingest_port, http_port, pipes[WORKERS];
    for (int index = 1; index + 1 < count; index++) {
        if (!strcmp(arguments[index], "--ingest")) ingest = arguments[++index];
        else if (!strcmp(arguments[index], "--http")) http = arguments[++index];
        else if (!strcmp(arguments[index], "--workers")) workers = atoi(arguments[++index]);
    }
    if (workers < 1 || workers > WORKERS) workers = 2;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    signal(SIGPIPE, SIG_IGN);
    int visitors = listen_on(ingest, &ingest_port), admins = listen_on(http, &http_port);
    for (int index = 0; index < workers; index++) {
        /* Not a pipe: a record of several frames has to arrive whole, and a socket takes more at once. */
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return 71;
        if (fork() == 0) work(visitors, ends[1]);
        close(ends[1]);
        pipes[index] = ends[0];
    }
    signal(SIGTERM, stop);
    fprintf(stderr, "{\"event\":\"ready\",\"ingest\":\"127.0.0.1:%d\",\"http\":\"127.0.0.1:%d\",\"workers\":%d,\"pid\":%d}\n",
            ingest_port, http_port, workers, (int)getpid());
    relay(pipes, workers, admins);
}
