/// A frame spelt out byte by byte, well-formed or not, without any of the module's own means.
///
/// This file depends on nothing; `MalformedFrames.swift` needs it.
struct WireFrame: Sendable {
    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    var reservedBits: UInt8 = 0
    /// The four bytes of the mask key; nil leaves the frame unmasked.
    var key: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    /// How the length is written: 0, 2 or 8 bytes; nil takes the shortest.
    var lengthBytes: Int?
    /// The length to declare where it is not the payload's.
    var declaredLength: UInt64?

    static func text(_ text: String, isFinal: Bool = true) -> WireFrame {
        WireFrame(opcode: 0x1, payload: Array(text.utf8), isFinal: isFinal)
    }

    static func text(bytes: [UInt8], isFinal: Bool = true) -> WireFrame {
        WireFrame(opcode: 0x1, payload: bytes, isFinal: isFinal)
    }

    static func more(_ bytes: [UInt8], isFinal: Bool = false) -> WireFrame {
        WireFrame(opcode: 0x0, payload: bytes, isFinal: isFinal)
    }

    static func close(_ code: UInt16?, _ reason: [UInt8] = []) -> WireFrame {
        let payload = code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []
        return WireFrame(opcode: 0x8, payload: payload + reason)
    }

    /// What goes over the wire.
    var bytes: [UInt8] { header + masked }

    private var header: [UInt8] {
        let length = declaredLength ?? UInt64(payload.count)
        let extended = lengthBytes ?? (length < 126 ? 0 : length < 65536 ? 2 : 8)
        let short = extended == 0 ? UInt8(length) : extended == 2 ? 126 : 127
        var bytes = [(isFinal ? 0x80 : 0) | reservedBits << 4 | opcode, (key == nil ? 0 : 0x80) | short]
        for index in (0..<extended).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: length >> UInt64(index * 8)))
        }
        return bytes
    }

    private var masked: [UInt8] {
        guard let key else { return payload }
        return key + payload.enumerated().map { $0.element ^ key[$0.offset % 4] }
    }
}

extension [WireFrame] {
    var bytes: [UInt8] { flatMap(\.bytes) }
}
