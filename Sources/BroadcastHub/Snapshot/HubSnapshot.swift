public import ByteCore
public import FramesShape

/// A hub in one piece of memory, to be read back by another process of the same machine: visitors, texts, the
/// ring, remembered kills, channels, who is in grace, claims, viewers with their cursors, the newest ticks.
///
/// What is read back answers everything as the hub would have that was written. Text of the ring is not in
/// it; it is made again where it was there, since it follows from the records.
///
/// ```
///   0 [ "PSCOPHUB"                 ]
///   8 [ version u32 | 0 u32        ]
///  16 [ length of the body u64     ]
///  24 [ checksum of the body u64   ]   SipHash-1-3
///  32 [ body: the hub | pages | names | elements | visitors | ring | kills
///             | channels | moves | grace | claims | histories | viewers | ticks | scopes ]
/// ```
/// Values are of explicit width, in host byte order. A section begins with four letters; its layout is drawn
/// at its code. Reading is strict: what is cut off, flipped or cannot be is refused, and never does harm.
public enum HubSnapshot {
    /// Raised with every change of a layout. Another version's is refused: its writer and its reader are of
    /// one machine and one update, which then goes on with an empty hub.
    public static let version: UInt32 = 9
    static let magic: UInt64 = 0x4255_4850_4F43_5350
    static let headerBytes = 32

    /// Appends `hub` to a buffer; it goes on as it was.
    ///
    /// Between `fillVectors` and `took` it must not be called: what a kernel takes meanwhile would not be in
    /// it.
    public static func write(_ hub: BroadcastHub, into buffer: inout ByteBuffer) {
        let start = buffer.count
        buffer.reserve(expectedBytes(hub))
        appendHeader(to: &buffer)
        writeHub(hub, into: &buffer)
        hub.writeScopes(into: &buffer)
        finishHeader(at: start, of: &buffer)
    }

    /// Appends everything but the scopes; of a scope's hub, which has none, no channels either.
    static func writeHub(_ hub: BroadcastHub, into buffer: inout ByteBuffer) {
        hub.writeHead(into: &buffer)
        for kind in TextKind.allCases { hub.texts[kind].write(kind, into: &buffer) }
        hub.writeVisitors(into: &buffer)
        hub.ring.write(into: &buffer, skewed: hub.isFaulty(.eventIDsShifted))
        hub.kills.write(into: &buffer)
        if hub.scopeNumber == 0 {
            hub.channels.write(into: &buffer, withoutSlotPages: hub.isFaulty(.slotPagesNotMoved))
            hub.writeMoves(into: &buffer)
            hub.writeGrace(into: &buffer)
            hub.claims.write(
                into: &buffer, withoutStamps: hub.isFaulty(.claimsNotMoved),
                withoutHorizon: hub.isFaulty(.horizonNotMoved))
            hub.writeHistories(into: &buffer)
        }
        hub.writeViewers(into: &buffer)
        hub.ticker.write(readers: hub.viewers.compactMap { $0 }.filter { !$0.isPoll }, into: &buffer)
    }

    private static func appendHeader(to buffer: inout ByteBuffer) {
        buffer.append(integer: magic)
        buffer.append(integer: version)
        buffer.append(integer: UInt32(0))
        buffer.append(integer: UInt64(0))
        buffer.append(integer: UInt64(0))
    }

    /// Puts length and checksum of everything behind the header at `start` into it.
    private static func finishHeader(at start: Int, of buffer: inout ByteBuffer) {
        let body = UnsafeRawBufferPointer(rebasing: buffer.readable[(start + headerBytes)...])
        let (length, checksum) = (UInt64(body.count), Self.checksum(body))
        buffer.mutableReadable.storeBytes(of: length.littleEndian, toByteOffset: start + 16, as: UInt64.self)
        buffer.mutableReadable.storeBytes(
            of: checksum.littleEndian, toByteOffset: start + 24, as: UInt64.self)
    }

    /// Makes a hub of what `write` made.
    ///
    /// - Parameters:
    ///   - limits: those of the new hub; it must have room for everything, and segments as long.
    ///   - budget: as in `BroadcastHub.init`; what viewers carry is taken from it.
    ///   - hashSeed: as there; the tables of ids and pages are keyed anew.
    public static func read(
        _ bytes: UnsafeRawBufferPointer, limits: HubLimits = .standard,
        budget: ByteBudget = ByteBudget(limit: .max), hashSeed: UInt64
    ) throws(SnapshotFault) -> BroadcastHub {
        var reader = SnapshotReader(try body(of: bytes))
        let hub = try readHub(from: &reader, limits: limits, budget: budget, hashSeed: hashSeed, scope: 0)
        try hub.readScopes(from: &reader)
        try reader.require(reader.isAtEnd)
        return hub
    }

    /// Makes a hub of what `writeHub` wrote.
    static func readHub(
        from reader: inout SnapshotReader, limits: HubLimits, budget: ByteBudget, hashSeed: UInt64,
        scope: UInt32
    ) throws(SnapshotFault) -> BroadcastHub {
        let boot = try reader.integer(UInt64.self)
        let hub = BroadcastHub(
            boot: boot, clock: EpochClock(offset: 0, slept: 0), limits: limits, budget: budget,
            hashSeed: hashSeed, scope: scope)
        try hub.readHead(from: &reader)
        for kind in TextKind.allCases { try hub.texts[kind].read(kind, from: &reader) }
        let gone = try hub.readVisitors(from: &reader)
        let owed = try hub.ring.read(from: &reader)
        try hub.checkRecords(gone: gone)
        guard hub.ring.makeText(owed, visitors: hub.visitors, texts: hub.texts, idPrefix: hub.idPrefix) else {
            throw .noRoom
        }
        try hub.kills.read(headN: hub.ring.headN, from: &reader)
        if scope == 0 {
            try hub.readChannels(from: &reader)
            try hub.readMoves(from: &reader)
            try hub.readGrace(from: &reader)
            try hub.readClaims(from: &reader)
            try hub.readHistories(from: &reader)
        } else {
            hub.speakForEveryone()
        }
        try hub.readViewers(from: &reader)
        return hub
    }

    /// The body of a snapshot that is whole.
    private static func body(
        of bytes: UnsafeRawBufferPointer
    ) throws(SnapshotFault) -> UnsafeRawBufferPointer {
        var header = SnapshotReader(bytes)
        guard try header.integer(UInt64.self) == magic else { throw .notASnapshot }
        let version = try header.integer(UInt32.self)
        guard version == Self.version else { throw .otherVersion(version) }
        try header.mark(0)
        let length = try header.integer(UInt64.self)
        let checksum = try header.integer(UInt64.self)
        guard length <= UInt64(bytes.count - headerBytes) else { throw .truncated }
        guard length == UInt64(bytes.count - headerBytes) else { throw .damaged }
        let body = UnsafeRawBufferPointer(rebasing: bytes[headerBytes...])
        guard Self.checksum(body) == checksum else { throw .damaged }
        return body
    }

    static func checksum(_ body: UnsafeRawBufferPointer) -> UInt64 { Hash64.hash(body, seed: magic) }

    /// About what it takes, so that the buffer need not grow by doubling.
    private static func expectedBytes(_ hub: BroadcastHub) -> Int {
        let records = Int(hub.ring.headN + 1 - hub.ring.firstN)
        let scopes = hub.scopes.reduce(0) { $0 + expectedBytes($1.hub) + Int($1.members.capacity) * 4 }
        let histories = hub.histories.visitors.used * 144 + hub.histories.pages.places.count * 800
        return scopes + histories + 65_536 + records * 64 + hub.visitors.count * 180 + hub.visitors.textBytes
            / 2
            + hub.texts.bytes + hub.texts.count * 6 + hub.claims.count * 40 + hub.kills.count * 40 + hub
            .viewers.count * 200
    }
}
