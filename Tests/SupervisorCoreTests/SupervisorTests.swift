import Testing

@testable import SupervisorCore

/// The rules one by one; the simulation mixes them.
struct SupervisorTests {
    private func running(_ count: Int, capacity: Int = 10, balance: Balance = .leastConnections)
        -> Supervisor
    {
        var supervisor = Supervisor(workerCount: count, balance: balance, seed: 1)
        #expect(supervisor.start(now: 0) == (0..<count).map { .spawn($0) })
        for index in 0..<count {
            #expect(supervisor.workerSpawned(index, now: 0) == [])
            #expect(supervisor.workerSaidReady(index, capacity: capacity, now: 0) == [])
        }
        return supervisor
    }

    @Test func readyOnceEveryPlaceWas() {
        var supervisor = Supervisor(workerCount: 2, seed: 1)
        _ = supervisor.start(now: 0)
        for index in 0..<2 { _ = supervisor.workerSpawned(index, now: 0) }
        #expect(!supervisor.isAdmitting)
        _ = supervisor.workerSaidReady(0, capacity: 1, now: 1)
        #expect(!supervisor.isReady)
        #expect(supervisor.isAdmitting)
        #expect(supervisor.workerExited(0, now: 2) == [.spawn(0)])
        _ = supervisor.workerSaidReady(1, capacity: 2, now: 3)
        #expect(supervisor.isReady)
        #expect(supervisor.runningCount == 1)
        #expect(supervisor.capacity == 2)
        #expect(supervisor.restarts(of: 0) == 1)
    }

    @Test func delayDoublesWhileAWorkerKeepsDying() {
        var supervisor = running(1)
        var now: Int64 = 0
        #expect(supervisor.workerExited(0, now: now) == [.spawn(0)])
        for expected in [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000] {
            _ = supervisor.workerSpawned(0, now: now)
            now += 9 * second
            #expect(supervisor.workerExited(0, now: now) == [])
            let delay = Int64(expected) * millisecond
            #expect(!supervisor.timerFired(now: now + delay / 2 - 1).contains(.spawn(0)))
            now += delay
            #expect(supervisor.timerFired(now: now).contains(.spawn(0)))
        }
        _ = supervisor.workerSpawned(0, now: now)
        now += 10 * second
        #expect(supervisor.workerExited(0, now: now) == [.spawn(0)])
    }

    @Test func aSpawnIsAskedForOnce() {
        var supervisor = Supervisor(workerCount: 1, seed: 1)
        _ = supervisor.start(now: 0)
        #expect(supervisor.timerFired(now: second) == [])
        #expect(supervisor.workerExited(0, now: second) == [.spawn(0)])
        #expect(supervisor.timerFired(now: 3 * second) == [])
        #expect(supervisor.stateName(of: 0).description == "starting")
    }

    @Test func fiveMissedHeartbeatsKill() {
        var supervisor = running(1)
        for beat in 1...5 {
            let sequence = UInt64(beat)
            #expect(supervisor.timerFired(now: Int64(beat) * second) == [.sendPing(0, sequence: sequence)])
        }
        #expect(supervisor.timerFired(now: 6 * second) == [.kill(0)])
        #expect(supervisor.timerFired(now: 7 * second) == [])
        #expect(supervisor.place() == .refused(.noWorker))
        #expect(supervisor.workerExited(0, now: 8 * second) == [.spawn(0)])
    }

    @Test func oneAnswerForgivesTheMissedOnes() {
        var supervisor = running(1)
        for beat in 1...5 { _ = supervisor.timerFired(now: Int64(beat) * second) }
        _ = supervisor.pongReceived(0, sequence: 1, now: 5 * second + 1)
        for beat in 6...10 {
            #expect(
                supervisor.timerFired(now: Int64(beat) * second) == [.sendPing(0, sequence: UInt64(beat))])
        }
        #expect(supervisor.timerFired(now: 11 * second) == [.kill(0)])
    }

    @Test func aMasterThatStoodStillCountsNothing() {
        var supervisor = running(1)
        var now = second
        for _ in 0..<20 {
            #expect(!supervisor.timerFired(now: now).contains(.kill(0)))
            now += 90 * second
        }
    }

    /// A worker may wait for its channel to be read before it can end.
    @Test func nobodysTimeToStopRunsWhileTheMasterStandsStill() throws {
        var supervisor = running(2)
        _ = supervisor.timerFired(now: second)
        for _ in 0..<2 { _ = supervisor.place() }
        _ = try supervisor.stopRequested(1, now: second)
        supervisor.connectionClosed(0)
        #expect(supervisor.timerFired(now: second) == [.sendStop(0)])
        #expect(!supervisor.timerFired(now: 9 * second).contains(.kill(0)))
        // Of its three seconds none had passed, for all that is known.
        #expect(!supervisor.pass(from: 9 * second, to: 12 * second - 1).contains(.kill(0)))
        #expect(supervisor.timerFired(now: 12 * second).contains(.kill(0)))
    }

    @Test func nobodysTimeToStartRunsWhileTheMasterStandsStill() throws {
        var supervisor = running(1)
        _ = supervisor.timerFired(now: second)
        _ = try supervisor.restartRequested(1, now: second)
        _ = supervisor.workerSpawned(1, now: second)
        let late = SupervisorAction.changeEnded(.late(number: 1))
        #expect(!supervisor.timerFired(now: 12 * second).contains(late))
        #expect(!supervisor.pass(from: 12 * second, to: 22 * second - 1).contains(late))
        #expect(supervisor.timerFired(now: 22 * second).contains(late))
    }

    @Test func nobodysTimeToDrainRunsWhileTheMasterStandsStill() throws {
        var supervisor = running(2)
        _ = supervisor.timerFired(now: second)
        for _ in 0..<2 { _ = supervisor.place() }
        _ = try supervisor.stopRequested(1, now: second)
        guard case .draining(_, let until) = supervisor.places[0].life else {
            Issue.record("it does not drain")
            return
        }
        #expect(!supervisor.timerFired(now: until + second).contains(.sendStop(0)))
        #expect(!supervisor.pass(from: until + second, to: 2 * until - 1).contains(.sendStop(0)))
        #expect(supervisor.pass(from: 2 * until - 1, to: 2 * until).contains(.sendStop(0)))
    }

    @Test func connectionsGoToWhoHasFewest() {
        var supervisor = running(3)
        for _ in 0..<2 { #expect(Set(taken(3, &supervisor)) == [0, 1, 2]) }
        for _ in 0..<2 { supervisor.connectionClosed(1) }
        #expect(taken(2, &supervisor) == [1, 1])
        #expect(supervisor.workerExited(0, now: 20 * second) == [.spawn(0)])
        _ = supervisor.workerSpawned(0, now: 20 * second)
        _ = supervisor.workerSaidReady(0, capacity: 10, now: 20 * second)
        // Whoever comes back empty is filled up first.
        #expect(taken(2, &supervisor) == [0, 0])
        #expect(Set(taken(3, &supervisor)) == [0, 1, 2])
    }

    private func taken(_ count: Int, _ supervisor: inout Supervisor) -> [Int] {
        (0..<count).compactMap { _ in
            guard case .worker(let index) = supervisor.place() else { return nil }
            return index
        }
    }

    @Test func amongThoseThatAreAlikeNobodyCanForesee() {
        func sequence(_ seed: UInt64) -> [Int] {
            var supervisor = Supervisor(workerCount: 4, seed: seed)
            _ = supervisor.start(now: 0)
            for index in 0..<4 {
                _ = supervisor.workerSpawned(index, now: 0)
                _ = supervisor.workerSaidReady(index, capacity: 1_000, now: 0)
            }
            return taken(4_000, &supervisor)
        }
        let first = sequence(1)
        #expect(first == sequence(1))
        #expect(first != sequence(2))
        // Each round of four has everyone, in all of the 24 orders, none of them much more often.
        var orders: [[Int]: Int] = [:]
        for start in stride(from: 0, to: 4_000, by: 4) {
            #expect(Set(first[start..<start + 4]) == [0, 1, 2, 3])
            orders[Array(first[start..<start + 4]), default: 0] += 1
        }
        #expect(orders.count == 24)
        #expect(orders.values.allSatisfy { (15...75).contains($0) })
    }

    @Test func inTurnNobodyIsPassedOver() {
        var supervisor = running(2, balance: .roundRobin)
        #expect((0..<4).map { _ in supervisor.place() } == [0, 1, 0, 1].map { .worker($0) })
        for _ in 0..<2 { supervisor.connectionClosed(1) }
        #expect((0..<4).map { _ in supervisor.place() } == [0, 1, 0, 1].map { .worker($0) })
    }

    @Test(arguments: [Balance.leastConnections, .roundRobin])
    func fullWorkersArePassedOver(balance: Balance) {
        var supervisor = running(3, capacity: 2, balance: balance)
        for _ in 0..<2 { #expect(Set(taken(3, &supervisor)) == [0, 1, 2]) }
        #expect(supervisor.place() == .refused(.capacity))
        supervisor.connectionClosed(1)
        #expect(supervisor.place() == .worker(1))
        #expect(supervisor.place() == .refused(.capacity))
    }

    @Test func aWorkerTheOwnerCallsFullIsPassedOver() {
        var supervisor = running(2)
        #expect(supervisor.place(isFull: { $0 == 0 }) == .worker(1))
        #expect(supervisor.place(isFull: { $0 == 1 }) == .worker(0))
        #expect(supervisor.place(isFull: { _ in true }) == .refused(.capacity))
    }

    @Test func aWorkerThatStopsByItselfGetsNobodyAndIsReplacedAtOnce() {
        var supervisor = running(2)
        #expect(supervisor.workerIsStopping(0, now: second) == [])
        #expect(supervisor.runningCount == 1)
        #expect((0..<4).map { _ in supervisor.place() } == [.worker(1), .worker(1), .worker(1), .worker(1)])
        #expect(!supervisor.timerFired(now: 2 * second).contains(.kill(0)))
        #expect(supervisor.workerExited(0, now: 3 * second) == [.spawn(0)])
        _ = supervisor.workerSpawned(0, now: 3 * second)
        _ = supervisor.workerSaidReady(0, capacity: 10, now: 3 * second)
        // It was no death: the next one is replaced at once as well.
        #expect(supervisor.workerExited(0, now: 4 * second) == [.spawn(0)])
    }

    @Test func aWorkerThatStopsByItselfForTooLongIsKilled() {
        var supervisor = running(1)
        _ = supervisor.workerIsStopping(0, now: 0)
        #expect(!supervisor.pass(from: 0, to: 3 * second - 1).contains(.kill(0)))
        #expect(supervisor.timerFired(now: 3 * second).contains(.kill(0)))
    }

    @Test func aStopEndsWithTheLastWorker() {
        var supervisor = running(2)
        #expect(supervisor.stopRequested(now: second) == [.sendStop(0), .sendStop(1)])
        #expect(supervisor.stopRequested(now: second) == [])
        #expect(supervisor.place() == .refused(.noWorker))
        #expect(supervisor.workerExited(0, now: second) == [])
        #expect(supervisor.nextDeadline == 4 * second)
        #expect(supervisor.timerFired(now: 4 * second) == [.kill(1)])
        #expect(supervisor.workerExited(1, now: 4 * second) == [.finish])
        #expect(supervisor.nextDeadline == nil)
    }

    @Test func aStopEndsWithoutAWorkerTheKernelHolds() {
        var supervisor = running(1)
        _ = supervisor.stopRequested(now: 0)
        #expect(supervisor.timerFired(now: 3 * second) == [.kill(0)])
        #expect(supervisor.nextDeadline == 4 * second)
        #expect(supervisor.timerFired(now: 4 * second) == [.finish])
        #expect(supervisor.workerExited(0, now: 5 * second) == [])
    }

    @Test func aStopWaitsForAStartThatIsUnderWay() {
        var supervisor = Supervisor(workerCount: 2, seed: 1)
        _ = supervisor.start(now: 0)
        _ = supervisor.workerSpawned(0, now: 0)
        #expect(supervisor.stopRequested(now: 1) == [.sendStop(0)])
        #expect(supervisor.workerExited(0, now: 2) == [])
        #expect(supervisor.workerSpawned(1, now: 3) == [.sendStop(1)])
        #expect(supervisor.workerExited(1, now: 4) == [.finish])
    }

    @Test func aStopBeforeTheStartIsOverAtOnce() {
        var supervisor = Supervisor(workerCount: 3, seed: 1)
        #expect(supervisor.stopRequested(now: 0) == [.finish])
    }
}
