/* The physical limit of sending: prepared frames, written again and again to many WebSockets by turns.
 *
 *   writer --ingest HOST:PORT [--connections N] [--seconds S] [--frames K] [--bytes B]
 *
 * Each write holds K masked text frames of B payload bytes (55: what `pointerscope load` sends), made once. A socket
 * that takes nothing waits for epoll. Prints one JSON object. Build: cc -O2 -o writer writer.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

enum { CONNECTIONS = 20000, FRAMES = 1024, PAYLOAD = 125 };

struct lane {
    int socket;
    int is_blocked;
    /* Bytes of the write that the socket has not taken. */
    size_t rest;
};

static struct lane lanes[CONNECTIONS];
static unsigned char frames[FRAMES * (6 + PAYLOAD)];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static int open_lane(const struct sockaddr_in *name) {
    static const char request[] =
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: json\r\n\r\n";
    char answer[4096];
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(made, (const struct sockaddr *)name, sizeof *name) != 0 ||
        write(made, request, sizeof request - 1) < 0 || read(made, answer, sizeof answer) < 12 ||
        memcmp(answer + 9, "101", 3) != 0) {
        perror("connect");
        exit(69);
    }
    fcntl(made, F_SETFL, O_NONBLOCK);
    return made;
}

static size_t prepare(int count, int payload) {
    size_t length = 0;
    for (int index = 0; index < count; index++) {
        unsigned char *frame = frames + length;
        uint32_t mask = 0x5A17C0DEu * (unsigned)(index + 1);
        char text[PAYLOAD + 64];
        int written = snprintf(text, sizeof text, "{\"id\":\"abc-%06d\",\"x\": 812.%06d,\"y\": 433.0000000000}", index, index);
        memset(text + written, ' ', sizeof text - (size_t)written);
        frame[0] = 0x81;
        frame[1] = (unsigned char)(0x80 | payload);
        memcpy(frame + 2, &mask, 4);
        for (int byte = 0; byte < payload; byte++)
            frame[6 + byte] = (unsigned char)text[byte] ^ (unsigned char)(mask >> (byte % 4 * 8));
        length += 6 + (size_t)payload;
    }
    return length;
}

int main(int argc, char **argv) {
    const char *address = "127.0.0.1:8081";
    int connections = 100, count = 1, payload = 55;
    double seconds = 3;
    for (int index = 1; index + 1 < argc; index += 2) {
        if (strcmp(argv[index], "--ingest") == 0) address = argv[index + 1];
        if (strcmp(argv[index], "--connections") == 0) connections = atoi(argv[index + 1]);
        if (strcmp(argv[index], "--seconds") == 0) seconds = atof(argv[index + 1]);
        if (strcmp(argv[index], "--frames") == 0) count = atoi(argv[index + 1]);
        if (strcmp(argv[index], "--bytes") == 0) payload = atoi(argv[index + 1]);
    }
    if (connections < 1 || connections > CONNECTIONS || count < 1 || count > FRAMES || payload < 55 || payload > PAYLOAD)
        return 64;
    char host[64];
    const char *colon = strrchr(address, ':');
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(colon + 1))};
    inet_pton(AF_INET, host, &name.sin_addr);
    size_t length = prepare(count, payload);
    int poller = epoll_create1(EPOLL_CLOEXEC);
    for (int index = 0; index < connections; index++) {
        lanes[index].socket = open_lane(&name);
        struct epoll_event event = {.events = EPOLLOUT | EPOLLET, .data.u32 = (uint32_t)index};
        epoll_ctl(poller, EPOLL_CTL_ADD, lanes[index].socket, &event);
    }
    double begin = now(), end = begin + seconds, before = cpu_seconds();
    uint64_t writes = 0;
    int blocked = 0;
    struct epoll_event events[512];
    while (now() < end) {
        for (int index = 0; index < connections; index++) {
            struct lane *lane = &lanes[index];
            if (lane->is_blocked) continue;
            size_t from = lane->rest ? length - lane->rest : 0;
            ssize_t taken = send(lane->socket, frames + from, length - from, MSG_NOSIGNAL);
            if (taken < 0 && errno != EAGAIN) {
                perror("send");
                return 71;
            }
            if (taken == (ssize_t)(length - from)) {
                lane->rest = 0;
                writes++;
                continue;
            }
            lane->rest = length - from - (size_t)(taken > 0 ? taken : 0);
            lane->is_blocked = 1;
            blocked++;
        }
        int ready = epoll_wait(poller, events, 512, blocked == connections ? 10 : 0);
        for (int index = 0; index < ready; index++) {
            struct lane *lane = &lanes[events[index].data.u32];
            blocked -= lane->is_blocked;
            lane->is_blocked = 0;
        }
    }
    double elapsed = now() - begin;
    printf("{\"frames\":%llu,\"seconds\":%.3f,\"frames_per_second\":%.0f,\"cpu_share\":%.3f}\n",
           (unsigned long long)(writes * (uint64_t)count), elapsed, (double)(writes * (uint64_t)count) / elapsed,
           (cpu_seconds() - before) / elapsed);
    return 0;
}
