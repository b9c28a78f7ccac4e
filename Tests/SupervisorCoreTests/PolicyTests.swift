import Testing

@testable import SupervisorCore

/// Who is given up, and who is replaced for its memory; the simulation mixes it.
struct PolicyTests {
    private func supervisor(
        _ count: Int, restarts: Int = 3, uptime: Int64 = second, memory: UInt64 = 0
    ) -> Supervisor {
        var supervisor = Supervisor(
            workerCount: count,
            policy: RestartPolicy(
                maxRestarts: restarts, minUptimeNanoseconds: uptime, maxMemoryBytes: memory),
            seed: 1)
        _ = supervisor.start(now: 0)
        return supervisor
    }

    private func running(
        _ count: Int, restarts: Int = 3, uptime: Int64 = second, memory: UInt64 = 0
    ) -> Supervisor {
        var supervisor = supervisor(count, restarts: restarts, uptime: uptime, memory: memory)
        for index in 0..<count { ready(&supervisor, index, now: 0) }
        return supervisor
    }

    @discardableResult
    private func ready(_ supervisor: inout Supervisor, _ index: Int, now: Int64) -> [SupervisorAction] {
        _ = supervisor.workerSpawned(index, now: now)
        return supervisor.workerSaidReady(index, capacity: 10, now: now)
    }

    /// Lets the worker in place 0 start and die, `lived` after its start, so often; returns what came of the
    /// last death.
    private func die(
        _ times: Int, after lived: Int64, _ supervisor: inout Supervisor, now: inout Int64
    ) -> [SupervisorAction] {
        var last: [SupervisorAction] = []
        for _ in 0..<times {
            _ = supervisor.workerSpawned(0, now: now)
            now += lived
            last = supervisor.workerExited(0, now: now)
            guard last == [] else { continue }
            now += 10 * second
            #expect(supervisor.timerFired(now: now).contains(.spawn(0)))
        }
        return last
    }

    @Test func whoKeepsDyingAtItsStartIsGivenUp() {
        var supervisor = running(1)
        var now: Int64 = 20 * second
        #expect(supervisor.workerExited(0, now: now) == [.spawn(0)])
        #expect(die(2, after: second - 1, &supervisor, now: &now) == [])
        #expect(die(1, after: second - 1, &supervisor, now: &now) == [.gaveUp(0, deaths: 3)])
        #expect(supervisor.stateName(of: 0).description == "errored")
        #expect(supervisor.givenUpCount == 1 && supervisor.runningCount == 0)
        #expect(!supervisor.isHalted, "no operator wanted that")
        #expect(supervisor.restarts == 3, "the last death had no successor")
        for _ in 0..<100 {
            now += 60 * second
            #expect(!supervisor.timerFired(now: now).contains(.spawn(0)))
        }
    }

    @Test func whoLivesLongEnoughStartsTheCountAnew() {
        var supervisor = running(1)
        var now: Int64 = 20 * second
        _ = supervisor.workerExited(0, now: now)
        for _ in 0..<5 {
            _ = die(2, after: 1, &supervisor, now: &now)
            _ = die(1, after: second, &supervisor, now: &now)
        }
        #expect(supervisor.givenUpCount == 0)
        #expect(die(3, after: 1, &supervisor, now: &now) == [.gaveUp(0, deaths: 3)])
    }

    @Test func withoutABoundNobodyIsGivenUp() {
        var supervisor = running(1, restarts: 0)
        var now: Int64 = 0
        _ = supervisor.workerExited(0, now: now)
        _ = die(100, after: 1, &supervisor, now: &now)
        #expect(supervisor.givenUpCount == 0)
    }

    @Test func whoCannotEvenBeStartedIsGivenUp() {
        var supervisor = running(1, restarts: 2)
        // It lived long, and its successors cannot be started.
        #expect(supervisor.workerExited(0, now: 50 * second) == [.spawn(0)])
        #expect(supervisor.workerExited(0, now: 50 * second) == [])
        #expect(supervisor.timerFired(now: 51 * second).contains(.spawn(0)))
        #expect(supervisor.workerExited(0, now: 51 * second) == [.gaveUp(0, deaths: 2)])
    }

    @Test func aRestartBringsItBackAndForgetsTheCount() throws {
        var supervisor = running(2)
        var now: Int64 = 20 * second
        _ = supervisor.workerExited(0, now: now)
        _ = die(3, after: 1, &supervisor, now: &now)
        #expect(throws: WorkerRefusal.givenUp) { () throws(WorkerRefusal) in
            try supervisor.drainRequested(1, now: now)
        }
        // One that fails changes nothing.
        #expect(try supervisor.restartRequested(1, now: now) == [.spawn(2)])
        #expect(supervisor.workerExited(2, now: now) == [.changeEnded(.failed(number: 1))])
        #expect(supervisor.stateName(of: 0).description == "errored")
        #expect(try supervisor.restartRequested(1, now: now) == [.spawn(2)])
        #expect(ready(&supervisor, 2, now: now) == [.changeEnded(.done)])
        #expect(supervisor.givenUpCount == 0 && supervisor.runningCount == 2)
        #expect(supervisor.numbers == [1, 2])
        for _ in 0..<2 {
            now += 10 * second
            _ = supervisor.timerFired(now: now)
            _ = supervisor.workerExited(2, now: now)
            _ = supervisor.workerSpawned(2, now: now)
        }
        #expect(supervisor.givenUpCount == 0)
    }

    @Test func aReloadBringsItBackAndAStopLeavesItStopped() throws {
        var supervisor = running(2)
        var now: Int64 = 20 * second
        _ = supervisor.workerExited(0, now: now)
        _ = die(3, after: 1, &supervisor, now: &now)
        var other = supervisor
        #expect(try supervisor.reloadRequested(now: now) == [.spawn(2), .spawn(3)])
        ready(&supervisor, 2, now: now)
        ready(&supervisor, 3, now: now)
        #expect(supervisor.givenUpCount == 0 && supervisor.runningCount == 2)
        #expect(try other.stopRequested(1, now: now) == [])
        #expect(other.stateName(of: 0).description == "stopped")
        #expect(try other.scaleRequested(1, now: now) == [.close(1), .sendDrain(1)])
    }

    @Test func aServerIsReadyWithoutThoseThatWereGivenUp() throws {
        var supervisor = supervisor(2, restarts: 1)
        _ = supervisor.workerSpawned(0, now: 0)
        #expect(supervisor.workerExited(0, now: 1) == [.gaveUp(0, deaths: 1)])
        #expect(!supervisor.isReady)
        ready(&supervisor, 1, now: 2)
        #expect(supervisor.isReady)
        // Where nobody ever was it is not, and can be helped.
        var other = self.supervisor(1, restarts: 1)
        _ = other.workerSpawned(0, now: 0)
        _ = other.workerExited(0, now: 1)
        #expect(!other.isReady)
        #expect(try other.restartRequested(1, now: 2) == [.spawn(1)])
        #expect(ready(&other, 1, now: 3) == [.changeEnded(.done)])
        #expect(other.isReady)
    }

    @Test func theWorstIsReplacedForItsMemoryAndNobodyElse() {
        var supervisor = running(3, memory: 100)
        #expect(supervisor.memoryMeasured([(0, 100), (1, 99), (2, 0)], now: second) == [])
        let actions = supervisor.memoryMeasured([(0, 101), (1, 150), (2, 0)], now: second)
        #expect(actions == [.memoryExceeded(1, bytes: 150), .spawn(3)])
        #expect(supervisor.memoryMeasured([(0, 101), (1, 160), (2, 0)], now: 2 * second) == [])
        _ = supervisor.place(isFull: { $0 != 1 })
        #expect(ready(&supervisor, 3, now: 3 * second) == [.close(1), .sendDrain(1), .changeEnded(.done)])
        #expect(supervisor.memoryRestarts == 1 && supervisor.restarts == 0)
        // The next when the old one is gone, and not too soon after it.
        #expect(supervisor.memoryMeasured([(0, 101)], now: 12 * second) == [])
        supervisor.connectionClosed(1)
        _ = supervisor.timerFired(now: 12 * second)
        _ = supervisor.workerExited(1, now: 12 * second)
        #expect(
            supervisor.memoryMeasured([(0, 101)], now: 12 * second)
                == [.memoryExceeded(0, bytes: 101), .spawn(1)])
        _ = ready(&supervisor, 1, now: 12 * second)
        _ = supervisor.timerFired(now: 12 * second)
        _ = supervisor.workerExited(0, now: 12 * second)
        #expect(supervisor.memoryMeasured([(2, 101)], now: 22 * second - 1) == [])
        #expect(supervisor.memoryMeasured([(2, 101)], now: 22 * second).count == 2)
    }

    @Test func oneWhoseSuccessorFailsIsTriedAgain() {
        var supervisor = running(1, memory: 100)
        #expect(supervisor.memoryMeasured([(0, 101)], now: 0).count == 2)
        #expect(supervisor.workerExited(1, now: 1) == [.changeEnded(.failed(number: 1))])
        #expect(supervisor.memoryMeasured([(0, 101)], now: 9 * second) == [])
        #expect(supervisor.memoryMeasured([(0, 101)], now: 10 * second).count == 2)
        #expect(supervisor.memoryRestarts == 0)
    }
}
