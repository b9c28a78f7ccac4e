import AccessControl
import BroadcastHub
import ByteCore
import ProxyWire

/// Whom something is from, left to a successor.
///
/// ```
/// [ kind u8: 0 nobody knows, 1 a Unix socket, 2 a peer, 3 named by a proxy ][ address u64 | u64 ]
/// ```
struct CarriedClient: Carriable, Equatable {
    var client = ClientAddress.unnamed

    init() {}

    init(_ client: ClientAddress) { self.client = client }

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        var kind: UInt8 = 0
        switch client {
        case .unnamed: break
        case .peer(.unixSocket): kind = 1
        case .peer(.ip): kind = 2
        case .named: kind = 3
        }
        var (high, low) = (client.address?.high ?? 0, client.address?.low ?? 0)
        try carrier.carry(&kind)
        try carrier.require(kind <= 3)
        try carrier.carry(&high)
        try carrier.carry(&low)
        try carrier.require(kind > 1 || high == 0 && low == 0)
        let address = IPAddress(high: high, low: low)
        client =
            switch kind {
            case 0: .unnamed
            case 1: .peer(.unixSocket)
            case 2: .peer(.ip(address))
            default: .named(address)
            }
    }
}

/// The end of a stream that was told and not said, left to a successor.
///
/// ```
/// [ text: bytes ][ is said u8 ][ ends i64 or not known ]
/// ```
extension Farewell: Carriable {
    init() { self.init(text: [], isSaid: false, endsAt: nil) }

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        var text = text
        try carrier.carry(&text, limit: 4096)
        try carrier.carry(&isSaid)
        try carrier.carry(&endsAt)
        if carrier.isReading { self = Farewell(text: text, isSaid: isSaid, endsAt: endsAt) }
    }
}

/// What makes a connection an event stream, left to a successor.
///
/// ```
/// [ viewer ][ is the terminal u8 ][ rests until i64 ][ name, word, look: bytes ][ whom from ][ farewell ]
/// ```
struct CarriedStream: Carriable {
    var id = ViewerID()
    var isFront = false
    var restsUntil = Int64.min
    var name: [UInt8] = []
    var word: [UInt8] = []
    var look: [UInt8] = []
    var viewer = CarriedClient()
    var farewell: Farewell?

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&id)
        try carrier.carry(&isFront)
        try carrier.carry(&restsUntil)
        try carrier.carry(&name, limit: 256)
        try carrier.carry(&word, limit: 256)
        try carrier.carry(&look, limit: 256)
        try carrier.carry(&viewer)
        try carrier.carry(&farewell)
    }
}

/// A connection of the HTTP port, left to a successor.
///
/// ```
/// [ descriptor i32 ][ lingers u8 ][ seat u8 ][ peer ][ whom from ][ awaits a PROXY header u8 ]
/// [ discarded i64 ][ since i64 ][ progress i64 ][ active i64 ]
/// [ received: bytes ][ to be sent: bytes ][ closes behind that u8 ][ was answered u8 ][ has ended u8 ]
/// [ awaits u8: 0 nothing, 1 the state, 2 the metrics ][ with their body u8 ]
/// [ grant or none ][ stream or none ]
/// ```
struct CarriedCaller: Carriable {
    var descriptor: Int32 = 0
    var lingers = false
    var isRefusal = false
    var peer = CarriedClient()
    var source = CarriedClient()
    var awaitsProxyHeader = false
    var discarded = 0
    var since: Int64 = 0
    var progress: Int64 = 0
    var activeAt: Int64 = 0
    var input: [UInt8] = []
    var output: [UInt8] = []
    var closesAfterOutput = false
    var hasBeenAnswered = false
    var hasEnded = false
    var awaited: UInt8 = 0
    var withBody = false
    var grant: Grant?
    var stream: CarriedStream?

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(descriptor: &descriptor)
        try carrier.carry(&lingers)
        try carrier.carry(&isRefusal)
        try carrier.carry(&peer)
        if case .peer = peer.client {} else { try carrier.require(false) }
        try carrier.carry(&source)
        try carrier.carry(&awaitsProxyHeader)
        try carrier.carry(&discarded)
        try carrier.carry(&since)
        try carrier.carry(&progress)
        try carrier.carry(&activeAt)
        try carrier.carry(&input, limit: Limits.carriedBytes)
        try carrier.carry(&output, limit: Limits.carriedBytes)
        try carrier.carry(&closesAfterOutput)
        try carrier.carry(&hasBeenAnswered)
        try carrier.carry(&hasEnded)
        try carrier.carry(&awaited)
        try carrier.require(Int(awaited) <= SharedAnswer.allCases.count)
        try carrier.carry(&withBody)
        try carrier.carry(&grant)
        try carrier.carry(&stream)
    }
}

/// What the port has counted, left to a successor: each field, and each list in the order of its cases.
extension GatewayCounters: Carriable {
    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&connectionsAccepted)
        try carrier.carry(&connectionsRefused)
        try carrier.carry(&connectionsStarved)
        try carrier.carry(&connectionsEvicted)
        try carrier.carry(&answersRefused)
        try carrier.carry(&hostsRefused)
        try carrier.carry(&acceptPauses)
        try carrier.carry(&timeouts)
        try carrier.carry(&bytesSent)
        try carrier.carry(&viewersAccepted)
        try carrier.carry(&viewersRefused)
        try Self.carry(&proxyHeaders, carrier: &carrier)
        try Self.carry(&forwarded, carrier: &carrier)
        try Self.carry(&looks, carrier: &carrier)
        try Self.carry(&filters, carrier: &carrier)
        try Self.carry(&polls, carrier: &carrier)
        try Self.carry(&viewersClosed, carrier: &carrier)
        try Self.carry(&requests, carrier: &carrier)
    }

    private static func carry(_ list: inout [UInt64], carrier: inout Carrier) throws(CarryFault) {
        let count = list.count
        try carrier.carry(&list, limit: count)
        try carrier.require(list.count == count)
    }
}

/// The same of who is let in.
extension AccessCounters: Carriable {
    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        for refusal in AccessRefusal.allCases { try carrier.carry(&self[refusal]) }
        try carrier.carry(&streamsEnded)
    }
}
