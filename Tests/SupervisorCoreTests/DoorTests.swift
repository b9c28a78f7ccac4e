import ByteCore
import Testing

@testable import SupervisorCore

/// How much of the port one address may have.
@Suite struct DoorTests {
    private static let second: Int64 = 1_000_000_000

    private func address(_ text: String) -> IPAddress {
        guard let address = IPAddress(text) else { fatalError("\(text) is no address") }
        return address
    }

    private func door(
        _ connections: Int, _ perSecond: Int, unlimited: [String] = [], loopback: Bool = false
    ) throws -> WatchedDoor {
        WatchedDoor(
            DoorSettings(
                limits: AddressLimits(connections: connections, newPerSecond: perSecond),
                unlimited: try unlimited.map { try IPNetwork(parsing: $0) }, countsLoopback: loopback))
    }

    @Test func oneAddressHasSoManyAtATime() throws {
        let door = try door(2, 0)
        let office = address("192.0.2.7")
        #expect(door.judge(office, now: 0) == .counted(0))
        // Over a dual-stack socket it is the same.
        #expect(door.judge(address("::ffff:192.0.2.7"), now: 0) == .counted(0))
        #expect(door.judge(office, now: 0) == .refused(.connections))
        #expect(door.judge(address("192.0.2.8"), now: 0) == .counted(1))
        door.closed(0)
        #expect(door.judge(office, now: 0) == .counted(0))
        #expect(door.refused(.connections) == 1 && door.refused(.rate) == 0)
    }

    @Test func otherLimitsHoldForWhoComes() throws {
        let door = try door(1, 0)
        let office = address("192.0.2.7")
        #expect(door.judge(office, now: 0) == .counted(0))
        #expect(door.judge(office, now: 0) == .refused(.connections))
        // More are let in, and who was here counts on.
        door.take(DoorSettings(limits: AddressLimits(connections: 2, newPerSecond: 0)))
        #expect(door.judge(office, now: 0) == .counted(0))
        #expect(door.judge(office, now: 0) == .refused(.connections))
        // Fewer: nobody goes, and nobody comes before there is room.
        door.take(DoorSettings(limits: AddressLimits(connections: 1, newPerSecond: 0)))
        door.closed(0)
        #expect(door.judge(office, now: 0) == .refused(.connections))
        door.closed(0)
        #expect(door.judge(office, now: 0) == .counted(0))
        // A rate where there was none, and none any more.
        door.take(DoorSettings(limits: AddressLimits(connections: 0, newPerSecond: 1)))
        for _ in 0..<10 { #expect(door.judge(office, now: 0) == .counted(0)) }
        #expect(door.judge(office, now: 0) == .refused(.rate))
        door.take(
            DoorSettings(
                limits: AddressLimits(connections: 0, newPerSecond: 1),
                unlimited: [try IPNetwork(parsing: "192.0.2.0/24")]))
        #expect(door.judge(office, now: 0) == .free)
        door.take(DoorSettings(limits: AddressLimits(connections: 0, newPerSecond: 0)))
        #expect(door.judge(address("192.0.2.8"), now: 0) == .free)
        // What was counted is given back all the same.
        for _ in 0..<11 { door.closed(0) }
        door.forgetIdle(now: 20 * Self.second)
        #expect(door.addresses == 0)
    }

    @Test func anIPv6NetworkIsOneClient() throws {
        let door = try door(1, 0)
        #expect(door.judge(address("2001:db8:0:1::1"), now: 0) == .counted(0))
        #expect(door.judge(address("2001:db8:0:1:ffff::2"), now: 0) == .refused(.connections))
        #expect(door.judge(address("2001:db8:0:2::1"), now: 0) == .counted(1))
    }

    @Test func newOnesComeTenSecondsAtOnceAndThenAtTheirRate() throws {
        let door = try door(0, 5)
        let office = address("192.0.2.7")
        for _ in 0..<50 { #expect(door.judge(office, now: Self.second) == .counted(0)) }
        #expect(door.judge(office, now: Self.second) == .refused(.rate))
        #expect(door.judge(office, now: Self.second + 199_999_999) == .refused(.rate))
        #expect(door.judge(office, now: Self.second + 200_000_000) == .counted(0))
        #expect(door.judge(office, now: Self.second + 200_000_000) == .refused(.rate))
        #expect(door.refused(.rate) == 3)
        #expect(door.judge(address("192.0.2.8"), now: Self.second) == .counted(1))
    }

    @Test func addressesAreForgottenWhenTheyMeanNothing() throws {
        let door = try door(2, 1)
        let office = address("192.0.2.7")
        for _ in 0..<2 { _ = door.judge(office, now: 0) }
        door.forgetIdle(now: 1_000 * Self.second)
        #expect(door.addresses == 1, "it is connected")
        for _ in 0..<2 { door.closed(0) }
        door.forgetIdle(now: 2 * Self.second - 1)
        #expect(door.addresses == 1, "it came twice in a second")
        door.forgetIdle(now: 2 * Self.second)
        #expect(door.addresses == 0)
    }

    @Test func someAreCountedForNobody() throws {
        let door = try door(1, 1, unlimited: ["198.51.100.0/24", "2001:db8::/48"])
        for text in ["127.0.0.1", "127.9.9.9", "::1", "198.51.100.200", "2001:db8:0:ffff::1"] {
            for _ in 0..<100 { #expect(door.judge(address(text), now: 0) == .free) }
        }
        #expect(door.addresses == 0)
        #expect(door.judge(address("2001:db8:1::1"), now: 0) == .counted(0))

        let strict = try self.door(1, 1, unlimited: ["127.0.0.1"], loopback: true)
        #expect(strict.judge(address("127.0.0.1"), now: 0) == .free)
        #expect(strict.judge(address("127.0.0.2"), now: 0) == .counted(0))
        #expect(strict.judge(address("127.0.0.2"), now: 0) == .refused(.connections))
    }

    @Test func withoutLimitsNobodyIsRemembered() throws {
        let none = try door(0, 0)
        #expect(none.judge(address("192.0.2.7"), now: 0) == .free)
        let behindProxies = WatchedDoor(DoorSettings(letsEverybodyIn: true))
        #expect(behindProxies.judge(address("192.0.2.7"), now: 0) == .free)
        #expect(none.addresses == 0 && behindProxies.addresses == 0)
    }

    /// Who has more addresses than are remembered takes nobody's place.
    @Test func whereTooManyAreConnectedNewOnesAreLetIn() {
        var table = AddressTable(
            AddressLimits(connections: 1, newPerSecond: 0), capacity: 2, seed: 1)
        var outcomes: [AddressTable.Outcome] = []
        for number: UInt32 in [0, 1, 2, 0] { outcomes.append(table.admit(IPAddress(v4: number), now: 0)) }
        table.closed(1)
        outcomes.append(table.admit(IPAddress(v4: 2), now: 0))
        #expect(
            outcomes == [
                .admitted(place: 0), .admitted(place: 1), .uncounted, .refused(.connections),
                .admitted(place: 1),
            ])
        let count = table.count
        #expect(count == 2)
    }

    @Test func everyHistoryAgreesWithTheModel() {
        for seed in 0..<3_000 {
            var history = AddressHistory(seed: UInt64(seed))
            guard let difference = history.firstDifference(steps: 80) else { continue }
            Issue.record("seed \(seed), \(difference)")
            return
        }
    }

    @Test(arguments: AddressFault.allCases)
    func everyMutantIsCaught(fault: AddressFault) {
        for seed in 0..<1_000 {
            var history = AddressHistory(seed: UInt64(seed), fault: fault)
            if history.firstDifference(steps: 80) != nil { return }
        }
        Issue.record("\(fault) went unnoticed")
    }
}

/// A door that a macro may look at.
private final class WatchedDoor {
    private var door: Door

    init(_ settings: DoorSettings) { door = Door(settings, seed: 3) }

    var addresses: Int { door.addresses }
    func refused(_ reason: AddressRefusal) -> UInt64 { door.refused(reason) }
    func judge(_ address: IPAddress, now: Int64) -> Door.Verdict { door.judge(address, now: now) }
    func closed(_ place: UInt32) { door.closed(place) }
    func forgetIdle(now: Int64) { door.forgetIdle(now: now) }
    func take(_ settings: DoorSettings) { door.take(settings) }
}
