/// Frames from a client that a server of text messages has to answer with a close frame of `code`.
///
/// This file and `WireFrame.swift` depend on nothing, so that an end-to-end test can take them in by a
/// symbolic link: open a WebSocket with `json` or no subprotocol, send `bytes`, expect a close frame of
/// `code`, then the end of the connection. Where messages stand before the offence they are well-formed JSON
/// of no visitor.
struct MalformedFrames: Sendable, CustomStringConvertible {
    let name: String
    let bytes: [UInt8]
    let code: UInt16

    var description: String { name }

    init(_ code: UInt16, _ name: String, _ frames: WireFrame...) {
        self.init(code, name, frames)
    }

    init(_ code: UInt16, _ name: String, _ frames: [WireFrame]) {
        self.name = name
        self.code = code
        bytes = frames.bytes
    }

    static let all = headers + lengths + sequences + closes + texts + kinds + tooBig

    private static func run(_ count: Int, of byte: UInt8 = 0x20) -> [UInt8] {
        Array(repeating: byte, count: count)
    }

    static let headers: [MalformedFrames] =
        [
            .init(1002, "an unmasked text", WireFrame(opcode: 1, payload: [0x5B, 0x5D], key: nil)),
            .init(1002, "an unmasked empty text", WireFrame(opcode: 1, key: nil)),
            .init(1002, "an unmasked ping", WireFrame(opcode: 9, key: nil)),
            .init(1002, "an unmasked close", WireFrame(opcode: 8, payload: [0x03, 0xE8], key: nil)),
            .init(1002, "RSV1 on a text", WireFrame(opcode: 1, payload: [0x5B, 0x5D], reservedBits: 4)),
            .init(1002, "RSV2 on a text", WireFrame(opcode: 1, payload: [0x5B, 0x5D], reservedBits: 2)),
            .init(1002, "RSV3 on a text", WireFrame(opcode: 1, payload: [0x5B, 0x5D], reservedBits: 1)),
            .init(1002, "every RSV on a ping", WireFrame(opcode: 9, reservedBits: 7)),
            .init(1002, "RSV1 on a close", WireFrame(opcode: 8, payload: [0x03, 0xE8], reservedBits: 4)),
            .init(
                1002, "RSV1 on a continuation", .text("[", isFinal: false),
                WireFrame(opcode: 0, reservedBits: 4)),
        ]
        + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { opcode in
            .init(1002, "reserved opcode \(opcode)", WireFrame(opcode: opcode))
        }

    static let lengths: [MalformedFrames] = [
        .init(1002, "2 in two length bytes", WireFrame(opcode: 1, payload: [0x5B, 0x5D], lengthBytes: 2)),
        .init(1002, "125 in two length bytes", WireFrame(opcode: 1, payload: run(125), lengthBytes: 2)),
        .init(1002, "0 in two length bytes", WireFrame(opcode: 1, lengthBytes: 2)),
        .init(1002, "2 in eight length bytes", WireFrame(opcode: 1, payload: [0x5B, 0x5D], lengthBytes: 8)),
        .init(1002, "126 in eight length bytes", WireFrame(opcode: 1, payload: run(126), lengthBytes: 8)),
        .init(
            1002, "65535 in eight length bytes, declared only",
            WireFrame(opcode: 1, lengthBytes: 8, declaredLength: 65535)),
        .init(1002, "a ping of 2 in two length bytes", WireFrame(opcode: 9, payload: run(2), lengthBytes: 2)),
        .init(1002, "a ping of 126 bytes", WireFrame(opcode: 9, payload: run(126))),
        .init(1002, "a pong of 126 bytes", WireFrame(opcode: 10, payload: run(126))),
        .init(1002, "a close of 126 bytes", .close(1000, run(124))),
        .init(1002, "a ping of 65536 bytes, declared only", WireFrame(opcode: 9, declaredLength: 65536)),
        .init(1002, "a ping that is not final", WireFrame(opcode: 9, isFinal: false)),
        .init(1002, "a pong that is not final", WireFrame(opcode: 10, isFinal: false)),
        .init(1002, "a close that is not final", WireFrame(opcode: 8, isFinal: false)),
    ]

    static let sequences: [MalformedFrames] = [
        .init(1002, "a continuation first", .more([0x5B], isFinal: false)),
        .init(1002, "a final continuation first", .more([0x5B], isFinal: true)),
        .init(1002, "a continuation behind a message", .text("[]"), .more([0x5B], isFinal: true)),
        .init(
            1002, "a continuation behind a fragmented message",
            .text("[", isFinal: false), .more([0x5D], isFinal: true), .more([0x5B], isFinal: true)),
        .init(1002, "a text within a message", .text("[", isFinal: false), .text("[]")),
        .init(
            1002, "a text fragment within a message", .text("[", isFinal: false), .text("[", isFinal: false)),
        .init(1002, "a binary within a message", .text("[", isFinal: false), WireFrame(opcode: 2)),
        .init(
            1002, "a text within a message behind a ping",
            .text("[", isFinal: false), WireFrame(opcode: 9), .text("[]")),
    ]

    static let closes: [MalformedFrames] =
        [
            .init(1002, "a close of one byte", WireFrame(opcode: 8, payload: [0x03])),
            .init(1007, "a close reason that is not UTF-8", .close(1000, [0xC3, 0x28])),
            .init(1007, "a close reason cut within a character", .close(1000, [0x61, 0xE2, 0x82])),
        ]
        + [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map { (code: UInt16) in
            .init(1002, "a close of code \(code)", .close(code, Array("x".utf8)))
        }

    static let texts: [MalformedFrames] = [
        .init(1007, "a continuation byte alone", .text(bytes: [0x80])),
        .init(1007, "an overlong slash", .text(bytes: [0x22, 0xC0, 0xAF, 0x22])),
        .init(1007, "an overlong NUL of three bytes", .text(bytes: [0x22, 0xE0, 0x80, 0x80, 0x22])),
        .init(1007, "a surrogate", .text(bytes: [0x22, 0xED, 0xA0, 0x80, 0x22])),
        .init(1007, "past U+10FFFF", .text(bytes: [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22])),
        .init(1007, "a byte that never stands in UTF-8", .text(bytes: [0x22, 0xFE, 0x22])),
        .init(1007, "a character without its end", .text(bytes: [0x22, 0xE2, 0x82])),
        .init(1007, "a character broken off by a letter", .text(bytes: [0x22, 0xE2, 0x82, 0x22])),
        .init(1007, "Latin-1", .text(bytes: [0x22, 0xE9, 0x22])),
        .init(1007, "a bad byte behind 64 good ones", .text(bytes: run(64) + [0xFF])),
        .init(1007, "a bad byte in a text of 300", .text(bytes: run(200) + [0xFF] + run(99))),
        .init(1007, "a bad byte in the first fragment", .text(bytes: [0x22, 0xFF], isFinal: false)),
        .init(1007, "a bad byte in the second fragment", .text("\"", isFinal: false), .more([0x61, 0xFF])),
        .init(
            1007, "a character cut by fragments and then broken",
            .text(bytes: [0x22, 0xE2], isFinal: false), .more([0x82]), .more([0x22])),
        .init(
            1007, "a fragmented text that ends within a character",
            .text(bytes: [0x22, 0xE2], isFinal: false), .more([0x82], isFinal: true)),
        .init(
            1007, "a text that ends within a character, its last fragment empty",
            .text(bytes: [0x22, 0xC3], isFinal: false), .more([], isFinal: true)),
        .init(
            1007, "a bad byte in a frame of which most is still to come",
            WireFrame(opcode: 1, payload: [0x22, 0x61, 0xFF], declaredLength: 60_000)),
    ]

    static let kinds: [MalformedFrames] = [
        .init(1003, "a binary message", WireFrame(opcode: 2, payload: [0x5B, 0x5D])),
        .init(1003, "an empty binary message", WireFrame(opcode: 2)),
        .init(1003, "a binary fragment", WireFrame(opcode: 2, payload: [0x5B], isFinal: false)),
        .init(1003, "a binary behind a text", .text("[]"), WireFrame(opcode: 2)),
        .init(1003, "a binary of 60000 bytes, declared only", WireFrame(opcode: 2, declaredLength: 60_000)),
    ]

    static let tooBig: [MalformedFrames] = [
        .init(1009, "65537 bytes declared", WireFrame(opcode: 1, declaredLength: 65537)),
        .init(1009, "2^31 bytes declared", WireFrame(opcode: 1, declaredLength: 1 << 31)),
        .init(1009, "2^63 - 1 bytes declared", WireFrame(opcode: 1, declaredLength: .max >> 1)),
        .init(1009, "2^63 bytes declared", WireFrame(opcode: 1, declaredLength: 1 << 63)),
        .init(1009, "2^64 - 1 bytes declared", WireFrame(opcode: 1, declaredLength: .max)),
        .init(1009, "the length before the opcode", WireFrame(opcode: 2, declaredLength: 65537)),
        .init(1009, "the length before a reserved opcode", WireFrame(opcode: 3, declaredLength: 65537)),
        .init(1009, "the length before a control's", WireFrame(opcode: 9, declaredLength: 65537)),
        .init(
            1009, "the length before RSV and mask",
            WireFrame(opcode: 1, reservedBits: 7, key: nil, declaredLength: 65537)),
        .init(1009, "the length before the sequence", WireFrame(opcode: 0, declaredLength: 65537)),
        .init(
            1009, "65537 bytes in two fragments",
            .text(bytes: run(65_000), isFinal: false), WireFrame(opcode: 0, declaredLength: 537)),
        .init(
            1009, "65537 bytes in two fragments, a ping between them",
            .text(bytes: run(1), isFinal: false), WireFrame(opcode: 9),
            WireFrame(opcode: 0, declaredLength: 65536)),
        .init(
            1009, "65 fragments",
            [.text("[", isFinal: false)] + Array(repeating: .more([0x20]), count: 64)),
        .init(
            1009, "65 empty fragments",
            [.text("", isFinal: false)] + Array(repeating: .more([]), count: 63)
                + [.more([], isFinal: true)]),
    ]
}
