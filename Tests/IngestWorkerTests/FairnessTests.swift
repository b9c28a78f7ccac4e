import Telemetry
import Testing
import WebSocketWire

@testable import IngestWorker

/// Who is read when others bring more than a turn has room for, and who brings more than a connection may.
@Suite struct FairnessTests {
    private func moves(_ count: Int, of id: String, from start: Int = 0) -> [UInt8] {
        (start..<(start + count)).flatMap { Visitor.samples(of: id, "move", from: $0, count: 1) }
    }

    private func limits(_ change: (inout IngestLimits) -> Void) -> IngestLimits {
        var limits = IngestLimits()
        change(&limits)
        return limits
    }

    // MARK: Turns

    /// Sixteen who send all they can, and one who moves the mouse: it is heard in its first turn.
    @Test func whoIsModestIsReadInEveryTurn() throws {
        let bench = try WorkerBench()
        var loud: [Visitor] = []
        for _ in 0..<16 { loud.append(try bench.connect()) }
        let modest = try bench.connect()
        for index in 0..<16 { loud[index].say(moves(4000, of: "loud\(index)")) }
        for _ in 0..<10 {
            for visitor in loud { visitor.push() }
            modest.say(Visitor.frame([], opcode: 9))
            bench.turn()
            #expect(modest.hear() == [0x8A, 0])
            // One read may go beyond what is left, of both halves of a turn, and a modest one stays small.
            let most = 2 * (WorkerLimits.turnWork + 2 * WorkerLimits.receiveBytes)
            #expect(bench.worker.turnWork <= most + 16 * WorkerLimits.crowdedReadBytes)
            bench.masterReadsAll()
        }
        #expect(bench.counters.value(.turnsAwaited) > 0)
        // The others were given the same, but for a read or two.
        let given = (0..<16).map { bench.heard["loud\($0)"]?.count ?? 0 }
        if let least = given.min(), let most = given.max() { #expect(most - least <= 2 * 1800, "\(given)") }
        // And all that they said is there in the end, in order.
        while loud.contains(where: { !$0.hasSaidAll }) || bench.worker.isBehind {
            for visitor in loud { visitor.push() }
            bench.turn()
            bench.masterReadsAll()
        }
        bench.settle()
        bench.masterReadsAll()
        for index in 0..<16 { #expect(bench.heard["loud\(index)"] == (0..<4000).map(Double.init)) }
    }

    /// Who waits for its turn is closed like anyone, and nobody trips over what stood for it.
    @Test func whoIsClosedWhileWaitingIsPassedOver() throws {
        let bench = try WorkerBench()
        var loud: [Visitor] = []
        for _ in 0..<20 { loud.append(try bench.connect()) }
        for index in 0..<20 { loud[index].say(moves(4000, of: "loud\(index)")) }
        for _ in 0..<8 { bench.turn() }
        let waiting = loud.filter { bench.connection(of: $0)?.pointee.wait.isForTurn ?? false }
        #expect(waiting.count > 5)
        for visitor in waiting {
            bench.worker.beginClose(try #require(bench.token(of: visitor)), .goingAway, "the server stops")
        }
        bench.settle()
        for visitor in waiting { #expect(visitor.hearClose() == 1001) }
        #expect(bench.worker.waiting.isEmpty)
    }

    // MARK: Rates

    @Test func whoIsOverItsRateIsHeldAndLosesNothing() throws {
        let bench = try WorkerBench(limits: limits { $0.eventsPerSecond = 800 })
        let visitor = try bench.connect()
        // A hundred are there at once; the rest of what is read with them has to be waited for.
        visitor.say(moves(500, of: "ann"))
        bench.settle()
        #expect(bench.connection(of: visitor)?.pointee.wait == .rate)
        #expect(bench.counters.value(.ratesHeld) == 1)
        visitor.say(moves(10, of: "ann", from: 500))
        bench.passQuietly(milliseconds: 490)
        bench.settle()
        bench.masterReads(1 << 20)
        #expect(bench.heard["ann"]?.count == 500)
        bench.passQuietly(milliseconds: 20)
        bench.settle()
        bench.masterReads(1 << 20)
        #expect(bench.heard["ann"] == (0..<510).map(Double.init))
        // It is no matter of its rate that it was not heard.
        bench.pass(seconds: 9)
        #expect(visitor.hearClose() == nil)
    }

    @Test func whoStaysOverItsRateIsClosed() throws {
        let bench = try WorkerBench(
            limits: limits {
                $0.eventsPerSecond = 1000
                $0.patienceMilliseconds = 3000
            })
        let visitor = try bench.connect()
        var said = 0
        var heldFor = 0
        while heldFor < 100, bench.counters.value(.eventRateExceeded) == 0 {
            visitor.say(moves(300, of: "ann", from: said))
            said += 300
            bench.passQuietly(milliseconds: 100)
            bench.settle()
            heldFor += 1
        }
        #expect(visitor.hearClose() == 1008)
        #expect((28...40).contains(heldFor), "closed after \(heldFor) tenths of a second")
        #expect(bench.counters.value(.messagesRefused1008) == 1)
    }

    /// With a pause in which it catches up it is over its rate anew.
    @Test func whoCatchesUpIsNotClosed() throws {
        let bench = try WorkerBench(
            limits: limits {
                $0.eventsPerSecond = 100
                $0.patienceMilliseconds = 3000
            })
        let visitor = try bench.connect()
        for burst in 0..<4 {
            visitor.say(moves(250, of: "ann", from: burst * 250))
            bench.settle()
            #expect(bench.connection(of: visitor)?.pointee.wait == .rate)
            for pause in [2600, 300, 100] as [Int64] {
                bench.passQuietly(milliseconds: pause)
                bench.settle()
            }
        }
        #expect(visitor.hearClose() == nil)
        bench.masterReads(8 << 20)
        #expect(bench.counters.value(.eventsReceived) == 1000)
    }

    @Test func withoutPatienceItIsClosedAtOnce() throws {
        let bench = try WorkerBench(
            limits: limits {
                $0.eventsPerSecond = 80
                $0.patienceMilliseconds = 0
            })
        let visitor = try bench.connect()
        visitor.say(moves(10, of: "ann"))
        bench.settle()
        #expect(visitor.hearClose() == nil)
        visitor.say(moves(1, of: "ann", from: 10))
        bench.settle()
        #expect(visitor.hearClose() == 1008)
    }

    /// Arrays count for what is in them, and pings and fragments as well.
    @Test(arguments: ["array", "ping", "fragment", "empty", "bytes"])
    func everythingCounts(_ what: String) throws {
        let bench = try WorkerBench(
            limits: limits {
                $0.eventsPerSecond = what == "bytes" ? 0 : 800
                $0.bytesPerSecond = what == "bytes" ? 8000 : 0
                $0.patienceMilliseconds = 0
            })
        let visitor = try bench.connect()
        switch what {
        case "array": visitor.say(Visitor.samples(of: "ann", "move", from: 0, count: 101))
        case "ping": for _ in 0..<101 { visitor.say(Visitor.frame([], opcode: 9)) }
        case "fragment":
            for _ in 0..<2 {
                visitor.say(Visitor.frame(Array("[".utf8), isFinal: false))
                for _ in 0..<50 { visitor.say(Visitor.frame([], opcode: 0, isFinal: false)) }
                visitor.say(Visitor.frame(Array("]".utf8), opcode: 0))
            }
        case "empty": for _ in 0..<101 { visitor.say(Visitor.frame(Array("[]".utf8))) }
        default: visitor.say(Visitor.frame(Array("[\(String(repeating: " ", count: 2000))]".utf8)))
        }
        bench.settle()
        #expect(visitor.hearClose() == 1008)
        #expect(bench.counters.value(what == "bytes" ? .byteRateExceeded : .eventRateExceeded) == 1)
    }

    @Test func withoutRatesNobodyIsHeld() throws {
        let bench = try WorkerBench(
            limits: limits {
                $0.eventsPerSecond = 0
                $0.bytesPerSecond = 0
            })
        let visitor = try bench.connect()
        for start in 0..<16 {
            visitor.say(Visitor.samples(of: "ann", "move", from: start * 1000, count: 1000))
            bench.settle()
            bench.masterReads(4 << 20)
        }
        #expect(bench.heard["ann"] == (0..<16_000).map(Double.init))
        #expect(bench.counters.value(.ratesHeld) == 0)
    }

    // MARK: What is configured

    @Test func limitsAsAWord() throws {
        var limits = IngestLimits()
        #expect(IngestLimits(word: limits.word) == limits)
        limits.eventsPerSecond = 1
        limits.bytesPerSecond = 2
        limits.patienceMilliseconds = 3
        limits.handshakeSeconds = 4
        limits.messageSeconds = 5
        limits.idleSeconds = 6
        limits.headBytes = 7
        limits.headFields = 8
        limits.messageBytes = 1024
        limits.messageFragments = 16
        #expect(IngestLimits(word: limits.word) == limits)
        for word in ["", "1", limits.word + ",1", "x" + limits.word, limits.word.replacing(",", with: ";")] {
            #expect(IngestLimits(word: word) == nil, "\(word)")
        }
    }

    /// The rates are looked at only of who is beyond its share, unless they can be passed within it.
    @Test func lowRatesAreLookedAtAlways() {
        func isLow(_ change: (inout IngestLimits) -> Void) -> Bool {
            IngestWorker.areWithinShare(limits(change).rates)
        }
        #expect(!isLow { _ in })
        #expect(!isLow { ($0.eventsPerSecond, $0.bytesPerSecond) = (0, 0) })
        #expect(isLow { $0.eventsPerSecond = 10_000 })
        #expect(isLow { $0.bytesPerSecond = 65_536 })
    }

    @Test func boundsOfMessages() throws {
        let bench = try WorkerBench(
            limits: limits {
                $0.messageBytes = 1024
                $0.messageFragments = 2
            })
        let long = try bench.connect()
        long.say(Visitor.frame([UInt8](repeating: 0x20, count: 1025)))
        let pieces = try bench.connect()
        for _ in 0..<2 { pieces.say(Visitor.frame([0x20], opcode: 1, isFinal: false)) }
        let threePieces = try bench.connect()
        threePieces.say(Visitor.frame(Array("[".utf8), isFinal: false))
        threePieces.say(Visitor.frame([], opcode: 0, isFinal: false))
        threePieces.say(Visitor.frame(Array("]".utf8), opcode: 0))
        bench.settle()
        #expect(long.hearClose() == 1009)
        #expect(threePieces.hearClose() == 1009)
        #expect(bench.counters.value(.messagesTooLong) == 1)
        #expect(bench.counters.value(.messagesInFragments) == 1)
    }

    @Test(arguments: [
        ("X: \(String(repeating: "x", count: 1100))\r\n", true),
        ("\(String(repeating: "X: 1\r\n", count: 9))", true),
        ("X: 1\r\n", false),
    ])
    func boundsOfHeads(_ extra: String, _ isRefused: Bool) throws {
        let bench = try WorkerBench(
            limits: limits {
                $0.headBytes = 1024
                $0.headFields = 12
            })
        let visitor = try bench.call()
        let head = String(decoding: Visitor.handshake.dropLast(2), as: UTF8.self) + extra + "\r\n"
        visitor.say(Array(head.utf8))
        bench.settle()
        let answer = String(decoding: visitor.hear(), as: UTF8.self)
        #expect(answer.hasPrefix(isRefused ? "HTTP/1.1 431 " : "HTTP/1.1 101 "))
        #expect(bench.counters.value(.headsTooLarge) == (isRefused ? 1 : 0))
    }
}
