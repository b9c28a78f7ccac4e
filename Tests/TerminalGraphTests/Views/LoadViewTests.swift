import Testing

@testable import TerminalGraph

@Suite struct LoadViewTests {
    init() { #expect(TestLocale.isUTF8) }

    private func drawn(_ picture: LoadPicture, columns: Int = 100, rows: Int = 30, glyphs: Glyphs = .unicode)
        -> [String]
    {
        var canvas = CellCanvas(columns: columns, rows: rows, glyphs: glyphs)
        LoadView.draw(picture, on: &canvas)
        return (0..<rows).map { canvas.text(row: $0) }
    }

    private var running: LoadPicture {
        var picture = LoadPicture()
        picture.title = "load on 127.0.0.1:8081"
        picture.state = .running
        (picture.elapsedSeconds, picture.durationSeconds) = (6, 10)
        picture.sentHistory = [10, 20, 30, 40, 50, 60]
        picture.heatEdges = [10_000, 17_000, 31_000]
        picture.heat = Array(repeating: [1, 2, 3], count: 6)
        picture.percentiles = [("p50", 12_000, 13_000), ("p99", 2_000_000, nil)]
        return picture
    }

    @Test func verdictsStandBelowTheHeadWhatFailedFirst() {
        var picture = running
        picture.verdicts = [
            ("p99<50ms", "12.1 ms", true), ("lost=0", "at the end", nil), ("errors=0", "3", false),
        ]
        let rows = drawn(picture)
        #expect(rows[2].hasPrefix(" FAIL errors=0 3   PASS p99<50ms 12.1 ms   .... lost=0 at the end"))
        #expect(rows[3].contains("samples sent a second"))
        picture.verdicts = Array(repeating: ("p99.99<50ms", "12.1 ms", true), count: 40)
        let many = drawn(picture)
        #expect(many[2...4].allSatisfy { $0.hasPrefix(" PASS") } && many[5].contains("samples sent a second"))
        #expect(
            drawn(picture, rows: 11)[2].contains("samples") || !drawn(picture, rows: 11)[2].contains("PASS"))
    }

    @Test func chartsHaveTimes() {
        let rows = drawn(running)
        let axis = rows.filter { $0.contains("now") && $0.contains("5s") }
        #expect(axis.count == 1 && axis[0].components("now").count == 3, "both charts, in one row: \(rows)")
    }

    @Test func microsecondsHaveTheirSign() {
        #expect(drawn(running).contains { $0.contains("p50") && $0.contains("12.0 µs") })
        #expect(drawn(running, glyphs: .ascii).contains { $0.contains("p50") && $0.contains("12.0 us") })
    }

    @Test func saysThatNobodyLooksWhatArrives() {
        #expect(drawn(running).contains { $0.contains("not measured: no --viewer") })
        var picture = running
        picture.viewers = 1
        #expect(!drawn(picture).contains { $0.contains("not measured") })
    }

    @Test func aDrainHasAPictureOfItsOwn() {
        var picture = running
        picture.drain = .init(
            rounds: 12, seconds: 0.4, secondsAtLeast: 1, framesPerSecond: 2.1e6, newest: [2e6, 2.2e6])
        let rows = drawn(picture)
        #expect(rows.contains { $0.contains("frames drained a second") && $0.contains("2.1M in all") })
        #expect(rows.contains { $0.contains("at work") && $0.contains("0.4 of 1.0 s") })
        #expect(!rows.contains { $0.contains("p50") || $0.contains("not measured") })
    }

    @Test func nothingBreaksAtAnySize() {
        var picture = running
        picture.verdicts = [("p99<50ms", "12.1 ms", true)]
        for columns in [20, 40, 71, 72, 200] {
            for rows in 4...40 { _ = drawn(picture, columns: columns, rows: rows) }
        }
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
