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
    /// knows what it would have known of all of them.
    mutating func fold() {
        let head = boundary == start ? boundary : boundary + length(at: boundary)
        markSuperseded(from: head)
        removeMarked(from: head)
        // A queue that no fold makes small is folded less often, so that the cost per sample stays constant.
        foldDue = end + max(thresholds.intervalBytes, (end - start) / 4)
        if fault == .miscounts { foldedCount += 1 }
    }

    /// The type byte of a record that is to be removed; it never leaves this file.
    private static var superseded: UInt8 { 255 }

    private mutating func markSuperseded(from head: Int) {
        var offset = head
        while offset < end {
            let header = header(at: offset)
            if header.type == RelayRecordType.leave.rawValue {
                if fault != .crossesLeave { table.forgetNewest(slot: header.slot) }
            } else if header.type == RelayRecordType.page.rawValue {
                table.named(page: header.slot, offset: offset)
            } else if foldability(at: offset) == .foldable {
                let isScroll = kind(at: offset) == PointerKind.scroll.rawValue
                let older = table.replaceNewest(slot: header.slot, isScroll: isScroll, offset: offset)
                if let older { supersede(older, by: offset) }
            }
            offset += Int(header.length)
        }
    }

    private func supersede(_ older: Int, by newer: Int) {
        if fault == .overtakesClick {
            let bytes = RelayRecordType.sampleBytes
            unsafe (base + older).copyMemory(from: base + newer, byteCount: bytes)
        }
        let isReversed = fault == .keepsOldest || fault == .overtakesClick
        unsafe base.storeBytes(of: Self.superseded, toByteOffset: isReversed ? newer : older, as: UInt8.self)
    }

    private mutating func removeMarked(from head: Int) {
        var source = head
        var target = fault == .movesPartialRecord ? start : head
        while source < end {
            let header = header(at: source)
            let length = Int(header.length)
            let isRemoved = settle(source, header)
            if !isRemoved {
                if target != source {
                    unsafe (base + target).copyMemory(from: base + source, byteCount: length)
                }
                target += length
            }
            source += length
        }
        end = target
    }

    /// Lets a record say what those removed in front of it said, and decides whether it goes itself.
    private mutating func settle(_ offset: Int, _ header: RelayHeader) -> Bool {
        switch header.type {
        case RelayRecordType.sample.rawValue:
            saySurroundings(at: offset, header)
            // Only samples made entries; forgetting them leaves the table empty for the next fold.
            table.forgetNewest(slot: header.slot)
            return false
        case Self.superseded:
            saySurroundings(at: offset, header)
            let sample = unsafe base.load(fromByteOffset: offset, as: PointerSample.self)
            let fields = sample.fields.intersection(.surroundings)
            if fields.contains(.page), table.isRenamed(page: sample.page, behind: offset),
                fault != .saysPastRenaming
            {
                // Further on its page's number means another page.
                unsafe base.storeBytes(of: PointerSample.recordType, toByteOffset: offset, as: UInt8.self)
                return false
            }
            if !fields.isEmpty, fault != .losesSurroundings { table.keepSurroundings(of: sample) }
            foldedCount += 1
            return true
        case RelayRecordType.page.rawValue:
            table.forget(page: header.slot, at: offset)
            return false
        default:
            return false
        }
    }

    @inline(__always)
    private mutating func saySurroundings(at offset: Int, _ header: RelayHeader) {
        guard let older = table.takeSurroundings(slot: header.slot) else { return }
        let sample = unsafe (base + offset).assumingMemoryBound(to: PointerSample.self)
        if fault == .saysOverNewer { unsafe sample.pointee.fields.subtract(.surroundings) }
        unsafe sample.pointee.takeSurroundings(from: older)
    }

    func header(at offset: Int) -> RelayHeader {
        unsafe base.load(fromByteOffset: offset, as: RelayHeader.self)
    }

    func length(at offset: Int) -> Int { Int(header(at: offset).length) }

    private func kind(at offset: Int) -> UInt8 {
        unsafe base.load(fromByteOffset: offset + RelayRecordType.kindOffset, as: UInt8.self)
    }

    func foldability(at offset: Int) -> Foldability {
        guard header(at: offset).type == RelayRecordType.sample.rawValue else { return .other }
        let kind = PointerKind(rawValue: kind(at: offset))
        return kind?.isFoldable == true ? .foldable : .unfoldableSample
    }
}
