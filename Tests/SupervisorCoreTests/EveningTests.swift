import Testing

@testable import SupervisorCore

/// Connections that move until all workers have the same; the simulation mixes it.
struct EveningTests {
    private func running(_ count: Int, capacity: Int = 10_000) -> Supervisor {
        var supervisor = Supervisor(workerCount: count, seed: 1)
        _ = supervisor.start(now: 0)
        for index in 0..<count { ready(&supervisor, index, capacity, now: 0) }
        return supervisor
    }

    private func ready(_ supervisor: inout Supervisor, _ index: Int, _ capacity: Int = 10_000, now: Int64) {
        _ = supervisor.workerSpawned(index, now: now)
        _ = supervisor.workerSaidReady(index, capacity: capacity, now: now)
    }

    private func fill(_ supervisor: inout Supervisor, _ index: Int, _ count: Int) {
        for _ in 0..<count { _ = supervisor.place(isFull: { $0 != index }) }
    }

    /// Plays workers that hand over whatever they are told to, until `end`; returns how many moved.
    private func play(_ supervisor: inout Supervisor, from start: Int64, to end: Int64) -> Int {
        var moved = 0
        var now = start
        while let due = supervisor.nextDeadline, due <= end {
            now = max(now, due)
            for action in supervisor.timerFired(now: now) {
                switch action {
                case .sendMove(let index, let count):
                    moved += count
                    for _ in 0..<count { _ = supervisor.connectionMoved(from: index) }
                case .sendPing(let index, _): _ = supervisor.pongReceived(index, sequence: 0, now: now)
                default: break
                }
            }
        }
        return moved
    }

    private func counts(_ supervisor: Supervisor) -> [Int] {
        supervisor.occupied.map { supervisor.places[$0].connections }
    }

    @Test func moreWorkersShareAlike() throws {
        var supervisor = running(2)
        for index in 0..<2 { fill(&supervisor, index, 5_000) }
        _ = try supervisor.scaleRequested(4, now: 10 * second)
        for index in 2..<4 { ready(&supervisor, index, now: 10 * second) }
        #expect(play(&supervisor, from: 10 * second, to: 20 * second) == 5_000, "nobody moves twice")
        #expect(counts(supervisor) == [2_500, 2_500, 2_500, 2_500])
    }

    @Test func afterADeathThoseThatFellHaveTimeToComeBack() {
        var supervisor = running(2)
        for index in 0..<2 { fill(&supervisor, index, 100) }
        #expect(supervisor.workerExited(0, now: 20 * second) == [.spawn(0)])
        ready(&supervisor, 0, now: 20 * second)
        #expect(play(&supervisor, from: 20 * second, to: 23 * second - 1) == 0)
        // All but half of them came.
        fill(&supervisor, 0, 50)
        #expect(play(&supervisor, from: 23 * second, to: 30 * second) == 25)
        #expect(counts(supervisor) == [75, 75])
    }

    @Test(arguments: [
        ([100, 110], 0), ([100, 111], 5), ([0, 1], 0), ([0, 2], 1), ([5, 6], 0), ([9, 11], 1),
    ])
    func aTenthOrOneIsEvenEnough(case: (connections: [Int], moved: Int)) throws {
        var supervisor = running(3)
        for (index, count) in `case`.connections.enumerated() { fill(&supervisor, index, count) }
        // Any change of workers has it looked at.
        _ = try supervisor.stopRequested(3, now: second)
        _ = supervisor.timerFired(now: second)
        _ = supervisor.workerExited(2, now: second)
        _ = supervisor.workerExited(0, now: 2 * second)
        ready(&supervisor, 0, now: 2 * second)
        fill(&supervisor, 0, `case`.connections[0])
        #expect(play(&supervisor, from: 2 * second, to: 20 * second) == `case`.moved)
    }

    @Test func whatWasAskedForIsNotAskedForAgain() throws {
        var supervisor = running(1)
        fill(&supervisor, 0, 1_500)
        _ = supervisor.timerFired(now: 10 * second)
        _ = try supervisor.scaleRequested(2, now: 10 * second)
        ready(&supervisor, 1, now: 10 * second)
        func asked(after rounds: Int64) -> [SupervisorAction] {
            supervisor.timerFired(now: 10 * second + rounds * second / 5)
        }
        #expect(asked(after: 1) == [.sendMove(0, count: 750)])
        for _ in 0..<300 { #expect(supervisor.connectionMoved(from: 0) == .worker(1)) }
        #expect(asked(after: 2) == [])
        for _ in 0..<450 { #expect(supervisor.connectionMoved(from: 0) == .worker(1)) }
        #expect(asked(after: 3) == [])
        #expect(supervisor.evening == nil)
    }

    @Test func whatDoesNotComeIsAskedForAnewAndThenLeft() throws {
        var supervisor = running(1)
        fill(&supervisor, 0, 10)
        _ = try supervisor.scaleRequested(2, now: 0)
        ready(&supervisor, 1, now: 0)
        var asked = 0
        for round in 1...40 {
            for case .sendMove in supervisor.timerFired(now: Int64(round) * second / 5) { asked += 1 }
        }
        #expect((2...5).contains(asked))
        #expect(supervisor.evening == nil)
    }

    @Test func whoIsReplacedHandsOverFirst() throws {
        var supervisor = running(2)
        for index in 0..<2 { fill(&supervisor, index, 100) }
        _ = try supervisor.restartRequested(1, now: 0)
        ready(&supervisor, 2, now: 0)
        for case .sendMove in supervisor.timerFired(now: second / 2) { Issue.record("too early") }
        for _ in 0..<100 { #expect(supervisor.connectionMoved(from: 0) == .worker(2)) }
        #expect(play(&supervisor, from: second / 2, to: 10 * second) == 0)
    }

    @Test func smallOnesAreFilledAndLeft() throws {
        var supervisor = running(1)
        fill(&supervisor, 0, 100)
        _ = try supervisor.scaleRequested(3, now: 0)
        ready(&supervisor, 1, 10, now: 0)
        ready(&supervisor, 2, now: 0)
        #expect(play(&supervisor, from: 0, to: 10 * second) == 55)
        #expect(counts(supervisor) == [45, 10, 45])
    }

    @Test func aConnectionThatMovesFindsTheEmptiestOrStays() {
        var supervisor = running(3)
        fill(&supervisor, 0, 3)
        fill(&supervisor, 1, 1)
        #expect(supervisor.connectionMoved(from: 0) == .worker(2))
        #expect(supervisor.connectionMoved(from: 0, isFull: { $0 == 1 }) == .worker(2))
        #expect(supervisor.connectionMoved(from: 0, isFull: { _ in true }) == .worker(0))
        #expect(counts(supervisor) == [1, 1, 2])
        var alone = running(1)
        fill(&alone, 0, 1)
        #expect(alone.connectionMoved(from: 0) == .worker(0))
        #expect(counts(alone) == [1])
    }
}
