import Foundation
import PosixIO
import Testing

@testable import LoadGenerator

/// Whole runs against a server that does what a test tells it to; the report must name it.
@Suite(.serialized) struct PacedRunTests {
    private func options(
        _ server: TestRelayServer, rate: String = "2000", seconds: String = "0.5", _ more: [String] = []
    ) throws -> BenchmarkOptions {
        try BenchmarkOptions(
            parsing: [
                "--ingest", server.ingest.text, "--http", server.http.text, "--connections", "10", "--rate",
                rate, "--seconds", seconds, "--warm-up", "0",
            ] + more)
    }

    private func report(_ options: BenchmarkOptions) throws -> PacedReport {
        var run = try PacedRun(options)
        return try run.run()
    }

    @Test func everythingArrivesAtEveryViewer() throws {
        let server = try TestRelayServer()
        defer { server.stop() }
        let report = try report(options(server, ["--viewers", "3"]))
        #expect(report.isWhole)
        #expect(report.offered == 1000 && report.sent == 1000)
        #expect(report.viewers.map(\.received) == [1000, 1000, 1000])
        #expect(report.viewers.allSatisfy { $0.stale == 0 && $0.unknownLines == 0 })
        #expect(report.latencies.count == 3000)
        #expect(report.json.hasPrefix("{\"offered\":1000,") && report.json.contains("\"whole\":true"))
    }

    @Test func whatIsDroppedRepeatedOrReorderedIsNamed() throws {
        // Each of ten visitors sends 100. Of visitor 3 one is lost, one comes twice and one behind its next;
        // of visitor 5 the last is lost.
        let held = Held()
        let server = try TestRelayServer { _, message in
            let text = String(decoding: message, as: UTF8.self)
            func isSample(_ number: Int, of visitor: Int) -> Bool {
                text.hasPrefix("{\"id\":\"v\(visitor)\",\"x\":\(number),")
            }
            if isSample(10, of: 3) || isSample(100, of: 5) { return [] }
            if isSample(20, of: 3) { return [message, message] }
            if isSample(30, of: 3) {
                held.message = message
                return []
            }
            return isSample(31, of: 3) ? [message, held.message] : [message]
        }
        defer { server.stop() }
        let report = try report(options(server))
        let viewer = try #require(report.viewers.first)
        #expect(!report.isWhole)
        // Two lost, one more of another.
        #expect(viewer.received == 999 && viewer.missing == 1)
        #expect(viewer.disordered == 2)
        #expect(viewer.stale == 1)
    }

    @Test func aStalledServerCannotHideBehindTheScheduleOfTheSender() throws {
        let server = try TestRelayServer(stallAt: 400, stallSeconds: 0.6)
        defer { server.stop() }
        let report = try report(options(server, rate: "1000", seconds: "1"))
        #expect(report.isWhole)
        // 600 of 1000 samples were due while it slept, so the median itself was late.
        #expect(report.latencies.maximum >= 550_000_000)
        #expect(report.latencies.p50 >= 50_000_000)
        #expect(try #require(report.viewers.first).longestSilence >= 550_000_000)
    }

    @Test func theFloodKeepsCount() throws {
        let server = try TestRelayServer()
        defer { server.stop() }
        let report = try report(options(server, rate: "max", seconds: "0.1"))
        #expect(report.sent == report.offered && report.sent >= 320)
        #expect(report.isWhole)
        #expect(report.viewers.first?.received == UInt64(report.sent))
    }

    @Test func slowAndStalledViewersTakeNoPartInTheFigures() throws {
        let server = try TestRelayServer()
        defer { server.stop() }
        let report = try report(options(server, ["--slow-viewers", "1", "--stalled-viewers", "1"]))
        #expect(report.viewers.count == 1)
        #expect(report.isWhole)
    }

    @Test func aServerThatIsNoneGivesOneClearLine() throws {
        func failure(_ server: TestRelayServer) throws -> PacedRun.Failure? {
            var run = try PacedRun(options(server))
            do throws(PacedRun.Failure) {
                _ = try run.run()
                return nil
            } catch {
                return error
            }
        }
        let chunked = try TestRelayServer(
            head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(
            try failure(chunked)
                == .unavailable(
                    "\(chunked.http.text): the stream is not delimited by the connection's end"))
        chunked.stop()
        let missing = try TestRelayServer(head: "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        #expect(try failure(missing) == .unavailable("\(missing.http.text): the server answered 404"))
        missing.stop()
        // Both ports are closed now.
        guard case .unavailable(let sentence) = try failure(missing) else {
            Issue.record("ran against nobody")
            return
        }
        #expect(sentence.hasSuffix("cannot connect: Connection refused"))
    }
}

/// A message kept back.
private final class Held: @unchecked Sendable {
    var message: [UInt8] = []
}
