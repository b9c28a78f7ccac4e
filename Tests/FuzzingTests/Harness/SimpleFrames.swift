/// What frames come to at the end that reads them.
enum FrameHappening: Equatable {
    case message(opcode: UInt8, isDeflated: Bool, [UInt8])
    case ping([UInt8])
    case pong([UInt8])
    /// The peer's close frame; no code where it has none.
    case close(UInt16?, reason: [UInt8])
    /// The frames are none, with the code that says so; 0 where the reader does not tell.
    case failed(UInt16)
}

/// Frames as RFC 6455 (sections 5 and 7) and docs/protocol.md describe them, read one byte after the other.
struct SimpleFrames {
    let isServer: Bool
    let takesText: Bool
    let takesDeflated: Bool
    private(set) var happenings: [FrameHappening] = []
    /// The message in progress, and how many fragments it has.
    private var message: [UInt8] = []
    private var opcode: UInt8 = 0
    private var isDeflated = false
    private var fragments = 0

    init(isServer: Bool, takesText: Bool, takesDeflated: Bool) {
        self.isServer = isServer
        self.takesText = takesText
        self.takesDeflated = takesDeflated
    }

    private struct Header {
        let isFinal: Bool
        let reserved: UInt8
        let opcode: UInt8
        let isMasked: Bool
        let isShortest: Bool
        let length: UInt64
        /// Bytes, the key's included.
        let count: Int

        /// Nil where it has not come as far as its length.
        init?(_ bytes: ArraySlice<UInt8>) {
            let bytes = Array(bytes.prefix(10))
            guard bytes.count >= 2 else { return nil }
            isFinal = bytes[0] >= 0x80
            reserved = bytes[0] / 16 % 8
            opcode = bytes[0] % 16
            isMasked = bytes[1] >= 0x80
            let short = bytes[1] % 128
            let more = short == 126 ? 2 : short == 127 ? 8 : 0
            guard bytes.count >= 2 + more else { return nil }
            length = more == 0 ? UInt64(short) : bytes[2..<2 + more].reduce(0) { $0 * 256 + UInt64($1) }
            isShortest = more == 0 || length >= (more == 2 ? 126 : 65_536)
            count = 2 + more + (isMasked ? 4 : 0)
        }
    }

    /// Reads everything there is.
    mutating func read(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let header = Header(rest) {
            if let code = fault(header) { return happenings.append(.failed(code)) }
            guard rest.count >= header.count else { return }
            let key = header.isMasked ? Array(rest.prefix(header.count).suffix(4)) : [0, 0, 0, 0]
            rest = rest.dropFirst(header.count)
            let here = rest.prefix(Int(header.length)).enumerated().map { $1 ^ key[$0 % 4] }
            let isWhole = UInt64(here.count) == header.length
            rest = rest.dropFirst(here.count)
            guard take(header, here, isWhole: isWhole) else { return }
        }
    }

    /// With which code a frame is refused by its header alone, its length first.
    private func fault(_ header: Header) -> UInt16? {
        let isContinuation = header.opcode == 0
        if header.length > 65_536 { return 1009 }
        if isContinuation, UInt64(message.count) + header.length > 65_536 { return 1009 }
        let mayBeDeflated = takesDeflated && (header.opcode == 1 || header.opcode == 2)
        guard header.reserved == 0 || header.reserved == 4 && mayBeDeflated,
            [0, 1, 2, 8, 9, 10].contains(header.opcode), header.isMasked == isServer, header.isShortest
        else { return 1002 }
        if header.opcode >= 8 {
            let isHalfCode = header.opcode == 8 && header.length == 1
            return header.isFinal && header.length <= 125 && !isHalfCode ? nil : 1002
        }
        guard isContinuation == (fragments > 0) else { return 1002 }
        if header.opcode == 1, !takesText { return 1003 }
        return fragments >= 64 ? 1009 : nil
    }

    /// Whether more may follow.
    private mutating func take(_ header: Header, _ payload: [UInt8], isWhole: Bool) -> Bool {
        if header.opcode >= 8 { return !isWhole || control(header.opcode, payload) }
        if header.opcode > 0 {
            opcode = header.opcode
            isDeflated = header.reserved == 4
            message = []
        }
        message += payload
        let isEnd = isWhole && header.isFinal
        if opcode == 1, !isDeflated {
            let text = SimpleUTF8(message)
            guard text != .none, text == .whole || !isEnd else {
                happenings.append(.failed(1007))
                return false
            }
        }
        guard isWhole else { return false }
        fragments += 1
        guard isEnd else { return true }
        happenings.append(.message(opcode: opcode, isDeflated: isDeflated, message))
        fragments = 0
        message = []
        return true
    }

    private mutating func control(_ opcode: UInt8, _ payload: [UInt8]) -> Bool {
        switch opcode {
        case 9: happenings.append(.ping(payload))
        case 10: happenings.append(.pong(payload))
        default:
            happenings.append(Self.closing(payload))
            return false
        }
        return true
    }

    private static func closing(_ payload: [UInt8]) -> FrameHappening {
        guard payload.count >= 2 else { return .close(nil, reason: []) }
        let code = UInt16(payload[0]) * 256 + UInt16(payload[1])
        // RFC 6455 section 7.4, and what has been registered since.
        let mayBeSent = (1000...1014).contains(code) && ![1004, 1005, 1006].contains(code)
        guard mayBeSent || (3000...4999).contains(code) else { return .failed(1002) }
        let reason = Array(payload[2...])
        return SimpleUTF8(reason) == .whole ? .close(code, reason: reason) : .failed(1007)
    }
}

/// What bytes are as UTF-8 (RFC 3629 section 4).
enum SimpleUTF8 {
    case whole
    /// The start of one.
    case begun
    case none

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let lead = rest.popFirst() {
            let second: ClosedRange<UInt8>
            let count: Int
            switch lead {
            case 0x00...0x7F: continue
            case 0xC2...0xDF: (count, second) = (1, 0x80...0xBF)
            case 0xE0: (count, second) = (2, 0xA0...0xBF)
            case 0xED: (count, second) = (2, 0x80...0x9F)
            case 0xE1...0xEF: (count, second) = (2, 0x80...0xBF)
            case 0xF0: (count, second) = (3, 0x90...0xBF)
            case 0xF1...0xF3: (count, second) = (3, 0x80...0xBF)
            case 0xF4: (count, second) = (3, 0x80...0x8F)
            default:
                self = .none
                return
            }
            for index in 0..<count {
                guard let byte = rest.popFirst() else {
                    self = .begun
                    return
                }
                guard (index == 0 ? second : 0x80...0xBF).contains(byte) else {
                    self = .none
                    return
                }
            }
        }
        self = .whole
    }
}
