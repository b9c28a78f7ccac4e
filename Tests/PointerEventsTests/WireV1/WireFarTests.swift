import ByteCore
import Testing

@testable import PointerEvents

/// Gaps and late messages that the number of a message, a byte, shows as each other, until a sync comes.
@Suite struct WireFarTests {
    /// A page that moves on by one pixel in each message, and its server.
    private struct Connection: ~Copyable {
        private var encoder = WireV1Encoder()
        private(set) var bench: WireBench
        private(set) var x: Int32 = 0
        /// Where the server saw the pointer.
        private(set) var seen: [Int32] = []
        /// What the server has to count.
        private(set) var (gaps, missing, repeated) = (0, UInt64(0), 0)
        private(set) var resyncs = 0

        init(fault: WireV1Mutant? = nil) {
            bench = WireBench(fault: fault)
            var hello = WireV1Hello()
            hello.isPlaceKnown = true
            hello.clock = 1_732_109_508_000
            var buffer = ByteBuffer()
            encoder.appendHello(hello, to: &buffer)
            _ = bench.receive(Array(buffer.readable))
        }

        mutating func message() -> [UInt8] {
            x += 1
            let time = encoder.time + 50
            var buffer = ByteBuffer()
            encoder.beginMessage(at: time, to: &buffer)
            encoder.appendMove(x: x, y: 0, at: time, to: &buffer)
            return Array(buffer.readable)
        }

        /// Brings a message to the server, and the server's answer to the page.
        mutating func bring(_ message: [UInt8]) {
            let outcome = bench.receive(message)
            #expect(outcome.refusal == nil)
            if outcome.notes.missing > 0 { gaps += 1 }
            missing += outcome.notes.missing
            if outcome.notes.isDuplicate { repeated += 1 }
            if outcome.notes.needsResync {
                resyncs += 1
                encoder.receivedResync()
            }
            for sample in outcome.samples {
                let digits = sample.drop { $0 != "x" }.dropFirst(3).prefix { $0.isNumber }
                seen.append(Int32(digits) ?? -1)
            }
        }

        mutating func speak(_ count: Int) {
            for _ in 0..<count { bring(message()) }
        }

        mutating func lose(_ count: Int) {
            for _ in 0..<count { _ = message() }
        }
    }

    /// Behind up to 254 that are lost two messages look late; the third, a sync, tells how many it was.
    @Test(arguments: 128...254 as ClosedRange<Int>)
    func gapsThatAByteCannotTell(size: Int) {
        var connection = Connection()
        connection.speak(3)
        connection.lose(size)
        connection.speak(10)
        #expect(connection.gaps == 1 && connection.missing == UInt64(size))
        #expect(connection.repeated <= 2 && connection.resyncs <= 1)
        let first = Int32(3 + size + connection.repeated + 1)
        #expect(connection.seen == [1, 2, 3] + Array(first...Int32(3 + size + 10)))
    }

    /// What comes again after so long that it looks like a gap: the page is back as soon as it has said a
    /// sync behind two messages that look late.
    @Test(arguments: 128...253 as ClosedRange<Int>)
    func whatIsFarTooLate(age: Int) {
        var connection = Connection()
        var messages: [[UInt8]] = []
        // So many that none of those that come again begins with a sync, which says how late it is.
        for _ in 0..<382 {
            messages.append(connection.message())
            connection.bring(messages[messages.count - 1])
        }
        connection.bring(messages[messages.count - 1 - age])
        #expect(connection.gaps == 1 && connection.missing == UInt64(255 - age))
        connection.speak(10)
        #expect(connection.gaps == 1)
        #expect(connection.seen.count >= 382 + 5)
        #expect(connection.seen.last == 392)
        for (before, behind) in zip(connection.seen, connection.seen.dropFirst()) { #expect(before < behind) }
    }

    /// Old messages that come again in a row, a sync among them, take nobody back to where they were.
    @Test func whatCameBeforeStaysBefore() {
        var connection = Connection()
        var messages: [[UInt8]] = []
        for _ in 0..<150 {
            messages.append(connection.message())
            connection.bring(messages[messages.count - 1])
        }
        let sync = messages.firstIndex { $0.count > 10 }
        #expect(sync == 127)
        for message in messages[100...127] { connection.bring(message) }
        connection.lose(1)
        connection.bring(connection.message())
        for message in messages[100...127] { connection.bring(message) }
        connection.speak(5)
        #expect(connection.seen == Array(1...150) + Array(153...157))
        #expect(connection.gaps == 1 && connection.missing == 1 && connection.repeated == 56)
    }

    /// What comes twice at once asks for nothing.
    @Test func whatComesTwiceAtOnceIsPlain() {
        var connection = Connection()
        for _ in 0..<300 {
            let message = connection.message()
            for _ in 0..<3 { connection.bring(message) }
        }
        #expect(connection.repeated == 600 && connection.resyncs == 0 && connection.gaps == 0)
        #expect(connection.seen == Array(1...300))
    }

    @Test(arguments: [WireV1Mutant.trustsLateNumbers, .countsLateOnesTwice, .staysMisled])
    func everyMutantIsCaught(fault: WireV1Mutant) {
        var far = Connection(fault: fault)
        far.speak(3)
        far.lose(200)
        far.speak(10)
        var late = Connection(fault: fault)
        let first = late.message()
        late.bring(first)
        late.speak(200)
        late.bring(first)
        late.speak(10)
        let isRight = far.missing == 200 && far.seen.count == 3 + 8 && late.seen.count > 201 + 4
        #expect(!isRight)
    }
}
