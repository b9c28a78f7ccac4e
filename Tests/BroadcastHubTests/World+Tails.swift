import PointerEvents

/// What a tail says, in the simplest way: nil for what it does not, and texts as JSON strings.
struct SaidTail: Equatable {
    var scrollX: Double?
    var scrollY: Double?
    var documentWidth: Double?
    var documentHeight: Double?
    var pointerType: PointerType?
    var name: [UInt8]?
    /// Of the sample alone.
    var element: [UInt8]?

    /// Says also what an older one says of the surroundings and this one does not.
    func filled(from older: SaidTail) -> SaidTail {
        var filled = self
        filled.scrollX = scrollX ?? older.scrollX
        filled.scrollY = scrollY ?? older.scrollY
        filled.documentWidth = documentWidth ?? older.documentWidth
        filled.documentHeight = documentHeight ?? older.documentHeight
        filled.pointerType = pointerType ?? older.pointerType
        filled.name = name ?? older.name
        return filled
    }

    /// Without what is of the sample alone.
    var surroundings: SaidTail {
        var surroundings = self
        surroundings.element = nil
        return surroundings
    }

    /// Whether what both know is the same.
    func agrees(with other: SaidTail) -> Bool {
        filled(from: other).surroundings == other.filled(from: self).surroundings
    }

    /// Its keys, behind those of a sample.
    var json: [UInt8] {
        var json: [UInt8] = []
        func add(_ key: String, _ value: [UInt8]?) {
            if let value { json += Array(",\"\(key)\":".utf8) + value }
        }
        add("sx", scrollX.map { World.halves($0) })
        add("sy", scrollY.map { World.halves($0) })
        add("dw", documentWidth.map { World.halves($0) })
        add("dh", documentHeight.map { World.halves($0) })
        add("pt", pointerType.map { Array("\"\($0)\"".utf8) })
        add("n", name)
        add("el", element)
        return json
    }
}

extension World {
    /// What a tail that came on a channel says; its texts are those that the channel's numbers stand for.
    func said(_ tail: SampleTail?, on channel: Int) -> SaidTail? {
        guard let tail else { return nil }
        var said = SaidTail()
        if tail.fields.contains(.scrollX) { said.scrollX = tail.scrollX }
        if tail.fields.contains(.scrollY) { said.scrollY = tail.scrollY }
        if tail.fields.contains(.documentWidth) { said.documentWidth = tail.documentWidth }
        if tail.fields.contains(.documentHeight) { said.documentHeight = tail.documentHeight }
        if tail.fields.contains(.pointerType) { said.pointerType = PointerType(rawValue: tail.pointerType) }
        if tail.fields.contains(.name) { said.name = names[Slot(channel: channel, slot: tail.name)] }
        if tail.fields.contains(.element) {
            said.element = elements[Slot(channel: channel, slot: tail.element)]
        }
        return said
    }
}

/// The time in which somebody may come back.
extension World {
    /// Nobody speaks for a visitor any more.
    func lost(_ visitor: Int, mayReturn: Bool = false, now: Int64 = 0) {
        people[visitor].speakers -= 1
        guard people[visitor].speakers == 0 else { return }
        guard mayReturn, grace > 0 else { return kill(visitor) }
        graceCount += 1
        people[visitor].grace = (now + grace, graceCount)
    }

    /// Whose time is over has gone, in the order in which they left.
    func endGraces(now: Int64) {
        let due = people.indices.filter { people[$0].grace.map { $0.until <= now } ?? false }
        for visitor in due.sorted(by: { people[$0].grace! < people[$1].grace! }) { kill(visitor) }
    }

    private func kill(_ visitor: Int) {
        people[visitor].grace = nil
        appendKill(of: visitor)
        onKill?(visitor)
    }
}
