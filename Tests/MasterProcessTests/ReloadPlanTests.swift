import AccessControl
import ByteCore
import PosixIO
import ProxyWire
import RateControl
import SupervisorCore
import Testing
import ViewerGateway

@testable import MasterProcess

/// What of a configuration holds when: each part once, and nothing of what a new start is needed for.
@Suite struct ReloadPlanTests {
    private func settings(_ change: (inout MasterSettings) throws -> Void = { _ in }) throws -> MasterSettings
    {
        let address = try SocketAddress(parsing: "127.0.0.1:1")
        var settings = MasterSettings(
            ingest: address, http: address, workerCount: 2, demoVisitors: 0, origins: [],
            graceNanoseconds: 5, network: NetworkSettings(),
            people: PeopleSettings(statePath: "/s", sessionsPerAdmin: 1, gate: AccessSettings(), jwt: nil),
            logPath: nil, frontRate: 10,
            roles: .init(worker: "w", demo: "d", hash: "h", keep: "k", check: "c"),
            version: "1")
        try change(&settings)
        return settings
    }

    private func changed() throws -> MasterSettings {
        try settings { settings in
            settings.sampling = try #require(SamplingBounds(pinned: 7))
            settings.network.door.limits.connections = 9
            settings.balance = .roundRobin
            settings.drainMilliseconds = 77
            settings.leaveNanoseconds = 8
            settings.logLevel = .warning
            settings.isWatching = true
            settings.people?.sessionsPerAdmin = 3
            settings.people?.gate.showsSamplePage = true
            settings.people?.jwt = JWTSettings(
                keyPath: "/k", keyOrigin: "f:1: jwt-key", rules: JWTRules(audience: "a"))
            settings.origins = ["https://a.example"]
            settings.deflates = true
            settings.ingestLimits = "limits"
            settings.network.trust.proxies = try TrustedProxies(parsing: ["192.0.2.1"])
            settings.people?.gate.identityHeader = Array("remote-user".utf8)
            settings.workerCount = 9
            settings.graceNanoseconds = 1
        }
    }

    @Test func whatHoldsAtOnceIsNothingOfTheWorkers() throws {
        var held = try settings()
        let before = held.workerArguments
        held.takeAtOnce(from: try changed())
        #expect(held.sampling.isPinned && held.network.door.limits.connections == 9)
        #expect(
            held.balance == .leastConnections && held.drainMilliseconds == 77 && held.leaveNanoseconds == 8)
        #expect(held.logLevel == .warning && held.isWatching)
        #expect(held.people?.sessionsPerAdmin == 3 && held.people?.gate.showsSamplePage == true)
        #expect(held.people?.jwt?.keyPath == "/k")
        #expect(held.workerArguments == before && held.people?.gate.identityHeader == nil)
        #expect(held.network.trust.proxies.isEmpty && held.network.ingestDoor.unlimited.isEmpty)
    }

    @Test func whatHoldsWithTheWorkersIsTheRestThatCanChange() throws {
        var held = try settings()
        held.takeWithWorkers(from: try changed())
        #expect(held.origins == ["https://a.example"] && held.deflates && held.ingestLimits == "limits")
        #expect(!held.network.trust.proxies.isEmpty && held.people?.gate.identityHeader != nil)
        #expect(
            held.balance == .roundRobin && held.workerCount == 2 && held.graceNanoseconds == 5
                && held.logLevel == .info && !held.isWatching)
        #expect(!held.sampling.isPinned && held.people?.sessionsPerAdmin == 1)
    }

    @Test func howManyListenersThereAreIsForANewStart() throws {
        var held = try settings()
        held.takeWithWorkers(from: try settings { $0.balance = .reuseport })
        #expect(held.balance == .leastConnections && held.workerArguments.contains("handed"))
        held.takeWithWorkers(from: try settings { $0.balance = .shared })
        #expect(held.balance == .shared && held.workerArguments.contains("accepts"))
        held.balance = .reuseport
        held.takeWithWorkers(from: try settings())
        #expect(held.balance == .reuseport)
    }

    @Test func whetherPeopleSignInIsForANewStart() throws {
        var held = try settings()
        var fresh = try changed()
        fresh.people = nil
        held.takeAtOnce(from: fresh)
        held.takeWithWorkers(from: fresh)
        #expect(held.people?.sessionsPerAdmin == 1 && held.people?.statePath == "/s")
        var open = try settings { $0.people = nil }
        open.takeAtOnce(from: try changed())
        open.takeWithWorkers(from: try changed())
        #expect(open.people == nil && open.logLevel == .warning)
    }
}
