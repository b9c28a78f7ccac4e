import ByteCore
import TestSupport
import Testing

@testable import SupervisorCore

/// A supervisor and a door that a successor goes on with.
struct CarryingTests {
    private func running(_ count: Int) -> Supervisor {
        var supervisor = Supervisor(workerCount: count, drainNanoseconds: 10 * second, seed: 1)
        _ = supervisor.start(now: 0)
        for index in 0..<count {
            _ = supervisor.workerSpawned(index, now: 0)
            _ = supervisor.workerSaidReady(index, capacity: 10, now: 0)
        }
        return supervisor
    }

    private func successor(of supervisor: Supervisor) throws -> Supervisor {
        let record = try #require(supervisor.carried)
        #expect(faultOfReading(record) == nil)
        let settings = Supervisor(workerCount: 1, drainNanoseconds: 10 * second, seed: 1)
        return Supervisor(try #require(handedOver(record)), settings: settings)
    }

    @Test func itDecidesAsTheOneBeforeWouldHave() throws {
        var supervisor = running(3)
        for _ in 0..<5 { _ = supervisor.place() }
        supervisor.connectionClosed(1)
        _ = supervisor.timerFired(now: second)
        _ = supervisor.pongReceived(0, sequence: 1, now: second)
        // One that has died twice waits out its backoff, and one drains and stays away.
        _ = supervisor.workerExited(1, now: 2 * second)
        _ = supervisor.workerSpawned(1, now: 2 * second)
        _ = supervisor.workerExited(1, now: 2 * second + 1)
        _ = try supervisor.drainRequested(3, now: 2 * second + 2)
        var next = try successor(of: supervisor)
        #expect(next.restarts == 2 && next.numbers == [1, 2, 3] && next.inhabited == [0, 2])
        for time in stride(from: 2 * second, to: 12 * second, by: Int(second / 10)) {
            #expect(next.nextDeadline == supervisor.nextDeadline)
            #expect(next.place() == supervisor.place())
            #expect(next.timerFired(now: time) == supervisor.timerFired(now: time))
        }
        for index in 0..<3 {
            #expect(next.stateName(of: index).description == supervisor.stateName(of: index).description)
        }
        #expect(try next.reloadRequested(now: 20 * second) == supervisor.reloadRequested(now: 20 * second))
    }

    @Test func nothingIsLeftInTheMiddleOfSomething() throws {
        var supervisor = Supervisor(workerCount: 1, seed: 1)
        _ = supervisor.start(now: 0)
        #expect(supervisor.carried == nil, "its first worker is not ready")
        supervisor = running(2)
        _ = try supervisor.reloadRequested(now: 1)
        #expect(supervisor.carried == nil, "it is being changed")
        supervisor = running(2)
        _ = supervisor.stopRequested(now: 1)
        #expect(supervisor.carried == nil, "it stops")
        supervisor = running(1)
        _ = supervisor.workerExited(0, now: 20 * second)
        #expect(supervisor.carried == nil, "a process is being started")
    }

    @Test func whatNoSupervisorIsIsRefused() throws {
        var record = try #require(running(1).carried)
        record.places[0].life = 12
        #expect(handedOver(record) == nil)
        record.places = []
        #expect(handedOver(record) == nil)
    }

    // MARK: The door

    /// One that tests can look at, as what is not copied cannot stand in an expectation.
    private final class Watched {
        private var door = Door(
            DoorSettings(limits: AddressLimits(connections: 2, newPerSecond: 1), countsLoopback: true),
            seed: 1)

        init() {}

        init(_ carried: CarriedDoor) { door.take(carried) }

        var addresses: Int { door.addresses }
        var uncounted: UInt64 { door.uncounted }
        var carried: CarriedDoor { door.carried }
        func refused(_ reason: AddressRefusal) -> UInt64 { door.refused(reason) }
        func judge(_ address: IPAddress, now: Int64) -> Door.Verdict { door.judge(address, now: now) }
        func closed(_ place: UInt32) { door.closed(place) }
        func forgetIdle(now: Int64) { door.forgetIdle(now: now) }
    }

    private static func address(_ number: UInt32) -> IPAddress { IPAddress(v4: 0xC000_0200 + number) }

    @Test func aDoorGoesOnCounting() throws {
        let before = Watched()
        var open: [UInt32] = []
        for number in [1, 1, 2, 3, 1] as [UInt32] {
            if case .counted(let place) = before.judge(Self.address(number), now: 0) { open.append(place) }
        }
        // The second is idle and owes something, the third is there.
        before.closed(open[2])
        let record = before.carried
        #expect(record.addresses.count == 3 && record.counts(open[0]) && !record.counts(open[2]))
        #expect(faultOfReading(record) == nil)
        let after = Watched(try #require(handedOver(record)))
        #expect(after.addresses == 3 && after.refused(.connections) == 1 && after.uncounted == 0)
        #expect(after.carried == record)
        #expect(after.judge(Self.address(1), now: 0) == .refused(.connections))
        after.closed(open[0])
        #expect(after.judge(Self.address(1), now: 0) == .counted(open[0]))
        // Where nobody is any more the next newcomer is.
        after.forgetIdle(now: 1_000 * second)
        #expect(after.addresses == 2)
        #expect(after.judge(Self.address(9), now: 1_000 * second) == .counted(open[2]))
        let places = after.carried.addresses.map(\.place)
        #expect(Set(places).count == 3)
    }

    /// Seeded histories of comings and goings, with a successor after each step, beside a door without one.
    @Test func everyHistoryGoesOnAsIfNothingHadHappened() throws {
        for seed in 0..<200 {
            var random = SplitMix64(seed: UInt64(seed))
            var carried = Watched()
            let stayed = Watched()
            // Where a connection counts in each of them: a place may be another, whose it is may not.
            var open: [(carried: UInt32, stayed: UInt32)] = []
            var now: Int64 = 1
            for _ in 0..<60 {
                if random.below(3) > 0 || open.isEmpty {
                    let address = Self.address(UInt32(random.below(12)))
                    switch (carried.judge(address, now: now), stayed.judge(address, now: now)) {
                    case (.counted(let one), .counted(let other)): open.append((one, other))
                    case (let one, let other): #expect(one == other, "seed \(seed)")
                    }
                } else {
                    let places = open.remove(at: random.below(open.count))
                    carried.closed(places.carried)
                    stayed.closed(places.stayed)
                }
                now += Int64(random.below(3_000)) * 1_000_000
                carried = Watched(try #require(handedOver(carried.carried)))
                guard Self.content(carried.carried) == Self.content(stayed.carried) else {
                    Issue.record("seed \(seed): they differ")
                    return
                }
            }
        }
    }

    /// Everybody, wherever they are: the idle in their order behind those who are there.
    private static func content(_ door: CarriedDoor) -> [CarriedAddress] {
        let all = door.addresses.map { address in
            var address = address
            address.place = 0
            return address
        }
        let (there, idle) = (all.filter { $0.connections > 0 }, all.filter { $0.connections == 0 })
        return there.sorted { $0.low < $1.low } + idle
    }

    @Test func addressesThatCannotBeAreRefused() {
        let before = Watched()
        for number in 0..<2 { _ = before.judge(Self.address(UInt32(number)), now: 0) }
        var record = before.carried
        record.addresses[1].place = record.addresses[0].place
        #expect(handedOver(record) == nil, "two in one place")
        record = before.carried
        record.addresses[0].connections = 0
        #expect(handedOver(record) == nil, "somebody idle in front of somebody who is there")
        record = before.carried
        record.addresses[0].place = 65_536
        #expect(handedOver(record) == nil, "a place that there is not")
    }
}
