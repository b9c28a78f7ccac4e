import ByteCore
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import WebSocketWire

@testable import IngestWorker

extension FuzzTarget {
    /// Two messages of a connection, the second held against the first, masked. The first four bytes are its
    /// mask, and a line end stands between the two.
    static let sampleTemplate = FuzzTarget(
        name: "sample-template", longestInput: 1024, seeds: templateSeeds
    ) { input in
        guard input.count >= 4 else { return nil }
        let key = UInt32(littleEndian: input.loadUnaligned(as: UInt32.self))
        let messages = Array(input.dropFirst(4))
            .split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
        // Near the end of what is readable nothing is held against anything.
        let alike = TemplateIntake(slack: MaskedText.slack)
        let alone = TemplateIntake(slack: 0)
        // The second time at the latest the second one is like the one before it, if it is good for that.
        for message in messages + messages.suffix(1) {
            let frame = masked(message, key)
            alike.take(frame)
            alone.take(frame)
            guard alike.outcome == alone.outcome else {
                return "\(alike.outcome), and should be \(alone.outcome)"
            }
            guard alike.intake.queue.readable.elementsEqual(alone.intake.queue.readable) else {
                return "other records than it should be"
            }
        }
        return nil
    }

    private static func masked(_ message: [UInt8], _ key: UInt32) -> [UInt8] {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: key >> UInt32(8 * $0)) }
        let length: [UInt8] =
            message.count < 126
            ? [0x80 | UInt8(message.count)] : [0xFE, UInt8(message.count >> 8), UInt8(message.count & 0xFF)]
        return [0x81] + length + bytes + message.enumerated().map { $1 ^ bytes[$0 & 3] }
    }

    @Sendable private static func templateSeeds() -> [[UInt8]] {
        let plain = #"{"id":"user123","x":812,"y":433}"#
        let long = #"{"id":"u","x":1,"y":2,"t":1732109508123,"k":"move","b":1,"w":12,"h":7,"p":"/a"}"#
        let pairs = [
            (plain, plain), (plain, #"{"id":"user123","x":   8.000123,"y": -4.0001250000}"#), (long, long),
            (plain, #"{"id":"user123","x":08,"y":433}"#), (plain, #"{"id":"user124","x":8,"y":433}"#),
            (long, #"{"id":"u","x":1,"y":2,"t":-0,"k":"move","b":65536,"w":-1,"h":7.5,"p":"/a"}"#),
            (#"{"id":"u","x":1,"y":2,"sx":0,"sy":1.5,"dw":1,"dh":2,"pt":"pen"}"#, "[]"),
            (#" { "y" : 1 , "x" : 2 , "id" : "zoë" } "#, #" { "y" : 812.3333740234375 , "x" : 1e5 ,"#),
        ]
        let unmasked = [0, 0, 0, 0] + Array("\(plain)\n\(plain)".utf8)
        return pairs.map { Array("key!\($0)\n\($1)".utf8) } + [unmasked]
    }
}

/// One connection's intake of frames.
private final class TemplateIntake {
    private let page: UnsafeMutableRawPointer
    var intake = SampleIntake(seed: 7)
    private var connection = VisitorConnection(
        stream: ByteStream(Descriptor(owning: -1)), number: 1, nowSeconds: 0)
    private let slack: Int
    /// What is not plain acceptance.
    private(set) var outcome = ""

    init(slack: Int) {
        self.slack = slack
        connection.socket = WebSocketConnection(role: .server, accepting: .text)
        page = .allocate(byteCount: CountersPage.byteCount, alignment: 64)
        page.initializeMemory(as: UInt8.self, repeating: 0, count: CountersPage.byteCount)
        CountersPage.initialize(page)
    }

    deinit { page.deallocate() }

    func take(_ frame: [UInt8]) {
        guard outcome.isEmpty else { return }
        let copy = ExactCopy(frame + [UInt8](repeating: 0x2A, count: slack))
        var rest = UnsafeMutableRawBufferPointer(rebasing: copy.bytes[..<frame.count])
        var taken: UInt64 = 0
        let end = intake.takeRunAndMessages(
            &rest, slack: slack, from: &connection, index: 1, receivedNanoseconds: 5,
            counters: CountersPage(memory: page), taken: &taken)
        switch end {
        case .outcome(.refused(let code, let reason)): outcome = "\(code) \(reason)"
        // No UTF-8: the frames say so.
        default: outcome = rest.isEmpty ? "" : "left"
        }
    }
}
