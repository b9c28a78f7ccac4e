import PointerEvents

/// What a simulation must notice when it is done to a queue; never set outside tests.
enum FoldFault: CaseIterable {
    case keepsOldest
    case overtakesClick
    case crossesLeave
    case miscounts
    case movesPartialRecord
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
    /// the next owner says. A record partly written stays whole.
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
                if fault != .crossesLeave { table.forget(slot: header.slot) }
            } else if foldability(at: offset) == .foldable {
                let isScroll = kind(at: offset) == PointerKind.scroll.rawValue
                let older = table.replaceNewest(slot: header.slot, isScroll: isScroll, offset: offset)
                if let older { supersede(older, by: offset) }
            }
            offset += Int(header.length)
        }
    }

    private mutating func supersede(_ older: Int, by newer: Int) {
        foldedCount += 1
        if fault == .overtakesClick {
            let bytes = RelayRecordType.sampleBytes
            (base + older).copyMemory(from: base + newer, byteCount: bytes)
        }
        let isReversed = fault == .keepsOldest || fault == .overtakesClick
        base.storeBytes(of: Self.superseded, toByteOffset: isReversed ? newer : older, as: UInt8.self)
    }

    private mutating func removeMarked(from head: Int) {
        var source = head
        var target = fault == .movesPartialRecord ? start : head
        while source < end {
            let header = header(at: source)
            let length = Int(header.length)
            if header.type != Self.superseded {
                if target != source { (base + target).copyMemory(from: base + source, byteCount: length) }
                target += length
            }
            // Only samples made entries; forgetting them leaves the table empty for the next fold.
            if header.type == RelayRecordType.sample.rawValue { table.forget(slot: header.slot) }
            source += length
        }
        end = target
    }

    func header(at offset: Int) -> RelayHeader {
        base.load(fromByteOffset: offset, as: RelayHeader.self)
    }

    func length(at offset: Int) -> Int { Int(header(at: offset).length) }

    private func kind(at offset: Int) -> UInt8 {
        base.load(fromByteOffset: offset + RelayRecordType.kindOffset, as: UInt8.self)
    }

    func foldability(at offset: Int) -> Foldability {
        guard header(at: offset).type == RelayRecordType.sample.rawValue else { return .other }
        let kind = PointerKind(rawValue: kind(at: offset))
        return kind?.isFoldable == true ? .foldable : .unfoldableSample
    }
}
