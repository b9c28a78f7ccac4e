import ByteCore
import PointerEvents

@testable import IngestWorker
@testable import WebSocketWire

extension FuzzTarget {
    /// The record of a connection that another worker had: what is read is written again as it was, and what
    /// its WebSocket is at can be gone on with, whatever it says.
    static let movedConnection = FuzzTarget(
        name: "moved-connection", longestInput: 1024, seeds: movedSeeds
    ) { input in
        let bytes = Array(input)
        if let posters = try? MovedPosters.reading(bytes) {
            var again = ByteBuffer()
            posters.append(to: &again)
            return again.readable.elementsEqual(bytes) ? nil : "posters are written otherwise"
        }
        guard let record = try? MovedConnection.reading(bytes) else { return nil }
        var again = ByteBuffer()
        record.append(to: &again)
        // Behind texts and between numbers there may stand what nobody reads.
        guard let second = try? MovedConnection.reading(Array(again.readable)), second == record else {
            return "what was read is written otherwise"
        }
        return goOn(with: record)
    }

    private static func goOn(with record: MovedConnection) -> String? {
        let kept = ExactCopy(record.kept)
        let bytes = ExactCopy(record.socket)
        guard let moved = MovedWebSocket(bytes.readable, kept: kept.readable) else { return nil }
        var socket = WebSocketConnection(moved, bounds: .standard)
        var rest = record.kept
        return rest.withUnsafeMutableBytes { bytes in
            var rest = bytes
            for _ in 0...(2 * bytes.count) {
                let step = socket.next(rest)
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
                switch step.event {
                case .needMore, .ended, .violation, .close: return nil
                case .message, .deflated, .ping, .pong, .nothing: break
                }
            }
            return "it reads for ever"
        }
    }

    @Sendable private static func movedSeeds() -> [[UInt8]] {
        func seed(_ record: MovedConnection) -> [UInt8] { Seed.bytes { record.append(to: &$0) } }
        let fragment: [UInt8] = [1, 1, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
        var open = MovedConnection(phase: .open)
        open.socket = fragment + [0, 0x80, 0xBF, 0, 2, 0, 0, 0, 0x61, 0x62]
        open.kept = [0x80, 0x82, 0, 0, 0, 0, 0x61]
        open.neededBytes = 8
        open.speakers = [Array("user123".utf8), Array("é".utf8)]
        open.lastHeard = 1
        open.outbound = [0x8A, 0]
        var half = open
        half.socket[8] = 1
        var compact = MovedConnection(phase: .open)
        compact.flags = [.isWire, .isKnown]
        compact.speakers = [Array("~AAAA".utf8)]
        compact.lastHeard = 0
        compact.wire = MovedConnection.Wire()
        compact.socket = [2, 2] + [UInt8](repeating: 0, count: 14) + [0, 0x80, 0xBF, 0, 0, 0, 0, 0]
        var head = MovedConnection(phase: .handshake)
        head.kept = Array("GET / HTTP/1.1\r\nHo".utf8)
        head.neededBytes = 2_066
        var posters = MovedPosters()
        posters.posters = [MovedPosters.Poster(heardSeconds: 9, id: Array("user123".utf8))]
        return [
            seed(open), seed(half), seed(compact), seed(head), seed(MovedConnection(phase: .keptAlive)),
            Seed.bytes { posters.append(to: &$0) },
        ]
    }
}
