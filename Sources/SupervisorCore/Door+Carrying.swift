public import ByteCore
import Tables

/// An address that is remembered, left to a successor.
///
/// ```
/// [ place u32 ][ network u64 | u64 ][ next one due i64 ][ connections u32 ]
/// ```
struct CarriedAddress: Carriable, Equatable {
    var place: UInt32 = 0
    var high: UInt64 = 0
    var low: UInt64 = 0
    var dueAt: Int64 = 0
    var connections: UInt32 = 0

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&place)
        try carrier.require(Int(place) < AddressTableLimits.addresses)
        try carrier.carry(&high)
        try carrier.carry(&low)
        try carrier.carry(&dueAt)
        try carrier.carry(&connections)
    }
}

/// What a door knows, left to a successor.
///
/// ```
/// [ addresses u32 ] n x [ address ]     those who are connected, then the idle, longest first
/// [ reasons u32 ] n x [ refused u64 ][ uncounted u64 ]
/// ```
public struct CarriedDoor: Carriable, Equatable, Sendable {
    var addresses: [CarriedAddress] = []
    var refused: [UInt64] = []
    var uncounted: UInt64 = 0

    /// One to be read into.
    public init() {}

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&addresses, limit: AddressTableLimits.addresses)
        try carrier.carry(&refused, limit: AddressRefusal.allCases.count)
        try carrier.require(refused.count == AddressRefusal.allCases.count)
        try carrier.carry(&uncounted)
        guard carrier.isReading else { return }
        var places = Set<UInt32>()
        var areIdle = false
        for address in addresses {
            try carrier.require(places.insert(address.place).inserted)
            try carrier.require(address.connections == 0 || !areIdle)
            areIdle = address.connections == 0
        }
    }

    /// Whether connections count for somebody in this place.
    public func counts(_ place: UInt32) -> Bool {
        addresses.contains { $0.place == place && $0.connections > 0 }
    }
}

extension AddressTable {
    /// Everybody, those who are connected first, then the idle, longest first.
    var carried: [CarriedAddress] {
        var found: [CarriedAddress] = []
        for place in entries.indices where entries[place].connections > 0 {
            found.append(carried(UInt32(place)))
        }
        var idle = oldestIdle
        while idle != Self.none {
            found.append(carried(idle))
            idle = entries[Int(idle)].next
        }
        return found
    }

    private func carried(_ place: UInt32) -> CarriedAddress {
        let entry = entries[Int(place)]
        var carried = CarriedAddress()
        carried.place = place
        carried.high = entry.network.high
        carried.low = entry.network.low
        carried.dueAt = entry.dueAt
        carried.connections = entry.connections
        return carried
    }

    /// Remembers addresses where another table did; where nobody is remembered yet.
    mutating func take(_ carried: [CarriedAddress]) {
        guard let last = carried.map(\.place).max() else { return }
        entries = ContiguousArray(
            repeating: Entry(network: IPAddress(high: 0, low: 0)), count: Int(last) + 1)
        let taken = Set(carried.map(\.place))
        for place in (0...last).reversed() where !taken.contains(place) {
            entries[Int(place)].next = firstFree
            firstFree = place
        }
        for address in carried {
            let network = IPAddress(high: address.high, low: address.low)
            entries[Int(address.place)] = Entry(
                network: network, dueAt: address.dueAt, connections: address.connections)
            index.insert(hash(network), slot: address.place)
            if address.connections == 0 { appendIdle(address.place) }
        }
    }
}

extension Door {
    /// What a successor needs to judge on.
    public var carried: CarriedDoor {
        var carried = CarriedDoor()
        carried.addresses = table.carried
        carried.refused = refused
        carried.uncounted = uncounted
        return carried
    }

    /// Judges on where another one was; nobody has come yet.
    public mutating func take(_ carried: CarriedDoor) {
        table.take(carried.addresses)
        refused = carried.refused
        uncounted = carried.uncounted
    }
}
