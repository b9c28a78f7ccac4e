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
    private(set) var acts = FollowedActs()
    /// Where it was, the oldest first, and since when.
    private(set) var visits: [PageVisit] = []
    private(set) var counts = [Int](repeating: 0, count: PointerKind.allCases.count)
    private(set) var distances = SecondDistances()
    private var page: Int32 = -1
    private var isInterrupted = true

    /// When the visitor came, hub epoch milliseconds.
    private let sinceMilliseconds: Int64

    init(visitor: FollowedVisitor, id: [UInt8], page: Int32, since milliseconds: Int64) {
        self.visitor = visitor
        self.id = id
        self.page = page
        sinceMilliseconds = milliseconds
    }

    /// Whether a sample on page number `page` begins a stay, so that its text is needed.
    func begins(on page: Int32) -> Bool {
        page != self.page || visits.last.map { $0.untilMilliseconds != nil } ?? true
    }

    /// Takes in a sample of the visitor, who is on page number `page`; `text` is that page's where a stay
    /// begins.
    mutating func received(_ trace: TracePoint, page: Int32, text: String?) {
        if let text { begin(text, at: trace.atMilliseconds) }
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
        counts[Int(point.kind.rawValue)] &+= 1
        acts.received(point, clicks: counts[Int(PointerKind.click.rawValue)])
    }

    private mutating func begin(_ text: String, at milliseconds: Int64) {
        let isFirst = visits.isEmpty
        end(at: milliseconds)
        if visits.count == LiveModelLimits.pathVisits { visits.removeFirst() }
        var visit = PageVisit(page: text, sinceMilliseconds: milliseconds)
        // Who came a moment ago was nowhere before.
        visit.isFromBefore = isFirst && milliseconds - sinceMilliseconds > 1_000
        visits.append(visit)
    }

    private mutating func end(at milliseconds: Int64) {
        guard let last = visits.indices.last, visits[last].untilMilliseconds == nil else { return }
        visits[last].untilMilliseconds = milliseconds
    }

    /// The visitor is gone; `glance`, `page` and `name` are the last that was known of it.
    mutating func left(_ glance: VisitorGlance?, page: String, name: String, at milliseconds: Int64) {
        visitor.hasLeft = true
        visitor.leftMilliseconds = milliseconds
        lastGlance = glance
        lastPage = page
        lastName = name
        isInterrupted = true
        end(at: milliseconds)
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
        acts.removeAll()
        visits.removeAll()
        distances = SecondDistances()
        isInterrupted = true
    }
}
