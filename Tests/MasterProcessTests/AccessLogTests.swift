import AccessControl
import ByteCore
import Foundation
import PosixIO
import ProxyWire
import Telemetry
import Testing
import ViewerGateway

@testable import MasterProcess

/// The lines about people and programs, which operators' tools read.
@Suite struct AccessLogTests {
    private let source = ClientAddress.named(IPAddress(v4: 0xC000_0201))

    /// What stands in the log behind `body`, oldest first, as far as it is kept.
    private func lines(_ body: (AccessLog) -> Void) throws -> [[String: Any]] {
        let log = EventLog()
        body(AccessLog(log))
        var text = ByteBuffer()
        log.recent.append(to: &text, limit: .max)
        let array = try JSONSerialization.jsonObject(with: Data(text.readable))
        return try #require(array as? [[String: Any]])
    }

    private func refusal(_ name: String) -> AccessEvent {
        .refused(.credentials, name: Array(name.utf8), from: source)
    }

    @Test func strangersCauseSoManyLinesInAWhileAndOfTheRestTheNumber() throws {
        let output = try lines { log in
            log.tick(now: 0)
            for index in 0..<250 { log.write(refusal("\(index)")) }
            // Not these: each is of somebody who was let in.
            log.write(.signedIn(AccountName("ann".utf8)!, from: source, took: 31))
            log.tick(now: 9_999_999_999)
            log.write(refusal("still too many"))
            log.tick(now: 10_000_000_000)
            log.write(refusal("first of the next"))
            log.tick(now: 20_000_000_000)
            log.tick(now: 30_000_000_000)
        }
        let events = output.compactMap { $0["event"] as? String }
        #expect(
            events.suffix(4) == ["sign_in_refused", "signed_in", "access_lines_left_out", "sign_in_refused"])
        #expect(output.dropLast(3).last?["name"] as? String == "99")
        #expect(output.dropLast().last?["count"] as? Int == 151)
        #expect(output.last?["name"] as? String == "first of the next")
    }

    @Test func whatTheySay() throws {
        let ann = AccountName("ann".utf8)!
        let output = try lines { log in
            log.write(refusal(String(repeating: "x", count: 100) + "\n"))
            log.write(.occupied(ann, from: source))
            log.write(.overloaded(from: .unnamed))
            log.write(.programRefused("token-expired", from: .peer(.unixSocket)))
            log.write(.forged("origin", from: source))
            log.write(.madeFirstAdmin(ann, from: source))
            log.write(
                .ended(
                    Ended(source: .jwt, name: ann, why: .takenOver(by: .ip(IPAddress(v4: 0x0A00_0001)))),
                    streams: 2))
        }
        func said(_ index: Int) -> [String: String] {
            output[index].compactMapValues { "\($0)" }.filter { $0.key != "time" }
        }
        #expect(
            said(0) == [
                "event": "sign_in_refused", "from": "192.0.2.1", "why": "credentials",
                "name": String(repeating: "x", count: 64) + "…",
            ])
        #expect(said(1) == ["event": "sign_in_occupied", "from": "192.0.2.1", "name": "ann"])
        #expect(said(2) == ["event": "sign_in_overloaded", "from": "unnamed"])
        #expect(said(3) == ["event": "program_refused", "from": "unix", "why": "token-expired"])
        #expect(said(4) == ["event": "form_refused", "from": "192.0.2.1", "why": "origin"])
        #expect(said(5) == ["event": "first_admin_made", "from": "192.0.2.1", "name": "ann"])
        #expect(
            said(6) == [
                "event": "token_ended", "name": "ann", "why": "taken-over", "by": "10.0.0.1", "streams": "2",
            ])
    }

    /// What fail2ban is told to look for in docs/operations.md.
    @Test func theLineBeginsAsItsReadersExpect() throws {
        let pair = try SocketPair()
        let log = AccessLog(EventLog(to: NonblockingOutput(try pair.first.duplicated())))
        log.write(.refused(.throttledName, name: Array("\"why\":\"".utf8), from: source))
        let reader = ByteStream(try pair.second.duplicated())
        var room = [UInt8](repeating: 0, count: 4096)
        guard case .bytes(let count) = room.withUnsafeMutableBytes({ reader.read(into: $0) }) else {
            Issue.record("nothing was written")
            return
        }
        let line = String(decoding: room[..<count], as: UTF8.self)
        #expect(
            line.hasPrefix(
                #"{"event":"sign_in_refused","from":"192.0.2.1","why":"throttled-name","name":"\"why\":\"","time":"#
            ))
    }
}
