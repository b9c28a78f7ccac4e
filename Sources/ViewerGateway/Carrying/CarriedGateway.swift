public import ByteCore
public import PosixIO

/// The HTTP port, left to a successor, beside the hub's snapshot.
///
/// ```
/// [ "GATE" ][ listener ][ callers u32 ] n x [ caller ]     who has been idle for longest comes first
/// [ terminal: its line: bytes ][ owes it an answer u8 ][ has detached u8 ]
/// [ counters ][ of who is let in, or none ]
/// ```
public struct CarriedGateway: Carriable {
    var listener = CarriedListener()
    var callers: [CarriedCaller] = []
    var frontLine: [UInt8] = []
    var owesFront = false
    var isFrontDetached = false
    var counters = GatewayCounters()
    var access: AccessCounters?

    /// One to be read into.
    public init() {}

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.mark("GATE")
        try carrier.carry(&listener)
        try carrier.carry(&callers, limit: Limits.carriedCallers)
        try carrier.require(callers.count { $0.stream?.isFront == true } <= 1)
        try carrier.carry(&frontLine, limit: 4096)
        try carrier.carry(&owesFront)
        try carrier.carry(&isFrontDetached)
        try carrier.carry(&counters)
        try carrier.carry(&access)
    }

    /// The listener, for whoever makes the port anew.
    public var door: CarriedListener { listener }
}
