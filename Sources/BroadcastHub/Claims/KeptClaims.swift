import ByteCore
import FramesShape
import PointerEvents

/// What is remembered of redeemed tokens beyond the life of a server, so that its next life, which signs with
/// the same key, lets nobody in with one of them.
///
/// ```
///   0 [ "PSCLAIMS"                        ]
///   8 [ version u32 | identities u32      ]
///  16 [ checksum of what follows u64      ]   SipHash-1-3
///  24 [ horizon u64                       ]   epoch milliseconds, as in `ClaimTable`
///  32 n x [ stamp u64 | length u8 | id    ]   the oldest stamp first, of equal ones the lower id
/// ```
/// Numbers are little-endian. Of page loads nothing is kept: who was in the middle of one has a newer token.
public struct KeptClaims: Equatable, Sendable {
    /// An identity, and when the newest token that was redeemed for it was made, in epoch milliseconds.
    public struct Entry: Equatable, Sendable {
        public let id: [UInt8]
        public let stamp: UInt64

        public init(id: [UInt8], stamp: UInt64) {
            self.id = id
            self.stamp = stamp
        }

        static func comesFirst(_ one: Entry, _ other: Entry) -> Bool {
            one.stamp != other.stamp ? one.stamp < other.stamp : one.id.lexicographicallyPrecedes(other.id)
        }
    }

    static let magic: UInt64 = 0x534D_4941_4C43_5350
    static let version: UInt32 = 1
    private static let headBytes = 24

    /// Of an identity that is not among the entries, a token with a stamp up to this may have been redeemed.
    public private(set) var horizon: UInt64
    /// In the order of the file.
    public private(set) var entries: [Entry]

    /// Takes what is to be kept, each identity once.
    public init(horizon: UInt64 = 0, entries: [Entry] = []) {
        self.horizon = horizon
        self.entries = entries.sorted(by: Entry.comesFirst)
    }

    /// Adds what another server on the same directory, or an earlier one, has kept.
    public mutating func add(_ other: KeptClaims) {
        horizon = max(horizon, other.horizon)
        var stamps = [[UInt8]: UInt64](minimumCapacity: entries.count + other.entries.count)
        for entry in entries + other.entries {
            stamps[entry.id] = max(stamps[entry.id] ?? 0, entry.stamp)
        }
        entries = stamps.map { Entry(id: $0.key, stamp: $0.value) }.sorted(by: Entry.comesFirst)
    }

    /// Drops those whose tokens have all expired, which have stamps before `earliest`; of more than `limit`
    /// that are left the oldest go, and are behind the horizon from then on.
    public mutating func thinOut(before earliest: UInt64, limit: Int) {
        entries.removeFirst(entries.prefix { $0.stamp < earliest }.count)
        let excess = entries.count - limit
        guard excess > 0 else { return }
        horizon = max(horizon, entries[excess - 1].stamp)
        entries.removeFirst(excess)
    }

    // MARK: The file

    /// Reads a file; nil where it is none, or not as it was written.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        do throws(SnapshotFault) {
            var reader = SnapshotReader(bytes)
            try reader.require(try reader.integer(UInt64.self) == Self.magic)
            try reader.require(try reader.integer(UInt32.self) == Self.version)
            let count = Int(try reader.integer(UInt32.self))
            let checksum = try reader.integer(UInt64.self)
            let body = UnsafeRawBufferPointer(rebasing: bytes[Self.headBytes...])
            try reader.require(Self.checksum(body) == checksum)
            horizon = try reader.integer()
            entries = []
            for _ in 0..<count {
                let stamp = try reader.integer(UInt64.self)
                let length = Int(try reader.integer(UInt8.self))
                try reader.require(stamp > 0 && (1...PointerEvents.Limits.idBytes).contains(length))
                let entry = Entry(id: Array(try reader.bytes(length)), stamp: stamp)
                try reader.require(entries.last.map { Entry.comesFirst($0, entry) } ?? true)
                entries.append(entry)
            }
            try reader.require(reader.isAtEnd)
        } catch {
            return nil
        }
    }

    /// The file.
    public func encoded() -> [UInt8] {
        var body = ByteBuffer(capacity: entries.count * 32 + 16)
        body.append(integer: horizon)
        for entry in entries {
            body.append(integer: entry.stamp)
            body.append(UInt8(entry.id.count))
            entry.id.withUnsafeBytes { body.append($0) }
        }
        var head = ByteBuffer(capacity: 32)
        head.append(integer: Self.magic)
        head.append(integer: Self.version)
        head.append(integer: UInt32(entries.count))
        head.append(integer: Self.checksum(body.readable))
        return Array(head.readable) + Array(body.readable)
    }

    static func checksum(_ body: UnsafeRawBufferPointer) -> UInt64 { Hash64.hash(body, seed: magic) }
}

extension BroadcastHub {
    /// What is remembered of redeemed tokens, of those who speak too.
    public var keptClaims: KeptClaims {
        var entries: [KeptClaims.Entry] = []
        for number in 0..<UInt32(claims.numbersInUse) where claims.isInUse(number) {
            let claim = claims[number]
            guard claim.hasRedeemed, claim.speakers == 0 || !isFaulty(.speakersNotKept) else { continue }
            entries.append(KeptClaims.Entry(id: Array(claims.id(of: number)), stamp: claim.stamp))
        }
        return KeptClaims(horizon: isFaulty(.horizonNotKept) ? 0 : claims.horizon, entries: entries)
    }

    /// Takes up what an earlier life has kept; nobody has joined yet. What there is no room for is behind the
    /// horizon.
    public func takeUp(_ kept: KeptClaims) { claims.takeUp(kept) }

    /// What is known of signed identities.
    public var identityFigures: IdentityFigures {
        IdentityFigures(
            remembered: claims.count, forgotten: claims.forgotten, horizonMilliseconds: claims.horizon)
    }
}

/// What is known of signed identities.
public struct IdentityFigures: Equatable, Sendable {
    /// Identities that are remembered: who is present, and who has been.
    public let remembered: Int
    /// Identities with redeemed tokens that were forgotten, since the start.
    public let forgotten: UInt64
    /// Tokens made up to then are refused, unless their identity is remembered; epoch milliseconds, 0 for
    /// none.
    public let horizonMilliseconds: UInt64
}

extension ClaimTable {
    /// Takes up claims of an earlier life into a table that has none.
    fileprivate mutating func takeUp(_ kept: KeptClaims) {
        for entry in kept.entries {
            entry.id.withUnsafeBytes { id in
                // No page load has the number 0. One that is refused is of the time of those there was no
                // room for.
                guard let number = try? redeem(id, IdentityClaim(stamp: entry.stamp, instance: 0)),
                    number != Self.none
                else { return }
                release(number)
            }
        }
        restore(horizon: max(horizon, kept.horizon), forgotten: forgotten)
    }
}
