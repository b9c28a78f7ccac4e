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

    /// Takes a running worker with room, as the balance says; the one chosen counts the connection.
    ///
    /// `isFull` tells of a worker to which no more can be handed right now. Of workers that are alike the
    /// next in turn is taken, so that those who come at once are spread.
    public mutating func place(isFull: (Int) -> Bool = { _ in false }) -> Placement {
        var isAnyRunning = false
        var chosen: Int?
        for step in 0..<places.count {
            let index = (cursor + step) % places.count
            guard isOpen(index) else { continue }
            isAnyRunning = true
            guard places[index].connections < places[index].capacity, !isFull(index) else { continue }
            if let best = chosen, places[best].connections <= places[index].connections { continue }
            chosen = index
            if balance == .roundRobin || fault == .placesUnfairly { break }
        }
        guard let chosen else { return .refused(isAnyRunning ? .capacity : .noWorker) }
        places[chosen].connections += 1
        if fault != .placesUnfairly { cursor = (chosen + 1) % places.count }
        return .worker(chosen)
    }

    /// Whether connections may go there.
    private func isOpen(_ index: Int) -> Bool {
        switch places[index].life {
        case .running: true
        case .draining: fault == .placesOnDraining
        case .standby: fault == .placesOnStandby
        case .vacant, .absent, .spawning, .starting, .stopping, .killed, .stopped, .ended: false
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
    /// `waiting` (for its restart), `stopped` or `ended`.
    public func stateName(of index: Int) -> StaticString {
        switch places[index].life {
        case .vacant: "vacant"
        case .standby: "ready"
        case .draining: "draining"
        case .stopped: "stopped"
        case .absent: "waiting"
        case .spawning, .starting: "starting"
        case .running: "running"
        case .stopping: "stopping"
        case .killed: "killed"
        case .ended: "ended"
        }
    }
}
