import ByteCore
import Foundation
import PointerEvents
import PosixIO
import Testing

@testable import LoadGenerator

@Suite struct DemoCrowdTests {
    /// Runs a crowd on a thread of its own for as long as `body` takes; returns what its run came to.
    private func withCrowd(
        _ count: Int, at address: SocketAddress, _ body: () throws -> Void
    ) throws -> Bool {
        let ends = try SocketPair()
        let control = ends.second.raw
        let isOver = DispatchSemaphore(value: 0)
        let result = ResultBox()
        let thread = Thread {
            do {
                var crowd = try DemoCrowd(
                    address: address, count: count, seed: 5, control: control, signals: nil)
                try crowd.run()
                result.succeed()
            } catch {}
            isOver.signal()
        }
        thread.start()
        var failure: (any Error)?
        do { try body() } catch { failure = error }
        shutdown(ends.first.raw, Int32(SHUT_RDWR))
        guard isOver.wait(timeout: .now() + 20) == .success else { return false }
        if let failure { throw failure }
        return result.hasSucceeded
    }

    private func sample(_ message: [UInt8]) -> (id: String, sample: PointerSample, page: String)? {
        var decoder = JSONPointerDecoder()
        return message.withUnsafeBytes { bytes in
            guard case .accepted(1) = decoder.decode(bytes) else { return nil }
            let decoded = decoder.sample(at: 0)
            return (
                String(decoding: decoded.id, as: UTF8.self), decoded.sample,
                String(decoding: decoded.page, as: UTF8.self)
            )
        }
    }

    @Test func everyoneConnectsAndMovesAtOnceAndSaysGoodbye() throws {
        var server = try TestIngestServer()
        let address = server.listener.address
        let hasEnded = try withCrowd(24, at: address) {
            // One sample of each is `enter`; a second one moves.
            try server.serve("everyone moves") { server in
                var counts: [Int: Int] = [:]
                for message in server.messages { counts[message.connection, default: 0] += 1 }
                return counts.count == 24 && counts.values.allSatisfy { $0 > 1 }
            }
            #expect(server.accepted == 24)
        }
        #expect(hasEnded)
        try server.serve("everyone leaves") { $0.closes.count == 24 }
        #expect(server.closes.values.allSatisfy { $0 == 1001 })

        var ids: [Int: String] = [:]
        for message in server.messages {
            let parts = try #require(sample(message.bytes))
            if let known = ids[message.connection] {
                #expect(parts.id == known)
            } else {
                ids[message.connection] = parts.id
                #expect(parts.sample.kind == .enter)
                #expect(parts.sample.fields == [.kind, .width, .height, .page])
                #expect(parts.page.hasPrefix("/"))
            }
        }
        #expect(Set(ids.values).count == 24)
    }

    @Test func comesBackAfterTheServerWentAndAnswersPings() throws {
        var server = try TestIngestServer()
        let address = server.listener.address
        let hasEnded = try withCrowd(8, at: address) {
            try server.serve("everyone speaks once") { Set($0.messages.map(\.connection)).count == 8 }
            server.dropEveryone()
            try server.serve("everyone is back") { $0.upgraded == 16 }
            server.pingEveryone(Array("are you there".utf8))
            try server.serve("everyone answers") { $0.pongs == 8 }
            // Everyone tells where the pointer rests, and what the new server cannot know.
            try server.serve("everyone speaks") { server in
                Set(server.messages.map(\.connection)).isSuperset(of: 8..<16)
            }
        }
        #expect(hasEnded)
        var before = Set<String>()
        var after = Set<String>()
        for message in server.messages {
            let id = try #require(sample(message.bytes)).id
            if message.connection < 8 { before.insert(id) } else { after.insert(id) }
        }
        #expect(before.isSubset(of: after))
        for connection in 8..<16 {
            let first = try #require(server.messages.first { $0.connection == connection })
            #expect(try #require(sample(first.bytes)).sample.fields.contains(.page))
        }
    }

    @Test func waitsForAServerThatIsNotThere() throws {
        let address: SocketAddress
        do {
            let listener = try Listener(on: SocketAddress(parsing: "127.0.0.1:0"))
            address = listener.address
        }
        let hasEnded = try withCrowd(3, at: address) { usleep(300_000) }
        #expect(hasEnded)
    }

    @Test func namesAreUniqueFriendlyAndWithinLimits() {
        let names = VisitorNames(seed: 1)
        let all = (0..<2000).map { names.name($0) }
        #expect(Set(all).count == 2000)
        #expect(all.allSatisfy { $0.utf8.count <= Limits.idBytes && $0.contains("-") })
        #expect(VisitorNames(seed: 1).name(7) == all[7])
        #expect((0..<20).contains { VisitorNames(seed: UInt64($0)).name(0) != all[0] })
    }
}

/// Whether the thread got to its end.
private final class ResultBox: @unchecked Sendable {
    private let lock = NSLock()
    private var succeeded = false

    var hasSucceeded: Bool { lock.withLock { succeeded } }
    func succeed() { lock.withLock { succeeded = true } }
}
