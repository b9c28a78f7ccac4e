import ByteCore
import PointerEvents
import TestSupport
import Testing

/// The decoder beside Node's `JSON.parse`.
@Suite(.enabled(if: NodeOracle.path != nil, "node is not in PATH: nothing is compared with JSON.parse"))
struct NodeDifferentialTests {
    /// The decoder's verdict, as the oracle words it.
    private func verdict(on message: [UInt8], with decoder: inout JSONPointerDecoder) -> String {
        let decoded = Decoded(message, with: &decoder)
        if let refusal = decoded.refusal { return "\(refusal.closeCode)" }
        return (["ok"] + decoded.encoded).joined(separator: " ")
    }

    /// Seeded messages, good, damaged and arbitrary: the same verdict, and the same text of each sample.
    @Test func agreesOnRandomMessages() throws {
        var generator = MessageGenerator(seed: 2_026)
        let messages = (0..<30_000).map { _ in generator.next() }
        let expected = try NodeOracle.verdicts(on: messages)
        var decoder = JSONPointerDecoder()
        var tally: [Substring: Int] = [:]
        for (message, line) in zip(messages, expected) {
            let words = line.split(separator: " ", maxSplits: 1)
            let ours = verdict(on: message, with: &decoder)
            tally[words[1].prefix(4), default: 0] += 1
            if ours != words[1] {
                Issue.record(
                    "\(String(decoding: message, as: UTF8.self).debugDescription): \(ours), not \(words[1])")
            }
        }
        // The generator reaches each verdict often enough for agreement to mean something.
        let accepted = tally.filter { $0.key.hasPrefix("ok") }.values.reduce(0, +)
        #expect(accepted > 5_000)
        #expect(tally["1007", default: 0] > 5_000)
        #expect(tally["1008", default: 0] > 3_000)
    }

    /// Numbers of every size, written by us and read by JavaScript, and the other way round.
    @Test func agreesOnNumbers() throws {
        var random = SplitMix64(seed: 31)
        var texts: [String] = []
        for _ in 0..<8_000 {
            let (x, y) = (Double(bitPattern: random.next()), Double(bitPattern: random.next()))
            guard x.isFinite, y.isFinite else { continue }
            texts.append(encode(PointerSample(x: x, y: y), id: [0x75]))
            // More digits than a double holds, and exponents on both sides of what it reaches.
            let digits = "\(random.next())\(random.next())"
            let small = "0.\(digits)e\(random.below(660) - 330)"
            let large = "\(digits)e\(random.below(660) - 365)"
            texts.append(#"{"id":"u","x":\#(small),"y":\#(large)}"#)
        }
        let expected = try NodeOracle.verdicts(on: texts.map { Array($0.utf8) })
        var decoder = JSONPointerDecoder()
        for (text, line) in zip(texts, expected) {
            let ours = "valid " + verdict(on: Array(text.utf8), with: &decoder)
            if ours != line { Issue.record("\(text): \(ours), not \(line)") }
        }
    }

    /// Where the decoder differs from `JSON.parse` on purpose: what that says, what we say, and why.
    static let deliberateDifferences: [(text: String, isJSONToNode: Bool, ours: SampleRefusal, why: String)] =
        [
            (nested(17), true, .nestedTooDeeply, "nesting is bounded by 16"),
            (nested(17) + "x", false, .nestedTooDeeply, "and ends the scan at once, whatever follows"),
            (#"{"id":"u","x":1,"x":1,"y":2}"#, true, .duplicate(.x), "no key of ours may be said twice"),
            (#"{"id":"u","\u0078":1,"x":1,"y":2}"#, true, .duplicate(.x), "in no spelling"),
            (#"{"id":"\ud800","x":1,"y":2}"#, true, .unacceptable(.id), "UTF-8 cannot say a lone surrogate"),
            (#"{"id":"u","x":1,"y":2,"p":"\udfff"}"#, true, .unacceptable(.page), "nor in a path"),
            (#"{"id":"u","x":1e309,"y":2}"#, true, .unacceptable(.x), "JSON.parse makes Infinity of it"),
            (#"{"id":"u","x":1,"y":-1e999}"#, true, .unacceptable(.y), "and of the negative ones"),
            (#"{"id":"","x":1,"y":2}"#, true, .unacceptable(.id), "an id has 1 to 64 bytes"),
            (#"{"id":"a\u0007","x":1,"y":2}"#, true, .unacceptable(.id), "and no control characters"),
            ("{\"id\":\"a\u{85}\",\"x\":1,\"y\":2}", true, .unacceptable(.id), "those above ASCII included"),
            (#"{"x":1,"y":2}"#, true, .missing(.id), "id, x and y must be there"),
            (#"{"id":"u","x":"1","y":2}"#, true, .unacceptable(.x), "each key holds one type"),
            (#"{"id":"u","x":1,"y":2,"k":"hover"}"#, true, .unacceptable(.kind), "kinds are a closed list"),
            (#"{"id":"u","x":1,"y":2,"b":0.5}"#, true, .unacceptable(.buttons), "buttons are 0 to 65535"),
            (#"{"id":"u","x":1,"y":2,"w":-1}"#, true, .unacceptable(.width), "a viewport is never negative"),
            ("null", true, .notAnObject, "a message is an object or an array of objects"),
            ("[[]]", true, .notAnObject, "of nothing else"),
            (
                "[]" + String(repeating: " ", count: Limits.messageBytes), true, .tooBig,
                "a message has at most 64 KiB"
            ),
        ]

    private static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    @Test func differsOnlyOnPurpose() throws {
        let differences = Self.deliberateDifferences
        let lines = try NodeOracle.verdicts(on: differences.map { Array($0.text.utf8) })
        for (difference, line) in zip(differences, lines) {
            let comment = Comment(rawValue: difference.why)
            #expect(line.hasPrefix(difference.isJSONToNode ? "valid " : "invalid "), comment)
            #expect(line.hasSuffix(" \(difference.ours.closeCode)"), comment)
            #expect(Decoded(difference.text).refusal == difference.ours, comment)
        }
    }
}
