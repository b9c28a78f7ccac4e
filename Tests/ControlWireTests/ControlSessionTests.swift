import TestSupport
import Testing

@testable import ControlWire

struct ControlSessionTests {
    /// What a session that answers at once makes of these bytes, which come in pieces of so many.
    private func steps(_ text: String, pieces: Int) -> [ControlSession.Step] {
        var session = ControlSession()
        var steps: [ControlSession.Step] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            bytes[start..<min(bytes.count, start + pieces)].withUnsafeBytes { session.received($0) }
            while case let step = session.next(), step != .nothing {
                steps.append(step)
                session.answered()
            }
        }
        return steps
    }

    private func expectStep(
        _ step: ControlSession.Step, _ expected: ControlSession.Step,
        _ place: SourceLocation = #_sourceLocation
    ) {
        #expect(step == expected, sourceLocation: place)
    }

    private func expectIdle(
        _ session: borrowing ControlSession, _ expected: Bool, _ place: SourceLocation = #_sourceLocation
    ) {
        let isIdle = session.isIdle
        #expect(isIdle == expected, sourceLocation: place)
    }

    private func expect(
        _ text: String, _ expected: [ControlSession.Step], _ place: SourceLocation = #_sourceLocation
    ) {
        for pieces in [1, 2, 3, 7, max(1, text.utf8.count)] {
            #expect(steps(text, pieces: pieces) == expected, "in pieces of \(pieces)", sourceLocation: place)
        }
    }

    @Test func requestsComeInTheirOrder() {
        expect("status\nworkers\r\ninfo 2\n", [.request(.status), .request(.workers), .request(.info(2))])
        expect("status", [])
        expect("\n", [.refuse(.empty)])
    }

    @Test func nothingFollowsNonsense() {
        expect("hello\nstatus\n", [.refuse(.unknown("hello"))])
        expect("\u{1}\u{2}\nstatus\n", [.refuse(.notText)])
    }

    @Test func aLineHasALength() {
        let longest = "status" + String(repeating: " ", count: ControlLimits.requestBytes - 7)
        expect(longest + "\nevents\n", [.request(.status), .request(.events)])
        expect(longest + " \n", [.refuse(.tooLong)])
        expect(String(repeating: "x", count: 900), [.refuse(.tooLong)])
    }

    @Test func oneIsAnsweredAtATime() {
        var session = ControlSession()
        Array("status\nworkers\n".utf8).withUnsafeBytes { session.received($0) }
        expectIdle(session, true)
        expectStep(session.next(), .request(.status))
        expectIdle(session, false)
        expectStep(session.next(), .nothing)
        session.answered()
        expectStep(session.next(), .request(.workers))
        session.answered()
        expectStep(session.next(), .nothing)
        expectIdle(session, true)
    }

    @Test func aStreamIsNotInterrupted() {
        for word in ["follow 3", "events"] {
            var session = ControlSession()
            Array("\(word)\nstatus\n".utf8).withUnsafeBytes { session.received($0) }
            _ = session.next()
            session.answered()
            Array("status\n".utf8).withUnsafeBytes { session.received($0) }
            expectStep(session.next(), .nothing)
            expectIdle(session, false)
        }
    }

    @Test func whoSendsAheadForEverIsRefused() {
        var session = ControlSession()
        Array("status\n".utf8).withUnsafeBytes { session.received($0) }
        _ = session.next()
        for _ in 0..<200 { Array("workers\n".utf8).withUnsafeBytes { session.received($0) } }
        expectStep(session.next(), .refuse(.tooMuch))
        expectStep(session.next(), .nothing)
    }

    /// Whatever comes, in whatever pieces, is what it is whole.
    @Test func piecesMakeNoDifference() {
        var random = SplitMix64(seed: 14)
        let words = ["status", "info 3", "info", "", "x", "follow 9", "logs 2", "\u{1}", " ", "events"]
        for _ in 0..<2000 {
            let text =
                (0..<(1 + random.below(4))).map { _ in words[random.below(words.count)] }
                .joined(separator: random.happens(percent: 20) ? "\r\n" : "\n") + "\n"
            let whole = steps(text, pieces: 10_000)
            #expect(steps(text, pieces: 1 + random.below(5)) == whole)
        }
    }
}
