import Testing

@testable import LoadGenerator

@Suite struct LoadReportTests {
    private func report(_ conditions: String = "") throws -> LoadReport {
        var plan = LoadPlan(
            target: try LoadTarget(parsing: "127.0.0.1", scheme: "ws", defaultPort: 1, defaultPath: "/"))
        if !conditions.isEmpty { plan.requirements = try Requirement.parsing(conditions) }
        plan.visitors = 1_000
        var report = LoadReport(plan: plan)
        report.seconds = 2
        report.tally.offered = 1_234_567
        report.tally.sent = 1_234_567
        return report
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (-1_000, "-1,000"), (1_234_567, "1,234,567"), (-12, "-12"),
        (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
    ]) func groupsThousands(_ number: Int, _ text: String) {
        #expect(grouped(number) == text)
    }

    @Test func figuresAreGrouped() throws {
        let text = try report().text(isColored: false)
        #expect(text.contains("offered  1,234,567 samples in 2.00 s"))
        #expect(text.contains("sent     1,234,567, 617,284/s"))
        #expect(text.contains("visitors   1,000, opened 0"))
    }

    @Test(arguments: [40, 60, 80, 100]) func aTerminalsLinesAreNotBrokenByIt(columns: Int) throws {
        var report = try report("errors=0")
        report.lag.count = 9
        (report.lag.p50, report.lag.p90, report.lag.p95) = (132_000, 748_000, 1_700_000)
        (report.lag.p99, report.lag.p999, report.lag.p9999) = (9_670_000, 23_000_000, 27_950_000)
        report.lag.maximum = 27_950_000
        let whole = report.text(isColored: false)
        let text = report.text(isColored: false, columns: columns)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= columns }, "\(text)")
        // No figure is torn from its name, nothing is lost, and nothing changes where there is room.
        let figures = try #require(whole.split(separator: "\n").first { $0.hasPrefix("  due to written") })
        for figure in figures.dropFirst(18).split(separator: "  ") { #expect(text.contains(figure)) }
        func words(_ text: String) -> [Substring] { text.split { $0 == " " || $0 == "\n" } }
        #expect(words(text) == words(whole))
        #expect(report.text(isColored: false, columns: 200) == whole)
    }

    @Test func theVerdictStandsOnTop() throws {
        let met = try report("errors=0").text(isColored: false)
        #expect(met.hasPrefix("PASS  the condition is met\n  PASS  errors=0  0\nload on "))
        let all = try report("errors=0,sent>1k").text(isColored: false)
        #expect(
            all.hasPrefix(
                "PASS  all 2 conditions are met\n  PASS  errors=0  0\n  PASS  sent>1k   1,234,567\n"))
        let one = try report("errors=0,sent=5").text(isColored: false)
        #expect(one.hasPrefix("FAIL  1 of 2 conditions not met\n"))
        #expect(
            try !report().text(isColored: true).contains("\u{1B}"),
            "nothing is required, so nothing is judged")
    }

    @Test func coloursAreForTerminals() throws {
        let text = try report("errors=0,sent=5").text(isColored: true)
        #expect(text.hasPrefix("\u{1B}[1;31mFAIL\u{1B}[0m  1 of 2"))
        #expect(text.contains("  \u{1B}[1;32mPASS\u{1B}[0m  errors=0  0\n"))
    }

    @Test func whatWasNotMeasuredIsSaid() throws {
        var report = try report()
        #expect(report.notes.map(\.isWarning) == [false])
        #expect(report.text(isColored: false).contains("note: what arrived was not measured: --viewer URL"))
        report.plan.mode = .drain
        #expect(report.notes.isEmpty, "a drain has no viewers")
        report.plan.mode = .pace
        report.plan.viewers = 1
        report.isArrivalKnown = false
        report.wasInterrupted = true
        #expect(report.notes.map(\.isWarning) == [true, false], "warnings come first")
    }

    @Test func thePageHasCommandMachineAndPercentiles() throws {
        var report = try report("lag-p99<1ms")
        report.lag.count = 1_234
        report.lag.p95 = 2_500_000
        let page = report.html(
            version: "1", command: "pointerscope load --require 'lag-p99<1ms'", machine: "Linux <x>",
            writtenAt: "now")
        #expect(page.contains("<code>pointerscope load --require 'lag-p99&lt;1ms'</code>"))
        #expect(page.contains("Linux &lt;x&gt;"))
        #expect(page.contains("<th>p95</th><td>2.50 ms</td>"))
        #expect(page.contains("<li class=\"met\"><b>PASS</b> lag-p99&lt;1ms: 0 ns</li>"))
        #expect(page.contains("<p class=\"note\">what arrived was not measured"))
    }
}

@Suite struct SVGChartTests {
    /// The texts of a chart in the order in which they stand in it.
    private func texts(_ chart: String) -> [String] {
        chart.split(separator: "<text ").dropFirst().compactMap { part in
            part.split(separator: ">", maxSplits: 1).last?.split(separator: "<").first.map(String.init)
        }
    }

    @Test(arguments: [
        (10, 1, ["0 s", "2 s", "4 s", "6 s", "8 s", "10 s"]), (7, 1, ["0 s", "1 s", "7 s"]),
        (30, 1, ["0 s", "5 s", "30 s"]), (300, 1, ["0 min", "1 min", "5 min"]),
        (901, 4, ["0 min", "10 min"]),
    ]) func timesAreRound(_ count: Int, _ each: Int, _ some: [String]) {
        let chart = SVGChart.lines(
            title: "t", lines: [.init(name: "n", values: Array(repeating: 1, count: count), hue: "sent")],
            secondsPerPoint: each)
        let found = texts(chart)
        for text in some { #expect(found.contains(text), "\(text) in \(found)") }
        #expect(found.count { $0.hasSuffix(" s") || $0.hasSuffix(" min") } <= 9)
    }

    @Test(arguments: [1.0, 9, 14, 15, 22, 37, 1_234, 15_000, 58_000, 1.2e6]) func valuesAreRound(
        _ peak: Double
    ) {
        let chart = SVGChart.lines(
            title: "t", lines: [.init(name: "n", values: [peak, peak], hue: "sent")], secondsPerPoint: 1)
        let labels = texts(chart).filter { !$0.hasSuffix(" s") }
        for label in labels {
            let digits = label.filter(\.isNumber).drop { $0 == "0" }
            let significant = digits.reversed().drop { $0 == "0" }.count
            #expect(significant <= 3, "\(label) of \(labels)")
        }
        #expect(Set(labels).count == labels.count && labels.count >= 4, "\(labels)")
    }

    @Test func latenciesAreRound() {
        let chart = SVGChart.curve(title: "t", curve: [(0, 37_000), (0.5, 410_000), (1, 8_300_000)])
        let found = texts(chart)
        #expect(Set(found).isSuperset(of: ["50 µs", "100 µs", "500 µs", "1.0 ms", "5.0 ms"]), "\(found)")
    }
}
