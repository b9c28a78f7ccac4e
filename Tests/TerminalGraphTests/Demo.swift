import LiveModel
import TestSupport

@testable import TerminalGraph

/// A minute and a half of a small shop, always the same.
struct Demo {
    struct Guest {
        var id: String
        var page: String
        var viewport: (Int, Int)
        /// Samples in a busy second.
        var pace: Int
        var worker: Int
    }

    static let guests = [
        Guest(id: "user123", page: "/", viewport: (1_440, 900), pace: 60, worker: 4_242),
        Guest(id: "山田太郎", page: "/結", viewport: (390, 844), pace: 30, worker: 4_243),
        Guest(id: "ana", page: "/cart", viewport: (1_280, 720), pace: 24, worker: 4_242),
        Guest(id: "bob@example.org", page: "/cart", viewport: (820, 1_180), pace: 18, worker: 4_243),
        Guest(
            id: "é́vil\u{202E}\u{1B}[2J", page: "/pricing?plan=pro", viewport: (1_920, 1_080), pace: 12,
            worker: 4_242),
        Guest(
            id: "0c9f2d1e-8a4b-4c52-9f0e-6f1f1f1f1f1f", page: "/docs/getting-started", viewport: (0, 0),
            pace: 8, worker: 4_243),
        Guest(id: "cleo", page: "/", viewport: (412, 915), pace: 4, worker: 4_242),
        Guest(id: "dora", page: "/docs", viewport: (1_366, 768), pace: 2, worker: 4_243),
        Guest(id: "quiet", page: "", viewport: (0, 0), pace: 0, worker: 4_242),
    ]

    /// Lives through it and leaves the clock at its end.
    static func play(on scene: Scene, seconds: Int = 90) {
        scene.model.link = .live
        var generator = SplitMix64(seed: 42)
        for guest in guests { scene.join(guest.id, worker: guest.worker) }
        for second in 0..<seconds {
            for tenth in 0..<10 {
                let samples = guests.enumerated().flatMap { index, guest in
                    strokes(guest, index: index, step: second * 10 + tenth, using: &generator)
                }
                scene.apply("frame", #"{"at":\#(scene.at),"samples":[\#(samples.joined(separator: ","))]}"#)
                scene.model.noteShown(now: scene.now + 30_000_000)
                scene.pass(milliseconds: 100)
            }
            scene.apply("status", status(second: second))
        }
        scene.pass(milliseconds: 400)
    }

    private static func strokes(
        _ guest: Guest, index: Int, step: Int, using generator: inout SplitMix64
    ) -> [String] {
        guard guest.pace > 0 else { return [] }
        // Everyone rests now and then, each at their own time.
        let isBusy = (step / 10 + index * 3) % 20 < 14
        let count =
            isBusy ? max(guest.pace / 10, Int.random(in: 0..<10, using: &generator) < guest.pace ? 1 : 0) : 0
        let (width, height) = guest.viewport.0 > 0 ? guest.viewport : (1_280, 720)
        return (0..<count).map { part in
            let turn = Double(step) + Double(part) / Double(count)
            // Two triangle waves make a path that crosses itself, without the libm of the day.
            let x = Double(width) * triangle(turn / Double(47 + index * 7))
            let y = Double(height) * triangle(turn / Double(31 + index * 5) + 0.2)
            let kind = part > 0 || (step + index * 11) % 67 > 0 ? "move" : "click"
            let size = guest.viewport.0 > 0 ? #","w":\#(width),"h":\#(height)"# : ""
            let page = guest.page.isEmpty ? "" : #","p":\#(Scene.quoted(guest.page))"#
            return
                #"{"id":\#(Scene.quoted(guest.id)),"x":\#(Int(x)),"y":\#(Int(y)),"k":"\#(kind)"\#(size)\#(page)}"#
        }
    }

    private static func triangle(_ turn: Double) -> Double {
        let part = turn - turn.rounded(.down)
        return 0.05 + 0.9 * (part < 0.5 ? part * 2 : 2 - part * 2)
    }

    /// `sampling` is how often visitors sample, where the server says it.
    static func status(second: Int, sampling: String = "") -> String {
        let rate = 40 + second % 20 * 3
        let workers =
            #"{"pid":4242,"state":"running","connections":5,"rate":\#(rate),"restarts":0,"rss":\#(2_831_155 + second * 4_096),"#
            + #""cpu":0.0\#(2 + second % 7),"folded":0,"received":\#(second * 80)},"#
            + #"{"pid":4243,"state":"\#(second < 20 ? "starting" : "running")","connections":4,"rate":\#(rate / 2),"#
            + #""restarts":2,"rss":2097152,"cpu":0.01,"folded":12,"received":\#(second * 40)}"#
        let viewers =
            #"{"name":"warehouse wall","shape":"frames","hz":10,"behind":0,"conflated":0,"sent":1234567,"age":80.5,"idle":0.1},"#
            + #"{"name":"(terminal)","shape":"frames","hz":10,"behind":0,"conflated":0,"sent":934567,"age":90.1,"idle":0.1}"#
        let slow =
            #"{"name":"phone","shape":"samples","behind":812,"conflated":301,"sent":83456,"age":33.0,"idle":4.2},"#
        let log =
            #"{"event":"starting","time":"2026-11-20T16:00:00.023Z","pid":4240},"#
            + #"{"event":"worker_started","time":"2026-11-20T16:00:00.041Z","worker":0,"worker_pid":4242},"#
            + #"{"event":"ready","time":"2026-11-20T16:00:00.123Z","ingest":"127.0.0.1:8081","http":"127.0.0.1:2112"},"#
            + #"{"event":"worker_exited","time":"2026-11-20T16:00:19.500Z","worker":1,"worker_pid":4241,"how":"signal 9"},"#
            + #"{"event":"worker_started","time":"2026-11-20T16:00:19.512Z","worker":1,"worker_pid":4243},"#
            + #"{"event":"worker_ready","time":"2026-11-20T16:00:19.700Z","worker":1,"worker_pid":4243,"capacity":512}"#
        return #"{"workers":[\#(workers)],"viewers":2,"#
            + #""totals":{"received":\#(second * 120),"delivered":\#(second * 240),"conflated":{"relay":0,"viewer":301}},"#
            + #""uptime":\#(second + 2),"ingest":"127.0.0.1:8081","http":"127.0.0.1:2112","#
            + #""audience":[\#(slow)\#(viewers)],"#
            + #""latency":{"relayed":{"p50":0.08,"p99":0.\#(3 + second % 6),"max":1.2},"encoded":{"p50":51.2,"p99":101,"max":112.5}},"#
            + sampling
            + #""refused":{"1002":0,"1007":0,"1008":3,"handshake":1,"origin":12,"capacity":0},"#
            + #""log":[\#(log)]}"#
    }

    /// The scene at its end, seen in `view`.
    static func scene(
        _ view: MonitorView = .overview, columns: Int, rows: Int, glyphs: Glyphs = .unicode
    ) -> Scene {
        let scene = Scene(columns: columns, rows: rows, glyphs: glyphs)
        play(on: scene)
        show(view, on: scene)
        return scene
    }

    /// Goes to `view` with the busiest visitor chosen where the view is about one.
    static func show(_ view: MonitorView, on scene: Scene) {
        scene.draw()
        if view == .visitor { scene.press(.character("f")) }
        scene.press(.character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(view.number))))
        scene.draw()
    }
}
