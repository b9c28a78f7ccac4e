import ByteCore
import FramesShape
import PointerEvents

/// Claims to identities in a snapshot, by number.
///
/// ```
///  [ "CLAM" ][ claims u32 ] n x [ number u32 ][ stamp u64 ][ instance u64 ][ length u8 ][ id ]
///  [ spoken for by nobody u32 ] n x [ number u32 ]     who has been gone for longest first
/// ```
/// Who speaks with them stands with the channels, which come before.
extension ClaimTable {
    private static let mark: UInt32 = 0x4D41_4C43

    /// `withoutStamps` is true only where the tests plant that fault.
    func write(into buffer: inout ByteBuffer, withoutStamps: Bool = false) {
        buffer.append(integer: Self.mark)
        buffer.append(integer: UInt32(count))
        for number in 0..<UInt32(numbersInUse) where isInUse(number) {
            buffer.append(integer: number)
            buffer.append(integer: withoutStamps ? 0 : self[number].stamp)
            buffer.append(integer: self[number].instance)
            buffer.append(UInt8(id(of: number).count))
            buffer.append(id(of: number))
        }
        var idle: [UInt32] = []
        var number = idlest
        while number != Self.none {
            idle.append(number)
            number = self[number].next
        }
        buffer.append(integer: UInt32(idle.count))
        for number in idle { buffer.append(integer: number) }
    }

    /// Reads the claims; `slots` calls what it is given with the claim of each slot that speaks with one.
    mutating func read(
        from reader: inout SnapshotReader, slots: ((UInt32) -> Void) -> Void
    ) throws(SnapshotFault) {
        try reader.mark(Self.mark)
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
        let idle = try reader.count(upTo: count)
        try reader.require(idle + speaking == count)
        for _ in 0..<idle { try reader.require(restoreIdle(try reader.integer())) }
    }
}
