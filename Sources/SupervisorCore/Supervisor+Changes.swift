/// What operators change about the workers: new ones come first, and whom they replace goes then.
extension Supervisor {
    /// A change that is under way: workers that were started for it and are not serving yet.
    struct Change {
        var candidates: [Int]
        var deadline: Int64
    }

    /// Numbers of workers that there are to be, stopped ones among them.
    public var numbers: [Int] { current.map { places[$0].number }.sorted() }

    /// Places of those workers.
    var current: [Int] {
        places.indices.filter { index in
            switch places[index].fate {
            case .kept, .halted: places[index].life != .vacant
            case .candidate, .leaving: false
            }
        }
    }

    private func current(_ number: Int) -> Int? { current.first { places[$0].number == number } }

    /// Brings a new worker for each that is not stopped, those that were given up among them; `changeEnded`
    /// says when they serve, or why not.
    public mutating func reloadRequested(now: Int64) throws(WorkerRefusal) -> [SupervisorAction] {
        let numbers = current.filter { places[$0].fate == .kept }.map { places[$0].number }.sorted()
        guard !numbers.isEmpty else { throw .already }
        return try begin(numbers, total: current.count, now: now)
    }

    /// Brings a new worker for one, and for one that was stopped or given up.
    public mutating func restartRequested(_ number: Int, now: Int64) throws(WorkerRefusal)
        -> [SupervisorAction]
    {
        guard current(number) != nil else { throw .unknown }
        return try begin([number], total: current.count, now: now)
    }

    /// Has as many workers as asked for: more are a change that `changeEnded` ends, and of too many those
    /// with the highest numbers drain and go.
    public mutating func scaleRequested(_ count: Int, now: Int64) throws(WorkerRefusal)
        -> [SupervisorAction]
    {
        precondition(count > 0)
        let taken = Set(numbers)
        guard count != taken.count else { throw .already }
        guard count < taken.count else {
            let free = (1...).lazy.filter { !taken.contains($0) }.prefix(count - taken.count)
            return try begin(Array(free), total: count, now: now)
        }
        try admit()
        let surplus = Set(numbers.dropFirst(count))
        return current.filter { surplus.contains(places[$0].number) }.flatMap {
            retire($0, .leaving, now: now)
        }
    }

    /// Drains a worker and leaves it stopped.
    public mutating func stopRequested(_ number: Int, now: Int64) throws(WorkerRefusal)
        -> [SupervisorAction]
    {
        let index = try admit(number)
        if places[index].life == .stopped { throw .already }
        return retire(index, .halted, now: now)
    }

    /// Gives a worker no more connections; it is stopped once all that it has are gone by themselves.
    public mutating func drainRequested(_ number: Int, now: Int64) throws(WorkerRefusal)
        -> [SupervisorAction]
    {
        let index = try admit(number)
        switch places[index].life {
        case .running(let since):
            places[index].life = .draining(since: since, until: .max)
            places[index].fate = .halted
            return [.close(index)]
        case .draining, .stopped: throw .already
        case .givenUp: throw .givenUp
        case .vacant, .absent, .spawning, .starting, .standby, .stopping, .killed, .ended:
            // It has no connections, or they are being closed already.
            return retire(index, .halted, now: now)
        }
    }

    /// Whether a reload that is asked for now begins, or is refused for what does not pass by itself.
    public var admitsReload: Bool {
        let count = current.count { places[$0].fate == .kept }
        return isSettled && !isStopping && change == nil
            && hasRoom(for: count, going: goingCount, total: current.count)
    }

    /// When the last of the workers that drain is gone whatever it has (nanoseconds); nil where none does, or
    /// they have as long as they need.
    public var drainsUntil: Int64? {
        var last: Int64?
        for place in places {
            if case .draining(_, let until) = place.life, until < .max { last = max(last ?? until, until) }
        }
        return last
    }

    /// Workers of before that still drain.
    private var goingCount: Int { places.count { $0.fate == .leaving && $0.life != .vacant } }

    private func hasRoom(for candidates: Int, going: Int, total: Int) -> Bool {
        current.count + going + candidates <= SupervisorLimits.processesPerWorker * total
    }

    private func admit() throws(WorkerRefusal) {
        if isStopping { throw .stopping }
        // Where all were given up before the server was ever ready, an operator can bring them back.
        if !isSettled { throw .starting }
        if change != nil { throw .changing }
    }

    private func admit(_ number: Int) throws(WorkerRefusal) -> Int {
        try admit()
        guard let index = current(number) else { throw .unknown }
        return index
    }

    // MARK: Taking over

    /// Starts candidates for these numbers, where there will be `total` workers.
    mutating func begin(_ numbers: [Int], total: Int, now: Int64) throws(WorkerRefusal)
        -> [SupervisorAction]
    {
        try admit()
        let going = goingCount
        guard hasRoom(for: numbers.count, going: going, total: total) else { throw .draining(going) }
        var candidates: [Int] = []
        for number in numbers {
            let index = places.firstIndex { $0.life == .vacant } ?? places.count
            var place = WorkerPlace(life: .spawning, number: number)
            place.fate = .candidate
            if index == places.count { places.append(place) } else { places[index] = place }
            candidates.append(index)
        }
        change = Change(candidates: candidates, deadline: now + SupervisorLimits.candidateNanoseconds)
        let early = fault == .drainsBeforeReady ? retirePredecessors(of: candidates, now: now) : []
        return early + candidates.map { .spawn($0) }
    }

    /// Once every candidate is ready they all serve, and whom they replace drains.
    mutating func takeOverIfReady(now: Int64) -> [SupervisorAction] {
        guard let change, change.candidates.allSatisfy({ places[$0].isStandby }) else { return [] }
        self.change = nil
        let actions = retirePredecessors(of: change.candidates, now: now)
        for index in change.candidates {
            guard case .standby(let since) = places[index].life else { continue }
            places[index].life = .running(since: since)
            places[index].fate = .kept
        }
        evenOut(after: 0, now: now)
        return actions + [.changeEnded(.done)]
    }

    private mutating func retirePredecessors(of candidates: [Int], now: Int64) -> [SupervisorAction] {
        candidates.flatMap { candidate -> [SupervisorAction] in
            guard let old = current(places[candidate].number) else { return [] }
            places[candidate].restarts = places[old].restarts
            if fault == .remembersDeaths { places[candidate].earlyDeaths = places[old].earlyDeaths }
            if places[old].isOverMemory { memoryRestarts += 1 }
            // It goes on being counted there.
            places[old].restarts = 0
            return retire(old, .leaving, now: now)
        }
    }

    /// The change is over; without having been done everything is as before, and its workers go.
    mutating func endChange(_ outcome: ChangeOutcome, now: Int64) -> [SupervisorAction] {
        guard let change else { return [] }
        self.change = nil
        for index in places.indices where places[index].fate == .kept { places[index].isOverMemory = false }
        var actions: [SupervisorAction] = []
        for index in change.candidates where places[index].fate == .candidate {
            places[index].fate = .leaving
            guard fault != .keepsFailedCandidates else { continue }
            switch places[index].life {
            case .starting, .standby: actions.append(stop(index, now: now))
            case .vacant, .absent, .spawning, .running, .draining, .stopping, .killed, .stopped, .givenUp,
                .ended:
                break
            }
        }
        return actions + [.changeEnded(outcome)]
    }

    /// Lets a worker go; what becomes of its place says `fate`.
    private mutating func retire(_ index: Int, _ fate: WorkerFate, now: Int64) -> [SupervisorAction] {
        places[index].fate = fate
        switch places[index].life {
        case .running(let since), .draining(let since, _):
            let early = fault == .stopsTheDrainedTooEarly
            let until = early ? now : now + drainNanoseconds + SupervisorLimits.drainSlackNanoseconds
            places[index].life = .draining(since: since, until: until)
            return [.close(index), .sendDrain(index)]
        case .starting, .standby: return [stop(index, now: now)]
        case .absent, .stopped, .givenUp, .ended:
            if fate == .leaving { vacate(index) } else { places[index].life = .stopped }
            return []
        // It ends by itself, and then its place is what it is to be.
        case .vacant, .spawning, .stopping, .killed: return []
        }
    }

    /// The place is nobody's from now on.
    mutating func vacate(_ index: Int) {
        departedRestarts += places[index].restarts
        places[index] = WorkerPlace(life: .vacant, number: places[index].number)
        places[index].fate = .leaving
    }
}
