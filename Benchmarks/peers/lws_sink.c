/* libwebsockets as a sink: it parses every frame and throws the payload away.
 *
 *   lws_sink [--ingest HOST:PORT]
 *
 * Build: cc -O2 -o lws_sink lws_sink.c -lwebsockets
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static struct lws_context *context;
static volatile int is_over;

static int sink(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
    (void)wsi, (void)user, (void)in, (void)length, (void)reason;
    return 0;
}

static void stop(int signal) {
    (void)signal;
    is_over = 1;
    lws_cancel_service(context);
}

int main(int count, char **arguments) {
    int port = 0;
    for (int index = 1; index + 1 < count; index++)
        if (!strcmp(arguments[index], "--ingest")) port = atoi(strrchr(arguments[++index], ':') + 1);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    lws_set_log_level(LLL_ERR, NULL);
    static const struct lws_protocols protocols[] = {{"json", sink, 0, 64 * 1024, 0, NULL, 0}, {NULL, NULL, 0, 0, 0, NULL, 0}};
    struct lws_context_creation_info info = {
        .port = port, .iface = "127.0.0.1", .protocols = protocols, .pt_serv_buf_size = 64 * 1024,
        .fd_limit_per_thread = (unsigned)limit.rlim_cur};
    context = lws_create_context(&info);
    if (!context) return 69;
    signal(SIGTERM, stop);
    fprintf(stderr, "{\"event\":\"ready\",\"ingest\":\"127.0.0.1:%d\",\"http\":\"127.0.0.1:%d\",\"workers\":0,\"pid\":%d}\n",
            lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")),
            lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")), (int)getpid());
    while (!is_over && lws_service(context, 0) >= 0) {
    }
    lws_context_destroy(context);
    return 0;
}
