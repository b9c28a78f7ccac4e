import ByteCore
import FramesShape

/// Connections between two channels in a snapshot, by their numbers.
///
/// ```
///  [ "MOVE" ][ moves u32 ] n x [ connection u64 ][ channel u32 ]     all ones: nobody's
///      [ speakers u32 ] n x [ visitor's entry u32 ][ claim u32 ][ page u32 ]     all ones: none
/// ```
/// They stand behind the channels and before all that looks at who is spoken for.
extension BroadcastHub {
    private static let movesMark: UInt32 = 0x4556_4F4D

    func writeMoves(into buffer: inout ByteBuffer) {
        buffer.append(integer: Self.movesMark)
        let moves = isFaulty(.movesNotMoved) ? [:] : moves.moves
        buffer.append(integer: UInt32(moves.count))
        for (connection, move) in moves.sorted(by: { $0.key < $1.key }) {
            buffer.append(integer: connection)
            buffer.append(integer: move.channel.map { UInt32($0) } ?? .max)
            buffer.append(integer: UInt32(move.speakers.count))
            for speaker in move.speakers {
                buffer.append(integer: speaker.visitor)
                buffer.append(integer: speaker.claim)
                buffer.append(integer: speaker.page)
            }
        }
    }

    func readMoves(from reader: inout SnapshotReader) throws(SnapshotFault) {
        try reader.mark(Self.movesMark)
        var last: UInt64?
        for _ in 0..<(try reader.count(upTo: limits.slotsPerChannel)) {
            let connection = try reader.integer(UInt64.self)
            try reader.require(last.map { $0 < connection } ?? true)
            last = connection
            let owner = try reader.integer(UInt32.self)
            let channel = owner == .max ? nil : Int(owner)
            try reader.require(channel.map { channels.isOpen($0) } ?? true)
            let count = try reader.count(upTo: limits.slotsPerChannel - moves.speakerCount)
            try reader.require(count > 0)
            for _ in 0..<count {
                let speaker = MoveTable.Speaker(
                    visitor: try reader.integer(), claim: try reader.integer(), page: try reader.integer())
                try reader.require(visitors.isPresent(speaker.visitor))
                try reader.require(speaker.page == PageTable.none || pages.isInUse(speaker.page))
                visitors[speaker.visitor].pointee.speakers += 1
                moves.add(speaker, to: connection, channel: channel)
            }
        }
    }
}
