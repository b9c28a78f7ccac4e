import ByteCore
import TestSupport
import Testing
import WebSocketWire

/// A client and a server that talk through two pipes which deliver in pieces of any size.
private struct Duplex: ~Copyable {
    var ends = [End(.server), End(.client)]
    var random: SplitMix64

    /// One side: what it sent and heard, and the bytes on their way to the other.
    final class End {
        var connection: WebSocketConnection
        let role: WebSocketRole
        var pipe: [UInt8] = []
        var kept: [UInt8] = []
        var sent: [[UInt8]] = []
        var heard: [[UInt8]] = []
        var pingsSent = 0
        var pongsHeard = 0
        var didClose = false
        var isDone = false

        init(_ role: WebSocketRole) {
            self.role = role
            connection = WebSocketConnection(role: role, accepting: [.text, .binary])
        }
    }

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Runs one random history until both ends are done; false if they never are.
    mutating func run() -> Bool {
        for turn in 0..<4_000 {
            let end = ends[random.below(2)]
            let other = ends[end.role == .server ? 1 : 0]
            if random.below(3) == 0, end.connection.isOpen { act(end, isLate: turn > 300) }
            deliver(from: other, to: end)
            if ends.allSatisfy({ $0.isDone && $0.pipe.isEmpty }) { return true }
        }
        return false
    }

    private mutating func key(_ end: End) -> UInt32? {
        end.role == .client ? UInt32(truncatingIfNeeded: random.next()) : nil
    }

    private mutating func act(_ end: End, isLate: Bool) {
        var output = ByteBuffer()
        let payload = (0..<random.below(300)).map { _ in UInt8(0x20 + random.below(0x5F)) }
        switch random.below(isLate ? 4 : 40) {
        case 0:
            end.didClose = true
            end.note(end.connection.close(.normal, into: &output, maskKey: key(end)))
        case 1...3:
            payload.prefix(125).withUnsafeBytes { output.appendFrame(.ping, $0, maskKey: key(end)) }
            end.pingsSent += 1
        default:
            let cut = random.below(payload.count + 1)
            if random.below(2) == 0 {
                payload.withUnsafeBytes { output.appendFrame(.text, $0, maskKey: key(end)) }
            } else {
                payload[..<cut].withUnsafeBytes {
                    output.appendFrame(.binary, $0, maskKey: key(end), isFinal: false)
                }
                payload[cut...].withUnsafeBytes { output.appendFrame(.continuation, $0, maskKey: key(end)) }
            }
            end.sent.append(payload)
        }
        end.pipe += Array(output.readable)
    }

    private mutating func deliver(from other: End, to end: End) {
        guard !other.pipe.isEmpty else { return }
        let count = 1 + random.below(min(other.pipe.count, 400))
        end.kept += other.pipe.prefix(count)
        other.pipe.removeFirst(count)
        var output = ByteBuffer()
        let maskKey = key(end)
        end.listen(&output, maskKey)
        end.pipe += Array(output.readable)
    }
}

extension Duplex.End {
    func note(_ action: WebSocketTransportAction) {
        switch action {
        case .awaitPeerClose: break
        case .shutDown: isDone = role == .server
        case .awaitEnd: isDone = role == .client
        }
    }

    func listen(_ output: inout ByteBuffer, _ maskKey: UInt32?) {
        while true {
            var consumed = 0
            var goesOn = true
            kept.withUnsafeMutableBytes { bytes in
                let step = connection.next(bytes)
                consumed = step.consumed
                switch step.event {
                case .needMore: goesOn = false
                case .ended: goesOn = false
                case .nothing, .deflated: break
                case .message(let message, _): heard.append(Array(message))
                case .ping(let payload): output.appendFrame(.pong, payload, maskKey: maskKey)
                case .pong: pongsHeard += 1
                case .close: note(connection.answerClose(into: &output, maskKey: maskKey))
                case .violation(_, let reason): Issue.record("a violation between two of us: \(reason)")
                }
            }
            kept.removeFirst(consumed)
            guard goesOn else { return }
        }
    }
}

@Suite("Two ends that talk")
struct DuplexTests {
    @Test("hear what was sent, in order, and close in good order", arguments: 0..<60 as Range<UInt64>)
    func talk(seed: UInt64) {
        var duplex = Duplex(seed: 0x4455_504C + seed)
        #expect(duplex.run() == true)
        let (server, client) = (duplex.ends[0], duplex.ends[1])
        for (from, to) in [(server, client), (client, server)] {
            // What was under way when the hearing end had closed is dropped; nothing else, and nothing twice.
            #expect(to.heard == Array(from.sent.prefix(to.heard.count)))
            #expect(from.pongsHeard <= from.pingsSent)
            #expect(from.connection.endCode == .normal)
            #expect(from.connection.hasEnded == true)
        }
        // A close stands behind all that its end said, so whoever only answered one has heard everything.
        #expect(server.didClose || client.didClose)
        if !server.didClose { #expect(server.heard == client.sent) }
        if !client.didClose { #expect(client.heard == server.sent) }
    }
}
