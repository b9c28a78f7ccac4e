import LiveModel

import func Glibc.log2

/// What the visitors' viewports are like, from which the map takes its sides and its scale.
struct MapProportions: Sendable {
    /// CSS pixels.
    struct Size: Equatable, Sendable {
        var width: Double
        var height: Double
    }

    /// How far a visitor's pointer has been, as long as its viewport is not known.
    private struct Reach: BitwiseCopyable {
        var serial: UInt32 = 0
        var width = 0.0
        var height = 0.0
        /// Hub epoch milliseconds when it was there.
        var widthMilliseconds: Int64 = 0
        var heightMilliseconds: Int64 = 0

        /// Takes in a position; a farther one counts until it is as old as `Limits.reachMilliseconds`, so
        /// that a map does not breathe with a pointer that goes to and fro.
        mutating func see(x: Double, y: Double, at now: Int64) {
            if x >= width || (now - widthMilliseconds).magnitude > Limits.reachMilliseconds {
                width = x
                widthMilliseconds = now
            }
            if y >= height || (now - heightMilliseconds).magnitude > Limits.reachMilliseconds {
                height = y
                heightMilliseconds = now
            }
        }
    }

    private static let steps = 64
    /// What is assumed of visitors who never told their viewport.
    private static let usualSize = Size(width: 1_280, height: 720)
    /// From three times as high as wide to three times as wide as high and a little more, in powers of two.
    private static let reach = 1.75

    /// Viewports by their proportion, and the sum of each step's proportions.
    private var counts = [Int](repeating: 0, count: steps)
    private var sums = [Double](repeating: 0, count: steps)
    /// The step that most viewports were in.
    private var usual: Int?
    private var largest = Size(width: 0, height: 0)
    /// What a visitor's viewport is taken for who never told it: what holds all that was seen lately of
    /// such visitors that are here.
    private(set) var untold = Self.usualSize
    private var reaches: [Reach] = []
    private var untoldCount = 0
    private var farthest = Self.usualSize
    private var nowMilliseconds: Int64 = 0
    /// What holds every viewport; it follows the visitors, but not each of them at once.
    private(set) var extent = Size(width: 0, height: 0)

    /// Begins to look at everyone anew, at `now` of the hub's epoch milliseconds.
    mutating func begin(now: Int64) {
        nowMilliseconds = now
        untoldCount = 0
        farthest = Self.usualSize
        for step in counts.indices {
            counts[step] = 0
            sums[step] = 0
        }
        largest = Size(width: 0, height: 0)
    }

    /// Takes in where the visitor in `slot` is and how large its viewport is.
    mutating func see(_ visitor: VisitorGlance, in slot: Int) {
        if Self.isTold(visitor) { return count(1, of: size(of: visitor)) }
        untoldCount += 1
        if slot >= reaches.count {
            reaches.append(contentsOf: repeatElement(Reach(), count: slot + 1 - reaches.count))
        }
        if reaches[slot].serial != visitor.serial { reaches[slot] = Reach(serial: visitor.serial) }
        reaches[slot].see(x: visitor.x, y: visitor.y, at: nowMilliseconds)
        farthest.width = max(farthest.width, min(reaches[slot].width, Limits.mapPixels))
        farthest.height = max(farthest.height, min(reaches[slot].height, Limits.mapPixels))
    }

    private mutating func count(_ visitors: Int, of size: Size) {
        largest.width = max(largest.width, size.width)
        largest.height = max(largest.height, size.height)
        let aspect = size.width / size.height
        let share = (log2(aspect) + Self.reach) / (2 * Self.reach)
        let step = Int(min(max(share, 0), 1) * Double(Self.steps - 1))
        counts[step] += visitors
        sums[step] += aspect * Double(visitors)
    }

    /// The viewport of a visitor, or what it is taken for; from 1 pixel to `Limits.mapPixels` either way.
    func size(of visitor: VisitorGlance) -> Size {
        guard Self.isTold(visitor) else { return untold }
        return Size(
            width: min(max(visitor.viewportWidth, 1), Limits.mapPixels),
            height: min(max(visitor.viewportHeight, 1), Limits.mapPixels))
    }

    /// Makes up its mind when everyone has been seen.
    mutating func end() {
        untold.width = Self.follow(untold.width, farthest.width)
        untold.height = Self.follow(untold.height, farthest.height)
        if untoldCount > 0 { count(untoldCount, of: untold) }
        extent.width = Self.follow(extent.width, largest.width)
        extent.height = Self.follow(extent.height, largest.height)
        guard let most = counts.indices.max(by: { counts[$0] < counts[$1] }), counts[most] > 0 else {
            usual = nil
            return
        }
        // Another kind of viewport has to be clearly more usual, or the map would change its sides with
        // everyone who comes or goes.
        if let usual, counts[usual] * 3 >= counts[most] * 2 { return }
        usual = most
    }

    /// How many times a map of `scale` is as wide as high.
    func aspect(_ scale: MapScale) -> Double {
        switch scale {
        case .pixels:
            return extent.height > 0 ? extent.width / extent.height : untold.width / untold.height
        case .viewport:
            guard let usual, counts[usual] > 0 else { return untold.width / untold.height }
            return sums[usual] / Double(counts[usual])
        }
    }

    private static func isTold(_ visitor: VisitorGlance) -> Bool {
        visitor.viewportWidth > 0 && visitor.viewportHeight > 0
    }

    /// Grows at once, and shrinks only by a fifth or more.
    private static func follow(_ value: Double, _ wanted: Double) -> Double {
        wanted > value || wanted < value * 0.8 ? wanted : value
    }
}
