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
    private static func webSocket(_ input: UnsafeRawBufferPointer, _ role: WebSocketRole) -> String? {
        guard let plan = input.first else { return nil }
        return Pieces.compare(UnsafeRawBufferPointer(rebasing: input.dropFirst())) { feed, transcript in
            var end = WebSocketEnd(role, plan)
            var inbound = Inbound()
            while let piece = feed.next() {
                inbound.receive(piece) { end.receive($0, &transcript) }
            }
            end.finish(&transcript)
        }
    }

    @Sendable private static func frameSeeds(maskKey: UInt32?) -> [[UInt8]] {
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
