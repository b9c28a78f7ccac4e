public import ByteCore
import PosixIO
import RelayWire

/// The master's end of a data channel, left to a successor.
///
/// ```
/// [ socket i32 ][ is open u8 ][ read, not taken: bytes ][ queued: bytes ][ reader ]
/// ```
public struct CarriedDataChannel: Carriable, Equatable, Sendable {
    var socket: Int32 = 0
    var isOpen = false
    var inbound: [UInt8] = []
    var outbound: [UInt8] = []
    var reader = CarriedReader()

    /// One to be read into.
    public init() {}

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(descriptor: &socket)
        try carrier.carry(&isOpen)
        try carrier.carry(&inbound, limit: ChannelLimits.carriedBytes)
        try carrier.carry(&outbound, limit: ChannelLimits.carriedBytes)
        try carrier.carry(&reader)
    }
}

extension DataChannel {
    /// What a successor needs to go on.
    public var carried: CarriedDataChannel {
        var carried = CarriedDataChannel()
        carried.socket = stream.raw
        carried.inbound = unsafe Array(inbound.readable)
        carried.outbound = unsafe Array(outbound.readable)
        // Of one that spoke nonsense nothing is read any more, and its worker is about to end.
        let reader = reader.carried
        carried.isOpen = isOpen && reader != nil
        carried.reader = reader ?? RelayReader(from: .worker).carried ?? CarriedReader()
        return carried
    }

    /// Goes on with the master's end of a channel; `readBytes` are read at once.
    public init(_ carried: CarriedDataChannel, readBytes: Int) {
        self.init(
            resuming: ByteStream(Descriptor(owning: carried.socket)), isOpen: carried.isOpen,
            RelayReader(carried.reader, from: .worker),
            readBytes: max(readBytes, carried.inbound.count))
        unsafe carried.inbound.withUnsafeBytes { unsafe inbound.append($0) }
        unsafe carried.outbound.withUnsafeBytes { unsafe outbound.append($0) }
    }
}

/// The master's end of a control channel, left to a successor.
///
/// ```
/// [ socket i32 ][ is open u8 ][ hello was read u8 ][ read, not taken: bytes ][ queued: bytes ]
/// ```
public struct CarriedControlChannel: Carriable, Equatable, Sendable {
    var socket: Int32 = 0
    var isOpen = false
    var isGreeted = false
    var inbound: [UInt8] = []
    var outbound: [UInt8] = []

    /// One to be read into.
    public init() {}

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(descriptor: &socket)
        try carrier.carry(&isOpen)
        try carrier.carry(&isGreeted)
        try carrier.carry(&inbound, limit: ChannelLimits.carriedBytes)
        try carrier.carry(&outbound, limit: ChannelLimits.carriedBytes)
    }
}

extension ControlChannel {
    /// What a successor needs to go on.
    public var carried: CarriedControlChannel {
        var carried = CarriedControlChannel()
        carried.socket = stream.raw
        carried.isOpen = isOpen
        carried.isGreeted = reader.isOpen
        carried.inbound = unsafe Array(inbound.readable)
        carried.outbound = unsafe Array(outbound.waiting)
        return carried
    }

    /// Goes on with the master's end of a channel.
    public init(_ carried: CarriedControlChannel) {
        self.init(
            resuming: ByteStream(Descriptor(owning: carried.socket)), isOpen: carried.isOpen,
            ControlReader(from: .worker, isOpen: carried.isGreeted))
        unsafe carried.inbound.withUnsafeBytes { unsafe inbound.append($0) }
        unsafe carried.outbound.withUnsafeBytes { unsafe outbound.append($0) }
    }
}

/// A connection that waits for a worker, left to a successor.
///
/// ```
/// [ number u64 ][ descriptor i32 ]
/// ```
public struct CarriedConnection: Carriable, Equatable, Sendable {
    var number: UInt64 = 0
    var descriptor: Int32 = 0

    /// One to be read into.
    public init() {}

    /// What a successor needs to hand on a connection that no worker has had yet; nil of another one.
    public init?(_ waiting: WaitingConnection) {
        guard waiting.state == nil, let descriptor = waiting.descriptor else { return nil }
        number = waiting.number
        self.descriptor = descriptor
    }

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&number)
        try carrier.carry(descriptor: &descriptor)
    }
}

extension WaitingConnection {
    /// Takes ownership of one that the program before had accepted.
    public init(_ carried: CarriedConnection) {
        self.init(number: carried.number, descriptor: Descriptor(owning: carried.descriptor))
    }
}
