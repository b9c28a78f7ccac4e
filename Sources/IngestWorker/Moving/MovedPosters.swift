import ByteCore
import PointerEvents

/// Visitors who only post, on their way from one worker to another: they have no connection that would move.
///
/// ```
///  0 [ version u16 | 255 u8 | 0 u8 | visitors u32 ]
///  8 visitors x [ heard, seconds u32 ][ length u8 ][ id ]
/// ```
struct MovedPosters: Equatable {
    struct Poster: Equatable {
        /// Of CLOCK_MONOTONIC.
        var heardSeconds: UInt32
        var id: [UInt8]
    }

    /// Where a connection's record has its phase.
    private static let mark: UInt8 = 255

    var posters: [Poster] = []

    init() {}

    func append(to buffer: inout ByteBuffer) {
        buffer.append(memoryOf: MovedConnection.version)
        buffer.append(Self.mark)
        buffer.append(0 as UInt8)
        buffer.append(memoryOf: UInt32(posters.count))
        for poster in posters {
            buffer.append(memoryOf: poster.heardSeconds)
            buffer.append(UInt8(poster.id.count))
            unsafe poster.id.withUnsafeBytes { unsafe buffer.append($0) }
        }
    }

    /// Reads a whole record.
    static func reading(_ state: [UInt8]) throws(MoveFault) -> MovedPosters {
        let result: Result<MovedPosters, MoveFault> = unsafe state.withUnsafeBytes { bytes in
            do throws(MoveFault) {
                return .success(unsafe try MovedPosters(reading: bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(reading bytes: UnsafeRawBufferPointer) throws(MoveFault) {
        var reader = unsafe MoveReader(bytes)
        try reader.require(try reader.integer(UInt16.self) == MovedConnection.version)
        try reader.require(try reader.integer(UInt8.self) == Self.mark)
        try reader.require(try reader.integer(UInt8.self) == 0)
        for _ in 0..<(try reader.count()) {
            posters.append(Poster(heardSeconds: try reader.integer(), id: try reader.id()))
        }
        try reader.require(reader.isAtEnd)
    }
}
