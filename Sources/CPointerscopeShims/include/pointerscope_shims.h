#ifndef POINTERSCOPE_SHIMS_H
#define POINTERSCOPE_SHIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

// What the Swift importer cannot see: function-like macros (CMSG_*, W*),
// headers outside the Glibc module (epoll), and calls without a wrapper.

/// Has the processor fetch the `count` bytes at `address` while it does other work; nothing is looked at, so
/// that they may lie anywhere.
static inline void ps_prefetch(const void *_Nonnull address, size_t count) {
    for (size_t offset = 0; offset < count; offset += 64) __builtin_prefetch((const char *)address + offset);
    __builtin_prefetch((const char *)address + count - 1);
}

/// pidfd_open(2), close-on-exec; -1 and errno on failure.
int ps_pidfd_open(pid_t pid);

/// pidfd_send_signal(2): reaches the process that `pidfd` was opened for and never another with its number.
/// 0, or -1 and errno.
int ps_pidfd_send_signal(int pidfd, int number);

/// waitid(2) for the child behind `pidfd`, without waiting unless `waits`: 1 when it has ended and is gone
/// for the kernel too, with its exit status or the number of its signal in `*status`; 0 while it runs; -1 and
/// errno.
int ps_pidfd_reap(int pidfd, bool waits, int *_Nonnull status, bool *_Nonnull was_signaled);

/// pipe2(2), both ends close-on-exec and non-blocking; 0, or -1 and errno.
int ps_pipe(int ends[_Nonnull 2]);

/// Starts a thread that takes what is written to the descriptor returned, which does not block, and writes it
/// to a copy of `destination`, where only the thread waits. What can no longer be written there gives EPIPE
/// here. -1 and errno on failure. The thread takes no signals and lives as long as the process.
int ps_pump_start(int destination);

/// Puts the destination of the pump that `number` writes into in its place; where it does not, nothing is
/// done.
void ps_pump_undo(int number);

/// Whether every pump has written what it was given.
bool ps_pumps_are_idle(void);

/// Marks every descriptor from `first` on close-on-exec (close_range(2)), so that
/// what a careless parent left open goes no further.
void ps_close_on_exec_from(unsigned first);

/// Closes every descriptor from `first` on (close_range(2)).
void ps_close_from(unsigned first);

/// The politest a process can be and still get on: `nice` (nice(2)), and slices so long that whoever wakes
/// with shorter ones, and that is everybody, goes first at once (sched_setattr(2); Linux 6.12 and newer).
void ps_yield_to_others(int nice);

/// statfs(2): which kind of file system `path` is on, by its number (linux/magic.h); 0 where it is not told.
uint32_t ps_file_system(const char *_Nonnull path);

/// memfd_create(2), close-on-exec; -1 and errno on failure.
int ps_memfd_create(const char *_Nonnull name);

/// Blocks `signals` for this thread and returns a signalfd(2) that reports them,
/// close-on-exec and non-blocking; -1 and errno on failure.
int ps_signalfd(const int *_Nonnull signals, size_t count);

/// Lets `signals` reach this thread again in the way their dispositions say.
void ps_unblock_signals(const int *_Nonnull signals, size_t count);

/// The next signal of a signalfd, or 0 when there is none.
int ps_next_signal(int descriptor);

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC; the peer's address goes to `peer`, a `struct
/// sockaddr_storage`, unless that is NULL.
int ps_accept(int listener, void *_Nullable peer);

/// The most descriptors one message may carry (SCM_MAX_FD).
enum { PS_DESCRIPTORS_PER_MESSAGE = 253 };

/// sendmsg(2) of `count` bytes with `descriptor_count` descriptors; flags are
/// MSG_NOSIGNAL and MSG_DONTWAIT.
ssize_t ps_send_descriptors(int socket, const void *_Nonnull bytes, size_t count,
                            const int *_Nonnull descriptors, size_t descriptor_count);

/// recvmsg(2) of up to `count` bytes; descriptors arrive close-on-exec.
/// `*descriptor_count` holds the room on entry and what came on return;
/// `*truncated` tells that the kernel had to drop some.
ssize_t ps_receive_descriptors(int socket, void *_Nonnull bytes, size_t count, int *_Nonnull descriptors,
                               size_t *_Nonnull descriptor_count, bool *_Nonnull truncated);

/// A child's descriptor `target` made from this process's `source`.
typedef struct ps_inherited {
    int source;
    int target;
} ps_inherited;

/// posix_spawn(3) of `path` with just `inherited` open and every signal
/// unblocked and at its default; SIGINT is ignored if it is here. Sources must be above every target. Returns
/// 0 or an error number.
int ps_spawn(pid_t *_Nonnull pid, const char *_Nonnull path, char *const _Nullable *_Nonnull arguments,
             char *const _Nullable *_Nonnull environment, const ps_inherited *_Nonnull inherited,
             size_t inherited_count, bool new_session);

/// From now on a signal that would end this process gives the terminal behind `descriptor` back first: its
/// modes (a struct termios), then up to 256 `bytes`. `descriptor` must not block; -1 ends this. The process
/// ends by the signal all the same.
void ps_restore_terminal_on_crash(int descriptor, const void *_Nullable modes,
                                  const void *_Nullable bytes, size_t count);

/// execve(2) of the program that is open at `executable`; returns only on failure, -1 and errno.
int ps_execute(int executable, char *const _Nullable *_Nonnull arguments,
               char *const _Nullable *_Nonnull environment);

/// From now on the program that is open at `executable` takes this one's place (execve(2)) when this one
/// crashes, or has not closed the way back in `seconds`. It is told why by the environment's `variable`. All
/// descriptors that are to be there then must be left open by an exec.
void ps_way_back_arm(int executable, char *const _Nullable *_Nonnull arguments,
                     char *const _Nullable *_Nonnull environment, const char *_Nonnull variable,
                     unsigned seconds);

/// Takes the way back now; without one the process ends.
void ps_way_back_take(const char *_Nonnull reason) __attribute__((noreturn));

/// Whether there is a way back.
bool ps_way_back_is_armed(void);

/// There is none any more.
void ps_way_back_close(void);

/// malloc_trim(3) with nothing left at the top.
void ps_release_free_heap(void);

/// mallopt(3): from 1 MiB on every block is a mapping of its own, however many were freed before.
void ps_keep_large_blocks_apart(void);

/// prlimit(2): the descriptors that a process may open; 0 where that is not told.
uint64_t ps_descriptor_limit(pid_t pid);

/// Has the kernel write no memory of this process into a file when it crashes, and let nobody but root look
/// into it (RLIMIT_CORE of getrlimit(2), PR_SET_DUMPABLE of prctl(2)). 0, or -1 and errno.
int ps_keep_memory_private(void);

/// From now on the kernel does for this process what a worker needs and nothing else (seccomp(2)): nothing is
/// opened, started, connected or made executable; accepted only where it `accepts`. 0, or -1 and errno where
/// the kernel has no such filters.
int ps_confine_worker(int accepts);

/// The commit that this was built from, and the toolchain; `unknown` where the build was not told.
const char *_Nonnull ps_build_commit(void);
const char *_Nonnull ps_build_toolchain(void);

/// The process's environment (environ(7)).
char *_Nullable *_Nonnull ps_environment(void);

#endif
