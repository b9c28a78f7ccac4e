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

    @Test(
        arguments: [
            ([0x81, 0x81, 0, 0, 0, 0, 0x61], [.message(opcode: 1, isDeflated: false, [0x61])]),
            (
                [0x01, 0x80, 0, 0, 0, 0, 0x80, 0x81, 1, 0, 0, 0, 0x63],
                [.message(opcode: 1, isDeflated: false, [0x62])]
            ),
            ([0xC2, 0x80, 0, 0, 0, 0], [.message(opcode: 2, isDeflated: true, [])]),
            ([0xC9, 0x80, 0, 0, 0, 0], [.failed(1002)]), ([0x83, 0x80], [.failed(1002)]),
            ([0x89, 0x81, 0, 0, 0, 0, 0x61, 0x81, 0x00], [.ping([0x61]), .failed(1002)]),
            ([0x81, 0xFE, 0x00, 0x7D], [.failed(1002)]),
            ([0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1], [.failed(1009)]),
            // Half a text whose second byte no character has.
            ([0x81, 0x85, 0, 0, 0, 0, 0xE0, 0x80], [.failed(1007)]),
            ([0x81, 0x85, 0, 0, 0, 0, 0xE0, 0xA0], []),
            ([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xED], [.failed(1002)]), ([0x88, 0x81], [.failed(1002)]),
            ([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xF6], [.close(1014, reason: [])]),
            ([0x88, 0x83, 0, 0, 0, 0, 0x03, 0xE8, 0xFF], [.failed(1007)]),
            ([0x88, 0x80, 0, 0, 0, 0, 0x89, 0x80, 0, 0, 0, 0], [.close(nil, reason: [])]),
        ] as [([UInt8], [FrameHappening])])
    func theSecondReaderOfFrames(bytes: [UInt8], happenings: [FrameHappening]) {
        #expect(FrameReader(2).simple(bytes) == happenings)
        #expect(FrameReader(2).own(bytes) == happenings)
        // The other end takes none of these.
        #expect(FrameReader(1).simple(bytes).allSatisfy { if case .failed = $0 { true } else { false } })
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
