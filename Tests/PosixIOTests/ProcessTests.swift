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
