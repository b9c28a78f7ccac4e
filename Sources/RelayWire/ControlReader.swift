public import ByteCore

/// Reads one end of a control channel, record by record, out of the caller's buffer.
public struct ControlReader: Sendable {
    private enum State {
        case awaitingHello
        case open
        case failed(RelayError)
    }

    private var state = State.awaitingHello
    private let peer: ChannelPeer

    /// Makes a reader of what `peer` writes.
    public init(from peer: ChannelPeer) { self.peer = peer }

    /// Whether the peer's hello was read, and nothing wrong since.
    public var isOpen: Bool {
        if case .open = state { return true }
        return false
    }

    /// Takes the peer's hello as read.
    mutating func open() { state = .open }

    /// The record that `bytes` begins with and its length, or nil when not all of it is there yet.
    ///
    /// After an error every call throws it again.
    public mutating func next(
        _ bytes: UnsafeRawBufferPointer
    ) throws(RelayError) -> (record: ControlRecord, consumed: Int)? {
        if case .failed(let error) = state { throw error }
        guard bytes.count >= MemoryLayout<RelayHeader>.size else { return nil }
        do throws(RelayError) {
            let header = unsafe bytes.loadUnaligned(as: RelayHeader.self)
            let kind = try admit(header)
            guard bytes.count >= kind.bytes else { return nil }
            return unsafe (try record(kind, header, bytes), kind.bytes)
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Takes every whole record out of `inbound`; nil when the peer speaks nonsense.
    public mutating func takeRecords(from inbound: inout ByteBuffer) -> [ControlRecord]? {
        var records: [ControlRecord] = []
        do throws(RelayError) {
            while let (record, consumed) = unsafe try next(inbound.readable) {
                inbound.consume(consumed)
                records.append(record)
            }
        } catch {
            return nil
        }
        return records
    }

    /// Judges a header before the rest of its record is waited for.
    private func admit(_ header: RelayHeader) throws(RelayError) -> ControlRecord.Kind {
        guard let kind = ControlRecord.Kind(rawValue: header.type), kind.comes(from: peer) else {
            throw .unexpectedType(header.type)
        }
        guard Int(header.length) == kind.bytes else {
            throw .wrongLength(type: header.type, length: header.length)
        }
        switch state {
        case .awaitingHello where kind != .hello, .open where kind == .hello: throw .helloOutOfPlace
        case .awaitingHello, .open, .failed: return kind
        }
    }

    /// What is about a worker's own listener.
    private func doorRecord(
        _ kind: ControlRecord.Kind, _ header: RelayHeader, _ bytes: UnsafeRawBufferPointer
    ) throws(RelayError) -> ControlRecord {
        let connection = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        switch kind {
        case .letIn: return .letIn(connection: connection, place: header.slot)
        case .turnAway: return .turnAway(connection: connection, place: header.slot)
        case .cut: return .cut(connection: connection, place: header.slot)
        default:
            guard let how = UInt8(exactly: header.slot), how & ~Listening.all.rawValue == 0 else {
                throw .outOfRange(type: header.type, index: header.slot)
            }
            return .listen(Listening(rawValue: how), first: connection)
        }
    }

    private mutating func record(
        _ kind: ControlRecord.Kind, _ header: RelayHeader, _ bytes: UnsafeRawBufferPointer
    ) throws(RelayError) -> ControlRecord {
        switch kind {
        case .hello:
            let magic = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
            guard magic == ControlRecord.magic else { throw .wrongMagic(magic) }
            let version = unsafe bytes.loadUnaligned(fromByteOffset: 12, as: UInt16.self)
            guard version == ControlRecord.version else { throw .otherVersion(version) }
            state = .open
            return .hello
        case .ready: return .ready(capacity: header.slot)
        case .ping: return unsafe .ping(sequence: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        case .pong: return unsafe .pong(sequence: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        case .stop: return .stop(deadlineMilliseconds: header.slot)
        case .stopped: return .stopped
        case .stopping: return .stopping
        case .originRefused:
            guard header.slot <= ControlRecord.originBytes else {
                throw .wrongLength(type: header.type, length: header.length)
            }
            return unsafe .originRefused(Array(bytes[8..<(8 + Int(header.slot))]))
        case .rate: return .rate(UInt8(header.slot & 0xFF), batchMilliseconds: header.slot >> 8)
        case .closely:
            let rate = unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
            guard let rate = UInt8(exactly: rate) else {
                throw .outOfRange(type: header.type, index: rate)
            }
            return unsafe .closely(
                connection: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self), rate: rate,
                batchMilliseconds: bytes.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
        case .refuse:
            return unsafe .refuse(connection: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        case .moveAway: return .moveAway(spreadMilliseconds: header.slot)
        case .admit:
            return unsafe .admit(connection: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        case .noPlace:
            return unsafe .noPlace(
                connection: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self), slot: header.slot)
        case .drain: return .drain(withinMilliseconds: header.slot)
        case .move: return .move(count: header.slot)
        case .listen, .letIn, .turnAway, .cut: return try unsafe doorRecord(kind, header, bytes)
        }
    }
}
