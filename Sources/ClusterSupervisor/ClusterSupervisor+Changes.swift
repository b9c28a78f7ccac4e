public import PosixIO
public import SupervisorCore

/// What operators change about the workers. What takes time ends with a `changeEnded` of the sink; times are
/// nanoseconds of CLOCK_MONOTONIC.
extension ClusterSupervisor {
    /// Numbers of workers that there are to be, stopped ones among them.
    public var numbers: [Int] { core.numbers }

    /// Whether a reload would begin now, or not for any waiting.
    public var admitsReload: Bool { core.admitsReload }

    /// When the last of those that drain is gone, whatever it has; nil where that is not known.
    public var drainsUntil: Int64? { core.drainsUntil }

    /// Replaces every worker by one that is started from `executable` with `arguments`, which are everyone's
    /// once these serve; they are to accept themselves where `workersAccept`.
    public func reload(
        from executable: consuming Descriptor, arguments: [String], workersAccept: Bool,
        _ poller: borrowing Poller, now: Int64
    ) throws(WorkerRefusal) {
        let actions = try core.reloadRequested(now: now)
        nextExecutable = consume executable
        nextArguments = arguments
        nextWorkersAccept = workersAccept
        carryOut(actions, poller, now: now)
    }

    /// Replaces a worker, or starts one that was stopped or given up.
    public func restart(_ number: Int, _ poller: borrowing Poller, now: Int64) throws(WorkerRefusal) {
        carryOut(try core.restartRequested(number, now: now), poller, now: now)
    }

    /// Has so many workers; those that come take time, and those that go do so at once.
    public func scale(to count: Int, _ poller: borrowing Poller, now: Int64) throws(WorkerRefusal) {
        carryOut(try core.scaleRequested(count, now: now), poller, now: now)
        noteWorkerless(poller, now: now)
    }

    /// Drains a worker and leaves it stopped.
    public func stop(_ number: Int, _ poller: borrowing Poller, now: Int64) throws(WorkerRefusal) {
        carryOut(try core.stopRequested(number, now: now), poller, now: now)
        noteWorkerless(poller, now: now)
    }

    /// Gives a worker no more connections, and stops it when those it has are gone by themselves.
    public func drain(_ number: Int, _ poller: borrowing Poller, now: Int64) throws(WorkerRefusal) {
        carryOut(try core.drainRequested(number, now: now), poller, now: now)
        noteWorkerless(poller, now: now)
    }

    func changeEnded(_ outcome: ChangeOutcome) {
        if outcome == .done {
            if let taken = nextExecutable.take() { executable = taken }
            if let nextArguments {
                workerArguments = nextArguments
                workersAccept = nextWorkersAccept
            }
        }
        nextExecutable = nil
        nextArguments = nil
        sink.noted(.changeEnded(outcome))
    }

    /// Starts the process of a place: one that a reload brings from what that has.
    func process(for index: Int, life: UInt32, now: Int64) throws(SystemError) -> WorkerProcess {
        if let maker { return try maker(index, life, now) }
        let title = ProgramName.title(of: "worker \(number(of: index))")
        guard core.isCandidate(index), nextExecutable != nil else {
            let place = workersAccept ? try listenerPlace(of: index) : nil
            return try WorkerProcess(
                executable: executable, arguments: [title] + workerArguments, null: null,
                listener: place.map { ($0, doors[$0].listener.raw) }, life: life, startedAt: now)
        }
        let image = try nextExecutable!.duplicated()
        let place = nextWorkersAccept ? try listenerPlace(of: index) : nil
        return try WorkerProcess(
            executable: image, arguments: [title] + (nextArguments ?? workerArguments), null: null,
            listener: place.map { ($0, doors[$0].listener.raw) }, life: life, startedAt: now)
    }
}
