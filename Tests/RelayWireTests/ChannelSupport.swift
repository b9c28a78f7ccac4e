import ByteCore
import PointerEvents
import RelayWire

/// A record as the tests compare it: what a `RelayRecord` says, with its bytes copied out.
enum Told: Equatable {
    case hello
    case sample(slot: UInt32, kind: PointerKind, x: Double, says: Surroundings = Surroundings())
    case join(
        slot: UInt32, connection: UInt64, received: Int64, id: [UInt8], stamp: UInt64 = 0,
        instance: UInt64 = 0, isMoved: Bool = false)
    case leave(slot: UInt32, connection: UInt64, mayReturn: Bool = false)
    case moving(slot: UInt32, connection: UInt64)
    case text(RelayText, index: UInt32, bytes: [UInt8])
    case noText(RelayText, index: UInt32)
    case closed(UInt64)
    case connection(UInt64, isFirst: Bool = false)
    case moved(UInt64, isAlone: Bool = false, state: [UInt8])
    case adopt(UInt64, isAlone: Bool = false, state: [UInt8])
    case adopted(UInt64)
    case arrived(RelayArrival)
    case identityKey([UInt8])

    init(_ record: RelayRecord) {
        switch record {
        case .hello:
            self = .hello
        case .sample(let sample):
            self = .sample(
                slot: sample.pointee.slot, kind: sample.pointee.kind, x: sample.pointee.x,
                says: Surroundings(sample.pointee))
        case .tailedSample(let sample, let tail):
            self = .sample(
                slot: sample.pointee.slot, kind: sample.pointee.kind, x: sample.pointee.x,
                says: Surroundings(sample.pointee, tail.pointee))
        case .join(let join):
            self = .join(
                slot: join.slot, connection: join.connection, received: join.receivedNanoseconds,
                id: Array(join.id), stamp: join.stamp, instance: join.instance, isMoved: join.isMoved)
        case .leave(let slot, let connection, let mayReturn):
            self = .leave(slot: slot, connection: connection, mayReturn: mayReturn)
        case .moving(let slot, let connection):
            self = .moving(slot: slot, connection: connection)
        case .moved(let move):
            self = .moved(move.connection, isAlone: move.isAlone, state: Array(move.state))
        case .adopt(let move):
            self = .adopt(move.connection, isAlone: move.isAlone, state: Array(move.state))
        case .adopted(let connection):
            self = .adopted(connection)
        case .arrived(let arrival):
            self = .arrived(arrival)
        case .text(let kind, let index, let bytes):
            self = .text(kind, index: index, bytes: Array(bytes))
        case .noText(let kind, let index):
            self = .noText(kind, index: index)
        case .closed(let connection):
            self = .closed(connection)
        case .connection(let connection, let isFirst):
            self = .connection(connection, isFirst: isFirst)
        case .identityKey(let key):
            self = .identityKey(Array(key))
        }
    }
}

/// What a sample says of where its visitor is; nil for what it does not say.
struct Surroundings: Equatable {
    var page: UInt32?
    var width: Double?
    var height: Double?
    /// Nil where the sample has no tail.
    var tail: Tail?

    struct Tail: Equatable {
        var scrollX: Double?
        var scrollY: Double?
        var documentWidth: Double?
        var documentHeight: Double?
        var pointerType: UInt8?
        var name: UInt32?
        /// Of the sample alone.
        var element: UInt32?

        /// Without what is of the sample alone; nil where nothing is left.
        var carried: Tail? {
            var carried = self
            carried.element = nil
            return carried == Tail() ? nil : carried
        }

        mutating func take(from older: Tail) {
            scrollX = scrollX ?? older.scrollX
            scrollY = scrollY ?? older.scrollY
            documentWidth = documentWidth ?? older.documentWidth
            documentHeight = documentHeight ?? older.documentHeight
            pointerType = pointerType ?? older.pointerType
            name = name ?? older.name
        }
    }

    init(page: UInt32? = nil, width: Double? = nil, height: Double? = nil, tail: Tail? = nil) {
        self.page = page
        self.width = width
        self.height = height
        self.tail = tail
    }

    init(_ sample: PointerSample, _ tail: SampleTail? = nil) {
        if sample.fields.contains(.page) { page = sample.page }
        if sample.fields.contains(.width) { width = sample.width }
        if sample.fields.contains(.height) { height = sample.height }
        self.tail = tail.map { Tail($0) }
    }

    /// Says also what an older sample says and this one does not.
    mutating func take(from older: Surroundings) {
        page = page ?? older.page
        width = width ?? older.width
        height = height ?? older.height
        guard let carried = older.tail?.carried else { return }
        var tail = tail ?? Tail()
        tail.take(from: carried)
        self.tail = tail
    }

    /// Bytes of the record of a sample that says it.
    var recordBytes: Int { tail == nil ? 64 : 112 }
}

extension Surroundings.Tail {
    init(_ tail: SampleTail) {
        if tail.fields.contains(.scrollX) { scrollX = tail.scrollX }
        if tail.fields.contains(.scrollY) { scrollY = tail.scrollY }
        if tail.fields.contains(.documentWidth) { documentWidth = tail.documentWidth }
        if tail.fields.contains(.documentHeight) { documentHeight = tail.documentHeight }
        if tail.fields.contains(.pointerType) { pointerType = tail.pointerType }
        if tail.fields.contains(.name) { name = tail.name }
        if tail.fields.contains(.element) { element = tail.element }
    }

    /// As the wire has it.
    var wire: SampleTail {
        var wire = SampleTail()
        if let scrollX { (wire.scrollX, _) = (scrollX, wire.fields.insert(.scrollX)) }
        if let scrollY { (wire.scrollY, _) = (scrollY, wire.fields.insert(.scrollY)) }
        if let documentWidth { (wire.documentWidth, _) = (documentWidth, wire.fields.insert(.documentWidth)) }
        if let documentHeight {
            (wire.documentHeight, _) = (documentHeight, wire.fields.insert(.documentHeight))
        }
        if let pointerType { (wire.pointerType, _) = (pointerType, wire.fields.insert(.pointerType)) }
        if let name { (wire.name, _) = (name, wire.fields.insert(.name)) }
        if let element { (wire.element, _) = (element, wire.fields.insert(.element)) }
        return wire
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
        withBytes(of: path) { bytes in appendText(.page, index: index, bytes: bytes) }
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
        if let tail = says.tail { append(sample, tail: tail.wire) } else { append(sample) }
    }

    mutating func appendText(_ kind: RelayText, index: UInt32, text: String) {
        withBytes(of: text) { bytes in appendText(kind, index: index, bytes: bytes) }
    }

    /// Takes everything out of the queue.
    mutating func drain() -> [UInt8] {
        var bytes: [UInt8] = []
        while !isEmpty {
            bytes += readable
            wrote(readable.count)
        }
        return bytes
    }

    mutating func appendMoved(connection: UInt64, state: [UInt8], descriptor: Int32?) {
        state.withUnsafeBytes { appendMoved(connection: connection, state: $0, descriptor: descriptor) }
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
