import LiveModel
import Testing

@testable import TerminalGraph

/// What a server does not tell whoever only looks, and which worker is which for whoever operates it.
@Suite struct KeptBackTests {
    init() { #expect(TestLocale.isUTF8) }

    private static func scene(
        _ view: Character, _ status: String, columns: Int = 100, rows: Int = 30
    ) -> Scene {
        let scene = Scene(columns: columns, rows: rows)
        scene.model.link = .live
        scene.apply("keyframe", #"{"at":\#(scene.at),"visitors":[]}"#)
        if !status.isEmpty { scene.apply("status", status) }
        scene.draw()
        scene.press(.character(view.unicodeScalars.first!))
        return scene
    }

    private static let scoped = #"{"workers":[],"viewers":1,"totals":{"relayed":0},"uptime":61}"#
    private static let log = #"{"workers":[],"viewers":0,"totals":{},"uptime":61,"audience":[],"log":[]}"#

    @Test func whatIsKeptBackIsNotTakenForNothing() {
        let health = Self.scene("6", Self.scoped)
        #expect(health.picture.contains("the server shows you no log"))
        #expect(health.picture.contains("the server does not say who watches"))
        #expect(!health.picture.contains("nothing was logged"))
        for columns in [40, 80, 120] {
            for view in ["1", "5"] as [Character] {
                let scene = Self.scene(view, Self.scoped, columns: columns, rows: columns / 4)
                #expect(scene.picture.contains("the server shows you no workers"), "\(scene.picture)")
                #expect(!scene.picture.contains("0 of 0") && !scene.picture.contains("0/0"))
            }
        }
        let workers = Self.scene("5", Self.scoped)
        workers.press(.enter)
        #expect(workers.status.contains("the server shows you no workers"))
    }

    @Test func nothingIsStillNothing() {
        let empty = Self.scene("6", Self.log)
        #expect(empty.picture.contains("nothing was logged") && empty.picture.contains("nobody watches"))
        // Before the server has spoken nobody knows what it shows.
        for view in ["1", "5", "6"] as [Character] {
            #expect(!Self.scene(view, "").picture.contains("shows you no"))
        }
    }

    private static func workers(_ numbers: [Int]) -> String {
        let workers = numbers.enumerated().map { index, number in
            #"{"pid":\#(4_194_000 + index),"state":"unresponsive","connections":12345,"rate":12345,"#
                + #""restarts":0,"rss":18900000,"cpu":0.5,"folded":123456,"number":\#(number)}"#
        }
        return #"{"workers":[\#(workers.joined(separator: ","))],"viewers":1,"totals":{},"uptime":61}"#
    }

    @Test(arguments: [40, 60, 80, 120, 200]) func workersHaveTheirNumbers(columns: Int) {
        let scene = Self.scene("5", Self.workers([3, 1, 256]), columns: columns, rows: 24)
        for (number, pid) in [("3", "4194000"), ("1", "4194001"), ("256", "4194002")] {
            #expect(
                scene.lines.contains {
                    $0.split(separator: " ").joined(separator: " ").contains("\(number) \(pid)")
                },
                "\(scene.picture)")
        }
        #expect(scene.lines.contains { $0.contains("#") && $0.contains("pid") })
        let older = Self.scene("5", Self.workers([0, 0]), columns: columns, rows: 24)
        #expect(!older.picture.contains("#"))
    }

    @Test func aClickOnTheNumbersSortsAsListed() {
        let scene = Self.scene("5", Self.workers([1, 2]))
        scene.click("pid")
        #expect(scene.status.contains("by pid"))
        scene.click("#")
        #expect(scene.monitor.settings.workerOrder == .listed)
    }
}
