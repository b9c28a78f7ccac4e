public import ByteCore

/// What a client of the control socket has sent, left to a successor.
///
/// ```
/// [ state u8: 0 listening, 1 answering, 2 streaming, 3 refused ][ not looked at yet: bytes ]
/// ```
public struct CarriedSession: Carriable, Equatable, Sendable {
    var state: UInt8 = 0
    var inbound: [UInt8] = []

    /// One to be read into.
    public init() {}

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&state)
        try carrier.require(state <= 3)
        try carrier.carry(&inbound, limit: ControlLimits.aheadBytes + 1)
    }
}

extension ControlSession {
    /// What a successor needs to go on.
    public var carried: CarriedSession {
        var carried = CarriedSession()
        carried.state = state.rawValue
        carried.inbound = unsafe Array(inbound.readable)
        return carried
    }

    /// Goes on with a session.
    public init(_ carried: CarriedSession) {
        self.init()
        state = State(rawValue: carried.state) ?? .refused
        unsafe carried.inbound.withUnsafeBytes { unsafe inbound.append($0) }
    }
}
