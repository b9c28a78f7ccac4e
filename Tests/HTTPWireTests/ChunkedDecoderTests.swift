import HTTPWire
import Testing

@Suite struct ChunkedDecoderTests {
    /// The body and how it ended, with the text given in pieces of `size` bytes.
    private func decode(
        _ text: String, size: Int, _ rigour: ChunkedDecoder.Rigour = .lenient
    ) -> (body: String, end: ChunkedDecoder.Step) {
        var decoder = ChunkedDecoder(rigour)
        var body: [UInt8] = []
        var end = ChunkedDecoder.Step.needMore
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { piece in
                var offset = 0
                while true {
                    end = decoder.next(piece, offset: &offset)
                    guard case .bytes(let range) = end else { break }
                    body += piece[range]
                }
            }
        }
        return (String(decoding: body, as: UTF8.self), end)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func bodiesInPiecesOfAnySize(size: Int) {
        // RFC 9112, section 7.1, with an extension and a trailer field.
        let text = "4\r\nWiki\r\n6;name=\"value\"\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nX: y\r\n\r\n"
        let whole = decode(text, size: size)
        #expect(whole.body == "Wikipedia in \r\n\r\nchunks." && whole.end == .ended)
        let cut = decode("5\r\nhello\r\n3\r\nab", size: size)
        #expect(cut.body == "helloab" && cut.end == .needMore)
        #expect(decode("0\r\n\r\n", size: size).end == .ended)
    }

    @Test func extensionsAreBoundedChunkByChunk() {
        // A stream may go on for days, with a few bytes beside each of its chunks.
        let text = String(repeating: "1;a=\"bcdefgh\"\r\nx\r\n", count: 4_000)
        #expect(decode(text, size: 1_000).body == String(repeating: "x", count: 4_000))
    }

    @Test(arguments: [
        "g\r\n", "\r\n", "-1\r\n", "4\nWiki", "2\r\nabc\r\n", "123456789\r\n", "1\rx", "2\r\nab\rx",
        "ffffffffffffffff\r\n", "1 \(String(repeating: "x", count: 20_000))\r\n",
        "0\r\n\(String(repeating: "a: b\r\n", count: 4_000))\r\n",
    ])
    func whatIsNone(text: String) {
        for size in [1, 5, 100_000] { #expect(decode(text, size: size).end == .malformed) }
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func whatIsPutUpWithOfServersOnly(size: Int) {
        let good = "4;a=\"b c\"\r\nWiki\r\n000000005\r\npedia\r\n0;z\r\n\r\n"
        #expect(decode(good, size: size, .strict) == ("Wikipedia", .ended))
        let sloppy = [
            "4 \r\nWiki\r\n0\r\n\r\n", "4;a\nb\r\nWiki\r\n0\r\n\r\n", "4\r\nWiki\r\n0\r\nX: y\r\n\r\n",
            "4\r\nWiki\r\n0\r\n\n", "4;\u{0}\r\nWiki\r\n0\r\n\r\n",
            String(repeating: "1;abcdefgh\r\nx\r\n", count: 29) + "0\r\n\r\n",
        ]
        for text in sloppy {
            #expect(decode(text, size: size).end == .ended)
            #expect(decode(text, size: size, .strict).end == .malformed)
        }
        let bounded = String(repeating: "1;abcdefgh\r\nx\r\n", count: 28) + "0\r\n\r\n"
        #expect(decode(bounded, size: size, .strict).end == .ended)
    }

    /// The grammar of RFC 9112, section 7.1.1, but for the spaces that it puts up with.
    @Test(arguments: [1, 2, 3, 1000])
    func extensionsOfARequestAreAsTheGrammarHasThem(size: Int) {
        let good = [
            "a", "a=b", "a;b;c=d", "a=\"\"", "a=\"b\"", "a=\"b\\\"c\";d=\"\\\\\"", "a=\"\t \u{e9};=\"",
            "!#=~",
        ]
        for text in good {
            let whole = decode("1;\(text)\r\nx\r\n0\r\n\r\n", size: size, .strict)
            #expect(whole == ("x", .ended), "\(text)")
        }
        let bad = [
            "", ";", "a;", "a=", "=b", "a=b=c", "a=\"b", "a=\"b\"c", "a=b\"", "\"a\"", "a=\"b\\\"", "a =b",
            " a", "a= b", "a ", "a=\"\u{1}\"", "a=\"\\\u{1}\"", "a\u{e9}", "a=(b)", "a,b",
        ]
        for text in bad {
            #expect(
                decode("1;\(text)\r\nx\r\n0\r\n\r\n", size: size, .strict).end == .malformed, "\(text)")
        }
    }

    @Test func aSizeThatNobodyCanHoldIsOneAllTheSame() {
        for digits in ["123456789", "FFFFFFFFFFFFFFFF", String(repeating: "f", count: 200)] {
            var decoder = ChunkedDecoder(.strict)
            let step = Array("\(digits)\r\n".utf8).withUnsafeBytes { text in
                var offset = 0
                return decoder.next(text, offset: &offset)
            }
            #expect(step == .needMore && decoder.bytesAhead > 1 << 32)
        }
        let zeros = String(repeating: "0", count: 200)
        #expect(decode("\(zeros)1\r\nx\r\n0\r\n\r\n", size: 3, .strict) == ("x", .ended))
        #expect(decode("\(zeros)\(zeros)1\r\nx\r\n0\r\n\r\n", size: 3, .strict).end == .malformed)
    }

    @Test func whatIsAheadIsKnownOnceItsSizeIsWhole() {
        var decoder = ChunkedDecoder(.strict)
        for (text, ahead) in [("1", 0), ("0", 0), ("001", 0), ("\r", 0), ("\n", 0x10001), ("abc", 0xFFFE)] {
            Array(text.utf8).withUnsafeBytes { piece in
                var offset = 0
                while case .bytes = decoder.next(piece, offset: &offset) {}
            }
            #expect(decoder.bytesAhead == ahead)
        }
    }
}
