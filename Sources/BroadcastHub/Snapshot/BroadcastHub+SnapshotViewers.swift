import ByteCore
import FramesShape

/// Viewers in a snapshot, by number; how far each has read stands with the ticks. Polls are not in it: who
/// waits for an answer asks again.
///
/// ```
///  [ "VIEW" ][ numbers ever used u32 ]  n x
///      [ generation u32 ][ shape u8: 0 free, 1 samples, 2 frames ][ hertz u8 ]  and if there is a viewer
///      [ essential u8 ][ shows less u8 ][ offered u64 ][ attached i64 ][ last progress i64 ]
///      [ bytes u64 ][ owes opening u8 ][ owes a heartbeat u8 ]
///      [ history: part u8 ][ next u32 ][ ends before visitors u8 ][ catches up u8 ]  and if it does
///      [ until u64 ][ its ordinal u64 ][ stands at: entry u32 ][ kills left u32 ]
///      [ reset u8 ][ owes the reset's message u8 ]
///  [ free numbers u32 ] n x [ u32 ]     the last is the next to be used
/// ```
extension BroadcastHub {
    private static let mark: UInt32 = 0x5745_4956

    func writeViewers(into buffer: inout ByteBuffer) {
        buffer.append(integer: Self.mark)
        buffer.append(integer: UInt32(viewers.count))
        for (index, viewer) in viewers.enumerated() {
            let isPoll = viewer?.isPoll == true
            buffer.append(integer: generations[index] &+ (isPoll ? 1 : 0))
            if let viewer, !isPoll { write(viewer, into: &buffer) } else { buffer.append(integer: UInt16(0)) }
        }
        let polls = viewers.indices.filter { viewers[$0]?.isPoll == true }.map { UInt32($0) }
        buffer.append(integer: UInt32(freeViewers.count + polls.count))
        for index in freeViewers + polls { buffer.append(integer: index) }
    }

    private func write(_ viewer: Viewer, into buffer: inout ByteBuffer) {
        switch viewer.shape {
        case .samples: buffer.append(integer: UInt16(1))
        case .frames(let rate): buffer.append(integer: UInt16(rate.hertz) << 8 | 2)
        }
        buffer.append(flag: viewer.isEssential)
        buffer.append(flag: viewer.showsLess)
        buffer.append(integer: ring.headOrdinal &- viewer.baseOrdinal)
        buffer.append(integer: viewer.attachedAt)
        buffer.append(integer: viewer.lastProgress)
        buffer.append(integer: viewer.bytes)
        buffer.append(flag: viewer.owesOpening)
        buffer.append(flag: viewer.owesHeartbeat)
        buffer.append(integer: viewer.history.part.rawValue)
        buffer.append(integer: UInt32(viewer.history.next))
        buffer.append(flag: viewer.history.endsBeforeVisitors)
        guard case .catchingUp(let catchUp) = viewer.progress else { return buffer.append(flag: false) }
        buffer.append(flag: true)
        buffer.append(integer: catchUp.until)
        buffer.append(integer: catchUp.untilOrdinal)
        buffer.append(integer: isFaulty(.pinNotMovedAlong) ? visitors.newest : place(of: catchUp))
        buffer.append(integer: UInt32(catchUp.killsLeft))
        buffer.append(flag: catchUp.isReset)
        buffer.append(flag: catchUp.owesResetMessage)
    }

    /// Reads the viewers, and with the ticks how far each has read.
    func readViewers(from reader: inout SnapshotReader) throws(SnapshotFault) {
        try reader.mark(Self.mark)
        let numbers = try reader.count(upTo: 1 << 24)
        for index in 0..<numbers {
            let generation = try reader.integer(UInt32.self)
            let id = ViewerID(index: UInt32(index), generation: generation, scope: scopeNumber)
            generations.append(generation)
            viewers.append(try readViewer(id, from: &reader))
        }
        for _ in 0..<(try reader.count(upTo: numbers)) { freeViewers.append(try reader.integer()) }
        // Each number without a viewer is free, once.
        let free = Set(freeViewers)
        try reader.require(free.count == freeViewers.count && free.count + viewerCount == numbers)
        for index in free { try reader.require(index < numbers && viewers[Int(index)] == nil) }
        let attached = viewers.compactMap { $0 }
        try ticker.read(
            readers: attached, rates: attached.map(\.rate), headN: ring.headN, headOrdinal: ring.headOrdinal,
            visitors: limits.visitors, from: &reader)
        // A catch-up of an empty hub goes up to 0 as well.
        try reader.require(catchUpCount > 0 || catchUpUntil == 0)
        for viewer in attached { try reader.require(isSound(viewer)) }
    }

    private func readViewer(
        _ id: ViewerID, from reader: inout SnapshotReader
    ) throws(SnapshotFault) -> Viewer? {
        let word = try reader.integer(UInt16.self)
        guard word != 0 else { return nil }
        let rate = FrameRate(rawValue: Int(word >> 8))
        try reader.require(word == 1 || word & 0xFF == 2 && rate != nil)
        let (isEssential, showsLess) = (try reader.flag(), try reader.flag())
        let viewer = Viewer(
            id: id, shape: rate.map { .frames($0) } ?? .samples, position: 0,
            baseOrdinal: ring.headOrdinal &- (try reader.counter()), isEssential: isEssential,
            showsLess: showsLess, now: try reader.time())
        viewer.lastProgress = try reader.time()
        viewer.bytes = try reader.counter()
        viewer.owesOpening = try reader.flag()
        viewer.owesHeartbeat = try reader.flag()
        viewer.history = try readHistoryCursor(from: &reader)
        try reader.require(viewer.history.part == .none || viewer.shape != .samples)
        viewerCount += 1
        baseOrdinalSum &+= viewer.baseOrdinal
        if try reader.flag() {
            try reader.require(viewer.shape == .samples)
            viewer.progress = .catchingUp(try readCatchUp(from: &reader))
            catchUpCount += 1
        }
        return viewer
    }

    private func readHistoryCursor(
        from reader: inout SnapshotReader
    ) throws(SnapshotFault) -> HistoryCursor {
        guard let part = HistoryCursor.Part(rawValue: try reader.integer(UInt8.self)) else {
            throw .malformed
        }
        return HistoryCursor(
            part: part, next: Int(try reader.integer(UInt32.self)), endsBeforeVisitors: try reader.flag())
    }

    private func readCatchUp(from reader: inout SnapshotReader) throws(SnapshotFault) -> CatchUp {
        let until = try reader.number(upTo: catchUpUntil)
        let untilOrdinal = try reader.number(upTo: ring.headOrdinal)
        let place = try reader.integer(UInt32.self)
        var catchUp = CatchUp(
            until: until, untilOrdinal: untilOrdinal, killsLeft: try reader.count(upTo: .max),
            isReset: try reader.flag(), owesResetMessage: try reader.flag())
        if place != Visitor.none {
            try reader.require(visitors.isPresent(place))
            pin(&catchUp, at: place)
        }
        return catchUp
    }

    /// Whether a viewer of the default shape stands where one can stand.
    private func isSound(_ viewer: Viewer) -> Bool {
        guard viewer.shape == .samples else { return true }
        switch viewer.progress {
        case .following:
            guard viewer.partial > 0 else { return true }
            let n = viewer.position + 1
            guard n >= ring.firstN, n <= ring.sealedN else { return false }
            let segment = ring.segments[ring.segmentIndex(of: n)]
            let index = Int(n - segment.firstN)
            guard index < segment.encodedCount else { return false }
            return viewer.partial < segment.textStart(of: index + 1) - segment.textStart(of: index)
        case .catchingUp(let catchUp):
            let known = kills.count - kills.firstIndex(after: viewer.position)
            // More than are known is a reset to come.
            let hasLost = kills.forgottenThrough > viewer.position
            return viewer.partial == 0 && (catchUp.killsLeft <= known || hasLost && !catchUp.isReset)
                && (!catchUp.isReset || catchUp.killsLeft == 0)
        }
    }
}

extension Viewer {
    /// Which frames it gets.
    var rate: FrameRate? {
        if case .frames(let rate) = shape { rate } else { nil }
    }
}
