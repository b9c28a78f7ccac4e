/* What a worker may ask of the kernel (seccomp(2)). */
#define _GNU_SOURCE
#include "pointerscope_shims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int ps_keep_memory_private(void) {
    struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    int refused = setrlimit(RLIMIT_CORE, &none);
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && refused == 0 ? 0 : -1;
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

/* What a worker's loop does, first what it does all the time; then what its memory, its clocks and its end
 * need, and how a crash is told. */
static const int allowed[] = {
    SYS_epoll_pwait, SYS_epoll_pwait2, SYS_epoll_ctl, SYS_read, SYS_write, SYS_readv, SYS_writev,
    SYS_recvfrom, SYS_sendto, SYS_recvmsg, SYS_sendmsg, SYS_close, SYS_shutdown, SYS_getsockopt,
    SYS_setsockopt,
    SYS_getsockname, SYS_getpeername, SYS_fcntl, SYS_ppoll,
#ifdef SYS_epoll_wait
    SYS_epoll_wait, SYS_poll,
#endif
    SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_futex, SYS_getrandom, SYS_membarrier,
    SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday, SYS_nanosleep, SYS_clock_nanosleep,
    SYS_restart_syscall, SYS_sched_yield, SYS_sched_getaffinity, SYS_rt_sigaction, SYS_rt_sigprocmask,
    SYS_rt_sigreturn, SYS_sigaltstack, SYS_getpid, SYS_gettid, SYS_fstat, SYS_lseek, SYS_exit, SYS_exit_group,
};

/* What only somebody asks for who has taken the process over: it ends at once. All else that is not allowed
 * fails with EPERM, since a library may try it and get on without. */
static const int deadly[] = {
    SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_socket,
    SYS_connect, SYS_bind, SYS_listen, SYS_bpf, SYS_setns, SYS_unshare, SYS_mount, SYS_keyctl,
    SYS_init_module, SYS_finit_module,
};

/* Whoever tries a call that is newer than all of these is prepared to hear that there is none. */
enum { NEWEST_KNOWN = SYS_epoll_pwait2 };

enum { COUNT = sizeof allowed / sizeof *allowed, DEADLY_COUNT = sizeof deadly / sizeof *deadly };

struct program {
    struct sock_filter steps[32 + 2 * (COUNT + DEADLY_COUNT)];
    unsigned short count;
};

static void add(struct program *program, struct sock_filter step) { program->steps[program->count++] = step; }

static void load(struct program *program, size_t offset) {
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void answer(struct program *program, unsigned result) {
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, result));
}

/* Answers `result` where the word that was loaded is this one. */
static void answer_if(struct program *program, unsigned word, unsigned result) {
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, word, 0, 1));
    answer(program, result);
}

/* The low half of an argument; both architectures are little-endian. */
static size_t argument(int index) {
    return offsetof(struct seccomp_data, args) + sizeof(unsigned long long) * (size_t)index;
}

static void describe(struct program *program, int accepts) {
    const unsigned refuse = SECCOMP_RET_ERRNO | EPERM, kill = SECCOMP_RET_KILL_PROCESS;
    load(program, offsetof(struct seccomp_data, arch));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
    answer(program, kill);
    load(program, offsetof(struct seccomp_data, nr));
#ifdef __X32_SYSCALL_BIT
    /* The same calls by other numbers (syscall(2), "Architecture calling conventions"). */
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, __X32_SYSCALL_BIT, 0, 1));
    answer(program, kill);
#endif
    if (accepts) {
        /* Its listener is the master's, too, which must never wait in an accept of its own: so nothing that
         * it has is made blocking. */
        add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 4));
        load(program, argument(1));
        answer_if(program, F_SETFL, refuse);
        answer(program, SECCOMP_RET_ALLOW);
    }
    for (int index = 0; index < COUNT; index++) {
        answer_if(program, (unsigned)allowed[index], SECCOMP_RET_ALLOW);
    }
    /* Who is handed its connections has nothing to accept. */
    if (accepts) answer_if(program, SYS_accept4, SECCOMP_RET_ALLOW);
    for (int index = 0; index < DEADLY_COUNT; index++) answer_if(program, (unsigned)deadly[index], kill);
    /* Memory, but none that can be run. */
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 4));
    load(program, argument(2));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1));
    answer(program, refuse);
    answer(program, SECCOMP_RET_ALLOW);
    /* A signal to itself, as abort(3) sends it. */
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4));
    load(program, argument(0));
    answer_if(program, (unsigned)getpid(), SECCOMP_RET_ALLOW);
    answer(program, refuse);
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, NEWEST_KNOWN, 0, 1));
    answer(program, SECCOMP_RET_ERRNO | ENOSYS);
    answer(program, refuse);
}

int ps_confine_worker(int accepts) {
    struct program program = {.count = 0};
    describe(&program, accepts);
    struct sock_fprog whole = {.len = program.count, .filter = program.steps};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    /* It runs nobody's code, so that what slows down those that do is not for it (SPEC_ALLOW). */
    unsigned flags = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &whole);
    /* A thread that could not be brought along. */
    if (result > 0) errno = ESRCH;
    return result == 0 ? 0 : -1;
}

#else

int ps_confine_worker(int accepts) {
    (void)accepts;
    errno = ENOSYS;
    return -1;
}

#endif
