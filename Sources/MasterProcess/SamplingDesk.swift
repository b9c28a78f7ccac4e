import RateControl

/// What the master knows of how often visitors sample: who decides it, on which connections visitors speak,
/// and who was told something of their own.
final class SamplingDesk {
    /// Where a visitor speaks.
    struct Place: Equatable {
        let channel: Int
        let connection: UInt64
    }

    /// Connections that one visitor who is looked at is told on: pages of theirs that are open.
    private static let placesOfOne = 8

    var governor: RateGovernor
    /// By channel and slot, the connection it stands for; 0 where none is known.
    var connections: [ContiguousArray<UInt64>] = []
    private let slotLimit: Int
    /// By id, where those who are looked at were told so.
    private(set) var places: [[UInt8]: [Place]] = [:]
    /// Connections that somebody who is looked at has begun to speak on, to be told with the next look.
    private var newcomers: [Place] = []

    /// When to look again; at once where the audience is another than it was.
    var dueAt: Int64 = 0
    var seenAudience: UInt64 = 0
    /// When processors and samples were last measured, and what of the master's own and of the hub's was
    /// there then.
    var measuredAt: Int64?
    var usedBefore: Int64 = 0
    var relayedBefore: UInt64 = 0
    var samplesPerSecond = 0.0
    /// Whether the log's last word was that they sample less than could be shown, and when it may have
    /// another.
    var isLoggedHeldBack = false
    var logsAgainAt: Int64 = 0

    init(_ bounds: SamplingBounds, slotLimit: Int) {
        governor = RateGovernor(bounds)
        self.slotLimit = slotLimit
    }

    // MARK: Who speaks where

    /// A visitor speaks on a connection, by a slot.
    func joined(_ id: UnsafeRawBufferPointer, channel: Int, slot: UInt32, connection: UInt64) {
        guard slot < slotLimit else { return }
        while connections.count <= channel { connections.append([]) }
        while connections[channel].count <= slot { connections[channel].append(0) }
        connections[channel][Int(slot)] = connection
        guard !places.isEmpty else { return }
        let id = unsafe Array(id)
        guard let known = places[id], known.count < Self.placesOfOne else { return }
        let place = Place(channel: channel, connection: connection)
        places[id] = known + [place]
        newcomers.append(place)
    }

    /// Nobody speaks by that slot any more.
    func left(channel: Int, slot: UInt32) {
        guard let connection = connection(channel: channel, slot: slot) else { return }
        connections[channel][Int(slot)] = 0
        guard !places.isEmpty else { return }
        let place = Place(channel: channel, connection: connection)
        for (id, known) in places where known.contains(place) { places[id] = known.filter { $0 != place } }
    }

    /// A worker is gone.
    func closed(channel: Int) {
        guard channel < connections.count else { return }
        connections[channel] = []
        for (id, known) in places { places[id] = known.filter { $0.channel != channel } }
        newcomers.removeAll { $0.channel == channel }
    }

    /// The connection of a slot.
    func connection(channel: Int, slot: UInt32) -> UInt64? {
        guard channel < connections.count, slot < connections[channel].count,
            connections[channel][Int(slot)] != 0
        else { return nil }
        return connections[channel][Int(slot)]
    }

    // MARK: Who is looked at

    /// Somebody is looked at who speaks there; returns where they are to be told so.
    func began(_ id: [UInt8], at known: [Place]) -> [Place] {
        places[id] = Array(known.prefix(Self.placesOfOne))
        return places[id] ?? []
    }

    /// Nobody looks at them any more; returns where they are to be told so.
    func ended(_ id: [UInt8]) -> [Place] { places.removeValue(forKey: id) ?? [] }

    /// Connections that are to be told what holds for those who are looked at.
    func takeNewcomers() -> [Place] {
        guard !newcomers.isEmpty else { return [] }
        defer { newcomers.removeAll() }
        return newcomers.filter { place in places.values.contains { $0.contains(place) } }
    }
}
