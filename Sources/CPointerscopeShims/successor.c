#define _GNU_SOURCE
#include "pointerscope_shims.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a successor that fails is replaced with; the handler may use nothing that is not async-signal-safe. */
static struct {
    volatile bool is_armed;
    char path[32];
    char **arguments;
    char **environment;
    /* The last entry of the environment: its beginning, and room for why. */
    char reason[320];
    size_t reason_start;
} way_back;

static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS, SIGALRM};
enum { FATAL_COUNT = sizeof fatal / sizeof fatal[0] };

/* A stack that has run over has no room for a handler. */
static char handler_stack[32 * 1024];

static char **copy_of(char *const *words, size_t more) {
    size_t count = 0;
    while (words[count]) count++;
    char **copy = calloc(count + more + 1, sizeof *copy);
    if (!copy) abort();
    for (size_t index = 0; index < count; index++) {
        copy[index] = strdup(words[index]);
        if (!copy[index]) abort();
    }
    return copy;
}

void ps_way_back_take(const char *reason) {
    if (!way_back.is_armed) _exit(70);
    way_back.is_armed = false;
    size_t at = way_back.reason_start;
    while (*reason && at + 1 < sizeof way_back.reason) way_back.reason[at++] = *reason++;
    way_back.reason[at] = 0;
    alarm(0);
    execve(way_back.path, way_back.arguments, way_back.environment);
    _exit(71);
}

static void failed(int number) {
    /* What is blocked while this runs would be blocked in the program that comes next. */
    sigset_t own;
    sigemptyset(&own);
    for (size_t index = 0; index < FATAL_COUNT; index++) sigaddset(&own, fatal[index]);
    sigprocmask(SIG_UNBLOCK, &own, NULL);
    ps_way_back_take(number == SIGALRM ? "it was not ready in time" : "it crashed");
}

void ps_way_back_arm(int executable, char *const *arguments, char *const *environment, const char *variable,
                     unsigned seconds) {
    snprintf(way_back.path, sizeof way_back.path, "/proc/self/fd/%d", executable);
    way_back.arguments = copy_of(arguments, 0);
    way_back.environment = copy_of(environment, 1);
    size_t count = 0;
    while (way_back.environment[count]) count++;
    way_back.environment[count] = way_back.reason;
    way_back.reason_start = (size_t)snprintf(way_back.reason, sizeof way_back.reason, "%s=", variable);
    stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = failed, .sa_flags = SA_ONSTACK | SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    way_back.is_armed = true;
    for (size_t index = 0; index < FATAL_COUNT; index++) sigaction(fatal[index], &action, NULL);
    alarm(seconds);
}

bool ps_way_back_is_armed(void) { return way_back.is_armed; }

void ps_way_back_close(void) {
    if (!way_back.is_armed) return;
    alarm(0);
    way_back.is_armed = false;
    for (size_t index = 0; index < FATAL_COUNT; index++) signal(fatal[index], SIG_DFL);
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
}

int ps_execute(int executable, char *const *arguments, char *const *environment) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", executable);
    return execve(path, arguments, environment);
}
