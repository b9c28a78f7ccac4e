/// Where connections go, and what an operator sees of the places.
extension Supervisor {
    /// Whether connections may be accepted: a worker runs and no stop was asked for.
    public var isAdmitting: Bool { !isStopping && runningCount > 0 }

    /// Workers that accept connections now.
    public var runningCount: Int {
        places.reduce(0) { count, place in
            if case .running = place.life { return count + 1 }
            return count
        }
    }

    /// Whether an operator has stopped all workers there are, or has had them drained.
    public var isHalted: Bool { places.allSatisfy { $0.fate == .halted || $0.fate == .leaving } }

    /// Connections that fit at a time, over all workers running now.
    public var capacity: Int {
        places.reduce(0) { sum, place in
            if case .running = place.life { return sum + place.capacity }
            return sum
        }
    }

    /// Places for newcomers: those that are free at workers that run, less those that the connections of
    /// workers which are being emptied will take. Whoever was there first is not closed for a newcomer.
    var roomForNewcomers: Int {
        places.reduce(0) { room, place in
            switch place.life {
            case .running: room + max(0, place.capacity - place.connections)
            case .draining(_, let until) where until != .max && fault != .givesAwayPlacesOfTheMoving:
                room - place.connections
            case .vacant, .absent, .spawning, .starting, .standby, .draining, .stopping, .killed, .stopped,
                .givenUp, .ended:
                room
            }
        }
    }

    /// Whether a newcomer does better to wait a moment: there is a place, but to no worker that has one can
    /// more be handed right now. As many as `moving` places are for those who are between two workers.
    public func isToWait(behind moving: Int, isFull: (Int) -> Bool) -> Bool {
        roomForNewcomers > moving && !places.indices.contains { hasRoom($0, isFull) }
    }

    /// Takes a running worker with room for a newcomer, as the balance says; the one chosen counts it. As
    /// many as `moving` places are for those who are between two workers.
    public mutating func place(behind moving: Int = 0, isFull: (Int) -> Bool = { _ in false }) -> Placement {
        guard roomForNewcomers > moving || !places.indices.contains(where: { isOpen($0) }) else {
            return .refused(.capacity)
        }
        return placeAnyone(isFull: isFull)
    }

    /// Takes a running worker with room, as the balance says; the one chosen counts the connection.
    ///
    /// `isFull` tells of a worker to which no more can be handed right now. Among those that have as few
    /// connections chance decides: who could count along would choose whose neighbour to be.
    public mutating func placeAnyone(isFull: (Int) -> Bool) -> Placement {
        let chosen =
            switch balance {
            case .leastConnections, .shared, .reuseport: emptiest(isFull: isFull)
            case .roundRobin: nextInTurn(isFull: isFull)
            }
        guard let chosen else {
            return .refused(places.indices.contains { isOpen($0) } ? .capacity : .noWorker)
        }
        places[chosen].connections += 1
        return .worker(chosen)
    }

    private func hasRoom(_ index: Int, _ isFull: (Int) -> Bool) -> Bool {
        isOpen(index) && places[index].connections < places[index].capacity && !isFull(index)
    }

    /// One of the workers that have the fewest connections of those with room.
    mutating func emptiest(besides other: Int? = nil, isFull: (Int) -> Bool) -> Int? {
        var fewest = Int.max
        var alike = 0
        var chosen: Int?
        for index in places.indices where index != other && hasRoom(index, isFull) {
            let connections = places[index].connections
            if connections < fewest {
                fewest = connections
                alike = 0
                chosen = index
                if fault == .placesUnfairly { break }
            }
            if connections == fewest { alike += 1 }
        }
        guard alike > 1, fault != .breaksTiesInOrder else { return chosen }
        var left = chance.below(alike)
        for index in places.indices where index != other && hasRoom(index, isFull) {
            guard places[index].connections == fewest else { continue }
            if left == 0 { return index }
            left -= 1
        }
        return chosen
    }

    private mutating func nextInTurn(isFull: (Int) -> Bool) -> Int? {
        for step in 0..<places.count {
            let index = (cursor + step) % places.count
            guard hasRoom(index, isFull) else { continue }
            if fault != .placesUnfairly { cursor = (index + 1) % places.count }
            return index
        }
        return nil
    }

    /// Whether connections may go there.
    func isOpen(_ index: Int) -> Bool {
        switch places[index].life {
        case .running: true
        case .draining: fault == .placesOnDraining
        case .standby: fault == .placesOnStandby
        case .vacant, .absent, .spawning, .starting, .stopping, .killed, .stopped, .givenUp, .ended: false
        }
    }

    /// A connection that was placed there is over.
    public mutating func connectionClosed(_ index: Int) {
        guard places[index].connections > 0, fault != .forgetsClosed else { return }
        places[index].connections -= 1
    }

    /// Places, those that are nobody's among them.
    public var placeCount: Int { places.count }

    /// Places that are somebody's, in the order of their workers' numbers; of two of a number the one that
    /// serves comes first.
    public var occupied: [Int] {
        places.indices.filter { places[$0].life != .vacant }.sorted { one, other in
            let (one, other) = (places[one], places[other])
            if one.number != other.number { return one.number < other.number }
            return (one.fate == .leaving ? 1 : 0) < (other.fate == .leaving ? 1 : 0)
        }
    }

    /// Whether the worker of this place is to take over from another one, or to come in addition.
    public func isCandidate(_ index: Int) -> Bool { places[index].fate == .candidate }

    /// What people call the worker of this place.
    public func number(of index: Int) -> Int { places[index].number }

    /// Times a worker died and was replaced, and was not there again under its number.
    public func restarts(of index: Int) -> Int { places[index].restarts }

    /// Times any worker died and was replaced.
    public var restarts: Int { places.reduce(departedRestarts) { $0 + $1.restarts } }

    /// `starting`, `ready` (waits for the others to take over), `running`, `draining`, `stopping`, `killed`,
    /// `waiting` (for its restart), `stopped`, `errored` (it kept dying at its start and was given up) or
    /// `ended`.
    public func stateName(of index: Int) -> StaticString {
        switch places[index].life {
        case .vacant: "vacant"
        case .standby: "ready"
        case .draining: "draining"
        case .stopped: "stopped"
        case .givenUp: "errored"
        case .absent: "waiting"
        case .spawning, .starting: "starting"
        case .running: "running"
        case .stopping: "stopping"
        case .killed: "killed"
        case .ended: "ended"
        }
    }
}
