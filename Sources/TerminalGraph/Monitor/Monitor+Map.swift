import LiveModel

/// What of the map is seen, and how closely.
extension Monitor {
    mutating func performOnMap(_ action: MonitorAction, _ model: borrowing LiveModel) {
        switch action {
        case .zoomMap(let steps):
            let plot = mapMemory.frame.plot
            zoomMap(
                steps, to: chosen?.slot, row: plot.row + plot.rows / 2,
                column: plot.column + plot.columns / 2, model)
        case .wholeMap: look(through: MapLens())
        case .trails(let steps):
            let trails = MonitorSettings.trails
            let place = trails.firstIndex { $0 >= settings.map.trailMilliseconds } ?? 0
            settings.map.trailMilliseconds = trails[min(max(place + steps, 0), trails.count - 1)]
        default: break
        }
    }

    /// Goes closer to the pointer of the visitor in `slot`, where that is seen, or else to what lies in a
    /// cell; it stays where it is.
    mutating func zoomMap(_ steps: Int, to slot: Int?, row: Int, column: Int, _ model: borrowing LiveModel) {
        let plot = mapMemory.frame.plot
        guard !plot.isEmpty else { return }
        if let slot, let spot = mapSpots.first(where: { $0.slot == slot }), let share = share(of: slot, model)
        {
            return look(
                through: mapMemory.frame.lens(closer: steps, row: spot.row, column: spot.column, share: share)
            )
        }
        // From beside the map, its nearest cell is meant.
        look(
            through: mapMemory.frame.lens(
                closer: steps, row: min(max(row, plot.row), plot.endRow - 1),
                column: min(max(column, plot.column), plot.endColumn - 1)))
    }

    /// Where on the page the pointer in `slot` is, in shares of its width and height; nil for nowhere.
    private func share(of slot: Int, _ model: borrowing LiveModel) -> (x: Double, y: Double)? {
        guard let visitor = model.visitor(in: slot), visitor.hasPosition else { return nil }
        let size =
            settings.map.scale == .pixels
            ? mapMemory.proportions.extent : mapMemory.proportions.size(of: visitor)
        let (x, y) = (visitor.x / size.width, visitor.y / size.height)
        guard x.isFinite, y.isFinite else { return nil }
        return (min(max(x, 0), 1), min(max(y, 0), 1))
    }

    /// The frame is that of the last picture, and more hands may come before the next.
    mutating func look(through lens: MapLens) {
        self.lens = lens
        mapMemory.frame = mapMemory.frame.seen(through: lens)
    }

    /// Moves the map so that whoever is chosen is on it.
    mutating func revealOnMap(_ model: borrowing LiveModel) {
        guard settings.view == .map, !lens.isWhole, let chosen, let share = share(of: chosen.slot, model)
        else {
            return
        }
        look(through: mapMemory.frame.lens(showing: share.x, share.y))
    }
}
