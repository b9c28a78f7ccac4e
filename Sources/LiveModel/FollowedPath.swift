import PointerEvents

/// What is remembered of the visitor that is followed.
struct FollowedPath {
    var visitor: FollowedVisitor
    let id: [UInt8]
    /// What was last known of a visitor who left, and the text of its page.
    var lastGlance: VisitorGlance?
    var lastPage = ""
    var lastName = ""
    private(set) var points = RecentRing<PathPoint>(capacity: LiveModelLimits.pathPoints)
    private(set) var events = RecentRing<PathPoint>(capacity: LiveModelLimits.pathEvents)
    private(set) var counts = [Int](repeating: 0, count: PointerKind.allCases.count)
    private(set) var distances = SecondDistances()
    private var page: Int32 = -1
    private var isInterrupted = true

    init(visitor: FollowedVisitor, id: [UInt8], page: Int32) {
        self.visitor = visitor
        self.id = id
        self.page = page
    }

    /// Takes in a sample of the visitor, who is on page number `page`.
    mutating func received(_ trace: TracePoint, page: Int32) {
        let before = points.newest()
        let isStart = isInterrupted || page != self.page || before == nil
        let point = PathPoint(
            x: trace.x, y: trace.y, kind: trace.kind, isStart: isStart, atMilliseconds: trace.atMilliseconds)
        self.page = page
        isInterrupted = trace.kind == .leave
        if let before, !isStart {
            let across = Double(point.x - before.x)
            let down = Double(point.y - before.y)
            distances.add(
                (across * across + down * down).squareRoot(), at: HubClock.second(of: point.atMilliseconds))
        }
        points.append(point)
        if point.kind != .move { events.append(point) }
        counts[Int(point.kind.rawValue)] &+= 1
    }

    /// The visitor is gone; `glance`, `page` and `name` are the last that was known of it.
    mutating func left(_ glance: VisitorGlance?, page: String, name: String, at milliseconds: Int64) {
        visitor.hasLeft = true
        visitor.leftMilliseconds = milliseconds
        lastGlance = glance
        lastPage = page
        lastName = name
        isInterrupted = true
    }

    /// The visitor is there again.
    mutating func cameBack(slot: Int, serial: UInt32) {
        visitor.slot = slot
        visitor.serial = serial
        visitor.hasLeft = false
        lastGlance = nil
        lastPage = ""
        lastName = ""
    }

    /// Forgets whatever has a time: the hub's clock is another one.
    mutating func forgetTimes() {
        points.removeAll()
        events.removeAll()
        distances = SecondDistances()
        isInterrupted = true
    }
}
