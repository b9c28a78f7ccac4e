/// How the map is drawn.
public struct MapOptions: Equatable, Sendable {
    /// What a place on the map stands for.
    public var scale = MapScale.viewport
    /// Whether ids stand beside pointers.
    public var hasLabels = true
    /// How long a pointer's way stays; 0 is no trail.
    public var trailMilliseconds = 1_500

    public init() {}
}

/// What a place on the map stands for.
public enum MapScale: String, Sendable, CaseIterable {
    /// A share of each visitor's own viewport: everyone's lower right corner is the map's.
    case viewport
    /// CSS pixels, as many to a column for everyone.
    case pixels
}

/// Where a visitor can be clicked on: its pointer, or the text beside it.
struct MapSpot: Equatable, Sendable, BitwiseCopyable {
    var row: Int
    var column: Int
    var columns: Int
    var slot: Int

    /// Whoever is meant by a click: the spot that is hit, or else the nearest that is no more than two
    /// columns or a row away; nil where nobody is near.
    static func nearest(in spots: [MapSpot], row: Int, column: Int) -> Int? {
        guard 0..<Limits.canvasRows ~= row, 0..<Limits.canvasColumns ~= column else { return nil }
        var nearest: Int?
        var least = 3
        for spot in spots {
            let across = max(spot.column - column, column - (spot.column + spot.columns - 1), 0)
            // A row is as high as two columns are wide.
            let distance = max(across, 2 * abs(spot.row - row))
            if distance < least {
                least = distance
                nearest = spot.slot
            }
        }
        return nearest
    }
}
