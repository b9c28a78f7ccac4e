/// Every text that groups and readers hold on to, once each, so that a snapshot can name them by place.
struct TextsInUse {
    private(set) var ticks: [TickText] = []
    private(set) var carried: [CarriedText] = []
    private var places: [ObjectIdentifier: Int] = [:]

    init(_ groups: ContiguousArray<RateGroup>, _ readers: [StreamReader]) {
        for (place, reader) in readers.enumerated() { places[ObjectIdentifier(reader)] = place }
        for group in groups {
            if let frame = group.frame { add(frame) }
            if let keyframe = group.keyframe { add(keyframe) }
        }
        for reader in readers {
            if let text = reader.tick.reading { add(text) }
            if let text = reader.carry.text { add(text) }
        }
    }

    private mutating func add(_ text: TickText) {
        guard places[ObjectIdentifier(text)] == nil else { return }
        places[ObjectIdentifier(text)] = ticks.count
        ticks.append(text)
        for part in text.carried.keys.sorted() { if let rest = text.carried[part] { add(rest) } }
    }

    private mutating func add(_ text: CarriedText) {
        guard places[ObjectIdentifier(text)] == nil else { return }
        places[ObjectIdentifier(text)] = carried.count
        carried.append(text)
    }

    /// The place of a text among its kind, or of a reader; nil for none.
    func place(of object: AnyObject?) -> Int? { object.flatMap { places[ObjectIdentifier($0)] } }
}
