import Glibc

/// Charts as inline SVG, in the page's own colours.
enum SVGChart {
    struct Line {
        var name: String
        var values: [Double]
        /// A custom property of the page's style.
        var hue: String
    }

    private static let width = 640.0
    private static let height = 230.0
    private static let left = 62.0
    private static let right = 10.0
    private static let top = 10.0
    private static let bottom = 26.0
    private static var plotWidth: Double { width - left - right }
    private static var plotHeight: Double { height - top - bottom }

    /// Values over time.
    static func lines(title: String, lines: [Line], secondsPerPoint: Int) -> String {
        let peak = lines.flatMap(\.values).max() ?? 0
        let scale = rounded(peak)
        var body = valueAxis(scale: scale) { figure($0) }
        let count = lines.map(\.values.count).max() ?? 0
        body += timeAxis(count: count, secondsPerPoint: secondsPerPoint)
        for line in lines {
            let points = line.values.enumerated().map { index, value in
                "\(number(x(index, count))),\(number(y(value / scale)))"
            }
            body +=
                "<polyline class=\"series\" stroke=\"var(--\(line.hue))\" points=\"\(points.joined(separator: " "))\"/>"
        }
        return section(title, body, legend: lines)
    }

    /// How many samples were how late, over time: the darker, the more of that second's.
    static func heat(title: String, history: [LoadPoint], secondsPerPoint: Int) -> String {
        let used = history.flatMap { point in point.heat.indices.filter { point.heat[$0] > 0 } }
        guard let first = used.min(), let last = used.max() else { return "" }
        let rows = Double(last - first + 1)
        let cellWidth = plotWidth / Double(history.count)
        let cellHeight = plotHeight / rows
        var body = timeAxis(count: history.count, secondsPerPoint: secondsPerPoint)
        for (column, point) in history.enumerated() {
            let most = Double(point.heat.max() ?? 0)
            for bin in first...last where point.heat[bin] > 0 {
                // One sample among thousands still shows: it may be the one that matters.
                let strength = 0.15 + 0.85 * log(1 + Double(point.heat[bin])) / log(1 + most)
                body +=
                    "<rect x=\"\(number(left + Double(column) * cellWidth))\" "
                    + "y=\"\(number(top + plotHeight - Double(bin - first + 1) * cellHeight))\" "
                    + "width=\"\(number(cellWidth + 0.3))\" height=\"\(number(cellHeight))\" "
                    + "fill=\"rgba(var(--heat),\(number(strength)))\"/>"
            }
        }
        let step = max(1, (last - first + 4) / 5)
        for bin in stride(from: first, through: last, by: step) {
            body += label(
                short(LoadHistory.heatEdge(bin)),
                at: top + plotHeight - Double(bin - first + 1) * cellHeight + 4)
        }
        return section(title, body, legend: [])
    }

    /// Time by percentile: every nine takes as much room as the one before.
    static func curve(title: String, curve: [(part: Double, nanoseconds: Int64)]) -> String {
        guard curve.count > 1, let last = curve.last, last.nanoseconds > 0 else { return "" }
        let least = log10(Double(max(curve[0].nanoseconds, 1_000)))
        let most = max(log10(Double(last.nanoseconds)), least + 0.3)
        func across(_ part: Double) -> Double {
            let nines = part >= 1 ? 5.5 : min(-log10(1 - part), 5.5)
            return left + plotWidth * nines / 5.5
        }
        func up(_ nanoseconds: Int64) -> Double {
            y((log10(Double(max(nanoseconds, 1_000))) - least) / (most - least))
        }
        var body = ""
        for step in 0...4 {
            let exponent = least + (most - least) * Double(step) / 4
            body += label(short(Int64(pow(10, exponent))), at: y(Double(step) / 4) + 4)
            body += rule(y(Double(step) / 4))
        }
        for (written, part) in [("50 %", 0.5), ("90", 0.9), ("99", 0.99), ("99.9", 0.999), ("99.99", 0.9999)]
        {
            body += text(written, across(part), height - 8, "middle")
        }
        body += text("max", width - right, height - 8, "end")
        let points = curve.map { "\(number(across($0.part))),\(number(up($0.nanoseconds)))" }
        body +=
            "<polyline class=\"series\" stroke=\"var(--sent)\" points=\"\(points.joined(separator: " "))\"/>"
        return section(title, body, legend: [])
    }

    // MARK: - Parts

    private static func section(_ title: String, _ body: String, legend: [Line]) -> String {
        let names = legend.map {
            "<i style=\"background:var(--\($0.hue))\"></i>\(LoadReport.escaped($0.name))"
        }
        let list = names.isEmpty ? "" : "<p class=\"legend\">\(names.joined())</p>"
        return "<section><h2>\(LoadReport.escaped(title))</h2><svg viewBox=\"0 0 \(number(width)) "
            + "\(number(height))\" role=\"img\" aria-label=\"\(LoadReport.escaped(title))\">\(body)</svg>"
            + "\(list)</section>\n"
    }

    private static func valueAxis(scale: Double, _ written: (Double) -> String) -> String {
        (0...4).map { step in
            let part = Double(step) / 4
            return rule(y(part)) + label(written(scale * part), at: y(part) + 4)
        }.joined()
    }

    private static func timeAxis(count: Int, secondsPerPoint: Int) -> String {
        guard count > 1 else { return "" }
        let total = Double(count * secondsPerPoint)
        return (0...4).map { step in
            let seconds = total * Double(step) / 4
            let anchor = step == 0 ? "start" : step == 4 ? "end" : "middle"
            return text("\(decimal(seconds, 0)) s", left + plotWidth * Double(step) / 4, height - 8, anchor)
        }.joined()
    }

    private static func x(_ index: Int, _ count: Int) -> Double {
        left + plotWidth * Double(index) / Double(max(count - 1, 1))
    }

    private static func y(_ part: Double) -> Double { top + plotHeight * (1 - min(max(part, 0), 1)) }

    private static func rule(_ y: Double) -> String {
        "<line class=\"axis\" x1=\"\(number(left))\" x2=\"\(number(width - right))\" y1=\"\(number(y))\" "
            + "y2=\"\(number(y))\"/>"
    }

    private static func label(_ written: String, at y: Double) -> String {
        text(written, left - 6, y, "end")
    }

    private static func text(_ written: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">"
            + "\(LoadReport.escaped(written))</text>"
    }

    private static func number(_ value: Double) -> String { decimal(value, 2) }

    /// A time in the few letters that an axis has room for.
    private static func short(_ nanoseconds: Int64) -> String {
        let value = Double(nanoseconds)
        func three(_ part: Double) -> String { decimal(part, part < 10 ? 1 : 0) }
        return switch value {
        case ..<1e6: "\(three(value / 1e3)) µs"
        case ..<1e9: "\(three(value / 1e6)) ms"
        default: "\(three(value / 1e9)) s"
        }
    }

    private static func figure(_ value: Double) -> String {
        switch value {
        case 1e6...: "\(decimal(value / 1e6, 2))M"
        case 1e4...: "\(decimal(value / 1e3, 0))k"
        case 1e3...: "\(decimal(value / 1e3, 1))k"
        default: decimal(value, value < 10 ? 1 : 0)
        }
    }

    /// The next round figure above a peak.
    private static func rounded(_ peak: Double) -> Double {
        guard peak > 0, peak.isFinite else { return 1 }
        let power = pow(10, floor(log10(peak)))
        return power * ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].first { $0 * power >= peak } ?? 10)
    }
}
