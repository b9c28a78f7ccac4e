import ByteCore
import Testing

struct JSONScannerTests {
    /// What is wrong with a text; nil where it is one JSON value.
    private func fault(in text: some Sequence<UInt8>, maximumDepth: Int = 16) -> JSONFault? {
        do throws(JSONFault) {
            return try scanned(text, maximumDepth: maximumDepth) { scanner throws(JSONFault) in
                scanner.skipWhitespace()
                try scanner.skipValue()
                try scanner.expectEnd()
                return nil
            }
        } catch {
            return error
        }
    }

    /// RFC 8259: the examples of section 13 and each branch of the grammar.
    @Test(arguments: [
        #"{"Image":{"Width":800,"Thumbnail":{"Url":"http://www.example.com/"},"IDs":[116, 943]}}"#,
        "\"Hello world!\"", "42", "true", "false", "null", "[]", "{}", " \t\r\n[ \n1 ,\t2 ] \r", "[[[]],{}]",
        "{\"\":0,\"\":1}", #"{ "a" : [ { } , [ ] , -0 ] , "b" : "" }"#, "-0", "-1.5e+10", "1E5", "0.0",
        "1e-0",
        #""\"\\\/\b\f\n\r\t\u00e9\uD834\uDD1E""#, #""\uD800""#, "\"\u{7F}\u{80}é東🖱\"", "\"12345678\"",
        "\"1234567\"", "[true,false,null,[1],\"x\",{\"y\":[]}]",
    ])
    func takesJSON(text: String) {
        #expect(fault(in: text.utf8) == nil)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("{", .unexpectedEnd),
            ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd), ("{\"a\"", .unexpectedEnd),
            ("{\"a\":", .unexpectedEnd), ("{\"a\":1", .unexpectedEnd), ("\"", .unexpectedEnd),
            ("\"abc", .unexpectedEnd), ("\"\\", .unexpectedEnd), ("\"\\u12", .unexpectedEnd),
            ("tru", .unexpectedEnd),
            ("-", .unexpectedEnd), ("1.", .unexpectedEnd), ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd),
            ("\u{FEFF}1", .unexpectedByte), ("]", .unexpectedByte), ("[1,]", .unexpectedByte),
            ("[,1]", .unexpectedByte), ("[1 2]", .unexpectedByte), ("[1}", .unexpectedByte),
            ("{\"a\":1,}", .unexpectedByte), ("{,}", .unexpectedByte), ("{a:1}", .unexpectedByte),
            ("{'a':1}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte), ("{\"a\":}", .unexpectedByte),
            ("{1:2}", .unexpectedByte), ("{\"a\":1]", .unexpectedByte), ("truE", .unexpectedByte),
            ("True", .unexpectedByte), ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte),
            ("+1", .unexpectedByte), (".5", .unexpectedByte), ("'a'", .unexpectedByte),
            ("/**/1", .unexpectedByte),
            ("\u{A0}1", .unexpectedByte), ("\u{B}1", .unexpectedByte), ("\01", .unexpectedByte),
            ("-a", .malformedNumber), ("-Infinity", .malformedNumber), ("01", .malformedNumber),
            ("-01", .malformedNumber), ("00", .malformedNumber), ("1.a", .malformedNumber),
            ("1.e5", .malformedNumber), ("1ea", .malformedNumber), ("[1e+]", .malformedNumber),
            ("0x10", .trailingBytes), ("1_000", .trailingBytes), ("1 2", .trailingBytes),
            ("{}{}", .trailingBytes),
            ("1\0", .trailingBytes), ("nullx", .trailingBytes), ("1,", .trailingBytes),
            ("[]]", .trailingBytes),
            (#""\a""#, .malformedEscape), (#""\'""#, .malformedEscape), (#""\u12G4""#, .malformedEscape),
            (#""\U0041""#, .malformedEscape), (#""\x41""#, .malformedEscape),
            (#""\u 041""#, .malformedEscape),
            ("\"a\nb\"", .controlCharacter), ("\"\u{1F}\"", .controlCharacter), ("\"\0\"", .controlCharacter),
            ("\"123456789\t\"", .controlCharacter),
        ] as [(String, JSONFault)])
    func refusesWhatIsNotJSON(text: String, expected: JSONFault) {
        #expect(fault(in: text.utf8) == expected)
    }

    @Test(
        arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func refusesStringsThatAreNotUTF8(bytes: [UInt8]) {
        #expect(fault(in: [0x22] + bytes + [0x22]) == .notUTF8)
        #expect(fault(in: Array("[\"some text before it ".utf8) + bytes + [0x22, 0x5D]) == .notUTF8)
    }

    @Test func boundsTheDepth() {
        for depth in 0...64 {
            let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let objects =
                String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
            for limit in [0, 1, 16, 64] {
                let expected: JSONFault? = depth > limit ? .nestedTooDeeply : nil
                #expect(fault(in: (depth == 0 ? "1" : arrays).utf8, maximumDepth: limit) == expected)
                #expect(fault(in: objects.utf8, maximumDepth: limit) == expected)
            }
        }
        // Siblings do not add up.
        let wide = "[" + String(repeating: "[[]],", count: 100) + "[]]"
        #expect(fault(in: wide.utf8, maximumDepth: 3) == nil)
        // Nor does the text behind the bound count any more.
        #expect(fault(in: "[[x".utf8, maximumDepth: 1) == .nestedTooDeeply)
    }

    @Test func walksMembersAndElements() throws {
        let text = #" { "a" : [ true , false , null ] , "\u0062" : "é\n" , "c" : { } } "#
        let found = try scanned(text.utf8) { scanner throws(JSONFault) in
            var found: [String] = []
            scanner.skipWhitespace()
            try scanner.open()
            while let key = try scanner.nextKey(isFirst: found.isEmpty) {
                found.append(unescaped(key) ?? "?")
                if key.equals("a") {
                    try scanner.open()
                    var isFirst = true
                    while try scanner.nextElement(isFirst: isFirst) {
                        found.append(try scanner.scanLiteral().map { "\($0)" } ?? "nil")
                        isFirst = false
                    }
                } else if key.equals("b") {
                    found.append(unescaped(try scanner.scanString()) ?? "?")
                } else {
                    try scanner.skipValue()
                }
            }
            try scanner.expectEnd()
            return found
        }
        #expect(found == ["a", "true", "false", "nil", "b", "é\n", "c"])
    }

    @Test(
        arguments: [
            (#"\u0041\u00e9\u20AC\uD83D\uDDB1"#, "Aé€🖱"), (#"\uDBFF\uDFFF"#, "\u{10FFFF}"),
            (#"\u0000"#, "\0"),
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"é\u007f"#, "é\u{7F}"),
            (#"\uFFFF"#, "\u{FFFF}"),
            (#"\uD800"#, nil), (#"\uDC00"#, nil), (#"\uD800x"#, nil), (#"\uD800\n"#, nil),
            (#"\uD800\u0041"#, nil),
            (#"\uD800\uD800\uDC00"#, nil), (#"\uDC00\uD800"#, nil), (#"\uD800\uD800"#, nil),
            (#"\uDC00\uDC00"#, nil), (#"a\uDFFFb"#, nil),
        ] as [(String, String?)])
    func resolvesEscapes(contents: String, expected: String?) throws {
        let text = try scanned("\"\(contents)\"".utf8) { scanner throws(JSONFault) in
            unescaped(try scanner.scanString())
        }
        #expect(text == expected)
    }

    @Test func comparesResolvedStrings() throws {
        let cases: [(String, Bool)] = [
            ("id", true), (#"\u0069d"#, true), (#"\u0069\u0064"#, true), (#"i\u0064"#, true), ("ID", false),
            ("i", false), ("idd", false), ("", false), (#"\u0069"#, false), (#"\u0069\u0064\u0064"#, false),
            (#"\ud800d"#, false),
        ]
        for (contents, expected) in cases {
            let isEqual = try scanned("\"\(contents)\"".utf8) { scanner throws(JSONFault) in
                try scanner.scanString().equals("id")
            }
            #expect(isEqual == expected, "\(contents)")
        }
    }
}
