import PointerEvents

/// Something that the followed visitor did other than move: one sample, or several that belong together.
public struct FollowedAct: Sendable, Equatable, BitwiseCopyable {
    /// What the samples come to together.
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// A button was pressed and let go in one place; `count` times there, one right behind the other.
        case click
        /// The same, but no click was heard.
        case press
        /// A button was pressed in one place and let go in another.
        case drag
        /// `count` steps of scrolling.
        case scroll
        case down
        case up
        case enter
        case leave
        case cancel

        /// The word for it.
        public var word: StaticString {
            switch self {
            case .click: "click"
            case .press: "press"
            case .drag: "drag"
            case .scroll: "scroll"
            case .down: "down"
            case .up: "up"
            case .enter: "enter"
            case .leave: "leave"
            case .cancel: "cancel"
            }
        }

        /// What a sample alone comes to; nil for a move.
        init?(_ kind: PointerKind) {
            switch kind {
            case .move: return nil
            case .down: self = .down
            case .up: self = .up
            case .click: self = .click
            case .scroll: self = .scroll
            case .enter: self = .enter
            case .leave: self = .leave
            case .cancel: self = .cancel
            }
        }
    }

    public var kind: Kind
    /// Counts acts in the order in which they began, from 1 on; it stays the act's own.
    public var number: Int
    /// How many of its kind followed one another.
    public var count = 1
    /// Where it was last, in CSS pixels of the page's viewport.
    public var x: Float
    public var y: Float
    /// Hub epoch milliseconds of its first and its newest sample.
    public var sinceMilliseconds: Int64
    public var atMilliseconds: Int64
    /// Which of the visitor's clicks the newest of it was, from 1 on; 0 for none.
    public var clickNumber = 0

    init(_ kind: Kind, _ point: PathPoint, number: Int) {
        self.kind = kind
        self.number = number
        x = point.x
        y = point.y
        sinceMilliseconds = point.atMilliseconds
        atMilliseconds = point.atMilliseconds
    }

    /// Takes in a sample that goes on with this act; false where it begins one of its own.
    mutating func goesOn(with point: PathPoint) -> Bool {
        let pause = point.atMilliseconds - atMilliseconds
        guard !point.isStart, pause <= LiveModelLimits.actMilliseconds else { return false }
        switch (kind, point.kind) {
        case (.scroll, .scroll), (.enter, .enter), (.leave, .leave): count += 1
        case (.down, .up): kind = isNear(point) ? .press : .drag
        case (.down, .click) where isNear(point), (.press, .click) where isNear(point): kind = .click
        // A stroke that ends on what it began on is a click to browsers.
        case (.drag, .click) where isNear(point) && clickNumber == 0: break
        case (.down, .cancel): kind = .cancel
        default: return false
        }
        move(to: point)
        return true
    }

    /// Takes in the act behind it where that is one more click in the same place; false where it is not.
    mutating func takesIn(_ next: FollowedAct) -> Bool {
        guard kind == .click, next.kind == .click,
            next.sinceMilliseconds - atMilliseconds <= LiveModelLimits.clickMilliseconds,
            isNear(x: next.x, y: next.y)
        else { return false }
        count += next.count
        clickNumber = next.clickNumber
        (x, y, atMilliseconds) = (next.x, next.y, next.atMilliseconds)
        return true
    }

    private mutating func move(to point: PathPoint) {
        x = point.x
        y = point.y
        atMilliseconds = point.atMilliseconds
    }

    private func isNear(_ point: PathPoint) -> Bool { isNear(x: point.x, y: point.y) }

    private func isNear(x: Float, y: Float) -> Bool {
        (x - self.x).magnitude <= LiveModelLimits.actPixels
            && (y - self.y).magnitude <= LiveModelLimits.actPixels
    }
}

/// The acts of a visitor, the newest `LiveModelLimits.pathActs` of them.
struct FollowedActs: Sendable {
    private var acts = RecentRing<FollowedAct>(capacity: LiveModelLimits.pathActs)
    private var last = 0

    var count: Int { acts.count }

    func newest(ago: Int) -> FollowedAct? { acts.newest(ago: ago) }

    /// Takes in a sample; `clicks` is how many clicks there were with it.
    mutating func received(_ point: PathPoint, clicks: Int) {
        guard let kind = FollowedAct.Kind(point.kind) else { return }
        if var newest = acts.newest(), newest.goesOn(with: point) {
            if point.kind == .click { newest.clickNumber = clicks }
            acts.replaceNewest(newest)
        } else {
            last += 1
            var act = FollowedAct(kind, point, number: last)
            if point.kind == .click { act.clickNumber = clicks }
            acts.append(act)
        }
        guard point.kind == .click, let click = acts.newest(), var before = acts.newest(ago: 1),
            before.takesIn(click)
        else { return }
        acts.removeNewest()
        acts.replaceNewest(before)
    }

    mutating func removeAll() { acts.removeAll() }
}

/// A stay of the followed visitor on a page.
public struct PageVisit: Sendable, Equatable {
    /// The page's text as it came; empty for none.
    public var page: String
    /// Hub epoch milliseconds.
    public var sinceMilliseconds: Int64
    /// Hub epoch milliseconds of when it ended; nil while it lasts.
    public var untilMilliseconds: Int64?
    /// Whether it had begun before anything of it was heard.
    public var isFromBefore: Bool

    public init(
        page: String, sinceMilliseconds: Int64, untilMilliseconds: Int64? = nil, isFromBefore: Bool = false
    ) {
        self.page = page
        self.sinceMilliseconds = sinceMilliseconds
        self.untilMilliseconds = untilMilliseconds
        self.isFromBefore = isFromBefore
    }

    /// How long it was, or has been by `now`.
    public func milliseconds(by now: Int64) -> Int64 {
        max((untilMilliseconds ?? now) - sinceMilliseconds, 0)
    }
}
