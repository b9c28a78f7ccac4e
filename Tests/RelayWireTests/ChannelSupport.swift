import ByteCore
import PointerEvents
import RelayWire

/// A record as the tests compare it: what a `RelayRecord` says, with its bytes copied out.
enum Told: Equatable {
    case hello
    case sample(slot: UInt32, kind: PointerKind, x: Double, says: Surroundings = Surroundings())
    case join(slot: UInt32, connection: UInt64, received: Int64, id: [UInt8])
    case leave(slot: UInt32, connection: UInt64)
    case page(index: UInt32, bytes: [UInt8])
    case closed(UInt64)
    case connection(UInt64)

    init(_ record: RelayRecord) {
        switch record {
        case .hello:
            self = .hello
        case .sample(let sample):
            self = .sample(
                slot: sample.pointee.slot, kind: sample.pointee.kind, x: sample.pointee.x,
                says: Surroundings(sample.pointee))
        case .join(let join):
            self = .join(
                slot: join.slot, connection: join.connection, received: join.receivedNanoseconds,
                id: Array(join.id))
        case .leave(let slot, let connection):
            self = .leave(slot: slot, connection: connection)
        case .page(let index, let bytes):
            self = .page(index: index, bytes: Array(bytes))
        case .closed(let connection):
            self = .closed(connection)
        case .connection(let connection):
            self = .connection(connection)
        }
    }
}

/// What a sample says of where its visitor is; nil for what it does not say.
struct Surroundings: Equatable {
    var page: UInt32?
    var width: Double?
    var height: Double?

    init(page: UInt32? = nil, width: Double? = nil, height: Double? = nil) {
        self.page = page
        self.width = width
        self.height = height
    }

    init(_ sample: PointerSample) {
        if sample.fields.contains(.page) { page = sample.page }
        if sample.fields.contains(.width) { width = sample.width }
        if sample.fields.contains(.height) { height = sample.height }
    }
}

/// A reader with the buffer its owner keeps for it.
struct Inbox: ~Copyable {
    private var reader: RelayReader
    private var buffer = ByteBuffer()

    init(from peer: ChannelPeer = .worker) { reader = RelayReader(from: peer) }

    /// Bytes that no record was made of yet.
    var rest: Int { buffer.count }

    mutating func receive(_ bytes: UnsafeRawBufferPointer) throws(RelayError) -> [Told] {
        buffer.append(bytes)
        var told: [Told] = []
        while let (record, consumed) = try reader.next(buffer.readable) {
            told.append(Told(record))
            buffer.consume(consumed)
        }
        return told
    }

    mutating func receive(_ bytes: [UInt8]) throws(RelayError) -> [Told] {
        buffer.append(copyOf: bytes)
        return try receive(UnsafeRawBufferPointer(start: nil, count: 0))
    }
}

extension ByteBuffer {
    mutating func append(copyOf bytes: [UInt8]) {
        for byte in bytes { append(byte) }
    }
}

extension RelayQueue {
    mutating func appendJoin(slot: UInt32, connection: UInt64, id: String) {
        withBytes(of: id) { bytes in
            appendJoin(slot: slot, connection: connection, receivedNanoseconds: 7, id: bytes)
        }
    }

    mutating func appendPage(index: UInt32, path: String) {
        withBytes(of: path) { bytes in appendPage(index: index, bytes: bytes) }
    }

    mutating func append(
        slot: UInt32, _ kind: PointerKind, x: Double, says: Surroundings = Surroundings()
    ) {
        var sample = makeSample(slot: slot, kind, x: x)
        if let page = says.page {
            sample.fields.insert(.page)
            sample.page = page
        }
        if let width = says.width {
            sample.fields.insert(.width)
            sample.width = width
        }
        if let height = says.height {
            sample.fields.insert(.height)
            sample.height = height
        }
        append(sample)
    }

    /// Takes everything out of the queue.
    mutating func drain() -> [UInt8] {
        let bytes = Array(readable)
        wrote(bytes.count)
        return bytes
    }
}

func makeSample(slot: UInt32, _ kind: PointerKind = .move, x: Double = 0) -> PointerSample {
    var sample = PointerSample(x: x, kind: kind)
    sample.slot = slot
    sample.receivedNanoseconds = 9
    return sample
}

func withBytes(of text: String, _ body: (UnsafeRawBufferPointer) -> Void) {
    Array(text.utf8).withUnsafeBytes(body)
}
