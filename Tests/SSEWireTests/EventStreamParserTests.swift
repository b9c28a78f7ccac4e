import ByteCore
import SSEWire
import Testing

/// The client's side, by the rules and examples of WHATWG HTML, section 9.2.6.
@Suite struct EventStreamParserTests {
    /// `event|data|id` of each message, with the stream fed in pieces of `step` bytes.
    private func parse(_ stream: [UInt8], step: Int) throws(EventStreamError) -> [String] {
        var parser = EventStreamParser()
        var seen: [String] = []
        var start = 0
        while start < stream.count {
            // Each piece in memory of its own, so that a pointer kept too long would be seen.
            let piece = Array(stream[start..<min(start &+ step, stream.count)])
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
            defer { bytes.deallocate() }
            bytes.copyBytes(from: piece)
            var offset = 0
            while let message = try parser.next(UnsafeRawBufferPointer(bytes), offset: &offset) {
                let parts = [message.event, message.data, message.id]
                seen.append(parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|"))
            }
            start += piece.count
        }
        return seen
    }

    private func expect(
        _ stream: String, _ messages: [String], _ location: SourceLocation = #_sourceLocation
    ) throws(EventStreamError) {
        let bytes = Array(stream.utf8)
        for step in [1, 2, 3, 7, bytes.count] {
            #expect(
                try parse(bytes, step: max(step, 1)) == messages, "in steps of \(step)",
                sourceLocation: location)
        }
    }

    @Test func examplesOfTheStandard() throws {
        try expect("data: YHOO\ndata: +2\ndata: 10\n\n", ["|YHOO\n+2\n10|"])
        // "an event with the data 'first event', id 1; one with an empty id; the last one is not finished"
        try expect(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event",
            ["|first event|1", "|second event|"])
        try expect("data\n\ndata\ndata\n\ndata:", ["||", "|\n|"])
        try expect("data:test\n\ndata: test\n\n", ["|test|", "|test|"])
    }

    @Test func everyLineEnding() throws {
        try expect("id: 1\r\ndata: a\r\n\r\ndata: b\r\rdata: c\n\n", ["|a|1", "|b|1", "|c|1"])
        try expect("data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", ["|a|", "|b|", "|c|"])
    }

    @Test func whatIsIgnored() throws {
        try expect("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n", ["|a|"])
        try expect(":\n\n:data: x\n\nnothing\nDATA: x\nevent: e\n\ndata: a\n\n", ["|a|"])
        try expect("id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n", ["|a|1", "|b|1"])
        try expect("event: frame\nid: 7\n\ndata: late\n\n", ["|late|7"])
        try expect("event: x\nevent: y\ndata: a:b: c\n\n", ["y|a:b: c|"])
    }

    @Test func retryIsReadWhenItIsANumber() throws {
        var parser = EventStreamParser()
        var offset = 0
        let stream = Array("retry: 2000\nretry: 2x\nretry:\n\n".utf8)
        try stream.withUnsafeBytes { bytes throws in
            let message = try parser.next(bytes, offset: &offset)
            #expect(message == nil)
        }
        #expect(parser.retryMilliseconds == 2_000)
    }

    @Test func whatTheWriterWrites() throws {
        var stream = ByteBuffer()
        stream.appendEventStreamOpening()
        let first = Array("{\"n\":1}".utf8)
        first.withUnsafeBytes { stream.appendMessage(boot: 0xAB, n: 17, event: "reset", data: $0) }
        stream.appendHeartbeat()
        let second = Array("two\r\nlines".utf8)
        second.withUnsafeBytes { stream.appendMessage(boot: 0xAB, n: .max, data: $0) }
        let bytes = Array(stream.readable)
        #expect(bytes.starts(with: ":".utf8) && bytes[1...2_048].allSatisfy { $0 == 0x20 })
        for step in [1, 5, bytes.count] {
            #expect(
                try parse(bytes, step: step) == [
                    "reset|{\"n\":1}|00000000000000ab-17",
                    "|two\nlines|00000000000000ab-18446744073709551615",
                ])
        }
    }

    @Test func tooLongAMessageIsRefusedForGood() {
        for stream in [
            "data: 0123456789abcdef\n\n", "data: 0123\ndata: 0123\ndata: 0123\n\n", "id: 0123456789abcdef",
        ] {
            var parser = EventStreamParser(messageLimit: 12)
            let bytes = Array(stream.utf8)
            bytes.withUnsafeBytes { bytes in
                var offset = 0
                #expect(throws: EventStreamError.messageTooLong) {
                    while try parser.next(bytes, offset: &offset) != nil {}
                }
                offset = 0
                #expect(throws: EventStreamError.messageTooLong) {
                    _ = try parser.next(bytes, offset: &offset)
                }
            }
            #expect(parser.heldBytes <= 32)
        }
    }

    @Test func aLongRunOfCarriageReturnLinesIsReadInOneGo() throws {
        let lines = String(repeating: "data: x\r", count: 3_000) + "\r"
        let messages = try parse(Array(lines.utf8), step: .max / 2)
        #expect(messages.count == 1)
        #expect(messages.first?.count == 6_001)
    }

    /// Random streams of the letters that matter: however they are cut, the same messages come out.
    @Test func everyCutOfARandomStreamGivesTheSame() throws {
        var state: UInt64 = 7
        func below(_ bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % bound)
        }
        let pieces = [
            "data", "id", "event", "retry", ":", ": ", "\n", "\r", "\r\n", "x", "0", "\0", "é", "\n\n", "",
        ]
        var messages = 0
        for _ in 0..<400 {
            var stream: [UInt8] = []
            for _ in 0..<below(90) { stream += Array(pieces[below(UInt64(pieces.count))].utf8) }
            let whole = try parse(stream, step: max(stream.count, 1))
            messages += whole.count
            for step in [1, 2, 5] { #expect(try parse(stream, step: step) == whole) }
        }
        #expect(messages > 50)
    }
}
