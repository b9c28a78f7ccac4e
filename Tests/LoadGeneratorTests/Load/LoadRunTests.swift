import Foundation
import PosixIO
import Testing

@testable import LoadGenerator

/// Whole runs, their processes on threads, against a server that does what a test tells it to.
@Suite(.serialized) struct LoadRunTests {
    private static let name = RunName("abc")!

    private func plan(_ server: TestRelayServer) throws -> LoadPlan {
        var plan = LoadPlan(target: LoadTarget(server.ingest))
        plan.viewer = LoadTarget(server.http, path: "/receive/load")
        plan.viewers = 1
        plan.visitors = 10
        plan.rate = .perVisitor(milliHertz: 200_000)
        plan.durationSeconds = 0.5
        plan.motion = .circle
        return plan
    }

    private func outcome(_ plan: LoadPlan, processes: Int = 1) throws -> LoadOutcome {
        let run = try LoadRun(plan, signals: nil, face: nil)
        let isOver = DispatchSemaphore(value: 0)
        for index in 0..<processes {
            let pair = try SocketPair()
            try run.add(channel: pair.first)
            let raw = pair.second.release()
            Thread {
                let share = LoadShare(of: plan, index: index, count: processes)
                _ = runLoadProcess(plan, share: share, name: Self.name, channel: Descriptor(owning: raw))
                isOver.signal()
            }.start()
        }
        let outcome = run.run()
        for _ in 0..<processes { isOver.wait() }
        return outcome
    }

    private func report(_ plan: LoadPlan, processes: Int = 1) throws -> LoadReport {
        switch try outcome(plan, processes: processes) {
        case .finished(let report): return report
        case .failed(let failure, _):
            Issue.record("failed: \(failure.text)")
            throw failure
        }
    }

    @Test func everythingArrivesAtEveryViewer() throws {
        let server = try TestRelayServer()
        defer { server.stop() }
        var plan = try plan(server)
        plan.viewers = 3
        plan.requirements = try Requirement.parsing("lost=0,errors=0,received=3000,p99<20s,duplicates>0")
        let report = try report(plan)
        #expect(report.tally.offered == 1000 && report.tally.sent == 1000 && report.unsent == 0)
        #expect(report.viewers.map(\.received) == [1000, 1000, 1000])
        #expect(report.arrived.missing == 0 && report.arrived.duplicates == 0 && report.errors == 0)
        #expect(report.latencies.count == 3000 && report.handshakes.count == 10)
        #expect(report.verdicts.map { $0.outcome == .passed } == [true, true, true, true, false])
        #expect(!report.meetsRequirements)
    }

    @Test func processesAddUp() throws {
        let server = try TestRelayServer()
        defer { server.stop() }
        var plan = try plan(server)
        plan.viewers = 2
        let report = try report(plan, processes: 3)
        #expect(report.tally.sent == 1000 && report.arrived.received == 2000 && report.arrived.lost == 0)
        #expect(report.tally.opened == 10 && report.latencies.count == 2000)
    }

    /// Of visitor 3 one sample is dropped, one repeated, one swapped with its next; of visitor 5 the last is
    /// dropped: the report names each, and nothing else.
    private func mischief(_ run: String) -> TestRelayServer.Treatment {
        let held = Held()
        return { _, message in
            let text = String(decoding: message, as: UTF8.self)
            func isSample(_ number: Int, of visitor: Int) -> Bool {
                let digits = String(repeating: "0", count: 6 - String(number).count) + "\(number)"
                return text.hasPrefix("{\"id\":\"\(run)-00000\(visitor)\"")
                    && text.contains(".\(digits),\"y\"")
            }
            if isSample(10, of: 3) || isSample(100, of: 5) { return [] }
            if isSample(20, of: 3) { return [message, message] }
            if isSample(30, of: 3) {
                held.message = message
                return []
            }
            return isSample(31, of: 3) ? [message, held.message] : [message]
        }
    }

    @Test(arguments: [TestRelayServer.Numbering.passed, .received])
    func whatIsDroppedRepeatedOrReorderedIsNamed(_ numbering: TestRelayServer.Numbering) throws {
        let server = try TestRelayServer(numbering: numbering, mischief(Self.name.letters))
        defer { server.stop() }
        let report = try report(plan(server))
        let arrived = report.arrived
        #expect(report.tally.sent == 1000)
        #expect(arrived.received == 998 && arrived.missing == 2)
        #expect(arrived.duplicates == 1 && arrived.disordered == 1 && arrived.stale == 1)
        #expect(arrived.foreign == 0)
        // A stream whose own numbers tell of what was left out conflated it; else it is lost.
        #expect(arrived.lost == (numbering == .passed ? 2 : 0))
        #expect(arrived.conflated == (numbering == .passed ? 0 : 2))
        #expect(Set(report.worst.map(\.visitor)) == [3, 5])
        #expect(report.worst.allSatisfy { $0.missing == 1 && $0.sent == 100 })
    }

    @Test func aStalledServerCannotHide() throws {
        // It sleeps for 2 s in the middle of a run of 3: two thirds of the samples fall due meanwhile.
        let server = try TestRelayServer(stallAt: 500, stallSeconds: 2)
        defer { server.stop() }
        var plan = try plan(server)
        plan.rate = .perVisitor(milliHertz: 100_000)
        plan.durationSeconds = 3
        let report = try report(plan)
        #expect(report.tally.sent == 3000 && report.arrived.missing == 0)
        #expect(report.latencies.p999 >= 1_900_000_000)
        #expect(report.latencies.maximum >= 1_950_000_000)
        // Sent evenly over the stall, half of those waited a second or more.
        #expect(report.latencies.p50 >= 100_000_000)
    }

    @Test func arraysAndBurstsAreCountedAsSamples() throws {
        let server = try TestRelayServer { _, message in
            // The double passes on messages, so it takes arrays apart, as a server does.
            let text = String(decoding: message.dropFirst().dropLast(), as: UTF8.self)
            return text.split(separator: "}").map { part in
                Array((part.hasPrefix(",") ? part.dropFirst() : part).utf8) + [UInt8(ascii: "}")]
            }
        }
        defer { server.stop() }
        var plan = try plan(server)
        plan.batch = 4
        plan.coalesce = 5
        let report = try report(plan)
        #expect(report.tally.sent == 1000 && report.tally.writes == 50)
        #expect(report.arrived.received == 1000 && report.arrived.duplicates == 0)
    }

    @Test func naturalMotionKeepsItsOwnTimes() throws {
        let server = try TestRelayServer()
        defer { server.stop() }
        var plan = try plan(server)
        plan.motion = .human
        plan.rate = .natural
        plan.durationSeconds = 2
        let report = try report(plan)
        #expect(report.tally.sent > 50)
        #expect(report.tally.sent == report.tally.offered)
        #expect(report.arrived.received == UInt64(report.tally.sent) && report.arrived.missing == 0)
    }

    @Test func theFloodKeepsCount() throws {
        let server = try TestRelayServer()
        defer { server.stop() }
        var plan = try plan(server)
        plan.rate = .unpaced
        plan.durationSeconds = 0.2
        let report = try report(plan)
        #expect(report.tally.sent == report.tally.offered && report.tally.sent > 100)
        #expect(report.arrived.received == UInt64(report.tally.sent))
    }

    @Test func thoseWhoLeaveComeBack() throws {
        let server = try TestRelayServer()
        defer { server.stop() }
        var plan = try plan(server)
        plan.rampSeconds = 0.5
        plan.churnPerSecond = 10
        plan.durationSeconds = 2.5
        let report = try report(plan)
        #expect(report.tally.left >= 10 && report.tally.opened > 10)
        #expect(report.errors == 0 && report.unsent == 0)
        #expect(report.arrived.missing == 0 && report.arrived.disordered == 0)
        // Who is away offers nothing.
        #expect(report.tally.offered < 5000 * 9 / 10)
    }

    @Test func aServerThatIsNoneGivesOneClearLine() throws {
        func failure(_ plan: LoadPlan) throws -> LoadFailure {
            guard case .failed(let failure, _) = try outcome(plan) else { throw SystemError("none", code: 0) }
            return failure
        }
        let chunked = try TestRelayServer(head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(try failure(plan(chunked)).exitStatus == 76)
        chunked.stop()
        let missing = try TestRelayServer(head: "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        let line = try failure(plan(missing)).text
        #expect(line == "\(missing.http.text): viewer: the server answered 404")
        missing.stop()
        // Both ports are closed now.
        var nobody = try plan(missing)
        nobody.viewers = 0
        nobody.viewer = nil
        let refused = try failure(nobody)
        #expect(refused.text == "\(missing.ingest.text): cannot connect: Connection refused")
        #expect(refused.exitStatus == 69)
    }

    @Test func reportsAreWholeInEveryForm() throws {
        let server = try TestRelayServer()
        defer { server.stop() }
        var plan = try plan(server)
        plan.durationSeconds = 2.2
        plan.requirements = try Requirement.parsing("p99<1ns")
        let report = try report(plan)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        #expect(json["sent"] as? Int == Int(report.tally.sent) && json["met"] as? Bool == false)
        let page = report.html(version: "<test>", command: "load", machine: "here", writtenAt: "now")
        #expect(page.contains("<svg") && page.hasSuffix("</html>\n") && !page.contains("<test>"))
        for reference in ["http://", "https://", "src=", "href=", "@import", "url("] {
            #expect(!page.contains(reference), "refers to \(reference)")
        }
        #expect(report.text(isColored: false).hasPrefix("FAIL  1 of 1 conditions not met"))
    }
}

/// A message kept back.
private final class Held: @unchecked Sendable {
    var message: [UInt8] = []
}
