import CPointerscopeShims

/// What the kernel does for a process (seccomp(2)); docs/decisions/0020-what-a-worker-may-do.md.
public enum SystemCallFilter {
    /// From now on this process can do what a worker does, and nothing is opened, started or connected any
    /// more; connections are accepted only where it says so. Fails where the kernel has no such filters
    /// (EINVAL, ENOSYS), and then everything is as before.
    public static func confineWorker(accepts: Bool) throws(SystemError) {
        guard ps_confine_worker(accepts ? 1 : 0) == 0 else { throw SystemError("seccomp") }
    }
}
