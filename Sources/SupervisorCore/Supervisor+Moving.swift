/// Connections that go from one worker to another while they live.
extension Supervisor {
    /// Takes a connection from the worker in place `index` and gives it to the one that has the fewest of
    /// those that run and have room, whatever the balance; the one chosen counts it.
    ///
    /// Where there is no other it stays with its own, as long as that lives. `isFull` tells of a worker to
    /// which no more can be handed right now.
    public mutating func connectionMoved(
        from index: Int, isFull: (Int) -> Bool = { _ in false }
    ) -> Placement {
        if fault != .forgetsMoves { connectionClosed(index) }
        places[index].movesAsked = max(0, places[index].movesAsked - 1)
        evening?.hasProgress = true
        if fault != .movesToItself, let other = emptiest(besides: index, isFull: isFull) {
            places[other].connections += 1
            return .worker(other)
        }
        switch places[index].life {
        case .running, .draining:
            places[index].connections += 1
            return .worker(index)
        case .vacant, .absent, .spawning, .starting, .standby, .stopping, .killed, .stopped, .givenUp, .ended:
            return .refused(runningCount > 0 ? .capacity : .noWorker)
        }
    }

    /// A worker that runs and has fewest connections, besides the one in place `index`; nil where none does.
    public func another(than index: Int) -> Int? {
        others(than: index).min { places[$0].connections < places[$1].connections }
    }

    /// The workers that run, besides the one in place `index`.
    public func others(than index: Int) -> [Int] {
        places.indices.filter { other in
            guard other != index, case .running = places[other].life else { return false }
            return true
        }
    }

    /// Connections of the worker of this place.
    public func connections(of index: Int) -> Int { places[index].connections }
}
