import LiveModel

/// What of a path is looked at.
struct PathLook: Equatable, Sendable {
    /// Seconds up to now; 0 is all that is kept.
    var seconds = 30
    /// Hub epoch milliseconds when it was cleared: what was before is not shown.
    var clearedMilliseconds: Int64?
    /// Seconds of the hub's clock that were selected, instead of those up to now.
    var span: ChartSpan?
    /// The act that is marked, by its number.
    var act: Int?

    /// The windows that can be chosen, in seconds.
    static let windows = [5, 10, 30, 60, 120, 0]

    /// When it was cleared, as long as the hub's clock is the one of then.
    func cleared(_ model: borrowing LiveModel) -> Int64? {
        clearedMilliseconds.flatMap { $0 <= model.nowMilliseconds ? $0 : nil }
    }

    /// How many of the followed visitor's acts are listed: those since it was cleared.
    func actCount(_ model: borrowing LiveModel) -> Int {
        guard let cleared = cleared(model) else { return model.followedActCount }
        var count = 0
        while let act = model.followedAct(ago: count), act.atMilliseconds > cleared { count += 1 }
        return count
    }

    /// How many acts ago the marked one was; nil where it is not listed.
    func place(_ model: borrowing LiveModel) -> Int? {
        guard let act else { return nil }
        return (0..<actCount(model)).first { model.followedAct(ago: $0)?.number == act }
    }
}

/// From when to when a path is drawn, and how bright.
struct PathWindow: Equatable, Sendable {
    /// Hub epoch milliseconds, both belong to it.
    private(set) var start: Int64
    private(set) var end: Int64
    /// In words.
    private(set) var title: String

    init(_ model: borrowing LiveModel, _ look: PathLook) {
        let now = model.nowMilliseconds
        if let span = look.span {
            start = span.seconds.lowerBound * 1_000
            end = span.seconds.upperBound * 1_000 + 999
            title = "selected \(span.count) s"
        } else {
            // Of who has left it is the last that is looked at.
            let last = model.followed.map { $0.hasLeft ? $0.leftMilliseconds : now } ?? now
            end = last
            start = look.seconds > 0 ? end - Int64(look.seconds) * 1_000 : .min
            title = look.seconds > 0 ? "last \(Self.text(look.seconds))" : "all of it"
        }
        if look.span == nil, let cleared = look.cleared(model) { start = max(start, cleared + 1) }
    }

    static func text(_ seconds: Int) -> String {
        seconds == 0 ? "all" : seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }

    /// Begins it with what there is, where it had no beginning.
    mutating func begin(at milliseconds: Int64) { if start == .min { start = milliseconds } }

    func holds(_ milliseconds: Int64) -> Bool { milliseconds >= start && milliseconds <= end }

    /// The step of brightness for what was then: the highest for now, the lowest for what is about to go.
    func step(at milliseconds: Int64) -> Int {
        guard end > start else { return Style.heatSteps - 1 }
        let age = Double(end &- milliseconds) / Double(end &- start)
        return Style.heatSteps - 1 - min(max(Int(age * Double(Style.heatSteps)), 0), Style.heatSteps - 1)
    }
}
