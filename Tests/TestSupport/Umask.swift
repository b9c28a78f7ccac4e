import Glibc

/// What `body` comes to on a thread whose umask is its own (CLONE_FS of unshare(2)), and is `mask`: that of
/// the process is every other test's as well, whose files and directories would be made with it meanwhile.
public func withUmask<Result>(_ mask: UInt32, _ body: @escaping () -> Result) -> Result {
    var result: Result?
    let held = Unmanaged.passRetained(
        Work {
            precondition(unshare(fileSystemPart) == 0)
            umask(mask)
            result = body()
        })
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        { pointer in
            Unmanaged<Work>.fromOpaque(pointer!).takeRetainedValue().run()
            return nil
        }, held.toOpaque())
    precondition(code == 0)
    precondition(pthread_join(thread, nil) == 0)
    return result!
}

/// CLONE_FS of sched.h, which Swift's module of the C library leaves out, as it does `unshare`.
private let fileSystemPart: Int32 = 0x200

private let unshare = unsafeBitCast(
    dlsym(nil, "unshare")!, to: (@convention(c) (Int32) -> Int32).self)

private final class Work {
    let run: () -> Void

    init(_ run: @escaping () -> Void) { self.run = run }
}
