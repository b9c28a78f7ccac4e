import Testing

@testable import SupervisorCore

/// Where a live connection goes when its worker lets go of it.
struct MovingTests {
    private func running(_ count: Int, capacity: Int = 10) -> Supervisor {
        var supervisor = Supervisor(workerCount: count, seed: 1)
        _ = supervisor.start(now: 0)
        for index in 0..<count {
            _ = supervisor.workerSpawned(index, now: 0)
            _ = supervisor.workerSaidReady(index, capacity: capacity, now: 0)
        }
        return supervisor
    }

    private func connections(_ supervisor: Supervisor) -> [Int] { supervisor.places.map(\.connections) }

    @Test func itGoesToTheEmptiestOfTheOthers() {
        var supervisor = running(3)
        for _ in 0..<6 { _ = supervisor.place() }
        supervisor.places[2].connections = 1
        #expect(supervisor.connectionMoved(from: 0, isFull: { _ in false }) == .worker(2))
        #expect(connections(supervisor) == [1, 2, 2])
        // Its own is the emptiest now, and is not taken.
        #expect(supervisor.connectionMoved(from: 0, isFull: { _ in false }) != .worker(0))
        #expect(connections(supervisor).reduce(0, +) == 5)
        #expect(connections(supervisor)[0] == 0)
    }

    @Test func whoIsFullIsPassedOver() {
        var supervisor = running(3, capacity: 2)
        for _ in 0..<6 { _ = supervisor.place() }
        // Nobody else has room, so it stays.
        #expect(supervisor.connectionMoved(from: 1, isFull: { _ in false }) == .worker(1))
        supervisor.connectionClosed(2)
        #expect(supervisor.connectionMoved(from: 1, isFull: { $0 == 2 }) == .worker(1))
        #expect(supervisor.connectionMoved(from: 1, isFull: { _ in false }) == .worker(2))
        #expect(connections(supervisor) == [2, 1, 2])
    }

    @Test func theOnlyOneKeepsItAndADrainingOneToo() throws {
        var supervisor = running(1)
        _ = supervisor.place()
        #expect(supervisor.connectionMoved(from: 0, isFull: { _ in true }) == .worker(0))
        #expect(supervisor.another(than: 0) == nil)
        _ = try supervisor.stopRequested(1, now: 0)
        #expect(supervisor.connectionMoved(from: 0, isFull: { _ in false }) == .worker(0))
        #expect(connections(supervisor) == [1])
    }

    @Test func oneThatHasGoneKeepsNothing() {
        var supervisor = running(2)
        for _ in 0..<2 { _ = supervisor.place() }
        _ = supervisor.workerExited(1, now: 1)
        #expect(supervisor.connectionMoved(from: 1, isFull: { _ in false }) == .worker(0))
        #expect(connections(supervisor) == [2, 0])
        _ = supervisor.workerExited(0, now: 2)
        #expect(supervisor.connectionMoved(from: 0, isFull: { _ in false }) == .refused(.noWorker))
        #expect(connections(supervisor) == [0, 0])
    }

    @Test func anotherIsTheEmptiestThatRuns() {
        var supervisor = running(3)
        for _ in 0..<3 { _ = supervisor.place() }
        _ = supervisor.place(isFull: { $0 != 0 })
        #expect(supervisor.another(than: 1) == 2)
        #expect(supervisor.another(than: 2) == 1)
        _ = supervisor.workerIsStopping(2, now: 0)
        #expect(supervisor.another(than: 1) == 0)
    }

    @Test func whoIsUnderWayHasItsPlaceKept() {
        var supervisor = running(2, capacity: 2)
        for _ in 0..<3 { _ = supervisor.place() }
        #expect(supervisor.place(behind: 1) == .refused(.capacity))
        guard case .worker = supervisor.placeAnyone(isFull: { _ in false }) else {
            Issue.record("the one that was under way found no place")
            return
        }
        #expect(connections(supervisor) == [2, 2])
        supervisor.connectionClosed(0)
        #expect(supervisor.place(behind: 0) == .worker(0))
    }

    @Test func placesOfThoseWhoseWorkerIsEmptiedAreNobodyElses() throws {
        var supervisor = running(2, capacity: 4)
        for _ in 0..<4 { _ = supervisor.place() }
        #expect(connections(supervisor) == [2, 2])
        _ = try supervisor.stopRequested(1, now: 0)
        // Two are free, and two will come.
        #expect(supervisor.place() == .refused(.capacity))
        #expect(supervisor.connectionMoved(from: 0, isFull: { _ in false }) == .worker(1))
        #expect(supervisor.place() == .refused(.capacity))
        supervisor.connectionClosed(1)
        #expect(supervisor.place() == .worker(1))
        #expect(supervisor.connectionMoved(from: 0, isFull: { _ in false }) == .worker(1))
        #expect(connections(supervisor) == [0, 4])
    }

    @Test func aNewcomerWaitsForAFullChannelOnlyWhereThereIsAPlace() {
        var supervisor = running(2, capacity: 2)
        for _ in 0..<2 { _ = supervisor.place() }
        #expect(connections(supervisor) == [1, 1])
        #expect(!supervisor.isToWait(behind: 0, isFull: { $0 == 0 }))
        #expect(supervisor.isToWait(behind: 0, isFull: { _ in true }))
        #expect(supervisor.isToWait(behind: 1, isFull: { _ in true }))
        #expect(!supervisor.isToWait(behind: 2, isFull: { _ in true }))
        for _ in 0..<2 { _ = supervisor.place() }
        #expect(!supervisor.isToWait(behind: 0, isFull: { _ in true }))
    }
}
