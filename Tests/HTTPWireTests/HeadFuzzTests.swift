import HTTPWire
import TestSupport
import Testing

@Suite("Request heads, fuzzed")
struct HeadFuzzTests {
    private static let good = RequestHeadTests.accepted.filter { $0.utf8.count < 400 }.map { Array($0.utf8) }
    private static let bad = MalformedHead.all.map(\.bytes).filter { $0.count < 400 }

    private static let spice: [UInt8] = [
        0x00, 0x09, 0x0A, 0x0D, 0x20, 0x22, 0x2C, 0x2F, 0x3A, 0x3F, 0x40, 0x5B, 0x5D, 0x7F, 0x80, 0xFF, 0x30,
        0x31,
        0x61, 0x62, 0x2D, 0x2E,
    ]

    /// A seed with one or two bytes changed, dropped, doubled or put in.
    private static func mutated(_ random: inout SplitMix64) -> [UInt8] {
        let isGood = random.below(4) > 0
        var bytes = isGood ? good[random.below(good.count)] : bad[random.below(bad.count)]
        for _ in 0...random.below(2) where !bytes.isEmpty {
            let index = random.below(bytes.count)
            switch random.below(5) {
            case 0: bytes[index] = spice[random.below(spice.count)]
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(bytes[index], at: index)
            case 3: bytes.insert(spice[random.below(spice.count)], at: index)
            default: bytes[index] ^= 1 << UInt8(random.below(8))
            }
        }
        return bytes
    }

    private static func someCuts(_ count: Int, _ random: inout SplitMix64) -> [Int] {
        guard count > 1 else { return [] }
        return (0...random.below(6)).map { _ in random.below(count) }.sorted()
    }

    /// What must hold of every head that is accepted, found without the parser's own means.
    private static func check(_ head: borrowing HTTPRequestHead, _ bytes: [UInt8], _ consumed: Int) {
        let text = bytes[..<consumed]
        #expect(Array(text.suffix(4)) == [13, 10, 13, 10])
        for (index, byte) in text.enumerated() {
            #expect(byte >= 0x20 || [9, 10, 13].contains(byte), "control byte")
            if byte == 10 { #expect(index > 0 && text[index - 1] == 13, "bare LF") }
            if byte == 13 { #expect(index + 1 < consumed && text[index + 1] == 10, "bare CR") }
        }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.count == head.fields.count + 1)
        let image = HeadImage(head, bytes)
        let names = image.fields.map { $0.prefix { $0 != "=" }.lowercased() }
        #expect(names.filter { $0 == "host" }.count <= 1)
        #expect(image.version == .http10 || names.contains("host"))
        #expect(!(names.contains("content-length") && names.contains("transfer-encoding")))
        #expect((image.framing == .chunked) == names.contains("transfer-encoding"))
        #expect(image.path.hasPrefix("/") || image.method == .options || image.method == .connect)
    }

    @Test("mutated heads come out the same whatever the chunks", arguments: 0..<4 as Range<UInt64>)
    func mutated(seed: UInt64) {
        var random = SplitMix64(seed: 0x4845_4144 + seed)
        var head = HTTPRequestHead()
        var accepted = 0
        for _ in 0..<2_000 {
            let bytes = Self.mutated(&random)
            let whole = parse(bytes, into: &head)
            if case .complete(let consumed) = whole {
                accepted += 1
                Self.check(head, bytes, consumed)
            }
            let chunks = Self.someCuts(bytes.count, &random)
            #expect(parse(bytes, cuts: chunks, into: &head) == whole, "\(bytes) at \(chunks)")
        }
        // A fuzzer whose inputs are all refused early tests little.
        #expect(accepted > 200)
    }

    @Test("random bytes never trap")
    func random() {
        var random = SplitMix64(seed: 0x4E4F_4953)
        var head = HTTPRequestHead()
        var response = HTTPParsedResponse()
        for _ in 0..<4_000 {
            let bytes = (0..<random.below(64)).map { _ in
                random.below(3) == 0
                    ? Self.spice[random.below(Self.spice.count)] : UInt8(truncatingIfNeeded: random.next())
            }
            let chunks = Self.someCuts(bytes.count, &random)
            let whole = parse(bytes, into: &head)
            #expect(parse(bytes, cuts: chunks, into: &head) == whole)
            var parser = HTTPResponseParser()
            _ = bytes.withUnsafeBytes { parser.parse($0, into: &response) }
        }
    }
}
