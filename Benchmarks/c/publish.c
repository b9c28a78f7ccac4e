/* Posts samples to an HTTP publisher on one kept-open connection, on a schedule fixed in advance.
 *
 *   publish HOST:PORT PATH RATE SECONDS
 *
 * Requests are pipelined; answers are read and thrown away. Prints one JSON object at the end.
 *
 * Build: cc -O2 -o publish publish.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/tcp.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    if (count < 5) return 64;
    double rate = atof(arguments[3]), seconds = atof(arguments[4]);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    name.sin_port = htons((uint16_t)atoi(strrchr(arguments[1], ':') + 1));
    int publisher = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (connect(publisher, (struct sockaddr *)&name, sizeof name) != 0) return 69;
    setsockopt(publisher, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    static char room[1 << 16], answers[1 << 16];
    uint64_t sent = 0;
    double begin = now();
    for (;;) {
        double at = now() - begin;
        if (at >= seconds) break;
        uint64_t due = (uint64_t)(at * rate);
        size_t filled = 0;
        while (sent < due && filled < sizeof room - 512) {
            char body[128];
            int length = snprintf(body, sizeof body, "{\"id\":\"visitor%lu\",\"x\":%lu,\"y\":%lu}", sent % 100, sent, sent);
            filled += (size_t)snprintf(room + filled, 512, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n%s",
                                       arguments[2], length, body);
            sent++;
        }
        for (size_t offset = 0; offset < filled;) {
            ssize_t written = send(publisher, room + offset, filled - offset, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (written > 0) offset += (size_t)written;
            else usleep(200);
            while (recv(publisher, answers, sizeof answers, MSG_DONTWAIT) > 0) {
            }
        }
        while (recv(publisher, answers, sizeof answers, MSG_DONTWAIT) > 0) {
        }
        if (sent >= (uint64_t)((now() - begin) * rate)) usleep(500);
    }
    printf("{\"sent\":%lu,\"seconds\":%.3f}\n", sent, now() - begin);
    return 0;
}
