import ByteCore
import PosixIO
import RelayWire

/// The connections that one read of the data channel brought, each with its descriptor.
struct ConnectionArrivals: ~Copyable {
    fileprivate var numbers: [UInt64] = []
    fileprivate var descriptors: [Int32] = []
    private var taken = 0

    init() {}

    deinit {
        for position in taken..<max(taken, descriptors.count) {
            _ = Descriptor(owning: descriptors[position])
        }
    }

    /// The next one, in order; its descriptor, the caller's to own, is nil where the kernel had to drop it.
    mutating func next() -> (number: UInt64, descriptor: Int32?)? {
        guard taken < numbers.count else { return nil }
        defer { taken += 1 }
        return (numbers[taken], taken < descriptors.count ? descriptors[taken] : nil)
    }
}

/// The worker's end of the data channel.
struct DataChannel: ~Copyable {
    private let stream: ByteStream
    private var reader = RelayReader(from: .master)
    // A message of the master carries at most 253 records of 16 bytes and comes whole, with its descriptors.
    private var inbound = ByteBuffer(capacity: 4096)
    private var isWatchedForWriting = false

    init(_ stream: consuming ByteStream) { self.stream = stream }

    /// Reads what is there once; false when the master is gone or speaks nonsense.
    mutating func receive(_ arrivals: inout ConnectionArrivals) -> Bool {
        var truncated = false
        var result = IOResult.wouldBlock(until: .readable)
        _ = inbound.appendInPlace(minimum: 4096) { room in
            result = DescriptorPassing.receive(into: room, from: stream.raw, truncated: &truncated) {
                arrivals.descriptors.append($0.release())
            }
            if case .bytes(let count) = result { return count }
            return 0
        }
        switch result {
        case .bytes: break
        case .wouldBlock: return true
        case .endOfFile, .failed: return false
        }
        do throws(RelayError) {
            while let (record, consumed) = try reader.next(inbound.readable) {
                if case .connection(let number) = record { arrivals.numbers.append(number) }
                inbound.consume(consumed)
            }
        } catch {
            return false
        }
        return true
    }

    /// Writes queued records until the kernel takes no more; false when the channel is broken.
    mutating func flush(_ queue: inout RelayQueue, _ poller: borrowing Poller) -> Bool {
        while !queue.isEmpty {
            switch stream.write(queue.readable) {
            case .bytes(let count): queue.wrote(count)
            case .wouldBlock: return watch(forWriting: true, poller)
            case .endOfFile, .failed: return false
            }
        }
        return watch(forWriting: false, poller)
    }

    /// Whether the master has all of it.
    func isFlushed(_ queue: borrowing RelayQueue) -> Bool { queue.isEmpty }

    private mutating func watch(forWriting: Bool, _ poller: borrowing Poller) -> Bool {
        guard forWriting != isWatchedForWriting else { return true }
        isWatchedForWriting = forWriting
        let interest: Interest = forWriting ? [.readable, .writable] : .readable
        do {
            try poller.modify(stream.raw, for: interest, token: Token(kind: IngestWorker.Kind.data))
            return true
        } catch { return false }
    }
}

/// The worker's end of the control channel.
struct ControlChannel: ~Copyable {
    private let stream: ByteStream
    private var reader = ControlReader(from: .master)
    private var inbound = ByteBuffer(capacity: 256)
    private var outbound = WriteQueue()
    private var isWatchedForWriting = false

    init(_ stream: consuming ByteStream) { self.stream = stream }

    /// Queues a record.
    mutating func send(_ record: ControlRecord) { outbound.append { $0.appendControl(record) } }

    /// The records that are there; nil when the master is gone or speaks nonsense.
    mutating func receive() -> [ControlRecord]? {
        var result = IOResult.wouldBlock(until: .readable)
        _ = inbound.appendInPlace(minimum: 256) { room in
            result = stream.read(into: room)
            if case .bytes(let count) = result { return count }
            return 0
        }
        if case .wouldBlock = result { return [] }
        guard case .bytes = result else { return nil }
        return reader.takeRecords(from: &inbound)
    }

    /// Writes what is queued; false when the channel is broken.
    mutating func flush(_ poller: borrowing Poller) -> Bool {
        if outbound.isEmpty && !isWatchedForWriting { return true }
        let forWriting: Bool
        switch outbound.flush(to: stream) {
        case .bytes: forWriting = false
        case .wouldBlock: forWriting = true
        case .endOfFile, .failed: return false
        }
        guard forWriting != isWatchedForWriting else { return true }
        isWatchedForWriting = forWriting
        let interest: Interest = forWriting ? [.readable, .writable] : .readable
        do {
            try poller.modify(stream.raw, for: interest, token: Token(kind: IngestWorker.Kind.control))
            return true
        } catch { return false }
    }
}
