import Glibc
import LiveModel

@testable import TerminalGraph

/// Widths are those of a UTF-8 locale; it is set once, before the first of them is asked for.
enum TestLocale {
    static let isUTF8: Bool = setlocale(LC_CTYPE, "C.UTF-8") != nil
}

/// A model and the monitor that shows it, with a clock of its own.
final class Scene {
    var model = LiveModel(seed: 3)
    var monitor = Monitor()
    var canvas: CellCanvas
    /// Monotonic nanoseconds.
    var now: Int64 = 1_000_000_000

    static let epoch: Int64 = 1_700_000_000_000

    init(columns: Int, rows: Int, glyphs: Glyphs = .unicode) {
        canvas = CellCanvas(columns: columns, rows: rows, glyphs: glyphs)
    }

    var at: Int64 { Self.epoch + now / 1_000_000 - 1_000 }

    func pass(milliseconds: Int64) { now += milliseconds * 1_000_000 }

    func apply(_ event: String, _ json: String) {
        var event = event
        var json = json
        event.withUTF8 { name in
            json.withUTF8 { data in
                _ = model.apply(
                    event: UnsafeRawBufferPointer(name), data: UnsafeRawBufferPointer(data), now: now)
            }
        }
    }

    func join(_ id: String, worker: Int = 4242) {
        let entry = #"{"id":\#(Self.quoted(id)),"since":\#(at),"worker":\#(worker)}"#
        apply("frame", #"{"at":\#(at),"joins":[\#(entry)]}"#)
    }

    func leave(_ id: String) { apply("frame", #"{"at":\#(at),"leaves":[\#(Self.quoted(id))]}"#) }

    func send(_ count: Int, from id: String, x: String = "812", y: String = "433", page: String = "/") {
        let sample = #"{"id":\#(Self.quoted(id)),"x":\#(x),"y":\#(y),"p":\#(Self.quoted(page))}"#
        apply(
            "frame",
            #"{"at":\#(at),"samples":[\#(Array(repeating: sample, count: count).joined(separator: ","))]}"#)
    }

    func draw() { monitor.draw(&model, on: &canvas, now: now) }

    var lines: [String] { (0..<canvas.rows).map { canvas.text(row: $0) } }

    /// The picture as text, without what is blank at the right.
    var picture: String {
        lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
    }

    /// A minute with three visitors, two workers and two viewers.
    static func seeded(columns: Int, rows: Int, glyphs: Glyphs = .unicode) -> Scene {
        let scene = Scene(columns: columns, rows: rows, glyphs: glyphs)
        scene.model.link = .live
        for id in ["user123", "山田太郎", "quiet"] { scene.join(id) }
        for second in 0..<60 {
            scene.send(second % 20, from: "user123", page: "/pricing")
            if second % 3 == 0 { scene.send(30, from: "山田太郎", x: "1020.5", y: "-7", page: "/結") }
            scene.pass(milliseconds: 1_000)
        }
        scene.apply(
            "status",
            #"{"workers":[{"pid":4242,"state":"running","connections":2,"rate":14.6,"restarts":0,"#
                + #""rss":2831155},"#
                + #"{"pid":4243,"state":"starting","connections":1,"rate":0,"restarts":3,"rss":1048576}],"#
                + #""viewers":2,"totals":{"received":1170,"conflated":{"relay":0}},"uptime":61,"#
                + #""ingest":"127.0.0.1:8081","http":"127.0.0.1:2112"}"#)
        scene.pass(milliseconds: 400)
        return scene
    }
}
