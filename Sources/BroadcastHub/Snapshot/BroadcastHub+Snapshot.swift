import ByteCore
import FramesShape

/// The hub itself in a snapshot.
///
/// ```
///  [ boot u64 ][ clock: offset i64, slept i64, sleeps u32, n x [ end i64 ][ length i64 ] ]
///  [ second u32 ][ its end i64 ][ next heartbeat i64 ]
///  [ sweeps of pages, names, elements: 3 x [ due u64 ][ holidays u64 ] ]
///  [ 16 counters u64 ][ refused identities 3 x u64 ][ undelivered 5 x u64 ]
///  [ offered to who went u64 ][ catch-ups go up to u64 ][ delays ]
/// ```
extension BroadcastHub {
    /// The counters that are not worked out when asked, in their order.
    private static var countersOfItsOwn: [WritableKeyPath<HubCounters, UInt64>] {
        [
            \.droppedUnknownSlot, \.droppedVisitorLimit, \.bytes, \.joins, \.kills, \.refusedJoins,
            \.overriddenJoins, \.unknownLeaves, \.refusedPages, \.pageSweeps, \.catchUps, \.resets,
            \.droppedSegments, \.droppedUnidentified, \.returns, \.filterChanges,
        ]
    }

    func writeHead(into buffer: inout ByteBuffer) {
        buffer.append(integer: boot)
        clock.write(into: &buffer)
        buffer.append(integer: second)
        buffer.append(integer: secondEndsAt)
        buffer.append(integer: heartbeatDueAt)
        for kind in TextKind.allCases {
            buffer.append(integer: UInt64(texts[kind].sweepDue))
            buffer.append(integer: UInt64(texts[kind].sweepHolidays))
        }
        for counter in Self.countersOfItsOwn { buffer.append(integer: counted[keyPath: counter]) }
        for count in counted.refusedIdentities { buffer.append(integer: count) }
        for count in counted.undelivered { buffer.append(integer: count) }
        buffer.append(integer: departedOffered)
        buffer.append(integer: catchUpUntil)
        relayDelays.write(into: &buffer)
    }

    /// Reads all but the boot.
    func readHead(from reader: inout SnapshotReader) throws(SnapshotFault) {
        try clock.read(from: &reader)
        second = try reader.integer()
        secondEndsAt = try reader.time(or: .min)
        heartbeatDueAt = try reader.time(or: .max)
        for kind in TextKind.allCases {
            let limit = texts[kind].limit
            texts[kind].sweepDue = min(Int(try reader.counter()), max(limits.pagesBeforeSweep, limit * 2))
            texts[kind].sweepHolidays = min(Int(try reader.counter()), limit / 8)
        }
        for counter in Self.countersOfItsOwn { counted[keyPath: counter] = try reader.counter() }
        for reason in counted.refusedIdentities.indices {
            counted.refusedIdentities[reason] = try reader.counter()
        }
        for reason in counted.undelivered.indices { counted.undelivered[reason] = try reader.counter() }
        departedOffered = try reader.counter()
        catchUpUntil = try reader.counter()
        try relayDelays.read(from: &reader)
    }
}

extension EpochClock {
    func write(into buffer: inout ByteBuffer) {
        buffer.append(integer: offset)
        buffer.append(integer: slept)
        buffer.append(integer: UInt32(sleeps.count))
        for sleep in sleeps {
            buffer.append(integer: sleep.end)
            buffer.append(integer: sleep.nanoseconds)
        }
    }

    mutating func read(from reader: inout SnapshotReader) throws(SnapshotFault) {
        self = EpochClock(offset: try reader.clock(), slept: try reader.clock())
        for _ in 0..<(try reader.count(upTo: Self.sleepLimit)) {
            sleeps.append(Sleep(end: try reader.time(), nanoseconds: try reader.clock()))
        }
    }
}
