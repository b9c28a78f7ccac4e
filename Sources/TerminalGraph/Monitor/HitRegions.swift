import LiveModel

/// What a place of the picture stands for when the mouse points at it.
enum HitTarget: Equatable, Sendable {
    case tab(MonitorView)
    case action(MonitorAction)
    case visitor(VisitorMark)
    case page(PageMark)
    case worker(Int32)
    /// A column's head: the place of its order among those of the view.
    case column(Int)
    case chart(ChartGeometry)
    /// Anywhere on the map, or on one visitor's path.
    case map
    case path
    /// Something that the followed visitor did, by its number.
    case act(Int)
    case viewer(ViewerMark)
    /// A line of the menu, or of the settings, that stands in front.
    case entry(Int)
    case setting(Int)
}

/// Where on the picture what is; noted while it is drawn.
struct HitRegions: Sendable {
    private var regions: [(rect: Rect, target: HitTarget)] = []

    mutating func clear() { regions.removeAll(keepingCapacity: true) }

    mutating func keepTabs() {
        regions.removeAll { region in if case .tab = region.target { false } else { true } }
    }

    mutating func add(_ target: HitTarget, row: Int, column: Int, columns: Int) {
        add(target, Rect(row: row, column: column, rows: 1, columns: columns))
    }

    mutating func add(_ target: HitTarget, _ rect: Rect) {
        guard regions.count < Limits.hitRegions else { return }
        regions.append((rect, target))
    }

    /// The chart that was drawn last in `area`, as it is now.
    func chart(in area: Rect) -> ChartGeometry? {
        for region in regions.reversed() {
            if case .chart(let geometry) = region.target, geometry.area == area { return geometry }
        }
        return nil
    }

    /// Where `target` is on the picture.
    func rect(of target: HitTarget) -> Rect? { regions.last { $0.target == target }?.rect }

    /// What lies there; of two that cover one another, what was drawn later.
    func target(row: Int, column: Int) -> HitTarget? {
        regions.last { region in
            row >= region.rect.row && row < region.rect.endRow && column >= region.rect.column
                && column < region.rect.endColumn
        }?.target
    }
}
