import ByteCore
import PointerEvents

extension FuzzTarget {
    /// One connection of `pointerscope.v1`, held against a second reader. The first byte says whether a usual
    /// hello comes first; then messages follow, each behind its length.
    static let wireV1 = FuzzTarget(name: "wire-v1", longestInput: 1024, seeds: wireSeeds) { input in
        guard let first = input.first else { return nil }
        var messages = cut(Array(input.dropFirst()))
        if first & 1 == 0 { messages.insert(usualHello(), at: 0) }
        let id = Array("~visitor".utf8)
        var state = id.withUnsafeBytes { WireV1State(id: $0) }
        var decoder = WireV1Decoder()
        var second = SimpleWire(id: id)
        var hasBegun = false
        for (index, message) in messages.enumerated() {
            let copy = ExactCopy(message)
            let before = state
            let verdict: SimpleWire.Verdict
            switch decoder.decode(copy.readable, .binary, after: state) {
            case .refused(let refusal): verdict = .refused(refusal.closeCode)
            case .accepted(let count):
                let samples = (0..<count).map { sample(at: $0, of: decoder) }
                verdict = .accepted(samples, decoder.notes)
                decoder.commit(to: &state)
            }
            let expected = second.judge(message)
            guard verdict == expected else { return "message \(index): \(verdict), not \(expected)" }
            if let complaint = helloComplaint(copy.readable, isFirst: !hasBegun, verdict) {
                return complaint
            }
            guard case .refused = verdict else {
                hasBegun = true
                continue
            }
            guard state == before else { return "message \(index) changed the state, and was refused" }
        }
        return nil
    }

    /// What reading the hello by itself says, where it should agree with decoding the message.
    private static func helloComplaint(
        _ message: UnsafeRawBufferPointer, isFirst: Bool, _ verdict: SimpleWire.Verdict
    ) -> String? {
        guard isFirst else { return nil }
        do throws(SampleRefusal) {
            _ = try WireV1Hello(parsing: message)
            return nil
        } catch {
            return verdict == .refused(error.closeCode) ? nil : "the hello alone is refused: \(error.reason)"
        }
    }

    /// Messages, each behind a byte with its length.
    static func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var rest = bytes[...]
        while let count = rest.popFirst() {
            messages.append(Array(rest.prefix(Int(count))))
            rest = rest.dropFirst(Int(count))
        }
        return messages
    }

    static func usualHello() -> [UInt8] {
        var encoder = WireV1Encoder()
        var hello = WireV1Hello()
        hello.clock = 1_732_109_508_124
        return Seed.bytes { encoder.appendHello(hello, to: &$0) }
    }

    @Sendable static func wireSeeds() -> [[UInt8]] {
        let pieces: [[UInt8]] = [
            [0xA0, 0x41], [0x80, 0x00, 0xFF, 0xFF], [0x02, 0x00, 0x03, 0x04], [0x03, 0x08, 0x01, 0x02, 0x01],
            [0x04, 0x08, 0x00, 0x00, 0x00], [0x05, 0x00, 0x00, 0x00], [0x06, 0x00, 0x00, 0x00, 0x01, 0x61],
            [0x07, 0x08, 0x00, 0xC8, 0x01], [0x08, 0x08, 0x00, 0xC8, 0x01], [0x09, 0x08, 0x00, 0x00],
            [0x0A, 0x08, 0x00, 0x00], [0x0B, 0x08, 0x01], [0x0C, 0x08, 0x01, 0x02, 0x03, 0x04],
            [0x0D, 0x08, 0x01, 0x2F, 0x00, 0x00, 0x03, 0x04], [0x0E, 0x01, 0x41], [0x0F, 0x08],
            [0x10, 0x01, 0x05, 0x02, 0x04, 0x06, 0x08], [0x11, 0x03], [0x40, 0x01, 0xFF], [0x3F],
        ]
        func message(_ number: UInt8, _ records: [UInt8]) -> [UInt8] {
            [UInt8(records.count + 1), number] + records
        }
        let each = pieces.map { [0] + message(1, $0) + message(2, [0xA0, 0x41]) }
        let all = [0] + message(1, Array(pieces[..<15].joined()))
        let lost =
            [0] + message(3, [0xA0]) + message(4, [0x10, 0x04, 0x05, 0x02, 0x04, 0x06, 0x08, 0xA0, 0x41])
        let twice = [0] + message(1, [0xA0, 0x41]) + message(1, [0xA0, 0x41]) + message(2, [])
        let hello = usualHello()
        return each + [
            all, lost, twice, [1, UInt8(hello.count)] + hello + message(1, [0x02, 0x88, 0x00, 0, 0]),
        ]
    }

    /// A message from the server: what is read is written again and read as the same.
    static let serverMessage = FuzzTarget(
        name: "server-message", longestInput: 512,
        seeds: {
            let welcome: [UInt8] = [0x01, 0x0A, 0x01, 0x02, 0x7E, 0x61, 0x03, 0x74, 0x6F, 0x6B, 0x3C, 0x32]
            let others: [[UInt8]] = [
                [0x02, 0x1E, 0xF4, 0x03], [0x04, 0xD0, 0x0F], [0x05, 0x01], [0x06], [0x40, 0x01, 0xFF],
                [0x03],
                [0x01, 0x01, 0x00], [0x05, 0x03],
            ]
            return [welcome, welcome + Array(others.joined())] + others
        }
    ) { message in
        var again = ByteBuffer()
        let records = read(message) { again.append($0) }
        guard let records else { return nil }
        let copy = ExactCopy(again.readable)
        var count = 0
        var isSame = true
        var reader = ServerMessageReader(message)
        let second = read(copy.readable) { record in
            count += 1
            do throws(WireV1Fault) {
                let original = try reader.next()
                isSame = isSame && original == record
            } catch {
                isSame = false
            }
        }
        return second == records && isSame ? nil : "\(records) records, and \(count) once written again"
    }

    /// How many records a message has; nil where it is refused.
    private static func read(
        _ message: UnsafeRawBufferPointer, _ body: (ServerMessage) -> Void
    ) -> Int? {
        let copy = ExactCopy(message)
        var reader = ServerMessageReader(copy.readable)
        var count = 0
        do throws(WireV1Fault) {
            while let record = try reader.next() {
                body(record)
                count += 1
            }
        } catch {
            return error.closeCode == 1007 || error.closeCode == 1008 ? nil : -1
        }
        return count
    }
}
