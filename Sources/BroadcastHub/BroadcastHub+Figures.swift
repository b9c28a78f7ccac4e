import ByteCore
public import FramesShape

/// How one viewer gets on.
public struct ViewerFigures: Equatable, Sendable {
    public var shape: ViewerShape
    /// Samples it is still to get or to skip.
    public var behind: UInt64
    /// Samples skipped for it.
    public var conflated: UInt64
    /// Bytes its kernel took.
    public var bytes: UInt64
    /// Nanoseconds since it was attached, and since its kernel last took something.
    public var age: Int64
    public var idle: Int64
}

/// Which way of a sample is measured.
public enum DelayHop: Sendable {
    /// From the worker's read to the hub's turn that takes it.
    case relayed
    /// From that turn to the tick that makes its frame's text, of every rate in use.
    case encoded
}

/// Figures for an operator.
///
/// Delays are differences of the turns' times, so each is short by what its own turn had taken up to then.
extension BroadcastHub {
    /// How the viewer of that name gets on, unless it was detached.
    public func figures(of id: ViewerID, now: Int64) -> ViewerFigures? {
        if id.scope != scopeNumber { return within(id)?.figures(of: id, now: now) }
        guard let viewer = find(id) else { return nil }
        return ViewerFigures(
            shape: viewer.shape, behind: viewer.pending(headOrdinal: ring.headOrdinal),
            conflated: viewer.conflated, bytes: viewer.bytes, age: now &- viewer.attachedAt,
            idle: now &- viewer.lastProgress)
    }

    /// Memory of the newest ticks' texts, of all rates and scopes together.
    public var tickTextBytes: Int { scopes.reduce(ticker.textBytes) { $0 + $1.hub.tickTextBytes } }

    /// Whether the viewer has had every message whole that it has had any of: the owner may put one of its
    /// own in between.
    public func isBetweenMessages(_ id: ViewerID) -> Bool {
        if id.scope != scopeNumber { return within(id)?.isBetweenMessages(id) ?? true }
        guard let viewer = find(id) else { return true }
        return viewer.isAtBoundary && !viewer.isCarrying
    }

    /// The delays of the current second and the four before it; nil where there were none.
    public func recentDelays(_ hop: DelayHop, now: Int64) -> DelayFigures? {
        let second = second(at: now)
        return switch hop {
        case .relayed: relayDelays.figures(at: second)
        case .encoded: ticker.encodeDelays.figures(at: second)
        }
    }

    /// How many delays were ever measured, and their sum in nanoseconds.
    public func delayTotals(_ hop: DelayHop) -> (count: UInt64, nanoseconds: UInt64) {
        switch hop {
        case .relayed: relayDelays.totals()
        case .encoded: ticker.encodeDelays.totals()
        }
    }

    /// How many of the delays that were ever measured are below each of `limits`, in nanoseconds and rising.
    public func delayCounts(_ hop: DelayHop, below limits: [Int64]) -> [UInt64] {
        switch hop {
        case .relayed: relayDelays.counts(below: limits)
        case .encoded: ticker.encodeDelays.counts(below: limits)
        }
    }

    /// Whether there are viewers that have lost their place in the middle of a message: nothing is to be done
    /// with them but to close them.
    public var hasForfeited: Bool {
        ledger.forfeitedCount > 0 || hasScopes && scopes.contains { $0.hub.hasForfeited }
    }

    /// Whether a viewer has lost its place.
    public func isForfeited(_ id: ViewerID) -> Bool {
        if id.scope != scopeNumber { return within(id)?.isForfeited(id) ?? false }
        return find(id)?.isForfeited ?? false
    }
}
