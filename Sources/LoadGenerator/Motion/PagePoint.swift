/// A place on the page, in CSS pixels from the viewport's top left corner.
public struct PagePoint: Equatable, Sendable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    /// Euclidean distance in CSS pixels.
    public func distance(to other: PagePoint) -> Double {
        let dx = other.x - x
        let dy = other.y - y
        return (dx * dx + dy * dy).squareRoot()
    }
}

/// What a visitor's browser shows of the page, in CSS pixels.
public struct Viewport: Equatable, Sendable {
    public var width: Double
    public var height: Double

    public init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// Sizes of common screens less what a browser takes for itself.
    public static let common = [
        Viewport(width: 1920, height: 953), Viewport(width: 1536, height: 730),
        Viewport(width: 1440, height: 789), Viewport(width: 1366, height: 641),
        Viewport(width: 2560, height: 1297), Viewport(width: 1280, height: 665),
    ]

    /// The rightmost place a pointer can be.
    var right: Double { max(width - 1, 0) }
    /// The lowest place a pointer can be.
    var bottom: Double { max(height - 1, 0) }

    /// A place with something to see, for one that may lie outside: what is beyond the margins is mirrored
    /// back, so that looks do not pile up along the edges.
    func folding(_ point: PagePoint) -> PagePoint {
        func folded(_ value: Double, _ size: Double) -> Double {
            let low = size * Self.margin
            let span = size - 2 * low
            guard span > 0 else { return value }
            let way = abs(value - low).truncatingRemainder(dividingBy: 2 * span)
            return low + (way <= span ? way : 2 * span - way)
        }
        return PagePoint(x: folded(point.x, width), y: folded(point.y, height))
    }

    /// The part of a side along an edge where pages have nothing to look at.
    private static let margin = 0.05

    /// The nearest place a pointer can be.
    func clamping(_ point: PagePoint) -> PagePoint {
        PagePoint(x: min(max(point.x, 0), right), y: min(max(point.y, 0), bottom))
    }
}
