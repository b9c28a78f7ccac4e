import ByteCore

@testable import WebSocketWire

extension FuzzTarget {
    /// A connection as a server has it: masked frames come in.
    static let webSocketServer = FuzzTarget(
        name: "websocket-server", longestInput: 2048,
        seeds: { frameSeeds(maskKey: 0x0102_0304) + frameSeeds(maskKey: 0) }
    ) { webSocket($0, .server) }

    /// A connection as a client has it: frames without masks come in.
    static let webSocketClient = FuzzTarget(
        name: "websocket-client", longestInput: 2048, seeds: { frameSeeds(maskKey: nil) }
    ) { webSocket($0, .client) }

    /// The first byte says which kinds are accepted and when this end begins to close; frames follow.
    private static func webSocket(
        _ input: UnsafeRawBufferPointer, _ role: WebSocketRole, isDeflateAgreedOn: Bool = false
    ) -> String? {
        guard let plan = input.first else { return nil }
        return Pieces.compare(UnsafeRawBufferPointer(rebasing: input.dropFirst())) { feed, transcript in
            var end = WebSocketEnd(role, plan, isDeflateAgreedOn: isDeflateAgreedOn)
            var inbound = Inbound()
            while let piece = feed.next() {
                inbound.receive(piece) { end.receive($0, &transcript) }
            }
            end.finish(&transcript)
        }
    }

    /// The same as a server has it where compressed messages were agreed on.
    static let webSocketDeflate = FuzzTarget(
        name: "websocket-deflate", longestInput: 2048,
        seeds: { frameSeeds(maskKey: 0) + deflatedSeeds() }
    ) { webSocket($0, .server, isDeflateAgreedOn: true) }

    /// A compressed message is whole, too long or damaged, whatever was inflated before it.
    static let deflatedMessage = FuzzTarget(
        name: "deflated-message", longestInput: 1024,
        seeds: { deflated.map { [0xFF] + $0 } + deflated.map { [0x01] + $0 } }
    ) { input in
        guard let first = input.first else { return nil }
        let limit = Int(first) * 16
        let message = ExactCopy(UnsafeRawBufferPointer(rebasing: input.dropFirst()))
        var inflater = MessageInflater()
        var outcomes: [[UInt8]?] = []
        for _ in 0..<2 {
            switch inflater.inflate(UnsafeRawBufferPointer(message.bytes), limit: limit) {
            case .whole(let bytes) where bytes.count > limit: return "\(bytes.count) bytes of \(limit)"
            case .whole(let bytes): outcomes.append(Array(bytes))
            case .tooLong, .damaged: outcomes.append(nil)
            }
            // In between, one that ends early.
            _ = deflated[0].dropLast(3).withUnsafeBytes { inflater.inflate($0, limit: limit) }
        }
        return outcomes[0] == outcomes[1] ? nil : "not the same the second time"
    }

    /// RFC 7692 sections 7.2.3.1 to 7.2.3.6, one that repeats itself, and one with codes of its own.
    private static let deflated: [[UInt8]] = [
        [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], [0xF2, 0x00, 0x11, 0x00, 0x00],
        [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
        [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
        [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
        [0x00], [0x4A, 0x4C, 0x1C, 0x05, 0xC4, 0x02, 0x00, 0x00],
        [
            0x74, 0xCF, 0xBD, 0x0A, 0xC2, 0x40, 0x10, 0x04, 0xE0, 0x57, 0x39, 0xB6, 0x4E, 0x91,
            0xFD, 0xBD, 0x3B, 0x5F, 0x45, 0xEC, 0x92, 0xC2, 0x56, 0x11, 0x12, 0x24, 0xEF, 0x6E,
            0x84, 0xDD, 0x43, 0x16, 0xAC, 0x86, 0x81, 0xAF, 0x98, 0xB9, 0xBE, 0xE1, 0xBE, 0xC0,
            0xA5, 0xC0, 0xEB, 0xB9, 0x3E, 0x66, 0x98, 0x0A, 0x6C, 0x67, 0x9B, 0xCF, 0xDC, 0xBF,
            0x79, 0x4C, 0xE5, 0x17, 0x60, 0x00, 0xAE, 0x2E, 0x3A, 0x26, 0x42, 0x41, 0xAA, 0x38,
            0xC1, 0x46, 0xC9, 0x70, 0x18, 0x44, 0x74, 0x44, 0x95, 0x13, 0x92, 0x81, 0xA4, 0x39,
            0x62, 0x93, 0x84, 0x74, 0xA0, 0xA6, 0x8E, 0x44, 0x35, 0x21, 0x0B, 0x44, 0x44, 0x8E,
            0x54, 0x2C, 0xA1, 0xF1, 0x9D, 0xB4, 0x3B, 0x32, 0xAE, 0xFF, 0xFE, 0x53, 0xB7, 0x18,
            0xDE, 0x8E, 0xDB, 0x07,
        ],
    ]

    @Sendable static func deflatedSeeds() -> [[UInt8]] {
        deflated.map { message in
            let cut = message.count / 2
            return [1, 0x41, 0x80 | UInt8(cut), 0, 0, 0, 0] + message[..<cut]
                + [0x80, 0x80 | UInt8(message.count - cut), 0, 0, 0, 0] + message[cut...]
        }
            + deflated.filter { $0.count < 126 }.map {
                [1, 0xC1, 0x80 | UInt8($0.count), 0, 0, 0, 0] + $0 + [0x81, 0x80, 0, 0, 0, 0]
            }
    }

    @Sendable static func frameSeeds(maskKey: UInt32?) -> [[UInt8]] {
        func stream(_ plan: UInt8, _ build: (inout ByteBuffer) -> Void) -> [UInt8] {
            [plan] + Seed.bytes(build)
        }
        let sample = ("{\"id\":\"ü\",\"x\":1,\"y\":2}" as StaticString).rawBytes
        let half = UnsafeRawBufferPointer(rebasing: sample[..<8])
        let rest = UnsafeRawBufferPointer(rebasing: sample[8...])
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 300)
        return [
            stream(1) { $0.appendFrame(.text, sample, maskKey: maskKey) },
            stream(3) { buffer in
                buffer.appendFrame(.text, half, maskKey: maskKey, isFinal: false)
                buffer.appendFrame(.ping, half, maskKey: maskKey)
                buffer.appendFrame(.continuation, rest, maskKey: maskKey, isFinal: true)
                buffer.appendFrame(.binary, sample, maskKey: maskKey)
            },
            stream(2) { $0.appendFrame(.text, sample, maskKey: maskKey) },
            stream(1) { buffer in long.withUnsafeBytes { buffer.appendFrame(.text, $0, maskKey: maskKey) } },
            stream(9) { buffer in
                buffer.appendFrame(.pong, half, maskKey: maskKey)
                buffer.appendCloseFrame(.normal, reason: "done", maskKey: maskKey)
            },
            stream(4) { buffer in
                buffer.appendFrame(.text, half, maskKey: maskKey, isFinal: false)
                buffer.appendFrame(.ping, half, maskKey: maskKey)
                long.withUnsafeBytes { buffer.appendFrame(.continuation, $0, maskKey: maskKey) }
            },
            stream(3) { $0.appendCloseFrame(nil, maskKey: maskKey) },
            stream(3) { $0.appendFrame(.close, ("\u{3}" as StaticString).rawBytes, maskKey: maskKey) },
            stream(3) {
                $0.appendFrame(.ping, ("" as StaticString).rawBytes, maskKey: maskKey, isFinal: false)
            },
        ]
    }
}
