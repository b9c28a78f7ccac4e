import ByteCore
import FramesShape

/// Who is in grace in a snapshot, in the order in which their time ends.
///
/// ```
///  [ "GRAC" ][ visitors u32 ] n x [ entry u32 ][ until i64 ]
/// ```
/// Who is present is spoken for or in grace, and nobody is both.
extension BroadcastHub {
    private static let graceMark: UInt32 = 0x4341_5247

    func writeGrace(into buffer: inout ByteBuffer) {
        buffer.append(integer: Self.graceMark)
        buffer.append(integer: UInt32(grace.count))
        grace.forEach { visitor, deadline in
            buffer.append(integer: visitor)
            buffer.append(integer: isFaulty(.graceNotMoved) ? deadline + limits.graceNanoseconds : deadline)
        }
    }

    func readGrace(from reader: inout SnapshotReader) throws(SnapshotFault) {
        try reader.mark(Self.graceMark)
        var last = Int64.min
        for _ in 0..<(try reader.count(upTo: visitors.presentCount)) {
            let visitor = try reader.integer(UInt32.self)
            let deadline = try reader.time()
            try reader.require(visitors.isPresent(visitor) && deadline >= last)
            try reader.require(visitors[visitor].pointee.speakers == 0 && !grace.contains(visitor))
            visitors[visitor].pointee.flags.insert(.inGrace)
            grace.begin(visitor, until: deadline)
            last = deadline
        }
        var visitor = visitors.oldest
        while visitor != Visitor.none {
            let entry = visitors[visitor].pointee
            try reader.require(entry.speakers > 0 || entry.flags.contains(.inGrace))
            visitor = visitors.next(of: visitor)
        }
    }
}
