/// For people: the report as lines of name and figure, in the order in which they are asked for.
extension LoadReport {
    /// Some lines that belong together.
    struct Section {
        var title: String
        var rows: [(name: String, value: String)]
    }

    /// Something that has to be known to read the figures rightly.
    struct Note {
        var text: String
        /// Whether the figures mean less for it.
        var isWarning = false
    }

    /// The whole report as text, verdicts on top; `isColored` with colours of a terminal, in lines of at most
    /// `columns` columns where what is in them can be told apart.
    public func text(isColored: Bool, columns: Int = .max) -> String {
        var text = verdictText(isColored: isColored)
        for section in sections {
            text += "\(section.title)\n"
            let width = section.rows.map(\.name.count).max() ?? 0
            for row in section.rows {
                let gap = String(repeating: " ", count: width - row.name.count + 2)
                let value = Self.folded(row.value, at: width + 4, columns: columns)
                text += "  \(row.name)\(gap)\(value)\n"
            }
        }
        for note in notes {
            let word = note.isWarning ? "warning: " : "note: "
            text += word + Self.folded(note.text, at: word.count, columns: columns) + "\n"
        }
        return text
    }

    /// A text that begins at `column`, in lines of `columns` columns: broken between figures where blanks
    /// hold them apart, else between words.
    private static func folded(_ text: String, at column: Int, columns: Int) -> String {
        guard text.count > columns - column else { return text }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        var pieces = words.split { $0.isEmpty }.map { $0.joined(separator: " ") }
        let gap = pieces.count > 1 ? "  " : " "
        if pieces.count == 1 { pieces = words.map { String($0) } }
        var folded = ""
        var filled = column
        for piece in pieces {
            let isFirst = filled == column
            if !isFirst, filled + gap.count + piece.count > columns {
                folded += "\n" + String(repeating: " ", count: column)
                filled = column
            } else if !isFirst {
                folded += gap
                filled += gap.count
            }
            folded += piece
            filled += piece.count
        }
        return folded
    }

    private func verdictText(isColored: Bool) -> String {
        let verdicts = verdicts
        guard !verdicts.isEmpty else { return "" }
        func painted(_ word: String, _ outcome: LoadVerdict.Outcome) -> String {
            // Bold green and bold red (ECMA-48, 8.3.117).
            isColored ? "\u{1B}[1;\(outcome == .passed ? 32 : 31)m\(word)\u{1B}[0m" : word
        }
        let failed = verdicts.count { $0.outcome != .passed }
        let whole: LoadVerdict.Outcome = failed == 0 ? .passed : .failed
        var text = painted(whole.word, whole)
        switch (failed, verdicts.count) {
        case (0, 1): text += "  the condition is met\n"
        case (0, let all): text += "  all \(all) conditions are met\n"
        case (_, let all): text += "  \(failed) of \(all) conditions not met\n"
        }
        let width = verdicts.map(\.text.count).max() ?? 0
        for verdict in verdicts {
            let gap = String(repeating: " ", count: width - verdict.text.count + 2)
            text +=
                "  \(painted(verdict.outcome.word, verdict.outcome))  \(verdict.text)\(gap)\(verdict.value)\n"
        }
        return text
    }

    var sections: [Section] {
        var sections = [loadSection, connectionSection]
        if plan.viewers > 0, isArrivalKnown { sections.append(arrivalSection) }
        if let drain { sections.append(Self.section(drain, batch: plan.batch)) }
        if plan.mode == .pace { sections.append(timeSection) }
        if !faults.isEmpty {
            let rows = faults.map { ($0.fault.text, grouped($0.count)) }
            sections.append(Section(title: "errors", rows: rows))
        }
        sections.append(costSection)
        return sections
    }

    /// What has to be known to read the figures rightly, warnings first.
    var notes: [Note] { warnings.map { Note(text: $0, isWarning: true) } + remarks.map { Note(text: $0) } }

    private var warnings: [String] {
        var warnings: [String] = []
        if isGeneratorBusy {
            warnings.append(
                "the generator was busy for \(decimal(generatorShare * 100, 0)) % of the time: "
                    + "what it reached is its own maximum, not the server's")
        } else if isGeneratorBehind {
            warnings.append(
                "the generator fell behind its own schedule: what it reached is its own maximum, "
                    + "not the server's")
        }
        if tally.omitted > 0 {
            warnings.append(
                "\(grouped(tally.omitted)) samples fell due before the generator came to the last ones")
        }
        if unsent > tally.omitted {
            warnings.append(
                "\(grouped(unsent - tally.omitted)) samples fell due and could not be sent: "
                    + "sockets were full or gone")
        }
        if plan.viewers > 0, !isArrivalKnown {
            warnings.append("what arrived is not known: the end was not waited for")
        }
        if let drain, drain.broken > 0 {
            warnings.append("rounds in which connections ended are not counted: \(drain.broken)")
        }
        if plan.viewers > 0, tally.sent > 0, arrived.received == 0, arrived.otherLines > 0 {
            warnings.append(
                "no sample was recognised in \(grouped(arrived.otherLines)) lines of the streams: they must "
                    + "be passed on as data: {\"id\":...,\"x\":...,\"y\":..., a line each, to the last digit")
        }
        return warnings
    }

    private var remarks: [String] {
        var remarks: [String] = []
        if wasInterrupted { remarks.append("interrupted: the figures are of the part that was run") }
        if plan.viewers == 0, plan.mode == .pace, plan.visitors > 0 {
            remarks.append(
                "what arrived was not measured: --viewer URL attaches to the server's event stream")
        }
        if plan.viewers > 0, arrived.received > 0, arrived.otherLines > UInt64(plan.viewers) * 2 {
            remarks.append(
                "others were on the stream as well: \(grouped(arrived.otherLines)) lines were not of this run"
            )
        }
        return remarks
    }

    private var loadSection: Section {
        var rows = [
            ("offered", "\(grouped(tally.offered)) samples in \(decimal(seconds, 2)) s"),
            (
                "sent",
                grouped(tally.sent) + (plan.mode == .drain ? "" : ", \(grouped(Int64(rate.rounded())))/s")
            ),
            ("frames", "\(grouped(tally.sent / Int64(plan.batch))) in \(grouped(tally.writes)) writes"),
            ("bytes", "\(Self.bytes(UInt64(tally.bytesOut))) out, \(Self.bytes(UInt64(tally.bytesIn))) in"),
        ]
        if unsent > 0 { rows.insert(("not sent", grouped(unsent)), at: 2) }
        return Section(title: "load on \(plan.target.authority)", rows: rows)
    }

    private var connectionSection: Section {
        var rows = [
            (
                "visitors",
                "\(grouped(plan.visitors)), opened \(grouped(tally.opened)), "
                    + "open at the end \(grouped(tally.open))"
            ),
            ("connects", "\(grouped(Int64(connectsPerSecond.rounded())))/s"),
            ("handshake", Self.written(handshakes)),
            ("errors", grouped(errors)),
        ]
        if tally.left > 0 { rows.insert(("left and came back", grouped(tally.left)), at: 1) }
        return Section(title: "connections", rows: rows)
    }

    private var arrivalSection: Section {
        let sum = arrived
        var rows = [
            ("viewers", "\(plan.viewers), \(Self.bytes(viewerBytes)) read"),
            ("received", "\(grouped(sum.received)) of \(grouped(sum.received + sum.missing))"),
            ("lost", grouped(sum.lost)),
            ("conflated", grouped(sum.conflated) + foldedText),
            ("still under way", grouped(sum.underWay)),
            ("duplicates", grouped(sum.duplicates)),
            ("out of order", grouped(sum.disordered)),
            ("never sent", grouped(sum.foreign)),
            ("resets", grouped(sum.resets)),
            ("visitors without their last", grouped(sum.stale)),
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
        return "; the server folded \(grouped(folded)) before they were numbered, for every viewer"
    }

    private static func section(_ drain: DrainFigures, batch: Int) -> Section {
        Section(
            title: "drained",
            rows: [
                ("rounds", "\(drain.rounds)"),
                ("frames", "\(grouped(drain.frames)), \(grouped(drain.samples)) samples"),
                ("by time", "\(whole(drain.perSecond)) frames/s"),
                ("by CPU", "\(whole(drain.perCPUSecond)) frames a CPU second"),
                (
                    "rounds from to",
                    "\(whole(drain.rounds > 0 ? drain.slowest : 0)) to \(whole(drain.fastest)) frames/s"
                ),
            ])
    }

    var timesTitle: String { "times (error below 0.4 %)" }

    private var timeSection: Section {
        var rows: [(String, String)] = []
        if plan.viewers > 0 { rows.append(("due to received", Self.written(latencies))) }
        if lag.count > 0 { rows.append(("due to written", Self.written(lag))) }
        return Section(title: timesTitle, rows: rows)
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
        return times.named.map { "\($0) \(duration($1))" }.joined(separator: "  ")
    }

    private static func whole(_ value: Double) -> String { grouped(Int64(value.rounded())) }
}
