public import LiveModel
import PointerEvents

/// The list that a view shows, whole, as a spreadsheet takes it (RFC 4180).
extension Monitor {
    public mutating func table(_ model: inout LiveModel) -> String {
        var rows: [[String]]
        switch settings.view {
        case .overview, .map, .visitor: rows = visitorTable(&model)
        case .pages: rows = pageTable(&model)
        case .workers: rows = workerTable(model)
        case .health:
            rows = [["viewer", "shape", "hz", "behind", "skipped", "sentBytes", "ageSeconds", "idleSeconds"]]
            rows += model.status.audience.map {
                [
                    Self.text($0.name), Self.text($0.shape), "\($0.hz)", "\($0.behind)", "\($0.conflated)",
                    "\($0.sentBytes)", "\($0.ageSeconds)", "\($0.idleSeconds)",
                ]
            }
        }
        return rows.map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    private func visitorTable(_ model: inout LiveModel) -> [[String]] {
        var ranked: [RankedVisitor] = []
        _ = model.visitors(matching: query, from: 0, count: .max, into: &ranked)
        let head = ["id", "name", "page", "rate", "x", "y", "kind", "sinceMs", "lastMs", "worker"]
        return [head]
            + ranked.compactMap { row in
                guard let visitor = model.visitor(in: row.slot) else { return nil }
                let place =
                    visitor.hasPosition
                    ? ["\(visitor.x)", "\(visitor.y)", "\(visitor.kind.word)"] : ["", "", ""]
                return [
                    Self.text(model.id(of: row.slot)), Self.text(model.name(of: row.slot)),
                    Self.text(model.page(of: row.slot)), "\(row.rate)",
                ] + place + [
                    "\(visitor.sinceMilliseconds)", "\(visitor.lastMilliseconds)", "\(visitor.worker)",
                ]
            }
    }

    private func pageTable(_ model: inout LiveModel) -> [[String]] {
        var pages: [PageActivity] = []
        _ = model.pages(
            matching: pageFilter, order: settings.pageOrder, isReversed: settings.arePagesReversed, from: 0,
            count: .max, into: &pages)
        return [["page", "visitors", "rate", "clicks"]]
            + pages.map {
                [
                    $0.index < 0 ? "" : Self.text(model.pageText($0.index)), "\($0.visitors)", "\($0.rate)",
                    "\($0.clicks)",
                ]
            }
    }

    private func workerTable(_ model: borrowing LiveModel) -> [[String]] {
        let head = ["pid", "state", "connections", "rate", "cpu", "memoryBytes", "restarts", "folded"]
        return [head]
            + model.status.workers.filter { workerFilter.isEmpty || $0.matches(workerFilter) }.map {
                [
                    "\($0.pid)", Self.text($0.state), "\($0.connections)", "\($0.rate)",
                    $0.cpu.map { "\($0)" } ?? "", "\($0.memoryBytes)", "\($0.restarts)",
                    $0.folded.map { "\($0)" } ?? "",
                ]
            }
    }

    /// Whether a spreadsheet may pass over it at a text's beginning: what is not seen, but for the signs that
    /// count themselves.
    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0...0x20, 0x7F...0xA0, 0x200B...0x200F, 0x2028...0x202F, 0x2060, 0x3000, 0xFEFF: true
        default: false
        }
    }

    /// A text of strangers in quotation marks; one that a spreadsheet would take for a formula stands behind
    /// an apostrophe.
    private static func text(_ value: String) -> String {
        var value = value
        // A carriage return before a line feed is a scalar of its own, as a spreadsheet sees it.
        let formulas = "=+-@\t\r\n\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars
        if let first = value.unicodeScalars.first(where: { !Self.isUnseen($0) }), formulas.contains(first) {
            value = "'" + value
        }
        return "\"" + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }
}
