import ByteCore
import PosixIO

/// What a run's parent and its processes say to one another: records over a socket pair, host byte order.
///
/// ```
///  0 [ type u32 | payload bytes u32 ]
///  8 [ payload: a value of fixed layout, or an array of numbers ]
/// ```
/// Both ends are the same executable, so the layouts are Swift's.
enum LoadRecordType: UInt32 {
    // To a process.
    /// Connect viewers and visitors, these as their ramp has it.
    case open = 1
    /// The run begins: when, monotonic nanoseconds (i64).
    case begin
    /// Send nothing more.
    case stop
    /// Tell what was sent: `sentCounts` follow.
    case count
    /// What every visitor of the run sent (u32 each): `viewer`s, `missing` and the last figures follow.
    case totals
    /// Drain mode: these processes of the server are about to be stopped (i32 each).
    case stopping
    /// Drain mode: write so many frames to every connection (i64).
    case queue
    /// Close everything and exit.
    case finish

    // From a process.
    case progress = 32
    /// Faults so far: kind, code, count (u64 each).
    case faults
    /// Growth of a histogram: which, values' maximum, then bucket and count (u64 each).
    case latencies, handshakes, lag
    /// What this process's visitors sent (u32 each).
    case sentCounts
    /// One viewer's figures.
    case viewer
    /// Samples that viewers missed, by visitor (u32 each).
    case missing
    /// Nothing follows that the parent waits for.
    case done
    /// It cannot take part: a sentence in UTF-8.
    case failure

    /// Whether a record of this type may have so many bytes behind its header.
    func allows(payloadBytes count: Int) -> Bool {
        guard count <= LoadLimits.recordBytes else { return false }
        return switch self {
        case .begin, .queue: count == MemoryLayout<Int64>.size
        case .progress: count == MemoryLayout<LoadProgress>.size
        case .viewer: count == MemoryLayout<ViewerFigures>.size
        case .totals, .stopping, .sentCounts, .missing: count % MemoryLayout<UInt32>.size == 0
        case .faults, .latencies, .handshakes, .lag: count % MemoryLayout<UInt64>.size == 0
        case .open, .stop, .count, .finish, .done, .failure: true
        }
    }
}

/// How far a process is.
struct LoadProgress: BitwiseCopyable {
    var tally = CrowdTally()
    var streaming: Int64 = 0
    var received: UInt64 = 0
    var viewerBytes: UInt64 = 0
    /// When a viewer last received something; monotonic nanoseconds.
    var lastArrival: Int64 = 0
    var cpuNanoseconds: Int64 = 0
    var residentBytes: UInt64 = 0
    /// 1 once every visitor has tried to connect and no handshake is under way.
    var hasOpened: Int64 = 0
    /// 1 once all that was due was sent or given up.
    var hasSent: Int64 = 0
    /// Rounds of drain mode that were written.
    var queueRounds: Int64 = 0
    /// When the last sample was given to a socket; monotonic nanoseconds.
    var lastWritten: Int64 = 0
}

extension ByteBuffer {
    /// Appends a record whose payload is one value.
    mutating func appendRecord<Value: BitwiseCopyable>(_ type: LoadRecordType, _ value: Value) {
        append(memoryOf: type.rawValue)
        append(memoryOf: UInt32(MemoryLayout<Value>.size))
        append(memoryOf: value)
    }

    /// Appends a record whose payload is these bytes.
    mutating func appendRecord(_ type: LoadRecordType, bytes: UnsafeRawBufferPointer) {
        append(memoryOf: type.rawValue)
        append(memoryOf: UInt32(bytes.count))
        unsafe append(bytes)
    }

    /// Appends a record without a payload.
    mutating func appendRecord(_ type: LoadRecordType) {
        append(memoryOf: type.rawValue)
        append(memoryOf: UInt32(0))
    }
}

/// One record that was read; valid until its buffer changes.
@safe struct LoadRecord {
    let type: LoadRecordType
    let payload: UnsafeRawBufferPointer

    static let headerBytes = 8

    /// What stands at the start of some bytes.
    enum Next {
        /// Not all of a record.
        case incomplete
        /// A record, and how many bytes it takes.
        case record(LoadRecord, consumed: Int)
        /// Nothing that a process of a run says: whoever wrote it has come to harm.
        case unreadable
    }

    /// Takes the record at the start of `bytes`; its header is judged before the rest is waited for.
    static func next(_ bytes: UnsafeRawBufferPointer) -> Next {
        guard bytes.count >= headerBytes else { return .incomplete }
        let count = unsafe Int(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        guard let type = unsafe LoadRecordType(rawValue: bytes.loadUnaligned(as: UInt32.self)),
            type.allows(payloadBytes: count)
        else { return .unreadable }
        guard bytes.count >= headerBytes + count else { return .incomplete }
        let payload = unsafe UnsafeRawBufferPointer(rebasing: bytes[headerBytes..<(headerBytes + count)])
        return unsafe .record(LoadRecord(type: type, payload: payload), consumed: headerBytes + count)
    }

    /// The payload as one value.
    func value<Value: BitwiseCopyable>(as type: Value.Type) -> Value {
        unsafe precondition(payload.count == MemoryLayout<Value>.size)
        return unsafe payload.loadUnaligned(as: type)
    }

    /// How many numbers the payload holds.
    func count<Value: BitwiseCopyable>(of type: Value.Type) -> Int {
        unsafe payload.count / MemoryLayout<Value>.size
    }

    /// One number of an array.
    func number<Value: BitwiseCopyable>(_ index: Int, as type: Value.Type) -> Value {
        unsafe payload.loadUnaligned(fromByteOffset: index * MemoryLayout<Value>.size, as: type)
    }
}

/// One end of the socket pair.
struct LoadChannel: ~Copyable {
    let stream: ByteStream
    var outbound = WriteQueue()
    private var inbound = ByteBuffer(capacity: 4096)
    private var consumed = 0
    /// The other end wrote what is no record; nothing behind it can be read.
    private(set) var isUnreadable = false

    init(_ descriptor: consuming Descriptor) { stream = ByteStream(descriptor) }

    var raw: Int32 { stream.raw }

    /// Writes what waits; false if the other end is gone.
    mutating func flush() -> Bool {
        switch outbound.flush(to: stream) {
        case .bytes, .wouldBlock: true
        case .endOfFile, .failed: false
        }
    }

    /// Reads what has come; false if the other end is gone and everything was read.
    mutating func read() -> Bool {
        while true {
            var result = IOResult.wouldBlock(until: .readable)
            _ = unsafe inbound.appendInPlace(minimum: 64 * 1024) { room in
                result = unsafe stream.read(into: room)
                if case .bytes(let count) = result { return count }
                return 0
            }
            switch result {
            case .bytes: continue
            case .wouldBlock: return true
            case .endOfFile, .failed: return false
            }
        }
    }

    /// The next record, valid until the next call of anything here.
    mutating func next() -> LoadRecord? {
        inbound.consume(consumed)
        consumed = 0
        switch unsafe LoadRecord.next(inbound.readable) {
        case .record(let record, let count):
            consumed = count
            return record
        case .incomplete: return nil
        case .unreadable:
            isUnreadable = true
            return nil
        }
    }
}
