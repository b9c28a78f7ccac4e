import ByteCore
import FramesShape

/// What a hub remembers in a snapshot, of the hub that has everything.
///
/// ```
///  [ "HIST" ][ began u32 ]  and unless that is 0
///  [ done u32 ][ ordinal u64 ][ revision u64 ]
///  [ a pass is under way u8 ]  and if it is
///      [ first, target, next, active, pages 5 x u32 ][ first one u8 ][ words u32 ] n x [ u64 ]
///  [ totals: series ]
///  [ workers u32 ] n x [ pid i32 ][ received u64 ][ heard u32 ]   [ series ]
///  [ pages u32 ]   n x [ page u32 ][ heard u32 ]                  [ series ]
///  [ visitors u32 ] n x [ visitor, head, page since 3 x u32 ][ 128 x u8 ]
///  [ free u32 ] n x [ u16 ][ hand u32 ]
///
///  series     [ head u32 ][ in use u32 ] n x [ 192 x u32 ]
/// ```
extension BroadcastHub {
    private static let mark: UInt32 = 0x5453_4948

    func writeHistories(into buffer: inout ByteBuffer) {
        buffer.append(integer: Self.mark)
        let isForgotten = isFaulty(.historyNotMoved)
        buffer.append(integer: isForgotten ? 0 : histories.began)
        guard histories.isKept, !isForgotten else { return }
        buffer.append(integer: histories.done)
        buffer.append(integer: histories.ordinal)
        buffer.append(integer: histories.revision)
        histories.writePass(visitors: visitors.used, into: &buffer)
        histories.totals.write(into: &buffer)
        buffer.append(integer: UInt32(histories.workers.places.count))
        for place in histories.workers.places {
            buffer.append(integer: place.processID)
            buffer.append(integer: place.received)
            buffer.append(integer: place.heard)
        }
        histories.workerSeries.write(into: &buffer)
        buffer.append(integer: UInt32(histories.pages.places.count))
        for place in histories.pages.places {
            buffer.append(integer: place.page)
            buffer.append(integer: place.heard)
        }
        histories.pageSeries.write(into: &buffer)
        histories.visitors.write(into: &buffer)
    }

    func readHistories(from reader: inout SnapshotReader) throws(SnapshotFault) {
        try reader.mark(Self.mark)
        histories.began = try reader.integer()
        guard histories.isKept else { return }
        histories.done = try reader.integer()
        // There is a second behind it, and one that is running.
        try reader.require(histories.done >= histories.began - 1 && histories.done < second)
        histories.ordinal = try reader.number(upTo: ring.headOrdinal)
        histories.revision = try reader.counter()
        try histories.readPass(visitors: visitors.used, from: &reader)
        try histories.totals.read(from: &reader)
        try reader.require(histories.totals.used == TotalFigure.allCases.count)
        for _ in 0..<(try reader.count(upTo: histories.workers.capacity)) {
            let place = WorkerHistories.Place(
                processID: try reader.integer(), received: try reader.counter(), heard: try reader.integer())
            try reader.require(histories.workers.restore(place))
        }
        try histories.workerSeries.read(from: &reader)
        for _ in 0..<(try reader.count(upTo: histories.pages.capacity)) {
            let place = PageHistories.Place(page: try reader.integer(), heard: try reader.integer())
            try reader.require(place.page == PageTable.none || pages.isInUse(place.page))
            try reader.require(histories.pages.restore(place))
        }
        try histories.pageSeries.read(from: &reader)
        for _ in 0..<(try reader.count(upTo: histories.visitors.capacity)) {
            let place = VisitorHistories.Place(
                visitor: try reader.integer(), head: try reader.integer(), pageSince: try reader.integer())
            try reader.require(place.visitor == Visitor.none || visitors.isPresent(place.visitor))
            let levels = try reader.bytes(Int(HistoryLimits.fineKept))
            try reader.require(levels.allSatisfy { $0 < RateLevel.characters.count })
            try reader.require(histories.visitors.restore(place, levels))
        }
        var free: ContiguousArray<UInt16> = []
        for _ in 0..<(try reader.count(upTo: histories.visitors.used)) { free.append(try reader.integer()) }
        try reader.require(histories.visitors.restore(free: free, hand: Int(try reader.integer(UInt32.self))))
    }
}

extension Histories {
    fileprivate func writePass(visitors: UInt32, into buffer: inout ByteBuffer) {
        buffer.append(flag: pass != nil)
        guard let pass else { return }
        for number in [pass.first, pass.target, min(pass.next, visitors), pass.active, pass.pages] {
            buffer.append(integer: number)
        }
        buffer.append(flag: pass.isFirst)
        buffer.append(integer: UInt32(seenPages.count))
        for word in seenPages { buffer.append(integer: word) }
    }

    fileprivate mutating func readPass(
        visitors: UInt32, from reader: inout SnapshotReader
    ) throws(SnapshotFault) {
        guard try reader.flag() else { return }
        let (first, target) = (try reader.integer(UInt32.self), try reader.integer(UInt32.self))
        try reader.require(first > done && target >= first && target - first < 8 && target < .max - 1)
        let next = try reader.integer(UInt32.self)
        try reader.require(next <= visitors)
        pass = Pass(
            first: first, target: target, next: next, active: try reader.integer(),
            pages: try reader.integer(), isFirst: try reader.flag())
        for _ in 0..<(try reader.count(upTo: 8_192)) { seenPages.append(try reader.integer()) }
    }
}

extension SeriesTable {
    fileprivate func write(into buffer: inout ByteBuffer) {
        buffer.append(integer: head)
        buffer.append(integer: UInt32(used))
        buffer.append(memory)
    }

    fileprivate mutating func read(from reader: inout SnapshotReader) throws(SnapshotFault) {
        let head = try reader.integer(UInt32.self)
        let used = try reader.count(upTo: capacity)
        restore(try reader.bytes(used * Self.bytesPerSeries), head: head)
    }
}

extension VisitorHistories {
    fileprivate func write(into buffer: inout ByteBuffer) {
        buffer.append(integer: UInt32(used))
        for index in 0..<used {
            let place = self[index]
            for number in [place.visitor, place.head, place.pageSince] { buffer.append(integer: number) }
            withLevels(of: index) { buffer.append($0) }
        }
        buffer.append(integer: UInt32(freePlaces.count))
        for place in freePlaces { buffer.append(integer: place) }
        buffer.append(integer: UInt32(hand))
    }
}
