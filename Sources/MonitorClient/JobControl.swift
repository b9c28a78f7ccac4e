import Glibc

/// Stopping and going on as a shell's job does.
enum JobControl {
    /// Whether this process may use the terminal that `descriptor` is open on; one that is not the
    /// controlling terminal knows no jobs.
    static func isInForeground(_ descriptor: Int32) -> Bool {
        let group = tcgetpgrp(descriptor)
        return group < 0 || group == getpgrp()
    }

    /// Stops every process of the job, as Control-Z in another program would; returns when told to go on, or
    /// at once where there is no shell that could tell.
    static func stopJob() { stop { kill(0, SIGTSTP) } }

    /// Stops this process alone: the others of the job have had the signal themselves.
    static func stopProcess() { stop { kill(getpid(), SIGTSTP) } }

    /// SIGTSTP is blocked, so that it comes through the loop; the one sent here stops us when it is let in.
    private static func stop(_ send: () -> Void) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGTSTP)
        send()
        unsafe sigprocmask(SIG_UNBLOCK, &signals, nil)
        unsafe sigprocmask(SIG_BLOCK, &signals, nil)
    }
}
