import ByteCore
import ProxyWire
import SupervisorCore
import Testing

@testable import MasterProcess

/// Who comes through the door of the ingest port for somebody else.
@Suite struct NetworkSettingsTests {
    @Test func aProxyIsNotOneClient() throws {
        var network = NetworkSettings()
        network.door.limits = AddressLimits(connections: 1, newPerSecond: 0)
        network.door.unlimited = [try IPNetwork(parsing: "192.0.2.0/24")]
        func count(_ text: String) throws -> Int {
            var door = Door(network.ingestDoor, seed: 1)
            let address = try #require(IPAddress(text))
            var letIn = 0
            for _ in 0..<3 {
                if case .refused = door.judge(address, now: 0) { continue }
                letIn += 1
            }
            return letIn
        }
        #expect(try count("192.0.2.1") == 3)
        #expect(try count("203.0.113.1") == 1)
        network.trust.proxies = try TrustedProxies(parsing: ["203.0.113.0/28", "unix"])
        #expect(try count("203.0.113.1") == 3)
        #expect(try count("203.0.113.99") == 1)
        // With PROXY headers, who is none of them is closed by its worker, and counts until then.
        network.expectsProxyHeaders.ingest = true
        #expect(try count("203.0.113.99") == 1)
        // Where none is named everybody who connects is one.
        network.trust.proxies = TrustedProxies()
        #expect(try count("203.0.113.99") == 3)
        network.expectsProxyHeaders = (false, true)
        #expect(try count("203.0.113.99") == 1)
    }
}
