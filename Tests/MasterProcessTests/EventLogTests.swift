import ByteCore
import Foundation
import PosixIO
import Telemetry
import Testing

@testable import MasterProcess

@Suite struct EventLogTests {
    private func recent(_ log: EventLog) throws -> [[String: Any]] {
        var text = ByteBuffer()
        log.recent.append(to: &text, limit: .max)
        let array = try JSONSerialization.jsonObject(with: Data(text.readable))
        return try #require(array as? [[String: Any]])
    }

    @Test func whatGoesNowhereIsKeptForShowing() throws {
        let log = EventLog()
        for count in 0..<30 { log.write("counted") { $0.add("count", count) } }
        let lines = try recent(log)
        #expect(lines.map { $0["count"] as? Int } == (6..<30).map { $0 })
        #expect(lines.allSatisfy { $0["event"] as? String == "counted" && $0["time"] is String })
        #expect(log.droppedLines == 0)
    }

    @Test func whatIsWrittenIsTheSame() throws {
        let pair = try SocketPair()
        let log = EventLog(to: NonblockingOutput(try pair.first.duplicated()))
        log.write("ready") { $0.add("ingest", "127.0.0.1:1") }
        let reader = ByteStream(try pair.second.duplicated())
        var room = [UInt8](repeating: 0, count: 4096)
        guard case .bytes(let count) = room.withUnsafeMutableBytes({ reader.read(into: $0) }) else {
            Issue.record("nothing was written")
            return
        }
        let written = try JSONSerialization.jsonObject(with: Data(room[..<count])) as? [String: String]
        #expect(try recent(log).first as? [String: String] == written)
    }

    @Test func lessIsWrittenAndAllIsKept() throws {
        let pair = try SocketPair()
        let log = EventLog(to: NonblockingOutput(try pair.first.duplicated()))
        log.level = .warning
        log.write("ready")
        log.write("worker_started")
        log.write("worker_exited")
        log.write("worker_exited", isUrgent: true)
        log.write("state_fault")
        log.level = .info
        log.write("worker_ready")
        let reader = ByteStream(try pair.second.duplicated())
        var room = [UInt8](repeating: 0, count: 4096)
        guard case .bytes(let count) = room.withUnsafeMutableBytes({ reader.read(into: $0) }) else {
            Issue.record("nothing was written")
            return
        }
        let written = try room[..<count].split(separator: UInt8(ascii: "\n")).map {
            try JSONSerialization.jsonObject(with: Data($0)) as? [String: String]
        }
        #expect(written.map { $0?["event"] } == ["ready", "worker_exited", "state_fault", "worker_ready"])
        #expect(
            try recent(log).map { $0["event"] as? String } == [
                "ready", "worker_started", "worker_exited", "worker_exited", "state_fault", "worker_ready",
            ])
    }

    @Test func aReaderThatHasGoneCostsLinesAndNothingElse() throws {
        let pair = try SocketPair()
        let log = EventLog(to: NonblockingOutput(try pair.first.duplicated()))
        _ = consume pair
        SignalSource.ignore(SIGPIPE)
        for _ in 0..<3 { log.write("said") }
        #expect(log.droppedLines >= 3)
        #expect(try recent(log).count == 3)
    }
}
