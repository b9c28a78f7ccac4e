public import ByteCore

/// Who waits for the hash helper, in order of arrival: bounded in all, for each network, and in time.
///
/// One is at work at a time. Starts are paced by a bucket: five may follow each other at once, then one every
/// 200 ms. Whoever finds no room is told when to come again. It is told the time (monotonic nanoseconds) and
/// keeps no password: what waits is a number that the caller chose.
public struct HashQueue: Sendable {
    /// What becomes of somebody who wants a hash.
    public enum Admission: Equatable, Sendable {
        /// They wait, or are next.
        case accepted
        /// There is no room; after so many seconds there should be.
        case full(retryAfterSeconds: Int)
    }

    private struct Waiting {
        let id: UInt64
        let network: IPAddress?
        let isKnown: Bool
    }

    private var waiting: [Waiting] = []
    private var working: Waiting?
    /// When the bucket is full again; the farther ahead, the emptier it is.
    private var fullAt: Int64 = .min

    /// Nobody waits, and the bucket is full.
    public init() {}

    /// How many wait or are at work.
    public var count: Int { waiting.count + (working == nil ? 0 : 1) }

    /// Lets somebody wait; `network` is where they come from, nil where nobody can tell. Whoever `isKnown`
    /// comes in a browser that signed in before: for them some places are kept, and they go first, so that no
    /// crowd of strangers keeps them out.
    public mutating func submit(
        _ id: UInt64, from network: IPAddress?, isKnown: Bool = false, now: Int64
    ) -> Admission {
        let fromThere = ([working].compactMap { $0 } + waiting).count { !$0.isKnown && $0.network == network }
        let isCrowded = network != nil && !isKnown && fromThere >= Limits.waitingPerNetwork
        let alike = waiting.count { $0.isKnown == isKnown }
        guard alike < (isKnown ? Limits.waitingKnown : Limits.waiting), !isCrowded else {
            return .full(retryAfterSeconds: retryAfter(now: now))
        }
        waiting.append(Waiting(id: id, network: network, isKnown: isKnown))
        return .accepted
    }

    /// Who is to be worked for now: nil while somebody is, where nobody waits, and before the bucket has a
    /// drop.
    public mutating func next(now: Int64) -> UInt64? {
        guard working == nil, !waiting.isEmpty, now >= earliestStart else { return nil }
        let first = waiting.remove(at: waiting.firstIndex { $0.isKnown } ?? 0)
        working = first
        fullAt = max(fullAt, now) + Limits.nanosecondsPerHash
        return first.id
    }

    /// The work for whoever was given by `next` is done, or will never be.
    public mutating func finished() { working = nil }

    /// Somebody has gone; true where they had not been worked for yet.
    public mutating func cancel(_ id: UInt64) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Forgets everybody, and returns who they were, whoever was worked for first.
    public mutating func drain() -> [UInt64] {
        let all = ([working].compactMap { $0 } + waiting).map(\.id)
        working = nil
        waiting = []
        return all
    }

    /// When `next` should be asked again; nil while only an answer or somebody new can change anything.
    public var nextDeadline: Int64? { working == nil && !waiting.isEmpty ? earliestStart : nil }

    /// The bucket holds `burst` drops: a start may come so long before it would be full again.
    private var earliestStart: Int64 {
        fullAt == .min ? .min : fullAt - Limits.nanosecondsPerHash * Int64(Limits.burst - 1)
    }

    /// When all who wait now should have been worked for: at least 1 s.
    private func retryAfter(now: Int64) -> Int {
        let start = max(now, earliestStart)
        let end = start + Int64(waiting.count + 1) * Limits.nanosecondsPerHash
        return max(1, Int((end - now + 999_999_999) / 1_000_000_000))
    }
}
