import ByteCore
import Testing
import WebSocketWire

/// What a connection reported, copied out.
enum Heard: Equatable {
    case message([UInt8], FrameOpcode)
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?, [UInt8])
    case violation(UInt16)
}

/// Feeds bytes to a connection as a worker does: what is left of one turn stands before the next turn's
/// bytes.
struct Listener: ~Copyable {
    var connection: WebSocketConnection
    var output = ByteBuffer()
    private var inflater = MessageInflater()
    private(set) var heard: [Heard] = []
    private(set) var actions: [WebSocketTransportAction] = []
    private(set) var needed = 0
    private var kept: [UInt8] = []
    private let isPatient: Bool

    /// A patient listener asks again only once the bytes it was told to wait for are there.
    init(
        _ role: WebSocketRole = .server, _ kinds: WebSocketMessageKinds = .text, isPatient: Bool = false
    ) {
        connection = WebSocketConnection(role: role, accepting: kinds)
        self.isPatient = isPatient
    }

    /// Takes a turn's bytes and reports until more are needed.
    mutating func receive(_ bytes: [UInt8]) {
        kept += bytes
        if !isPatient || kept.count >= needed { drain() }
    }

    /// Asks once more, whatever was said about the bytes needed.
    mutating func drain() {
        while step() {}
    }

    /// One call, over memory of exact size; false when more bytes are needed.
    private mutating func step() -> Bool {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: kept.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: kept)
        let step = connection.next(memory)
        #expect(step.consumed >= 0 && step.consumed <= kept.count)
        var goesOn = true
        var event = step.event
        if case .deflated(let bytes, let opcode) = event {
            event = connection.inflate(bytes, opcode, with: &inflater)
        }
        switch event {
        case .deflated: Issue.record("inflated twice")
        case .needMore(let total):
            #expect(step.consumed == 0)
            #expect(total > kept.count && total <= WebSocketLimits.frameBytes)
            needed = total
            goesOn = false
        case .message(let bytes, let opcode): heard.append(.message(Array(bytes), opcode))
        case .ping(let bytes): heard.append(.ping(Array(bytes)))
        case .pong(let bytes): heard.append(.pong(Array(bytes)))
        case .nothing: #expect(step.consumed > 0)
        case .close(let code, let reason):
            heard.append(.close(code?.rawValue, Array(reason)))
            actions.append(connection.answerClose(into: &output))
        case .violation(let code, let reason):
            heard.append(.violation(code.rawValue))
            actions.append(connection.fail(code, reason: reason, into: &output))
        case .ended:
            #expect(step.consumed == kept.count)
            goesOn = false
        }
        kept = Array(memory[step.consumed...])
        return goesOn
    }
}

/// What is heard when `bytes` come in turns that end at `cuts`.
func hear(
    _ bytes: [UInt8], cuts: some Sequence<Int> = [Int](), role: WebSocketRole = .server,
    kinds: WebSocketMessageKinds = .text, isPatient: Bool = false
) -> [Heard] {
    var listener = Listener(role, kinds, isPatient: isPatient)
    var start = 0
    for cut in cuts {
        listener.receive(Array(bytes[start..<cut]))
        start = cut
    }
    listener.receive(Array(bytes[start...]))
    listener.drain()
    return listener.heard
}

/// Expects the same to be heard however `bytes` are cut: once anywhere, and into single bytes.
func expectSameWhateverTheCut(
    _ bytes: [UInt8], role: WebSocketRole = .server, kinds: WebSocketMessageKinds = .text,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let whole = hear(bytes, role: role, kinds: kinds)
    // Long inputs are cut densely where headers stand, at both ends, and sparsely between.
    let isLong = bytes.count > 1_000
    for cut in 0...bytes.count where !isLong || cut < 40 || cut + 40 > bytes.count || cut % 4_099 == 0 {
        for isPatient in [false, true] {
            let cutOnce = hear(bytes, cuts: [cut], role: role, kinds: kinds, isPatient: isPatient)
            #expect(cutOnce == whole, "cut at \(cut)", sourceLocation: sourceLocation)
        }
    }
    let step = isLong ? 997 : 1
    for isPatient in [false, true] {
        let cuts = stride(from: 0, to: bytes.count, by: step)
        let pieces = hear(bytes, cuts: cuts, role: role, kinds: kinds, isPatient: isPatient)
        #expect(pieces == whole, "in steps of \(step)", sourceLocation: sourceLocation)
    }
}
