import ByteCore
import IdentityWire
import PointerEvents

@testable import WebSocketWire

extension FuzzTarget {
    /// Messages of one connection on all the ways that a worker has for them, from their masked frames to the
    /// records that the master reads, held against the second reader of each message by itself. The first
    /// byte is what they are masked with; then messages follow, a line each.
    static let intakeJSON = FuzzTarget(
        name: "intake-json", longestInput: 2048, seeds: intakeSeeds
    ) { input in
        guard let first = input.first else { return nil }
        let messages = input.dropFirst().split(separator: UInt8(ascii: "\n")).map { Array($0) }
        var (expected, refusal): ([SimpleSample], UInt16?) = ([], nil)
        for message in messages where refusal == nil {
            guard SimpleUTF8(message) == .whole else {
                // No text at all, whatever stands in it.
                refusal = 1007
                break
            }
            switch message.withUnsafeBytes({ SimpleSample.judge($0) }) {
            case .accepted(let samples): expected += samples
            case .refused(let code): refusal = code
            }
        }
        return intake(.json, frames(messages, .text, masked: first), expected, refusal)
    }

    /// The same of `pointerscope.v1`; a usual hello comes first, then messages, each behind its length.
    static let intakeWire = FuzzTarget(
        name: "intake-wire", longestInput: 1024, seeds: wireSeeds
    ) { input in
        guard let first = input.first else { return nil }
        let messages = [usualHello()] + cut(Array(input.dropFirst()))
        var second = SimpleWire(id: signedID.bytes)
        var (expected, refusal): ([SimpleSample], UInt16?) = ([], nil)
        for message in messages where refusal == nil {
            switch second.judge(message) {
            case .accepted(let samples, _): expected += samples
            case .refused(let code): refusal = code
            }
        }
        return intake(.pointerscope1, frames(messages, .binary, masked: first), expected, refusal)
    }

    private static let signedID: SignedID = {
        guard let id = SignedID(vouchedFor: Array("~AAAAAAAAAAAAAAAA".utf8)) else {
            preconditionFailure("it has the shape of one")
        }
        return id
    }()

    /// What is wrong with what a worker makes of frames, however they arrive.
    private static func intake(
        _ subprotocol: WebSocketSubprotocol, _ frames: [UInt8], _ expected: [SimpleSample],
        _ refusal: UInt16?
    ) -> String? {
        frames.withUnsafeBytes { bytes in
            Pieces.compare(bytes) { feed, transcript in
                let run = IntakeRun(subprotocol, id: signedID)
                var inbound = Inbound()
                while let piece = feed.next() { inbound.receive(piece) { run.receive($0) } }
                run.finish()
                let samples = run.records.samples
                transcript.note(samples.count)
                transcript.note(run.refusal ?? 0)
                if let complaint = run.complaint { transcript.complain(complaint) }
                if run.refusal != refusal {
                    transcript.complain("\(run.refusal ?? 0), and should be \(refusal ?? 0)")
                }
                guard samples != expected else { return }
                let index = zip(samples, expected).prefix { $0 == $1 }.count
                let (one, other) = (samples.dropFirst(index).first, expected.dropFirst(index).first)
                transcript.complain("sample \(index): \(one.debugDescription), not \(other.debugDescription)")
            }
        }
    }

    /// A frame for each message, and of some of them two.
    private static func frames(
        _ messages: [[UInt8]], _ opcode: FrameOpcode, masked mask: UInt8
    ) -> [UInt8] {
        Seed.bytes { buffer in
            for (index, message) in messages.enumerated() {
                let key = UInt32(mask) &* (0x9E37_79B9 &+ UInt32(index) &* 0x85EB_CA6B)
                message.withUnsafeBytes { bytes in
                    guard mask % 8 == 7, index % 4 == 2 else {
                        return buffer.appendFrame(opcode, bytes, maskKey: key)
                    }
                    let (head, rest) = (bytes[..<(bytes.count / 2)], bytes[(bytes.count / 2)...])
                    buffer.appendFrame(
                        opcode, UnsafeRawBufferPointer(rebasing: head), maskKey: key, isFinal: false)
                    buffer.appendFrame(
                        .continuation, UnsafeRawBufferPointer(rebasing: rest), maskKey: ~key)
                }
            }
        }
    }

    @Sendable private static func intakeSeeds() -> [[UInt8]] {
        let moves = [(812, "433"), (813, "433.5"), (8, "0"), (-1, "-0.25"), (12_345, "99.999")].map { x, y in
            #"{"id":"user123","x":\#(x),"y":\#(y)}"#
        }
        let other = #"{"id":"ann","x":1e3,"y":0}"#
        let click = #"{"id":"user123","x":812,"y":433,"k":"click","b":1,"el":"a.buy"}"#
        let streams = [
            moves, moves.flatMap { [$0, other] }, [moves[0], "[\(moves.joined(separator: ","))]", moves[1]],
            [moves[0], click, moves[1], click.replacing("812", with: "9"), moves[2]],
            [moves[0], moves[0] + " ", " " + moves[0], moves[0].replacing(":", with: ": "), moves[1]],
            [moves[0], moves[1].replacing("user123", with: "user124"), moves[0]],
            [moves[0], String(moves[1].dropLast()), moves[0]], [moves[0], moves[0] + "}", moves[0]],
            [moves[0], moves[0].replacing("812", with: "0812")],
            [moves[0], moves[0].replacing("812", with: "")],
            [moves[0], moves[0].replacing("812", with: "81234567890123")],
            [
                #"{"x":1,"y":2,"id":"b","p":"/a"}"#, #"{"x":10,"y":2,"id":"b","p":"/b"}"#,
                #"{"x":1,"y":-2,"id":"b","p":"/a"}"#,
            ],
            [
                #"{"id":"\u0061","x":1,"y":2,"t":1732109508123}"#,
                #"{"id":"a","x":1,"y":2,"t":1732109508140}"#,
            ],
            [#"{"id":"ü","x":1,"y":2,"n":"é"}"#, #"{"id":"ü","x":3,"y":2,"n":"é"}"#, "[]", "[\(other),1]"],
            [#"{"id":"a","x":1,"y":2,"z":{"q":[1]}}"#, #"{"id":"a","x":11,"y":2,"z":{"q":[1]}}"#],
        ]
        let texts = streams.map { $0.joined(separator: "\n") }
        return [0, 1, 7].flatMap { (mask: UInt8) in Seed.texts(texts).map { [mask] + $0 } }
    }
}
