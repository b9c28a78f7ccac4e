import ByteCore
import PosixIO

/// A run's view of one of its processes.
struct LoadPeer: ~Copyable {
    var channel: LoadChannel
    private(set) var progress = LoadProgress()
    private(set) var faults = FaultTable()
    /// What each of its visitors sent.
    private(set) var sentCounts: [UInt32] = []
    private(set) var viewers: [ViewerFigures] = []
    /// Samples that its viewers missed, by visitor of the run.
    private(set) var missing: [UInt32] = []
    private(set) var hasCounted = false
    private(set) var isDone = false

    init(_ channel: consuming LoadChannel) { self.channel = channel }

    /// Takes a record that is not a histogram's.
    mutating func hear(_ record: LoadRecord) {
        switch record.type {
        case .progress: progress = record.value(as: LoadProgress.self)
        case .faults: hearFaults(record)
        case .sentCounts:
            sentCounts = (0..<record.count(of: UInt32.self)).map { record.number($0, as: UInt32.self) }
            hasCounted = true
        case .viewer: viewers.append(record.value(as: ViewerFigures.self))
        case .missing:
            missing = (0..<record.count(of: UInt32.self)).map { record.number($0, as: UInt32.self) }
        case .done: isDone = true
        default: break
        }
    }

    private mutating func hearFaults(_ record: LoadRecord) {
        faults = FaultTable()
        var index = 0
        while index + 2 < record.count(of: UInt64.self) {
            let kind = UInt16(truncatingIfNeeded: record.number(index, as: UInt64.self))
            let code = Int32(truncatingIfNeeded: record.number(index + 1, as: UInt64.self))
            if let kind = Fault.Kind(rawValue: kind) {
                faults.add(Fault(kind, code), count: record.number(index + 2, as: UInt64.self))
            }
            index += 3
        }
    }

    /// Gives an order.
    mutating func tell(_ type: LoadRecordType) {
        channel.outbound.append { $0.appendRecord(type) }
        _ = channel.flush()
    }

    mutating func tell(_ type: LoadRecordType, _ value: Int64) {
        channel.outbound.append { $0.appendRecord(type, value) }
        _ = channel.flush()
    }

    mutating func tell(_ type: LoadRecordType, bytes: UnsafeRawBufferPointer) {
        channel.outbound.append { unsafe $0.appendRecord(type, bytes: bytes) }
        _ = channel.flush()
    }
}

/// All processes together.
struct LoadTotals {
    var tally = CrowdTally()
    var streaming: Int64 = 0
    var received: UInt64 = 0
    var viewerBytes: UInt64 = 0
    var lastArrival: Int64 = 0
    /// How many processes have opened, and how many have sent, all that was theirs.
    var hasOpened = 0
    var hasSent = 0
    var errors: UInt64 = 0
    var cpuNanoseconds: [Int64] = []
    var residentBytes: [UInt64] = []
    /// Drain mode: the least of all.
    var queueRounds = Int64.max
    /// When the last sample was given to a socket; monotonic nanoseconds.
    var lastWritten: Int64 = 0
}

extension LoadRun {
    /// Gives every process an order.
    func tell(_ type: LoadRecordType) {
        for index in 0..<peers.slotCount { unsafe peers.at(index)?.element.pointee.tell(type) }
    }

    func tell(_ type: LoadRecordType, _ value: Int64) {
        for index in 0..<peers.slotCount { unsafe peers.at(index)?.element.pointee.tell(type, value) }
    }

    func tell(_ type: LoadRecordType, bytes: UnsafeRawBufferPointer) {
        for index in 0..<peers.slotCount { unsafe peers.at(index)?.element.pointee.tell(type, bytes: bytes) }
    }

    func totals() -> LoadTotals {
        var totals = LoadTotals()
        for index in 0..<peers.slotCount {
            guard let peer = unsafe peers.at(index)?.element else { continue }
            unsafe totals.add(peer.pointee.progress)
            unsafe totals.errors += peer.pointee.faults.total
        }
        return totals
    }

    func faults() -> FaultTable {
        var table = FaultTable()
        for index in 0..<peers.slotCount {
            guard let peer = unsafe peers.at(index)?.element else { continue }
            for (fault, count) in unsafe peer.pointee.faults.entries { table.add(fault, count: count) }
        }
        return table
    }
}

extension LoadTotals {
    fileprivate mutating func add(_ progress: LoadProgress) {
        tally.connecting += progress.tally.connecting
        tally.open += progress.tally.open
        tally.opened += progress.tally.opened
        tally.ended += progress.tally.ended
        tally.left += progress.tally.left
        tally.blocked += progress.tally.blocked
        tally.offered += progress.tally.offered
        tally.omitted += progress.tally.omitted
        tally.sent += progress.tally.sent
        tally.writes += progress.tally.writes
        tally.bytesOut += progress.tally.bytesOut
        tally.bytesIn += progress.tally.bytesIn
        tally.queued += progress.tally.queued
        tally.through += progress.tally.through
        streaming += progress.streaming
        received += progress.received
        viewerBytes += progress.viewerBytes
        lastArrival = max(lastArrival, progress.lastArrival)
        hasOpened += Int(progress.hasOpened)
        hasSent += Int(progress.hasSent)
        cpuNanoseconds.append(progress.cpuNanoseconds)
        residentBytes.append(progress.residentBytes)
        queueRounds = min(queueRounds, progress.queueRounds)
        lastWritten = max(lastWritten, progress.lastWritten)
    }
}
