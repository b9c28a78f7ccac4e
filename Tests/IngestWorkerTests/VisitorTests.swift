import ByteCore
import IdentityWire
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import Testing

@testable import IngestWorker

/// Visitors that speak `pointerscope.v1`.
@Suite struct VisitorTests {
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func anyHistoryIsAsTheModelSays(seed: UInt64) throws {
        let difference = try VisitorHistory(seed: seed).firstDifference(steps: 250)
        if let difference { Issue.record("\(difference)") }
    }

    @Test(arguments: VisitorFault.allCases)
    func theModelNotices(fault: VisitorFault) throws {
        let isFound = try (1...12 as ClosedRange<UInt64>).contains { seed in
            try VisitorHistory(seed: seed, fault: fault).firstDifference(steps: 250) != nil
        }
        #expect(isFound)
    }

    private func bench() throws -> WorkerBench {
        let bench = try WorkerBench()
        bench.greetAsMaster()
        return bench
    }

    /// A page that is connected and has said nothing.
    private func connect(to bench: WorkerBench) throws -> WirePage {
        WirePage(try bench.connect(saying: WirePage.handshake()))
    }

    /// A page that has said who it is.
    private func visit(_ bench: WorkerBench) throws -> WirePage {
        let page = try connect(to: bench)
        page.hello()
        page.send()
        bench.settle()
        #expect(try page.hears() == ["welcome new 60 50"])
        return page
    }

    // MARK: Hellos

    @Test func whoSaysNothingIsClosedAfterTenSeconds() throws {
        let bench = try bench()
        let silent = try connect(to: bench)
        let json = try bench.connect()
        let known = try visit(bench)
        bench.pass(seconds: 9)
        // A ping is a sign of life, and no hello.
        silent.visitor.say(Visitor.frame([], opcode: 9))
        bench.settle()
        #expect(try silent.hears() == ["frame 10"])
        bench.pass(seconds: 1)
        #expect(try silent.hears() == ["close 1008"])
        #expect(bench.counters.value(.helloTimeouts) == 1)
        #expect(json.hearClose() == nil)
        #expect(try known.hears() == [])
    }

    @Test func theFirstMessageIsAHello() throws {
        let bench = try bench()
        var ears = MasterEars()
        for message: [UInt8] in [
            [], [0], [0, 0x02, 1, 0, 0], [1, 0x01], [0, 0x01, 5, 0], [0, 0x41, 1, 0], [0, 0x3F],
        ] {
            let page = try connect(to: bench)
            page.visitor.say(Visitor.frame(message, opcode: 2))
            bench.settle()
            let heard = try page.hears()
            #expect(heard == ["close 1007"] || heard == ["close 1008"], "\(message)")
        }
        let text = try connect(to: bench)
        text.visitor.say(Visitor.samples(of: "ann", "move", from: 1, count: 1))
        bench.settle()
        #expect(try text.hears() == ["close 1003"])
        #expect(try bench.masterHears(&ears).allSatisfy { $0.hasSuffix(" closed") })
        #expect(bench.counters.value(.eventsReceived) == 0)
    }

    @Test func nobodyIsGreetedWithoutAKey() throws {
        let bench = try WorkerBench()
        let page = try connect(to: bench)
        page.hello()
        page.send()
        bench.settle()
        #expect(try page.hears() == ["close 1013"])
    }

    @Test func whereThereIsNoRoomNobodyJoins() throws {
        let bench = try WorkerBench(visitorLimit: 2)
        bench.greetAsMaster()
        var ears = MasterEars()
        let pages = try (0..<2).map { _ in try visit(bench) }
        let late = try connect(to: bench)
        _ = try bench.masterHears(&ears)
        late.hello()
        late.send()
        bench.settle()
        #expect(try late.hears() == ["close 1013"])
        #expect(try bench.masterHears(&ears) == [])
        pages[0].visitor.hangUp()
        bench.settle()
        _ = try visit(bench)
    }

    @Test func aHelloMayComeByteByByte() throws {
        let bench = try bench()
        let page = try connect(to: bench)
        page.hello()
        for byte in Visitor.frame(page.lastMessage, opcode: 2) {
            page.visitor.say([byte])
            bench.settle()
        }
        #expect(try page.hears() == ["welcome new 60 50"])
    }

    @Test func eachWelcomeBringsAnotherToken() throws {
        let bench = try bench()
        var page = try visit(bench)
        let id = page.id
        var tokens: Set<[UInt8]> = [page.token]
        for round in 1...20 {
            let next = try connect(to: bench)
            next.hello(token: page.token)
            next.send()
            bench.settle()
            #expect(try next.hears() == [])
            bench.order(.admit(connection: next.number))
            bench.order(.admit(connection: next.number))
            bench.settle()
            #expect(try next.hears() == ["welcome resumed 60 50"])
            #expect(next.id == id)
            tokens.insert(next.token)
            #expect(tokens.count == round + 1)
            page = next
        }
        #expect(bench.counters.value(.tokensResumed) == 20)
    }

    @Test func whoAsksNotToBeWatchedIsNot() throws {
        let bench = try bench()
        var ears = MasterEars()
        for handshake in [WirePage.handshake("Sec-GPC: 1\r\n"), Self.json("Sec-GPC: 1\r\n")] {
            let visitor = try bench.call()
            visitor.say(handshake + Visitor.samples(of: "ann", "move", from: 1, count: 1))
            bench.settle()
            let heard = visitor.hear()
            #expect(String(decoding: heard, as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
            #expect(heard.contains(sequence: [0x88]) && heard.contains(sequence: [0x0F, 0xA1]))
            visitor.hangUp()
        }
        bench.settle()
        #expect(bench.counters.value(.privacyRefused) == 2)
        #expect(try bench.masterHears(&ears) == ["1 closed", "2 closed"])
        for field in ["Sec-GPC: 0\r\n", "Sec-GPC: ?1\r\n", "Sec-GPC:\r\n", "X-Sec-GPC: 1\r\n"] {
            _ = try bench.connect(saying: Self.json(field))
        }
        #expect(bench.counters.value(.privacyRefused) == 2)
    }

    private static func json(_ more: String) -> [UInt8] {
        Visitor.handshake.dropLast(2) + Array("\(more)\r\n".utf8)
    }

    // MARK: What pages are told

    @Test func aCrowdIsToldInSteps() throws {
        let bench = try bench()
        let pages = try (0..<(WorkerLimits.toldPerTurn + 40)).map { _ in try visit(bench) }
        bench.order(.rate(15, batchMilliseconds: 100))
        let ready = try bench.worker.poller.wait(timeoutMilliseconds: 1000)
        bench.worker.work(on: ready, at: bench.worker.now)
        bench.worker.work(on: 0, at: bench.worker.now)
        func told() throws -> Int { try pages.count { try $0.hears() == ["rate 15 100"] } }
        #expect(try told() == WorkerLimits.toldPerTurn)
        // News in the middle of a round reach everyone.
        bench.order(.rate(30, batchMilliseconds: 100))
        bench.settle()
        let heard = try pages.map { try $0.hears() }
        #expect(heard.allSatisfy { $0.last == "rate 30 100" })
    }

    @Test func whoDoesNotReadIsCut() throws {
        let bench = try bench()
        let page = try visit(bench)
        // Each lost message is one more resync for the page to read.
        for _ in 0..<400_000 where bench.connection(of: page.visitor) != nil {
            page.message { _, _, _ in }
            page.message { _, _, _ in }
            page.send()
            bench.settle()
            #expect(
                bench.connection(of: page.visitor)?.pointee.keptBytes ?? 0 < 2 * WorkerLimits.outboundBytes
                    + 512)
        }
        #expect(bench.connection(of: page.visitor) == nil)
        #expect(bench.counters.value(.slowPeersCut) == 1)
    }

    @Test func ordersAboutNobodyAreNothing() throws {
        let bench = try bench()
        let page = try visit(bench)
        _ = try connect(to: bench)
        for number in [0, 2, 99, UInt64.max] {
            bench.order(.refuse(connection: number))
            bench.order(.closely(connection: number, rate: 1, batchMilliseconds: 1))
        }
        bench.settle()
        #expect(try page.hears() == [])
        #expect(bench.counters.value(.identitiesRefused) == 0)
        bench.order(.refuse(connection: page.number))
        bench.order(.refuse(connection: page.number))
        bench.settle()
        #expect(try page.hears() == ["close 4003"])
        #expect(bench.counters.value(.identitiesRefused) == 1)
    }
}

extension Array where Element == UInt8 {
    fileprivate func contains(sequence: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: sequence) }
    }
}
