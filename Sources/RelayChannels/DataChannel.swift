public import ByteCore
public import PosixIO
public import RelayWire

/// One end of a data channel, the same for a master and its worker: records in order, and beside them the
/// connections that the master hands over.
///
/// ```
///  worker: its RelayQueue --> write --> read --> takeRecords :master
///  worker: ConnectionArrivals <-- receive <-- handOver <-- waiting :master
/// ```
public struct DataChannel: ~Copyable {
    let stream: ByteStream
    private var watch = ChannelWatch()
    @usableFromInline var reader: RelayReader
    @usableFromInline var inbound: ByteBuffer
    /// A master's hello, and what of a message the kernel took only in part. A worker's queue has its own.
    var outbound = ByteBuffer(capacity: 64)
    /// Whether the peer may still say something.
    public private(set) var isOpen = true
    /// What the master had visitors' ids and tokens signed with, once a worker was told; 32 bytes.
    public private(set) var identityKey: [UInt8] = []

    /// Takes one end of a connected, non-blocking socket pair; `readBytes` are read at once.
    public init(_ socket: consuming Descriptor, from peer: ChannelPeer, readBytes: Int) {
        stream = ByteStream(socket)
        reader = RelayReader(from: peer)
        inbound = ByteBuffer(capacity: readBytes)
        if peer == .worker { outbound.appendRelayHello() }
    }

    /// Goes on with one end of a channel.
    init(
        resuming stream: consuming ByteStream, isOpen: Bool, _ reader: consuming RelayReader, readBytes: Int
    ) {
        self.stream = stream
        self.reader = reader
        self.isOpen = isOpen
        inbound = ByteBuffer(capacity: readBytes)
    }

    /// Queues the key that visitors' ids and tokens are signed with, 32 bytes, before any connection; a
    /// master's. `handOver` writes it.
    public mutating func sendIdentityKey(_ key: UnsafeRawBufferPointer) {
        unsafe outbound.appendRelayIdentityKey(key)
    }

    /// Has the poller report it with `token`.
    public mutating func watch(_ poller: borrowing Poller, token: Token) throws(SystemError) {
        try watch.begin(stream.raw, token: token, poller)
    }

    /// Stops reading it for good.
    public mutating func close(_ poller: borrowing Poller) {
        isOpen = false
        watch.end(stream.raw, poller)
    }

    // MARK: Reading

    /// Reads at least `minimum` bytes once, if they are there.
    public mutating func read(minimum: Int) -> IOResult {
        var result = IOResult.wouldBlock(until: .readable)
        _ = unsafe inbound.appendInPlace(minimum: minimum) { room in
            result = unsafe stream.receive(into: room)
            if case .bytes(let count) = result { return count }
            return 0
        }
        return result
    }

    /// Reads once what is there, with the connections that came beside it; false when the peer is gone or
    /// speaks nonsense.
    public mutating func receive(_ arrivals: inout ConnectionArrivals) -> Bool {
        var truncated = false
        var result = IOResult.wouldBlock(until: .readable)
        _ = unsafe inbound.appendInPlace(minimum: ChannelLimits.handoverReadBytes) { room in
            result = unsafe DescriptorPassing.receive(into: room, from: stream.raw, truncated: &truncated) {
                arrivals.add($0)
            }
            if case .bytes(let count) = result { return count }
            return 0
        }
        switch result {
        case .bytes: break
        case .wouldBlock: return true
        case .endOfFile, .failed: return false
        }
        var key: [UInt8]?
        do throws(RelayError) {
            try takeRecords { record in
                switch record {
                case .connection(let number): arrivals.add(number)
                case .identityKey(let bytes): key = unsafe Array(bytes)
                default: break
                }
            }
        } catch {
            return false
        }
        if let key { identityKey = key }
        return true
    }

    /// Hands every whole record that was read to `body`; those before a broken one are handed on.
    @inlinable @inline(__always)
    public mutating func takeRecords(_ body: (RelayRecord) -> Void) throws(RelayError) {
        let bytes = unsafe inbound.readable
        var offset = 0
        defer { inbound.consume(offset) }
        while let (record, consumed) = unsafe try reader.next(
            UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        {
            offset &+= consumed
            body(record)
        }
    }

    /// The same with samples without tails that stand one behind the other handed over together.
    @inlinable @inline(__always)
    public mutating func takeRecords(
        samples: (RelaySamples) -> Void, others: (RelayRecord) -> Void
    ) throws(RelayError) {
        let bytes = unsafe inbound.readable
        var offset = 0
        defer { inbound.consume(offset) }
        while true {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            if let run = unsafe reader.nextSamples(rest) {
                offset &+= run.byteCount
                samples(run)
            } else if let (record, consumed) = unsafe try reader.next(rest) {
                offset &+= consumed
                others(record)
            } else {
                return
            }
        }
    }

    // MARK: Writing

    /// Writes queued records until the kernel takes no more; false when the channel is broken.
    public mutating func write(_ queue: inout RelayQueue, _ poller: borrowing Poller) -> Bool {
        while !queue.isEmpty {
            switch unsafe stream.write(queue.readable) {
            case .bytes(let count): queue.wrote(count)
            case .wouldBlock: return watch.follow(stream.raw, isMore: true, poller)
            case .endOfFile, .failed: return false
            }
        }
        return watch.follow(stream.raw, isMore: false, poller)
    }

    /// Hands over the connections that wait, as many as the kernel takes; what it took leaves `waiting`.
    /// False when the channel is broken, or cannot be watched for room.
    public mutating func handOver(_ waiting: inout [WaitingConnection], _ poller: borrowing Poller) -> Bool {
        while true {
            switch handOverOnce(&waiting) {
            case .bytes: continue
            case nil: return watch.follow(stream.raw, isMore: false, poller)
            case .wouldBlock: return watch.follow(stream.raw, isMore: true, poller)
            case .endOfFile, .failed: return false
            }
        }
    }

    /// One message; nil when nothing is left.
    private mutating func handOverOnce(_ waiting: inout [WaitingConnection]) -> IOResult? {
        if !outbound.isEmpty {
            let result = unsafe stream.write(outbound.readable)
            if case .bytes(let count) = result { outbound.consume(count) }
            return result
        }
        guard !waiting.isEmpty else { return nil }
        let batch = waiting.prefix(DescriptorPassing.limitPerMessage)
        for connection in batch { outbound.appendRelayConnection(connection.number) }
        let numbers = batch.map(\.descriptor)
        let result = unsafe numbers.withUnsafeBufferPointer {
            unsafe DescriptorPassing.send(outbound.readable, with: $0, over: stream.raw)
        }
        guard case .bytes(let count) = result else {
            outbound.removeAll()
            return result
        }
        // The kernel takes a message of this size whole or not at all; were it ever to cut one, the
        // descriptors would be across with its first byte, and only the rest of the bytes would follow.
        outbound.consume(count)
        for number in numbers { _ = Descriptor(owning: number) }
        waiting.removeFirst(numbers.count)
        return result
    }
}
