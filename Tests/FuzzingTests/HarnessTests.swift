import HTTPWire
import PointerEvents
import Testing

/// The harness sees what it is there for: each of these plants a fault of its kind.
struct HarnessTests {
    private func complaint(
        _ text: String, _ decode: (_ feed: inout Feed, _ transcript: inout Transcript) -> Void
    ) -> String? {
        Array(text.utf8).withUnsafeBytes { Pieces.compare($0, decode) }
    }

    @Test func anInputIsCutInSeveralWays() {
        for count in [0, 1, 2, 30, 500] {
            let bytes = [UInt8](repeating: 7, count: count)
            let cuts = bytes.withUnsafeBytes { Pieces.cuts(of: $0) }
            #expect(cuts.count == (count < 2 ? 0 : count == 500 ? 2 : 3))
            #expect(cuts.allSatisfy { $0.reduce(0, +) == count && !$0.contains { $0 < 1 } })
            #expect(cuts == bytes.withUnsafeBytes { Pieces.cuts(of: $0) })
        }
    }

    @Test func aDecoderThatForgetsWhereItWas() {
        // Counts words, and takes every piece for the start of one.
        let found = complaint("two words") { feed, transcript in
            var count = 0
            while let piece = feed.next() { count += piece.split(separator: UInt8(ascii: " ")).count }
            transcript.note(count)
        }
        #expect(found != nil)
        let none = complaint("two words") { feed, transcript in
            var count = 0
            while let piece = feed.next() { count += piece.count { $0 == UInt8(ascii: " ") } }
            transcript.note(count)
        }
        #expect(none == nil)
    }

    @Test func aDecoderThatIsWrongEachTime() {
        #expect(complaint("ab") { feed, transcript in transcript.complain("wrong") } == "wrong")
    }

    @Test func whatIsNotTakenIsSeenAgain() {
        var inbound = Inbound()
        var seen: [[UInt8]] = []
        for piece in ["ab", "c", "def"] {
            Array(piece.utf8).withUnsafeBytes { bytes in
                inbound.receive(bytes) { all in
                    seen.append(Array(all))
                    return max(0, all.count - 2)
                }
            }
        }
        #expect(seen == ["ab", "abc", "bcdef"].map { Array($0.utf8) })
    }

    @Test func theSecondReaderSeesAnotherSample() {
        let message = Array(#"[{"id":"a","x":1,"y":2},{"id":"b","x":3,"y":4,"k":"up"}]"#.utf8)
        message.withUnsafeBytes { bytes in
            var decoder = JSONPointerDecoder()
            let verdict = FuzzTarget.judge(bytes, &decoder)
            #expect(FuzzTarget.complaint(about: verdict, bytes) == nil)
            guard case .accepted(var samples) = verdict else {
                Issue.record("refused")
                return
            }
            samples[1].y = 4.5
            #expect(FuzzTarget.complaint(about: .accepted(samples), bytes) != nil)
            #expect(FuzzTarget.complaint(about: .accepted([samples[0]]), bytes) != nil)
            #expect(FuzzTarget.complaint(about: .refused(1007), bytes) != nil)
        }
    }

    @Test(arguments: [
        ("[1,", 1007), ("{\"id\":\"a\",\"x\":1}", 1008), ("{} {}", 1007), ("[[[[[[[[[[[[[[[[[", 1008),
        ("1", 1008),
        ("{\"id\":\"\\u0007\",\"x\":1,\"y\":2}", 1008), ("{\"id\":\"a\",\"x\":.5,\"y\":2}", 1007),
    ])
    func theSecondReaderRefuses(text: String, code: UInt16) {
        #expect(Array(text.utf8).withUnsafeBytes { SimpleSample.judge($0) } == .refused(code))
    }

    @Test func theSecondReaderOfStreams() {
        let text = "\u{FEFF}id: 1\ndata:a\rdata: b\r\n\nevent:x\n\nid\ndata\n\n: c\ndata: lost"
        let messages = Array(text.utf8).withUnsafeBytes { SimpleEventStream.messages(of: $0) }
        #expect(
            messages == [
                .init(event: [], data: Array("a\nb".utf8), id: Array("1".utf8)),
                .init(event: [], data: [], id: []),
            ])
    }
}
