public import PointerEvents

extension LiveModel {
    /// Seconds of a followed visitor's speed that can be asked for.
    public static let speedSeconds = 300

    /// The visitor that is followed, also where it has left; nil where nobody is.
    public var followed: FollowedVisitor? { following?.visitor }

    /// Follows the visitor in `slot` from now on, beginning with what is known of its last samples; nobody
    /// where `slot` is nil or free. Following the one that is followed already changes nothing.
    public mutating func follow(_ slot: Int?) {
        guard let slot, visitors.isInUse(slot) else {
            following = nil
            followedSlot = -1
            return
        }
        let serial = visitors[slot].serial
        if followedSlot == slot { return }
        let visitor = FollowedVisitor(
            slot: slot, serial: serial, id: id(of: slot), followedSinceMilliseconds: nowMilliseconds,
            hasLeft: false, leftMilliseconds: 0)
        var path = unsafe FollowedPath(
            visitor: visitor, id: Array(visitors.id(of: slot)), page: visitors[slot].page,
            since: visitors[slot].sinceMilliseconds)
        let page = visitors[slot].page
        for index in 0..<traces.count where traces[index].slot == slot && traces[index].serial == serial {
            path.received(traces[index], page: page, text: path.begins(on: page) ? pages.text(page) : nil)
        }
        following = path
        followedSlot = slot
    }

    /// What a row shows of the followed visitor; of one who left, as it was then.
    public var followedGlance: VisitorGlance? {
        guard let following else { return nil }
        return following.visitor.hasLeft ? following.lastGlance : visitor(in: following.visitor.slot)
    }

    /// The page of the followed visitor, as it came; of one who left, as it was then.
    public var followedPage: String {
        guard let following else { return "" }
        return following.visitor.hasLeft ? following.lastPage : page(of: following.visitor.slot)
    }

    /// The name of the followed visitor, as it came; of one who left, as it was then.
    public var followedName: String {
        guard let following else { return "" }
        return following.visitor.hasLeft ? following.lastName : name(of: following.visitor.slot)
    }

    /// Shows `body` the followed visitor's path, oldest point first.
    public func forEachFollowedPoint(_ body: (PathPoint) -> Void) {
        guard let following else { return }
        for index in 0..<following.points.count { body(following.points[index]) }
    }

    /// What the followed visitor did other than move, the `ago`-th newest of it; nil where it is not kept.
    public func followedAct(ago: Int) -> FollowedAct? { following?.acts.newest(ago: ago) }

    /// How many acts `followedAct(ago:)` has.
    public var followedActCount: Int { following?.acts.count ?? 0 }

    /// The pages that the followed visitor was on since it is followed, the oldest first.
    public var followedVisits: [PageVisit] { following?.visits ?? [] }

    /// The followed visitor's samples of that kind since it is followed, and those known from before.
    public func followedCount(of kind: PointerKind) -> Int { following?.counts[Int(kind.rawValue)] ?? 0 }

    /// The followed visitor's speed along its path in the second that began `secondsAgo` before the current
    /// one, in CSS pixels a second.
    public func followedSpeed(secondsAgo: Int) -> Double {
        guard (0..<Self.speedSeconds).contains(secondsAgo), let following else { return 0 }
        return following.distances.distance(at: second - Int64(secondsAgo))
    }

    /// Takes in a sample of the followed visitor.
    @inline(never)
    mutating func followed(_ point: TracePoint, page: Int32) {
        let text = following?.begins(on: page) == true ? pages.text(page) : nil
        following?.received(point, page: page, text: text)
    }

    /// Takes in that the visitor in `slot`, which is still its own, leaves.
    mutating func followedLeaves(_ slot: Int) {
        guard slot == followedSlot else { return }
        let (glance, page, name) = (visitor(in: slot), page(of: slot), name(of: slot))
        following?.left(glance, page: page, name: name, at: nowMilliseconds)
        followedSlot = -1
    }

    /// Takes in that somebody came, who may be the followed visitor again.
    mutating func followedMayBeBack(_ slot: Int) {
        guard let following, following.visitor.hasLeft,
            unsafe visitors.id(of: slot).elementsEqual(following.id)
        else { return }
        self.following?.cameBack(slot: slot, serial: visitors[slot].serial)
        followedSlot = slot
    }
}
