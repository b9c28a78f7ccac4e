import PointerEvents

/// What a simulation must notice when it is done to a queue; never set outside tests.
enum FoldFault: CaseIterable {
    case keepsOldest
    case overtakesClick
    case crossesLeave
    case miscounts
    case movesPartialRecord
    case losesSurroundings
    case saysOverNewer
    case saysPastRenaming
    case losesTail
    case saysNamePastRenaming
    case foldsBeforeMark
    case losesRider
    case keepsFirstOfRun
    case runsOverScroll
    case runsOverSurroundings
    case runsOverOthers
}

/// What a fold may do with a record.
enum Foldability {
    case foldable
    case unfoldableSample
    case other
}

extension RelayQueue {
    /// Removes every move and scroll that a newer one of the same slot made worthless.
    ///
    /// What remains keeps its order: the older record goes and the newest stays where it is, so that a move
    /// never overtakes a click. A leave ends a slot's owner: what stands before it is not folded into what
    /// the next owner says. A record partly written stays whole. What a removed record says of its visitor's
    /// surroundings, the slot's next record says in its place, so that at each record that remains the master
    /// knows what it would have known of all of them. A record that gets a tail that way grows by no more
    /// than the one removed before it left free, so that what is read never falls behind what is written.
    mutating func fold() {
        let head = firstWhole
        markSuperseded(from: head)
        removeMarked(from: head)
        mark = end
        // A queue that no fold makes small is folded less often, so that the cost per sample stays constant.
        foldDue = end + max(thresholds.intervalBytes, (end - start) / 4)
        if fault == .miscounts { foldedCount += 1 }
    }

    /// Does the same with what was appended since the mark was set, and touches nothing in front of it.
    public mutating func foldSinceMark() {
        let head = fault == .foldsBeforeMark ? firstWhole : max(mark, firstWhole)
        if !foldRun(from: head) {
            markSuperseded(from: head)
            removeMarked(from: head)
        }
        mark = end
    }

    /// Where nothing stands from `head` on but moves of one visitor that say no surroundings, as somebody who
    /// floods sends them, the last of them takes their place, and no table is asked; false, and nothing has
    /// changed, where anything else does.
    private mutating func foldRun(from head: Int) -> Bool {
        let bytes = RelayRecordType.sampleBytes
        guard end - head >= bytes, (end - head) % bytes == 0 else { return false }
        var mask = Self.runMask
        if fault == .runsOverSurroundings { mask = RelayHeader.sampleMask | RelayHeader.slotMask }
        if fault == .runsOverOthers { mask &= ~RelayHeader.slotMask }
        let sample = RelayHeader.sampleWord | header(at: head).word & RelayHeader.slotMask
        let scroll = PointerKind.scroll.rawValue
        var offset = head
        while offset < end {
            let kind = kind(at: offset)
            guard header(at: offset).word & mask == sample & mask,
                kind == PointerKind.move.rawValue || fault == .runsOverScroll && kind == scroll
            else { return false }
            offset += bytes
        }
        let last = end - bytes
        if last > head, fault != .keepsFirstOfRun {
            unsafe (base + head).copyMemory(from: base + last, byteCount: bytes)
        }
        foldedCount &+= UInt64((last - head) / bytes)
        end = head + bytes
        return true
    }

    /// Where the type, the length and the slot stand in a sample's header, and that it says any surroundings.
    private static var runMask: UInt64 {
        let surroundings = RelayHeader(type: 0, detail: SampleFields.surroundings.rawValue, length: 0)
        return RelayHeader.sampleMask | RelayHeader.slotMask | surroundings.word
    }

    /// The first record of which nothing is written yet.
    private var firstWhole: Int { boundary == start ? boundary : boundary + length(at: boundary) }

    /// The type byte of a record that is to be removed; it never leaves this file.
    private static var superseded: UInt8 { 255 }

    /// What the header of every such record that says nothing of its visitor's surroundings has in common,
    /// and where that stands in it.
    private static var silentWord: UInt64 { RelayHeader(type: superseded, length: 0).word }
    private static var silentMask: UInt64 {
        RelayHeader(type: .max, detail: SampleFields.surroundings.union(.tail).rawValue, length: 0).word
    }

    private mutating func markSuperseded(from head: Int) {
        var offset = head
        while offset < end {
            let header = header(at: offset)
            if header.type == RelayRecordType.sample.rawValue {
                let kind = kind(at: offset)
                if kind == PointerKind.move.rawValue || kind == PointerKind.scroll.rawValue {
                    let isScroll = kind == PointerKind.scroll.rawValue
                    let older = table.replaceNewest(slot: header.slot, isScroll: isScroll, offset: offset)
                    if let older { supersede(older, by: offset) }
                }
            } else if header.type == RelayRecordType.leave.rawValue {
                if fault != .crossesLeave { table.forgetNewest(slot: header.slot) }
            } else if header.type == RelayRecordType.text.rawValue {
                table.named(header.detail, index: header.slot, offset: offset)
            }
            offset += header.recordBytes
        }
    }

    @inline(__always)
    private func supersede(_ older: Int, by newer: Int) {
        if fault == .overtakesClick, length(at: older) == length(at: newer) {
            let bytes = RelayRecordType.sampleBytes
            unsafe (base + older).copyMemory(from: base + newer, byteCount: bytes)
        }
        let isReversed = fault == .keepsOldest || fault == .overtakesClick
        unsafe base.storeBytes(of: Self.superseded, toByteOffset: isReversed ? newer : older, as: UInt8.self)
    }

    private mutating func removeMarked(from head: Int) {
        var source = head
        var target = fault == .movesPartialRecord ? start : head
        var rider = riders.firstIndex { $0.offset >= head } ?? riders.endIndex
        while source < end {
            let header = header(at: source)
            let length = header.recordBytes
            // Most of those that go say nothing that has to stay, and stand behind none that did.
            if header.word & Self.silentMask == Self.silentWord, table.keptCount == 0 {
                foldedCount += 1
                source += length
                continue
            }
            if rider < riders.endIndex, riders[rider].offset == source {
                riders[rider].offset = target
                if fault == .losesRider { riders.remove(at: rider) } else { rider += 1 }
            }
            switch settle(source, header) {
            case .removed: break
            case .asItIs:
                if target != source {
                    unsafe (base + target).copyMemory(from: base + source, byteCount: length)
                }
                target += length
            case .saying(let said):
                target += put(said, at: target, length)
            }
            source += length
        }
        end = target
    }

    /// What becomes of a record.
    private enum Settlement {
        case removed
        case asItIs
        /// It stays and says more than before.
        case saying(SaidSurroundings)
    }

    /// Lets a record say what those removed in front of it said, and decides whether it goes itself.
    private mutating func settle(_ offset: Int, _ header: RelayHeader) -> Settlement {
        switch header.type {
        case RelayRecordType.sample.rawValue:
            // Only samples made entries; forgetting them leaves the table empty for the next fold.
            table.forgetNewest(slot: header.slot)
            if table.keptCount == 0 { return .asItIs }
            return combined(at: offset, header).map { .saying($0) } ?? .asItIs
        case Self.superseded:
            let older = combined(at: offset, header)
            var said = older ?? SaidSurroundings(sample(at: offset), tail(at: offset, header))
            if mustStay(said, at: offset) {
                // Further on its page's or its name's number means another one.
                unsafe base.storeBytes(of: PointerSample.recordType, toByteOffset: offset, as: UInt8.self)
                said.sample.type = PointerSample.recordType
                return older == nil ? .asItIs : .saying(said)
            }
            if fault == .losesTail { said.tail = nil }
            if said.saysAny, fault != .losesSurroundings { table.keep(said) }
            foldedCount += 1
            return .removed
        case RelayRecordType.text.rawValue:
            table.forget(header.detail, index: header.slot, at: offset)
            return .asItIs
        default:
            return .asItIs
        }
    }

    private func mustStay(_ said: SaidSurroundings, at offset: Int) -> Bool {
        if said.sample.fields.contains(.page), fault != .saysPastRenaming,
            table.isRenamed(.page, index: said.sample.page, behind: offset)
        {
            return true
        }
        guard let tail = said.tail, tail.fields.contains(.name), fault != .saysNamePastRenaming else {
            return false
        }
        return table.isRenamed(.name, index: tail.name, behind: offset)
    }

    /// What the sample at `offset` says together with those removed in front of it; nil where none were.
    @inline(__always)
    private mutating func combined(at offset: Int, _ header: RelayHeader) -> SaidSurroundings? {
        guard let older = table.takeSurroundings(slot: header.slot) else { return nil }
        var said = SaidSurroundings(sample(at: offset), tail(at: offset, header))
        if fault == .saysOverNewer { said.forget() }
        said.take(from: older)
        return said
    }

    /// Writes a sample that says more than it did, which was `length` bytes long; returns how many it has.
    private mutating func put(_ said: SaidSurroundings, at target: Int, _ length: Int) -> Int {
        guard let tail = said.tail else {
            unsafe base.storeBytes(of: said.sample, toByteOffset: target, as: PointerSample.self)
            return length
        }
        storeTailed(said.sample, tail, at: target)
        let bytes = RelayRecordType.tailedSampleBytes
        if !said.sample.kind.isFoldable { unfoldable += bytes - length }
        return bytes
    }

    private func sample(at offset: Int) -> PointerSample {
        unsafe base.load(fromByteOffset: offset, as: PointerSample.self)
    }

    private func tail(at offset: Int, _ header: RelayHeader) -> SampleTail? {
        guard Int(header.length) > RelayRecordType.sampleBytes else { return nil }
        return unsafe base.load(fromByteOffset: offset + RelayRecordType.sampleBytes, as: SampleTail.self)
    }

    func header(at offset: Int) -> RelayHeader {
        unsafe base.load(fromByteOffset: offset, as: RelayHeader.self)
    }

    func length(at offset: Int) -> Int { header(at: offset).recordBytes }

    private func kind(at offset: Int) -> UInt8 {
        unsafe base.load(fromByteOffset: offset + RelayRecordType.kindOffset, as: UInt8.self)
    }

    func foldability(at offset: Int) -> Foldability {
        guard header(at: offset).type == RelayRecordType.sample.rawValue else { return .other }
        let kind = PointerKind(rawValue: kind(at: offset))
        return kind?.isFoldable == true ? .foldable : .unfoldableSample
    }
}
