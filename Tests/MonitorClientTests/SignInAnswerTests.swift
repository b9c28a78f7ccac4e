import Foundation
import Testing

@testable import MonitorClient

/// What servers say to somebody who signs in, and to somebody who is signed out.
@Suite struct SignInAnswerTests {
    private func answer(
        _ status: UInt16, _ body: String = "", cookies: [String] = [], retryAfter: Int? = nil
    ) -> SignInAnswer {
        SignInAnswer(
            HTTPAnswer(
                status: status, retryAfter: retryAfter, newCookies: cookies.map { Array($0.utf8) },
                body: Array(body.utf8)))
    }

    @Test func aSession() {
        let cookies = [
            "pointerscope=abc; Path=/; HttpOnly; SameSite=Lax", "old=; Max-Age=0", "nonsense", "=x",
            "b=\u{1B}",
            "pointerscope-device=d==; Secure",
        ]
        #expect(
            answer(200, #"{"name":"ann","role":"viewer","scope":null,"endsAt":1732}"#, cookies: cookies)
                == .signedIn(cookies: Array("pointerscope=abc; pointerscope-device=d==".utf8), name: "ann"))
        #expect(answer(200, "{}") == .unreadable)
        #expect(answer(200, "{", cookies: cookies) == .unreadable)
        let long = "a=" + String(repeating: "b", count: TopLimits.cookieBytes)
        #expect(answer(200, "{}", cookies: [long]) == .unreadable)
    }

    @Test func refusals() {
        #expect(answer(401, #"{"why":"credentials"}"#) == .wrong)
        #expect(
            answer(409, #"{"why":"taken","since":1732109508,"address":"10.0.0.7","ticket":"t\u00411"}"#)
                == .taken(since: 1_732_109_508, address: "10.0.0.7", ticket: "tA1"))
        #expect(
            answer(409, #"{"ticket":"t","since":1e300,"address":7}"#)
                == .taken(since: nil, address: "", ticket: "t"))
        #expect(answer(409, "{}") == .refused(status: 409))
        #expect(answer(429, retryAfter: 7) == .later(seconds: 7))
        #expect(answer(503) == .later(seconds: nil))
        #expect(answer(404) == .refused(status: 404))
        #expect(answer(307) == .refused(status: 307))
    }

    @Test(arguments: [
        (#"{"why":"taken-over","by":"10.0.0.7"}"#, "you have signed in elsewhere, from 10.0.0.7"),
        (#"{"by":"","why":"expired"}"#, "the session has come to its end"),
        (#"{"why":["idle"],"by":{"why":"idle"}}"#, "you are not signed in any more"),
        ("nonsense", "you are not signed in any more"),
    ])
    func whoIsSignedOut(data: String, text: String) {
        let end = Array(data.utf8).withUnsafeBytes { SignedOut($0) }
        #expect(end.text == "ended the stream: \(text)")
        #expect(StreamFailure.signedOut(end).isForWantOfAccess)
    }

    @Test func whatASteeringServerSaysIsOneLine() {
        let end = Array(#"{"why":"idle","by":"a\u001b[2J\nb"}"#.utf8).withUnsafeBytes { SignedOut($0) }
        #expect(!StreamFailure.signedOut(end).text.unicodeScalars.contains { $0.value < 0x20 })
    }

    private let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    @Test func sessionsAreKeptByServer() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let variables = ["XDG_STATE_HOME": root.path, "HOME": "/nowhere"]
        func file(_ url: String) throws -> SessionFile {
            try #require(SessionFile(for: try ServerURL(parsing: url), environment: variables))
        }
        #expect(
            try file("http://A.example/ps/x").path == root.path + "/pointerscope/sessions/a.example_80_ps_x")
        #expect(try file("[::1]:9").path.hasSuffix("/::1_9"))
        let other = SessionFile(for: try ServerURL(parsing: "a:1"), environment: ["HOME": "/h"])
        #expect(other?.path == "/h/.local/state/pointerscope/sessions/a_1")
        #expect(SessionFile(for: try ServerURL(parsing: "a:1"), environment: ["XDG_STATE_HOME": "x"]) == nil)
        let kept = try file("a:1")
        #expect(kept.read() == nil)
        try kept.write(Array("pointerscope=a".utf8))
        #expect(kept.read() == Array("pointerscope=a".utf8))
        #expect(try file("a:2").read() == nil)
        try kept.write(Array("a=b\r\nHost: x".utf8))
        #expect(kept.read() == nil)
        kept.remove()
        #expect(kept.read() == nil)
    }
}
