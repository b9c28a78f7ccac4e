import ByteCore

/// Reading back what `FrameTicker+Snapshot` draws. A ticker that was refused is of no further use.
extension FrameTicker {
    /// Takes over what a snapshot holds; this ticker and `readers` are new, and what they hold is counted in
    /// their ledger from here on.
    ///
    /// `rates` says for each reader which frames it gets; nil for none. No n is beyond `headN`, which
    /// `headOrdinal` samples belong to. Never were there more than `visitors` present.
    public func read(
        readers: [StreamReader], rates: [FrameRate?], headN: UInt64, headOrdinal: UInt64, visitors: Int,
        from reader: inout SnapshotReader
    ) throws(SnapshotFault) {
        try reader.mark(Self.mark)
        nextKeyframeAt = try reader.time(or: .min)
        // As long as the longest keyframe, its last message and the allowance for the next.
        let longestKeyframe = KeyframeRoom(limits, visitors: visitors).bytes
        let longest = UInt64(2 * (longestKeyframe + limits.messageBytes) + 4_096)
        expectedKeyframeBytes = Int(try reader.number(upTo: longest))
        sharesKeyframes = try reader.flag()
        counted = FramesCounters(
            frames: try reader.counter(), keyframes: try reader.counter(),
            shortenedKeyframes: try reader.counter(), cutEntries: try reader.counter(),
            placeEntries: try reader.counter(), interruptedKeyframes: try reader.counter())
        ledger.restore(delivered: try reader.counter(), conflated: try reader.counter())
        statusSequence = try reader.counter()
        status.removeAll()
        status.append(try reader.bytes(try reader.count(upTo: limits.statusBytes)))
        briefStatus.removeAll()
        briefStatus.append(try reader.bytes(try reader.count(upTo: limits.statusBytes)))
        try encodeDelays.read(from: &reader)
        var carried: [CarriedText] = []
        for _ in 0..<(try reader.count(upTo: 1 << 24)) { carried.append(try readCarried(from: &reader)) }
        var ticks: [TickText] = []
        // Each rate's frame and keyframe, and those held for readers, one of which may be over the limit.
        let longestTick = longestTick(keyframe: longestKeyframe)
        var room = (2 * groups.count + 1) * longestTick + limits.heldKeyframeBytes
        for _ in 0..<(try reader.count(upTo: 1 << 24)) {
            let text = try readTick(
                carried, &room, upTo: longestTick, headN: headN, headOrdinal: headOrdinal, from: &reader)
            ticks.append(text)
        }
        for group in groups {
            try read(group, ticks, readers, rates, headN: headN, from: &reader)
        }
        findDue()
        try reader.require(try reader.integer(UInt32.self) == readers.count)
        for (index, one) in readers.enumerated() {
            try read(one, ticks, carried, getsFrames: rates[index] != nil, headN: headN, from: &reader)
        }
    }

    private func readCarried(from reader: inout SnapshotReader) throws(SnapshotFault) -> CarriedText {
        let isOwn = try reader.flag()
        let bytes = try reader.bytes(try reader.count(upTo: .max))
        try reader.require(!bytes.isEmpty)
        guard let text = ledger.keep(bytes, isOwn: isOwn) else { throw .noRoom }
        return text
    }

    /// Memory that the text of one tick takes at most: it is made larger by doubling.
    private func longestTick(keyframe: Int) -> Int {
        4 * (max(limits.frameBytes, keyframe) + limits.messageBytes) + 65_536
    }

    private func readTick(
        _ carried: [CarriedText], _ room: inout Int, upTo longest: Int, headN: UInt64, headOrdinal: UInt64,
        from reader: inout SnapshotReader
    ) throws(SnapshotFault) -> TickText {
        let (sequence, n) = (try reader.counter(), try reader.number(upTo: headN))
        let ordinal = try reader.number(upTo: headOrdinal)
        let (isKeyframe, at) = (try reader.flag(), try reader.integer(Int64.self))
        let capacity = Int(try reader.number(upTo: UInt64(longest)))
        guard capacity <= room else { throw .noRoom }
        room -= capacity
        let text = TickText(
            sequence: sequence, n: n, ordinal: ordinal, isKeyframe: isKeyframe, atMilliseconds: at,
            expectedBytes: capacity)
        text.text.append(try reader.bytes(try reader.count(upTo: capacity)))
        var end = 0
        let parts = try reader.count(upTo: .max)
        try reader.require(parts > 0)
        for _ in 0..<parts {
            let partEnd = Int(try reader.integer(UInt32.self))
            try reader.require(partEnd > end && partEnd <= text.text.count)
            text.addPart(end: partEnd, n: try reader.number(upTo: n), samples: try reader.counter())
            end = partEnd
        }
        try reader.require(end == text.text.count)
        for _ in 0..<(try reader.count(upTo: parts)) {
            let part = Int(try reader.integer(UInt32.self))
            try reader.require(part < parts && text.carried[part] == nil)
            guard let place = try reader.place(in: carried.count) else { throw .malformed }
            text.carried[part] = carried[place]
        }
        return text
    }

    private func read(
        _ group: RateGroup, _ ticks: [TickText], _ readers: [StreamReader], _ rates: [FrameRate?],
        headN: UInt64, from reader: inout SnapshotReader
    ) throws(SnapshotFault) {
        group.sequence = try reader.counter()
        group.previousSequence = try reader.counter()
        group.n = try reader.number(upTo: headN)
        group.dueAt = try reader.time()
        let (frame, keyframe) = (try reader.place(in: ticks.count), try reader.place(in: ticks.count))
        for _ in 0..<(try reader.count(upTo: readers.count)) {
            guard let place = try reader.place(in: readers.count) else { throw .malformed }
            try reader.require(rates[place] == group.rate && !group.holds(readers[place]))
            group.add(readers[place])
        }
        // Everyone of this rate was there, and texts are held for nobody.
        try reader.require(group.readers.count == rates.count { $0 == group.rate })
        try reader.require(!group.readers.isEmpty || frame == nil && keyframe == nil)
        if let frame {
            try reader.require(!ticks[frame].isKeyframe)
            group.frame = ticks[frame]
        }
        if let keyframe {
            try reader.require(ticks[keyframe].isKeyframe)
            group.keyframe = ticks[keyframe]
        }
    }

    private func read(
        _ one: StreamReader, _ ticks: [TickText], _ carried: [CarriedText], getsFrames: Bool, headN: UInt64,
        from reader: inout SnapshotReader
    ) throws(SnapshotFault) {
        one.position = try reader.number(upTo: headN)
        one.partial = Int(try reader.integer(UInt32.self))
        one.carryCredit = try reader.counter()
        one.state.delivered = try reader.counter()
        one.state.conflated = try reader.counter()
        if try reader.flag() { ledger.forfeit(one) }
        let text = try reader.place(in: carried.count)
        let left = Int(try reader.integer(UInt32.self))
        if let text {
            try reader.require(left > 0 && left <= carried[text].bytes.count)
            one.state.carry = Carry(carried[text], last: left)
        } else {
            try reader.require(left == 0)
        }
        one.tick.hadSequence = try reader.counter()
        let reading = try reader.place(in: ticks.count)
        one.tick.part = Int(try reader.integer(UInt32.self))
        one.tick.statusSequence = try reader.counter()
        one.tick.wantsKeyframe = try reader.flag()
        one.tick.owesTerminator = try reader.flag()
        one.tick.isStarted = try reader.flag()
        if let reading {
            let parts = ticks[reading].parts
            try reader.require(getsFrames && one.tick.part < parts.count)
            let start = ticks[reading].start(of: one.tick.part)
            try reader.require(one.partial < parts[one.tick.part].end - start)
            one.tick.reading = ticks[reading]
        } else if getsFrames {
            try reader.require(one.partial == 0)
        }
    }
}
