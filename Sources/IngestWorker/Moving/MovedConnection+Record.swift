import ByteCore
import PointerEvents

/// A connection's record.
///
/// ```
///   0 [ version u16 | phase u8 | 0 u8 | flags u16 | speakers u16 ]     of every version: version and phase
///   8 [ since, seconds i64 ][ unfinished since, seconds i64 ]
///  24 [ share: full at i64 ][ rates: events full at, bytes full at, over since: 3 x i64 ]
///  56 [ needed bytes u32 | last work u32 | address key u32 | texts due u32 ]
///  72 [ last heard u16 | 0 u16 | kept u32 | outbound u32 | socket u32 ]
///  88 speakers x [ length u8 ][ id ]
///     [ since, seconds i64 ][ told: rate u32, batch u32 ][ own: rate u32, batch u32 ]
///     [ state, 136 bytes ]                                              where it speaks pointerscope.v1
///     [ socket ][ kept ][ outbound ]
/// ```
/// Reading is strict: a record that is cut off, too long, or says what cannot be is refused.
extension MovedConnection {
    static let version: UInt16 = 1

    func append(to buffer: inout ByteBuffer) {
        buffer.append(memoryOf: Self.version)
        buffer.append(phase.rawValue)
        buffer.append(0 as UInt8)
        buffer.append(memoryOf: flags.rawValue)
        buffer.append(memoryOf: UInt16(speakers.count))
        for time in [
            sinceSeconds, unfinishedSinceSeconds, shareFullAt, rates.eventsFullAt, rates.bytesFullAt,
            rates.overSince,
        ] { buffer.append(memoryOf: time) }
        for word in [neededBytes, lastWork, addressKey, textsDue, UInt32(lastHeard)] {
            buffer.append(memoryOf: word)
        }
        for part in [kept, outbound, socket] { buffer.append(memoryOf: UInt32(part.count)) }
        for id in speakers {
            buffer.append(UInt8(id.count))
            unsafe id.withUnsafeBytes { unsafe buffer.append($0) }
        }
        if let wire {
            buffer.append(memoryOf: wire.sinceSeconds)
            for pace in [wire.told, wire.own] {
                buffer.append(memoryOf: UInt32(pace.rate))
                buffer.append(memoryOf: pace.batchMilliseconds)
            }
            wire.state.appendMoved(to: &buffer)
        }
        for part in [socket, kept, outbound] { unsafe part.withUnsafeBytes { unsafe buffer.append($0) } }
    }

    /// Reads a whole record.
    static func reading(_ state: [UInt8]) throws(MoveFault) -> MovedConnection {
        let result: Result<MovedConnection, MoveFault> = unsafe state.withUnsafeBytes { bytes in
            do throws(MoveFault) {
                return .success(unsafe try MovedConnection(reading: bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(reading bytes: UnsafeRawBufferPointer) throws(MoveFault) {
        let isOpen = unsafe bytes.count > 2 && bytes[2] == Phase.open.rawValue
        do throws(MoveFault) {
            var reader = unsafe MoveReader(bytes)
            try self.init(&reader)
        } catch {
            throw MoveFault(isOpen: isOpen)
        }
    }

    private init(_ reader: inout MoveReader) throws(MoveFault) {
        guard try reader.integer(UInt16.self) == Self.version,
            let phase = Phase(rawValue: try reader.integer())
        else { throw reader.fault }
        self.init(phase: phase)
        try reader.require(try reader.integer(UInt8.self) == 0)
        flags = Flags(rawValue: try reader.integer())
        let speakerCount = try Int(reader.integer(UInt16.self))
        sinceSeconds = try reader.integer()
        unfinishedSinceSeconds = try reader.integer()
        shareFullAt = try reader.integer()
        rates = Rates(
            eventsFullAt: try reader.integer(), bytesFullAt: try reader.integer(),
            overSince: try reader.integer())
        neededBytes = try reader.integer()
        lastWork = try reader.integer()
        addressKey = try reader.integer()
        textsDue = try reader.integer()
        lastHeard = try reader.integer()
        try reader.require(try reader.integer(UInt16.self) == 0)
        let (keptCount, outboundCount) = (try reader.count(), try reader.count())
        let socketCount = try reader.count()
        for _ in 0..<speakerCount { speakers.append(try reader.id()) }
        if flags.contains(.isWire) { wire = try Wire(&reader) }
        socket = try reader.bytes(socketCount)
        kept = try reader.bytes(keptCount)
        outbound = try reader.bytes(outboundCount)
        try reader.require(reader.isAtEnd && isSound)
    }

    /// Whether its parts fit one another; those of the frame in hand are `WebSocketConnection`'s to judge.
    private var isSound: Bool {
        guard flags.isSubset(of: .all), speakers.count <= Limits.idsPerConnection,
            lastHeard == Self.nobody || Int(lastHeard) < speakers.count, sinceSeconds >= 0,
            unfinishedSinceSeconds >= 0, neededBytes <= WorkerLimits.receiveBytes
        else { return false }
        if phase != .open {
            let isOfOpenOnes = !flags.isDisjoint(with: [.isWire, .hasRest, .deflates])
            return speakers.isEmpty && socket.isEmpty && !isOfOpenOnes
                && (kept.isEmpty || Int(neededBytes) > kept.count) && kept.count < WorkerLimits.receiveBytes
        }
        guard kept.count <= 2 * WorkerLimits.receiveBytes,
            flags.contains(.hasRest) || kept.isEmpty || Int(neededBytes) > kept.count
        else { return false }
        guard flags.contains(.isWire) else { return flags.isDisjoint(with: [.isKnown, .hasOwnPace]) }
        return speakers.count == (flags.contains(.isKnown) ? 1 : 0)
    }
}

extension MovedConnection.Wire {
    fileprivate init(_ reader: inout MoveReader) throws(MoveFault) {
        sinceSeconds = try reader.integer()
        told = try Pace(&reader)
        own = try Pace(&reader)
        let bytes = try reader.bytes(WireV1State.movedBytes)
        guard let state = unsafe bytes.withUnsafeBytes({ unsafe WireV1State(moved: $0) }) else {
            throw reader.fault
        }
        self.state = state
    }
}

extension Pace {
    fileprivate init(_ reader: inout MoveReader) throws(MoveFault) {
        guard let rate = UInt8(exactly: try reader.integer(UInt32.self)) else { throw reader.fault }
        self.init(rate: rate, batchMilliseconds: try reader.integer())
    }
}

/// Reads a record of a move, never past its end.
@safe struct MoveReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    /// `bytes` must outlive it.
    init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    var isAtEnd: Bool { unsafe offset == bytes.count }
    var fault: MoveFault { MoveFault(isOpen: false) }

    func require(_ holds: Bool) throws(MoveFault) {
        guard holds else { throw fault }
    }

    mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(MoveFault) -> Value {
        let size = MemoryLayout<Value>.size
        guard unsafe bytes.count - offset >= size else { throw fault }
        defer { offset += size }
        return unsafe bytes.loadUnaligned(fromByteOffset: offset, as: type)
    }

    /// How many bytes a part has.
    mutating func count() throws(MoveFault) -> Int {
        let count = try Int(integer(UInt32.self))
        guard unsafe count <= bytes.count else { throw fault }
        return count
    }

    mutating func bytes(_ count: Int) throws(MoveFault) -> [UInt8] {
        guard unsafe bytes.count - offset >= count else { throw fault }
        defer { offset += count }
        return unsafe Array(bytes[offset..<(offset + count)])
    }

    /// A visitor's id, which the master will hold to be one.
    mutating func id() throws(MoveFault) -> [UInt8] {
        let id = try bytes(Int(integer(UInt8.self)))
        let isText = unsafe id.withUnsafeBytes { unsafe UTF8Validator.isValid($0) }
        guard (1...Limits.idBytes).contains(id.count), isText else { throw fault }
        return id
    }
}
