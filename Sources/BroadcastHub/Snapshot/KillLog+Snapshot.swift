import ByteCore
import FramesShape
import PointerEvents

/// Remembered kills in a snapshot, the oldest first.
///
/// ```
///  [ "KILL" ][ forgotten through u64 ][ kills u32 ] n x [ n u64 ][ length u8 ][ id ]
/// ```
extension KillLog {
    private static let mark: UInt32 = 0x4C4C_494B

    func write(into buffer: inout ByteBuffer) {
        buffer.append(integer: Self.mark)
        buffer.append(integer: forgottenThrough)
        buffer.append(integer: UInt32(count))
        for index in 0..<count {
            buffer.append(integer: n(at: index))
            buffer.append(UInt8(id(at: index).count))
            buffer.append(id(at: index))
        }
    }

    mutating func read(headN: UInt64, from reader: inout SnapshotReader) throws(SnapshotFault) {
        try reader.mark(Self.mark)
        var last = try reader.number(upTo: headN)
        restore(forgottenThrough: last)
        let kills = try reader.count(upTo: .max)
        guard kills <= capacity else { throw .noRoom }
        for _ in 0..<kills {
            let n = try reader.number(upTo: headN)
            let id = try reader.bytes(Int(try reader.integer(UInt8.self)))
            try reader.require(n > last && !id.isEmpty && id.count <= PointerEvents.Limits.idBytes)
            try reader.require(UTF8Validator.isValid(id))
            append(n: n, id: id)
            last = n
        }
    }
}
