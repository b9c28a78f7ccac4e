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

    /// Connections that fit at a time, over all workers running now.
    public var capacity: Int {
        places.reduce(0) { sum, place in
            if case .running = place.life { return sum + place.capacity }
            return sum
        }
    }

    /// Takes the next running worker with room, in turn; the one chosen counts the connection.
    ///
    /// `isFull` tells of a worker to which no more can be handed right now.
    public mutating func place(isFull: (Int) -> Bool = { _ in false }) -> Placement {
        var isAnyRunning = false
        for step in 0..<places.count {
            let index = (cursor + step) % places.count
            guard case .running = places[index].life else { continue }
            isAnyRunning = true
            guard places[index].connections < places[index].capacity, !isFull(index) else { continue }
            places[index].connections += 1
            if fault != .placesUnfairly { cursor = (index + 1) % places.count }
            return .worker(index)
        }
        return .refused(isAnyRunning ? .capacity : .noWorker)
    }

    /// A connection that was placed there is over.
    public mutating func connectionClosed(_ index: Int) {
        guard places[index].connections > 0, fault != .forgetsClosed else { return }
        places[index].connections -= 1
    }

    /// Times a worker was replaced in this place.
    public func restarts(of index: Int) -> Int { places[index].restarts }

    /// `starting`, `running`, `stopping`, `killed`, `waiting` (for its restart) or `ended`.
    public func stateName(of index: Int) -> StaticString {
        switch places[index].life {
        case .absent: "waiting"
        case .spawning, .starting: "starting"
        case .running: "running"
        case .stopping: "stopping"
        case .killed: "killed"
        case .ended: "ended"
        }
    }
}
