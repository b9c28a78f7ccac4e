import ByteCore
import HTTPWire
import IdentityWire
import PointerEvents
import PosixIO
import Telemetry
import Testing
import WebSocketWire

@testable import IngestWorker

/// `POST /events` in a whole worker: time, memory, and who stays for how long.
@Suite struct PostTests {
    static func post(_ body: String, _ fields: String = "") -> [UInt8] {
        Array(
            """
            POST /ps/events HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r
            Content-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)
            """.utf8)
    }

    static func event(_ id: String, _ x: Int) -> String { #"{"id":"\#(id)","x":\#(x),"y":0}"# }

    private func statuses(_ visitor: Visitor) -> [String] {
        let text = String(decoding: visitor.hear(), as: UTF8.self)
        return text.split(separator: "\r\n").filter { $0.contains("HTTP/1.1 ") }.compactMap { line in
            line.split(separator: " ").first { $0.count == 3 && $0.allSatisfy(\.isNumber) }.map(String.init)
        }
    }

    @Test func onlyWhoPostsLeavesAfter45SecondsOfSilence() throws {
        let bench = try WorkerBench()
        let page = try bench.call()
        page.say(Self.post("[\(Self.event("ann", 1)),\(Self.event("bea", 2)),\(Self.event("cay", 3))]"))
        bench.settle()
        #expect(statuses(page) == ["200"])
        bench.pass(seconds: 30)
        page.say(Self.post(Self.event("bea", 4)))
        bench.settle()
        bench.pass(seconds: 15)
        bench.masterReads(1 << 20)
        #expect(bench.present == ["ann", "bea", "cay"])
        bench.pass(seconds: 1)
        bench.settle()
        bench.masterReads(1 << 20)
        #expect(bench.present == ["bea"])
        #expect(bench.counters.value(.postVisitors) == 1)
        // Who comes back is somebody new, wherever the slot was before.
        let other = try bench.call()
        other.say(Self.post("[\(Self.event("cay", 5)),\(Self.event("bea", 6))]"))
        bench.settle()
        bench.pass(seconds: 44)
        bench.settle()
        bench.masterReads(1 << 20)
        #expect(bench.present == ["bea", "cay"])
        bench.pass(seconds: 2)
        bench.settle()
        bench.masterReads(1 << 20)
        #expect(bench.present == [])
        #expect(bench.heard == ["ann": [1], "bea": [2, 4, 6], "cay": [3, 5]])
    }

    @Test func connectionsThatEndTakeNobodyAlong() throws {
        let bench = try WorkerBench()
        var page: Visitor? = try bench.call()
        page?.say(Self.post(Self.event("ann", 1), "Connection: close\r\n"))
        bench.settle()
        page = nil
        bench.settle()
        bench.masterReads(1 << 20)
        #expect(bench.worker.connections.count == 0)
        #expect(bench.present == ["ann"])
    }

    @Test func aBodyHas30SecondsHoweverItTricklesIn() throws {
        let bench = try WorkerBench()
        let page = try bench.call()
        let request = Self.post(Self.event("ann", 1))
        page.say(Array(request.dropLast(3)))
        bench.settle()
        bench.pass(seconds: 29)
        page.say([request[request.count - 3]])
        bench.settle()
        bench.pass(seconds: 1)
        #expect(statuses(page) == ["408"])
        #expect(bench.counters.value(.postsRefusedLate) == 1)
        page.say(Array(request.suffix(2)))
        bench.settle()
        #expect(bench.counters.value(.eventsReceived) == 0)
    }

    @Test func aConnectionThatWaitsForItsNextPostIsKeptForAMinute() throws {
        let bench = try WorkerBench()
        let page = try bench.call()
        for second in 0..<3 {
            page.say(Self.post(Self.event("ann", second)))
            bench.settle()
            #expect(statuses(page) == ["200"])
            bench.pass(seconds: 59)
        }
        #expect(bench.worker.connections.count == 1)
        // A head has the time that the first one has.
        page.say(Array("POST".utf8))
        bench.settle()
        bench.pass(seconds: 9)
        #expect(bench.worker.connections.count == 1)
        bench.pass(seconds: 1)
        #expect(bench.worker.connections.count == 0)
        let idle = try bench.call()
        idle.say(Self.post("[]"))
        bench.settle()
        bench.pass(seconds: 60)
        #expect(bench.worker.connections.count == 0)
    }

    @Test func halfBodiesAreBoundedLikeHalfMessages() throws {
        let bench = try WorkerBench()
        let request = Self.post(String(repeating: " ", count: 65_000) + Self.event("ann", 1))
        var pages: [Visitor] = []
        for _ in 0..<220 {
            let page = try bench.call()
            page.say(Array(request.dropLast()))
            for _ in 0..<10 where !page.hasSaidAll {
                bench.settle()
                page.push()
            }
            bench.settle()
            pages.append(page)
        }
        #expect(bench.worker.held.total <= WorkerLimits.heldBytes)
        let refused = pages.map { statuses($0) }.filter { $0 == ["503"] }.count
        #expect(refused > 0 && refused < 60)
        #expect(bench.counters.value(.postsRefusedNoRoom) == UInt64(refused))
        pages[219].say([request[request.count - 1]])
        bench.settle()
        #expect(statuses(pages[219]) == ["200"])
        pages = []
        bench.settle()
        #expect(bench.worker.held.total == 0)
    }

    @Test func visitorsWhoPostAreBoundedInNumber() throws {
        var limits = IngestLimits()
        // Time stands still, and all of them come on one connection.
        limits.eventsPerSecond = 0
        let bench = try WorkerBench(visitorLimit: 100_000, limits: limits)
        let page = try bench.call()
        func body(_ visitors: Range<Int>) -> [UInt8] {
            Self.post("[\(visitors.map { Self.event("v\($0)", 0) }.joined(separator: ","))]")
        }
        var count = 0
        while count < WorkerLimits.leases {
            // Where half of them are taken one may bring fewer than 256, and the less there are, the fewer.
            let share = max(1, (WorkerLimits.leases - count) / WorkerLimits.leaseShare)
            let mayBring = min(256, share)
            if share == 198 {
                let greedy = try bench.call()
                greedy.say(body(count..<(count + 199)))
                bench.settle()
                #expect(statuses(greedy) == ["503"])
            }
            page.say(body(count..<(count + mayBring)))
            count += mayBring
            bench.settle()
            bench.masterReads(1 << 20)
            bench.settle()
        }
        let answers = String(decoding: page.hear(), as: UTF8.self)
        #expect(answers.hasSuffix("{\"interval\":8192}\n"))
        #expect(bench.counters.value(.postVisitors) == UInt64(WorkerLimits.leases))
        page.say(
            Self.post(Self.event("v5", 1)) + Self.post("[\(Self.event("v6", 1)),\(Self.event("new", 1))]"))
        bench.settle()
        #expect(statuses(page) == ["200", "503"])
        bench.pass(seconds: 46)
        #expect(bench.counters.value(.postVisitors) == 0)
        let other = try bench.call()
        other.say(Self.post(Self.event("new", 1)))
        bench.settle()
        #expect(statuses(other) == ["200"])
    }

    @Test func manyNewVisitorsAtOnceAreRefusedAndKnownOnesAreNot() throws {
        let bench = try WorkerBench()
        let page = try bench.call()
        let crowd = (0..<256).map { Self.event("v\($0)", 0) }.joined(separator: ",")
        page.say(Self.post("[\(crowd)]") + Self.post("[\(crowd),\(Self.event("one more", 0))]"))
        bench.settle()
        #expect(statuses(page) == ["200", "200"])
        let other = try bench.call()
        let more = (0..<257).map { Self.event("w\($0)", 0) }.joined(separator: ",")
        other.say(Self.post("[\(more)]"))
        bench.settle()
        #expect(statuses(other) == ["400"])
        #expect(bench.counters.value(.postVisitors) == 257)
    }

    @Test func nobodySpeaksForAVisitorWithAToken() throws {
        let bench = try WorkerBench()
        bench.greetAsMaster()
        let id = SignedID(random: [UInt8](repeating: 1, count: 9), key: WorkerBench.key)
        let signed = String(decoding: id.bytes, as: UTF8.self)
        let page = try bench.call()
        page.say(Self.post("[\(Self.event("ann", 1)),\(Self.event(signed, 2))]"))
        bench.settle()
        let answer = String(decoding: page.hear(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.hasSuffix("event 2: this id belongs to a visitor with a token\n"))
        #expect(bench.counters.value(.postVisitors) == 0)
    }
}
