import Glibc
import Testing

@testable import PosixIO

@Suite struct NameLookupTests {
    private func outcome(of host: String) throws -> NameLookup.Outcome {
        let lookup = try NameLookup.start(host: host, port: 2112)
        var request = pollfd(fd: lookup.raw, events: Int16(POLLIN), revents: 0)
        #expect(poll(&request, 1, 60_000) == 1)
        return try #require(lookup.outcome)
    }

    @Test func addressesAreTheirOwnNames() throws {
        let four = try SocketAddress(parsing: "127.0.0.1:2112")
        #expect(try outcome(of: "127.0.0.1") == .addresses([four]))
        let six = try SocketAddress(parsing: "[::1]:2112")
        #expect(try outcome(of: "::1") == .addresses([six]))
    }

    @Test func nobodyIsCalledThat() throws {
        // RFC 6761, section 6.4: no name below "invalid" is ever one; a label over 63 bytes is none at all.
        guard case .failed(let reason) = try outcome(of: String(repeating: "x", count: 64) + ".invalid")
        else { throw SystemError("getaddrinfo", code: 0) }
        #expect(!reason.isEmpty)
    }

    @Test func aLookupMayBeForgotten() throws {
        for _ in 0..<20 { _ = try NameLookup.start(host: "127.0.0.1", port: 1) }
    }
}
