/* Preloaded under valgrind, for a profile of the whole tree of processes.
 *
 * valgrind knows no pidfd_open(2): a descriptor that never turns readable stands in, so that a worker's end is not
 * noticed. And it cannot execute a program that is named by a descriptor: PROFILED names the file instead.
 *
 * Build: cc -O2 -shared -fPIC -o under_valgrind.so under_valgrind.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

long syscall(long number, ...) {
    if (number == SYS_pidfd_open) return eventfd(0, EFD_CLOEXEC);
    static long (*real)(long, ...);
    if (!real) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    va_list list;
    va_start(list, number);
    long words[6];
    for (int index = 0; index < 6; index++) words[index] = va_arg(list, long);
    va_end(list);
    return real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const *arguments, char *const *environment) {
    typedef int spawn(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
                      char *const *, char *const *);
    static spawn *real;
    if (!real) real = (spawn *)dlsym(RTLD_NEXT, "posix_spawn");
    const char *image = getenv("PROFILED");
    return real(pid, image ? image : path, actions, attributes, arguments, environment);
}
