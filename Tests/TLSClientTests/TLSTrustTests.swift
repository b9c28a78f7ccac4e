import Foundation
import PosixIO
import Testing

@testable import TLSClient

@Suite struct TLSTrustTests {
    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func theSystemIsBelieved() throws {
        _ = try TLSTrust()
    }

    @Test(arguments: [
        ("", "holds no certificate"),
        ("nothing of the kind\n", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds a damaged certificate"),
        ("-----BEGIN CERTIFICATE-----\n", "holds a damaged certificate"),
    ])
    func aFileWithoutAuthoritiesIsRefused(text: String, why: String) throws {
        try withFile(text) { path in
            let error = #expect(throws: TLSFailure.self) { try TLSTrust(authorities: path) }
            #expect(error?.text.contains(why) == true, "\(error?.text ?? "")")
        }
    }

    @Test func noFileIsRefused() {
        let error = #expect(throws: TLSFailure.self) { try TLSTrust(authorities: "/nowhere/ca.pem") }
        #expect(error == .badAuthorities("/nowhere/ca.pem cannot be read: No such file or directory"))
    }

    @Test func aHandshakeWithNobodyFails() throws {
        let pair = try SocketPair()
        let transport = try ServerTransport(pair.first.duplicated(), trusting: TLSTrust(), host: "a.example.")
        #expect(transport.handshake() == .wouldBlock(until: .readable))
        _ = try "HTTP/1.1 400 Bad Request\r\n\r\n".utf8.withContiguousStorageIfAvailable { bytes in
            ByteStream(try pair.second.duplicated()).write(UnsafeRawBufferPointer(bytes))
        }
        #expect(transport.handshake() == .failed(.notTLS))
        #expect(transport.peer == nil)
    }

    @Test func aPeerThatHangsUpIsNoServer() throws {
        let pair = try SocketPair()
        let transport = try ServerTransport(pair.first.duplicated(), trusting: TLSTrust(), host: "::1")
        _ = transport.handshake()
        ByteStream(try pair.second.duplicated()).endWriting()
        #expect(transport.handshake() == .failed(.hungUp))
    }
}
