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

    /// One behind the other, each with another key.
    func framed(_ messages: [[UInt8]]) -> [UInt8] {
        messages.enumerated().flatMap { framed($1, key: 0x9E37_79B9 &* UInt32($0)) }
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
        let end = intake.takeMessages(
            &rest, slack: slack, from: &connection, index: 5, receivedNanoseconds: 77, counters: counters,
            taken: &taken)
        if case .outcome(.refused(let code, let reason)) = end { refusal = "\(code) \(reason)" }
    }

    /// Takes frames, and has what they made written.
    func takeFrames(_ frames: [UInt8]) {
        memory.copyBytes(from: frames)
        var rest = UnsafeMutableRawBufferPointer(rebasing: memory[..<frames.count])
        take(&rest, slack: MaskedText.slack)
        intake.queue.wrote(intake.queue.count)
    }

    /// Whether a message is taken because it is like the one before.
    func takeAlike(_ message: [UInt8], key: UInt32) -> Bool {
        let frame = framed(message, key: key)
        memory.copyBytes(from: frame + [UInt8](repeating: 0x31, count: MaskedText.slack))
        var rest = UnsafeMutableRawBufferPointer(rebasing: memory[..<frame.count])
        var taken: UInt64 = 0
        _ = intake.takeAlike(
            &rest, slack: MaskedText.slack, from: &connection, receivedNanoseconds: 77, counters: counters,
            taken: &taken)
        return taken == 1 && rest.isEmpty
    }

    /// Forgets what is queued and refused, and takes a message to hold the next one against.
    func restart(with message: [UInt8]) {
        refusal = nil
        take(message, key: 9, slack: MaskedText.slack)
        intake.queue.wrote(intake.queue.count)
    }
}

/// Memory of all small sizes that was given back to malloc(3) with a pattern in it: whoever takes memory of
/// such a size on this thread gets it, and leaves something else there.
struct FreeMemory {
    private static let sizes = Array(stride(from: 24, to: 1032, by: 16))
    private var places: [UInt]
    /// Whether malloc keeps what was freed as it was, beyond its own two words; a sanitizer's does not.
    private(set) var isKept = true

    init() {
        places = Self.sizes.map { _ in 0 }
        for index in Self.sizes.indices { give(index) }
        isKept = isUntouched
    }

    private mutating func give(_ index: Int) {
        guard let place = malloc(Self.sizes[index]) else { return }
        memset(place, 0xA5, Self.sizes[index])
        free(place)
        places[index] = UInt(bitPattern: place)
    }

    /// Whether nobody took memory since it was looked at last.
    var isUntouched: Bool {
        mutating get {
            guard isKept else { return true }
            var found = true
            for index in Self.sizes.indices {
                guard let place = malloc(Self.sizes[index]) else { return false }
                let rest = UnsafeRawBufferPointer(start: place, count: Self.sizes[index]).dropFirst(16)
                if UInt(bitPattern: place) != places[index] || rest.contains(where: { $0 != 0xA5 }) {
                    found = false
                }
                memset(place, 0xA5, Self.sizes[index])
                free(place)
                places[index] = UInt(bitPattern: place)
            }
            return found
        }
    }
}
