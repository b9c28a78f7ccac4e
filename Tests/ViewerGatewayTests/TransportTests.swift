import ByteCore
import Foundation
import PosixIO
import Testing

@testable import ViewerGateway

/// The whole of the port over what is no socket: whatever carries the bytes, and however, the same is said.
@Suite struct TransportTests {
    /// A transport in one of its moods.
    private enum Mood: CaseIterable {
        case plain, byteByByte, sevenBytes, crossing, crossingByteByByte

        var transport: MemoryTransport {
            switch self {
            case .plain: MemoryTransport()
            case .byteByByte: MemoryTransport(pieceBytes: 1)
            case .sevenBytes: MemoryTransport(pieceBytes: 7)
            case .crossing: MemoryTransport(isCrossing: true)
            case .crossingByteByByte: MemoryTransport(pieceBytes: 1, isCrossing: true)
            }
        }
    }

    /// Turns until `condition` holds; false where it does not come to that.
    private func run(_ fixture: Fixture, _ transport: MemoryTransport, until condition: () -> Bool) -> Bool {
        for _ in 0..<100_000 {
            if condition() { return true }
            transport.poll(fixture)
            fixture.turn()
        }
        return false
    }

    private static let requests = [
        "GET /healthz", "HEAD /healthz", "GET /nothing", "GET /favicon.ico", "GET /api/state",
        "HEAD /api/state",
        "GET /admin/ann", "POST /", "BREW /", "GET /receive/a?hz=7",
    ].map { "\($0) HTTP/1.1\r\nHost: localhost\r\n\r\n" }

    @Test func everyTransportSaysTheSame() throws {
        var said: [String] = []
        for mood in Mood.allCases {
            let fixture = try Fixture()
            let transport = mood.transport
            transport.incoming = Array((Self.requests.joined() + "GET / HTTP/1.1\r\n\r\n").utf8)
            fixture.gateway.admit(transport, from: .unixSocket, fixture.poller, now: fixture.now)
            #expect(run(fixture, transport) { transport.hasEndedWriting }, "\(mood)")
            #expect(fixture.gateway.connections.count == 1)
            transport.peerHasEnded = true
            #expect(run(fixture, transport) { fixture.gateway.connections.count == 0 }, "\(mood)")
            #expect(transport.token == nil && fixture.budget.held == 0)
            // A second may have passed in between.
            said.append(transport.text.replacing(/\r\nDate: [^\r]+/, with: ""))
        }
        let statuses = said[0].matches(of: /HTTP\/1.1 (\d+)/).map { String($0.1) }
        #expect(
            statuses == ["200", "200", "404", "204", "200", "200", "200", "405", "501", "400", "400"])
        for text in said.dropFirst() { #expect(text == said[0]) }
    }

    @Test func everyTransportCarriesAStream() throws {
        for mood in Mood.allCases {
            for target in ["/receive/ann", "/receive/ann?shape=frames&hz=60"] {
                let fixture = try Fixture()
                let crowd = Crowd(fixture)
                let transport = mood.transport
                transport.incoming = Array(
                    "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET \(target) HTTP/1.1\r\nHost: [::1]\r\n\r\n"
                        .utf8)
                fixture.gateway.admit(transport, from: .unixSocket, fixture.poller, now: fixture.now)
                #expect(run(fixture, transport) { fixture.gateway.viewerCount == 1 })
                #expect(transport.unsentLimit == Limits.unsentBytes)
                // Words to a stream are read, and nobody listens.
                transport.incoming = Array("hello".utf8)
                for x in 1...3 { crowd.move("u", Double(x), 5) }
                #expect(
                    run(fixture, transport) {
                        transport.text.hasSuffix("\n\n") && transport.text.contains(#""x":3"#)
                    },
                    "\(mood) \(target)")
                #expect(run(fixture, transport) { transport.incoming.isEmpty })
                let parts = transport.text.components(separatedBy: "\r\n\r\n")
                #expect(parts.count == 3 && parts[1].hasPrefix("ok\nHTTP/1.1 200 OK"))
                transport.peerHasEnded = true
                #expect(run(fixture, transport) { fixture.gateway.viewerCount == 0 })
                #expect(fixture.gateway.connections.count == 0)
            }
        }
    }

    /// A stream that is stopped within a message goes on where it stopped, and is then up to date.
    @Test func aBlockedStreamGoesOn() throws {
        for mood in Mood.allCases {
            let fixture = try Fixture(ringBytes: 128 * 1024)
            let crowd = Crowd(fixture)
            let transport = mood.transport
            transport.incoming = Array("GET /receive/ann HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
            transport.room = 3000
            fixture.gateway.admit(transport, from: .unixSocket, fixture.poller, now: fixture.now)
            #expect(run(fixture, transport) { fixture.gateway.viewerCount == 1 })
            for round in 0..<12 {
                for x in 0..<300 { crowd.move("u\(x % 3)", Double(round), Double(x)) }
                for _ in 0..<100 {
                    transport.poll(fixture)
                    fixture.turn()
                }
            }
            #expect(transport.text.count <= 3000 && !transport.text.isEmpty)
            transport.room = .max
            #expect(
                run(fixture, transport) { transport.text.hasSuffix(#""x":11,"y":299}"# + "\n\n") },
                "\(mood) \(transport.text.suffix(100))")
            let messages = transport.text.components(separatedBy: "\n\n").filter { $0.contains("data: ") }
            let areWhole = messages.allSatisfy { $0.hasSuffix("}") && $0.contains("data: {\"id\":\"u") }
            #expect(areWhole)
        }
    }
}
