import ByteCore
import PointerEvents

/// Why a viewer cannot be held to a scope.
public enum ScopeRefusal: Error, Equatable {
    /// As many distinct scopes as there may be have viewers.
    case tooMany
}

/// Names a scope that is in use; one that was forgotten is never named again.
public struct ScopeNumber: Hashable, Sendable {
    let value: UInt32
}

/// A scope in use: a hub of its own that is told of the visitors on the pages it admits, and of nobody else.
///
/// ```
///                     page admitted, not in ──▶ enters with this sample
///  sample of the ──┬─ page admitted, in ──────▶ sample
///  whole hub       ├─ other page, in ─────────▶ leaves: a kill
///                  └─ other page, not in ─────  nothing
///  visitor gone ───── in ─────────────────────▶ leaves: a kill
/// ```
/// So whatever its viewers are told, be it from its ring, a frame, a catch-up, a reset or the state, is made
/// of what was in scope when it happened.
final class HubScope {
    let number: UInt32
    let scope: PageScope
    let hub: BroadcastHub
    /// By the whole hub's number of a visitor: that of this hub, while they are in.
    @exclusivity(unchecked) var members = NumberTable(none: Visitor.none)
    /// By the whole hub's number of a page: whether it is admitted, where that was asked since the last
    /// sweep.
    @exclusivity(unchecked) private var verdicts: ContiguousArray<Verdict> = []
    /// Samples that it began with, of those who were on its pages already.
    var firstOrdinal: UInt64 = 0
    /// Since when it has had no viewer (monotonic nanoseconds), as far as that was noticed.
    var idleSince: Int64?

    private enum Verdict: UInt8 {
        case unknown, refused, admitted
    }

    init(number: UInt32, scope: PageScope, hub: BroadcastHub) {
        self.number = number
        self.scope = scope
        self.hub = hub
    }

    deinit { members.release() }

    /// Whether the whole hub's page is admitted; no page never is.
    @inline(__always)
    func admits(_ page: UInt32, of pages: borrowing PageTable) -> Bool {
        if Int(page) < verdicts.count, verdicts[Int(page)] != .unknown {
            return verdicts[Int(page)] == .admitted
        }
        return judge(page, of: pages)
    }

    @inline(never)
    private func judge(_ page: UInt32, of pages: borrowing PageTable) -> Bool {
        guard pages.isInUse(page) else { return false }
        var isAdmitted = false
        pages.withPath(page) { isAdmitted = scope.admits(page: $0) }
        if Int(page) >= verdicts.count {
            verdicts.append(contentsOf: repeatElement(.unknown, count: pages.numbersInUse - verdicts.count))
        }
        verdicts[Int(page)] = isAdmitted ? .admitted : .refused
        return isAdmitted
    }

    /// The whole hub's pages may have other numbers from here on.
    func forgetVerdicts() { verdicts.removeAll() }

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
