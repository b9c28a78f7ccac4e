import ByteCore
import FramesShape
import PointerEvents

/// Scopes in a snapshot, each with its hub.
///
/// ```
///  [ "SCOP" ][ last number u32 ]
///  [ of scopes that are no more: offered, delivered, conflated, undelivered 5, bytes, catch-ups, resets,
///    keyframes, shortened, cut and place entries, interrupted, frames, refused scopes and filters:
///    19 x u64 ]
///  [ scopes u32 ]  n x [ number u32 ][ length u16 ][ text, none where nobody is held to it ]
///      [ has a filter u8 ]  and if it has  [ pages u8 ] n x [ length u16 ][ text ]  [ ids u8 ] n x the same
///      [ idle since i64, least of all: not known ][ samples it began with u64 ]
///      [ members u32 ] n x [ its hub's entry u32 ]     by the whole hub's entry; all ones: not in
///      [ hub: as a snapshot's body, without channels and scopes ]
/// ```
extension BroadcastHub {
    private static let mark: UInt32 = 0x504F_4353

    private static var countersOfViewers: [WritableKeyPath<HubCounters, UInt64>] {
        [
            \.offered, \.delivered, \.conflated, \.bytes, \.catchUps, \.resets, \.keyframes,
            \.shortenedKeyframes, \.cutEntries, \.placeEntries, \.interruptedKeyframes, \.frames,
            \.refusedScopes, \.refusedFilters,
        ]
    }

    func writeScopes(into buffer: inout ByteBuffer) {
        buffer.append(integer: Self.mark)
        buffer.append(integer: lastScopeNumber)
        for counter in Self.countersOfViewers { buffer.append(integer: departedScopes[keyPath: counter]) }
        for count in departedScopes.undelivered { buffer.append(integer: count) }
        buffer.append(integer: UInt32(scopes.count))
        for scope in scopes {
            buffer.append(integer: scope.number)
            write(scope.view, into: &buffer)
            let isForgotten = isFaulty(.scopeIdleTimeForgotten)
            buffer.append(integer: (isForgotten ? nil : scope.idleSince) ?? .min)
            buffer.append(integer: scope.firstOrdinal)
            buffer.append(integer: scope.members.capacity)
            buffer.append(scope.members.memory)
            HubSnapshot.writeHub(scope.hub, into: &buffer)
        }
    }

    private func write(_ view: HubView, into buffer: inout ByteBuffer) {
        let text = view.scope?.text ?? ""
        buffer.append(integer: UInt16(text.utf8.count))
        buffer.append(text: text)
        buffer.append(flag: view.filter != nil)
        guard let filter = view.filter else { return }
        for texts in [filter.pages.map(\.text), filter.visitors] {
            buffer.append(integer: UInt8(texts.count))
            for text in texts {
                buffer.append(integer: UInt16(text.count))
                text.withUnsafeBytes { buffer.append($0) }
            }
        }
    }

    private func readView(from reader: inout SnapshotReader) throws(SnapshotFault) -> HubView {
        var view = HubView()
        let text = try reader.bytes(Int(try reader.integer(UInt16.self)))
        if !text.isEmpty {
            guard let scope = PageScope(parsing: text) else { throw .malformed }
            view.scope = scope
        }
        if try reader.flag() {
            let pages = try readTexts(from: &reader)
            let visitors = try readTexts(from: &reader)
            guard let filter = try? StreamFilter(pages: pages, visitors: visitors) else { throw .malformed }
            view.filter = filter
        }
        try reader.require(view != HubView())
        return view
    }

    private func readTexts(from reader: inout SnapshotReader) throws(SnapshotFault) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        for _ in 0..<Int(try reader.integer(UInt8.self)) {
            texts.append(Array(try reader.bytes(Int(try reader.integer(UInt16.self)))))
        }
        return texts
    }

    func readScopes(from reader: inout SnapshotReader) throws(SnapshotFault) {
        try reader.mark(Self.mark)
        lastScopeNumber = try reader.integer()
        for counter in Self.countersOfViewers { departedScopes[keyPath: counter] = try reader.counter() }
        for reason in departedScopes.undelivered.indices {
            departedScopes.undelivered[reason] = try reader.counter()
        }
        for _ in 0..<(try reader.count(upTo: 65_536)) {
            let scope = try readScope(from: &reader)
            add(scope)
            guard filterCount <= limits.filters, scopes.count - filterCount <= limits.scopes else {
                throw .noRoom
            }
            for visitor in 0..<scope.members.capacity where scope.members[visitor] != Visitor.none {
                scopeIndex.set(visitor, in: scope, to: true)
            }
        }
    }

    private func readScope(from reader: inout SnapshotReader) throws(SnapshotFault) -> HubScope {
        let number = try reader.integer(UInt32.self)
        try reader.require(number > 0 && number <= lastScopeNumber && find(number) == nil)
        let view = try readView(from: &reader)
        try reader.require(!scopes.contains { $0.view == view })
        let idleSince = try reader.time(or: .min)
        let firstOrdinal = try reader.counter()
        let memory = try readTable(upTo: limits.visitors, from: &reader)
        let hub = try HubSnapshot.readHub(
            from: &reader, limits: limits.ofScope(isFiltered: view.filter != nil), budget: ledger.budget,
            hashSeed: hashSeed, scope: number)
        let held = HubScope(number: number, view: view, hub: hub)
        held.idleSince = idleSince == .min ? nil : idleSince
        held.firstOrdinal = firstOrdinal
        held.members = NumberTable(none: Visitor.none, memory: memory)
        try reader.require(firstOrdinal <= hub.ring.headOrdinal && areSound(held))
        return held
    }

    /// Whether those who are in are present here and there, and nobody else is present there.
    private func areSound(_ scope: HubScope) -> Bool {
        var count = 0
        for visitor in 0..<scope.members.capacity where scope.members[visitor] != Visitor.none {
            let member = scope.members[visitor]
            guard visitors.isPresent(visitor), scope.hub.visitors.isPresent(member),
                scope.hub.visitors.id(of: member).elementsEqual(visitors.id(of: visitor))
            else { return false }
            count += 1
        }
        return count == scope.hub.visitors.presentCount
    }

    /// Everyone present in a scope's hub is there once.
    func speakForEveryone() {
        var visitor = visitors.oldest
        while visitor != Visitor.none {
            visitors[visitor].pointee.speakers = 1
            visitor = visitors.next(of: visitor)
        }
    }
}
