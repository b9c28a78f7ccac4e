#define _GNU_SOURCE
#include "pointerscope_shims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

int ps_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int ps_pidfd_send_signal(int pidfd, int number) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

int ps_pidfd_reap(int pidfd, bool waits, int *status, bool *was_signaled) {
    siginfo_t info = {.si_pid = 0};
    int result;
    do {
        result = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | (waits ? 0 : WNOHANG));
    } while (result < 0 && errno == EINTR);
    if (result < 0) {
        return -1;
    }
    *status = info.si_status;
    *was_signaled = info.si_code != CLD_EXITED;
    return info.si_pid != 0;
}

int ps_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK); }

void ps_close_on_exec_from(unsigned first) { close_range(first, ~0U, CLOSE_RANGE_CLOEXEC); }

void ps_close_from(unsigned first) { close_range(first, ~0U, 0); }

uint32_t ps_file_system(const char *path) {
    struct statfs facts;
    return statfs(path, &facts) == 0 ? (uint32_t)facts.f_type : 0;
}

// Of <linux/sched/types.h>, which cannot be included beside <sched.h>.
struct scheduling {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

void ps_yield_to_others(int nice) {
    // SCHED_OTHER, where the runtime is the slice; 100 ms are the most that there are.
    struct scheduling wish = {.size = sizeof wish, .nice = nice, .runtime = 100000000};
    if (syscall(SYS_sched_setattr, 0, &wish, 0) != 0) setpriority(PRIO_PROCESS, 0, nice);
}

int ps_memfd_create(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

static sigset_t set_of(const int *signals, size_t count) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t index = 0; index < count; index++) {
        sigaddset(&set, signals[index]);
    }
    return set;
}

void ps_unblock_signals(const int *signals, size_t count) {
    sigset_t set = set_of(signals, count);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int ps_signalfd(const int *signals, size_t count) {
    sigset_t set = set_of(signals, count);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int ps_next_signal(int descriptor) {
    struct signalfd_siginfo info;
    return read(descriptor, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

int ps_accept(int listener, void *peer) {
    socklen_t length = sizeof(struct sockaddr_storage);
    return accept4(listener, peer, peer ? &length : NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

ssize_t ps_send_descriptors(int socket, const void *bytes, size_t count, const int *descriptors,
                            size_t descriptor_count) {
    if (descriptor_count > PS_DESCRIPTORS_PER_MESSAGE) {
        errno = EINVAL;
        return -1;
    }
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * PS_DESCRIPTORS_PER_MESSAGE)];
    } control;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor_count > 0) {
        size_t size = sizeof(int) * descriptor_count;
        memset(&control, 0, CMSG_SPACE(size));
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(size);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(size);
        memcpy(CMSG_DATA(header), descriptors, size);
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

ssize_t ps_receive_descriptors(int socket, void *bytes, size_t count, int *descriptors,
                               size_t *descriptor_count, bool *truncated) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * PS_DESCRIPTORS_PER_MESSAGE)];
    } control;
    size_t room = *descriptor_count;
    if (room > PS_DESCRIPTORS_PER_MESSAGE) {
        room = PS_DESCRIPTORS_PER_MESSAGE;
    }
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = CMSG_SPACE(sizeof(int) * room),
    };
    *descriptor_count = 0;
    *truncated = false;
    ssize_t received;
    do {
        received = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (received < 0 && errno == EINTR);
    if (received < 0) {
        return received;
    }
    *truncated = (message.msg_flags & MSG_CTRUNC) != 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t arrived = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(descriptors + *descriptor_count, CMSG_DATA(header), arrived * sizeof(int));
        *descriptor_count += arrived;
    }
    return received;
}

int ps_spawn(pid_t *pid, const char *path, char *const *arguments, char *const *environment,
             const ps_inherited *inherited, size_t inherited_count, bool new_session) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure) {
        return failure;
    }
    failure = posix_spawnattr_init(&attributes);
    if (failure) {
        posix_spawn_file_actions_destroy(&actions);
        return failure;
    }
    // A target that is another entry's source would be overwritten before it is copied.
    for (size_t index = 0; !failure && index < inherited_count; index++) {
        failure =
            posix_spawn_file_actions_adddup2(&actions, inherited[index].source, inherited[index].target);
    }
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    // An ignored signal survives the exec: a child that is to ignore it does so from its first moment.
    sigdelset(&all, SIGINT);
    if (!failure) {
        failure = posix_spawnattr_setsigmask(&attributes, &none);
    }
    if (!failure) {
        failure = posix_spawnattr_setsigdefault(&attributes, &all);
    }
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (new_session) {
        flags |= POSIX_SPAWN_SETSID;
    }
    if (!failure) {
        failure = posix_spawnattr_setflags(&attributes, flags);
    }
    if (!failure) {
        failure = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

extern char **environ;
char **ps_environment(void) { return environ; }

/* What a crash handler gives a terminal back with; it may use nothing that is not async-signal-safe. */
static struct {
    volatile int descriptor;
    struct termios modes;
    size_t count;
    char bytes[256];
} crash = {.descriptor = -1};

static void crashed(int number) {
    int descriptor = crash.descriptor;
    crash.descriptor = -1;
    if (descriptor >= 0) {
        tcsetattr(descriptor, TCSANOW, &crash.modes);
        ssize_t written = write(descriptor, crash.bytes, crash.count);
        (void)written;
    }
    /* The handler is gone (SA_RESETHAND): this time it ends the process. */
    raise(number);
}

void ps_restore_terminal_on_crash(int descriptor, const void *modes, const void *bytes, size_t count) {
    static const int numbers[] = {SIGSEGV, SIGBUS,  SIGILL,  SIGTRAP, SIGABRT, SIGFPE,    SIGSYS,
                                  SIGUSR1, SIGUSR2, SIGALRM, SIGPROF, SIGXCPU, SIGVTALRM, SIGSTKFLT};
    static char stack[64 * 1024];
    static bool is_armed;
    crash.descriptor = -1;
    if (descriptor < 0) return;
    memcpy(&crash.modes, modes, sizeof crash.modes);
    crash.count = count < sizeof crash.bytes ? count : sizeof crash.bytes;
    memcpy(crash.bytes, bytes, crash.count);
    crash.descriptor = descriptor;
    if (is_armed) return;
    is_armed = true;
    /* A stack of its own, because one that is full is a reason to crash. */
    stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&own, NULL);
    struct sigaction action = {.sa_handler = crashed};
    action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
    for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++)
        sigaction(numbers[index], &action, NULL);
}

void ps_release_free_heap(void) { malloc_trim(0); }

void ps_keep_large_blocks_apart(void) {
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 2 << 20);
}

uint64_t ps_descriptor_limit(pid_t pid) {
    struct rlimit limit;
    return prlimit(pid, RLIMIT_NOFILE, NULL, &limit) == 0 ? limit.rlim_cur : 0;
}
