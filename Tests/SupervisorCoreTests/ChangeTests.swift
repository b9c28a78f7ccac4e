import Testing

@testable import SupervisorCore

/// What operators ask for, one by one; the simulation mixes it.
struct ChangeTests {
    private static let drain = 10 * second

    private func running(_ count: Int) -> Supervisor {
        var supervisor = Supervisor(workerCount: count, drainNanoseconds: Self.drain, seed: 1)
        _ = supervisor.start(now: 0)
        for index in 0..<count { ready(&supervisor, index) }
        return supervisor
    }

    @discardableResult
    private func ready(_ supervisor: inout Supervisor, _ index: Int, now: Int64 = 0) -> [SupervisorAction] {
        _ = supervisor.workerSpawned(index, now: now)
        return supervisor.workerSaidReady(index, capacity: 10, now: now)
    }

    /// Where so many connections went, in the order of the places.
    private func taken(_ count: Int, _ supervisor: inout Supervisor) -> [Int] {
        (0..<count).compactMap { _ in
            guard case .worker(let index) = supervisor.place() else { return nil }
            return index
        }.sorted()
    }

    private func refusal(_ body: () throws(WorkerRefusal) -> [SupervisorAction]) -> WorkerRefusal? {
        do throws(WorkerRefusal) {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }

    @Test func aReloadTakesOverWhenAllAreReady() throws {
        var supervisor = running(2)
        #expect(try supervisor.reloadRequested(now: 1) == [.spawn(2), .spawn(3)])
        #expect(ready(&supervisor, 2, now: 2) == [])
        #expect(supervisor.stateName(of: 2).description == "ready")
        #expect(supervisor.runningCount == 2)
        #expect(taken(4, &supervisor) == [0, 0, 1, 1])
        #expect(
            ready(&supervisor, 3, now: 3)
                == [.close(0), .sendDrain(0), .close(1), .sendDrain(1), .changeEnded(.done)])
        #expect(supervisor.occupied.map { supervisor.number(of: $0) } == [1, 1, 2, 2])
        #expect(supervisor.occupied == [2, 0, 3, 1])
        #expect(taken(4, &supervisor) == [2, 2, 3, 3])
        // One has two connections yet.
        for _ in 0..<2 { supervisor.connectionClosed(0) }
        #expect(supervisor.timerFired(now: 4).contains(.sendStop(0)))
        #expect(supervisor.workerExited(0, now: 5) == [])
        #expect(supervisor.occupied == [2, 3, 1])
        #expect(!supervisor.pass(from: 5, to: 15 * second).contains(.sendStop(1)))
        #expect(supervisor.timerFired(now: 15 * second + 3).contains(.sendStop(1)))
    }

    @Test func oneThatEndsBeforeItIsReadyChangesNothing() throws {
        var supervisor = running(2)
        _ = try supervisor.reloadRequested(now: 1)
        #expect(ready(&supervisor, 2, now: 2) == [])
        _ = supervisor.workerSpawned(3, now: 2)
        #expect(supervisor.workerExited(3, now: 3) == [.sendStop(2), .changeEnded(.failed(number: 2))])
        #expect(supervisor.workerExited(2, now: 4) == [])
        #expect(supervisor.occupied == [0, 1])
        #expect(supervisor.runningCount == 2)
        #expect(try supervisor.reloadRequested(now: 5) == [.spawn(2), .spawn(3)])
    }

    @Test func oneThatIsNotReadyInTimeChangesNothing() throws {
        var supervisor = running(1)
        _ = try supervisor.restartRequested(1, now: second)
        _ = supervisor.workerSpawned(1, now: second)
        #expect(
            refusal { () throws(WorkerRefusal) in try supervisor.reloadRequested(now: 2 * second) }
                == .changing)
        let actions = supervisor.pass(from: second, to: 11 * second)
        #expect(actions.contains(.sendStop(1)) && actions.contains(.changeEnded(.late(number: 1))))
        #expect(supervisor.place() == .worker(0))
    }

    @Test func aStoppedWorkerStaysStopped() throws {
        var supervisor = running(2)
        #expect(try supervisor.stopRequested(1, now: 0) == [.close(0), .sendDrain(0)])
        #expect(supervisor.timerFired(now: second).contains(.sendStop(0)))
        #expect(supervisor.workerExited(0, now: second) == [])
        #expect(supervisor.stateName(of: 0).description == "stopped")
        #expect(supervisor.numbers == [1, 2])
        #expect(refusal { () throws(WorkerRefusal) in try supervisor.stopRequested(1, now: 2) } == .already)
        #expect(refusal { () throws(WorkerRefusal) in try supervisor.stopRequested(9, now: 2) } == .unknown)
        // A reload leaves it alone; a restart brings it back.
        #expect(try supervisor.reloadRequested(now: 3) == [.spawn(2)])
        #expect(ready(&supervisor, 2) == [.close(1), .sendDrain(1), .changeEnded(.done)])
        #expect(try supervisor.restartRequested(1, now: 4) == [.spawn(3)])
        #expect(ready(&supervisor, 3) == [.changeEnded(.done)])
        #expect(supervisor.stateName(of: 0).description == "vacant")
        #expect(supervisor.runningCount == 2)
    }

    @Test func oneThatDrainsWaitsForItsConnections() throws {
        var supervisor = running(2)
        #expect(supervisor.place(isFull: { $0 == 1 }) == .worker(0))
        #expect(try supervisor.drainRequested(1, now: 0) == [.close(0)])
        #expect(supervisor.place() == .worker(1))
        #expect(!supervisor.timerFired(now: 900 * second).contains(.sendStop(0)))
        #expect(refusal { () throws(WorkerRefusal) in try supervisor.drainRequested(1, now: 1) } == .already)
        supervisor.connectionClosed(0)
        #expect(supervisor.nextDeadline == 0)
        #expect(supervisor.timerFired(now: 901 * second).contains(.sendStop(0)))
        #expect(supervisor.workerExited(0, now: 902 * second) == [])
        #expect(supervisor.stateName(of: 0).description == "stopped")
    }

    @Test func whetherNobodyWantsAWorkerIsKnown() throws {
        var supervisor = running(2)
        #expect(!supervisor.isHalted)
        _ = try supervisor.scaleRequested(1, now: 0)
        #expect(!supervisor.isHalted)
        _ = try supervisor.drainRequested(1, now: 0)
        #expect(supervisor.isHalted && supervisor.runningCount == 0)
        _ = try supervisor.restartRequested(1, now: 1)
        #expect(!supervisor.isHalted)
        // One that died is missing, though nobody runs.
        var other = running(1)
        _ = other.workerExited(0, now: 0)
        #expect(!other.isHalted && other.runningCount == 0)
    }

    @Test func oneThatDrainsCanBeStopped() throws {
        var supervisor = running(1)
        _ = supervisor.place()
        _ = try supervisor.drainRequested(1, now: 0)
        #expect(try supervisor.stopRequested(1, now: second) == [.close(0), .sendDrain(0)])
        #expect(!supervisor.pass(from: second, to: 16 * second - 1).contains(.sendStop(0)))
        #expect(supervisor.timerFired(now: 16 * second).contains(.sendStop(0)))
    }

    @Test func scalingTakesTheHighestNumbersAndFillsTheLowest() throws {
        var supervisor = running(3)
        #expect(refusal { () throws(WorkerRefusal) in try supervisor.scaleRequested(3, now: 0) } == .already)
        #expect(
            try supervisor.scaleRequested(1, now: 0)
                == [.close(1), .sendDrain(1), .close(2), .sendDrain(2)])
        #expect(supervisor.numbers == [1])
        _ = supervisor.timerFired(now: 1)
        for index in 1...2 { _ = supervisor.workerExited(index, now: 2) }
        #expect(try supervisor.scaleRequested(2, now: 3) == [.spawn(1)])
        #expect(ready(&supervisor, 1) == [.changeEnded(.done)])
        #expect(supervisor.numbers == [1, 2])
    }

    @Test func noMoreDrainThanThereAreDescriptorsFor() throws {
        var supervisor = running(1)
        _ = supervisor.place()
        _ = try supervisor.reloadRequested(now: 0)
        ready(&supervisor, 1)
        _ = supervisor.place()
        _ = try supervisor.reloadRequested(now: 0)
        ready(&supervisor, 2)
        #expect(
            refusal { () throws(WorkerRefusal) in try supervisor.reloadRequested(now: 0) } == .draining(2))
        supervisor.connectionClosed(0)
        _ = supervisor.timerFired(now: 1)
        _ = supervisor.workerExited(0, now: 2)
        #expect(try supervisor.reloadRequested(now: 3) == [.spawn(0)])
    }

    @Test func aWorkerThatIsKilledWhileItDrainsIsNotReplaced() throws {
        var supervisor = running(1)
        _ = supervisor.place()
        _ = try supervisor.reloadRequested(now: 0)
        ready(&supervisor, 1)
        #expect(supervisor.workerExited(0, now: second) == [])
        #expect(supervisor.occupied == [1])
        #expect(supervisor.workerExited(1, now: second) == [.spawn(1)])
        #expect(supervisor.restarts == 1)
    }

    @Test func deathsAreCountedWhoeverCountsOn() throws {
        var supervisor = running(2)
        _ = supervisor.workerExited(0, now: 0)
        ready(&supervisor, 0)
        _ = supervisor.workerExited(1, now: 0)
        ready(&supervisor, 1)
        _ = try supervisor.reloadRequested(now: 0)
        ready(&supervisor, 2)
        ready(&supervisor, 3)
        #expect(supervisor.restarts == 2)
        #expect(supervisor.restarts(of: 2) == 1)
        _ = try supervisor.scaleRequested(1, now: 0)
        for index in [0, 1, 3] { _ = supervisor.workerExited(index, now: 0) }
        #expect(supervisor.restarts == 2)
    }

    @Test func nothingIsChangedWhileTheServerStartsOrStops() {
        var supervisor = Supervisor(workerCount: 1, seed: 1)
        _ = supervisor.start(now: 0)
        #expect(refusal { () throws(WorkerRefusal) in try supervisor.reloadRequested(now: 0) } == .starting)
        ready(&supervisor, 0)
        _ = try? supervisor.reloadRequested(now: 0)
        _ = supervisor.workerSpawned(1, now: 0)
        #expect(supervisor.stopRequested(now: 1) == [.changeEnded(.abandoned), .sendStop(0), .sendStop(1)])
        #expect(refusal { () throws(WorkerRefusal) in try supervisor.scaleRequested(2, now: 2) } == .stopping)
    }
}
