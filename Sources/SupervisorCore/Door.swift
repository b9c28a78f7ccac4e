public import ByteCore

/// What one client address may have of the ingest port.
public struct AddressLimits: Equatable, Sendable {
    /// Connections at a time; 0 for any number.
    public var connections: Int
    /// New connections a second, and ten times as many at once; 0 for any number.
    public var newPerSecond: Int

    /// Takes both.
    public init(connections: Int, newPerSecond: Int) {
        self.connections = connections
        self.newPerSecond = newPerSecond
    }

    /// What a server runs with when nobody says anything: an office behind one address finds room, all of it
    /// at once after a restart, too, and no single machine fills the server.
    public static let standard = AddressLimits(connections: 2_048, newPerSecond: 200)

    /// New connections that may come at once.
    var burst: Int { newPerSecond * AddressTableLimits.burstSeconds }
}

/// Why a new connection is not let in.
public enum AddressRefusal: Int, CaseIterable, Sendable {
    /// Its address has as many as it may have.
    case connections
    /// New ones come from there too fast.
    case rate

    /// The reason in `/metrics` and in the log.
    public var label: StaticString {
        switch self {
        case .connections: "address_connections"
        case .rate: "address_rate"
        }
    }
}

/// To whom the limits on addresses apply.
public struct DoorSettings: Equatable, Sendable {
    public var limits: AddressLimits
    /// Networks whose connections are counted for nobody: proxies, which stand for many, and friends.
    public var unlimited: [IPNetwork]
    /// Whether this machine's own addresses are counted, too.
    public var countsLoopback: Bool
    /// Whether everybody is let in: where each connection is a proxy's.
    public var letsEverybodyIn: Bool

    /// By default all but this machine is counted.
    public init(
        limits: AddressLimits = .standard, unlimited: [IPNetwork] = [], countsLoopback: Bool = false,
        letsEverybodyIn: Bool = false
    ) {
        self.limits = limits
        self.unlimited = unlimited
        self.countsLoopback = countsLoopback
        self.letsEverybodyIn = letsEverybodyIn
    }

    /// Whether connections of an address are counted.
    func counts(_ address: IPAddress) -> Bool {
        guard !letsEverybodyIn, limits.connections > 0 || limits.newPerSecond > 0 else { return false }
        if address.isLoopback, !countsLoopback { return false }
        return !unlimited.contains { $0.contains(address) }
    }
}

/// Decides whether a new connection is let in, by the address that it comes from: no I/O, the clock passed
/// in.
public struct Door: ~Copyable {
    /// What became of a new connection.
    public enum Verdict: Equatable {
        /// It counts for an address, until `closed` is called with this.
        case counted(UInt32)
        /// It counts for nobody.
        case free
        case refused(AddressRefusal)
    }

    private var settings: DoorSettings
    var table: AddressTable
    var refused = [UInt64](repeating: 0, count: AddressRefusal.allCases.count)
    /// Connections that were let in uncounted because too many addresses have some.
    public internal(set) var uncounted: UInt64 = 0

    /// Nobody has come yet; `seed` is random.
    public init(_ settings: DoorSettings, seed: UInt64) {
        self.settings = settings
        table = AddressTable(settings.limits, capacity: AddressTableLimits.addresses, seed: seed)
    }

    /// Addresses remembered.
    public var addresses: Int { table.count }

    /// How often a reason was given.
    public func refused(_ reason: AddressRefusal) -> UInt64 { refused[reason.rawValue] }

    /// Whether anybody's connections are judged, those of other machines and those of this one.
    public var judges: (others: Bool, loopback: Bool) {
        let limits = settings.limits
        let isAny = !settings.letsEverybodyIn && (limits.connections > 0 || limits.newPerSecond > 0)
        return (isAny, isAny && settings.countsLoopback)
    }

    /// Judges a new connection of `address` at `now`, nanoseconds of CLOCK_MONOTONIC.
    public mutating func judge(_ address: IPAddress, now: Int64) -> Verdict {
        guard settings.counts(address) else { return .free }
        switch table.admit(address, now: now) {
        case .admitted(let place): return .counted(place)
        case .uncounted:
            uncounted += 1
            return .free
        case .refused(let reason):
            refused[reason.rawValue] += 1
            return .refused(reason)
        }
    }

    /// Judges by other settings from now on; whoever was let in stays, and counts on if they were counted.
    public mutating func take(_ settings: DoorSettings) {
        self.settings = settings
        table.take(settings.limits)
    }

    /// A connection that was counted is over.
    public mutating func closed(_ place: UInt32) { table.closed(place) }

    /// Forgets addresses that mean nothing any more; to be called about once a second.
    public mutating func forgetIdle(now: Int64) {
        table.forgetIdle(now: now, most: AddressTableLimits.forgottenPerSecond)
    }
}
