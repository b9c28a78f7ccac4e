import TestSupport

@testable import SupervisorCore

/// What an operator asks for, and what has to come of it.
extension SimulatedWorld {
    mutating func operate() {
        let number = 1 + random.below(6)
        do throws(WorkerRefusal) {
            switch random.below(6) {
            case 0, 1: begin(try supervisor.reloadRequested(now: now), isGrowth: false)
            case 2: begin(try supervisor.restartRequested(number, now: now), isGrowth: false)
            case 3: try scale(to: number)
            case 4:
                let actions = try supervisor.stopRequested(number, now: now)
                retire(number)
                carryOut(actions)
            default:
                let actions = try supervisor.drainRequested(number, now: now)
                retire(number)
                carryOut(actions)
            }
        } catch {
            judge(error, number)
        }
    }

    private mutating func judge(_ refusal: WorkerRefusal, _ number: Int) {
        switch refusal {
        case .unknown: if referee.numbers.contains(number) { note("worker \(number) is unknown") }
        case .changing: if referee.change == nil { note("a change that is over is in the way") }
        case .stopping: if referee.stopAskedAt == nil { note("refused for a stop that nobody asked for") }
        case .givenUp:
            let places = referee.isGivenUp.map { referee.number[$0] }
            if !places.contains(number) { note("worker \(number) was not given up") }
        case .starting, .draining, .already: break
        }
    }

    private mutating func scale(to count: Int) throws(WorkerRefusal) {
        let before = referee.numbers
        let actions = try supervisor.scaleRequested(count, now: now)
        guard count < before.count else { return begin(actions, isGrowth: true) }
        for number in before.sorted().dropFirst(count) {
            retire(number)
            referee.numbers.remove(number)
        }
        carryOut(actions)
    }

    /// Nobody is to follow the worker of this number, or to be placed there.
    private mutating func retire(_ number: Int) {
        for index in referee.number.indices
        where referee.number[index] == number && !isCandidate(index) {
            referee.isRetired.insert(index)
        }
    }

    private func isCandidate(_ index: Int) -> Bool { referee.change?.candidates[index] != nil }

    mutating func begin(_ actions: [SupervisorAction], isGrowth: Bool) {
        var candidates: [Int: Int] = [:]
        for case .spawn(let index) in actions { candidates[index] = supervisor.number(of: index) }
        referee.change = ExpectedChange(candidates: candidates, isGrowth: isGrowth, askedAt: now)
        isBeginning = true
        defer { isBeginning = false }
        for (index, number) in candidates {
            while workers.count <= index { workers.append(nil) }
            if workers[index] != nil { note("place \(index) is somebody's") }
            referee.filled(index, number: number)
            if isGrowth == referee.numbers.contains(number) { note("a worker \(number) too many") }
        }
        carryOut(actions)
    }

    mutating func changeEnded(_ outcome: ChangeOutcome) {
        guard let change = referee.change else { return note("an end of no change") }
        referee.change = nil
        switch outcome {
        case .done:
            for (index, number) in change.candidates {
                if workers[index]?.isReady != true { note("place \(index) serves and is not ready") }
                workers[index]?.isCandidate = false
                for old in referee.number.indices
                where referee.number[old] == number && change.candidates[old] == nil {
                    referee.isRetired.insert(old)
                }
                referee.numbers.insert(number)
            }
        case .failed, .late, .abandoned:
            // Whose successor failed is one of all again.
            if let place = referee.overMemory, !referee.isRetired.contains(place) { referee.overMemory = nil }
            for index in change.candidates.keys {
                referee.isRetired.insert(index)
                referee.number[index] = 0
                let isAwaited = workers[index].map { $0.toldToStopAt == nil && !$0.isKilled } ?? false
                if outcome != .abandoned, isAwaited { note("a candidate that failed stays") }
            }
        }
    }

    /// No connection goes there from now on.
    mutating func close(_ index: Int) {
        workers[index]?.isClosed = true
        if let change = referee.change, !change.candidates.isEmpty,
            change.candidates.values.contains(referee.number[index]), !willTakeOver(change)
        {
            note("worker \(index) goes before another one is there")
        }
    }

    private func willTakeOver(_ change: ExpectedChange) -> Bool {
        change.candidates.keys.allSatisfy { workers[$0]?.isReady == true }
    }

    mutating func tellToStop(_ index: Int) {
        if let worker = workers[index], worker.isClosed, worker.connections > 0,
            referee.stopAskedAt == nil
        {
            guard let drain = worker.drain else { return note("worker \(index) was to wait for everyone") }
            if now - drain.toldAt < drain.within { note("worker \(index) had time to drain") }
        }
        workers[index]?.wasToldToStop(at: now)
    }
}
