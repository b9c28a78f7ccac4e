import ByteCore
import TestSupport

@testable import SupervisorCore

/// One random history of a small table, held against a model that remembers everybody who ever came.
struct AddressHistory: ~Copyable {
    private static let capacity = 8
    private static let addresses: [IPAddress] =
        (0..<6).map { IPAddress(v4: 0xC000_0200 + UInt32($0)) }
        // Two of one network, and two others.
        + [1, 2].map { IPAddress(high: 0x2001_0DB8_0000_0001, low: $0) }
        + [2, 3].map { IPAddress(high: 0x2001_0DB8_0000_0000 + $0, low: 1) }
        + (0..<6).map { IPAddress(v4: 0xCB00_7100 + UInt32($0)) }

    private struct Client {
        var connections = 0
        /// When each new connection that still counts was let in.
        var dueAt: Int64 = .min
        /// Since when it has had no connection, in the order in which that came.
        var idleSince = 0
    }

    private var random: SplitMix64
    private var table: AddressTable
    private let limits: AddressLimits
    private var now: Int64 = 1_000_000_000
    private var clients: [IPAddress: Client] = [:]
    private var open: [(place: UInt32, network: IPAddress)] = []
    private var uncounted = 0
    private var steps = 0

    init(seed: UInt64, fault: AddressFault? = nil) {
        random = SplitMix64(seed: seed)
        limits = AddressLimits(
            connections: random.pick([0, 1, 2, 5]), newPerSecond: random.pick([0, 1, 2, 10]))
        table = AddressTable(limits, capacity: Self.capacity, seed: seed)
        table.fault = fault
    }

    /// Runs the history; nil when table and model agreed all the way.
    mutating func firstDifference(steps count: Int) -> String? {
        for step in 0..<count {
            steps = step
            let difference: String?
            switch random.below(10) {
            case ..<6: difference = arrive()
            case ..<8: difference = leave()
            case 8:
                now += Int64(random.below(3_000)) * 1_000_000
                difference = nil
            default:
                table.forgetIdle(now: now, most: .max)
                forgetIdle(most: .max)
                difference = nil
            }
            if let difference { return "step \(step): \(difference)" }
            guard table.count == clients.count else {
                return "step \(step): \(table.count) are remembered instead of \(clients.count)"
            }
        }
        return nil
    }

    private mutating func arrive() -> String? {
        let address = random.pick(Self.addresses)
        let network = address.v4 == nil ? IPAddress(high: address.high, low: 0) : address
        forgetIdle(most: 2)
        let outcome = table.admit(address, now: now)
        guard clients[network] != nil || clients.count < Self.capacity || evict() else {
            return outcome == .uncounted ? nil : "no room for \(address), and it is \(outcome)"
        }
        var client = clients[network, default: Client(idleSince: steps)]
        let interval = limits.newPerSecond > 0 ? 1_000_000_000 / Int64(limits.newPerSecond) : 0
        let due = max(client.dueAt, now) + interval
        let expected: AddressRefusal? =
            if limits.connections > 0, client.connections >= limits.connections {
                .connections
            } else if interval > 0, due - now > 10_000_000_000 {
                .rate
            } else {
                nil
            }
        if let expected {
            clients[network] = client
            return outcome == .refused(expected) ? nil : "\(expected) expected, and it is \(outcome)"
        }
        guard case .admitted(let place) = outcome else { return "\(address) is \(outcome)" }
        client.connections += 1
        if interval > 0 { client.dueAt = due }
        clients[network] = client
        open.append((place, network))
        return nil
    }

    private mutating func leave() -> String? {
        guard !open.isEmpty else { return nil }
        let (place, network) = open.remove(at: random.below(open.count))
        table.closed(place)
        guard var client = clients[network], client.connections > 0 else { return "the model forgot it" }
        client.connections -= 1
        if client.connections == 0 { client.idleSince = steps }
        clients[network] = client
        return nil
    }

    private var oldestIdle: IPAddress? {
        clients.filter { $0.value.connections == 0 }.min { $0.value.idleSince < $1.value.idleSince }?.key
    }

    private mutating func evict() -> Bool {
        guard let oldest = oldestIdle else { return false }
        clients[oldest] = nil
        return true
    }

    private mutating func forgetIdle(most: Int) {
        var left = most
        while left > 0, let oldest = oldestIdle, clients[oldest].map({ $0.dueAt <= now }) == true {
            clients[oldest] = nil
            left -= 1
        }
    }
}
