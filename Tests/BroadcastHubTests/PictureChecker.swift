import SSEWire

/// Reads a default-shape stream as a client does, and holds it against the contract alone: order, no
/// repetition, ids, text, and a picture that in the end agrees with the world.
struct PictureChecker: ~Copyable {
    private var world: World
    private var start: Int
    /// It begins anew, and has to be told so first.
    private var mustReset = false
    /// The id of the last whole message; nil before the first.
    private(set) var cursor: LastEventID?
    private var parser = EventStreamParser()
    private var lastN = 0
    private var picture: [Int: Int] = [:]
    /// Where each visitor is, as far as this viewer was told.
    private var known: [Int: World.Surroundings] = [:]
    private var killsSeen: Set<Int> = []
    /// The head of the newest reset; nothing up to it counts as delivered.
    private var resetHead: Int
    private(set) var resets = 0
    private(set) var delivered: UInt64 = 0

    init(world: World, start: Int) {
        self.world = world
        self.start = start
        lastN = start
        resetHead = start
    }

    /// From here on everything is of another world, or anew of this one.
    mutating func adopt(_ world: World, start: Int, mustReset: Bool) {
        self.world = world
        self.start = start
        self.mustReset = mustReset
        lastN = start
        resetHead = start
        picture = [:]
        known = [:]
        killsSeen = []
        delivered = 0
        resets = 0
        cursor = nil
    }

    /// What follows is on another connection; a message that was not whole is not had.
    mutating func reconnect() { parser = EventStreamParser() }

    /// Takes bytes of the stream; returns what is wrong with them.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> String? {
        var offset = 0
        do {
            while let message = try parser.next(bytes, offset: &offset) {
                if let wrong = check(message) { return wrong }
            }
        } catch {
            return "the parser failed: \(error)"
        }
        return nil
    }

    private mutating func check(_ message: EventStreamMessage) -> String? {
        guard let id = LastEventID.parse(message.id), id.boot == world.boot else { return "no id" }
        let n = Int(id.n)
        cursor = id
        if message.event.elementsEqual("reset".utf8) {
            mustReset = false
            guard n == 0 else { return "a reset with the id \(n)" }
            let text = String(decoding: message.data, as: UTF8.self)
            guard text.hasPrefix("{\"n\":"), let head = Int(text.dropFirst(5).dropLast()) else { return text }
            guard head <= world.head, head >= resetHead else { return "a reset to \(head) of \(world.head)" }
            picture = [:]
            known = [:]
            lastN = 0
            resetHead = head
            resets += 1
            return nil
        }
        guard message.event.isEmpty else { return "an unknown event" }
        guard !mustReset else { return "no reset where all begins anew" }
        guard n > lastN else { return "\(n) after \(lastN)" }
        guard n <= world.head else { return "\(n) has not happened" }
        lastN = n
        let event = world.events[n - 1]
        // What the model alone knows is when page and viewport are to be filled in.
        guard message.data.elementsEqual(event.data) || message.data.elementsEqual(event.filled) else {
            return "\(n) is \(String(decoding: message.data, as: UTF8.self))"
        }
        if event.isKill {
            killsSeen.insert(n)
            picture[event.visitor] = nil
            known[event.visitor] = nil
        } else {
            picture[event.visitor] = n
            if message.data.elementsEqual(event.filled) {
                known[event.visitor, default: World.Surroundings()].merge(event.held)
            }
            known[event.visitor, default: World.Surroundings()].merge(event.told)
            if n > resetHead { delivered += 1 }
        }
        return nil
    }

    /// What is wrong with the picture of a viewer that has nothing more to get.
    borrowing func checkWhole() -> String? {
        for n in world.kills where n > resetHead && !killsSeen.contains(n) {
            return "the kill \(n) is missing"
        }
        var expected: [Int: Int] = [:]
        for (visitor, person) in world.people.enumerated() where person.isPresent && person.newestN > 0 {
            if resets > 0 || person.newestN > start { expected[visitor] = person.newestN }
        }
        for (visitor, surroundings) in known where !surroundings.agrees(with: world.people[visitor].held) {
            return "\(visitor) is taken to be at \(surroundings), is at \(world.people[visitor].held)"
        }
        return picture == expected ? nil : "the picture is \(picture), should be \(expected)"
    }
}
