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
        // Whole decades, which are round; where none is among them the ends.
        let decades = (first...last).filter { $0 % LoadHistory.heatBinsOfDecade == 0 }
        for bin in decades.isEmpty ? [first, last] : decades {
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
        for nanoseconds in roundTimes(from: pow(10, least), to: pow(10, most)) {
            body += label(short(nanoseconds), at: up(nanoseconds) + 4) + rule(up(nanoseconds))
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
        let steps = [4, 5, 3].first { isRound(scale / Double($0)) } ?? 4
        return (0...steps).map { step in
            let part = Double(step) / Double(steps)
            return rule(y(part)) + label(written(scale * part), at: y(part) + 4)
        }.joined()
    }

    /// Whether two digits write it.
    private static func isRound(_ value: Double) -> Bool {
        guard value > 0 else { return false }
        let digits = value / pow(10, floor(log10(value)) - 1)
        return abs(digits - digits.rounded()) < 1e-9
    }

    /// 1, 2 and 5 of each decade, or the decades alone where those would be too many.
    private static func roundTimes(from least: Double, to most: Double) -> [Int64] {
        let leads: [Double] = log10(most / least) > 2.5 ? [1] : [1, 2, 5]
        var times: [Int64] = []
        var decade = pow(10, floor(log10(least)))
        while decade <= most {
            for lead in leads {
                let time = lead * decade
                // Roundings may not cost the ends their labels.
                if time >= least * 0.999, time <= most * 1.001 { times.append(Int64(time.rounded())) }
            }
            decade *= 10
        }
        return times
    }

    private static func timeAxis(count: Int, secondsPerPoint: Int) -> String {
        guard count > 1 else { return "" }
        let total = count * secondsPerPoint
        // Steps that people count in; eight of them at most.
        let steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 86_400]
        let step = steps.first { total / $0 <= 8 } ?? total
        return stride(from: 0, through: total, by: step).map { seconds in
            let across = left + plotWidth * Double(seconds) / Double(total)
            let anchor = seconds == 0 ? "start" : across > width - right - 20 ? "end" : "middle"
            let written = step % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
            return text(written, across, height - 8, anchor)
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
        case 1e6...: "\(trimmed(value / 1e6))M"
        case 1e3...: "\(trimmed(value / 1e3))k"
        default: trimmed(value)
        }
    }

    /// At most two decimals, and none that say nothing.
    private static func trimmed(_ value: Double) -> String {
        var text = decimal(value, 2)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// The next round figure above a peak.
    private static func rounded(_ peak: Double) -> Double {
        guard peak > 0, peak.isFinite else { return 1 }
        let power = pow(10, floor(log10(peak)))
        return power * ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].first { $0 * power >= peak } ?? 10)
    }
}
