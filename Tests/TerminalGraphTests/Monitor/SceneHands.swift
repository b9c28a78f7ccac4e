import Foundation
import LiveModel

@testable import TerminalGraph

/// Hands and eyes for a scene.
extension Scene {
    @discardableResult
    func press(_ keys: Key...) -> Monitor.Command {
        var command = Monitor.Command.none
        for key in keys {
            command = monitor.receive(.key(key), &model, now: now)
            draw()
        }
        return command
    }

    /// The same without a picture in between.
    func hit(_ keys: [Key]) {
        for key in keys { _ = monitor.receive(.key(key), &model, now: now) }
    }

    /// Types `text` key by key.
    func type(_ text: String) {
        for scalar in text.unicodeScalars { press(.character(scalar)) }
    }

    @discardableResult
    func mouse(_ action: MouseEvent.Action, _ row: Int, _ column: Int) -> Monitor.Command {
        let command = monitor.receive(.mouse(MouseEvent(action, row: row, column: column)), &model, now: now)
        draw()
        return command
    }

    @discardableResult
    func click(_ row: Int, _ column: Int) -> Monitor.Command {
        let command = mouse(.press(.left), row, column)
        mouse(.release, row, column)
        return command
    }

    /// Clicks on the first place where `text` stands.
    @discardableResult
    func click(_ text: String, from row: Int = 0) -> Monitor.Command {
        guard let place = find(text, from: row) else { return .none }
        return click(place.row, place.column)
    }

    /// Where `text` stands first; columns are right where nothing wide stands before it.
    func find(_ text: String, from first: Int = 0) -> (row: Int, column: Int)? {
        for row in first..<canvas.rows {
            let line = canvas.text(row: row)
            if let range = line.range(of: text) {
                return (row, line.unicodeScalars.distance(from: line.startIndex, to: range.lowerBound))
            }
        }
        return nil
    }

    /// The first words of the rows that are highlighted, but not of the line that is typed.
    var highlighted: [String] {
        (0..<canvas.rows - 1).filter { row in (0..<canvas.columns).contains { canvas[row, $0].isHighlighted }
        }
        .map { row in
            let words = canvas.text(row: row).split(separator: " ").filter { $0 != "│" && $0 != "|" }
            return words.first.map(String.init) ?? ""
        }
    }

    var view: MonitorView { monitor.settings.view }
    var status: String { lines[canvas.rows - 1] }

    /// Everything that can be told of the monitor.
    var state: String {
        let marks = (0..<canvas.rows).flatMap { row in
            (0..<canvas.columns).map { canvas[row, $0].isHighlighted }
        }
        let styles = (0..<canvas.rows).flatMap { row in
            (0..<canvas.columns).map { canvas[row, $0].style.rawValue }
        }
        return picture + "\(marks.hashValue) \(styles.hashValue) \(monitor.settings.text)"
            + "\(monitor.overlay) \(String(describing: monitor.chosen)) \(monitor.filter.text)"
            + " \(monitor.pageFilter.text) \(monitor.workerFilter.text)"
    }

    /// Visitors of as many pages, the first of them the busiest, the first two with sixty clicks; and thirty
    /// workers.
    static func crowd(
        _ count: Int = 40, columns: Int = 80, rows: Int = 24, _ configuration: Monitor.Configuration = .init()
    ) -> Scene {
        let scene = Scene(columns: columns, rows: rows)
        scene.monitor = Monitor(configuration)
        scene.model.link = .live
        for number in 0..<count {
            scene.join("v\(number)", worker: 100 + number % 30)
            scene.send(count - number, from: "v\(number)", x: "\(number * 20)", page: "/p\(number)")
        }
        for id in ["v0", "v1"] {
            scene.draw((0..<60).map { Stroke(id: id, x: Double($0 * 20), y: 5, kind: "click") })
        }
        let workers = (0..<30).map {
            #"{"pid":\#(100 + $0),"state":"running","connections":\#($0),"rate":\#(30 - $0),"restarts":\#($0 % 3),"#
                + #""rss":\#($0 * 1000),"cpu":0.\#($0),"folded":\#($0 % 5)}"#
        }
        let log = (0..<24).map { #"{"event":"line\#($0)","time":"2026-11-20T16:00:\#(10 + $0).000Z"}"# }
        scene.apply(
            "status",
            #"{"workers":[\#(workers.joined(separator: ","))],"viewers":1,"uptime":3,"ingest":"127.0.0.1:8081","#
                + #""http":"127.0.0.1:2112","totals":{"received":99},"log":[\#(log.joined(separator: ","))]}"#
        )
        scene.pass(milliseconds: 1_300)
        scene.draw()
        return scene
    }
}
