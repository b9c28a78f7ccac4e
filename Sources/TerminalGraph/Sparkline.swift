import LiveModel

/// A visitor's last sixty seconds in one row of cells, the newest at the right.
struct Sparkline {
    /// Draws into `width` cells from `column` on; a cell is the busiest of its seconds.
    static func draw(
        _ model: borrowing LiveModel, slot: Int, scale: Double, on canvas: inout CellCanvas, row: Int,
        column: Int, width: Int
    ) {
        guard width > 0 else { return }
        let perCell = secondsPerCell(width: width)
        // Groups keep to the clock, so that a second stays in its group and bars do not shimmer as they move.
        let phase = Int(model.nowMilliseconds / 1_000 % Int64(perCell))
        for cell in 0..<width {
            let newest = cell * perCell - (perCell - 1 - phase)
            var most = 0.0
            for ago in max(newest, 0)..<newest + perCell where ago < LiveModel.activitySeconds {
                most = max(most, value(model, slot: slot, secondsAgo: ago))
            }
            guard most > 0 else { continue }
            canvas.put(
                canvas.glyphs.bar(most, of: scale), row: row, column: column + width - 1 - cell,
                style: .heat(most, of: scale))
        }
    }

    /// How many seconds a cell shows, so that `width` cells show sixty.
    static func secondsPerCell(width: Int) -> Int {
        max(1, (LiveModel.activitySeconds + width - 1) / width)
    }

    /// The newest second is filled up from the one before, as in the chart.
    private static func value(_ model: borrowing LiveModel, slot: Int, secondsAgo: Int) -> Double {
        let samples = Double(model.samples(of: slot, secondsAgo: secondsAgo))
        guard secondsAgo == 0 else { return samples }
        return samples + Double(model.samples(of: slot, secondsAgo: 1)) * (1 - model.fractionOfSecond)
    }
}
