import ByteCore
import Glibc
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import TestSupport
import Testing
import WebSocketWire

@testable import IngestWorker

/// One connection that speaks JSON, and an intake that takes its frames.
final class TemplateBench {
    var intake = SampleIntake(seed: 7)
    var connection: VisitorConnection
    private let page: SharedPage
    let counters: CountersPage
    /// Why the last message that was refused was.
    private(set) var refusal: String?
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 1)

    init() throws {
        let pair = try SocketPair()
        connection = VisitorConnection(stream: ByteStream(pair.first), number: 99, nowSeconds: 0)
        connection.socket = WebSocketConnection(role: .server, accepting: .text)
        page = try SharedPage(name: "test")
        counters = CountersPage(memory: page.memory)
    }

    deinit { memory.deallocate() }

    /// A text frame.
    func framed(_ message: [UInt8], key: UInt32) -> [UInt8] {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: key >> UInt32(8 * $0)) }
        let length: [UInt8] =
            message.count < 126
            ? [0x80 | UInt8(message.count)] : [0xFE, UInt8(message.count >> 8), UInt8(message.count & 0xFF)]
        return [0x81] + length + bytes + message.enumerated().map { $1 ^ bytes[$0 & 3] }
    }

    /// Takes one message; nothing is held against another one where there is no slack.
    func take(_ message: [UInt8], key: UInt32, slack: Int) {
        let frame = framed(message, key: key)
        // At the end of its memory, so that a sanitizer sees whoever reads on.
        let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: frame.count + slack, alignment: 1)
        defer { exact.deallocate() }
        exact.copyBytes(from: frame + [UInt8](repeating: 0x37, count: slack))
        var rest = UnsafeMutableRawBufferPointer(rebasing: exact[..<frame.count])
        take(&rest, slack: slack)
        // A text that is no UTF-8 is the frames' to refuse.
        if !rest.isEmpty { refusal = "left" }
    }

    private func take(_ rest: inout UnsafeMutableRawBufferPointer, slack: Int) {
        var taken: UInt64 = 0
        let end = intake.takeRunAndMessages(
            &rest, slack: slack, from: &connection, index: 5, receivedNanoseconds: 77, counters: counters,
            taken: &taken)
        if case .outcome(.refused(let code, let reason)) = end { refusal = "\(code) \(reason)" }
    }

    /// Whether a message is taken because it is like the one before.
    func takeAlike(_ message: [UInt8], key: UInt32) -> Bool {
        let frame = framed(message, key: key)
        memory.copyBytes(from: frame + [UInt8](repeating: 0x31, count: MaskedText.slack))
        let start = memory.baseAddress!
        let run = intake.takeAlike(
            from: start, readable: frame.count, of: &connection, receivedNanoseconds: 77, counters: counters)
        return run.count == 1 && run.end == start + frame.count
    }

    /// Forgets what is queued and refused, and takes a message to hold the next one against.
    func restart(with message: [UInt8]) {
        refusal = nil
        take(message, key: 9, slack: MaskedText.slack)
        intake.queue.wrote(intake.queue.count)
    }
}
