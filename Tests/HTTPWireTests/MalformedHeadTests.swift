import HTTPWire
import Testing

@Suite("Malformed request heads")
struct MalformedHeadTests {
    @Test("are refused with their status", arguments: MalformedHead.all)
    func refused(_ malformed: MalformedHead) {
        var head = HTTPRequestHead()
        guard case .refused(let refusal) = parse(malformed.bytes, into: &head) else {
            Issue.record("not refused: \(malformed.name)")
            return
        }
        #expect(refusal.status.rawValue == malformed.status, "\(malformed.name): \(refusal)")
    }

    @Test("are refused alike however they are cut", arguments: MalformedHead.all)
    func refusedWhateverTheCut(_ malformed: MalformedHead) {
        var head = HTTPRequestHead()
        let whole = parse(malformed.bytes, into: &head)
        for cut in cuts(of: malformed.bytes) {
            #expect(parse(malformed.bytes, cuts: [cut], into: &head) == whole, "cut at \(cut)")
        }
        #expect(parse(malformed.bytes, cuts: cuts(of: malformed.bytes, limit: .max), into: &head) == whole)
    }

    @Test("are many, named once, and cover every refusal of a request")
    func cover() {
        #expect(MalformedHead.all.count >= 60)
        #expect(Set(MalformedHead.all.map(\.name)).count == MalformedHead.all.count)
        var head = HTTPRequestHead()
        var seen: Set<HTTPRefusal> = [.malformedStatusLine, .tooManyInterimAnswers]
        for malformed in MalformedHead.all {
            if case .refused(let refusal) = parse(malformed.bytes, into: &head) { seen.insert(refusal) }
        }
        #expect(seen == Set(HTTPRefusal.allCases))
    }

    @Test("do not spoil the head that is parsed next")
    func leaveNothingBehind() {
        var head = HTTPRequestHead()
        let good = Array("GET /a?b HTTP/1.1\r\nHost: h:1\r\nX: y\r\n\r\n".utf8)
        #expect(parse(good, into: &head) == .complete(consumed: good.count))
        let image = HeadImage(head, good)
        for malformed in MalformedHead.all {
            _ = parse(malformed.bytes, into: &head)
            #expect(parse(good, into: &head) == .complete(consumed: good.count))
            #expect(HeadImage(head, good) == image)
        }
    }
}
