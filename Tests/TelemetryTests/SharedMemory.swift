import Glibc

/// A page of memory that a child process can map too.
final class SharedMemory {
    let descriptor: Int32
    let address: UnsafeMutableRawPointer

    init?(descriptor: Int32, byteCount: Int, protection: Int32) {
        guard let address = mmap(nil, byteCount, protection, MAP_SHARED, descriptor, 0), address != MAP_FAILED
        else { return nil }
        self.descriptor = descriptor
        self.address = address
    }

    /// Makes a new one in a file without a name.
    convenience init?(byteCount: Int) {
        var name = Array("/tmp/pointerscope-counters-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { return nil }
        unlink(name)
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { return nil }
        self.init(descriptor: descriptor, byteCount: byteCount, protection: PROT_READ | PROT_WRITE)
    }
}

/// A second process of this test program that runs one test, with an environment of its own.
struct TestProcess {
    let pid: pid_t

    init?(running test: String, environment: [String]) {
        let words = ["tests", "--testing-library", "swift-testing", "--filter", test]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, "/proc/self/exe", nil, nil, &arguments, &variables) == 0 else { return nil }
        self.pid = pid
    }

    /// Kills it with SIGKILL and waits for its end.
    func kill() {
        _ = Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}
