import Glibc
import PasswordHashing
import PosixIO
import Testing

@testable import HelperProcesses

/// What the master's end leaves of a password in the master's memory.
@Suite(.serialized) struct SecretTests {
    /// Nowhere in this program as it is looked for.
    private static let masked: [UInt8] = (0..<32).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) ^ 0x5A }

    /// How often the secret stands in memory that can be written.
    private func count() throws -> Int {
        let memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { return 0 }
        defer { close(memory) }
        let maps = try readWholeFile("/proc/self/maps", limit: 1 << 22)
        let size = 1 << 20
        // Its own copy of what it looks at is not looked at.
        let room = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        defer { munmap(room, size) }
        var found = 0
        for line in maps.split(separator: "\n") where line.split(separator: " ")[1].hasPrefix("rw") {
            let range = line.prefix { $0 != " " }.split(separator: "-").compactMap {
                UInt(String($0), radix: 16)
            }
            // A sanitizer's shadow of everything has no room for a password.
            guard range[1] - range[0] < 1 << 30 else { continue }
            var at = range[0]
            while at < range[1] {
                let length = min(UInt(size), range[1] - at)
                let read = pread(memory, room, Int(length), off_t(truncatingIfNeeded: at))
                guard read > 0 else { break }
                found += occurrences(UnsafeRawBufferPointer(start: room, count: read))
                // What lies across the end of a piece is seen in the next one.
                at += UInt(read) == length && at + length < range[1] ? UInt(read) - 32 : UInt(read)
            }
        }
        return found
    }

    private func occurrences(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count >= Self.masked.count else { return 0 }
        let first = Self.masked[0] ^ 0x5A
        var found = 0
        for start in 0...(bytes.count - Self.masked.count) where bytes[start] == first {
            if Self.masked.indices.allSatisfy({ bytes[start + $0] == Self.masked[$0] ^ 0x5A }) { found += 1 }
        }
        return found
    }

    @Test func aPasswordThatWasSentIsNowhere() throws {
        let loop = try Loop()
        let helper = try HashHelper(executable: loop.executable, role: "@hash", tokenKind: Loop.kind) { _ in }
        // So long that its memory is not soon another's.
        var password: [UInt8] = []
        password.reserveCapacity(30 * Self.masked.count)
        for _ in 0..<30 { for byte in Self.masked { password.append(byte ^ 0x5A) } }
        #expect(try count() >= 1)
        for id: UInt64 in 1...3 {
            let admission = helper.submit(
                try #require(HashRequest(.make, id: id, password: password, text: [UInt8](1...16))),
                from: nil,
                now: loop.now, poller: loop.poller)
            #expect(admission == .accepted)
        }
        helper.cancel(3)
        eraseSecret(&password)
        // One is worked for, and one waits.
        #expect(try count() == 30)
        var answered = 0
        try loop.run {
            helper.tick(now: loop.now, poller: loop.poller)
            return helper.nextDeadline
        } _: { event in
            answered += helper.handle(event, now: loop.now, poller: loop.poller).count
            return answered == 2
        }
        #expect(try count() == 0)
        helper.stop(poller: loop.poller)
    }
}
