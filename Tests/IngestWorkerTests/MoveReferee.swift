import ByteCore
import PointerEvents
import RelayWire

@testable import ClusterSupervisor

/// What anybody who watches would see, as the master is told: who comes, who leaves, what they say; and
/// whatever may not be told so.
final class MoveReferee: RelaySink {
    private var channels = 0
    private var speakers: [Int: [UInt32: String]] = [:]
    /// Of each connection that moves for whom it speaks, and whose it is: nobody's while the master has it.
    private var moving: [UInt64: (ids: [String], channel: Int?)] = [:]
    /// Connections that have left a worker and are no other's yet.
    private(set) var onTheWay: Set<UInt64> = []
    /// What the master was told of each visitor's samples, their x in order.
    private(set) var heard: [String: [Double]] = [:]
    /// Who came and who left, each time that a connection speaks for them.
    private(set) var seen: [String] = []
    private(set) var moves = 0
    /// The first that was not as it may be.
    var complaint: String?

    func complain(_ what: String) { complaint = complaint ?? what }

    /// How many are spoken for.
    var present: Int { speakers.values.reduce(0) { $0 + $1.count } }
    var isAnyMoving: Bool { !moving.isEmpty || !onTheWay.isEmpty }

    func channelOpened(pid: Int32) -> Int {
        channels += 1
        speakers[channels] = [:]
        return channels
    }

    func channelClosed(_ channel: Int, now: Int64) {
        let left = speakers.removeValue(forKey: channel)?.values.sorted() ?? []
        seen += left.map { "\($0) leaves" }
        for connection in moving.filter({ $0.value.channel == channel }).keys.sorted() { endMove(connection) }
    }

    func joined(_ join: RelayJoin, on channel: Int, now: Int64) {
        let id = String(decoding: join.id, as: UTF8.self)
        if speakers[channel] == nil { complain("\(id) joins on a channel that is closed") }
        if speakers[channel]?[join.slot] != nil { complain("a slot is taken twice") }
        speakers[channel]?[join.slot] = id
        guard join.isMoved else { return seen.append("\(id) comes") }
        guard moving[join.connection]?.channel == channel,
            let place = moving[join.connection]?.ids.firstIndex(of: id)
        else { return complain("\(id) was not moving") }
        moving[join.connection]?.ids.remove(at: place)
        if moving[join.connection]?.ids.isEmpty == true { moving[join.connection] = nil }
    }

    func left(slot: UInt32, mayReturn: Bool, on channel: Int, now: Int64) {
        seen.append("\(speakers[channel]?.removeValue(forKey: slot) ?? "nobody") leaves")
    }

    func moving(slot: UInt32, with connection: UInt64, on channel: Int, now: Int64) {
        guard let id = speakers[channel]?.removeValue(forKey: slot) else {
            return complain("nobody moves")
        }
        if onTheWay.contains(connection) { complain("\(id) moves behind its connection") }
        moving[connection, default: ([], channel)].ids.append(id)
    }

    func connectionMoved(_ connection: UInt64, from channel: Int) {
        moves += 1
        if !onTheWay.insert(connection).inserted { complain("\(connection) moves twice") }
        if let move = moving[connection], move.channel != channel { complain("another's moves") }
        moving[connection]?.channel = nil
    }

    func connectionAdopted(_ connection: UInt64, by channel: Int) {
        if onTheWay.remove(connection) == nil { complain("\(connection) is adopted and was not on its way") }
        moving[connection]?.channel = channel
    }

    func connectionEnded(_ connection: UInt64, now: Int64) {
        onTheWay.remove(connection)
        endMove(connection)
    }

    private func endMove(_ connection: UInt64) {
        for id in moving.removeValue(forKey: connection)?.ids ?? [] { seen.append("\(id) leaves") }
    }

    func told(_ kind: RelayText, index: UInt32, _ bytes: UnsafeRawBufferPointer?, on channel: Int) {}

    func received(
        _ sample: UnsafePointer<PointerSample>, tail: UnsafePointer<SampleTail>, on channel: Int, now: Int64
    ) { hear(sample.pointee, channel) }

    func received(_ samples: UnsafePointer<PointerSample>, count: Int, on channel: Int, now: Int64) {
        for place in 0..<count { hear(samples[place], channel) }
    }

    private func hear(_ sample: PointerSample, _ channel: Int) {
        guard let id = speakers[channel]?[sample.slot] else { return complain("nobody speaks") }
        heard[id, default: []].append(sample.x)
    }

    func noted(_ event: ClusterEvent) {
        switch event {
        case .workerCorrupt(_, _, let why): complain("a worker is corrupt: \(why)")
        case .workerUnresponsive: complain("a worker does not answer")
        default: break
        }
    }
}
