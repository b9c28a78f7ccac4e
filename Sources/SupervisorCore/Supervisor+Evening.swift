/// Evening out: after workers came, connections move to them from those that have more.
///
/// Round after round the fullest are told to hand over what they have more than all would have if it were
/// shared evenly, in pieces, and never what they were told before and have not handed over yet. It ends when
/// the fullest and the emptiest differ by a tenth at most, or where nothing moves any more.
extension Supervisor {
    /// What is known while it goes on.
    struct Evening {
        var nextRound: Int64
        /// Whether a connection was handed over since the last round.
        var hasProgress = false
        /// Rounds in a row without that.
        var idleRounds = 0
    }

    /// Begins, after so long: who comes back by itself meanwhile needs no move.
    mutating func evenOut(after delay: Int64, now: Int64) {
        guard fault != .neverEvensOut else { return }
        let first = now + max(delay, SupervisorLimits.eveningNanoseconds)
        evening = Evening(nextRound: max(first, evening?.nextRound ?? first))
    }

    /// Does a round, if one is due.
    mutating func evenOut(now: Int64) -> [SupervisorAction] {
        guard var round = evening, now >= round.nextRound else { return [] }
        guard !isStopping else {
            evening = nil
            return []
        }
        // A round that comes late says that this process stood still, perhaps with the whole tree.
        let stoodStill = now - round.nextRound >= SupervisorLimits.standstillNanoseconds
        round.nextRound = now + SupervisorLimits.eveningNanoseconds
        // Whoever drains for another one hands its connections to those that have the fewest, too.
        guard !isEmptying else {
            evening = round
            return []
        }
        if round.hasProgress {
            round.idleRounds = 0
        } else if !stoodStill {
            round.idleRounds += 1
            // What was asked for and does not come is not waited for: some may have closed.
            let isTooLong = round.idleRounds.isMultiple(of: SupervisorLimits.patientRounds)
            if isTooLong { for index in places.indices { places[index].movesAsked = 0 } }
        }
        round.hasProgress = false
        guard round.idleRounds < SupervisorLimits.idleRounds else {
            evening = nil
            return []
        }
        guard !isEven || fault == .movesOfTheEven else {
            // Where some is on its way yet, it may not stay so.
            let isAwaited = places.contains { $0.movesAsked > 0 }
            evening = isAwaited ? round : nil
            return []
        }
        evening = round
        return askForSurplus()
    }

    private mutating func askForSurplus() -> [SupervisorAction] {
        var (level, rest) = fault == .movesTooMany ? (0, 0) : share
        var actions: [SupervisorAction] = []
        for index in places.indices where isRunning(index) {
            var surplus = places[index].connections - level
            // What cannot be shared stays with those that have it.
            if surplus > 0, rest > 0 {
                rest -= 1
                surplus -= 1
            }
            surplus = min(surplus, SupervisorLimits.movesPerRound)
            let asked = fault == .asksAgainAndAgain ? 0 : places[index].movesAsked
            guard surplus > asked else { continue }
            places[index].movesAsked += surplus - asked
            actions.append(.sendMove(index, count: surplus - asked))
        }
        return actions
    }

    private func isRunning(_ index: Int) -> Bool {
        if case .running = places[index].life { return true }
        return false
    }

    /// Whether somebody who has been replaced, or is no more wanted, has connections yet.
    var isEmptying: Bool {
        places.contains { place in
            if case .draining(_, let until) = place.life { return until != .max && place.connections > 0 }
            return false
        }
    }

    /// Whether nobody has more than a tenth, or one, more than any other that has room.
    private var isEven: Bool {
        var most = 0
        var least = Int.max
        for index in places.indices where isRunning(index) {
            most = max(most, places[index].connections)
            if places[index].connections < places[index].capacity {
                least = min(least, places[index].connections)
            }
        }
        return least == .max || most - least <= max(1, least / SupervisorLimits.evenPart)
    }

    /// What each would have if it were shared evenly, and how many are left over then: the greatest height at
    /// which all would be filled, as water stands in vessels of different height.
    private var share: (level: Int, rest: Int) {
        let running = places.indices.filter { isRunning($0) }.map { places[$0] }
        let total = running.reduce(0) { $0 + $1.connections }
        func filled(to level: Int) -> Int { running.reduce(0) { $0 + min($1.capacity, level) } }
        var low = 0
        var high = running.map(\.connections).max() ?? 0
        while low < high {
            let middle = (low + high + 1) / 2
            if filled(to: middle) <= total { low = middle } else { high = middle - 1 }
        }
        return (low, total - filled(to: low))
    }
}
