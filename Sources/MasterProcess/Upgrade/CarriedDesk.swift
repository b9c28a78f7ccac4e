import ByteCore
import ControlWire
import PosixIO
import Telemetry

/// A client of the control socket, left to a successor.
///
/// ```
/// [ descriptor i32 ][ session ][ to be written: bytes ][ is ending u8 ][ has ended u8 ][ moved i64 ]
/// [ is the server's own terminal u8 ]
/// [ task u8: 0 none, 1 reads the log, 2 reads events, 3 awaits ][ next, or number u64 ][ end u64 or none ]
/// ```
struct CarriedControlClient: Carriable {
    var descriptor: Int32 = 0
    var session = CarriedSession()
    var outbound: [UInt8] = []
    var isEnding = false
    var hasEnded = false
    var movedAt: Int64 = 0
    var isOwn = false
    var task: UInt8 = 0
    var next: UInt64 = 0
    var end: UInt64?

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(descriptor: &descriptor)
        try carrier.carry(&session)
        try carrier.carry(&outbound, limit: 16 << 20)
        try carrier.carry(&isEnding)
        try carrier.carry(&hasEnded)
        try carrier.carry(&movedAt)
        try carrier.carry(&isOwn)
        try carrier.carry(&task)
        try carrier.require(task <= 3)
        try carrier.carry(&next)
        try carrier.carry(&end)
    }

    var carriedTask: ControlClient.Task {
        switch task {
        case 1: .reading(.log, next: next, end: end)
        case 2: .reading(.events, next: next, end: end)
        case 3: .awaiting(next)
        default: .nothing
        }
    }
}

/// Where operators ask, left to a successor.
///
/// ```
/// [ listener or none ][ clients u32 ] n x [ client ]
/// [ words u32 ] n x [ requests u64 ][ reasons u32 ] n x [ cut u64 ]
/// ```
struct CarriedDesk: Carriable {
    var listener: CarriedListener?
    var clients: [CarriedControlClient] = []
    var requests: [UInt64] = []
    var cuts: [UInt64] = []

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&listener)
        try carrier.carry(&clients, limit: MasterLimits.controlClients + 1)
        try carrier.require(clients.count { $0.isOwn } <= 1)
        try carrier.carry(&requests, limit: ControlRequest.Word.allCases.count)
        try carrier.require(requests.count == ControlRequest.Word.allCases.count)
        try carrier.carry(&cuts, limit: ControlCut.allCases.count)
        try carrier.require(cuts.count == ControlCut.allCases.count)
    }
}

extension ControlDesk {
    /// What a successor needs to go on.
    var carried: CarriedDesk {
        var carried = CarriedDesk()
        carried.listener = door?.listener.carried
        carried.requests = requests
        carried.cuts = cuts
        unsafe forEach { token, client in
            var left = CarriedControlClient()
            left.descriptor = unsafe client.pointee.stream.raw
            left.session = unsafe client.pointee.session.carried
            left.outbound = unsafe Array(client.pointee.outbound.waiting)
            left.isEnding = unsafe client.pointee.isEnding
            left.hasEnded = unsafe client.pointee.hasEnded
            left.movedAt = unsafe client.pointee.movedAt
            left.isOwn = token == ownClient
            switch unsafe client.pointee.task {
            case .nothing: break
            case .reading(let source, let next, let end):
                (left.task, left.next, left.end) = (source == .log ? 1 : 2, next, end)
            case .awaiting(let number): (left.task, left.next) = (3, number)
            }
            carried.clients.append(left)
        }
        return carried
    }

    /// Goes on where the program before was.
    convenience init(
        taking carried: CarriedDesk, version: String, kind: UInt8, _ poller: borrowing Poller
    ) {
        self.init(listeningOn: carried.listener.map { Listener($0) }, version: version, kind: kind)
        do throws(SystemError) {
            if let raw = door?.listener.raw { try poller.add(raw, for: .readable, token: Token(kind: kind)) }
        } catch {
            Succession.giveUp(because: error.text)
        }
        requests = carried.requests
        cuts = carried.cuts
        for left in carried.clients {
            var client = ControlClient(Descriptor(owning: left.descriptor), now: left.movedAt)
            client.session = ControlSession(left.session)
            unsafe left.outbound.withUnsafeBytes { unsafe client.outbound.append($0) }
            client.isEnding = left.isEnding
            client.hasEnded = left.hasEnded
            client.task = left.carriedTask
            client.isWatchedForRoom = true
            let (index, generation) = clients.insert(client)
            let token = Token(kind: kind + 1, index: index, generation: generation)
            if left.isOwn { ownClient = token }
            // Once there is room it is watched for what it is to be watched for.
            let interest: Interest = left.hasEnded ? .writable : [.readable, .writable]
            do throws(SystemError) {
                try poller.add(left.descriptor, for: interest, token: token)
            } catch {
                Succession.giveUp(because: error.text)
            }
        }
    }
}
