import ByteCore
import PointerEvents

/// Why a viewer cannot be held to a scope, or have its filter.
public enum ScopeRefusal: Error, Equatable {
    /// As many distinct scopes as there may be have viewers.
    case tooMany
    /// As many distinct filters.
    case tooManyFilters
}

/// Names a scope that is in use; one that was forgotten is never named again.
public struct ScopeNumber: Hashable, Sendable {
    let value: UInt32
}

/// A scope in use, a filter of viewers among them: a hub of its own that is told of the visitors whom it
/// admits, and of nobody else.
///
/// ```
///                     admitted, not in ───▶ enters with this sample
///  sample of the ──┬─ admitted, in ───────▶ sample
///  whole hub       ├─ not admitted, in ───▶ leaves: a kill
///                  └─ not admitted ───────  nothing
///  visitor gone ───── in ─────────────────▶ leaves: a kill
/// ```
/// So whatever its viewers are told, be it from its ring, a frame, a catch-up, a reset or the state, is made
/// of what was in scope when it happened.
final class HubScope {
    let number: UInt32
    let view: HubView
    let hub: BroadcastHub
    /// By the whole hub's number of a visitor: that of this hub, while they are in.
    @exclusivity(unchecked) var members = NumberTable(none: Visitor.none)
    /// Its place in the index, once it has one.
    var place = 0
    /// Samples that it began with, of those who were on its pages already.
    var firstOrdinal: UInt64 = 0
    /// Since when it has had no viewer (monotonic nanoseconds), as far as that was noticed.
    var idleSince: Int64?

    init(number: UInt32, view: HubView, hub: BroadcastHub) {
        self.number = number
        self.view = view
        self.hub = hub
    }

    deinit { members.release() }

    /// The process of the worker that speaks for a visitor now.
    func follow(_ visitor: UInt32, processID: Int32) {
        let member = members[visitor]
        if member != Visitor.none { hub.visitors[member].pointee.processID = processID }
    }

    /// When its hub's next tick is due, or it is to be forgotten.
    func dueAt(_ limits: HubLimits, now: Int64) -> Int64 {
        if let due = hub.nextTick(now: now) { return due }
        // That it has no viewer any more is noticed at a tick.
        return idleSince.map { $0 + limits.scopeLingerNanoseconds } ?? now
    }
}
