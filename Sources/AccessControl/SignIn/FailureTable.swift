/// Failures in a row of each key, and how long it has to wait before it may try again.
///
/// Five are free, the next try has to wait for a second, and each further one twice as long up to a minute.
/// They are forgotten 15 minutes after the last one. What had to be thrown out is held against whoever
/// comes new, for as long as it would have been remembered: filling the table forgives nothing. What was
/// held against somebody so is not passed on once more, or a flood of names would add up to a wait for all.
struct FailureTable<Key: Hashable & Sendable>: Faultable, Sendable {
    private struct Record: Sendable {
        /// Failures of its own, those under way included.
        var failures = 0
        /// Failures of somebody who had to go for it, or for another.
        var inherited = 0
        var lastAt: Int64 = 0
    }

    private static var memory: Int64 { Limits.failureMemorySeconds * Nanoseconds.perSecond }

    private var table: EvictingTable<Key, Record>
    /// The most that had to go, and when it would be forgotten.
    private var evicted = Record()
    #if DEBUG
        var fault = AuthorityFault.none
    #endif

    init(capacity: Int) { table = EvictingTable(capacity: capacity) }

    var count: Int { table.count }

    /// Nanoseconds until `key` may try again; 0 where it may.
    func wait(of key: Key, at now: Int64) -> Int64 {
        let record = record(of: key, at: now)
        let wait = wait(after: record.failures + record.inherited)
        return wait == 0 ? 0 : max(0, record.lastAt + wait - now)
    }

    /// Takes it that a try fails, until it is known better.
    mutating func charge(_ key: Key, at now: Int64) {
        var record = record(of: key, at: now)
        record.failures += 1
        record.lastAt = now
        put(record, for: key, at: now)
    }

    /// A try under way did not come to an answer.
    mutating func refund(_ key: Key) {
        guard var record = table[key], record.failures > 0 else { return }
        record.failures -= 1
        keep(record, for: key)
    }

    /// A try was right: what failed before were typing errors.
    mutating func forgive(_ key: Key) {
        guard var record = table[key] else { return }
        record.failures = 0
        keep(record, for: key)
    }

    private mutating func keep(_ record: Record, for key: Key) {
        if record.failures + record.inherited == 0 {
            table.remove(key)
        } else {
            put(record, for: key, at: record.lastAt)
        }
    }

    private mutating func put(_ record: Record, for key: Key, at moment: Int64) {
        let gone = table.put(
            record, for: key, weight: record.failures + record.inherited, at: moment,
            expired: moment - Self.memory)
        guard let gone, gone.lastAt > moment - Self.memory, !isFaulty(.evictionForgives) else { return }
        if evicted.lastAt <= moment - Self.memory { evicted = Record() }
        evicted.inherited = max(evicted.inherited, gone.failures)
        evicted.lastAt = max(evicted.lastAt, gone.lastAt)
    }

    private func record(of key: Key, at now: Int64) -> Record {
        if let record = table[key], record.lastAt > now - Self.memory { return record }
        return evicted.inherited > 0 && evicted.lastAt > now - Self.memory ? evicted : Record()
    }

    private func wait(after failures: Int) -> Int64 {
        let beyond = failures - Limits.freeFailures - (isFaulty(.freeFailuresOffByOne) ? 1 : 0)
        guard beyond >= 0 else { return 0 }
        // Beyond the sixth doubling it is the longest anyhow.
        let seconds = min(Limits.firstWaitSeconds << Int64(min(beyond, 6)), Limits.longestWaitSeconds)
        return seconds * Nanoseconds.perSecond
    }
}
