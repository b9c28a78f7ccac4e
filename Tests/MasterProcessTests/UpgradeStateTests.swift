import AccessControl
import BroadcastHub
import ByteCore
import ControlWire
import PosixIO
import StateDirectory
import Telemetry
import TestSupport
import Testing

@testable import ClusterSupervisor
@testable import MasterProcess
@testable import SupervisorCore

/// What a master leaves to the next program.
@Suite struct UpgradeStateTests {
    private func log() -> CarriedLog {
        var log = CarriedLog()
        log.hasFile = true
        log.descriptor = 9
        log.path = "/var/log/pointerscope"
        log.waiting = [1, 2, 3]
        log.recent = [CarriedText([4])]
        return log
    }

    @Test func recordsAreReadAsTheyWereWritten() throws {
        #expect(faultOfReading(log()) == nil)
        #expect(handedOver(log())?.path == "/var/log/pointerscope")
        var slots = CarriedSlots()
        slots.connections = [0, 1 << 40]
        #expect(faultOfReading(slots) == nil && handedOver(slots)?.connections == slots.connections)
        var counts = UpgradeCounts()
        (counts.done, counts.refused, counts.returned) = (1, 2, 3)
        #expect(faultOfReading(counts) == nil && handedOver(counts) == counts)
        var access = CarriedAccess()
        access.authority = try #require(carriedAuthority)
        access.link = "http://localhost/first-admin?token=x"
        access.stamps = [CarriedStamp(.tokens, .init(inode: 1, byteCount: 2, modified: 3, changed: 4))]
        #expect(faultOfReading(access) == nil)
        #expect(handedOver(access)?.stamps.first?.file == .tokens)
    }

    /// One that nobody is in yet.
    private var carriedAuthority: CarriedAuthority? {
        CarriedAuthority(
            Authority(settings: AuthoritySettings(), key: KeyFile.draw()), TokenTable(),
            now: Instant(epochSeconds: 0, monotonicNanoseconds: 0))
    }

    @Test func aClientOfTheControlSocketGoesOnWithItsTask() throws {
        var client = CarriedControlClient()
        for (task, next, end, expected) in [
            (0, 0, nil, .nothing), (1, 5, nil, .reading(.log, next: 5, end: nil)),
            (2, 6, 8, .reading(.events, next: 6, end: 8)), (3, 1 << 63, nil, .awaiting(1 << 63)),
        ] as [(UInt8, UInt64, UInt64?, ControlClient.Task)] {
            (client.task, client.next, client.end) = (task, next, end)
            #expect(faultOfReading(client) == nil)
            #expect(handedOver(client)?.carriedTask == expected)
        }
        client.task = 4
        #expect(handedOver(client) == nil)
    }

    /// One of a single worker that an operator has stopped.
    private func cluster() -> CarriedCluster {
        var cluster = CarriedCluster()
        cluster.listeners = [CarriedListener()]
        cluster.core.places = [CarriedPlace(WorkerPlace(life: .stopped, number: 1, fate: .halted))]
        cluster.addresses.refused = AddressRefusal.allCases.map { _ in 0 }
        cluster.endedCounters = WorkerCounter.allCases.map { _ in 0 }
        cluster.refusalsLogged = [0, 0] + AddressRefusal.allCases.map { _ in 0 }
        return cluster
    }

    /// The bytes as they lie in memory: what was written by another version, or is damaged, is no state.
    @Test func everyDamageIsSeen() throws {
        let hub = BroadcastHub(boot: 7, epochOffsetNanoseconds: 0, hashSeed: 1)
        var master = CarriedMaster()
        master.version = "1.2.3"
        master.log = log()
        master.cluster = cluster()
        let written = try UpgradeState.write(&master, hub)
        let bytes = Array(written.bytes.readable)
        let named = written.descriptors
        #expect(named.contains(9))
        #expect(version(in: bytes) == "1.2.3")
        #expect(Array(bytes[..<8]) == Array("PSCOPEUP".utf8))
        #expect(Array(bytes[8..<16]) == [2, 0, 0, 0, 0, 0, 0, 0])
        var faults: Set<String> = []
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 400)) {
            var other = bytes
            other[place] ^= 0x10
            faults.insert(version(in: other))
        }
        #expect(faults == ["malformed"])
    }

    /// The version of the program that left this; where it cannot be read, why.
    private func version(in bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { bytes in
            do throws(CarryFault) { return try UpgradeState.read(bytes).master.version } catch {
                return "\(error)"
            }
        }
    }

    @Test func aProgramIsJudgedByWhatItSays() throws {
        #expect(UpgradeState.format.hasPrefix("state 2, hub "))
        let good = UpgradeState.formatPrefix + UpgradeState.format
        func judged(_ says: String, _ code: Int32) throws -> String? {
            let shell = try Descriptor.opening("/bin/sh", flags: 0)
            let desk = try UpgradeDesk(
                shell, role: "-c", commandLine: ["sh", "printf '\(says)'; exit \(code)"], why: "test",
                number: 1, now: 0)
            let poller = try Poller()
            try poller.add(desk.raw, for: .readable, token: Token(kind: 1))
            let ready = try poller.wait(timeoutMilliseconds: 60_000)
            try #require(ready == 1)
            return desk.refusal(try #require(desk.ended()))
        }
        #expect(try judged("\(good)\\n", 0) == nil)
        #expect(try judged("\(good)\\nwrong: option", 64) == "it refuses the options: wrong: option")
        #expect(
            try judged("hello\\n", 0)
                == "it is no Pointerscope that can take over (exit status 0: hello)")
        #expect(try judged("", 3) == "it is no Pointerscope that can take over (exit status 3)")
        #expect(try judged("\(good), more\\n", 0)?.contains("a new start is needed") == true)
    }
}
