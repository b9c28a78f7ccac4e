import ByteCore
import Glibc
import PointerEvents

@testable import LoadGenerator

extension FuzzTarget {
    /// Messages of samples, held against a second reader; what is accepted is written and read once more.
    static let sampleJSON = FuzzTarget(name: "sample-json", longestInput: 2048, seeds: sampleSeeds) {
        message in
        var decoder = JSONPointerDecoder()
        let verdict = judge(message, &decoder)
        if let complaint = complaint(about: verdict, message) { return complaint }
        // Blanks between tokens change nothing, and a way that is for usual messages does not take those.
        let place = decoder.faultyElement
        let spaced = ExactCopy(withBlanks(message))
        guard judge(spaced.readable, &decoder) == verdict, decoder.faultyElement == place else {
            return "another verdict with blanks in it"
        }
        // A decoder serves many messages: what one leaves must not show in the next.
        guard judge(message, &decoder) == verdict else { return "another verdict the second time" }
        guard case .accepted = verdict else { return nil }
        return secondReading(&decoder)
    }

    /// The same message with a blank behind whatever separates its tokens.
    private static func withBlanks(_ message: UnsafeRawBufferPointer) -> [UInt8] {
        var spaced: [UInt8] = []
        var (isInString, isEscaped) = (false, false)
        for byte in message {
            spaced.append(byte)
            if isInString {
                isInString = byte != UInt8(ascii: "\"") || isEscaped
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if "{[:,".utf8.contains(byte) {
                spaced.append(UInt8(ascii: " "))
            }
        }
        return spaced
    }

    static func judge(
        _ message: UnsafeRawBufferPointer, _ decoder: inout JSONPointerDecoder
    ) -> SimpleSample.Verdict {
        switch decoder.decode(message) {
        case .refused(let refusal): return .refused(refusal.closeCode)
        case .accepted(let count):
            return .accepted((0..<count).map { sample(at: $0, of: decoder) })
        }
    }

    /// A sample with its tail, where it has one.
    static func sample<Decoder: PointerDecoder & ~Copyable>(
        at index: Int, of decoder: borrowing Decoder
    ) -> SimpleSample {
        let sample = decoder.sample(at: index)
        let hasTail = sample.sample.fields.contains(.tail)
        return SimpleSample(sample, tail: hasTail ? decoder.tail(at: index) : nil)
    }

    /// What the second reader thinks of a verdict.
    static func complaint(
        about verdict: SimpleSample.Verdict, _ message: UnsafeRawBufferPointer
    ) -> String? {
        let expected = SimpleSample.judge(message)
        return verdict == expected ? nil : "\(verdict), and should be \(expected)"
    }

    /// Writes every sample as viewers get it, and reads that.
    private static func secondReading(_ decoder: inout JSONPointerDecoder) -> String? {
        var second = JSONPointerDecoder()
        for index in 0..<decoder.count {
            let decoded = decoder.sample(at: index)
            var prefix = ByteBuffer(capacity: 64)
            var page = ByteBuffer(capacity: 64)
            var name = ByteBuffer(capacity: 64)
            var element = ByteBuffer(capacity: 64)
            var text = ByteBuffer(capacity: 64)
            let tail = decoded.sample.fields.contains(.tail) ? decoder.tail(at: index) : DecodedTail()
            prefix.appendIDPrefix(id: decoded.id)
            page.appendJSONString(decoded.page)
            name.appendJSONString(tail.name)
            element.appendJSONString(tail.element)
            text.appendSampleJSON(
                decoded.sample, tail: tail.tail, idPrefix: prefix.readable, page: page.readable,
                name: name.readable, element: element.readable)
            let copy = ExactCopy(text.readable)
            let expected = SimpleSample.Verdict.accepted([sample(at: index, of: decoder)])
            let verdict = judge(copy.readable, &second)
            guard verdict == expected else {
                return "read again as \(verdict): \(String(decoding: copy.readable, as: UTF8.self))"
            }
        }
        return nil
    }

    @Sendable private static func sampleSeeds() -> [[UInt8]] {
        let deep = String(repeating: "[", count: 17)
        return Seed.texts([
            #"{"id":"user123","x":812,"y":433}"#, "[]", "[{\"id\":\"a\",\"x\":0,\"y\":-0.5},\n {}]",
            #"[{"id":"a","x":1e3,"y":2.5E-1},{"id":"b","x":-0,"y":1e999}]"#,
            #"{"id":"ü\u00e9\ud83d\ude00","x":1,"y":2,"t":1732109508123.5,"k":"click","b":65535,"w":1280,"h":720,"p":"/a b"}"#,
            #"{"id":"a","x":1,"y":2,"sx":0,"sy":-1.5,"dw":1,"dh":2,"pt":"touch","n":"Ann","el":"a#b"}"#,
            #"[{"id":"a","x":1,"y":2,"k":"cancel","n":"\u00e9"},{"id":"a","x":1,"y":2,"el":""}]"#,
            #"{"id":"a","x":1,"y":2,"pt":"paw"}"#, #"{"id":"a","x":1,"y":2,"n":""}"#,
            #"{"id":"a","x":1,"y":2,"k":"scroll"}"#, #"{"id":"a","x":1,"y":2,"k":"leave","k":"up"}"#,
            #"{"id":"a","x":1,"y":2,"p":"\ud800"}"#, #"{"i\u0064":"a","x":1,"y":2,"\ud800":null}"#,
            #"{"id":"a\u0085","x":1,"y":2}"#, #"{"id":"a","x":1,"y":2,"b":65536}"#,
            #"{"id":"a","x":1,"y":2,"w":-1}"#,
            #"{"id":"a","x":"1","y":2}"#, #"{"id":"","x":1,"y":2}"#, #"{"id":"a","x":01,"y":2}"#,
            #"{"id":"a","x":1.,"y":2}"#, #"{"id":"a","x":1,"y":2,}"#, #"{"id":"a","x":1,"y":2} x"#,
            #"{"id":"a","x":1,"y":2,"else":[true,false,null,{"x":[1,"\"\\\/\b\f\n\r\t"]}]}"#,
            #"{"id":"a","x":5e-324,"y":1.7976931348623157e308}"#, "\"a\"", "tru", "nul", deep,
            "[" + deep + "x",
            #"{"id":"a","x":123456789012345678901234567890,"y":0.1234567890123456789}"#,
        ]) + [Array("{\"id\":\"a\",\"x\":1,\"y\":2,\"p\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)]
    }

    /// Numbers in and out. The first byte says whether a text is read or a double is written.
    static let number = FuzzTarget(
        name: "number", longestInput: 400,
        seeds: {
            Seed.texts([
                "t0", "t-0", "t1e5", "t812.000123", "t-1.5E-300", "t9007199254740993", "t1e23", "t5e-324",
                "t2.2250738585072011e-308", "t179769313486231580793e289", "t00", "t1.e", "t-", "t0.1e+",
            ])
                + [1.0, 812.5, 0.1, 1e21, 1e-7, .leastNonzeroMagnitude, 123_456.789, .infinity, .nan].map {
                    value in
                    Seed.bytes { buffer in
                        buffer.append(UInt8(ascii: "d"))
                        buffer.append(memoryOf: value.bitPattern)
                    }
                }
        }
    ) { input in
        let copy = ExactCopy(UnsafeRawBufferPointer(rebasing: input.dropFirst()))
        switch input.first {
        case UInt8(ascii: "t"): return readingFault(copy.readable)
        case UInt8(ascii: "d") where copy.bytes.count >= 8:
            return writingFault(Double(bitPattern: copy.readable.loadUnaligned(as: UInt64.self)))
        default: return nil
        }
    }

    private static func readingFault(_ text: UnsafeRawBufferPointer) -> String? {
        var ours: Double?
        do throws(JSONFault) {
            var scanner = JSONScanner(text, maximumDepth: 1)
            guard scanner.next == UInt8(ascii: "-") || scanner.next &- UInt8(ascii: "0") <= 9 else {
                return nil
            }
            let value = try scanner.scanNumber()
            ours = scanner.isAtEnd ? value : nil
        } catch {
            ours = nil
        }
        var theirs: Double?
        // Blanks around a number are no part of it.
        if !text.contains(where: { $0 <= 0x20 }),
            case .number(let value)? = try? SimpleJSONParser.parse(text, deepest: 0)
        {
            theirs = value
        }
        guard ours?.bitPattern != theirs?.bitPattern else { return nil }
        return "read as \(ours as Double?), and should be \(theirs as Double?)"
    }

    private static func writingFault(_ value: Double) -> String? {
        var buffer = ByteBuffer(capacity: 32)
        buffer.appendNumber(value)
        let text = String(decoding: buffer.readable, as: UTF8.self)
        guard value.isFinite else { return text == "null" ? nil : "\(value) written as \(text)" }
        guard text.utf8.count <= 25 else { return "\(text) is longer than 25 bytes" }
        // Minus zero is written as zero, as JavaScript does.
        guard strtod(text, nil) == value else { return "\(value) written as \(text)" }
        return nil
    }

    /// Recordings of motion: a file of samples, line by line.
    static let recording = FuzzTarget(
        name: "recording", longestInput: 1024,
        seeds: {
            Seed.texts([
                "{\"id\":\"a\",\"x\":812,\"y\":433,\"t\":1732109508123}\n{\"id\":\"b\",\"x\":1,\"y\":2,\"t\":5}\n",
                "[{\"id\":\"a\",\"x\":1,\"y\":2,\"t\":0},{\"id\":\"a\",\"x\":3,\"y\":4,\"t\":4294967.2,\"k\":\"click\"}]",
                "{\"id\":\"a\",\"x\":1,\"y\":2,\"t\":2}\n\n{\"id\":\"a\",\"x\":1,\"y\":2,\"t\":1}\r\n",
                "{\"id\":\"a\",\"x\":1,\"y\":2}", "\n \n",
                "{\"id\":\"a\",\"x\":1e300,\"y\":-1e300,\"t\":-1e308}\n",
                "{\"id\":\"a\",\"x\":1,\"y\":2,\"t\":-1e308}\n{\"id\":\"a\",\"x\":1,\"y\":2,\"t\":1e308}\n",
            ])
        }
    ) { text in
        do throws(Recording.Failure) {
            for track in try Recording.parsing(text) where track.points.isEmpty || track.microseconds == 0 {
                return "a track without points or without a length"
            }
        } catch {
            return error.reason.isEmpty ? "refused without a reason" : nil
        }
        return nil
    }
}
