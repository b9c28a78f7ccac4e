/// What the hub has counted since it began; `present`, `viewers` and `pending` are of this moment.
///
/// At every moment `offered` = `delivered` + `conflated` + the sum of `undelivered` + `pending`.
public struct HubCounters: Equatable, Sendable {
    /// Samples taken into the hub's order.
    public var relayed: UInt64 = 0
    /// Samples of connections whose identity was refused.
    public var droppedUnidentified: UInt64 = 0
    /// Samples that named a slot nobody joined on: a worker's mistake.
    public var droppedUnknownSlot: UInt64 = 0
    /// Samples of visitors for whom there was no room.
    public var droppedVisitorLimit: UInt64 = 0

    /// Samples that came while a viewer was attached, or after the n it resumed from; summed over viewers.
    public var offered: UInt64 = 0
    /// Of those, taken by the viewer's kernel in whole messages.
    public var delivered: UInt64 = 0
    /// Of those, skipped for a viewer that fell behind.
    public var conflated: UInt64 = 0
    /// Of those, never taken before the viewer went, by `DetachReason.rawValue`.
    public var undelivered: [UInt64] = Array(repeating: 0, count: DetachReason.allCases.count)
    /// Of those, still to come.
    public var pending: UInt64 = 0
    /// Bytes taken by the viewers' kernels.
    public var bytes: UInt64 = 0

    public var joins: UInt64 = 0
    public var kills: UInt64 = 0
    /// Visitors who left a page and spoke again before their grace was over.
    public var returns: UInt64 = 0
    /// Joins with a token that gives no right to the identity, by `ClaimRefusal.rawValue`.
    public var refusedIdentities: [UInt64] = Array(repeating: 0, count: ClaimRefusal.allCases.count)
    /// Joins for which there was no room, no open channel or no acceptable id.
    public var refusedJoins: UInt64 = 0
    /// Joins on a slot whose last visitor had not left.
    public var overriddenJoins: UInt64 = 0
    /// Leaves of a slot nobody had joined on.
    public var unknownLeaves: UInt64 = 0
    /// Pages, names and elements for which there was no room; their samples go out without.
    public var refusedPages: UInt64 = 0
    /// Times that pages, names or elements that nobody says any more were swept out.
    public var pageSweeps: UInt64 = 0

    /// Catch-ups begun by viewers that fell off the ring.
    public var catchUps: UInt64 = 0
    /// Resets begun.
    public var resets: UInt64 = 0
    /// Keyframes made, and those in which somebody is told in short.
    public var keyframes: UInt64 = 0
    public var shortenedKeyframes: UInt64 = 0
    /// Of those, visitors whose texts are cut, and visitors of whom they say no more than the place.
    public var cutEntries: UInt64 = 0
    public var placeEntries: UInt64 = 0
    /// Keyframes that a viewer could not finish because too many were held.
    public var interruptedKeyframes: UInt64 = 0
    /// Frames made.
    public var frames: UInt64 = 0
    /// Scopes for which there was no room, each time that one was asked for.
    public var refusedScopes: UInt64 = 0
    /// The same of filters.
    public var refusedFilters: UInt64 = 0
    /// Filters of viewers that were changed.
    public var filterChanges: UInt64 = 0
    /// Segments of the ring dropped.
    public var droppedSegments: UInt64 = 0

    /// Visitors present.
    public var present = 0
    /// Viewers attached.
    public var viewers = 0

    public init() {}

    /// Adds what viewers of another hub were given and are still to be.
    mutating func addViewers(of other: HubCounters) {
        offered &+= other.offered
        delivered &+= other.delivered
        conflated &+= other.conflated
        pending &+= other.pending
        for reason in undelivered.indices { undelivered[reason] &+= other.undelivered[reason] }
        bytes &+= other.bytes
        catchUps &+= other.catchUps
        resets &+= other.resets
        keyframes &+= other.keyframes
        shortenedKeyframes &+= other.shortenedKeyframes
        cutEntries &+= other.cutEntries
        placeEntries &+= other.placeEntries
        interruptedKeyframes &+= other.interruptedKeyframes
        frames &+= other.frames
        refusedScopes &+= other.refusedScopes
        refusedFilters &+= other.refusedFilters
        viewers += other.viewers
    }

    /// Samples that were not taken into the hub's order, for whatever reason.
    public var dropped: UInt64 { droppedUnknownSlot &+ droppedVisitorLimit &+ droppedUnidentified }

    /// `refusedIdentities` of one reason.
    public func refusedIdentities(_ reason: ClaimRefusal) -> UInt64 { refusedIdentities[reason.rawValue] }

    /// `undelivered` of one reason.
    public func undelivered(_ reason: DetachReason) -> UInt64 { undelivered[reason.rawValue] }
}
