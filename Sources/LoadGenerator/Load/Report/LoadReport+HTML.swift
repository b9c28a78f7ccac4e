import ByteCore

/// For showing around: one page that needs nothing from anywhere.
extension LoadReport {
    /// The page; `version` is the program's, `command` how it was called, as one line, and `machine` where.
    public func html(version: String, command: String, machine: String, writtenAt: String) -> String {
        var page = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <title>Load on \(Self.escaped(plan.target.authority))</title>
            <style>\(Self.style)</style></head><body>
            <header><h1>Load on \(Self.escaped(plan.target.authority))</h1>
            <p>\(Self.escaped(headline))</p></header>

            """
        if !plan.requirements.isEmpty { page += verdictList }
        for note in notes {
            page +=
                "<p class=\"\(note.isWarning ? "note warning" : "note")\">\(Self.escaped(note.text))</p>\n"
        }
        page += "<main>\n"
        page += charts
        if plan.mode == .pace { page += percentileTable }
        for section in sections where section.title != timesTitle && !section.rows.isEmpty {
            page += Self.table(section)
        }
        if !worst.isEmpty { page += worstTable }
        page += """
            </main>
            <footer><p><code>\(Self.escaped(command))</code></p>
            <p>\(Self.escaped(machine))</p>
            <p>pointerscope \(Self.escaped(version)), \(Self.escaped(writtenAt)), seed \(plan.seed).
            Latency counts from the time a sample was due, so a server that stalls cannot hide.</p></footer>
            </body></html>

            """
        return page
    }

    private var headline: String {
        var parts = [
            "\(grouped(plan.visitors)) visitors", "\(grouped(Int64(rate.rounded()))) samples a second",
        ]
        parts.append("\(decimal(seconds, 1)) s")
        if plan.viewers > 0 { parts.append(plan.viewers == 1 ? "1 viewer" : "\(plan.viewers) viewers") }
        return parts.joined(separator: ", ")
    }

    private var verdictList: String {
        let items = verdicts.map { verdict in
            "<li class=\"\(verdict.outcome == .passed ? "met" : "unmet")\"><b>\(verdict.outcome.word)</b> "
                + "\(Self.escaped(verdict.text)): \(Self.escaped(verdict.value))</li>"
        }
        return "<ul class=\"verdicts\">\(items.joined())</ul>\n"
    }

    private var charts: String {
        guard history.count > 1 else { return "" }
        let each = Double(secondsPerPoint)
        let samples = [
            SVGChart.Line(name: "offered", values: history.map { Double($0.offered) / each }, hue: "offered"),
            SVGChart.Line(name: "sent", values: history.map { Double($0.sent) / each }, hue: "sent"),
        ]
        var text = SVGChart.lines(
            title: "Samples a second", lines: samples, secondsPerPoint: secondsPerPoint)
        if plan.viewers > 0 {
            let received = SVGChart.Line(
                name: "received by all viewers", values: history.map { Double($0.received) / each },
                hue: "received")
            text += SVGChart.lines(
                title: "Received a second", lines: [received], secondsPerPoint: secondsPerPoint)
        }
        text += SVGChart.heat(
            title: plan.viewers > 0 ? "How late samples were received" : "How late samples were written",
            history: history, secondsPerPoint: secondsPerPoint)
        text += SVGChart.curve(title: "Latency by percentile", curve: curve)
        var shares = [
            SVGChart.Line(
                name: "generator, busiest process", values: history.map { $0.generatorShare * 100 },
                hue: "sent")
        ]
        if plan.serverPid != nil {
            shares.append(
                SVGChart.Line(
                    name: "server", values: history.map { ($0.serverShare ?? 0) * 100 }, hue: "received"))
        }
        text += SVGChart.lines(
            title: "CPU, percent of a core", lines: shares, secondsPerPoint: secondsPerPoint)
        return text
    }

    private static func table(_ section: Section) -> String {
        let rows = section.rows.map {
            "<tr><th>\(escaped($0.name))</th><td>\(escaped($0.value))</td></tr>"
        }
        return "<section><h2>\(escaped(section.title))</h2><table>\(rows.joined())</table></section>\n"
    }

    /// Times by percentile, a column for each thing that was timed.
    private var percentileTable: String {
        var columns: [(title: String, times: Percentiles)] = []
        if plan.viewers > 0 { columns.append(("due to received", latencies)) }
        columns += [("due to written", lag), ("handshake", handshakes)]
        columns.removeAll { $0.times.count == 0 }
        guard let first = columns.first else { return "" }
        let heads = columns.map { "<th>\($0.title)</th>" }.joined()
        let rows = first.times.named.indices.map { index in
            let cells = columns.map { "<td>\(duration($0.times.named[index].nanoseconds))</td>" }.joined()
            return "<tr><th>\(first.times.named[index].name)</th>\(cells)</tr>"
        }
        let counts = columns.map { "<td>\(grouped($0.times.count))</td>" }.joined()
        return "<section><h2>\(timesTitle)</h2><table><tr><th></th>\(heads)</tr>\(rows.joined())"
            + "<tr><th>of</th>\(counts)</tr></table></section>\n"
    }

    private var worstTable: String {
        let rows = worst.map {
            "<tr><td>\($0.visitor)</td><td>\(grouped($0.sent))</td><td>\(grouped($0.missing))</td></tr>"
        }
        return "<section><h2>visitors who miss most</h2><table><tr><th>visitor</th><th>sent</th>"
            + "<th>missing, all viewers</th></tr>\(rows.joined())</table></section>\n"
    }

    /// The text as HTML, with a mark in the place of what could not be seen.
    static func escaped(_ text: String) -> String {
        var result = ""
        // Scalars: with a mark on it a sign is another character, and the same markup.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case _ where UnseenCharacter.contains(scalar.value): result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static let style = """
        :root{color-scheme:light dark;--ink:#1c2430;--faint:#697386;--paper:#fbfbfd;--card:#fff;--line:#dfe3ea;
        --offered:#9aa5b8;--sent:#2563eb;--received:#0d9f6e;--bad:#c0392b;--heat:37,99,235}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--faint:#97a1b3;--paper:#12161d;--card:#1a2029;
        --line:#2c3440;--offered:#6b778c;--sent:#6ea0ff;--received:#3fd09a;--bad:#ff7b6b;--heat:110,160,255}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1100px;padding:24px;background:var(--paper);color:var(--ink);
        font:15px/1.5 system-ui,sans-serif}
        h1{font-size:24px;margin:0}h2{font-size:15px;margin:0 0 8px}
        header p,footer{color:var(--faint);margin:4px 0 20px}
        main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:16px}
        section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 16px;
        min-width:0;overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        th{font-weight:500;color:var(--faint);text-align:left;white-space:nowrap;padding:2px 14px 2px 0;
        vertical-align:top}td{padding:2px 0}
        svg{display:block;width:100%;height:auto}svg text{fill:var(--faint);font:11px system-ui,sans-serif}
        .axis{stroke:var(--line);stroke-width:1}.series{fill:none;stroke-width:1.6;stroke-linejoin:round}
        .note{border-left:3px solid var(--line);padding:6px 12px;background:var(--card)}
        .note.warning{border-left-color:var(--bad)}
        .verdicts{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:8px}
        .verdicts li{border:1px solid var(--line);border-left:4px solid var(--received);border-radius:6px;
        padding:4px 12px;background:var(--card)}.verdicts .unmet{border-left-color:var(--bad)}
        .legend{color:var(--faint);font-size:12px;margin:0}
        .legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 4px 0 10px}
        footer{margin-top:24px;font-size:13px}code{overflow-wrap:anywhere}
        """
}
