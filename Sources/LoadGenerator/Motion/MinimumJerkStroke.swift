/// One movement of a hand from rest to rest.
///
/// Of all such movements people make the one with the least jerk (Flash and Hogan, Journal of Neuroscience 5,
/// 1985). With tau the part of the time that has passed, the way done is 10 tau^3 - 15 tau^4 + 6 tau^5: speed
/// is a bell that peaks half-way at 1.875 times its mean. A slight bow keeps paths from being drawn with a
/// ruler; it grows and falls with the way done, so that it does not disturb the bell.
public struct MinimumJerkStroke: Equatable, Sendable {
    /// Where it starts.
    public let start: PagePoint
    /// Where it ends.
    public let end: PagePoint
    /// When it starts, in monotonic nanoseconds.
    public let beginNanoseconds: Int64
    /// How long it takes; above 0.
    public let durationNanoseconds: Int64
    /// How far the middle of the path lies beside the straight line, in CSS pixels; either sign.
    public let bow: Double

    /// Describes a stroke; a duration below one nanosecond counts as one.
    public init(
        from start: PagePoint, to end: PagePoint, beginNanoseconds: Int64, durationNanoseconds: Int64,
        bow: Double = 0
    ) {
        self.start = start
        self.end = end
        self.beginNanoseconds = beginNanoseconds
        self.durationNanoseconds = max(durationNanoseconds, 1)
        self.bow = bow
    }

    /// When it ends.
    public var endNanoseconds: Int64 { beginNanoseconds &+ durationNanoseconds }

    /// The part of the time that has passed at `now`: 0...1.
    public func phase(at now: Int64) -> Double {
        let passed = Double(now &- beginNanoseconds) / Double(durationNanoseconds)
        return min(max(passed, 0), 1)
    }

    /// The part of the way that is done in that part of the time.
    public static func progress(_ phase: Double) -> Double {
        phase * phase * phase * (10 + phase * (6 * phase - 15))
    }

    /// Where the hand is.
    public func position(at now: Int64) -> PagePoint {
        let done = Self.progress(phase(at: now))
        let dx = end.x - start.x
        let dy = end.y - start.y
        var point = PagePoint(x: start.x + done * dx, y: start.y + done * dy)
        let length = (dx * dx + dy * dy).squareRoot()
        if bow != 0, length > 0 {
            let aside = bow * 4 * done * (1 - done)
            point.x -= aside * dy / length
            point.y += aside * dx / length
        }
        return point
    }
}
