import HTTPWire
import TestSupport
import Testing

@Suite struct CookieTests {
    /// The values of the cookies called `name` in a request with these lines.
    private func values(
        of name: String, _ lines: [String], limit: Int = 8, until last: String? = nil
    ) -> [String]? {
        let request = Array(
            ("GET / HTTP/1.1\r\nHost: a\r\n" + lines.map { "\($0)\r\n" }.joined() + "\r\n").utf8)
        var head = HTTPRequestHead()
        guard case .complete = parse(request, into: &head) else { return nil }
        var found: [String] = []
        request.withUnsafeBytes { bytes in
            HTTPCookies.forEachValue(of: Array(name.utf8), in: head.fields, bytes, limit: limit) { value in
                found.append(String(decoding: value, as: UTF8.self))
                return found.last != last
            }
        }
        return found
    }

    // RFC 6265 section 4.2.1: cookie-string = cookie-pair *( ";" SP cookie-pair ).
    @Test(arguments: [
        ("a=1; ps=Zm9v; b=2", ["Zm9v"]), ("ps=1", ["1"]), ("ps=", [""]), ("ps==", ["="]), ("ps=a=b", ["a=b"]),
        // Other spacing than a browser's.
        ("ps=1;ps=2;\tps=3 ;  ps=4", ["1", "2", "3", "4"]), (";;ps=1;", ["1"]),
        // Quotes belong to the value's form, and are not part of it; half of them are.
        ("ps=\"x y\"", ["x y"]), ("ps=\"", ["\""]), ("ps=\"\"", [""]), ("ps=\"x", ["\"x"]),
        ("ps=x\"", ["x\""]),
        // A semicolon ends a value in any case.
        ("ps=\"a;b\"", ["\"a"]),
        // What is called otherwise, or is no pair.
        ("PS=1; psx=2; xps=3; ps; ps =4; =5", []), ("__Host-ps=1", []), ("", []), ("=ps=1", []),
    ])
    func whatALineHolds(line: String, expected: [String]) {
        #expect(values(of: "ps", ["Cookie: \(line)"]) == expected)
    }

    @Test func severalLinesAreOne() {
        let lines = ["Cookie: a=0; ps=1", "X: ps=9", "COOKIE: ps=2; b=0", "cookie:", "cookie:ps=3"]
        #expect(values(of: "ps", lines) == ["1", "2", "3"])
        #expect(values(of: "ps", []) == [])
    }

    /// A neighbour's come first, where they have the longer path (RFC 6265, section 5.4): ours is found
    /// behind them, up to a limit that counts no other cookies.
    @Test func tossedOnesAreLookedAtUpToALimit() {
        let others = (0..<50).map { "x\($0)=1" }.joined(separator: "; ")
        let tossed = "Cookie: \(others); ps=evil1; ps=evil2; ps=ours; ps=more"
        #expect(values(of: "ps", [tossed], limit: 3) == ["evil1", "evil2", "ours"])
        #expect(values(of: "ps", [tossed], limit: 0) == [])
        #expect(values(of: "ps", [tossed], until: "evil2") == ["evil1", "evil2"])
        #expect(values(of: "ps", ["Cookie: ps=a", "Cookie: ps=b", "Cookie: ps=c"], limit: 2) == ["a", "b"])
        #expect(values(of: "ps", ["Cookie: ps=a", "Cookie: ps=b"], until: "a") == ["a"])
    }

    @Test func everyCutOfALineHoldsWhatIsWhole() {
        let line = Array("a=1; ps=\"Zm9v\"; ps=b".utf8)
        for cut in 0...line.count {
            let piece = String(decoding: line[..<cut], as: UTF8.self)
            #expect(values(of: "ps", ["Cookie: \(piece)"]) == Self.simply("ps", piece), "\(piece)")
        }
    }

    @Test func likeASimpleReaderWhateverTheBytes() {
        var random = SplitMix64(seed: 6265)
        let letters = Array("ps=;\" \tx,".utf8) + [0x80, 0xFF]
        for round in 0..<4000 {
            let bytes = (0..<random.below(24)).map { _ in random.pick(letters) }
            let line = String(decoding: bytes, as: UTF8.self)
            let name = random.pick(["p", "ps", "x", "s"])
            #expect(
                values(of: name, ["Cookie: \(line)"]) == Self.simply(name, line), "round \(round): \(line)")
        }
    }

    /// The same over text.
    private static func simply(_ name: String, _ line: String) -> [String] {
        line.split(separator: ";").compactMap { part in
            let pair = part.drop { $0 == " " || $0 == "\t" }
            let text = String(pair.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            guard let equals = text.firstIndex(of: "="), text[..<equals] == name else { return nil }
            let value = text[text.index(after: equals)...]
            let isQuoted = value.count >= 2 && value.first == "\"" && value.last == "\""
            return isQuoted ? String(value.dropFirst().dropLast()) : String(value)
        }
    }
}
