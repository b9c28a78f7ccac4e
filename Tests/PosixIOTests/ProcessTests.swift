import Glibc
import PosixIO
import Testing

@Suite struct ProcessTests {
    /// Waits on the pidfd, as the master's loop does.
    private func end(of child: borrowing ChildProcess) throws -> PosixIO.ExitStatus? {
        let poller = try Poller()
        try poller.add(child.raw, for: .readable, token: Token(kind: 1))
        guard try poller.wait(timeoutMilliseconds: 20_000) == 1 else { return nil }
        return child.reap()
    }

    @Test func childHasJustWhatItWasGiven() throws {
        ChildProcess.closeInheritedOnExec()
        let shell = try Descriptor.opening("/bin/sh", flags: O_RDONLY)
        let ends = try SocketPair()
        let script = "for f in /proc/$$/fd/*; do echo ${f##*/}; done | tr '\\n' ' ' >&5"
        let child = try ChildProcess(
            executable: shell, arguments: ["sh", "-c", script], inherited: [.init(ends.second.raw, as: 5)])
        #expect(try end(of: child) == .exited(0))
        let reader = ByteStream(ends.first)
        var room = [UInt8](repeating: 0, count: 256)
        guard case .bytes(let count) = room.withUnsafeMutableBytes({ reader.read(into: $0) }) else {
            Issue.record("the child wrote nothing")
            return
        }
        let listed = String(decoding: room[..<count], as: UTF8.self).split(separator: " ").compactMap {
            Int32($0)
        }
        // 5 is ours; 10 and above are where the shell keeps its own.
        #expect(listed.contains(5))
        #expect(!listed.contains { $0 > 5 && $0 < 10 || $0 > 12 }, "\(listed)")
    }

    @Test func statusTellsExitFromSignal() throws {
        let shell = try Descriptor.opening("/bin/sh", flags: O_RDONLY)
        let exits = try ChildProcess(executable: shell, arguments: ["sh", "-c", "exit 7"], inherited: [])
        #expect(try end(of: exits) == .exited(7))
        let dies = try ChildProcess(
            executable: shell, arguments: ["sh", "-c", "kill -KILL $$"], inherited: [])
        #expect(try end(of: dies) == .signaled(SIGKILL))
        #expect(PosixIO.ExitStatus.signaled(SIGKILL).text == "signal 9 (Killed)")
    }

    /// The kernel is told which number to give next, so that another child has the number of one that was reaped.
    @Test func noSignalReachesAnotherProcessOfTheSameNumber() throws {
        let shell = try Descriptor.opening("/bin/sh", flags: O_RDONLY)
        let last = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC)
        defer { close(last) }
        for _ in 0..<1_000 {
            let gone = try ChildProcess(executable: shell, arguments: ["sh", "-c", "exit 0"], inherited: [])
            #expect(try end(of: gone) == .exited(0))
            #expect(gone.reap() == nil)
            let before = String(gone.pid - 1)
            // Only who may restore processes may choose numbers (capabilities(7)).
            guard pwrite(last, before, before.utf8.count, 0) > 0 else { return }
            let other = try ChildProcess(
                executable: shell, arguments: ["sh", "-c", "exec sleep 60"], inherited: [])
            defer { other.killAndReap() }
            // Somebody else on this machine was quicker.
            guard other.pid == gone.pid else { continue }
            gone.signal(SIGKILL)
            #expect(gone.reap() == nil)
            var status = pollfd(fd: other.raw, events: Int16(POLLIN), revents: 0)
            #expect(poll(&status, 1, 200) == 0, "it was killed in the place of another")
            return
        }
        Issue.record("no number was given twice")
    }

    @Test func oneThatIsKilledAndReapedIsGone() throws {
        let shell = try Descriptor.opening("/bin/sh", flags: O_RDONLY)
        let child = try ChildProcess(
            executable: shell, arguments: ["sh", "-c", "exec sleep 60"], inherited: [])
        child.killAndReap()
        #expect(child.reap() == nil)
        #expect(kill(child.pid, 0) == -1 && errno == ESRCH)
    }

    @Test func missingExecutableIsAnError() throws {
        let null = try Descriptor.opening("/dev/null", flags: O_RDONLY)
        #expect(throws: SystemError.self) {
            _ = try ChildProcess(executable: null, arguments: ["x"], inherited: [])
        }
    }

    @Test func pageIsSeenByBothMappings() throws {
        let page = try SharedPage(name: "test")
        let copy = fcntl(page.raw, F_DUPFD_CLOEXEC, 3)
        let other = try SharedPage(mapping: Descriptor(owning: copy))
        page.memory.storeBytes(of: 77, toByteOffset: 64, as: UInt64.self)
        #expect(other.memory.load(fromByteOffset: 64, as: UInt64.self) == 77)
    }

    @Test func listenerReportsItsPortAndConnects() throws {
        let listener = try Listener(on: SocketAddress(parsing: "127.0.0.1:0"))
        #expect(listener.address.port != 0)
        let client = try connecting(to: listener.address)
        let poller = try Poller()
        try poller.add(client.raw, for: .writable, token: Token(kind: 3, index: 9, generation: 5))
        #expect(try poller.wait(timeoutMilliseconds: 10_000) == 1)
        let event = poller.event(at: 0)
        #expect(event.token == Token(kind: 3, index: 9, generation: 5))
        #expect(event.isWritable)
        #expect(connectionError(of: client.raw) == 0)
        guard case .connection = listener.accept() else {
            Issue.record("no connection waits")
            return
        }
        #expect(throws: SystemError("bind", code: EADDRINUSE)) { _ = try Listener(on: listener.address) }
    }
}
