/// For people: the report as lines of name and figure, in the order in which they are asked for.
extension LoadReport {
    /// Some lines that belong together.
    struct Section {
        var title: String
        var rows: [(name: String, value: String)]
    }

    /// The whole report as plain text.
    public var text: String {
        var text = ""
        for section in sections {
            text += "\(section.title)\n"
            let width = section.rows.map(\.name.count).max() ?? 0
            for row in section.rows {
                text +=
                    "  \(row.name)\(String(repeating: " ", count: width - row.name.count + 2))\(row.value)\n"
            }
        }
        for note in notes { text += "note: \(note)\n" }
        return text
    }

    var sections: [Section] {
        var sections = [loadSection, connectionSection]
        if plan.viewers > 0, isArrivalKnown { sections.append(arrivalSection) }
        if let drain { sections.append(Self.section(drain, batch: plan.batch)) }
        if plan.mode == .pace { sections.append(timeSection) }
        if !faults.isEmpty {
            sections.append(Section(title: "errors", rows: faults.map { ($0.fault.text, "\($0.count)") }))
        }
        sections.append(costSection)
        if !plan.requirements.isEmpty {
            let rows = verdicts.map { ($0.text, "\($0.isMet ? "met" : "NOT MET"), \($0.value)") }
            sections.append(Section(title: "required", rows: rows))
        }
        return sections
    }

    /// What has to be known to read the figures rightly.
    var notes: [String] {
        var notes: [String] = []
        if wasInterrupted { notes.append("interrupted: the figures are of the part that was run") }
        if isGeneratorBusy {
            notes.append(
                "the generator was busy for \(decimal(generatorShare * 100, 0)) % of the time: "
                    + "what it reached is its own maximum, not the server's")
        } else if isGeneratorBehind {
            notes.append(
                "the generator fell behind its own schedule: what it reached is its own maximum, "
                    + "not the server's")
        }
        if tally.omitted > 0 {
            notes.append("\(tally.omitted) samples fell due before the generator came to the last ones")
        }
        if unsent > tally.omitted {
            notes.append(
                "\(unsent - tally.omitted) samples fell due and could not be sent: sockets were full or gone")
        }
        if plan.viewers > 0, !isArrivalKnown {
            notes.append("what arrived is not known: the end was not waited for")
        }
        if let drain, drain.broken > 0 {
            notes.append("rounds in which connections ended are not counted: \(drain.broken)")
        }
        if plan.viewers > 0, tally.sent > 0, arrived.received == 0, arrived.otherLines > 0 {
            notes.append(
                "no sample was recognised in \(arrived.otherLines) lines of the streams: they must be passed "
                    + "on as data: {\"id\":...,\"x\":...,\"y\":..., a line each, to the last digit")
        } else if plan.viewers > 0, arrived.otherLines > UInt64(plan.viewers) * 2 {
            notes.append(
                "others were on the stream as well: \(arrived.otherLines) lines were not of this run")
        }
        return notes
    }

    private var loadSection: Section {
        var rows = [
            ("offered", "\(tally.offered) samples in \(decimal(seconds, 2)) s"),
            ("sent", plan.mode == .drain ? "\(tally.sent)" : "\(tally.sent), \(decimal(rate, 0))/s"),
            ("frames", "\(tally.sent / Int64(plan.batch)) in \(tally.writes) writes"),
            ("bytes", "\(Self.bytes(UInt64(tally.bytesOut))) out, \(Self.bytes(UInt64(tally.bytesIn))) in"),
        ]
        if unsent > 0 { rows.insert(("not sent", "\(unsent)"), at: 2) }
        return Section(title: "load on \(plan.target.authority)", rows: rows)
    }

    private var connectionSection: Section {
        var rows = [
            ("visitors", "\(plan.visitors), opened \(tally.opened), open at the end \(tally.open)"),
            ("connects", "\(decimal(connectsPerSecond, 0))/s"),
            ("handshake", Self.written(handshakes)),
            ("errors", "\(errors)"),
        ]
        if tally.left > 0 { rows.insert(("left and came back", "\(tally.left)"), at: 1) }
        return Section(title: "connections", rows: rows)
    }

    private var arrivalSection: Section {
        let sum = arrived
        var rows = [
            ("viewers", "\(plan.viewers), \(Self.bytes(viewerBytes)) read"),
            ("received", "\(sum.received) of \(sum.received + sum.missing)"),
            ("lost", "\(sum.lost)"),
            ("conflated", "\(sum.conflated)\(foldedText)"),
            ("still under way", "\(sum.underWay)"),
            ("duplicates", "\(sum.duplicates)"),
            ("out of order", "\(sum.disordered)"),
            ("never sent", "\(sum.foreign)"),
            ("resets", "\(sum.resets)"),
            ("visitors without their last", "\(sum.stale)"),
        ]
        if let first = worst.first {
            rows.append(
                (
                    "most missing",
                    "of visitor \(first.visitor): \(first.missing), of \(first.sent) for each viewer"
                ))
        }
        return Section(title: "arrived", rows: rows)
    }

    private var foldedText: String {
        guard let folded, folded > 0 else { return "" }
        return "; the server folded \(folded) before they were numbered, for every viewer"
    }

    private static func section(_ drain: DrainFigures, batch: Int) -> Section {
        Section(
            title: "drained",
            rows: [
                ("rounds", "\(drain.rounds)"),
                ("frames", "\(drain.frames), \(drain.samples) samples"),
                ("by time", "\(decimal(drain.perSecond, 0)) frames/s"),
                ("by CPU", "\(decimal(drain.perCPUSecond, 0)) frames a CPU second"),
                (
                    "rounds from to",
                    "\(decimal(drain.rounds > 0 ? drain.slowest : 0, 0)) to \(decimal(drain.fastest, 0)) frames/s"
                ),
            ])
    }

    private var timeSection: Section {
        var rows: [(String, String)] = []
        if plan.viewers > 0 { rows.append(("due to received", Self.written(latencies))) }
        if lag.count > 0 { rows.append(("due to written", Self.written(lag))) }
        return Section(title: "times (error below 0.4 %)", rows: rows)
    }

    private var costSection: Section {
        var rows = [
            (
                "generator",
                "\(decimal(generatorShare * 100, 0)) % of a core for the busiest of \(processes), "
                    + Self.bytes(generatorBytes)
            )
        ]
        if let serverShare {
            rows.append(
                (
                    "server",
                    "\(decimal(serverShare * 100, 0)) % of a core, \(decimal(serverCPUSeconds ?? 0, 2)) s, "
                        + "\(Self.bytes(serverPeakBytes ?? 0)) at most"
                ))
        }
        return Section(title: "cost", rows: rows)
    }

    private static func written(_ times: Percentiles) -> String {
        guard times.count > 0 else { return "none" }
        let values = [
            ("p50", times.p50), ("p90", times.p90), ("p99", times.p99), ("p99.9", times.p999),
            ("p99.99", times.p9999), ("max", times.maximum),
        ]
        return values.map { "\($0) \(duration($1))" }.joined(separator: "  ")
    }
}
