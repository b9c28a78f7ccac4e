import ByteCore

@testable import WebSocketWire

extension FuzzTarget {
    /// Frames and the messages assembled of them, held against a second reader, and by the fuzzer against
    /// libwslay as well. The first byte says which end reads and what it takes.
    static let frames = FuzzTarget(
        name: "frames", longestInput: 2048,
        seeds: {
            let masked = frameSeeds(maskKey: 0x0102_0304) + frameSeeds(maskKey: 0) + deflatedSeeds()
            let plain = frameSeeds(maskKey: nil)
            return masked.map { [0] + $0.dropFirst() } + masked.map { [2] + $0.dropFirst() }
                + plain.map { [1] + $0.dropFirst() } + masked.prefix(4).map { [4] + $0.dropFirst() }
        }
    ) { input in
        guard let plan = input.first else { return nil }
        let reader = FrameReader(plan)
        let bytes = Array(input.dropFirst())
        for stream in [bytes, bytes + FrameReader.tail] {
            let (own, simple) = (reader.own(stream), reader.simple(stream))
            if own != simple { return "\(own), and should be \(simple)" }
        }
        return reader.complaintOfWslay(bytes + FrameReader.tail)
    }
}

/// One end of a connection, which several readers stand for.
struct FrameReader {
    private let role: WebSocketRole
    private let kinds: WebSocketMessageKinds

    /// Completes whatever has begun: readers differ in when they look at what is not whole.
    static let tail = [UInt8](repeating: 0, count: 140)

    /// Bit 0 of `plan`: a client; bit 1: compressed messages were agreed on; bit 2: texts are not spoken.
    init(_ plan: UInt8) {
        role = plan & 1 == 0 ? .server : .client
        var kinds: WebSocketMessageKinds = plan & 4 == 0 ? [.text, .binary] : .binary
        if plan & 2 != 0 { kinds.insert(.deflated) }
        self.kinds = kinds
    }

    private init(answering other: FrameReader) {
        role = other.role == .server ? .client : .server
        kinds = [.text, .binary]
    }

    func simple(_ bytes: [UInt8]) -> [FrameHappening] {
        var simple = SimpleFrames(
            isServer: role == .server, takesText: kinds.contains(.text),
            takesDeflated: kinds.contains(.deflated))
        simple.read(bytes)
        return simple.happenings
    }

    func own(_ bytes: [UInt8]) -> [FrameHappening] {
        var connection = WebSocketConnection(role: role, accepting: kinds)
        let copy = ExactCopy(bytes)
        var rest = copy.bytes
        var happenings: [FrameHappening] = []
        while true {
            let step = connection.next(rest)
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
            switch step.event {
            case .needMore, .ended: return happenings
            case .nothing: break
            case .message(let message, let opcode):
                happenings.append(.message(opcode: opcode.rawValue, isDeflated: false, Array(message)))
            case .deflated(let message, let opcode):
                happenings.append(.message(opcode: opcode.rawValue, isDeflated: true, Array(message)))
            case .ping(let payload): happenings.append(.ping(Array(payload)))
            case .pong(let payload): happenings.append(.pong(Array(payload)))
            case .close(let code, let reason):
                happenings.append(.close(code?.rawValue, reason: Array(reason)))
            case .violation(let code, _):
                happenings.append(.failed(code.rawValue))
                return happenings
            }
        }
    }

    /// What is wrong with how libwslay and we read each other; nil where it is not there.
    func complaintOfWslay(_ bytes: [UInt8]) -> String? {
        #if canImport(CWslay)
            let own = own(bytes)
            let theirs = wslay(bytes)
            if let difference = Self.difference(own, theirs.happenings) { return "libwslay: \(difference)" }
            let answers = FrameReader(answering: self).own(theirs.output)
            let isRead = answers.allSatisfy { if case .failed = $0 { false } else { true } }
            if !isRead { return "libwslay answers with \(answers)" }
            let (said, sent) = send(own)
            let read = FrameReader(answering: self).wslay(sent).happenings
            return read == said ? nil : "libwslay reads \(read), and we sent \(said)"
        #else
            return nil
        #endif
    }

    #if canImport(CWslay)
        private func wslay(_ bytes: [UInt8]) -> WslayFrames {
            WslayFrames(
                bytes, isServer: role == .server, takesDeflated: kinds.contains(.deflated))
        }

        /// Where they part, but for what libwslay is known to do otherwise.
        private static func difference(_ own: [FrameHappening], _ theirs: [FrameHappening]) -> String? {
            for index in 0..<max(own.count, theirs.count) {
                let ours = index < own.count ? own[index] : nil
                let other = index < theirs.count ? theirs[index] : nil
                if ours == other { continue }
                switch (ours, other) {
                // We judge a length before all else, bound the fragments, and speak not every kind.
                case (.failed(1009), _), (.failed(1003), _): return nil
                // Codes that were registered later than it was written.
                case (.close((1012...1014)?, _), .failed): return nil
                // Half a code it takes for none.
                case (.failed(1002), .close(nil, _)): return nil
                // It does not always say why, and looks at a close frame's reason before its code.
                case (.failed, .failed(0)), (.failed(1002), .failed(1007)): return nil
                default:
                    return "\(String(describing: other)), not \(String(describing: ours)) behind \(index)"
                }
            }
            return nil
        }

        /// What was read, sent to the other end, as frames of ours; of each kind what both ends know.
        private func send(_ happenings: [FrameHappening]) -> ([FrameHappening], [UInt8]) {
            var said: [FrameHappening] = []
            var output = ByteBuffer(capacity: 256)
            for (index, happening) in happenings.enumerated() {
                let maskKey: UInt32? = role == .client ? 0x9E37_79B9 &* UInt32(index) : nil
                switch happening {
                case .message(_, isDeflated: true, _), .failed, .close((1012...1014)?, _): continue
                case .message(let opcode, _, let message):
                    guard let opcode = FrameOpcode(rawValue: opcode) else { continue }
                    let half = index & 1 == 0 ? 0 : message.count / 2
                    message.withUnsafeBytes { bytes in
                        let (head, rest) = (bytes[..<half], bytes[half...])
                        if half > 0 {
                            output.appendFrame(
                                opcode, UnsafeRawBufferPointer(rebasing: head), maskKey: maskKey,
                                isFinal: false)
                        }
                        output.appendFrame(
                            half > 0 ? .continuation : opcode, UnsafeRawBufferPointer(rebasing: rest),
                            maskKey: maskKey)
                    }
                case .ping(let payload):
                    payload.withUnsafeBytes { output.appendFrame(.ping, $0, maskKey: maskKey) }
                case .pong(let payload):
                    payload.withUnsafeBytes { output.appendFrame(.pong, $0, maskKey: maskKey) }
                case .close(let code, _):
                    output.appendCloseFrame(
                        code.map { CloseCode(rawValue: $0) }, reason: code == nil ? "" : "done",
                        maskKey: maskKey)
                    said.append(.close(code, reason: code == nil ? [] : Array("done".utf8)))
                    continue
                }
                said.append(happening)
            }
            return (said, Array(output.readable))
        }
    #endif
}
