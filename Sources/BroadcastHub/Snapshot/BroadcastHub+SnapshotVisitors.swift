import ByteCore
import FramesShape
import PointerEvents

/// Visitors in a snapshot: those present in the order of their list, the oldest first, then those who are
/// gone and whose kill the ring still has.
///
/// ```
///  [ "VSTR" ][ entries ever used u32 ][ present u32 ][ gone u32 ]  then for each
///    0 [ entry u32 | process i32           ]
///    8 [ since i64 ][ order n u64 ][ kill n u64 ]
///   32 [ rate: second, current, 4 earlier u32 ]
///   56 [ page u32 | width u16 | height u16 ]
///   64 [ has a sample 1, several connections 2, has a tail 4: u8 | length of the id u8 ][ id ]
///      [ newest sample, 64 bytes; not where there is none ]
///      [ what holds of tails, 48 bytes; not where there is none ]
///  n x [ free entry u32 ]     those ever used but in use no more, the next to be used first
/// ```
/// Who speaks for them stands with the channels.
extension BroadcastHub {
    private static let mark: UInt32 = 0x5254_5356

    func writeVisitors(into buffer: inout ByteBuffer) {
        buffer.append(integer: Self.mark)
        buffer.append(integer: visitors.used)
        buffer.append(integer: UInt32(visitors.presentCount))
        buffer.append(integer: UInt32(visitors.count - visitors.presentCount))
        var visitor = visitors.oldest
        while visitor != Visitor.none {
            write(visitor, into: &buffer)
            visitor = visitors.next(of: visitor)
        }
        for entry in 0..<visitors.used {
            let flags = visitors[entry].pointee.flags
            if visitors[entry].pointee.idLength > 0, !flags.contains(.present) { write(entry, into: &buffer) }
        }
        visitors.forEachFree(isTurned: isFaulty(.freeEntriesTurned)) { buffer.append(integer: $0) }
    }

    private func write(_ index: UInt32, into buffer: inout ByteBuffer) {
        let entry = visitors[index]
        // Of who is gone they mean nothing, and may name a page that was swept out.
        let isKnown = entry.pointee.flags.contains(.present) && !isFaulty(.surroundingsNotMoved)
        var surroundings = isKnown ? visitors.surroundings[Int(index)] : VisitorSurroundings()
        if isFaulty(.pageOfAnotherMoment) { surroundings.page = newest(of: index).page }
        let hasSample = entry.pointee.flags.contains(.hasSample)
        buffer.append(integer: index)
        buffer.append(integer: entry.pointee.processID)
        buffer.append(integer: entry.pointee.sinceNanoseconds)
        buffer.append(integer: entry.pointee.orderN)
        buffer.append(integer: visitors.kill(of: index))
        entry.pointee.rate.write(into: &buffer)
        buffer.append(integer: surroundings.page)
        buffer.append(integer: surroundings.width)
        buffer.append(integer: surroundings.height)
        let hasTail = entry.pointee.flags.contains(.hasTail) && !isFaulty(.tailsNotMoved)
        let isSeveral = entry.pointee.flags.contains(.several)
        let flags = (hasSample ? 1 : 0) | (isSeveral ? 2 : 0) | (hasTail ? 4 : 0)
        buffer.append(UInt8(flags))
        buffer.append(entry.pointee.idLength)
        buffer.append(visitors.id(of: index))
        if hasSample { buffer.append(memoryOf: newest(of: index)) }
        if hasTail { buffer.append(memoryOf: visitors.tails[Int(index)]) }
    }

    /// Returns how many are gone.
    func readVisitors(from reader: inout SnapshotReader) throws(SnapshotFault) -> Int {
        try reader.mark(Self.mark)
        let used = Int(try reader.integer(UInt32.self))
        guard used <= limits.visitors else { throw .noRoom }
        let present = try reader.count(upTo: used)
        let gone = try reader.count(upTo: used - present)
        visitors.beginRestoring(used: used)
        var order: UInt64 = 0
        for place in 0..<(present + gone) {
            let index = try readVisitor(from: &reader)
            let entry = visitors[index]
            guard place < present else {
                try reader.require(entry.pointee.flags.isEmpty)
                continue
            }
            try reader.require(entry.pointee.orderN >= order)
            order = entry.pointee.orderN
            visitors.link(index)
        }
        var free = Visitor.none
        for _ in (present + gone)..<used {
            let entry = try reader.integer(UInt32.self)
            try reader.require(visitors.restoreFree(entry, after: free))
            free = entry
        }
        return gone
    }

    private func readVisitor(from reader: inout SnapshotReader) throws(SnapshotFault) -> UInt32 {
        let index = try reader.integer(UInt32.self)
        let processID = try reader.integer(Int32.self)
        let since = try reader.time()
        let (order, kill) = (try reader.counter(), try reader.counter())
        let rate = try RateWindow(from: &reader)
        var surroundings = VisitorSurroundings()
        surroundings.page = try reader.integer()
        surroundings.width = try reader.integer()
        surroundings.height = try reader.integer()
        try reader.require(surroundings.page == PageTable.none || pages.isInUse(surroundings.page))
        let flags = try reader.integer(UInt8.self)
        try reader.require(flags <= 7)
        let hasSample = flags & 1 != 0
        let id = try reader.bytes(Int(try reader.integer(UInt8.self)))
        try reader.require(!id.isEmpty && id.count <= PointerEvents.Limits.idBytes)
        try reader.require(UTF8Validator.isValid(id))
        try reader.require(visitors.restore(id, at: index))
        let entry = visitors[index]
        entry.pointee.processID = processID
        entry.pointee.sinceNanoseconds = since
        entry.pointee.orderN = order
        visitors.setKill(of: index, to: kill)
        entry.pointee.rate = rate
        visitors.surroundings[Int(index)] = surroundings
        if flags & 2 != 0 { entry.pointee.flags.insert(.several) }
        if hasSample {
            let newest = try reader.record(types: 1...1)
            visitors.kept[Int(index)] = newest
            entry.pointee.lastNanoseconds = newest.receivedNanoseconds
            entry.pointee.flags.insert(.hasSample)
            try reader.require(!newest.fields.contains(.page) || pages.isInUse(newest.page))
        }
        if flags & 4 != 0 {
            let tail = try reader.tail()
            try reader.require(isKnown(tail))
            visitors.keep(tail, of: index)
        }
        return index
    }

    /// Whether the texts that a tail says are there.
    private func isKnown(_ tail: SampleTail) -> Bool {
        (!tail.fields.contains(.name) || texts.names.isInUse(tail.name))
            && (!tail.fields.contains(.element) || texts.elements.isInUse(tail.element))
    }

    /// What the ring says of visitors must be true of them: records name entries in use, and one who is gone
    /// has its newest kill in the ring and nothing behind it. So an entry that is given back is named by
    /// nobody.
    func checkRecords(gone: Int) throws(SnapshotFault) {
        guard catchUpUntil <= ring.headN else { throw .malformed }
        var kills = 0
        var n = ring.firstN
        for segment in ring.segments {
            let count = segment === ring.segments.last ? ring.count : segment.count
            for index in 0..<count {
                let record = segment.records + index
                guard visitors.isInUse(record.pointee.slot),
                    !record.pointee.fields.contains(.page) || pages.isInUse(record.pointee.page)
                else { throw .malformed }
                if record.pointee.fields.contains(.tail), !isKnown(segment.tails.tail(at: index)) {
                    throw .malformed
                }
                let entry = visitors[record.pointee.slot]
                if !entry.pointee.flags.contains(.present) {
                    let kill = visitors.kill(of: record.pointee.slot)
                    guard n <= kill else { throw .malformed }
                    if record.pointee.type == RecordRun.killType, n == kill { kills += 1 }
                }
                n += 1
            }
        }
        guard kills == gone else { throw .malformed }
        var visitor = visitors.oldest
        while visitor != Visitor.none {
            guard visitors.kill(of: visitor) <= ring.headN else { throw .malformed }
            visitor = visitors.next(of: visitor)
        }
        if visitors.newest != Visitor.none, visitors[visitors.newest].pointee.orderN > ring.headN {
            throw .malformed
        }
    }
}

extension RateWindow {
    func write(into buffer: inout ByteBuffer) {
        for word in [second, current, earlier.0, earlier.1, earlier.2, earlier.3] {
            buffer.append(integer: word)
        }
    }

    init(from reader: inout SnapshotReader) throws(SnapshotFault) {
        second = try reader.integer()
        current = try reader.integer()
        earlier = (
            try reader.integer(), try reader.integer(), try reader.integer(), try reader.integer()
        )
    }
}
