import ByteCore
import FramesShape
import PointerEvents

/// Claims to identities in a snapshot, by number.
///
/// ```
///  [ "CLAM" ][ horizon u64 ][ forgotten u64 ]
///  [ claims u32 ] n x [ number u32 ][ stamp u64 ][ instance u64 ][ length u8 ][ id ]
///  2 x [ spoken for by nobody u32 ] n x [ number u32 ]     who has been gone for longest first: those who
///                                                          redeemed a token, and those who have not
/// ```
/// Who speaks with them stands with the channels, which come before.
extension ClaimTable {
    private static let mark: UInt32 = 0x4D41_4C43

    /// `withoutStamps` and `withoutHorizon` are true only where the tests plant those faults.
    func write(into buffer: inout ByteBuffer, withoutStamps: Bool = false, withoutHorizon: Bool = false) {
        buffer.append(integer: Self.mark)
        buffer.append(integer: withoutHorizon ? 0 : horizon)
        buffer.append(integer: forgotten)
        buffer.append(integer: UInt32(count))
        for number in 0..<UInt32(numbersInUse) where isInUse(number) {
            buffer.append(integer: number)
            buffer.append(integer: withoutStamps ? 0 : self[number].stamp)
            buffer.append(integer: self[number].instance)
            buffer.append(UInt8(id(of: number).count))
            buffer.append(id(of: number))
        }
        write(redeemed, into: &buffer)
        write(fresh, into: &buffer)
    }

    private func write(_ gone: Gone, into buffer: inout ByteBuffer) {
        buffer.append(integer: UInt32(gone.count))
        var number = gone.longest
        while number != Self.none {
            buffer.append(integer: number)
            number = self[number].next
        }
    }

    /// Reads the claims; `slots` calls what it is given with the claim of each slot that speaks with one.
    mutating func read(
        from reader: inout SnapshotReader, slots: ((UInt32) -> Void) -> Void
    ) throws(SnapshotFault) {
        try reader.mark(Self.mark)
        restore(horizon: try reader.integer(), forgotten: try reader.counter())
        for _ in 0..<(try reader.count(upTo: .max)) {
            let number = try reader.integer(UInt32.self)
            let claim = IdentityClaim(stamp: try reader.integer(), instance: try reader.integer())
            let id = try reader.bytes(Int(try reader.integer(UInt8.self)))
            try reader.require(!id.isEmpty && id.count <= PointerEvents.Limits.idBytes)
            try reader.require(Int(number) >= numbersInUse)
            guard restore(id, as: number, claim) else { throw .noRoom }
        }
        var areKnown = true
        var speaking = 0
        slots { number in
            if areKnown { areKnown = restoreSpeaker(number) }
            if areKnown, self[number].speakers == 1 { speaking += 1 }
        }
        try reader.require(areKnown)
        var gone = 0
        for hasRedeemed in [true, false] {
            for _ in 0..<(try reader.count(upTo: count)) {
                let number = try reader.integer(UInt32.self)
                try reader.require(isInUse(number) && self[number].hasRedeemed == hasRedeemed)
                try reader.require(restoreGone(number))
                gone += 1
            }
        }
        guard isWithinLimits else { throw .noRoom }
        try reader.require(gone + speaking == count)
    }
}
