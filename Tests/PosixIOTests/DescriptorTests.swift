import ByteCore
import Glibc
import PosixIO
import Testing

/// Tests that count this process's descriptors run one after another.
@Suite(.serialized) struct DescriptorTests {
    private func isOpen(_ number: Int32) -> Bool { fcntl(number, F_GETFD) >= 0 }

    private func isCloseOnExec(_ number: Int32) -> Bool { fcntl(number, F_GETFD) & FD_CLOEXEC != 0 }

    @Test func goesWithItsOwner() throws {
        let ends = try SocketPair()
        let reader = ByteStream(ends.first)
        var room = [UInt8](repeating: 0, count: 8)
        #expect(isCloseOnExec(ends.second.raw))
        #expect(room.withUnsafeMutableBytes { reader.read(into: $0) } == .wouldBlock(until: .readable))
        let kept: Int32
        do {
            let owner = ends.second
            let copy = try owner.duplicated()
            kept = copy.release()
        }
        // One owner has gone and closed; the number that was released keeps the other end waiting.
        #expect(isOpen(kept))
        #expect(room.withUnsafeMutableBytes { reader.read(into: $0) } == .wouldBlock(until: .readable))
        close(kept)
        #expect(room.withUnsafeMutableBytes { reader.read(into: $0) } == .endOfFile)
    }

    @Test func pairCarriesBytesBothWays() throws {
        let ends = try SocketPair()
        let first = ByteStream(ends.first)
        let second = ByteStream(ends.second)
        #expect(isCloseOnExec(first.raw) && isCloseOnExec(second.raw))
        var room = [UInt8](repeating: 0, count: 8)
        #expect(room.withUnsafeMutableBytes { second.read(into: $0) } == .wouldBlock(until: .readable))
        #expect([1, 2, 3].withUnsafeBytes { first.write($0) } == .bytes(24))
        #expect([UInt8](arrayLiteral: 9).withUnsafeBytes { second.write($0) } == .bytes(1))
        #expect(room.withUnsafeMutableBytes { first.read(into: $0) } == .bytes(1))
        #expect(room[0] == 9)
        first.endWriting()
        var all = [UInt8](repeating: 0, count: 64)
        #expect(all.withUnsafeMutableBytes { second.read(into: $0) } == .bytes(24))
        #expect(all.withUnsafeMutableBytes { second.read(into: $0) } == .endOfFile)
    }

    @Test func queueKeepsWhatTheKernelDoesNotTake() throws {
        let ends = try SocketPair()
        let writer = ByteStream(ends.first)
        let reader = ByteStream(ends.second)
        var queue = WriteQueue()
        let total = 3_000_000
        queue.append { buffer in
            for index in 0..<total { buffer.append(UInt8(truncatingIfNeeded: index)) }
        }
        #expect(queue.flush(to: writer) == .wouldBlock(until: .writable))
        let left = queue.count
        #expect(left > 0 && left < total)
        var seen = 0
        var room = [UInt8](repeating: 0, count: 65_536)
        while seen < total {
            guard case .bytes(let count) = room.withUnsafeMutableBytes({ reader.read(into: $0) }) else {
                _ = queue.flush(to: writer)
                continue
            }
            for index in 0..<count where room[index] != UInt8(truncatingIfNeeded: seen + index) {
                Issue.record("byte \(seen + index) differs")
                return
            }
            seen += count
        }
        let isEmpty = queue.isEmpty
        #expect(isEmpty)
    }

    @Test func writingToNobodyFailsWithoutASignal() throws {
        let ends = try SocketPair()
        let writer = ByteStream(ends.first)
        do { _ = consume ends.second }
        #expect([UInt8(1)].withUnsafeBytes { writer.write($0) } == .failed(EPIPE))
    }

    @Test func descriptorsRideInOrder() throws {
        let ends = try SocketPair()
        let files = try ["/dev/null", "/dev/zero", "/dev/full"].map {
            try Descriptor.opening($0, flags: O_RDONLY).release()
        }
        defer { for file in files { close(file) } }
        let sent = files.withUnsafeBufferPointer { numbers in
            [UInt8](repeating: 7, count: 48).withUnsafeBytes {
                DescriptorPassing.send($0, with: numbers, over: ends.first.raw)
            }
        }
        #expect(sent == .bytes(48))
        var arrived: [Int32] = []
        var truncated = false
        var room = [UInt8](repeating: 0, count: 256)
        let received = room.withUnsafeMutableBytes {
            DescriptorPassing.receive(into: $0, from: ends.second.raw, truncated: &truncated) {
                arrived.append($0.release())
            }
        }
        defer { for number in arrived { close(number) } }
        #expect(received == .bytes(48))
        #expect(!truncated)
        #expect(arrived.map(inode) == files.map(inode))
        #expect(arrived.allSatisfy(isCloseOnExec))
    }

    private func inode(_ number: Int32) -> UInt64 {
        var status = stat()
        fstat(number, &status)
        return UInt64(status.st_ino)
    }
}
