import PosixIO
import RelayChannels
import RelayWire

/// One end of a control channel in a test, with a poller of its own that watches it.
final class ControlEnd {
    private var channel: ControlChannel
    private let poller: Poller

    init(_ socket: consuming Descriptor, from peer: ChannelPeer) throws(SystemError) {
        poller = try Poller()
        channel = ControlChannel(socket, from: peer)
        try channel.watch(poller, token: Token(kind: 9))
    }

    var isOpen: Bool { channel.isOpen }
    func send(_ record: ControlRecord) { channel.send(record) }
    func receive() -> [ControlRecord]? { channel.receive(poller) }
    func flush() -> Bool { channel.flush(poller) }

    /// What it could do now: read, write, both or nothing.
    func ready() throws(SystemError) -> (toRead: Bool, toWrite: Bool) { try readiness(poller) }
}

/// The same of a data channel.
final class DataEnd {
    private var channel: DataChannel
    private let poller: Poller

    init(_ socket: consuming Descriptor, from peer: ChannelPeer) throws(SystemError) {
        poller = try Poller()
        channel = DataChannel(socket, from: peer, readBytes: 65_536)
        try channel.watch(poller, token: Token(kind: 9))
    }

    func read() -> IOResult { channel.read(minimum: 65_536) }
    func write(_ queue: inout RelayQueue) -> Bool { channel.write(&queue, poller) }
    /// Those that another worker had, until it is known that they are taken over.
    var adopting: [UInt64: WaitingConnection] = [:]
    func handOver(_ waiting: inout [WaitingConnection]) -> Bool {
        channel.handOver(&waiting, adopting: &adopting, poller)
    }
    func read(_ passed: inout PassedDescriptors) -> IOResult { channel.read(minimum: 65_536, &passed) }

    func takeRecords(_ body: (RelayRecord) -> Void) throws(RelayError) { try channel.takeRecords(body) }

    /// The connections that one read brings; nil when the channel is at its end.
    func arrivals() -> [(number: UInt64, descriptor: Int32?, state: [UInt8]?)]? {
        var arrivals = ConnectionArrivals()
        guard channel.receive(&arrivals) != nil else { return nil }
        var all: [(UInt64, Int32?, [UInt8]?)] = []
        while let next = arrivals.next() { all.append((next.number, next.descriptor, next.state)) }
        return all
    }

    /// What it could do now.
    func ready() throws(SystemError) -> (toRead: Bool, toWrite: Bool) { try readiness(poller) }
}

private func readiness(_ poller: borrowing Poller) throws(SystemError) -> (toRead: Bool, toWrite: Bool) {
    guard try poller.wait(timeoutMilliseconds: 0) == 1 else { return (false, false) }
    return (poller.event(at: 0).isReadable, poller.event(at: 0).isWritable)
}
