#define _GNU_SOURCE
#include "pointerscope_shims.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* One thread that may wait where its process may not. Never freed: the thread ends with the process. */
typedef struct pump {
    struct pump *next;
    int source;
    int destination;
    /* Set before bytes are taken and cleared when they are written: see ps_pumps_are_idle. */
    atomic_bool is_busy;
    atomic_bool has_ended;
} pump;

/* All there are; only one thread starts pumps and asks for them. */
static pump *pumps;

static bool write_all(int descriptor, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (errno == EAGAIN) {
            /* Somebody who shares it has made it non-blocking. */
            struct pollfd room = {.fd = descriptor, .events = POLLOUT};
            poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static void *work(void *argument) {
    pump *own = argument;
    char room[PIPE_BUF];
    for (;;) {
        struct pollfd ready = {.fd = own->source, .events = POLLIN};
        if (poll(&ready, 1, -1) < 0) {
            continue;
        }
        own->is_busy = true;
        ssize_t count = read(own->source, room, sizeof room);
        if (count == 0 || (count > 0 && !write_all(own->destination, room, (size_t)count))) {
            break;
        }
        own->is_busy = false;
    }
    own->has_ended = true;
    close(own->source);
    close(own->destination);
    return NULL;
}

static int start_thread(pump *own) {
    pthread_attr_t attributes;
    int failure = pthread_attr_init(&attributes);
    if (failure) {
        return failure;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN + 64 * 1024);
    /* Signals are the loop's. A thread begins with the mask of the one that made it. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    failure = pthread_create(&thread, &attributes, work, own);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return failure;
}

int ps_pump_start(int destination) {
    pump *own = calloc(1, sizeof *own);
    if (!own) {
        return -1;
    }
    int ends[2];
    own->destination = fcntl(destination, F_DUPFD_CLOEXEC, 3);
    if (own->destination < 0 || ps_pipe(ends) < 0) {
        if (own->destination >= 0) {
            close(own->destination);
        }
        free(own);
        return -1;
    }
    own->source = ends[0];
    int failure = start_thread(own);
    if (failure) {
        close(own->destination);
        close(ends[0]);
        close(ends[1]);
        free(own);
        errno = failure;
        return -1;
    }
    own->next = pumps;
    pumps = own;
    return ends[1];
}

void ps_pump_undo(int number) {
    struct stat wanted;
    if (fstat(number, &wanted) != 0) {
        return;
    }
    for (pump *each = pumps; each; each = each->next) {
        struct stat own;
        if (each->has_ended || fstat(each->source, &own) != 0) {
            continue;
        }
        if (own.st_ino == wanted.st_ino && own.st_dev == wanted.st_dev) {
            dup2(each->destination, number);
            return;
        }
    }
}

bool ps_pumps_are_idle(void) {
    for (pump *each = pumps; each; each = each->next) {
        int waiting = 0;
        if (each->has_ended) {
            continue;
        }
        /* Asked in this order, because what is taken between the two was seen to wait. */
        bool waits = ioctl(each->source, FIONREAD, &waiting) == 0 && waiting > 0;
        if (waits || each->is_busy) {
            return false;
        }
    }
    return true;
}
