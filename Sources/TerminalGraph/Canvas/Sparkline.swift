import LiveModel

/// Some seconds of a figure in one row of cells, the newest at the right.
struct Sparkline {
    /// Seconds that are shown, in however many cells.
    var seconds = LiveModel.activitySeconds
    /// The second of the clock that is the newest.
    var second: Int64
    /// The figure that fills a cell.
    var scale: Double
    /// The figure that is as hot as can be; nil for `scale`, `.infinity` for none.
    var heatScale: Double?

    /// Draws into `width` cells from `column` on; a cell is the highest of its seconds.
    func draw(
        on canvas: inout CellCanvas, row: Int, column: Int, width: Int, value: (_ secondsAgo: Int) -> Double
    ) {
        guard width > 0 else { return }
        let perCell = max(1, (seconds + width - 1) / width)
        // Where there is more room than seconds, each of them takes several cells.
        let cellsPerGroup = max(1, width / max(seconds, 1))
        // Groups keep to the clock, so that a second stays in its group and bars do not shimmer as they move.
        let phase = Int(second % Int64(perCell))
        for cell in 0..<width {
            let newest = cell / cellsPerGroup * perCell - (perCell - 1 - phase)
            var most = 0.0
            for ago in max(newest, 0)..<newest + perCell where ago < seconds { most = max(most, value(ago)) }
            guard most > 0 else { continue }
            canvas.put(
                canvas.glyphs.bar(most, of: scale), row: row, column: column + width - 1 - cell,
                style: .heat(most, of: heatScale ?? scale))
        }
    }

    /// A visitor's samples; the newest second is filled up from the one before, as in the chart.
    static func samples(_ model: borrowing LiveModel, slot: Int, secondsAgo: Int) -> Double {
        let samples = Double(model.samples(of: slot, secondsAgo: secondsAgo))
        guard secondsAgo == 0 else { return samples }
        return samples + Double(model.samples(of: slot, secondsAgo: 1)) * (1 - model.fractionOfSecond)
    }

    /// The same of a page.
    static func samples(_ model: borrowing LiveModel, page: Int32, secondsAgo: Int) -> Double {
        let samples = Double(model.samples(ofPage: page, secondsAgo: secondsAgo))
        guard secondsAgo == 0 else { return samples }
        return samples + Double(model.samples(ofPage: page, secondsAgo: 1)) * (1 - model.fractionOfSecond)
    }
}
