import Glibc

/// Runs `body` on a thread whose umask is its own (CLONE_FS of unshare(2)): that of the process is every
/// other test's as well, whose files and directories would be made with it meanwhile.
public func withOwnUmask(_ body: @escaping @Sendable () -> Void) {
    let held = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        { pointer in
            let body = Unmanaged<Body>.fromOpaque(pointer!).takeRetainedValue()
            precondition(unshare(fileSystemPart) == 0)
            body.run()
            return nil
        }, held.toOpaque())
    precondition(code == 0)
    precondition(pthread_join(thread, nil) == 0)
}

/// CLONE_FS of sched.h, which Swift's module of the C library leaves out, as it does `unshare`.
private let fileSystemPart: Int32 = 0x200

private let unshare = unsafeBitCast(
    dlsym(nil, "unshare")!, to: (@convention(c) (Int32) -> Int32).self)

private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
