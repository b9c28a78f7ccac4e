import ControlWire
import PosixIO

/// What a server says of itself, for people to read.
enum ControlSheet {
    /// The server, a line for each thing.
    static func status(_ status: ControlValue, _ paint: ControlPaint) -> String {
        let http = status["http"]?.text ?? ""
        let figures = status["totals"]
        func count(_ key: String) -> String { figure(status[key]) }
        var rows = [
            ("state", paint.state(oneLine(status["state"]?.text ?? "unknown"))),
            (
                "server",
                "\(oneLine(status["version"]?.text ?? "")), process \(count("pid")), for "
                    + span(status["uptime"]?.number)
            ),
            ("ingest", status["ingest"]?.text ?? ""),
            ("http", http.hasPrefix("unix:") ? http : "http://\(http)"),
        ]
        if let url = status["url"]?.text { rows.append(("url", url)) }
        rows += [
            ("workers", "\(count("running")) running\(errored(status, paint))"),
            ("connections", "\(count("connections")) of \(count("capacity"))"),
            ("visitors", count("visitors")), ("viewers", count("viewers")),
            (
                "events",
                "\(figure(figures?["received"])) received, \(figure(figures?["lost"])) lost"
            ),
            ("log", status["log"]?.text.flatMap { $0.isEmpty ? nil : $0 } ?? "no file"),
            ("control", status["control"]?.text ?? ""),
        ]
        return lines(rows, paint)
    }

    /// How many workers are not started any more; nothing where there are none, or the server tells none.
    private static func errored(_ status: ControlValue, _ paint: ControlPaint) -> String {
        guard let count = status["errored"]?.count, count > 0 else { return "" }
        return ", \(count) \(paint.state("errored"))"
    }

    /// Workers, a row each.
    static func workers(_ workers: [ControlValue], _ paint: ControlPaint) -> String {
        let heads = ["ID", "PID", "STATE", "CONNECTIONS", "EVENTS/S", "RESTARTS", "MEMORY", "CPU", "UPTIME"]
        let rows = workers.map { worker in
            [
                figure(worker["worker"]), pid(worker), oneLine(worker["state"]?.text ?? ""),
                figure(worker["connections"]), figure(worker["rate"]), figure(worker["restarts"]),
                size(worker["rss"]?.number), share(worker["cpu"]?.number), age(worker),
            ]
        }
        let widths = heads.indices.map { column in
            ([heads] + rows).map { $0[column].count }.max() ?? 0
        }
        func padded(_ cells: [String], _ column: Int) -> String {
            let gap = String(repeating: " ", count: widths[column] - cells[column].count)
            // Numbers stand under each other by their last digit.
            return column == 2 ? cells[column] + gap : gap + cells[column]
        }
        return ([heads] + rows).enumerated().map { row, cells in
            heads.indices.map { column in
                let cell = padded(cells, column)
                if row == 0 { return paint.head(cell) }
                return column == 2 ? paint.state(cell) : cell
            }.joined(separator: "  ").trimmedEnd + "\n"
        }.joined()
    }

    /// Everything of a worker, and of one that it replaces or is replaced by.
    static func info(_ workers: [ControlValue], _ paint: ControlPaint) -> String {
        workers.map { worker in
            lines(
                [
                    ("worker", figure(worker["worker"])), ("process", pid(worker)),
                    ("state", paint.state(oneLine(worker["state"]?.text ?? ""))),
                    ("uptime", age(worker)), ("restarts", figure(worker["restarts"])),
                    ("connections", figure(worker["connections"])),
                    ("events", "\(figure(worker["received"])) received, \(figure(worker["folded"])) folded"),
                    ("events/s", figure(worker["rate"])), ("memory", size(worker["rss"]?.number)),
                    ("cpu", share(worker["cpu"]?.number)),
                ], paint)
        }.joined(separator: "\n")
    }

    /// A line of the log, or of what happens: `2026-01-02 03:04:05.678  worker_ready  worker=1 pid=5`.
    static func line(_ line: ControlValue, _ paint: ControlPaint) -> String {
        guard case .object(let members) = line else { return "" }
        let time = (line["time"]?.text ?? "").prefix(23).map { $0 == "T" ? " " : String($0) }.joined()
        let rest = members.filter { !["time", "event"].contains($0.key) }.map { member in
            "\(oneLine(member.key))=\(shown(member.value))"
        }
        let event = oneLine(line["event"]?.text ?? "")
        return "\(paint.faint(oneLine(time)))  \(paint.head(event))"
            + (rest.isEmpty ? "\n" : "  \(rest.joined(separator: " "))\n")
    }

    private static func lines(_ rows: [(String, String)], _ paint: ControlPaint) -> String {
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        return rows.map { name, value in
            paint.faint(name) + String(repeating: " ", count: width - name.count) + value + "\n"
        }.joined()
    }

    private static func shown(_ value: ControlValue) -> String {
        switch value {
        case .text(let text):
            let line = oneLine(text)
            return line.isEmpty || line.contains(" ") ? "\"\(line)\"" : line
        case .number: return figure(value)
        case .truth(let truth): return truth ? "true" : "false"
        case .null: return "null"
        case .object, .other: return "..."
        }
    }

    /// A number without needless digits; `-` where there is none.
    static func figure(_ value: ControlValue?) -> String {
        guard let number = value?.number else { return "-" }
        if let whole = Int(exactly: number) { return String(whole) }
        return tenths(number)
    }

    private static func tenths(_ number: Double) -> String {
        guard number.magnitude < 1e15 else { return "-" }
        let tenths = Int((number * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        return "\(sign)\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }

    private static func pid(_ worker: ControlValue) -> String {
        worker["pid"]?.count.flatMap { $0 > 0 ? String($0) : nil } ?? "-"
    }

    private static func age(_ worker: ControlValue) -> String {
        pid(worker) == "-" ? "-" : span(worker["uptime"]?.number)
    }

    /// `5.2 MiB`.
    static func size(_ bytes: Double?) -> String {
        guard let bytes, bytes > 0 else { return "-" }
        return tenths(bytes / 1_048_576) + " MiB"
    }

    /// `12.5 %` of a core.
    static func share(_ share: Double?) -> String { share.map { tenths($0 * 100) + " %" } ?? "-" }

    /// `12s`, `3m 4s`, `5h 6m`, `7d 8h`.
    static func span(_ seconds: Double?) -> String {
        guard let seconds, seconds >= 0, seconds < 1e12 else { return "-" }
        let whole = Int(seconds)
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3_600: return "\(whole / 60)m \(whole % 60)s"
        case ..<86_400: return "\(whole / 3_600)h \(whole / 60 % 60)m"
        default: return "\(whole / 86_400)d \(whole / 3_600 % 24)h"
        }
    }
}
