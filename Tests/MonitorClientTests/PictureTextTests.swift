import ByteCore
import Foundation
import LiveModel
import TerminalGraph
import Testing

@testable import MonitorClient

/// The plain line and the JSON object, from a server's messages.
@Suite struct PictureTextTests {
    private static let keyframe = """
        {"at":100000,"visitors":[{"id":"bob \\u001b[31m","since":90000,"worker":7,"rate":2,"last":99000,"x":1.5,"y":-2,"k":"click","p":"/ca\\u202ert"},
        {"id":"idle","since":95000,"worker":8,"rate":0,"last":95000}]}
        """
    private static let status = """
        {"workers":[{"pid":7,"state":"running","connections":2,"rate":2,"restarts":1,"rss":1048576,"cpu":0.12},{"pid":8,"state":"starting"}],
        "viewers":1,"totals":{"received":10,"lost":LOST,"refusedMessages":REFUSED,"refusedConnections":1},"uptime":5,
        "latency":{"relayed":{"p50":0.08,"p99":0.6,"max":1.2}},"ingest":"127.0.0.1:1","http":"127.0.0.1:2"}
        """

    private func tell(_ model: inout LiveModel, _ event: String, _ data: String, now: Int64 = 1) {
        let bytes = Array(event.utf8)
        let text = Array(data.utf8)
        let outcome = bytes.withUnsafeBytes { event in
            text.withUnsafeBytes { model.apply(event: event, data: $0, now: now) }
        }
        #expect(outcome == .applied)
    }

    private func tellStatus(_ model: inout LiveModel, lost: Int, refused: Int, now: Int64 = 1) {
        let text = Self.status.replacingOccurrences(of: "LOST", with: "\(lost)")
            .replacingOccurrences(of: "REFUSED", with: "\(refused)")
        tell(&model, "status", text, now: now)
    }

    @Test func theLineSaysWhatGoesOn() {
        var model = LiveModel(seed: 1)
        var line = SummaryLine(glyphs: .ascii)
        #expect(line.text(&model, now: 0, time: "16:40:12").hasPrefix("16:40:12, connecting, 0 visitors, "))
        tell(&model, "keyframe", Self.keyframe)
        tellStatus(&model, lost: 0, refused: 0)
        model.link = .live
        let text = line.text(&model, now: 0, time: "16:40:13")
        #expect(text.hasPrefix("16:40:13, 2 visitors, "))
        #expect(
            text.contains(", 1 viewer, busiest bob ?[31m on /ca?rt with "))
        #expect(text.hasSuffix(" a second, 1 of 2 workers running"))
        #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }

    @Test func troubleIsNamedOnce() {
        var model = LiveModel(seed: 1)
        var line = SummaryLine(glyphs: .ascii)
        tell(&model, "keyframe", Self.keyframe)
        tellStatus(&model, lost: 2, refused: 3)
        model.link = .live
        // What was before we came is no news.
        #expect(line.text(&model, now: 0, time: "t").hasSuffix(" running"))
        tellStatus(&model, lost: 4, refused: 10)
        #expect(line.text(&model, now: 0, time: "t").hasSuffix(" running, 2 samples lost, 7 refused"))
        #expect(line.text(&model, now: 0, time: "t").hasSuffix(" running"))
        #expect(line.text(&model, now: 5_000_000_001, time: "t").hasPrefix("t, silent for 5 s, 2 visitors"))
        model.link = .reconnecting(attempt: 3)
        #expect(line.text(&model, now: 0, time: "t").hasPrefix("t, reconnecting, attempt 3, 2 visitors"))
        // A server that began anew counts from nothing.
        tellStatus(&model, lost: 0, refused: 0)
        model.link = .live
        #expect(line.text(&model, now: 0, time: "t").hasSuffix(" running"))
    }

    @Test func theObjectIsJSONWithEverythingInIt() throws {
        var model = LiveModel(seed: 1)
        tell(&model, "keyframe", Self.keyframe)
        tellStatus(&model, lost: 0, refused: 0)
        model.link = .live
        var text = ByteBuffer()
        PictureReport.append(&model, url: "http://a:1", FirstLook(), now: 0, to: &text)
        let bytes = Data(text.readable)
        #expect(bytes.last == 0x0A && !bytes.dropLast().contains(0x0A))
        let object = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "at", "url", "link", "visitorCount", "visitors", "workers", "viewers", "totals", "latency",
                "pages", "incidents",
            ])
        #expect(object["link"] as? String == "live" && object["visitorCount"] as? Int == 2)
        let visitors = try #require(object["visitors"] as? [[String: Any]])
        #expect(visitors.map { $0["id"] as? String } == ["bob \u{1B}[31m", "idle"])
        #expect(visitors[0]["x"] as? Double == 1.5 && visitors[0]["y"] as? Double == -2)
        #expect(visitors[0]["k"] as? String == "click" && visitors[0]["page"] as? String == "/ca\u{202E}rt")
        #expect(visitors[0]["since"] as? Int == 90000 && visitors[0]["last"] as? Int == 99000)
        #expect(visitors[0]["worker"] as? Int == 7 && (visitors[0]["rate"] as? Double ?? 0) > 0)
        #expect(visitors[1]["x"] == nil && visitors[1]["page"] == nil)
        let workers = try #require(object["workers"] as? [[String: Any]])
        #expect(workers[0]["rss"] as? Int == 1_048_576 && workers[0]["cpu"] as? Double == 0.12)
        let latency = try #require(object["latency"] as? [String: [String: Double]])
        #expect(latency == ["relayed": ["p50": 0.08, "p99": 0.6, "max": 1.2]])
        let pages = try #require(object["pages"] as? [[String: Any]])
        #expect(pages.count == 2)
    }

    @Test func anEmptyPictureIsOneToo() throws {
        var model = LiveModel(seed: 1)
        var text = ByteBuffer()
        PictureReport.append(&model, url: nil, FirstLook(), now: 0, to: &text)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.readable)) as? [String: Any])
        #expect(object["url"] == nil && object["link"] as? String == "connecting")
    }

    @Test func anObjectThatIsFilteredAndSorted() throws {
        var model = LiveModel(seed: 1)
        tell(&model, "keyframe", Self.keyframe)
        tellStatus(&model, lost: 0, refused: 0)
        func names(_ look: FirstLook, _ list: String, _ key: String) throws -> [String] {
            var text = ByteBuffer()
            PictureReport.append(&model, url: nil, look, now: 0, to: &text)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(text.readable)) as? [String: Any])
            #expect(object["visitorCount"] as? Int == 2)
            return try #require(object[list] as? [[String: Any]]).map { "\($0[key] ?? "")" }
        }
        var look = FirstLook()
        look.filter = VisitorFilter(parsing: "id:idle")
        #expect(try names(look, "visitors", "id") == ["idle"])
        #expect(try names(look, "workers", "pid") == ["7", "8"])
        look.filter = nil
        look.order = .visitors(.id)
        look.isReversed = true
        #expect(try names(look, "visitors", "id") == ["idle", "bob \u{1B}[31m"])
        look.order = .workers(.pid)
        #expect(try names(look, "workers", "pid") == ["8", "7"])
        look.filter = VisitorFilter(parsing: "starting", of: .workers)
        #expect(try names(look, "workers", "pid") == ["8"])
        look.filter = VisitorFilter(parsing: "-page:ca", of: .pages)
        look.order = .pages(.page)
        #expect(try names(look, "pages", "visitors") == ["1"])
    }

    @Test func theLineSaysWhyThereIsNoConnectionAndWhatWentWrong() {
        var model = LiveModel(seed: 1)
        var line = SummaryLine(glyphs: .ascii)
        tell(&model, "keyframe", Self.keyframe)
        tellStatus(&model, lost: 0, refused: 0)
        model.link = .live
        _ = line.text(&model, now: 0, time: "t")
        let log = #"{"log":[{"event":"worker_exited","worker":0,"worker_pid":7,"how":"signal 9"}]}"#
        tell(&model, "status", log)
        #expect(line.text(&model, now: 0, time: "t").hasSuffix(", worker 7 was killed by signal 9"))
        #expect(!line.text(&model, now: 0, time: "t").contains("killed"))
        let loss = ConnectionLoss(why: "is gone: \u{1B}[31m", retryNanoseconds: 3_000_000_000)
        model.lostConnection(attempt: 2, loss, now: 0)
        #expect(
            line.text(&model, now: 0, time: "t").hasPrefix(
                "t, reconnecting, attempt 2 in 3 s because the server is gone: ?[31m, 2 visitors"))
        #expect(line.text(&model, now: 4_000_000_000, time: "t").hasPrefix("t, reconnecting, attempt 2 now"))
    }

    @Test func timesOfDayHaveTwoDigits() {
        let text = SummaryLine.timeOfDay(epochNanoseconds: 1_000_000_000)
        #expect(text.count == 8 && text.split(separator: ":").count == 3)
    }
}
