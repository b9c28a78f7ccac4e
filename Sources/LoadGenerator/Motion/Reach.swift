/// One aimed movement: the target, why, and the stroke that goes there.
struct Reach: Equatable, Sendable {
    /// What the hand does when it arrives.
    enum Intent: Equatable, Sendable {
        case look
        case click
        /// Over the viewport's edge.
        case exit
    }

    var target: PagePoint
    /// The target's diameter in CSS pixels.
    var width: Double
    var intent: Intent
    var stroke: MinimumJerkStroke
    /// Strokes made before this one that missed the target.
    var corrections: Int

    /// Whether the stroke ends within the target.
    var hits: Bool { stroke.end.distance(to: target) <= width / 2 }

    /// Plans a stroke from `start`: its time by Fitts's law with a person's spread, its end scattered around
    /// the target's centre as the effective width says.
    init(
        from start: PagePoint, to target: PagePoint, width: Double, intent: Intent, corrections: Int = 0,
        viewport: Viewport, now: Int64, random: inout SeededRandom
    ) {
        self.target = target
        self.width = width
        self.intent = intent
        self.corrections = corrections
        var end = target
        if intent != .exit {
            let deviation = width / FittsLaw.widthInDeviations
            end.x += deviation * random.normal()
            end.y += deviation * random.normal()
            end = viewport.clamping(end)
        }
        let distance = start.distance(to: target)
        let milliseconds =
            FittsLaw.meanMilliseconds(distance: distance, width: width)
            * random.logNormal(deviation: Self.timeDeviation)
        stroke = MinimumJerkStroke(
            from: start, to: end, beginNanoseconds: now,
            durationNanoseconds: Int64(milliseconds * 1_000_000),
            bow: distance * Self.bowDeviation * random.normal())
    }

    /// How much one person's time for the same reach varies.
    static let timeDeviation = 0.12
    /// The bow of a path as part of its length; hand paths are nearly straight (Flash and Hogan 1985).
    static let bowDeviation = 0.03
    /// Strokes after a miss; then the hand stays where it is.
    static let correctionLimit = 2
}
