public import ByteCore
public import PosixIO
public import RelayWire

/// One end of a data channel, the same for a master and its worker: records in order, and beside them the
/// connections that the master hands over.
///
/// ```
///  worker: its RelayQueue --> write --> read --> takeRecords :master      descriptors of moved connections
///  worker: ConnectionArrivals <-- receive <-- handOver <-- waiting :master
/// ```
public struct DataChannel: ~Copyable {
    let stream: ByteStream
    private var watch = ChannelWatch()
    @usableFromInline var reader: RelayReader
    @usableFromInline var inbound: ByteBuffer
    /// A master's hello, and what of a message the kernel took only in part. A worker's queue has its own.
    var outbound = ByteBuffer(capacity: 64)
    /// Descriptors of connections that the master hands over, until their records are read.
    private var passed = PassedDescriptors()
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

    /// The same with the descriptors that came beside the bytes; what has some is read message by message.
    public mutating func read(minimum: Int, _ passed: inout PassedDescriptors) -> IOResult {
        var truncated = false
        var isAny = false
        var result = IOResult.wouldBlock(until: .readable)
        _ = unsafe inbound.appendInPlace(minimum: minimum) { room in
            result = unsafe DescriptorPassing.receive(into: room, from: stream.raw, truncated: &truncated) {
                passed.add($0)
                isAny = true
            }
            if case .bytes(let count) = result { return count }
            return 0
        }
        if isAny || truncated { passed.endGroup() }
        return result
    }

    /// Reads once what is there, with the connections that came beside it; nil when the peer is gone or
    /// speaks nonsense, else how many bytes that were.
    public mutating func receive(_ arrivals: inout ConnectionArrivals) -> Int? {
        // Taken out of here, since the channel is lent while it is read.
        var passed = PassedDescriptors()
        swap(&passed, &self.passed)
        defer { swap(&passed, &self.passed) }
        let bytesRead: Int
        switch read(minimum: ChannelLimits.handoverReadBytes, &passed) {
        case .bytes(let count): bytesRead = count
        case .wouldBlock: return 0
        case .endOfFile, .failed: return nil
        }
        var key: [UInt8]?
        do throws(RelayError) {
            try takeRecords { record in
                switch record {
                case .connection(let number, let isFirst):
                    arrivals.add(
                        ArrivedConnection(
                            number: number, descriptor: passed.next(isFirst: isFirst), state: nil,
                            isAlone: false))
                case .adopt(let move):
                    arrivals.add(
                        ArrivedConnection(
                            number: move.connection,
                            descriptor: move.isAlone ? nil : passed.next(isFirst: true),
                            state: unsafe Array(move.state), isAlone: move.isAlone))
                case .identityKey(let bytes): key = unsafe Array(bytes)
                default: break
                }
            }
        } catch {
            return nil
        }
        if let key { identityKey = key }
        return bytesRead
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
            let rider = queue.rider
            let result =
                if let rider { unsafe send(queue.readable, with: rider) } else {
                    unsafe stream.write(queue.readable)
                }
            switch result {
            case .bytes(let count):
                queue.wrote(count)
                // It is across with the first byte.
                if let rider { _ = Descriptor(owning: rider) }
            case .wouldBlock: return watch.follow(stream.raw, isMore: true, poller)
            case .endOfFile, .failed: return false
            }
        }
        return watch.follow(stream.raw, isMore: false, poller)
    }

    private func send(_ bytes: UnsafeRawBufferPointer, with descriptor: Int32) -> IOResult {
        unsafe withUnsafePointer(to: descriptor) {
            unsafe DescriptorPassing.send(
                bytes, with: UnsafeBufferPointer(start: $0, count: 1), over: stream.raw)
        }
    }

    /// Hands over the connections that wait, as many as the kernel takes; what it took leaves `waiting`, and
    /// those that another worker had go to `adopting` with their descriptors until it is known that they are
    /// taken over. False when the channel is broken, or cannot be watched for room.
    public mutating func handOver(
        _ waiting: inout [WaitingConnection], adopting: inout [UInt64: WaitingConnection],
        _ poller: borrowing Poller
    ) -> Bool {
        while true {
            switch handOverOnce(&waiting, &adopting) {
            case .bytes: continue
            case nil: return watch.follow(stream.raw, isMore: false, poller)
            case .wouldBlock: return watch.follow(stream.raw, isMore: true, poller)
            case .endOfFile, .failed: return false
            }
        }
    }

    /// One message; nil when nothing is left.
    private mutating func handOverOnce(
        _ waiting: inout [WaitingConnection], _ adopting: inout [UInt64: WaitingConnection]
    ) -> IOResult? {
        if !outbound.isEmpty {
            let result = unsafe stream.write(outbound.readable)
            if case .bytes(let count) = result { outbound.consume(count) }
            return result
        }
        guard let first = waiting.first else { return nil }
        var batch = waiting[..<0]
        if let state = first.state {
            batch = waiting[..<1]
            unsafe state.withUnsafeBytes {
                unsafe outbound.appendRelayAdopt(first.number, state: $0, isAlone: first.descriptor == nil)
            }
        } else {
            batch = waiting.prefix { $0.state == nil }.prefix(DescriptorPassing.limitPerMessage)
            for (place, connection) in batch.enumerated() {
                outbound.appendRelayConnection(connection.number, isFirst: place == 0)
            }
        }
        let numbers = batch.compactMap(\.descriptor)
        let result = unsafe numbers.withUnsafeBufferPointer {
            unsafe DescriptorPassing.send(outbound.readable, with: $0, over: stream.raw)
        }
        guard case .bytes(let count) = result else {
            outbound.removeAll()
            return result
        }
        // Where the kernel takes a part of a message, the descriptors are across with its first byte, and
        // only the rest of the bytes has to follow.
        outbound.consume(count)
        if first.state != nil {
            adopting[first.number] = first
        } else {
            for number in numbers { _ = Descriptor(owning: number) }
        }
        waiting.removeFirst(batch.count)
        return result
    }
}
