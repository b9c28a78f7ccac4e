import WebSocketWire

/// The receiving side of RFC 6455 written the plain way: the whole input in an array, a byte at a time, text
/// judged by the standard library. What the connection hears has to be what this hears.
enum SimpleModel {
    static func hear(_ input: [UInt8], role: WebSocketRole, kinds: WebSocketMessageKinds) -> [Heard] {
        var heard: [Heard] = []
        var rest = input[...]
        var message: (opcode: UInt8, bytes: [UInt8], fragments: Int)?
        while let header = Header(rest) {
            if let code = judge(header, message.map { ($0.bytes.count, $0.fragments) }, role, kinds) {
                return heard + [.violation(code)]
            }
            guard let payload = header.payload(in: rest) else { return heard }
            let isWhole = payload.count == header.length
            if header.opcode >= 8 {
                guard isWhole else { return heard }
                let event = control(header.opcode, payload)
                heard.append(event)
                switch event {
                case .close, .violation: return heard
                case .message, .ping, .pong: break
                }
            } else {
                let opcode = message?.opcode ?? header.opcode
                let sum = (message?.bytes ?? []) + payload
                let isLast = header.isFinal && isWhole
                if opcode == 1, isLast ? !isUTF8(sum) : !mayBecomeUTF8(sum) {
                    return heard + [.violation(1007)]
                }
                guard isWhole else { return heard }
                if header.isFinal {
                    heard.append(.message(sum, opcode == 1 ? .text : .binary))
                    message = nil
                } else {
                    message = (opcode, sum, (message?.fragments ?? 0) + 1)
                }
            }
            rest = rest.dropFirst(header.byteCount + payload.count)
        }
        return heard
    }

    private struct Header {
        var isFinal: Bool
        var reserved: UInt8
        var opcode: UInt8
        var isMasked: Bool
        var length: UInt64
        var isMinimal: Bool
        var byteCount: Int

        init?(_ bytes: ArraySlice<UInt8>) {
            let bytes = Array(bytes.prefix(14))
            guard bytes.count >= 2 else { return nil }
            isFinal = bytes[0] >= 0x80
            reserved = bytes[0] / 16 % 8
            opcode = bytes[0] % 16
            isMasked = bytes[1] >= 0x80
            length = UInt64(bytes[1] % 128)
            isMinimal = true
            let extended = length == 126 ? 2 : length == 127 ? 8 : 0
            guard bytes.count >= 2 + extended else { return nil }
            if extended > 0 {
                length = bytes[2..<(2 + extended)].reduce(0) { $0 << 8 + UInt64($1) }
                isMinimal = length >= (extended == 2 ? 126 : 65_536)
            }
            byteCount = 2 + extended + (isMasked ? 4 : 0)
        }

        /// As much of the payload as is there, unmasked; nil if the key is not.
        func payload(in bytes: ArraySlice<UInt8>) -> [UInt8]? {
            guard bytes.count >= byteCount else { return nil }
            let head = Array(bytes.prefix(byteCount))
            let masked = bytes.dropFirst(byteCount).prefix(Int(length))
            guard isMasked else { return Array(masked) }
            let key = head.suffix(4)
            return masked.enumerated().map { $0.element ^ key[key.startIndex + $0.offset % 4] }
        }
    }

    private static func judge(
        _ header: Header, _ message: (count: Int, fragments: Int)?, _ role: WebSocketRole,
        _ kinds: WebSocketMessageKinds
    ) -> UInt16? {
        if header.length > 65_536 { return 1009 }
        if header.opcode == 0, let message, message.count + Int(header.length) > 65_536 { return 1009 }
        if header.reserved != 0 || ![0, 1, 2, 8, 9, 10].contains(header.opcode) { return 1002 }
        if header.isMasked != (role == .server) || !header.isMinimal { return 1002 }
        if header.opcode >= 8 {
            let isHalfCode = header.opcode == 8 && header.length == 1
            return !header.isFinal || header.length > 125 || isHalfCode ? 1002 : nil
        }
        if (header.opcode == 0) != (message != nil) { return 1002 }
        if let message { return message.fragments >= 64 ? 1009 : nil }
        return kinds.contains(header.opcode == 1 ? .text : .binary) ? nil : 1003
    }

    private static func control(_ opcode: UInt8, _ payload: [UInt8]) -> Heard {
        guard opcode == 8 else { return opcode == 9 ? .ping(payload) : .pong(payload) }
        guard !payload.isEmpty else { return .close(nil, []) }
        let code = UInt16(payload[0]) * 256 + UInt16(payload[1])
        let isAllowed = [1000...1003, 1007...1014, 3000...4999].contains { $0.contains(code) }
        guard isAllowed else { return .violation(1002) }
        let reason = Array(payload.dropFirst(2))
        return isUTF8(reason) ? .close(code, reason) : .violation(1007)
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    /// Whether some bytes behind these would make them UTF-8: found by trying, not by knowing.
    private static func mayBecomeUTF8(_ bytes: [UInt8]) -> Bool {
        if isUTF8(bytes) { return true }
        for cut in 1...3 where cut <= bytes.count {
            guard isUTF8(bytes.dropLast(cut)) else { continue }
            let start = Array(bytes.suffix(cut))
            for second: UInt8 in [0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF] {
                let endings: [[UInt8]] = [[], [0x80], [second], [second, 0x80], [second, 0x80, 0x80]]
                if endings.contains(where: { isUTF8(start + $0) }) { return true }
            }
        }
        return false
    }

    private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool { isUTF8(Array(bytes)) }
}
