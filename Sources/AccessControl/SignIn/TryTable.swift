import Secrets

/// Tries of each name within the last 15 minutes, over all addresses: at most 20, however they are spread.
///
/// The moments themselves are kept, so that no 15 minutes have more, wherever they begin. What had to be
/// thrown out is held against new names, as in `FailureTable`.
struct TryTable: Faultable, Sendable {
    private struct Record: Sendable {
        /// When there were tries, the oldest first; those under way included.
        var moments: [Int64] = []
        /// Tries of a name that had to go, and until when they count.
        var inherited = 0
        var inheritedUntil: Int64 = 0
    }

    private static let window = Limits.failureMemorySeconds * Nanoseconds.perSecond

    private var table: EvictingTable<SHA256Digest, Record>
    private var evicted = Record()
    #if DEBUG
        var fault = AuthorityFault.none
    #endif

    init(capacity: Int) { table = EvictingTable(capacity: capacity) }

    var count: Int { table.count }

    /// Nanoseconds until `name` may be tried again; 0 where it may.
    func wait(of name: SHA256Digest, at now: Int64) -> Int64 {
        let record = record(of: name, at: now)
        let limit = Limits.triesPerName + (isFaulty(.triesOffByOne) ? 1 : 0)
        let inherited = Array(repeating: record.inheritedUntil, count: record.inherited)
        let ends = (record.moments.map { $0 + Self.window } + inherited).sorted()
        return ends.count < limit ? 0 : ends[ends.count - limit] - now
    }

    mutating func charge(_ name: SHA256Digest, at now: Int64) {
        var record = record(of: name, at: now)
        record.moments.append(now)
        put(record, for: name, at: now)
    }

    /// The try that was charged at `moment` was right, or did not come to an answer.
    mutating func refund(_ name: SHA256Digest, chargedAt moment: Int64, at now: Int64) {
        guard table[name] != nil else { return }
        var record = record(of: name, at: now)
        guard let index = record.moments.firstIndex(of: moment) else { return }
        record.moments.remove(at: index)
        if isFaulty(.successForgivesName) { record.moments = [] }
        if record.moments.isEmpty && record.inherited == 0 {
            table.remove(name)
        } else {
            put(record, for: name, at: now)
        }
    }

    private mutating func put(_ record: Record, for name: SHA256Digest, at now: Int64) {
        let gone = table.put(
            record, for: name, weight: record.moments.count + record.inherited, at: now,
            expired: now - Self.window)
        guard let gone, let last = gone.moments.last, !isFaulty(.evictionForgives) else { return }
        if evicted.inheritedUntil <= now { evicted = Record() }
        evicted.inherited = max(evicted.inherited, gone.moments.count { $0 + Self.window > now })
        evicted.inheritedUntil = max(evicted.inheritedUntil, last + Self.window)
    }

    /// What is remembered of a name, without what is past.
    private func record(of name: SHA256Digest, at now: Int64) -> Record {
        guard var record = table[name] else {
            return evicted.inheritedUntil > now ? evicted : Record()
        }
        record.moments.removeAll { $0 + Self.window <= now }
        if record.inheritedUntil <= now { record.inherited = 0 }
        return record
    }
}
