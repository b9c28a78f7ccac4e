import ByteCore
public import PosixIO
public import RelayWire

/// One end of a control channel, the same for a master and its worker: lifecycle and heartbeat.
public struct ControlChannel: ~Copyable {
    let stream: ByteStream
    private var watch = ChannelWatch()
    private(set) var reader: ControlReader
    var inbound = ByteBuffer(capacity: 64)
    var outbound = WriteQueue()
    /// Whether the peer may still say something.
    public private(set) var isOpen = true

    /// Takes one end of a connected, non-blocking socket pair; the hello is queued.
    public init(_ socket: consuming Descriptor, from peer: ChannelPeer) {
        stream = ByteStream(socket)
        reader = ControlReader(from: peer)
        outbound.append { $0.appendControl(.hello) }
    }

    /// Goes on with one end of a channel.
    init(resuming stream: consuming ByteStream, isOpen: Bool, _ reader: ControlReader) {
        self.stream = stream
        self.reader = reader
        self.isOpen = isOpen
    }

    /// Has the poller report it with `token`.
    public mutating func watch(_ poller: borrowing Poller, token: Token) throws(SystemError) {
        try watch.begin(stream.raw, token: token, poller)
    }

    /// Queues a record; `flush` writes it.
    public mutating func send(_ record: ControlRecord) { outbound.append { $0.appendControl(record) } }

    /// The records that are there; nil when the peer is gone or speaks nonsense, and then it is not watched
    /// any more.
    public mutating func receive(_ poller: borrowing Poller) -> [ControlRecord]? {
        guard isOpen else { return nil }
        var result = IOResult.wouldBlock(until: .readable)
        _ = unsafe inbound.appendInPlace(minimum: ChannelLimits.controlReadBytes) { room in
            result = unsafe stream.read(into: room)
            if case .bytes(let count) = result { return count }
            return 0
        }
        if case .wouldBlock = result { return [] }
        if case .bytes = result, let records = reader.takeRecords(from: &inbound) { return records }
        isOpen = false
        watch.end(stream.raw, poller)
        return nil
    }

    /// Writes what is queued, as far as the kernel takes it; false when the channel is broken.
    public mutating func flush(_ poller: borrowing Poller) -> Bool {
        switch outbound.flush(to: stream) {
        case .bytes: return watch.follow(stream.raw, isMore: false, poller)
        case .wouldBlock: return watch.follow(stream.raw, isMore: true, poller)
        case .endOfFile, .failed: return false
        }
    }

    /// Stops watching it.
    public mutating func close(_ poller: borrowing Poller) {
        isOpen = false
        watch.end(stream.raw, poller)
    }
}
